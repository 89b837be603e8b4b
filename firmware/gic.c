/* GICv3 by the book: ARM IHI 0069, whose chapters on distribution and routing, on the life of an interrupt and on the
 * programmers' model are followed in this order. */
#include "gic.h"

#include "barrier.h"
#include "board.h"
#include "cpu.h"
#include "gic_registers.h"
#include "mmio.h"
#include "panic.h"

#include <stddef.h>

static struct {
    gic_handler_t function;
    void *data;
} handlers[GIC_HANDLED_INTIDS];

static uint64_t gicd(uint32_t offset)
{
    return board_get()->gicd.base + offset;
}

static uint64_t gicr(uint32_t offset)
{
    return cpu_self()->gicr_base + offset;
}

/* Some writes take effect when RWP reads as zero (IHI 0069, GICD_CTLR and GICR_CTLR). */
static void wait_for_distributor(void)
{
    while (mmio_read32(gicd(GICD_CTLR)) & GICD_CTLR_RWP)
        cpu_relax();
}

static void wait_for_redistributor(void)
{
    while (mmio_read32(gicr(GICR_CTLR)) & GICR_CTLR_RWP)
        cpu_relax();
}

/* One byte of a register that holds four INTIDs' priorities. */
static void write_priority(uint64_t address, uint32_t intid, uint8_t priority)
{
    const unsigned shift = intid % 4 * 8;
    const uint32_t others = mmio_read32(address) & ~(0xffu << shift);
    mmio_write32(address, others | (uint32_t)priority << shift);
}

void gic_init(void)
{
    mmio_write32(gicd(GICD_CTLR), 0);
    wait_for_distributor();
    const uint32_t lines = GICD_TYPER_LINES(mmio_read32(gicd(GICD_TYPER)));
    for (uint32_t intid = GIC_FIRST_SPI; intid < lines; intid += 32) {
        mmio_write32(gicd(GICD_ICENABLER(intid)), ~0u);
        mmio_write32(gicd(GICD_ICPENDR(intid)), ~0u);
        mmio_write32(gicd(GICD_ICACTIVER(intid)), ~0u);
        mmio_write32(gicd(GICD_IGROUPR(intid)), ~0u);
    }
    wait_for_distributor();
    /* Affinity routing first: enabling a group before it would be UNPREDICTABLE (GICD_CTLR). */
    mmio_write32(gicd(GICD_CTLR), GICD_CTLR_ARE);
    wait_for_distributor();
    mmio_write32(gicd(GICD_CTLR), GICD_CTLR_ARE | GICD_CTLR_ENABLE_GRP1A | GICD_CTLR_ENABLE_GRP1);
    wait_for_distributor();
}

/* GICR_TYPER's way to write the affinity fields, which leaves out MPIDR's gap between Aff2 and Aff3. */
static uint32_t packed_affinity(uint64_t mpidr)
{
    return (uint32_t)(mpidr >> 32 & 0xff) << 24 | (uint32_t)(mpidr & 0xffffff);
}

static uint64_t find_redistributor(uint64_t mpidr)
{
    const board_t *board = board_get();
    for (unsigned region = 0; region < board->gicr_regions; region++) {
        const uint64_t end = board->gicr[region].base + board->gicr[region].bytes;
        for (uint64_t base = board->gicr[region].base; base < end;) {
            const uint64_t typer = mmio_read64(base + GICR_TYPER);
            if (GICR_TYPER_AFFINITY(typer) == packed_affinity(mpidr))
                return base;
            if (typer & GICR_TYPER_LAST)
                break;
            base += typer & GICR_TYPER_VLPIS ? GICR_FRAMES_BYTES_VLPIS : GICR_FRAMES_BYTES;
        }
    }
    panic("no redistributor for the core with MPIDR %lx", mpidr);
}

/* While ProcessorSleep is set nothing is signalled to the core; the GIC answers in ChildrenAsleep (GICR_WAKER). */
static void set_redistributor_asleep(bool asleep)
{
    const uint32_t other_bits = mmio_read32(gicr(GICR_WAKER)) & ~GICR_WAKER_PROCESSOR_SLEEP;
    mmio_write32(gicr(GICR_WAKER), other_bits | (asleep ? GICR_WAKER_PROCESSOR_SLEEP : 0));
    const uint32_t want = asleep ? GICR_WAKER_CHILDREN_ASLEEP : 0;
    while ((mmio_read32(gicr(GICR_WAKER)) & GICR_WAKER_CHILDREN_ASLEEP) != want)
        cpu_relax();
}

static void init_redistributor(void)
{
    set_redistributor_asleep(false);
    mmio_write32(gicr(GICR_ICENABLER0), ~0u);
    wait_for_redistributor();
    mmio_write32(gicr(GICR_ICPENDR0), ~0u);
    mmio_write32(gicr(GICR_ICACTIVER0), ~0u);
    mmio_write32(gicr(GICR_IGROUPR0), ~0u);
    for (uint32_t intid = 0; intid < GIC_FIRST_SPI; intid += 4)
        mmio_write32(gicr(GICR_IPRIORITYR(intid)), GIC_PRIORITY_NORMAL * 0x01010101u);
    mmio_write32(gicr(GICR_ISENABLER0), 0xffff); /* the SGIs; a PPI is enabled by whoever handles it */
}

static void init_cpu_interface(void)
{
    write_sysreg(icc_sre_el1, ICC_SRE_SRE);
    isb(); /* the other registers exist from here on */
    if ((read_sysreg(icc_sre_el1) & ICC_SRE_SRE) == 0)
        panic("the GIC CPU interface is not in system registers");
    gic_set_mask(GIC_MASK_NOTHING);
    write_sysreg(icc_bpr1_el1, 0); /* every priority level may preempt a lower one */
    write_sysreg(icc_ctlr_el1, 0); /* EOImode 0: one write drops the priority and deactivates */
    write_sysreg(icc_igrpen1_el1, 1);
    isb();
}

void gic_cpu_init(void)
{
    cpu_t *cpu = cpu_self();
    cpu->gicr_base = find_redistributor(cpu->mpidr);
    init_redistributor();
    init_cpu_interface();
}

void gic_cpu_off(void)
{
    write_sysreg(icc_igrpen1_el1, 0);
    isb();
    set_redistributor_asleep(true);
}

void gic_set_handler(uint32_t intid, gic_handler_t handler, void *data)
{
    if (intid >= GIC_HANDLED_INTIDS)
        panic("no room for a handler of INTID %u", intid);
    handlers[intid].data = data;
    handlers[intid].function = handler;
    dsb_ish(); /* before the interrupt can be enabled; pairs with the DSB after ICC_IAR1_EL1 */
}

void gic_enable_private(uint32_t intid)
{
    mmio_write32(gicr(GICR_ISENABLER0), 1u << intid);
}

void gic_disable_private(uint32_t intid)
{
    mmio_write32(gicr(GICR_ICENABLER0), 1u << intid);
    wait_for_redistributor();
}

void gic_set_private_priority(uint32_t intid, uint8_t priority)
{
    write_priority(gicr(GICR_IPRIORITYR(intid)), intid, priority);
    dsb_sy(); /* the redistributor has it before an interrupt is made */
}

bool gic_private_is_pending(uint32_t intid)
{
    return mmio_read32(gicr(GICR_ISPENDR0)) >> intid & 1;
}

void gic_enable_spi(uint32_t intid, uint64_t mpidr)
{
    mmio_write64(gicd(GICD_IROUTER(intid)), mpidr); /* IRM = 0: this core and no other */
    write_priority(gicd(GICD_IPRIORITYR(intid)), intid, GIC_PRIORITY_NORMAL);
    mmio_write32(gicd(GICD_ISENABLER(intid)), 1u << intid % 32);
}

void gic_disable_spi(uint32_t intid)
{
    mmio_write32(gicd(GICD_ICENABLER(intid)), 1u << intid % 32);
    wait_for_distributor();
}

void gic_set_spi_pending(uint32_t intid)
{
    dsb_ishst(); /* as before an SGI */
    mmio_write32(gicd(GICD_ISPENDR(intid)), 1u << intid % 32);
}

void gic_set_mask(uint8_t priority)
{
    write_sysreg(icc_pmr_el1, priority);
    isb();
}

/* ICC_SGI1R_EL1 names up to 16 cores of one cluster: Aff3.Aff2.Aff1, and a bit for each Aff0 of one range of 16. */
void gic_send_sgi(uint32_t intid, uint64_t mpidr)
{
    const uint64_t aff0 = mpidr & 0xff, aff1 = mpidr >> 8 & 0xff, aff2 = mpidr >> 16 & 0xff, aff3 = mpidr >> 32 & 0xff;
    const uint64_t range = aff0 / 16, target = 1ull << aff0 % 16;
    if (range != 0 && (read_sysreg(icc_ctlr_el1) & ICC_CTLR_RSS) == 0)
        panic("this GIC cannot name the core with MPIDR %lx: it has no range selector", mpidr);
    const uint64_t value = aff3 << ICC_SGI1R_AFF3 | range << ICC_SGI1R_RS | aff2 << ICC_SGI1R_AFF2 |
                           (uint64_t)intid << ICC_SGI1R_INTID | aff1 << ICC_SGI1R_AFF1 | target;
    dsb_ishst(); /* the message is there before the interrupt; pairs with the DSB after ICC_IAR1_EL1 */
    write_sysreg(icc_sgi1r_el1, value);
    isb(); /* the write is not left waiting */
}

void gic_send_sgi_to_others(uint32_t intid)
{
    dsb_ishst(); /* as above */
    write_sysreg(icc_sgi1r_el1, ICC_SGI1R_IRM | (uint64_t)intid << ICC_SGI1R_INTID);
    isb();
}

void gic_handle_interrupt(void)
{
    const uint32_t intid = (uint32_t)read_sysreg(icc_iar1_el1) & 0xffffff;
    /* The acknowledge is complete before anything the handler reads; pairs with the DSB before ICC_SGI1R_EL1. */
    dsb_sy();
    if (intid >= INTID_SPECIAL)
        return; /* it went away, or was never for us: there is nothing to end */
    if (intid >= GIC_HANDLED_INTIDS || handlers[intid].function == NULL)
        panic("nobody handles INTID %u", intid);
    handlers[intid].function(intid, handlers[intid].data);
    write_sysreg(icc_eoir1_el1, intid);
    isb();
}
