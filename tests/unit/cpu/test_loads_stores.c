/* Loads and stores: what an abort, a retry or a pending load leaves behind, and what the port is asked. Values are
 * compared with Unicorn in test_unicorn.c. */
#include "cpu/accessors.h"
#include "flat_bench.h"

#include <criterion/criterion.h>

enum {
    LDR_POST = (int)0xf8408441,   /* LDR X1, [X2], #8 */
    LDR_PRE = (int)0xf8408c41,    /* LDR X1, [X2, #8]! */
    LDP_POST = (int)0xa8c10c41,   /* LDP X1, X3, [X2], #16 */
    LDP_PRE = (int)0xa9c10c41,    /* LDP X1, X3, [X2, #16]! */
    LDPSW_PRE = 0x69c10c41,       /* LDPSW X1, X3, [X2, #8]! */
    STR_POST = (int)0xf8008441,   /* STR X1, [X2], #8 */
    STP_PRE = (int)0xa9bf0c41,    /* STP X1, X3, [X2, #-16]! */
    LDR_SP = (int)0xf94003e1,     /* LDR X1, [SP] */
    STR_SP_PRE = (int)0xf81f0fe1, /* STR X1, [SP, #-16]! */
    PRFM_SP = (int)0xf98007e0,    /* PRFM PLDL1KEEP, [SP, #8] */
};

static const uint32_t write_backs[] = {(uint32_t)LDR_POST,  (uint32_t)LDR_PRE,  (uint32_t)LDP_POST, (uint32_t)LDP_PRE,
                                       (uint32_t)LDPSW_PRE, (uint32_t)STR_POST, (uint32_t)STP_PRE};
enum { WRITE_BACKS = sizeof write_backs / sizeof *write_backs };

static flat_bench_t *bench;

static void setup(void)
{
    bench = flat_bench_new();
    set_x(bench->cpu, 1, 0x1111);
    set_x(bench->cpu, 2, FLAT_BENCH_BASE + 64);
    set_x(bench->cpu, 3, 0x3333);
}

static void teardown(void)
{
    flat_bench_free(bench);
}

TestSuite(loads_stores, .init = setup, .fini = teardown);

static void expect_nothing_written(uint64_t base)
{
    cr_expect_eq(get_x(bench->cpu, 1), 0x1111);
    cr_expect_eq(get_x(bench->cpu, 2), base);
    cr_expect_eq(get_x(bench->cpu, 3), 0x3333);
    for (unsigned i = 0; i < FLAT_BENCH_BYTES; i++)
        cr_assert_eq(bench->bytes[i], (uint8_t)i);
}

Test(loads_stores, an_abort_writes_no_register_and_no_memory)
{
    for (unsigned i = 0; i < WRITE_BACKS; i++) {
        set_x(bench->cpu, 2, FLAT_BENCH_BASE + FLAT_BENCH_BYTES + 4096);
        cr_expect_eq(flat_bench_run(bench, write_backs[i]), CPU_JUMP);
        expect_nothing_written(FLAT_BENCH_BASE + FLAT_BENCH_BYTES + 4096);
    }
    cr_expect_eq(bench->memory.faults, WRITE_BACKS);
}

Test(loads_stores, an_abort_of_the_second_half_of_a_pair_writes_nothing)
{
    static const uint32_t pairs[] = {(uint32_t)LDP_POST, 0xa9400c41 /* LDP X1, X3, [X2] */,
                                     0xa9000c41 /* STP X1, X3, [X2] */};
    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        set_x(bench->cpu, 2, FLAT_BENCH_BASE + FLAT_BENCH_BYTES - 8);
        cr_expect_eq(flat_bench_run(bench, pairs[i]), CPU_JUMP);
        expect_nothing_written(FLAT_BENCH_BASE + FLAT_BENCH_BYTES - 8);
    }
}

Test(loads_stores, a_retry_writes_nothing_and_the_next_attempt_all)
{
    for (unsigned i = 0; i < WRITE_BACKS; i++) {
        bench->memory.retry = true;
        cr_expect_eq(flat_bench_run(bench, write_backs[i]), CPU_RETRY);
        expect_nothing_written(FLAT_BENCH_BASE + 64);
    }
    cr_expect_eq(flat_bench_run(bench, (uint32_t)LDR_POST), CPU_OK);
    cr_expect_eq(get_x(bench->cpu, 1), 0x4746454443424140);
    cr_expect_eq(get_x(bench->cpu, 2), FLAT_BENCH_BASE + 72);
}

Test(loads_stores, the_base_is_written_back_when_the_access_is_accepted_but_not_complete)
{
    bench->memory.accepted = CPU_LEAVE;
    for (unsigned i = 0; i < WRITE_BACKS; i++) {
        set_x(bench->cpu, 2, FLAT_BENCH_BASE + 64);
        cr_expect_eq(flat_bench_run(bench, write_backs[i]), CPU_LEAVE);
        cr_expect_neq(get_x(bench->cpu, 2), FLAT_BENCH_BASE + 64, "%08x", write_backs[i]);
    }
}

Test(loads_stores, the_l0_filter_answers_as_the_port_does)
{
    for (unsigned filter = 0; filter < 2; filter++)
        for (unsigned offset = 0; offset < 128; offset++) {
            if (filter)
                flat_cpu_fill_l0(bench->cpu, FLAT_BENCH_BASE);
            set_x(bench->cpu, 2, FLAT_BENCH_BASE + offset);
            cr_expect_eq(flat_bench_run(bench, (uint32_t)LDP_POST), CPU_OK);
            for (unsigned byte = 0; byte < 8; byte++) {
                cr_expect_eq((uint8_t)(get_x(bench->cpu, 1) >> 8 * byte), offset + byte);
                cr_expect_eq((uint8_t)(get_x(bench->cpu, 3) >> 8 * byte), offset + 8 + byte);
            }
        }
}

Test(loads_stores, the_l0_filter_is_not_asked_where_a_store_may_be_waiting)
{
    flat_cpu_fill_l0(bench->cpu, FLAT_BENCH_BASE);
    cr_expect_eq(flat_bench_run(bench, (uint32_t)LDR_POST), CPU_OK);
    cr_expect_eq(bench->memory.access.va, 0, "the port was asked");
    set_x(bench->cpu, 2, FLAT_BENCH_BASE + 64);
    bench->cpu->store_filter = UINT64_C(1) << ((FLAT_BENCH_BASE + 64) >> CHI_LINE_SHIFT & 63);
    cr_expect_eq(flat_bench_run(bench, (uint32_t)LDR_POST), CPU_OK);
    cr_expect_eq(bench->memory.access.va, FLAT_BENCH_BASE + 64);
    set_x(bench->cpu, 2, FLAT_BENCH_BASE + 128);
    bench->memory.access.va = 0;
    cr_expect_eq(flat_bench_run(bench, (uint32_t)LDR_POST), CPU_OK, "another line");
    cr_expect_eq(bench->memory.access.va, 0);
    cr_expect_eq(flat_bench_run(bench, (uint32_t)STR_POST), CPU_OK, "stores keep their order with all that wait");
    cr_expect_neq(bench->memory.access.va, 0);
}

Test(loads_stores, narrow_loads_extend_to_the_width_the_instruction_names)
{
    bench->bytes[64] = 0x80;
    flat_bench_run(bench, 0x39c00041); /* LDRSB W1, [X2] */
    cr_expect_eq(get_x(bench->cpu, 1), 0xffffff80);
    flat_bench_run(bench, 0x39800041); /* LDRSB X1, [X2] */
    cr_expect_eq(get_x(bench->cpu, 1), 0xffffffffffffff80);
}

Test(loads_stores, xzr_as_target_loses_the_value_and_as_source_stores_zero)
{
    flat_bench_run(bench, 0xf940005f); /* LDR XZR, [X2] */
    cr_expect_eq(get_x(bench->cpu, CPU_XZR), 0);
    flat_bench_run(bench, 0xf900005f); /* STR XZR, [X2] */
    for (unsigned i = 64; i < 72; i++)
        cr_expect_eq(bench->bytes[i], 0);
}

Test(loads_stores, a_store_that_writes_its_base_back_stores_the_old_base)
{
    uint64_t base = FLAT_BENCH_BASE + 64;
    cr_expect_eq(flat_bench_run(bench, 0xf8008c42), CPU_OK); /* STR X2, [X2, #8]! */
    cr_expect_eq(bench->bytes[72] | bench->bytes[73] << 8, base);
    cr_expect_eq(get_x(bench->cpu, 2), base + 8);
}

Test(loads_stores, unprivileged_ordered_and_exclusive_accesses_say_so_to_the_port)
{
    static const struct {
        uint32_t word;
        unsigned flags, size_bytes, elements;
    } rows[] = {
        {0xf8400841 /* LDTR */, CPU_ACCESS_UNPRIVILEGED, 8, 1},
        {0xf8000841 /* STTR */, CPU_ACCESS_UNPRIVILEGED, 8, 1},
        {0xf8bfc041 /* LDAPR */, CPU_ACCESS_ACQUIRE_PC | CPU_ACCESS_ORDERED, 8, 1},
        {0x38bfc041 /* LDAPRB */, CPU_ACCESS_ACQUIRE_PC | CPU_ACCESS_ORDERED, 1, 1},
        {0xc8dffc41 /* LDAR */, CPU_ACCESS_ACQUIRE | CPU_ACCESS_ORDERED, 8, 1},
        {0xc89ffc41 /* STLR */, CPU_ACCESS_RELEASE | CPU_ACCESS_ORDERED, 8, 1},
        {0x489ffc41 /* STLRH */, CPU_ACCESS_RELEASE | CPU_ACCESS_ORDERED, 2, 1},
        {0xc85ffc41 /* LDAXR */, CPU_ACCESS_ACQUIRE | CPU_ACCESS_EXCLUSIVE | CPU_ACCESS_ORDERED, 8, 1},
        {0x885f7c41 /* LDXR W */, CPU_ACCESS_EXCLUSIVE | CPU_ACCESS_ORDERED, 4, 1},
        {0xc87f9041 /* LDAXP */, CPU_ACCESS_ACQUIRE | CPU_ACCESS_EXCLUSIVE | CPU_ACCESS_ORDERED, 8, 2},
        {0xc803fc41 /* STLXR */, CPU_ACCESS_RELEASE | CPU_ACCESS_EXCLUSIVE | CPU_ACCESS_ORDERED, 8, 1},
        {0xc8231041 /* STXP */, CPU_ACCESS_EXCLUSIVE | CPU_ACCESS_ORDERED, 8, 2},
    };
    flat_cpu_fill_l0(bench->cpu, FLAT_BENCH_BASE); /* which must not answer */
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        bench->memory.access = (cpu_access_t){0};
        cr_expect_eq(flat_bench_run(bench, rows[i].word), CPU_OK);
        cr_expect_eq(bench->memory.access.va, FLAT_BENCH_BASE + 64, "%08x", rows[i].word);
        cr_expect_eq(bench->memory.access.flags, rows[i].flags, "%08x: flags %#x", rows[i].word,
                     bench->memory.access.flags);
        cr_expect_eq(bench->memory.access.size_bytes, rows[i].size_bytes);
        cr_expect_eq(bench->memory.access.elements, rows[i].elements);
    }
}

Test(loads_stores, prefetches_tell_loads_from_stores_and_ignore_instructions)
{
    flat_bench_run(bench, 0xf9800040); /* PRFM PLDL1KEEP, [X2] */
    cr_expect_eq(bench->memory.prefetch_va, FLAT_BENCH_BASE + 64);
    cr_expect_not(bench->memory.prefetch_for_store);
    flat_bench_run(bench, 0xf9800050); /* PRFM PSTL1KEEP, [X2] */
    cr_expect(bench->memory.prefetch_for_store);
    flat_bench_run(bench, 0xf9800048); /* PRFM PLIL1KEEP, [X2] */
    cr_expect_eq(bench->memory.prefetches, 2);
}

/* ESR_ELx.EC of SP alignment faults (Arm ARM D17.2.37). */
enum { EC_SP_ALIGNMENT = 0x26 };

static const uint32_t sp_accesses[] = {(uint32_t)LDR_SP, (uint32_t)STR_SP_PRE};

Test(loads_stores, a_misaligned_sp_is_no_base_when_sctlr_checks_it)
{
    for (unsigned i = 0; i < 2; i++) {
        bench->cpu->sys = (cpu_sysregs_t){.SCTLR_EL1 = 1 << 3};
        set_x(bench->cpu, CPU_SP, FLAT_BENCH_BASE + 72);
        cr_expect_eq(flat_bench_run(bench, sp_accesses[i]), CPU_JUMP);
        cr_expect_eq(bench->cpu->sys.ESR_EL1 >> 26, EC_SP_ALIGNMENT);
        cr_expect_eq(bench->cpu->sys.ELR_EL1, FLAT_BENCH_PC);
        cr_expect_eq(get_x(bench->cpu, CPU_SP), FLAT_BENCH_BASE + 72);
        cr_expect_eq(bench->memory.access.va, 0, "no access was made");
        cr_expect_eq(flat_bench_run(bench, (uint32_t)PRFM_SP), CPU_OK, "prefetches are not checked");
    }
}

Test(loads_stores, a_misaligned_sp_is_a_base_when_sctlr_does_not_check_it)
{
    bench->cpu->sys.SCTLR_EL1 = 1 << 4; /* SA0: only EL0 is checked */
    for (unsigned i = 0; i < 2; i++) {
        set_x(bench->cpu, CPU_SP, FLAT_BENCH_BASE + 72);
        cr_expect_eq(flat_bench_run(bench, sp_accesses[i]), CPU_OK);
    }
    bench->cpu->pstate.el = 0;
    cr_expect_eq(flat_bench_run(bench, (uint32_t)LDR_SP), CPU_JUMP);
}

Test(loads_stores, an_aligned_sp_and_other_misaligned_bases_are_not_faulted)
{
    bench->cpu->sys.SCTLR_EL1 = 1 << 3;
    for (unsigned i = 0; i < 2; i++) {
        set_x(bench->cpu, CPU_SP, FLAT_BENCH_BASE + 80);
        cr_expect_eq(flat_bench_run(bench, sp_accesses[i]), CPU_OK);
    }
    set_x(bench->cpu, CPU_SP, 1);
    set_x(bench->cpu, 2, FLAT_BENCH_BASE + 73);
    cr_expect_eq(flat_bench_run(bench, (uint32_t)LDR_POST), CPU_OK);
}
