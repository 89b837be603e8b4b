/* System instructions: every encoding of op0 1 against a list from the manual, who may execute it, and what the memory
 * port or the MMU is asked to do. */
#include "system_bench.h"

#include <criterion/criterion.h>

enum { CLEAN = 1, INVALIDATE = 2, EC_TRAP = 0x18 };

/* open: the bit of SCTLR_EL1 that opens it to EL0 (else a trap), -1: UNDEFINED at EL0. */
typedef struct expected {
    const char *name;
    uint8_t op1, crn, crm, op2;
    int8_t open;
    bench_call_t call;
    unsigned operation, detail;
} expected_t;

enum { UCI = 26, DZE = 14, RCTX = 10, NO = -1 };
#define IS CPU_TLBI_INNER_SHAREABLE

static const expected_t operations[] = {
    {"IC IALLUIS", 0, 7, 1, 0, NO, BENCH_INVALIDATE_ICACHE, 0, 1},
    {"IC IALLU", 0, 7, 5, 0, NO, BENCH_INVALIDATE_ICACHE, 0, 0},
    {"IC IVAU", 3, 7, 5, 1, UCI, BENCH_CACHE_OP, CPU_IC_IVAU, 0},
    {"DC IVAC", 0, 7, 6, 1, NO, BENCH_CACHE_OP, CPU_DC_IVAC, 0},
    {"DC ISW", 0, 7, 6, 2, NO, BENCH_SET_WAY, 0, INVALIDATE},
    {"DC CSW", 0, 7, 10, 2, NO, BENCH_SET_WAY, 0, CLEAN},
    {"DC CISW", 0, 7, 14, 2, NO, BENCH_SET_WAY, 0, CLEAN | INVALIDATE},
    {"DC ZVA", 3, 7, 4, 1, DZE, BENCH_CACHE_OP, CPU_DC_ZVA, 0},
    {"DC CVAC", 3, 7, 10, 1, UCI, BENCH_CACHE_OP, CPU_DC_CVAC, 0},
    {"DC CVAU", 3, 7, 11, 1, UCI, BENCH_CACHE_OP, CPU_DC_CVAU, 0},
    {"DC CIVAC", 3, 7, 14, 1, UCI, BENCH_CACHE_OP, CPU_DC_CIVAC, 0},
    {"DC CVAP", 3, 7, 12, 1, UCI, BENCH_CACHE_OP, CPU_DC_CVAP, 0},
    {"DC CVADP", 3, 7, 13, 1, UCI, BENCH_CACHE_OP, CPU_DC_CVAP, 0},
    {"CFP RCTX", 3, 7, 3, 4, RCTX, BENCH_NO_CALL, 0, 0},
    {"DVP RCTX", 3, 7, 3, 5, RCTX, BENCH_NO_CALL, 0, 0},
    {"CPP RCTX", 3, 7, 3, 7, RCTX, BENCH_NO_CALL, 0, 0},
    {"AT S1E1R", 0, 7, 8, 0, NO, BENCH_NO_CALL, 0, 0},
    {"AT S1E1W", 0, 7, 8, 1, NO, BENCH_NO_CALL, 0, 0},
    {"AT S1E0R", 0, 7, 8, 2, NO, BENCH_NO_CALL, 0, 0},
    {"AT S1E0W", 0, 7, 8, 3, NO, BENCH_NO_CALL, 0, 0},
    {"AT S1E1RP", 0, 7, 9, 0, NO, BENCH_NO_CALL, 0, 0},
    {"AT S1E1WP", 0, 7, 9, 1, NO, BENCH_NO_CALL, 0, 0},
    {"TLBI VMALLE1OS", 0, 8, 1, 0, NO, BENCH_TLBI, MMU_TLBI_VMALLE1 | IS, 0},
    {"TLBI VAE1OS", 0, 8, 1, 1, NO, BENCH_TLBI, MMU_TLBI_VAE1 | IS, 0},
    {"TLBI ASIDE1OS", 0, 8, 1, 2, NO, BENCH_TLBI, MMU_TLBI_ASIDE1 | IS, 0},
    {"TLBI VAAE1OS", 0, 8, 1, 3, NO, BENCH_TLBI, MMU_TLBI_VAAE1 | IS, 0},
    {"TLBI VALE1OS", 0, 8, 1, 5, NO, BENCH_TLBI, MMU_TLBI_VALE1 | IS, 0},
    {"TLBI VAALE1OS", 0, 8, 1, 7, NO, BENCH_TLBI, MMU_TLBI_VAALE1 | IS, 0},
    {"TLBI RVAE1IS", 0, 8, 2, 1, NO, BENCH_TLBI, MMU_TLBI_RVAE1 | IS, 0},
    {"TLBI RVAE1OS", 0, 8, 5, 1, NO, BENCH_TLBI, MMU_TLBI_RVAE1 | IS, 0},
    {"TLBI RVAE1", 0, 8, 6, 1, NO, BENCH_TLBI, MMU_TLBI_RVAE1, 0},
    {"TLBI RVAAE1IS", 0, 8, 2, 3, NO, BENCH_TLBI, MMU_TLBI_RVAAE1 | IS, 0},
    {"TLBI RVAAE1OS", 0, 8, 5, 3, NO, BENCH_TLBI, MMU_TLBI_RVAAE1 | IS, 0},
    {"TLBI RVAAE1", 0, 8, 6, 3, NO, BENCH_TLBI, MMU_TLBI_RVAAE1, 0},
    {"TLBI RVALE1IS", 0, 8, 2, 5, NO, BENCH_TLBI, MMU_TLBI_RVALE1 | IS, 0},
    {"TLBI RVALE1OS", 0, 8, 5, 5, NO, BENCH_TLBI, MMU_TLBI_RVALE1 | IS, 0},
    {"TLBI RVALE1", 0, 8, 6, 5, NO, BENCH_TLBI, MMU_TLBI_RVALE1, 0},
    {"TLBI RVAALE1IS", 0, 8, 2, 7, NO, BENCH_TLBI, MMU_TLBI_RVAALE1 | IS, 0},
    {"TLBI RVAALE1OS", 0, 8, 5, 7, NO, BENCH_TLBI, MMU_TLBI_RVAALE1 | IS, 0},
    {"TLBI RVAALE1", 0, 8, 6, 7, NO, BENCH_TLBI, MMU_TLBI_RVAALE1, 0},
    {"TLBI VMALLE1IS", 0, 8, 3, 0, NO, BENCH_TLBI, MMU_TLBI_VMALLE1 | IS, 0},
    {"TLBI VAE1IS", 0, 8, 3, 1, NO, BENCH_TLBI, MMU_TLBI_VAE1 | IS, 0},
    {"TLBI ASIDE1IS", 0, 8, 3, 2, NO, BENCH_TLBI, MMU_TLBI_ASIDE1 | IS, 0},
    {"TLBI VAAE1IS", 0, 8, 3, 3, NO, BENCH_TLBI, MMU_TLBI_VAAE1 | IS, 0},
    {"TLBI VALE1IS", 0, 8, 3, 5, NO, BENCH_TLBI, MMU_TLBI_VALE1 | IS, 0},
    {"TLBI VAALE1IS", 0, 8, 3, 7, NO, BENCH_TLBI, MMU_TLBI_VAALE1 | IS, 0},
    {"TLBI VMALLE1", 0, 8, 7, 0, NO, BENCH_TLBI, MMU_TLBI_VMALLE1, 0},
    {"TLBI VAE1", 0, 8, 7, 1, NO, BENCH_TLBI, MMU_TLBI_VAE1, 0},
    {"TLBI ASIDE1", 0, 8, 7, 2, NO, BENCH_TLBI, MMU_TLBI_ASIDE1, 0},
    {"TLBI VAAE1", 0, 8, 7, 3, NO, BENCH_TLBI, MMU_TLBI_VAAE1, 0},
    {"TLBI VALE1", 0, 8, 7, 5, NO, BENCH_TLBI, MMU_TLBI_VALE1, 0},
    {"TLBI VAALE1", 0, 8, 7, 7, NO, BENCH_TLBI, MMU_TLBI_VAALE1, 0},
};
enum { OPERATIONS = sizeof(operations) / sizeof(operations[0]) };

static unsigned key_of(const expected_t *row)
{
    return (unsigned)(1 << 14 | row->op1 << 11 | row->crn << 7 | row->crm << 3 | row->op2);
}

static const expected_t *find(unsigned key)
{
    for (unsigned i = 0; i < OPERATIONS; i++)
        if (key_of(&operations[i]) == key)
            return &operations[i];
    return NULL;
}

Test(system_operation, every_encoding_is_listed_or_undefined)
{
    bench_t *bench = bench_new();
    for (unsigned key = 1u << 14; key < 2u << 14; key++) {
        const expected_t *row = find(key);
        bench_reset(bench);
        cpu_status_t status = cpu_sys_sys(&bench->cpu, bench->in, 0, key, 0x12345678);
        cr_expect_eq(status, row ? CPU_LEAVE : CPU_JUMP, "op1 %u, C%u, C%u, op2 %u (%s)", key >> 11 & 7, key >> 7 & 15,
                     key >> 3 & 15, key & 7, row ? row->name : "none");
        if (!row)
            cr_expect_eq(bench_class(bench), 0);
        cr_expect_eq(cpu_sys_sysl(&bench->cpu, bench->in, 0, key, 3), CPU_JUMP);
    }
    bench_free(bench);
}

Test(system_operation, reaches_the_memory_port_with_its_operand)
{
    bench_t *bench = bench_new();
    for (unsigned i = 0; i < OPERATIONS; i++) {
        const expected_t *row = &operations[i];
        bench_reset(bench);
        bench->operation = bench->detail = 0;
        bench->address = 0;
        cr_assert_eq(cpu_sys_sys(&bench->cpu, bench->in, 0, key_of(row), 0x12345678), CPU_LEAVE, "%s", row->name);
        cr_expect_eq(bench->call, row->call, "%s", row->name);
        cr_expect_eq(bench->operation, row->operation, "%s", row->name);
        cr_expect_eq(bench->detail, row->detail, "%s", row->name);
        if (row->call != BENCH_NO_CALL && row->call != BENCH_INVALIDATE_ICACHE)
            cr_expect_eq(bench->address, 0x12345678, "%s", row->name);
    }
    bench_free(bench);
}

Test(system_operation, at_el0_is_open_trapped_or_undefined)
{
    bench_t *bench = bench_new();
    for (unsigned i = 0; i < OPERATIONS; i++) {
        const expected_t *row = &operations[i];
        bench_reset(bench);
        bench_to_el0(bench);
        cr_expect_eq(cpu_sys_sys(&bench->cpu, bench->in, 0, key_of(row), 0), CPU_JUMP, "%s", row->name);
        cr_expect_eq(bench_class(bench), row->open == NO ? 0 : EC_TRAP, "%s", row->name);
        cr_expect_eq(bench->call, BENCH_NO_CALL);
        if (row->open == NO)
            continue;
        bench_reset(bench);
        bench->cpu.sys.SCTLR_EL1 |= UINT64_C(1) << row->open;
        bench_to_el0(bench);
        cr_expect_eq(cpu_sys_sys(&bench->cpu, bench->in, 0, key_of(row), 0), CPU_LEAVE, "%s", row->name);
    }
    bench_free(bench);
}

/* DC CVAU, X9: Op0 1, Op2 1, Op1 3, CRn 7, Rt 9, CRm 11, a write. */
Test(system_operation, trap_names_the_instruction)
{
    bench_t *bench = bench_new();
    bench->line[3].rd = 9;
    bench_to_el0(bench);
    cpu_sys_sys(&bench->cpu, bench->in, 0, CPU_SYS_KEY(1, 3, 7, 11, 1), 0);
    cr_expect_eq(bench_iss(bench), 1u << 20 | 1 << 17 | 3 << 14 | 7 << 10 | 9 << 5 | 11 << 1);
    bench_free(bench);
}

Test(system_operation, forms_of_a_feature_appear_with_it)
{
    bench_t *bench = bench_new_with((cpu_features_t){CPU_FEATURE_BIT(CPU_FEAT_DPB) | CPU_FEATURE_BIT(CPU_FEAT_PAN2)});
    cr_expect_eq(cpu_sys_sys(&bench->cpu, bench->in, 0, CPU_SYS_KEY(1, 3, 7, 12, 1), 0), CPU_LEAVE, "DC CVAP");
    cr_expect_eq(bench->operation, CPU_DC_CVAP);
    cr_expect_eq(cpu_sys_sys(&bench->cpu, bench->in, 0, CPU_SYS_KEY(1, 0, 7, 9, 0), 0), CPU_LEAVE, "AT S1E1RP");
    bench_free(bench);
}

/* --- AT --- */

/* 4 KB granule, 39-bit addresses: the table's entry 0 is a 1 GB block of Normal write-back memory at 1 GB, entry 1 is
 * invalid. */
static void turn_on_mmu(bench_t *bench)
{
    bench->table[0] = UINT64_C(0x40000000) | 1 << 10 /* AF */ | 3 << 8 /* Inner Shareable */ | 1 /* AttrIndx 0 */;
    bench->table[1] = 0;
    bench_msr(bench, CPU_SYS_KEY(3, 0, 10, 2, 0), 0xff, 0);                            /* MAIR_EL1 */
    bench_msr(bench, CPU_SYS_KEY(3, 0, 2, 0, 2), 25 | 1 << 23 | UINT64_C(2) << 32, 0); /* TCR_EL1: EPD1, IPS 40 */
    bench_msr(bench, CPU_SYS_KEY(3, 0, 2, 0, 0), BENCH_TABLE, 0);
    bench_msr(bench, CPU_SYS_KEY(3, 0, 1, 0, 0), 5, 0); /* SCTLR_EL1: M, C */
}

Test(address_translation, fills_par_with_address_attributes_or_fault)
{
    bench_t *bench = bench_new();
    turn_on_mmu(bench);
    cr_assert_eq(cpu_sys_sys(&bench->cpu, bench->in, 0, CPU_SYS_KEY(1, 0, 7, 8, 0), 0x12345678), CPU_LEAVE);
    cr_expect_eq(bench->cpu.sys.PAR_EL1, UINT64_C(0xff00000052345000) | 1 << 11 | 3 << 7);
    cr_assert_eq(cpu_sys_sys(&bench->cpu, bench->in, 0, CPU_SYS_KEY(1, 0, 7, 8, 2), 0x12345678), CPU_LEAVE);
    cr_expect_eq(bench->cpu.sys.PAR_EL1, 1 << 11 | 0x0d << 1 | 1, "EL0 has no permission, level 1");
    cr_assert_eq(cpu_sys_sys(&bench->cpu, bench->in, 0, CPU_SYS_KEY(1, 0, 7, 8, 1), UINT64_C(1) << 30), CPU_LEAVE);
    cr_expect_eq(bench->cpu.sys.PAR_EL1, 1 << 11 | 0x05 << 1 | 1, "translation fault, level 1");
    bench_free(bench);
}

Test(address_translation, waits_for_the_descriptor_and_then_goes_on)
{
    bench_t *bench = bench_new();
    turn_on_mmu(bench);
    bench->table_missing = true;
    cr_expect_eq(cpu_sys_sys(&bench->cpu, bench->in, 0, CPU_SYS_KEY(1, 0, 7, 8, 0), 0x1000), CPU_RETRY);
    cr_expect_eq(bench->cpu.block, CPU_BLOCK_WALK);
    bench->table_missing = false;
    cr_expect_eq(cpu_sys_sys(&bench->cpu, bench->in, 9, CPU_SYS_KEY(1, 0, 7, 8, 0), 0x1000), CPU_LEAVE);
    cr_expect_eq(bench->cpu.sys.PAR_EL1 & UINT64_C(0xfffffffff001), 0x40001000);
    bench_free(bench);
}

Test(address_translation, a_bus_error_of_the_walk_is_a_data_abort)
{
    bench_t *bench = bench_new();
    turn_on_mmu(bench);
    bench_msr(bench, CPU_SYS_KEY(3, 0, 2, 0, 0), UINT64_C(0x7000000), 0); /* TTBR0_EL1: nobody answers */
    cr_expect_eq(cpu_sys_sys(&bench->cpu, bench->in, 0, CPU_SYS_KEY(1, 0, 7, 8, 0), 0x1000), CPU_JUMP);
    cr_expect_eq(bench_class(bench), 0x25);
    cr_expect_eq(bench_iss(bench), 1 << 9 | 1 << 8 | 1 << 6 | 0x15, "EA, CM, WnR, external abort on walk, level 1");
    bench_free(bench);
}

Test(system_operation, of_a_feature_is_undefined_without_it)
{
    static const struct {
        cpu_feature_t feature;
        unsigned key;
    } rows[] = {
        {CPU_FEAT_PAN2, CPU_SYS_KEY(1, 0, 7, 9, 0)},    {CPU_FEAT_PAN2, CPU_SYS_KEY(1, 0, 7, 9, 1)},
        {CPU_FEAT_DPB, CPU_SYS_KEY(1, 3, 7, 12, 1)},    {CPU_FEAT_DPB2, CPU_SYS_KEY(1, 3, 7, 13, 1)},
        {CPU_FEAT_SPECRES, CPU_SYS_KEY(1, 3, 7, 3, 4)},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bench_t *bench = bench_new_with((cpu_features_t){UINT64_MAX & ~CPU_FEATURE_BIT(rows[i].feature)});
        cr_expect_eq(cpu_sys_sys(&bench->cpu, bench->in, 0, rows[i].key, 0), CPU_JUMP, "row %u", i);
        cr_expect_eq(bench_class(bench), 0, "row %u", i);
        bench_free(bench);
    }
}
