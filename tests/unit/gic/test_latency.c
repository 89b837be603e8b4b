/* Latency of inter-processor interrupts: exact phases on links of known latency. */
#include "harness.h"

#include <criterion/criterion.h>

/* The harness: 5000 ps each way between core and distributor, 3000 ps of routing, 2000 ps in the redistributor. */
enum { TO_PENDING_PS = 8000, TO_CORE_PS = 15000 };

static const stats_histogram_t *phase(harness_t *h, unsigned core, gic_phase_t which)
{
    return &gic_cpuif_latency(harness_cpuif(h, core))->phase[which];
}

static void send(harness_t *h, unsigned from, unsigned to, unsigned intid)
{
    icc_write(h, from, ICC_SGI1R_EL1, sgi_to(h, to, intid));
}

Test(gic_latency, of_each_phase_is_exact)
{
    harness_t *h = harness_new(&(harness_config_t){.cores = 3});
    harness_boot(h);
    uint64_t start_ps = harness_now_ps(h);
    send(h, 2, 1, 5);
    harness_run_ps(h, TO_CORE_PS - 1);
    cr_assert_not(gic_cpuif_irq(harness_cpuif(h, 1)));
    harness_run_ps(h, 1);
    cr_assert(gic_cpuif_irq(harness_cpuif(h, 1)));
    gic_cpuif_exception_taken(harness_cpuif(h, 1), start_ps + TO_CORE_PS + 700);
    harness_run_ps(h, 999);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 5); /* at start + 16000 */
    harness_run_ps(h, 3999);
    icc_write(h, 1, ICC_EOIR1_EL1, 5); /* 4000 later */
    harness_settle(h);
    static const uint64_t expected[GIC_PHASE_COUNT] = {
        [GIC_PHASE_REDISTRIBUTOR] = TO_PENDING_PS,
        [GIC_PHASE_ENTRY] = TO_CORE_PS + 700 - TO_PENDING_PS,
        [GIC_PHASE_ACKNOWLEDGE] = 300,
        [GIC_PHASE_TOTAL] = TO_CORE_PS + 1000,
        [GIC_PHASE_EOI] = 4000,
    };
    for (unsigned i = 0; i < GIC_PHASE_COUNT; i++) {
        cr_assert_eq(phase(h, 1, i)->count, 1, "%s", gic_phase_name(i));
        cr_assert_eq(phase(h, 1, i)->sum, expected[i], "%s: %lu", gic_phase_name(i),
                     (unsigned long)phase(h, 1, i)->sum);
    }
    harness_free(h);
}

Test(gic_latency, is_kept_by_pair_of_sender_and_receiver)
{
    harness_t *h = harness_new(&(harness_config_t){.cores = 3});
    harness_boot(h);
    for (unsigned from = 0; from < 3; from += 2)
        for (unsigned repeat = 0; repeat <= from; repeat++) {
            send(h, from, 1, 1);
            harness_settle(h);
            cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1);
            icc_write(h, 1, ICC_EOIR1_EL1, 1);
            harness_settle(h);
        }
    const gic_pair_t *pair = gic_cpuif_latency(harness_cpuif(h, 1))->pair;
    cr_assert_eq(pair[0].count, 1);
    cr_assert_eq(pair[1].count, 0);
    cr_assert_eq(pair[2].count, 3);
    cr_assert_geq(pair[2].minimum_ps, TO_CORE_PS);
    cr_assert_leq(pair[2].minimum_ps, pair[2].maximum_ps);
    cr_assert_eq(pair[0].sum_ps + pair[2].sum_ps, phase(h, 1, GIC_PHASE_TOTAL)->sum);
    harness_free(h);
}

Test(gic_latency, of_a_polling_receiver_has_no_exception_phases)
{
    harness_t *h = harness_new(&(harness_config_t){.cores = 2});
    harness_boot(h);
    send(h, 0, 1, 1);
    harness_settle(h);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1);
    cr_assert_eq(phase(h, 1, GIC_PHASE_TOTAL)->count, 1);
    cr_assert_eq(phase(h, 1, GIC_PHASE_ENTRY)->count, 0);
    cr_assert_eq(phase(h, 1, GIC_PHASE_ACKNOWLEDGE)->count, 0);
    harness_free(h);
}

Test(gic_latency, of_merged_sgis_counts_from_the_first_write)
{
    harness_t *h = harness_new(&(harness_config_t){.cores = 3});
    harness_boot(h);
    icc_write(h, 1, ICC_PMR_EL1, 0);
    send(h, 0, 1, 1);
    harness_run_ps(h, 9999);
    send(h, 2, 1, 1);
    harness_settle(h);
    icc_write(h, 1, ICC_PMR_EL1, 0xf0);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 1);
    cr_assert_eq(gic_cpuif_latency(harness_cpuif(h, 1))->pair[0].count, 1);
    cr_assert_eq(gic_cpuif_latency(harness_cpuif(h, 1))->pair[2].count, 0);
    cr_assert_eq(gic_distributor_stats(harness_distributor(h))->sgi_merged, 1);
    harness_free(h);
}

Test(gic_latency, of_an_sgi_made_pending_by_a_register_write_is_not_counted)
{
    harness_t *h = harness_new(&(harness_config_t){.cores = 2});
    harness_boot(h);
    mmio_write(h, gicr_address(1, GICR_ISPENDR0), 4, 1 << 3);
    cr_assert_eq(icc_read(h, 1, ICC_IAR1_EL1), 3);
    icc_write(h, 1, ICC_EOIR1_EL1, 3);
    cr_assert_eq(phase(h, 1, GIC_PHASE_TOTAL)->count, 0);
    cr_assert_eq(phase(h, 1, GIC_PHASE_EOI)->count, 0);
    cr_assert_eq(gic_cpuif_stats(harness_cpuif(h, 1))->sgi_received, 1);
    harness_free(h);
}

Test(gic_sgi_counts, tell_requests_by_the_number_of_cores_they_named)
{
    harness_t *h = harness_new(&(harness_config_t){.cores = 4});
    harness_boot(h);
    icc_write(h, 0, ICC_SGI1R_EL1, 1 << 2);                /* core 2 */
    icc_write(h, 0, ICC_SGI1R_EL1, 0xf);                   /* all four, the sender too */
    icc_write(h, 0, ICC_SGI1R_EL1, UINT64_C(1) << 40);     /* the other three */
    icc_write(h, 0, ICC_SGI1R_EL1, UINT64_C(7) << 16 | 1); /* a cluster that is not there */
    harness_settle(h);
    const gic_cpuif_stats_t *stats = gic_cpuif_stats(harness_cpuif(h, 0));
    cr_assert_eq(stats->sgi_writes, 4);
    cr_assert_eq(stats->sgi_broadcasts, 1);
    cr_assert_eq(stats->sgi_to_one, 1);
    cr_assert_eq(stats->sgi_to_many, 2);
    cr_assert_eq(stats->sgi_to_none, 1);
    cr_assert_eq(stats->sgi_targets, 1 + 4 + 3);
    harness_free(h);
}
