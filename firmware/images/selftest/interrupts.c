/* The interrupt controller, and sleeping. */
#include "arch_smp.h"
#include "atomic.h"
#include "barrier.h"
#include "board.h"
#include "cpu.h"
#include "gic.h"
#include "layout.h"
#include "selftest.h"
#include "smp.h"
#include "sysreg.h"
#include "timer.h"

/* SGIs 8 to 15 carry no messages: they are free. */
enum { SGI_NORMAL = 8, SGI_URGENT = 9, SGI_EACH = 10, TEST_SPI = 60 };

static uint32_t taken[GIC_HANDLED_INTIDS];

static void count(uint32_t intid, void *data)
{
    (void)data;
    atomic_fetch_add_release(&taken[intid], 1);
}

static void prepare(uint32_t intid)
{
    taken[intid] = 0;
    gic_set_handler(intid, count, NULL);
}

static uint32_t taken_by[SMP_MAX_CPUS];

static void count_core(uint32_t intid, void *data)
{
    taken_by[smp_self()]++;
    count(intid, data);
}

/* The same, and which core took it is counted too. */
static void prepare_by_core(uint32_t intid)
{
    taken[intid] = 0;
    for (unsigned core = 0; core < smp_cores(); core++)
        taken_by[core] = 0;
    gic_set_handler(intid, count_core, NULL);
}

static uint64_t own_mpidr(void)
{
    return cpu_self()->mpidr;
}

static bool irq_is_pending(void)
{
    return read_sysreg(isr_el1) >> 7 & 1;
}

static bool becomes_pending(uint32_t intid)
{
    const uint64_t deadline = deadline_from_now();
    while (!gic_private_is_pending(intid) && timer_now() < deadline)
        cpu_relax();
    return gic_private_is_pending(intid);
}

static const char *sgi_to_self(void)
{
    prepare_by_core(SGI_NORMAL);
    gic_send_sgi(SGI_NORMAL, own_mpidr());
    EXPECT(wait_for(&taken[SGI_NORMAL], 1));
    EXPECT(taken_by[smp_self()] == 1);
    return NULL;
}

static const char *nothing_pending_reads_1023(void)
{
    EXPECT((read_sysreg(icc_iar1_el1) & 0xffffff) == 1023);
    EXPECT((read_sysreg(icc_hppir1_el1) & 0xffffff) == 1023);
    return NULL;
}

static const char *masked_interrupt_ends_wfi(void)
{
    prepare(SGI_NORMAL);
    interrupts_off();
    timer_set(deadline_from_now());
    gic_send_sgi(SGI_NORMAL, own_mpidr());
    while (!irq_is_pending())
        wfi(); /* until the SGI, or the timer if that does not come */
    timer_stop();
    const uint32_t while_masked = taken[SGI_NORMAL];
    interrupts_on();
    isb();
    EXPECT(while_masked == 0);
    EXPECT(wait_for(&taken[SGI_NORMAL], 1));
    return NULL;
}

static const char *priority_mask_holds_back(void)
{
    prepare(SGI_NORMAL);
    prepare(SGI_URGENT);
    gic_set_private_priority(SGI_URGENT, GIC_PRIORITY_URGENT);
    gic_set_mask(GIC_PRIORITY_NORMAL); /* lets through what is more urgent than this, not what is as urgent */
    gic_send_sgi(SGI_NORMAL, own_mpidr());
    const bool pending = becomes_pending(SGI_NORMAL);
    gic_send_sgi(SGI_URGENT, own_mpidr());
    const bool urgent_came = wait_for(&taken[SGI_URGENT], 1);
    const uint32_t while_masked = read_once(&taken[SGI_NORMAL]);
    gic_set_mask(GIC_MASK_NOTHING);
    EXPECT(pending && urgent_came);
    EXPECT(while_masked == 0);
    EXPECT(wait_for(&taken[SGI_NORMAL], 1));
    return NULL;
}

static char order[8];
static unsigned order_length;

static void note(char c)
{
    if (order_length < sizeof order)
        order[order_length++] = c;
}

static void on_urgent(uint32_t intid, void *data)
{
    note('u');
    count(intid, data);
}

/* Asks for an equal and a more urgent interrupt and lets them in: only the more urgent one may come before the end. */
static void on_normal(uint32_t intid, void *data)
{
    (void)data;
    note('(');
    if (taken[intid] == 0) {
        gic_send_sgi(SGI_NORMAL, own_mpidr());
        gic_send_sgi(SGI_URGENT, own_mpidr());
        interrupts_on();
        isb();
        const uint64_t deadline = deadline_from_now();
        while (read_once(&taken[SGI_URGENT]) == 0 && timer_now() < deadline)
            cpu_relax();
        interrupts_off();
    }
    note(')');
    count(intid, data);
}

static const char *only_the_more_urgent_preempts(void)
{
    order_length = 0;
    taken[SGI_NORMAL] = taken[SGI_URGENT] = 0;
    gic_set_handler(SGI_NORMAL, on_normal, NULL);
    gic_set_handler(SGI_URGENT, on_urgent, NULL);
    gic_set_private_priority(SGI_URGENT, GIC_PRIORITY_URGENT);
    gic_send_sgi(SGI_NORMAL, own_mpidr());
    EXPECT(wait_for(&taken[SGI_NORMAL], 2));
    EXPECT(order_length == 5);
    EXPECT(order[0] == '(' && order[1] == 'u' && order[2] == ')');
    EXPECT(order[3] == '(' && order[4] == ')');
    return NULL;
}

static const char *disabled_interrupt_waits(void)
{
    prepare(SGI_NORMAL);
    gic_disable_private(SGI_NORMAL);
    gic_send_sgi(SGI_NORMAL, own_mpidr());
    const bool pending = becomes_pending(SGI_NORMAL);
    const uint32_t while_disabled = read_once(&taken[SGI_NORMAL]);
    gic_enable_private(SGI_NORMAL);
    EXPECT(pending && while_disabled == 0);
    EXPECT(wait_for(&taken[SGI_NORMAL], 1));
    return NULL;
}

static const char *sgi_reaches_one_core_alone(void)
{
    prepare_by_core(SGI_EACH);
    for (unsigned core = 0; core < smp_cores(); core++) {
        gic_send_sgi(SGI_EACH, board_get()->mpidr[core]);
        EXPECT(wait_for(&taken[SGI_EACH], core + 1));
        EXPECT(taken_by[core] == 1);
    }
    return NULL;
}

static const char *broadcast_reaches_all_others(void)
{
    prepare_by_core(SGI_EACH);
    gic_send_sgi_to_others(SGI_EACH);
    EXPECT(wait_for(&taken[SGI_EACH], smp_cores() - 1));
    for (unsigned core = 0; core < smp_cores(); core++)
        EXPECT(taken_by[core] == (core != smp_self()));
    return NULL;
}

static const char *spi_goes_where_it_is_routed(void)
{
    prepare_by_core(TEST_SPI);
    for (unsigned core = 0; core < smp_cores(); core++) {
        gic_enable_spi(TEST_SPI, board_get()->mpidr[core]);
        gic_set_spi_pending(TEST_SPI);
        const bool came = wait_for(&taken[TEST_SPI], core + 1);
        gic_disable_spi(TEST_SPI);
        EXPECT(came && taken_by[core] == 1);
    }
    return NULL;
}

const check_t interrupt_checks[] = {
    {"sgi-to-self", sgi_to_self, 1, false},
    {"nothing-pending-reads-1023", nothing_pending_reads_1023, 1, false},
    {"masked-interrupt-ends-wfi", masked_interrupt_ends_wfi, 1, false},
    {"priority-mask-holds-back", priority_mask_holds_back, 1, false},
    {"only-the-more-urgent-preempts", only_the_more_urgent_preempts, 1, false},
    {"disabled-interrupt-waits", disabled_interrupt_waits, 1, false},
    {"sgi-reaches-one-core-alone", sgi_reaches_one_core_alone, 1, false},
    {"broadcast-reaches-all-others", broadcast_reaches_all_others, 1, false},
    {"spi-goes-where-it-is-routed", spi_goes_where_it_is_routed, 1, false},
    {NULL, NULL, 0, false},
};
