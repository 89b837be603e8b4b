/* PSCI: what it says about cores, and a core that goes and comes back. */
#include "arch_smp.h"
#include "atomic.h"
#include "barrier.h"
#include "board.h"
#include "cpu.h"
#include "gic.h"
#include "layout.h"
#include "psci.h"
#include "selftest.h"
#include "smp.h"
#include "timer.h"

extern char secondary_start[];

static const char *version_is_at_least_0_2(void)
{
    EXPECT(psci_version() >= 0x00000002);
    return NULL;
}

static const char *all_cores_are_on(void)
{
    for (unsigned core = 0; core < smp_cores(); core++)
        EXPECT(psci_affinity_info(board_get()->mpidr[core]) == PSCI_AFFINITY_ON);
    return NULL;
}

static const char *core_that_is_on_is_not_started(void)
{
    for (unsigned core = 0; core < smp_cores(); core++)
        EXPECT(psci_cpu_on(board_get()->mpidr[core], (uintptr_t)secondary_start, 0) == PSCI_ALREADY_ON);
    return NULL;
}

static const char *core_that_is_not_there_is_refused(void)
{
    const uint64_t nobody = 0xff00ffff0f;
    EXPECT(psci_cpu_on(nobody, (uintptr_t)secondary_start, 0) == PSCI_INVALID_PARAMETERS);
    EXPECT(psci_affinity_info(nobody) == PSCI_INVALID_PARAMETERS);
    return NULL;
}

static void go_off(void *data)
{
    (void)data;
    interrupts_off();
    arch_smp_set_enabled(arch_smp_get_current_cpu(), false);
    gic_cpu_off();
    psci_cpu_off();
}

static void write_42(void *data)
{
    *(volatile uint32_t *)data = 42;
}

static bool is_off(uint64_t mpidr)
{
    const uint64_t deadline = deadline_from_now();
    while (psci_affinity_info(mpidr) != PSCI_AFFINITY_OFF && timer_now() < deadline)
        cpu_relax();
    return psci_affinity_info(mpidr) == PSCI_AFFINITY_OFF;
}

static const char *core_goes_off_and_comes_back(void)
{
    uint32_t answer = 0;
    for (unsigned i = 0; i < 2; i++) {
        answer = 0;
        begin_on_partner(go_off, NULL);
        EXPECT(is_off(board_get()->mpidr[partner()]));
        smp_start(partner());
        EXPECT(psci_affinity_info(board_get()->mpidr[partner()]) == PSCI_AFFINITY_ON);
        begin_on_partner(write_42, &answer);
        join_partner();
        EXPECT(answer == 42);
    }
    return NULL;
}

static uint32_t heard;

static void hear(void *data)
{
    (void)data;
    atomic_fetch_add_release(&heard, 1);
}

/* The core that was off has its interrupts again. */
static const char *core_that_came_back_takes_messages(void)
{
    heard = 0;
    arch_smp_set_handler(ICI_IMAGE_0, hear, NULL);
    arch_smp_send_ici((int32_t)partner(), ICI_IMAGE_0);
    EXPECT(wait_for(&heard, 1));
    return NULL;
}

const check_t power_checks[] = {
    {"psci-version-is-at-least-0.2", version_is_at_least_0_2, 1, false},
    {"all-cores-are-on", all_cores_are_on, 1, false},
    {"core-that-is-on-is-not-started", core_that_is_on_is_not_started, 1, false},
    {"core-that-is-not-there-is-refused", core_that_is_not_there_is_refused, 1, false},
    {"core-goes-off-and-comes-back", core_goes_off_and_comes_back, 2, false},
    {"core-that-came-back-takes-messages", core_that_came_back_takes_messages, 2, false},
    {NULL, NULL, 0, false},
};
