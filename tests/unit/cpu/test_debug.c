/* Which accesses and instructions breakpoints and watchpoints match, and when debug exceptions can happen at all,
 * against what the manual says of DBGBCRn_EL1, DBGWCRn_EL1 and MDSCR_EL1 (Arm ARM D2.9 to D2.12, D17.3). */
#include "cpu/debug.h"
#include "system_bench.h"

#include <criterion/criterion.h>

#define DBGBVR(n) CPU_SYS_KEY(2u, 0u, 0u, (unsigned)(n), 4u)
#define DBGBCR(n) CPU_SYS_KEY(2u, 0u, 0u, (unsigned)(n), 5u)
#define DBGWVR(n) CPU_SYS_KEY(2u, 0u, 0u, (unsigned)(n), 6u)
#define DBGWCR(n) CPU_SYS_KEY(2u, 0u, 0u, (unsigned)(n), 7u)
enum { MDSCR = CPU_SYS_KEY(2, 0, 0, 2, 2), OSLAR = CPU_SYS_KEY(2, 0, 1, 0, 4), OSDLR = CPU_SYS_KEY(2, 0, 1, 3, 4) };
enum { CONTEXTIDR = CPU_SYS_KEY(3, 0, 13, 0, 1) };
enum { SS = 1 << 0, KDE = 1 << 13, MDE = 1 << 15 };
enum { E = 1, EL1 = 1 << 1, EL0 = 2 << 1, LOADS = 1 << 3, STORES = 2 << 3, BAS = 5, MASK = 24, WT = 1 << 20 };
enum { ADDRESS = 0 << 20, LINKED_ADDRESS = 1 << 20, CONTEXT = 2 << 20, LINKED_CONTEXT = 3 << 20, LBN = 16, SSC = 14 };
#define WATCHED UINT64_C(0xffff000012345680)
#define CODE    UINT64_C(0xffff000010080040)

/* At EL1, with debug exceptions on. */
static bench_t *bench_debugging(void)
{
    bench_t *bench = bench_new();
    bench_msr(bench, OSLAR, 0, 0);
    bench_msr(bench, MDSCR, KDE | MDE, 0);
    bench->cpu.pstate.daif = 0;
    return bench;
}

/* --- watchpoints --- */

/* The watchpoint's answer, UINT64_MAX when there is none. */
static uint64_t watched(const bench_t *bench, uint64_t va, uint64_t bytes, bool load, bool store, bool privileged)
{
    uint64_t hit = 0;
    return cpu_debug_watches(&bench->cpu, va, bytes, load, store, privileged, &hit) ? hit : UINT64_MAX;
}

/* BAS bit n selects byte n from the doubleword's first; with DBGWVRn_EL1<2> set, from its second word. */
static uint64_t first_selected(uint64_t wvr, unsigned bas, uint64_t va, uint64_t bytes)
{
    for (uint64_t byte = va; byte < va + bytes; byte++)
        if (byte >= wvr && byte < (wvr & ~UINT64_C(7)) + 8 && bas >> (byte - wvr) & 1)
            return byte;
    return UINT64_MAX;
}

Test(watchpoint, hits_the_first_of_the_bytes_that_bas_selects)
{
    bench_t *bench = bench_debugging();
    for (unsigned n = 0; n < 256 * 2; n++) {
        unsigned bas = n / 2;
        uint64_t wvr = WATCHED + n % 2 * 4;
        bench_msr(bench, DBGWVR(2), wvr, 0);
        bench_msr(bench, DBGWCR(2), E | EL1 | LOADS | bas << BAS, 0);
        for (unsigned bytes = 1; bytes <= 64; bytes *= 2)
            for (uint64_t va = WATCHED - 64; va<WATCHED + 16; va += bytes> 8 ? 4 : 1)
                cr_assert_eq(watched(bench, va, bytes, true, false, true), first_selected(wvr, bas, va, bytes),
                             "BAS %#x at %#lx, %u bytes at %#lx", bas, wvr, bytes, va);
    }
    bench_free(bench);
}

Test(watchpoint, with_mask_covers_the_whole_region_and_no_byte_more)
{
    bench_t *bench = bench_debugging();
    for (unsigned mask = 3; mask < 32; mask++) {
        uint64_t bytes = UINT64_C(1) << mask, first = WATCHED >> mask << mask, last = first + bytes - 1;
        bench_msr(bench, DBGWVR(0), first, 0);
        bench_msr(bench, DBGWCR(0), E | EL1 | STORES | 0xff << BAS | mask << MASK, 0);
        cr_expect_eq(watched(bench, first, 1, false, true, true), first, "MASK %u", mask);
        cr_expect_eq(watched(bench, last, 1, false, true, true), last, "MASK %u", mask);
        cr_expect_eq(watched(bench, first - 8, 16, false, true, true), first, "MASK %u", mask);
        cr_expect_eq(watched(bench, first - 8, 8, false, true, true), UINT64_MAX, "MASK %u", mask);
        cr_expect_eq(watched(bench, last + 1, 8, false, true, true), UINT64_MAX, "MASK %u", mask);
    }
    bench_free(bench);
}

Test(watchpoint, looks_at_direction_and_privilege)
{
    bench_t *bench = bench_debugging();
    bench_msr(bench, DBGWVR(1), WATCHED, 0);
    for (unsigned n = 0; n < 1 << 7; n++) {
        bool load = n & 1, store = n & 2, privileged = n & 4;
        unsigned lsc = n >> 3 & 3, pac = n >> 5 & 3;
        bool wanted = ((load && lsc & 1) || (store && lsc & 2)) && pac & (privileged ? 1 : 2);
        bench_msr(bench, DBGWCR(1), E | pac << 1 | lsc << 3 | 0xff << BAS, 0);
        cr_expect_eq(watched(bench, WATCHED, 8, load, store, privileged) == WATCHED, wanted,
                     "LSC %u, PAC %u, load %d, store %d, privileged %d", lsc, pac, load, store, privileged);
        bench_msr(bench, DBGWCR(1), pac << 1 | lsc << 3 | 0xff << BAS, 0);
        cr_expect_eq(watched(bench, WATCHED, 8, load, store, privileged), UINT64_MAX, "E is 0");
    }
    bench_free(bench);
}

Test(watchpoint, does_not_look_at_the_tag_and_gives_it_back)
{
    bench_t *bench = bench_debugging();
    bench_msr(bench, DBGWVR(3), 0x12345680, 0);
    bench_msr(bench, DBGWCR(3), E | EL1 | LOADS | 0xff << BAS, 0);
    cr_expect_eq(watched(bench, 0x5a00000012345684, 4, true, false, true), 0x5a00000012345684);
    bench_free(bench);
}

/* --- breakpoints --- */

static bool breaks_at(bench_t *bench, uint64_t pc)
{
    cpu_t *cpu = &bench->cpu;
    cpu_pstate_t pstate = cpu->pstate;
    cpu->next = NULL;
    cpu->pc = pc;
    bool hit = cpu_debug_breakpoint_hit(cpu);
    cr_expect(!hit || (bench_class(bench) == 0x30u + pstate.el && cpu->sys.ELR_EL1 == pc));
    if (hit)
        cpu_set_el(cpu, pstate.el, pstate.sp_select);
    cpu->pstate = pstate;
    cpu_debug_arm(cpu);
    return hit;
}

Test(breakpoint, compares_the_address_without_tag_and_lowest_bits)
{
    bench_t *bench = bench_debugging();
    bench_msr(bench, DBGBVR(1), CODE, 0);
    bench_msr(bench, DBGBCR(1), E | EL1 | 0xf << BAS | ADDRESS, 0);
    for (unsigned bit = 2; bit < 64; bit++)
        cr_expect_eq(breaks_at(bench, CODE ^ UINT64_C(1) << bit), bit >= 49, "bit %u", bit);
    cr_expect(breaks_at(bench, CODE));
    bench_msr(bench, DBGBCR(1), EL1 | 0xf << BAS | ADDRESS, 0);
    cr_expect_not(breaks_at(bench, CODE), "E is 0");
    bench_free(bench);
}

/* Without EL2 and EL3 all but SSC 0 is reserved; 1 is here what 0 is, 2 and 3 (Secure) match nothing. */
Test(breakpoint, matches_at_the_levels_that_pmc_names)
{
    bench_t *bench = bench_debugging();
    bench_msr(bench, DBGBVR(0), CODE, 0);
    for (unsigned n = 0; n < 1 << 5; n++) {
        unsigned pmc = n & 3, ssc = n >> 2 & 3, el = n >> 4;
        cpu_set_el(&bench->cpu, el, el);
        bench->cpu.sys.DBGBCR_EL1[0] = E | pmc << 1 | 0xf << BAS | ssc << SSC;
        cpu_debug_arm(&bench->cpu);
        cr_expect_eq(breaks_at(bench, CODE), ssc < 2 && pmc & (el ? 1 : 2), "PMC %u, SSC %u, EL%u", pmc, ssc, el);
    }
    bench_free(bench);
}

/* Of six the last two know contexts; the types of AArch32 and of EL2 (4 to 15) match nothing. */
Test(breakpoint, types_compare_address_and_context)
{
    bench_t *bench = bench_debugging();
    for (unsigned n = 0; n < CPU_BREAKPOINTS; n++)
        for (unsigned type = 0; type < 16; type++) {
            bool knows = n >= 4;
            bench_msr(bench, DBGBVR(n), type & 2 ? 0x77 : CODE, 0);
            bench_msr(bench, DBGBCR(n), E | EL1 | 0xf << BAS | type << 20, 0);
            bench_msr(bench, CONTEXTIDR, 0x77, 0);
            cr_expect_eq(breaks_at(bench, CODE), type == 0 || (type == 2 && knows), "%u, type %u", n, type);
            bench_msr(bench, CONTEXTIDR, 0x78, 0);
            cr_expect_eq(breaks_at(bench, CODE), type == 0, "%u, type %u, another context", n, type);
            bench_msr(bench, DBGBCR(n), 0, 0);
        }
    bench_free(bench);
}

/* --- linked --- */

static const struct {
    const char *what;
    unsigned lbn, control;
    uint64_t context;
    bool matches;
} links[] = {
    {"to the context that is", 5, E | LINKED_CONTEXT, 0x1234, true},
    {"to the other one that knows contexts", 4, E | LINKED_CONTEXT, 0x1234, true},
    {"to another context", 5, E | LINKED_CONTEXT, 0x1235, false},
    {"to a breakpoint that is off", 5, LINKED_CONTEXT, 0x1234, false},
    {"to a breakpoint that is not linked", 5, E | CONTEXT, 0x1234, false},
    {"to an address", 5, E | LINKED_ADDRESS, 0x1234, false},
    {"to a breakpoint that knows no contexts", 3, E | LINKED_CONTEXT, 0x1234, false},
    {"to none", 6, E | LINKED_CONTEXT, 0x1234, false},
};

Test(linked, breakpoints_and_watchpoints_match_in_their_context_only)
{
    bench_t *bench = bench_debugging();
    for (unsigned i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        unsigned to = links[i].lbn < CPU_BREAKPOINTS ? links[i].lbn : 5;
        bench_msr(bench, CONTEXTIDR, 0x1234, 0);
        bench_msr(bench, DBGBVR(to), links[i].context, 0);
        bench_msr(bench, DBGBCR(to), links[i].control, 0); /* no level: it never matches alone */
        bench_msr(bench, DBGBVR(0), CODE, 0);
        bench_msr(bench, DBGBCR(0), E | EL1 | 0xf << BAS | LINKED_ADDRESS | links[i].lbn << LBN, 0);
        bench_msr(bench, DBGWVR(0), WATCHED, 0);
        bench_msr(bench, DBGWCR(0), E | EL1 | LOADS | 0xff << BAS | WT | links[i].lbn << LBN, 0);
        cr_expect_eq(breaks_at(bench, CODE), links[i].matches, "breakpoint linked %s", links[i].what);
        cr_expect_not(breaks_at(bench, CODE + 4), "breakpoint linked %s", links[i].what);
        cr_expect_eq(watched(bench, WATCHED, 1, true, false, true) == WATCHED, links[i].matches, "watchpoint linked %s",
                     links[i].what);
        bench_msr(bench, DBGBCR(to), 0, 0);
    }
    bench_free(bench);
}

/* --- when --- */

/* AArch64.GenerateDebugExceptionsFrom: not while either OS lock is set; at EL1 with KDE and PSTATE.D clear only. */
Test(debug_exceptions, need_unlocked_and_at_el1_enabled)
{
    bench_t *bench = bench_debugging();
    const cpu_debug_t *debug = &bench->core.debug;
    bench_msr(bench, DBGBCR(0), E, 0);
    bench_msr(bench, DBGWCR(0), E, 0);
    for (unsigned n = 0; n < 1 << 7; n++) {
        bool os_lock = n & 1, double_lock = n & 2, kde = n & 4, masked = n & 8, el1 = n & 16, mde = n & 32, ss = n & 64;
        cpu_set_el(&bench->cpu, el1, el1);
        bench->cpu.pstate.daif = masked ? CPU_DAIF_D : 0;
        bench->cpu.sys.MDSCR_EL1 = (uint64_t)(kde ? KDE : 0) | (mde ? MDE : 0) | (ss ? SS : 0);
        bench->cpu.sys.os_locked = os_lock;
        bench->cpu.sys.OSDLR_EL1 = double_lock;
        cpu_debug_arm(&bench->cpu);
        bool possible = !os_lock && !double_lock && (!el1 || (kde && !masked));
        cr_expect_eq(debug->breaking, possible && mde, "%#x", n);
        cr_expect_eq(debug->watching, possible && mde, "%#x", n);
        cr_expect_eq(debug->stepping, possible && ss, "%#x", n);
        cr_expect_eq(debug->armed, possible && (mde || ss), "%#x", n);
    }
    bench_free(bench);
}

/* DebugExceptionReturnSS: SPSR_EL1.SS counts where debug exceptions go from impossible to possible. */
Test(software_step, starts_with_a_return_to_where_it_is_possible)
{
    enum { SPSR_SS = 1 << 21, SPSR_D = 1 << 9, TO_EL1 = 5, TO_EL0 = 0 };
    static const struct {
        uint64_t mdscr, spsr;
        bool masked, ss;
    } rows[] = {
        {SS, SPSR_SS | TO_EL0, true, true},
        {SS, TO_EL0, true, false},
        {0, SPSR_SS | TO_EL0, true, false},
        {SS, SPSR_SS | TO_EL1, true, false},                /* KDE is 0 */
        {SS | KDE, SPSR_SS | TO_EL1, true, true},           /* D is set here and not there */
        {SS | KDE, SPSR_SS | SPSR_D | TO_EL1, true, false}, /* nor possible there */
        {SS | KDE, SPSR_SS | TO_EL1, false, false},         /* possible here already */
        {SS | KDE, SPSR_SS | TO_EL0, false, false},
    };
    bench_t *bench = bench_debugging();
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bench_msr(bench, MDSCR, rows[i].mdscr, 0);
        bench->cpu.pstate.daif = rows[i].masked ? CPU_DAIF_D : 0;
        cr_expect_eq(cpu_debug_return_ss(&bench->cpu, rows[i].spsr), rows[i].ss, "row %u", i);
    }
    bench_msr(bench, MDSCR, SS, 0);
    bench_msr(bench, OSLAR, 1, 0);
    cr_expect_not(cpu_debug_return_ss(&bench->cpu, SPSR_SS | TO_EL0), "the OS Lock is set");
    bench_free(bench);
}
