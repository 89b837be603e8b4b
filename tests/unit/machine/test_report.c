/* What people are told. */
#include "guest.h"
#include "machine/report.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

typedef void print_t(const machine_t *machine, FILE *stream);

static void print_report(const machine_t *machine, FILE *stream)
{
    machine_report_print(machine, 2.0, stream);
}

static char *told(print_t *print, const uint32_t *words, size_t count, const char *settings)
{
    machine_t *machine = guest_machine(guest_write(words, count), settings, guest_options(), NULL);
    GUEST_RUN(machine);
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    print(machine, stream);
    fclose(stream);
    machine_free(machine);
    return text;
}

static void expect_parts(const char *text, const char *const *parts)
{
    for (; *parts; parts++)
        cr_expect_not_null(strstr(text, *parts), "no '%s' in:\n%s", *parts, text);
}

Test(machine_report, names_counters_columns_and_the_end)
{
    const uint32_t words[] = {GUEST_PSCI, GUEST_SYSTEM_OFF, GUEST_HVC};
    char *text = told(print_report, words, 3, "cores.count=2");
    expect_parts(text, (const char *const[]){"core0", "core1", "total", "instructions", "L1I misses",
                                             "the guest switched the machine off after", "trace hash", "MIPS", NULL});
    cr_expect_null(strstr(text, "core2"));
    cr_expect_null(strstr(text, "LSE atomics"), "a row of zeros is shown");
    free(text);
}

Test(machine_report, of_many_cores_shows_totals)
{
    const uint32_t words[] = {GUEST_PSCI, GUEST_SYSTEM_OFF, GUEST_HVC};
    char *text = told(print_report, words, 3, "cores.count=9");
    expect_parts(text, (const char *const[]){"total", "least", "most", NULL});
    cr_expect_null(strstr(text, "core0 "));
    free(text);
}

Test(machine_report, tells_guest_errors_with_their_place)
{
    char *text = told(print_report, (const uint32_t[]){0}, 1, "cores.count=1");
    expect_parts(text, (const char *const[]){"guest errors: 1", "pc 0x40080000", "UNDEFINED", NULL});
    free(text);
}

Test(machine_watchdog, shows_each_core_that_sleeps_or_is_off)
{
    const uint32_t words[] = {GUEST_NOP, GUEST_WFI, GUEST_BRANCH_BACK};
    char *text = told(machine_watchdog_print, words, 3, "cores.count=2");
    expect_parts(text, (const char *const[]){"core0   pc 0x40080008, EL1, interrupts masked, asleep in WFI",
                                             "core1   off", "messages under way:\n  none", NULL});
    free(text);
}

Test(machine_watchdog, shows_the_exception_a_core_cannot_leave)
{
    char *text = told(machine_watchdog_print, (const uint32_t[]){GUEST_BRK}, 1, "cores.count=2");
    expect_parts(text, (const char *const[]){"last exception: ESR_EL1 0x86000010 (class 0x21), from pc 0x200",
                                             "VBAR_EL1 0x0", "core0 is the one", NULL});
    free(text);
}

Test(machine_watchdog, shows_the_line_a_core_waits_for)
{
    /* LDR X2, [X1] at 0x40000000 with the MMU off is a Device access. */
    const uint32_t words[] = {0xd2a80001, 0xf9400022, GUEST_BRANCH_TO_SELF};
    machine_t *machine = guest_machine(guest_write(words, 3), "cores.count=1", guest_options(), NULL);
    char *text = NULL;
    for (uint64_t cycles = 100; !text && cycles < 2000; cycles += 20) {
        machine_t *fresh = guest_machine("guest.bin", "cores.count=1", guest_options(), NULL);
        machine_run(fresh, cycles);
        size_t bytes = 0;
        FILE *stream = open_memstream(&text, &bytes);
        machine_watchdog_print(fresh, stream);
        fclose(stream);
        machine_free(fresh);
        if (!strstr(text, "device access to 0x40000000 under way")) {
            free(text);
            text = NULL;
        }
    }
    cr_expect_not_null(text, "no time was found at which the access is under way");
    free(text);
    machine_free(machine);
}
