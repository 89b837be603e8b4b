/* GICv3 registers by the names of ARM IHI 0069, chapter "Programmers' model": offsets and the fields used. */
#ifndef MESIM_FIRMWARE_GIC_REGISTERS_H
#define MESIM_FIRMWARE_GIC_REGISTERS_H

/* Distributor. Register arrays have one bit, byte, or doubleword an INTID. */
#define GICD_CTLR               0x0000
#define GICD_CTLR_ENABLE_GRP1   (1u << 0) /* Group 0 with one Security state, where nothing is in it */
#define GICD_CTLR_ENABLE_GRP1A  (1u << 1) /* Group 1, in either view once affinity routing is on */
#define GICD_CTLR_ARE           (1u << 4) /* ARE_NS in the Non-secure view, ARE with one Security state */
#define GICD_CTLR_RWP           (1u << 31)
#define GICD_TYPER              0x0004
#define GICD_TYPER_LINES(typer) (32 * (((typer)&0x1f) + 1))
#define GICD_TYPER_RSS          (1u << 26)
#define GICD_IGROUPR(intid)     (0x0080 + (intid) / 32 * 4)
#define GICD_ISENABLER(intid)   (0x0100 + (intid) / 32 * 4)
#define GICD_ICENABLER(intid)   (0x0180 + (intid) / 32 * 4)
#define GICD_ISPENDR(intid)     (0x0200 + (intid) / 32 * 4)
#define GICD_ICPENDR(intid)     (0x0280 + (intid) / 32 * 4)
#define GICD_ICACTIVER(intid)   (0x0380 + (intid) / 32 * 4)
#define GICD_IPRIORITYR(intid)  (0x0400 + (intid) / 4 * 4)
#define GICD_ICFGR(intid)       (0x0c00 + (intid) / 16 * 4)
#define GICD_IROUTER(intid)     (0x6000 + (intid)*8)

/* Redistributor: two 64 KiB frames a core, four with virtual LPIs. */
#define GICR_CTLR                  0x0000
#define GICR_CTLR_RWP              (1u << 3)
#define GICR_TYPER                 0x0008
#define GICR_TYPER_VLPIS           (1ull << 1)
#define GICR_TYPER_LAST            (1ull << 4)
#define GICR_TYPER_AFFINITY(typer) ((typer) >> 32) /* Aff3.Aff2.Aff1.Aff0, a byte each */
#define GICR_WAKER                 0x0014
#define GICR_WAKER_PROCESSOR_SLEEP (1u << 1)
#define GICR_WAKER_CHILDREN_ASLEEP (1u << 2)
#define GICR_SGI_FRAME             0x10000
#define GICR_FRAMES_BYTES          0x20000
#define GICR_FRAMES_BYTES_VLPIS    0x40000
#define GICR_IGROUPR0              (GICR_SGI_FRAME + 0x0080)
#define GICR_ISENABLER0            (GICR_SGI_FRAME + 0x0100)
#define GICR_ICENABLER0            (GICR_SGI_FRAME + 0x0180)
#define GICR_ISPENDR0              (GICR_SGI_FRAME + 0x0200)
#define GICR_ICPENDR0              (GICR_SGI_FRAME + 0x0280)
#define GICR_ICACTIVER0            (GICR_SGI_FRAME + 0x0380)
#define GICR_IPRIORITYR(intid)     (GICR_SGI_FRAME + 0x0400 + (intid) / 4 * 4)

/* CPU interface, in system registers */
#define ICC_SRE_SRE     (1u << 0)
#define ICC_CTLR_RSS    (1u << 18)
#define ICC_SGI1R_IRM   (1ull << 40) /* to all but the sender */
#define ICC_SGI1R_INTID 24
#define ICC_SGI1R_RS    44 /* the target list begins at Aff0 = 16 x RS */
#define ICC_SGI1R_AFF1  16
#define ICC_SGI1R_AFF2  32
#define ICC_SGI1R_AFF3  48
#define INTID_SPECIAL   1020 /* 1020-1023: nothing to handle, nothing to end */

#endif
