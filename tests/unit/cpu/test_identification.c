/* ID registers against values put together by hand from the field tables of the manual. */
#include "cpu/identification.h"
#include "system_bench.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stddef.h>

enum {
    KEY_CCSIDR = CPU_SYS_KEY(3, 1, 0, 0, 0),
    KEY_CSSELR = CPU_SYS_KEY(3, 2, 0, 0, 0),
};

static const cpu_system_config_t plain = {.midr = 0x410fd034,
                                          .mpidr = 0x80000203 & 0xffffff,
                                          .revidr = 0x80,
                                          .cores = 4,
                                          .physical_address_bits = 40,
                                          .gic_registers = true,
                                          .counter_hz = 62500000,
                                          .l1i = {32 * 1024, 2},
                                          .l1d = {32 * 1024, 4},
                                          .l2 = {512 * 1024, 16}};

static cpu_id_registers_t identify(cpu_system_config_t config)
{
    cpu_id_registers_t id;
    base_error_t error;
    cr_assert_eq(cpu_identify(&config, &id, &error), 0, "%s", error.text);
    return id;
}

static cpu_id_registers_t identify_with(cpu_feature_t feature)
{
    cpu_system_config_t config = plain;
    config.features.set = CPU_FEATURE_BIT(feature);
    return identify(config);
}

Test(identification, plain_v8_has_el0_and_el1_in_aarch64_and_neither_fp_nor_simd)
{
    cpu_id_registers_t id = identify(plain);
    cr_expect_eq(id.ID_AA64PFR0_EL1, 0x01ff0011, "GIC 1, AdvSIMD f, FP f, EL3 0, EL2 0, EL1 1, EL0 1");
    cr_expect_eq(id.ID_AA64PFR1_EL1, 0);
    cr_expect_eq(id.ID_AA64ISAR0_EL1, 0);
    cr_expect_eq(id.ID_AA64ISAR1_EL1, 0);
    cr_expect_eq(id.ID_AA64DFR0_EL1, 0x10305006, "CTX_CMPs 1, WRPs 3, BRPs 5, PMUVer 0, TraceVer 0, DebugVer 6");
    cr_expect_eq(id.ID_AA64MMFR0_EL1, 0x00100022, "TGran4 0, TGran64 0, TGran16 1, ASIDBits 2, PARange 2: 40 bits");
    cr_expect_eq(id.ID_AA64MMFR1_EL1, 0);
    cr_expect_eq(id.ID_AA64MMFR2_EL1, 0);
    cr_expect_eq(id.MIDR_EL1, 0x410fd034);
    cr_expect_eq(id.MPIDR_EL1, 0x80000203, "bit 31 is RES1, U is 0");
    cr_expect_eq(id.REVIDR_EL1, 0x80);
}

/* The whole register with one feature, which need not be a set of features that a core may have. */
static const struct {
    cpu_feature_t feature;
    size_t offset;
    uint64_t value;
} feature_values[] = {
#define VALUE(feature, reg, value)                                                                                     \
    {                                                                                                                  \
        CPU_FEAT_##feature, offsetof(cpu_id_registers_t, reg), value                                                   \
    }
    VALUE(CRC32, ID_AA64ISAR0_EL1, 1u << 16),
    VALUE(PMU3, ID_AA64DFR0_EL1, 0x10305106),
    VALUE(PMU3P1, ID_AA64DFR0_EL1, 0x10305406),
    VALUE(HAFDBS, ID_AA64MMFR1_EL1, 2),
    VALUE(TLBIOS, ID_AA64ISAR0_EL1, UINT64_C(1) << 56),
    VALUE(TLBIRANGE, ID_AA64ISAR0_EL1, UINT64_C(2) << 56),
    VALUE(LSE, ID_AA64ISAR0_EL1, 2u << 20),
    VALUE(LRCPC, ID_AA64ISAR1_EL1, 1u << 20),
    VALUE(LRCPC2, ID_AA64ISAR1_EL1, 2u << 20),
    VALUE(RDM, ID_AA64ISAR0_EL1, 1u << 28),
    VALUE(DOTPROD, ID_AA64ISAR0_EL1, UINT64_C(1) << 44),
    VALUE(FLAGM, ID_AA64ISAR0_EL1, UINT64_C(1) << 52),
    VALUE(SHA256, ID_AA64ISAR0_EL1, 1u << 12),
    VALUE(PMULL, ID_AA64ISAR0_EL1, 2u << 4),
    VALUE(DPB, ID_AA64ISAR1_EL1, 1),
    VALUE(SB, ID_AA64ISAR1_EL1, UINT64_C(1) << 36),
    VALUE(PAN, ID_AA64MMFR1_EL1, 1u << 20),
    VALUE(PAN2, ID_AA64MMFR1_EL1, 2u << 20),
    VALUE(UAO, ID_AA64MMFR2_EL1, 1u << 4),
    VALUE(LSE2, ID_AA64MMFR2_EL1, UINT64_C(1) << 32),
    VALUE(SSBS, ID_AA64PFR1_EL1, 1u << 4),
    VALUE(SSBS2, ID_AA64PFR1_EL1, 2u << 4),
    VALUE(DPB2, ID_AA64ISAR1_EL1, 2),
    VALUE(LOR, ID_AA64MMFR1_EL1, 1u << 16),
    VALUE(HPDS, ID_AA64MMFR1_EL1, 1u << 12),
    VALUE(HPDS2, ID_AA64MMFR1_EL1, 2u << 12),
    VALUE(TTCNP, ID_AA64MMFR2_EL1, 1),
    VALUE(CSV2, ID_AA64PFR0_EL1, UINT64_C(0x0100000001ff0011)),
    VALUE(CSV3, ID_AA64PFR0_EL1, UINT64_C(0x1000000001ff0011)),
    VALUE(BTI, ID_AA64PFR1_EL1, 1),
    VALUE(DIT, ID_AA64PFR0_EL1, UINT64_C(0x1000001ff0011)),
    VALUE(FP, ID_AA64PFR0_EL1, 0x01f00011),
    VALUE(ADVSIMD, ID_AA64PFR0_EL1, 0x010f0011),
    VALUE(FP16, ID_AA64PFR0_EL1, 0x01110011),
    VALUE(AES, ID_AA64ISAR0_EL1, 1u << 4),
    VALUE(SHA1, ID_AA64ISAR0_EL1, 1u << 8),
    VALUE(SHA512, ID_AA64ISAR0_EL1, 2u << 12),
    VALUE(SHA3, ID_AA64ISAR0_EL1, UINT64_C(1) << 32),
    VALUE(FCMA, ID_AA64ISAR1_EL1, 1u << 16),
    VALUE(JSCVT, ID_AA64ISAR1_EL1, 1u << 12),
    VALUE(FLAGM2, ID_AA64ISAR0_EL1, UINT64_C(2) << 52),
    VALUE(FRINTTS, ID_AA64ISAR1_EL1, UINT64_C(1) << 32),
    VALUE(SPECRES, ID_AA64ISAR1_EL1, UINT64_C(1) << 40),
    VALUE(IDST, ID_AA64MMFR2_EL1, UINT64_C(1) << 36),
    VALUE(CCIDX, ID_AA64MMFR2_EL1, 1u << 20),
#undef VALUE
};
enum { FEATURE_VALUES = sizeof feature_values / sizeof feature_values[0] };

Test(identification, each_feature_sets_its_field)
{
    for (unsigned i = 0; i < FEATURE_VALUES; i++) {
        const cpu_id_registers_t id = identify_with(feature_values[i].feature);
        uint64_t value = *(const uint64_t *)((const char *)&id + feature_values[i].offset);
        cr_expect_eq(value, feature_values[i].value, "%s: %#llx", cpu_feature_name(feature_values[i].feature),
                     (unsigned long long)value);
    }
}

Test(identification, every_feature_has_an_expected_value)
{
    for (unsigned feature = 0; feature < CPU_FEAT_COUNT; feature++) {
        bool listed = feature == CPU_FEAT_M5OPS; /* no architecture's: no register tells of it */
        for (unsigned i = 0; i < FEATURE_VALUES; i++)
            listed |= feature_values[i].feature == feature;
        cr_expect(listed, "add a value for %s", cpu_feature_name((cpu_feature_t)feature));
    }
}

Test(identification, address_size_has_an_encoding_or_is_refused)
{
    static const uint8_t bits[] = {32, 36, 40, 42, 44, 48};
    cpu_system_config_t config = plain;
    cpu_id_registers_t id;
    base_error_t error;
    for (unsigned i = 0; i < sizeof(bits); i++) {
        config.physical_address_bits = bits[i];
        cr_expect_eq(identify(config).ID_AA64MMFR0_EL1 & 0xf, i);
    }
    config.physical_address_bits = 41;
    cr_expect_eq(cpu_identify(&config, &id, &error), -EINVAL);
    cr_expect_str_eq(error.text, "physical address size 41 is none of 32, 36, 40, 42, 44, 48 bits");
}

Test(identification, cache_geometry_is_what_ccsidr_says)
{
    bench_t *bench = bench_new_with((cpu_features_t){0}); /* L1D 32 KB 2-way, L1I 48 KB 3-way, L2 1 MB 16-way: an A72 */
    cr_expect_eq(bench_mrs(bench, KEY_CCSIDR, 0), 0x701fe00a, "256 sets, 2 ways, 64 bytes; as in the A72 manual");
    bench_msr(bench, KEY_CSSELR, 1, 0);
    cr_expect_eq(bench_mrs(bench, KEY_CCSIDR, 0), 0x201fe012, "256 sets, 3 ways");
    bench_msr(bench, KEY_CSSELR, 2, 0);
    cr_expect_eq(bench_mrs(bench, KEY_CCSIDR, 0), 0x707fe07a, "1024 sets, 16 ways");
    for (unsigned absent = 3; absent < 16; absent++) {
        bench_msr(bench, KEY_CSSELR, absent, 0);
        cr_expect_eq(bench_mrs(bench, KEY_CCSIDR, 0), 0, "CSSELR_EL1 %u names no cache", absent);
    }
    bench_free(bench);
}

/* NumSets in bits 55:32, Associativity in 23:3. */
Test(identification, cache_geometry_has_64_bits_with_ccidx)
{
    bench_t *bench = bench_new_with((cpu_features_t){CPU_FEATURE_BIT(CPU_FEAT_CCIDX)});
    cr_expect_eq(bench_mrs(bench, KEY_CCSIDR, 0), UINT64_C(0xff0000000a));
    bench_msr(bench, KEY_CSSELR, 2, 0);
    cr_expect_eq(bench_mrs(bench, KEY_CCSIDR, 0), UINT64_C(0x3ff0000007a));
    bench_free(bench);
}

Test(identification, cache_levels_end_where_the_configuration_does)
{
    cpu_system_config_t config = plain;
    cr_expect_eq(identify(config).CLIDR_EL1, 0x0a200023, "LoUU 1, LoC 2, LoUIS 1, L2 unified, L1 separate");
    config.l3 = (cpu_cache_geometry_t){4 << 20, 16};
    cr_expect_eq(identify(config).CLIDR_EL1, 0x0b200123, "LoC 3, L3 unified");
    config.l2 = config.l3 = (cpu_cache_geometry_t){0};
    cr_expect_eq(identify(config).CLIDR_EL1, 0x09200003);
    config.dcache_coherent = true;
    cr_expect_eq(identify(config).CLIDR_EL1, 0x01000003, "IDC: nothing to clean to the point of unification");
}

Test(identification, cache_type_tells_line_size_and_coherence)
{
    cpu_system_config_t config = plain;
    cr_expect_eq(identify(config).CTR_EL0, 0x8444c004, "PIPT, 64-byte lines, granule and write-back of 64 bytes");
    config.icache_coherent = config.dcache_coherent = true;
    cr_expect_eq(identify(config).CTR_EL0, 0xb444c004, "IDC bit 28, DIC bit 29");
    cr_expect_eq(identify(config).DCZID_EL0, 4);
}

Test(identification, impossible_caches_and_affinities_are_refused)
{
    cpu_id_registers_t id = {.CTR_EL0 = 77};
    base_error_t error;
    cpu_system_config_t config = plain;
    config.l1d = (cpu_cache_geometry_t){32 * 1024, 3};
    cr_expect_eq(cpu_identify(&config, &id, &error), -EINVAL);
    cr_expect_str_eq(error.text, "l1d of 32768 bytes in 3 ways is no whole number of 64-byte lines a way");
    config = plain;
    config.l1i = (cpu_cache_geometry_t){0};
    cr_expect_eq(cpu_identify(&config, &id, &error), -EINVAL);
    config = plain;
    config.l2 = (cpu_cache_geometry_t){1 << 20, 0};
    cr_expect_eq(cpu_identify(&config, &id, &error), -EINVAL);
    config = plain;
    config.mpidr = UINT64_C(1) << 24;
    cr_expect_eq(cpu_identify(&config, &id, &error), -EINVAL);
    cr_expect_eq(id.CTR_EL0, 77, "untouched on failure");
}

Test(features, names_are_parsed_and_what_does_not_execute_is_refused)
{
    cpu_features_t features = {77};
    base_error_t error;
    cr_expect_eq(cpu_features_parse("lse,crc32", &features, &error), 0);
    cr_expect_eq(features.set, CPU_FEATURE_BIT(CPU_FEAT_LSE) | CPU_FEATURE_BIT(CPU_FEAT_CRC32));
    cr_expect_eq(cpu_features_parse("none", &features, &error), 0);
    cr_expect_eq(features.set, 0);
    cr_expect_eq(cpu_features_parse("", &features, &error), 0);
    cr_expect_eq(cpu_features_parse("lrcpc,", &features, &error), 0);
    cr_expect_eq(cpu_features_parse("lse,sve", &features, &error), -EINVAL);
    cr_expect_str_eq(error.text, "unknown CPU feature 'sve'; separate names by commas");
    cr_expect_eq(cpu_features_parse("dpb2", &features, &error), -EINVAL);
    cr_expect_eq(features.set, CPU_FEATURE_BIT(CPU_FEAT_LRCPC), "untouched on failure");
}

Test(features, only_implemented_ones_are_offered)
{
    base_error_t error;
    cpu_features_t all = cpu_features_implemented();
    cr_expect(cpu_features_has(&all, CPU_FEAT_CRC32));
    for (unsigned i = 0; i < CPU_FEAT_COUNT; i++) {
        cpu_features_t one;
        int result = cpu_features_parse(cpu_feature_name((cpu_feature_t)i), &one, &error);
        cr_expect(result != 0 || cpu_features_has(&all, (cpu_feature_t)i), "%s", cpu_feature_name((cpu_feature_t)i));
        cr_expect(result != -ENOTSUP || !cpu_features_has(&all, (cpu_feature_t)i));
    }
}
