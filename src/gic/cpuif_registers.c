/* The ICC_* system registers of EL1 (IHI 0069 section 12.2), by number. */
#include "base/bits.h"
#include "gic/cpuif_internal.h"

enum {
    CTLR_CBPR = 1 << 0,
    CTLR_EOIMODE = 1 << 1,
    CTLR_PRIBITS = (GIC_PRIORITY_BITS - 1) << 8,
    CTLR_IDBITS_16 = 0 << 11,
    CTLR_A3V = 1 << 15,
    CTLR_RSS = 1 << 18,
    SRE = 7,            /* SRE, DFB, DIB: RAO/WI, there is no memory-mapped interface and no bypass */
    INTID_MASK = 0xffff /* ICC_CTLR_EL1.IDbits = 0: bits 23:16 are RES0 */
};

static uint64_t read_bpr1(const gic_cpuif_t *cpuif)
{
    /* CBPR = 1: Non-secure reads give ICC_BPR0_EL1 + 1, saturated to 7. */
    unsigned common = cpuif->bpr[0] + 1u;
    if (cpuif->cbpr)
        return common > 7 ? 7 : common;
    return cpuif->bpr[1];
}

/* The highest priority pending interrupt whatever mask and running priority are, if it is of `group`. */
static uint64_t highest_pending(const gic_cpuif_t *cpuif, gic_group_t group)
{
    bool visible = cpuif->held_valid && cpuif->held.group == group && cpuif->enabled[group];
    return visible ? cpuif->held.intid : GIC_INTID_SPURIOUS;
}

static uint64_t read_ctlr(const gic_cpuif_t *cpuif)
{
    return (cpuif->cbpr ? CTLR_CBPR : 0) | (cpuif->eoimode ? CTLR_EOIMODE : 0) | CTLR_PRIBITS | CTLR_IDBITS_16 |
           CTLR_A3V | CTLR_RSS;
}

bool gic_cpuif_read(gic_cpuif_t *cpuif, uint64_t now_ps, gic_icc_t reg, uint64_t pc, uint64_t *ret_value)
{
    switch (reg) {
    case ICC_IAR0_EL1: *ret_value = gic_cpuif_acknowledge(cpuif, now_ps, GIC_GROUP_0, pc); return true;
    case ICC_IAR1_EL1: *ret_value = gic_cpuif_acknowledge(cpuif, now_ps, GIC_GROUP_1, pc); return true;
    case ICC_HPPIR0_EL1: *ret_value = highest_pending(cpuif, GIC_GROUP_0); return true;
    case ICC_HPPIR1_EL1: *ret_value = highest_pending(cpuif, GIC_GROUP_1); return true;
    case ICC_BPR0_EL1: *ret_value = cpuif->bpr[0]; return true;
    case ICC_BPR1_EL1: *ret_value = read_bpr1(cpuif); return true;
    case ICC_PMR_EL1: *ret_value = cpuif->pmr; return true;
    case ICC_RPR_EL1: *ret_value = gic_cpuif_running_priority(cpuif); return true;
    case ICC_CTLR_EL1: *ret_value = read_ctlr(cpuif); return true;
    case ICC_SRE_EL1: *ret_value = SRE; return true;
    case ICC_IGRPEN0_EL1: *ret_value = cpuif->enabled[0]; return true;
    case ICC_IGRPEN1_EL1: *ret_value = cpuif->enabled[1]; return true;
    case ICC_AP0R0_EL1: *ret_value = cpuif->apr[0]; return true;
    case ICC_AP1R0_EL1: *ret_value = cpuif->apr[1]; return true;
    case ICC_AP0R1_EL1: /* only with six or more priority bits */
    case ICC_AP0R2_EL1:
    case ICC_AP0R3_EL1:
    case ICC_AP1R1_EL1:
    case ICC_AP1R2_EL1:
    case ICC_AP1R3_EL1:
    case ICC_EOIR0_EL1: /* write-only */
    case ICC_EOIR1_EL1:
    case ICC_DIR_EL1:
    case ICC_SGI0R_EL1:
    case ICC_SGI1R_EL1:
    case ICC_ASGI1R_EL1: return false;
    }
    return false;
}

/* Values below the minimum set the minimum. */
static void write_bpr(gic_cpuif_t *cpuif, gic_group_t group, uint64_t value)
{
    unsigned minimum = GIC_PRIORITY_SHIFT - 1u + (unsigned)group;
    unsigned point = (unsigned)value & 7;
    if (group == GIC_GROUP_1 && cpuif->cbpr)
        return; /* ignored while the groups share ICC_BPR0_EL1 */
    cpuif->bpr[group] = (uint8_t)(point < minimum ? minimum : point);
}

static void write_group_enable(gic_cpuif_t *cpuif, uint64_t now_ps, gic_group_t group, uint64_t value)
{
    bool enable = value & 1;
    if (cpuif->enabled[group] == enable)
        return;
    cpuif->enabled[group] = enable;
    uint32_t enables = (uint32_t)cpuif->enabled[0] | (uint32_t)cpuif->enabled[1] << 1;
    gic_cpuif_send(cpuif, now_ps, (gic_packet_t){.kind = GIC_PACKET_UPSTREAM_CONTROL, .value = enables});
    /* After the redistributor knows, so that it does not present it again. */
    if (!enable && cpuif->held_valid && cpuif->held.group == group)
        gic_cpuif_release_held(cpuif, now_ps);
}

/* ICC_ASGI1R_EL1 asks for Group 1 of the other Security state; with GICD_CTLR.DS = 1, Secure Group 1 is Group 0. */
static void write_sgi(gic_cpuif_t *cpuif, uint64_t now_ps, gic_group_t group, uint64_t pc, uint64_t value)
{
    cpuif->stats.sgi_writes++;
    if (bit_get(value, 40))
        cpuif->stats.sgi_broadcasts++;
    gic_cpuif_send(cpuif, now_ps,
                   (gic_packet_t){.kind = GIC_PACKET_GENERATE_SGI,
                                  .group = (uint8_t)group,
                                  .intid = (uint32_t)bits_get(value, 24, 4),
                                  .sgi = value,
                                  .pc = pc,
                                  .sgi_write_ps = now_ps});
}

bool gic_cpuif_write(gic_cpuif_t *cpuif, uint64_t now_ps, gic_icc_t reg, uint64_t pc, uint64_t value)
{
    uint32_t intid = (uint32_t)(value & INTID_MASK);
    switch (reg) {
    case ICC_EOIR0_EL1: gic_cpuif_end(cpuif, now_ps, GIC_GROUP_0, pc, intid); return true;
    case ICC_EOIR1_EL1: gic_cpuif_end(cpuif, now_ps, GIC_GROUP_1, pc, intid); return true;
    case ICC_DIR_EL1: gic_cpuif_deactivate(cpuif, now_ps, pc, intid); return true;
    case ICC_BPR0_EL1: write_bpr(cpuif, GIC_GROUP_0, value); return true;
    case ICC_BPR1_EL1: write_bpr(cpuif, GIC_GROUP_1, value); return true;
    case ICC_PMR_EL1: cpuif->pmr = (uint8_t)(value & GIC_PRIORITY_MASK); return true;
    case ICC_CTLR_EL1:
        cpuif->cbpr = value & CTLR_CBPR;
        cpuif->eoimode = value & CTLR_EOIMODE;
        return true;
    case ICC_SRE_EL1: return true;
    case ICC_IGRPEN0_EL1: write_group_enable(cpuif, now_ps, GIC_GROUP_0, value); return true;
    case ICC_IGRPEN1_EL1: write_group_enable(cpuif, now_ps, GIC_GROUP_1, value); return true;
    case ICC_AP0R0_EL1: cpuif->apr[0] = (uint32_t)value; return true;
    case ICC_AP1R0_EL1: cpuif->apr[1] = (uint32_t)value; return true;
    case ICC_SGI0R_EL1: write_sgi(cpuif, now_ps, GIC_GROUP_0, pc, value); return true;
    case ICC_SGI1R_EL1: write_sgi(cpuif, now_ps, GIC_GROUP_1, pc, value); return true;
    case ICC_ASGI1R_EL1: write_sgi(cpuif, now_ps, GIC_GROUP_0, pc, value); return true;
    case ICC_AP0R1_EL1: /* only with six or more priority bits */
    case ICC_AP0R2_EL1:
    case ICC_AP0R3_EL1:
    case ICC_AP1R1_EL1:
    case ICC_AP1R2_EL1:
    case ICC_AP1R3_EL1:
    case ICC_IAR0_EL1: /* read-only */
    case ICC_IAR1_EL1:
    case ICC_HPPIR0_EL1:
    case ICC_HPPIR1_EL1:
    case ICC_RPR_EL1: return false;
    }
    return false;
}
