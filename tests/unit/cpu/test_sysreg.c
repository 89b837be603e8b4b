/* Every encoding of op0 2 and 3 against a list written from the manual's encoding tables: who may read and write it,
 * and what a write of all ones and of zero leaves. What the list does not name must be UNDEFINED. */
#include "sysreg_list.h"
#include "system_bench.h"

#include <criterion/criterion.h>
#include <string.h>

enum { EC_UNKNOWN = 0, EC_TRAP = 0x18 };

/* At reset, but that CPACR_EL1 lets FPCR and FPSR be accessed. */
static void reset_with_fp(bench_t *bench)
{
    bench_reset(bench);
    bench->cpu.sys.CPACR_EL1 = CPU_CPACR_FPEN;
}

/* One access at reset; returns 0 when it was done, else 'u' (UNDEFINED) or 't' (trapped). */
static char try_access(bench_t *bench, unsigned key, bool read, bool el0)
{
    reset_with_fp(bench);
    if (el0)
        bench_to_el0(bench);
    cpu_status_t status =
        read ? cpu_sys_mrs(&bench->cpu, bench->in, 0, key, 5) : cpu_sys_msr(&bench->cpu, bench->in, 0, key, 0);
    if (status != CPU_JUMP)
        return 0;
    cr_assert(bench_class(bench) == EC_UNKNOWN || bench_class(bench) == EC_TRAP, "key %#x: EC %#x", key,
              bench_class(bench));
    return bench_class(bench) == EC_TRAP ? 't' : 'u';
}

/* op0 3, op1 0, 1 and 3, CRn 0, CRm 0 to 7: with FEAT_IDST a read that is not allowed is trapped as a read. */
static bool in_id_space(unsigned key)
{
    unsigned op0 = key >> 14, op1 = key >> 11 & 7, crn = key >> 7 & 15, crm = key >> 3 & 15;
    return op0 == 3 && (op1 == 0 || op1 == 1 || op1 == 3) && crn == 0 && crm < 8;
}

static char want(const sysreg_listed_t *reg, unsigned key, bool read, bool el0)
{
    const char *allowed = !reg ? "" : el0 ? reg->el0 : reg->el1;
    if (strchr(allowed, read ? 'R' : 'W'))
        return 't';
    if (strchr(allowed, read ? 'r' : 'w'))
        return 0;
    return read && in_id_space(key) ? 't' : 'u';
}

Test(sysreg_matrix, every_encoding_reads_and_writes_as_the_manual_lists_it)
{
    bench_t *bench = bench_new();
    unsigned done = 0;
    for (unsigned key = 2u << 14; key < CPU_SYS_KEYS; key++) {
        const sysreg_listed_t *reg = sysreg_list_find(key);
        for (unsigned way = 0; way < 4; way++) {
            bool read = way & 1, el0 = way & 2;
            char got = try_access(bench, key, read, el0), wanted = want(reg, key, read, el0);
            cr_expect_eq(got, wanted, "%s S%u_%u_C%u_C%u_%u (%s) at EL%d: '%c', wanted '%c'", read ? "MRS" : "MSR",
                         key >> 14, key >> 11 & 7, key >> 7 & 15, key >> 3 & 15, key & 7, reg ? reg->name : "none",
                         el0 ? 0 : 1, got ? got : '-', wanted ? wanted : '-');
            done += !got;
        }
    }
    cr_expect_gt(done, 200u);
    bench_free(bench);
}

Test(sysreg_masks, all_ones_and_zeros_leave_what_the_fields_allow)
{
    bench_t *bench = bench_new();
    for (size_t i = 0; i < sysreg_list_count; i++) {
        const sysreg_listed_t *reg = &sysreg_list[i];
        if (!reg->stored)
            continue;
        reset_with_fp(bench);
        cr_assert_eq(bench_msr(bench, reg->key, UINT64_MAX, 0), CPU_OK);
        cr_expect_eq(bench_mrs(bench, reg->key, 0), reg->ones, "%s after ones: %#lx", reg->name, bench->cpu.x[5]);
        reset_with_fp(bench);
        cr_assert_eq(bench_msr(bench, reg->key, 0, 0), CPU_OK);
        cr_expect_eq(bench_mrs(bench, reg->key, 0), reg->zeros, "%s after zeros: %#lx", reg->name, bench->cpu.x[5]);
    }
    bench_free(bench);
}

/* What the manual leaves UNKNOWN at reset is 0 here, and SCTLR_EL1 as on QEMU's cortex-a57. */
Test(sysreg_reset, each_register_begins_with_its_reset_value_whatever_was_written)
{
    static const struct {
        const char *name;
        uint64_t value;
    } others[] = {
        {"SCTLR_EL1", 0x30d50998}, {"DBGCLAIMSET_EL1", 0xff}, {"SPSel", 1},
        {"DAIF", 0x3c0},           {"PMCR_EL0", 0x3000},      {"CNTFRQ_EL0", 62500000},
    };
    bench_t *bench = bench_new();
    for (size_t i = 0; i < sysreg_list_count; i++) {
        const sysreg_listed_t *reg = &sysreg_list[i];
        uint64_t wanted = 0;
        for (unsigned o = 0; o < sizeof(others) / sizeof(others[0]); o++)
            wanted = strcmp(others[o].name, reg->name) ? wanted : others[o].value;
        if (!reg->stored)
            continue;
        reset_with_fp(bench);
        bench_msr(bench, reg->key, UINT64_MAX, 0);
        reset_with_fp(bench);
        if (!strcmp(reg->name, "CPACR_EL1") || !strcmp(reg->name, "VBAR_EL1"))
            continue; /* set by the bench */
        cr_expect_eq(bench_mrs(bench, reg->key, 0), wanted, "%s: %#lx", reg->name, bench->cpu.x[5]);
    }
    bench_free(bench);
}

Test(sysreg_matrix, names_agree_with_the_list)
{
    for (size_t i = 0; i < sysreg_list_count; i++)
        cr_expect_str_eq(cpu_sysreg_name(sysreg_list[i].key), sysreg_list[i].name);
    cr_expect_null(cpu_sysreg_name(CPU_SYS_KEY(3, 0, 9, 14, 6)), "PMMIR_EL1 does not exist");
}

Test(sysreg_matrix, without_idst_a_read_of_the_id_space_is_undefined)
{
    bench_t *bench = bench_new_with((cpu_features_t){0});
    cr_expect_eq(try_access(bench, CPU_SYS_KEY(3, 0, 0, 0, 0), true, true), 'u', "MIDR_EL1 at EL0");
    cr_expect_eq(try_access(bench, CPU_SYS_KEY(3, 1, 0, 3, 0), true, false), 'u', "S3_1_C0_C3_0 at EL1");
    bench_free(bench);
}

/* With one feature its registers exist, with none they do not. */
Test(sysreg_matrix, registers_of_a_feature_appear_with_it)
{
    static const struct {
        cpu_feature_t feature;
        unsigned key;
        uint64_t ones;
        bool el0;
    } rows[] = {
        {CPU_FEAT_PAN, CPU_SYS_KEY(3, 0, 4, 2, 3), 1 << 22, false},
        {CPU_FEAT_UAO, CPU_SYS_KEY(3, 0, 4, 2, 4), 1 << 23, false},
        {CPU_FEAT_DIT, CPU_SYS_KEY(3, 3, 4, 2, 5), 1 << 24, true},
        {CPU_FEAT_SSBS2, CPU_SYS_KEY(3, 3, 4, 2, 6), 1 << 12, true},
        {CPU_FEAT_LOR, CPU_SYS_KEY(3, 0, 10, 4, 0), 0, false},
        {CPU_FEAT_PMU3, CPU_SYS_KEY(3, 3, 9, 12, 5), 0x1f, false},
        {CPU_FEAT_PMU3, CPU_SYS_KEY(3, 3, 14, 12, 0), 0xc00003ff, false},
        {CPU_FEAT_FP, CPU_SYS_KEY(3, 3, 4, 4, 0), 0x07c00000, true},
        {CPU_FEAT_FP, CPU_SYS_KEY(3, 3, 4, 4, 1), 0x0800009f, true},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bench_t *bench = bench_new_with((cpu_features_t){CPU_FEATURE_BIT(rows[i].feature)});
        bench->cpu.sys.CPACR_EL1 = 3 << 20;
        cr_expect_eq(bench_msr(bench, rows[i].key, UINT64_MAX, 0), CPU_OK);
        cr_expect_eq(bench_mrs(bench, rows[i].key, 0), rows[i].ones, "row %u", i);
        bench_to_el0(bench);
        cr_expect_eq(bench_msr(bench, rows[i].key, 0, 0), rows[i].el0 ? CPU_OK : CPU_JUMP, "row %u", i);
        bench_free(bench);
    }
}
