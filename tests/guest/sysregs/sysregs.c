/* Runs the checks of every register, with floating point open, debug exceptions and interrupts off. */
#include "sysregs.h"

#include "barrier.h"
#include "checks.h"
#include "cpu.h"
#include "image.h"
#include "print.h"

#define STORED(name, op0, op1, crn, crm, op2, el1, el0, ones, zeros)                                                   \
    {#name, KEY(op0, op1, crn, crm, op2), el1, el0, true, ones, zeros},
#define OTHER(name, op0, op1, crn, crm, op2, el1, el0) {#name, KEY(op0, op1, crn, crm, op2), el1, el0, false, 0, 0},
#define COUNTER(n, crm, op2)                                                                                           \
    STORED(PMEVCNTR##n##_EL0, 3, 3, 14, crm, op2, "rw", "RW", 0xffffffff, 0)                                           \
    STORED(PMEVTYPER##n##_EL0, 3, 3, 14, (crm) + 4, op2, "rw", "RW", 0xc000ffff, 0)
const listed_t listed[] = {
#include "../../unit/cpu/sysreg_list.def"
};
const unsigned listed_count = sizeof listed / sizeof listed[0];

option_t image_options[] = {{.name = NULL}};

bool allows(const char *access, char letter)
{
    while (*access != 0 && *access != letter)
        access++;
    return *access != 0;
}

bool same_name(const char *one, const char *other)
{
    while (*one != 0 && *one == *other) {
        one++;
        other++;
    }
    return *one == *other;
}

static void report(const char *check, const char *what, const char *wrong)
{
    if (!image_check(wrong == NULL))
        print("FAIL %s: %s: %s\n", check, what, wrong);
}

static void check_each(const char *name, const char *(*check)(const listed_t *reg))
{
    for (unsigned i = 0; i < listed_count; i++)
        report(name, listed[i].name, check(&listed[i]));
    print("%s: %u registers\n", name, listed_count);
}

static void check_once(const char *name, const char *(*check)(void))
{
    report(name, "at once", check());
    print("%s\n", name);
}

void image_main(void)
{
    const uint64_t counters = read_sysreg(pmcr_el0) >> 11 & 0x1f;
    report("counters", "PMCR_EL0.N", counters == COUNTERS ? NULL : "the machine must have 31 event counters");
    write_sysreg(cpacr_el1, 3ull << 20);
    write_sysreg(mdscr_el1, 0);
    interrupts_push_off();
    isb();
    code_begin();
    check_each("el1_reads_and_writes", el1_reads_and_writes);
    check_each("el0_is_shut_out", el0_is_shut_out);
    check_each("el0_is_let_in", el0_is_let_in);
    check_once("id_space_reads", id_space_reads);
    check_once("enables_open_one_by_one", enables_open_one_by_one);
    check_once("sctlr_opens_instructions", sctlr_opens_instructions);
    check_once("cpacr_opens_floating_point", cpacr_opens_floating_point);
    code_end();
    write_sysreg(tpidrro_el0, 0);
    interrupts_pop();
}
