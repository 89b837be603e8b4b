/* Instruction caches do not see stores (DDI 0487 B2.4.4): modified code runs after the sequence of B2.7.4.2 and, on a
 * machine with an instruction cache, not before. */
#include "traps.h"
#include "vm.h"

enum { RET = (int)0xd65f03c0, CTR_IDC = 28 };

static void begin(void)
{
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_CODE);
}

static void end(void)
{
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
}

/* MOVZ w0, #value; RET. Through the data side alone; complete when it returns. */
static void write_code(uint32_t value)
{
    volatile uint32_t *code = (volatile uint32_t *)test_page(0);
    code[0] = 0x52800000 | value << 5;
    code[1] = (uint32_t)RET;
    dsb_ish();
}

static void clean_data(void)
{
    __asm__ volatile("dc cvau, %0\n dsb ish" ::"r"(test_page(0)) : "memory");
}

static void invalidate_instructions(void)
{
    __asm__ volatile("ic ivau, %0\n dsb ish\n isb" ::"r"(test_page(0)) : "memory");
}

static uint32_t run_code(void)
{
    isb(); /* what was fetched ahead is fetched again, from the instruction cache */
    return ((uint32_t(*)(void))window_page(0))();
}

/* Old code is nowhere: neither in the instruction cache nor dirty in the data cache. */
static void write_and_synchronize(uint32_t value)
{
    write_code(value);
    clean_data();
    invalidate_instructions();
}

const char *instructions_are_stale_until_invalidated(void)
{
    begin();
    write_and_synchronize(1);
    const uint32_t first = run_code();
    write_code(2);
    const uint32_t not_yet = run_code();
    clean_data();
    const uint32_t still_not = run_code();
    invalidate_instructions();
    const uint32_t now = run_code();
    end();
    EXPECT(first == 1);
    EXPECT(not_yet == 1);
    EXPECT(still_not == 1);
    EXPECT(now == 2);
    return NULL;
}

/* With CTR_EL0.IDC = 1 the data need not be cleaned to the point of unification, with 0 they must. */
const char *fetch_needs_clean_as_ctr_says(void)
{
    const bool coherent = read_sysreg(ctr_el0) >> CTR_IDC & 1;
    begin();
    write_and_synchronize(1);
    const uint32_t first = run_code();
    write_code(2);
    invalidate_instructions();
    const uint32_t without_clean = run_code();
    clean_data();
    invalidate_instructions();
    const uint32_t with_clean = run_code();
    end();
    EXPECT(first == 1);
    EXPECT(without_clean == (coherent ? 2 : 1));
    EXPECT(with_clean == 2);
    return NULL;
}

static uint32_t seen_by_other[3];

static void run_what_another_core_writes(unsigned core)
{
    if (core == 1)
        seen_by_other[0] = run_code();
    if (!meet())
        return;
    if (core == 0)
        write_code(2);
    if (!meet())
        return;
    if (core == 1)
        seen_by_other[1] = run_code();
    if (!meet())
        return;
    if (core == 0) {
        clean_data();
        invalidate_instructions();
    }
    if (!meet())
        return;
    if (core == 1)
        seen_by_other[2] = run_code();
}

const char *ic_ivau_reaches_other_cores(void)
{
    begin();
    write_and_synchronize(1);
    const bool ran = run_parts(2, run_what_another_core_writes);
    end();
    EXPECT(ran);
    EXPECT(seen_by_other[0] == 1);
    EXPECT(seen_by_other[1] == 1);
    EXPECT(seen_by_other[2] == 2);
    return NULL;
}
