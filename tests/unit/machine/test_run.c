/* How runs end, and that nothing but the machine decides it. */
#include "base/hash.h"
#include "guest.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

static machine_end_t end_of(const uint32_t *words, size_t count, const char *settings)
{
    machine_t *machine = guest_machine(guest_write(words, count), settings, guest_options(), NULL);
    machine_end_t end = GUEST_RUN(machine);
    machine_free(machine);
    return end;
}
#define END_OF(settings, ...)                                                                                          \
    end_of((const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), settings)

Test(machine_run, system_off_ends_orderly)
{
    cr_expect_eq(END_OF("", GUEST_PSCI, GUEST_SYSTEM_OFF, GUEST_HVC, GUEST_BRANCH_TO_SELF), MACHINE_OFF);
}

Test(machine_run, system_reset_ends_the_run)
{
    cr_expect_eq(END_OF("", GUEST_PSCI, GUEST_SYSTEM_RESET, GUEST_HVC, GUEST_BRANCH_TO_SELF), MACHINE_RESET);
}

Test(machine_run, the_last_core_switching_itself_off_ends_it)
{
    cr_expect_eq(END_OF("", GUEST_PSCI, GUEST_CPU_OFF, GUEST_HVC, GUEST_BRANCH_TO_SELF), MACHINE_ALL_OFF);
    cr_expect_eq(END_OF("cores.start=all", GUEST_PSCI, GUEST_CPU_OFF, GUEST_HVC, GUEST_BRANCH_TO_SELF),
                 MACHINE_ALL_OFF);
}

Test(machine_run, sleep_that_nothing_ends_is_a_deadlock)
{
    cr_expect_eq(END_OF("", GUEST_WFI, GUEST_BRANCH_BACK), MACHINE_DEADLOCK);
    cr_expect_eq(END_OF("cores.start=all", GUEST_WFI, GUEST_BRANCH_BACK), MACHINE_DEADLOCK);
}

Test(machine_run, exceptions_without_vectors_are_a_crash)
{
    cr_expect_eq(END_OF("", GUEST_BRK), MACHINE_CRASHED);
    cr_expect_eq(END_OF("", 0), MACHINE_CRASHED);
    cr_expect_eq(END_OF("cores.start=all", GUEST_BRK), MACHINE_CRASHED);
}

Test(machine_run, a_guest_that_spins_meets_the_limit_of_cycles_exactly)
{
    uint32_t words[] = {GUEST_NOP, GUEST_BRANCH_BACK};
    machine_t *machine = guest_machine(guest_write(words, 2), "", guest_options(), NULL);
    cr_expect_eq(machine_run(machine, 12345), MACHINE_CYCLE_LIMIT);
    cr_expect_leq(machine_now_ps(machine), 12345 * 500);
    cr_expect_gt(machine_now_ps(machine), 11000 * 500);
    cr_expect_gt(machine_instructions(machine), 1);
    machine_free(machine);
}

static bool stop_at_once(void *self, const machine_t *machine)
{
    cr_expect_gt(machine_now_ps(machine), 0);
    return ++*(unsigned *)self == 3;
}

Test(machine_run, the_host_can_stop_it_between_slices)
{
    uint32_t words[] = {GUEST_BRANCH_TO_SELF};
    unsigned polls = 0;
    machine_config_t config;
    base_error_t error = {0}, warning;
    machine_t *machine = NULL;
    machine_options_t options = guest_options();
    machine_config_init(&config);
    machine_host_t host = {.self = &polls, .poll = stop_at_once};
    cr_assert_eq(machine_new(&config, &options, &host, &machine, &error), 0, "%s", error.text);
    machine_boot_options_t boot = {.image_path = guest_write(words, 1), .raw = true};
    cr_assert_eq(machine_load(machine, &boot, &warning, &error), 0, "%s", error.text);
    cr_expect_eq(machine_run(machine, UINT64_MAX), MACHINE_STOPPED);
    cr_expect_eq(polls, 3);
    machine_free(machine);
}

/* Writes A to the UART, then switches off. */
static const uint32_t writes_a[] = {
    0xd2a12001 /* MOV X1, #0x9000000 */,
    0x52800822 /* MOV W2, #'A' */,
    0xb9000022 /* STR W2, [X1] */,
    GUEST_PSCI,
    GUEST_SYSTEM_OFF,
    GUEST_HVC,
    GUEST_BRANCH_TO_SELF,
};

Test(machine_run, the_console_goes_to_the_host)
{
    guest_console_t console = {.count = 0};
    machine_t *machine = guest_machine(guest_write(writes_a, 7), "cores.count=1", guest_options(), &console);
    cr_expect_eq(GUEST_RUN(machine), MACHINE_OFF);
    cr_expect_eq(console.count, 1);
    cr_expect_eq(console.text[0], 'A');
    machine_free(machine);
}

Test(machine_run, what_is_typed_reaches_the_guest)
{
    /* Echoes what the UART receives until a full stop comes: LDR UARTFR, TBNZ RXFE, LDR UARTDR, STR UARTDR, CMP '.'. */
    static const uint32_t echo[] = {
        0xd2a12001, 0xb9401822, 0x3727ffe2,       0xb9400022, 0xb9000022,           0x7100b85f,
        0x54ffff61, GUEST_PSCI, GUEST_SYSTEM_OFF, GUEST_HVC,  GUEST_BRANCH_TO_SELF,
    };
    cr_assert(g_file_set_contents("typed", "typed, in full.ignored", -1, NULL));
    guest_console_t console = {.count = 0};
    machine_options_t options = guest_options();
    machine_t *machine = guest_new("cores.count=1", options, &console);
    machine_boot_options_t boot = {.image_path = guest_write(echo, 11), .raw = true, .input_path = "typed"};
    base_error_t error = {0}, warning;
    cr_assert_eq(machine_load(machine, &boot, &warning, &error), 0, "%s", error.text);
    cr_expect_eq(machine_run(machine, 100000000), MACHINE_OFF);
    cr_expect_eq(console.count, strlen("typed, in full."));
    cr_expect_eq(memcmp(console.text, "typed, in full.", console.count), 0);
    machine_free(machine);
}

Test(machine_run, awake_cores_that_execute_nothing_are_a_livelock)
{
    const char *slow = "memory.access=100us\nwatchdog.silence=1us\ncores.count=2";
    cr_expect_eq(END_OF(slow, GUEST_NOP, GUEST_BRANCH_BACK), MACHINE_LIVELOCK);
    cr_expect_eq(END_OF("memory.access=100us\ncores.count=2", GUEST_NOP, GUEST_BRANCH_BACK), MACHINE_CYCLE_LIMIT);
}

/* The trace, the end's time and the instructions in one number: these guests trace little. */
static uint64_t hash_of(const char *settings, machine_options_t options)
{
    machine_t *machine = guest_machine(guest_write(writes_a, 7), settings, options, NULL);
    GUEST_RUN(machine);
    uint64_t hash = base_hash_fold(machine_trace_hash(machine), machine_now_ps(machine));
    hash = base_hash_fold(hash, machine_instructions(machine));
    machine_free(machine);
    return hash;
}

Test(machine_run, how_the_simulator_works_does_not_change_the_trace)
{
    const char *settings = "cores.count=8\ncores.start=all";
    machine_options_t options = guest_options();
    uint64_t hash = hash_of(settings, options);
    options.order = ENGINE_BACKWARD;
    cr_expect_eq(hash_of(settings, options), hash);
    options.order = ENGINE_SHUFFLED;
    cr_expect_eq(hash_of(settings, options), hash);
    options = guest_options();
    options.fast_path = false;
    cr_expect_eq(hash_of(settings, options), hash);
    options = guest_options();
    options.check = true;
    cr_expect_eq(hash_of(settings, options), hash);
    cr_expect_neq(hash_of("cores.count=8\ncores.start=all\nlink.core=9", guest_options()), hash);
}

Test(machine_run, a_seed_changes_the_trace_only_where_something_is_random)
{
    const char *plain = "cores.start=all\nperturb.seed=1", *other = "cores.start=all\nperturb.seed=2";
    const char *late = "cores.start=all\nperturb.seed=1\nperturb.delay=20ns";
    const char *otherwise_late = "cores.start=all\nperturb.seed=2\nperturb.delay=20ns";
    cr_expect_eq(hash_of(plain, guest_options()), hash_of(other, guest_options()));
    cr_expect_eq(hash_of(late, guest_options()), hash_of(late, guest_options()));
    cr_expect_neq(hash_of(late, guest_options()), hash_of(otherwise_late, guest_options()));
}
