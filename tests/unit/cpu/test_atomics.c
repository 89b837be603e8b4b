/* LSE atomics, compare and swap, and exclusives: order flags, sizes, and the cases that the reference of test_unicorn.c
 * gets wrong. The words are on [X2] with Rs = 1 and Rt = 3 unless their comment says otherwise. */
#include "cpu/accessors.h"
#include "flat_bench.h"
#include "interconnect/atomic.h"

#include <criterion/criterion.h>
#include <string.h>

static flat_bench_t *bench;

static void setup(void)
{
    bench = flat_bench_new();
    set_x(bench->cpu, 2, FLAT_BENCH_BASE);
}

static void teardown(void)
{
    flat_bench_free(bench);
}

TestSuite(atomics, .init = setup, .fini = teardown);

enum { ATOMIC = CPU_ACCESS_ATOMIC | CPU_ACCESS_ORDERED };

static void put(uint64_t value)
{
    memcpy(bench->bytes, &value, sizeof value);
}

static uint64_t memory_value(void)
{
    uint64_t value;
    memcpy(&value, bench->bytes, sizeof value);
    return value;
}

Test(atomics, acquire_and_release_follow_the_mnemonic)
{
    static const struct {
        uint32_t word;
        unsigned flags;
    } rows[] = {
        {0xf8210043 /* LDADD */, 0},
        {0xf8a10043 /* LDADDA */, CPU_ACCESS_ACQUIRE},
        {0xf8610043 /* LDADDL */, CPU_ACCESS_RELEASE},
        {0xf8e10043 /* LDADDAL */, CPU_ACCESS_ACQUIRE | CPU_ACCESS_RELEASE},
        {0xf8e18043 /* SWPAL */, CPU_ACCESS_ACQUIRE | CPU_ACCESS_RELEASE},
        {0xc8a17c43 /* CAS */, 0},
        {0xc8e17c43 /* CASA */, CPU_ACCESS_ACQUIRE},
        {0xc8a1fc43 /* CASL */, CPU_ACCESS_RELEASE},
        {0xc8e1fc43 /* CASAL */, CPU_ACCESS_ACQUIRE | CPU_ACCESS_RELEASE},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(flat_bench_run(bench, rows[i].word), CPU_OK);
        cr_expect_eq(bench->memory.access.flags, rows[i].flags | ATOMIC, "%08x", rows[i].word);
    }
}

/* Arm ARM C6.2, LDADD: "if the destination register is WZR or XZR, ... no Acquire semantics". */
Test(atomics, a_discarded_result_does_not_acquire_but_still_releases)
{
    flat_bench_run(bench, 0xf8a1005f); /* LDADDA X1, XZR */
    cr_expect_eq(bench->memory.access.flags, ATOMIC);
    flat_bench_run(bench, 0xf8a1805f); /* SWPA X1, XZR */
    cr_expect_eq(bench->memory.access.flags, ATOMIC);
    flat_bench_run(bench, 0xf861005f); /* STADDL X1 */
    cr_expect_eq(bench->memory.access.flags, CPU_ACCESS_RELEASE | ATOMIC);
}

Test(atomics, casa_acquires_even_into_xzr)
{
    flat_bench_run(bench, 0xc8ff7c43); /* CASA XZR, X3 */
    cr_expect_eq(bench->memory.access.flags, CPU_ACCESS_ACQUIRE | ATOMIC);
    cr_expect_eq(bench->memory.access.rt, CPU_SINK);
    cr_expect_eq(get_x(bench->cpu, CPU_XZR), 0);
}

Test(atomics, narrow_minimum_and_maximum_compare_elements_only)
{
    static const struct {
        uint32_t word;
        uint64_t old, operand, stored, loaded;
    } rows[] = {
        {0x38214043 /* LDSMAXB */, 0xaa80, 0x1234567f, 0xaa7f, 0x80},
        {0x38214043 /* LDSMAXB */, 0xaa01, 0x0000ff80, 0xaa01, 0x01},
        {0x38215043 /* LDSMINB */, 0xaa01, 0x0000ff80, 0xaa80, 0x01},
        {0x78214043 /* LDSMAXH */, 0xaa8000, 0x7fff, 0xaa7fff, 0x8000},
        {0x78215043 /* LDSMINH */, 0xaa7fff, 0xffff8000, 0xaa8000, 0x7fff},
        {0xb8214043 /* LDSMAX W */, 0xaa80000000, 0x55, 0xaa00000055, 0x80000000},
        {0xb8215043 /* LDSMIN W */, 0xaa00000001, 0xffffffff, 0xaaffffffff, 1},
        {0x38216043 /* LDUMAXB */, 0xaa80, 0x1234567f, 0xaa80, 0x80},
        {0x38217043 /* LDUMINB */, 0xaa80, 0xffffff7f, 0xaa7f, 0x80},
        {0x78217043 /* LDUMINH */, 0xaa8000, 0xffff7fff, 0xaa7fff, 0x8000},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        put(rows[i].old);
        set_x(bench->cpu, 1, rows[i].operand);
        cr_expect_eq(flat_bench_run(bench, rows[i].word), CPU_OK);
        cr_expect_eq(memory_value(), rows[i].stored, "row %u: %#lx", i, memory_value());
        cr_expect_eq(get_x(bench->cpu, 3), rows[i].loaded, "row %u: %#lx", i, get_x(bench->cpu, 3));
    }
}

Test(atomics, narrow_compare_and_swap_ignores_the_upper_bits_of_rs)
{
    put(0xaa11);
    set_x(bench->cpu, 1, 0xffffff11);
    set_x(bench->cpu, 3, 0x22);
    flat_bench_run(bench, 0x08a17c43); /* CASB W1, W3 */
    cr_expect_eq(memory_value(), 0xaa22);
    cr_expect_eq(get_x(bench->cpu, 1), 0x11);
}

Test(atomics, failed_compare_and_swap_loads_the_old_value_and_stores_nothing)
{
    put(5);
    set_x(bench->cpu, 1, 4);
    set_x(bench->cpu, 3, 9);
    flat_bench_run(bench, 0xc8a17c43); /* CAS X1, X3 */
    cr_expect_eq(memory_value(), 5);
    cr_expect_eq(get_x(bench->cpu, 1), 5);
}

Test(atomics, pairs_compare_both_registers_and_x31_of_a_pair_is_zero)
{
    put(UINT64_C(7) << 32 | 6);
    set_x(bench->cpu, 30, 6);
    set_x(bench->cpu, 4, 1);
    set_x(bench->cpu, 5, 2);
    flat_bench_run(bench, 0x087efc44); /* CASPAL W30, WZR, W4, W5 */
    cr_expect_eq(memory_value(), UINT64_C(7) << 32 | 6, "the second halves differ");
    cr_expect_eq(get_x(bench->cpu, 30), 6);
    cr_expect_eq(get_x(bench->cpu, CPU_XZR), 0);
    put(6);
    flat_bench_run(bench, 0x087efc44);
    cr_expect_eq(memory_value(), UINT64_C(2) << 32 | 1);
}

Test(atomics, a_misaligned_atomic_does_nothing_whatever_sctlr_says)
{
    set_x(bench->cpu, 2, FLAT_BENCH_BASE + 4);
    set_x(bench->cpu, 3, 0x33);
    static const uint32_t words[] = {0xf8210043 /* LDADD X */,  0xc8a17c43 /* CAS X */,   0x48207c44 /* CASP X */,
                                     0xc85ffc43 /* LDAXR X3 */, 0xc8dffc43 /* LDAR X3 */, 0xf8bfc043 /* LDAPR X3 */};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        cr_expect_eq(flat_bench_run(bench, words[i]), CPU_JUMP, "%08x", words[i]);
    cr_expect_eq(get_x(bench->cpu, 3), 0x33);
}

Test(atomics, a_store_exclusive_writes_its_status_and_stores_once)
{
    set_x(bench->cpu, 1, 0x77);
    flat_bench_run(bench, 0xc85f7c44); /* LDXR X4 */
    flat_bench_run(bench, 0xc8037c41); /* STXR W3, X1 */
    cr_expect_eq(get_x(bench->cpu, 3), 0);
    cr_expect_eq(memory_value(), 0x77);
    set_x(bench->cpu, 1, 0x88);
    flat_bench_run(bench, 0xc8037c41);
    cr_expect_eq(get_x(bench->cpu, 3), 1);
    cr_expect_eq(memory_value(), 0x77);
}

Test(atomics, clrex_makes_the_store_exclusive_fail)
{
    flat_bench_run(bench, 0xc85f7c44); /* LDXR X4 */
    flat_bench_run(bench, 0xd5033f5f); /* CLREX */
    flat_bench_run(bench, 0xc8037c41); /* STXR W3, X1 */
    cr_expect_eq(get_x(bench->cpu, 3), 1);
}

Test(atomics, a_store_exclusive_status_into_wzr_is_lost)
{
    flat_bench_run(bench, 0x881f7c41); /* STXR WZR, W1 */
    cr_expect_eq(get_x(bench->cpu, CPU_XZR), 0);
}

/* The shared definition, against arithmetic at the element's own type. */
Test(atomics, operations_agree_with_arithmetic_of_the_element_type)
{
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++) {
            const uint8_t expected[] = {(uint8_t)(a + b),
                                        (uint8_t)(a & ~b),
                                        (uint8_t)(a ^ b),
                                        (uint8_t)(a | b),
                                        (int8_t)a > (int8_t)b ? (uint8_t)a : (uint8_t)b,
                                        (int8_t)a < (int8_t)b ? (uint8_t)a : (uint8_t)b,
                                        (uint8_t)(a > b ? a : b),
                                        (uint8_t)(a < b ? a : b),
                                        (uint8_t)b};
            for (unsigned op = CHI_OP_ADD; op <= CHI_OP_SWP; op++)
                cr_assert_eq(chi_atomic_apply((chi_atomic_op_t)op, a | 0xabcd00, b | 0x123400, 1), expected[op],
                             "operation %u on %#x, %#x", op, a, b);
        }
}
