/* What software does by the book. */
#include "harness.h"

#include <criterion/criterion.h>

static void boot_core(harness_t *h, unsigned core)
{
    mmio_write(h, gicr_address(core, GICR_WAKER), 4, 0);
    cr_assert_eq(mmio_read(h, gicr_address(core, GICR_WAKER), 4), 0, "core %u does not wake", core);
    mmio_write(h, gicr_address(core, GICR_IGROUPR0), 4, 0xffffffff);
    for (unsigned i = 0; i < 32; i += 4)
        mmio_write(h, gicr_address(core, GICR_IPRIORITYR + i), 4, 0xa0a0a0a0);
    mmio_write(h, gicr_address(core, GICR_ISENABLER0), 4, 0xffffffff);
    icc_write(h, core, ICC_PMR_EL1, 0xf0);
    icc_write(h, core, ICC_IGRPEN1_EL1, 1);
}

void harness_boot(harness_t *h)
{
    mmio_write(h, GICD + GICD_CTLR, 4, 0);
    for (unsigned word = 1; word <= 8; word++) {
        mmio_write(h, GICD + GICD_IGROUPR + 4 * word, 4, 0xffffffff);
        for (unsigned i = 0; i < 32; i += 4)
            mmio_write(h, GICD + GICD_IPRIORITYR + 32 * word + i, 4, 0xa0a0a0a0);
    }
    mmio_write(h, GICD + GICD_CTLR, 4, 2 /* EnableGrp1 */);
    for (unsigned core = 0; core < harness_cores(h); core++)
        boot_core(h, core);
    harness_settle(h);
}

uint64_t sgi_to(const harness_t *h, unsigned core, unsigned intid)
{
    uint64_t aff0 = harness_mpidr(h, core) & 0xff, aff1 = harness_mpidr(h, core) >> 8 & 0xff;
    return aff0 / 16 << 44 | (uint64_t)intid << 24 | aff1 << 16 | UINT64_C(1) << aff0 % 16;
}

uint64_t cores_with_irq(harness_t *h)
{
    uint64_t mask = 0;
    harness_settle(h);
    for (unsigned i = 0; i < harness_cores(h); i++)
        mask |= (uint64_t)gic_cpuif_irq(harness_cpuif(h, i)) << i;
    return mask;
}

harness_t *harness_booted(unsigned cores, unsigned cluster_cores, gic_fault_t fault)
{
    harness_t *h = harness_new(&(harness_config_t){.cores = cores, .cluster_cores = cluster_cores, .fault = fault});
    harness_boot(h);
    return h;
}

void pend_on_core_1(harness_t *h, unsigned intid, uint8_t priority)
{
    mmio_write(h, gicr_address(1, GICR_IPRIORITYR + intid), 1, priority);
    icc_write(h, 0, ICC_SGI1R_EL1, sgi_to(h, 1, intid));
    harness_settle(h);
}
