/* ID registers tell exactly what executes: every field here is 0 (or "not implemented") unless a feature says
 * otherwise. Fields are described at the registers, Arm ARM D17.2. */
#include "cpu/identification.h"

#include "base/bits.h"
#include "interconnect/chi.h"

#include <errno.h>
#include <stddef.h>

/* One field of an ID register that a feature sets. Of several rows for a field, the last present feature wins. */
typedef struct id_field {
    size_t offset; /* of the register in cpu_id_registers_t */
    uint8_t feature, lsb, value;
} id_field_t;

#define FIELD(reg, feat, bit, number)                                                                                  \
    {                                                                                                                  \
        .offset = offsetof(cpu_id_registers_t, reg), .feature = CPU_FEAT_##feat, .lsb = (bit), .value = (number)       \
    }

static const id_field_t id_fields[] = {
    FIELD(ID_AA64PFR0_EL1, FP, 16, 0),         FIELD(ID_AA64PFR0_EL1, FP16, 16, 1),
    FIELD(ID_AA64PFR0_EL1, ADVSIMD, 20, 0),    FIELD(ID_AA64PFR0_EL1, FP16, 20, 1),
    FIELD(ID_AA64PFR0_EL1, DIT, 48, 1),        FIELD(ID_AA64PFR1_EL1, BTI, 0, 1),
    FIELD(ID_AA64PFR1_EL1, SSBS, 4, 1),        FIELD(ID_AA64PFR1_EL1, SSBS2, 4, 2),
    FIELD(ID_AA64PFR0_EL1, CSV2, 56, 1),       FIELD(ID_AA64PFR0_EL1, CSV3, 60, 1),
    FIELD(ID_AA64ISAR0_EL1, AES, 4, 1),        FIELD(ID_AA64ISAR0_EL1, PMULL, 4, 2),
    FIELD(ID_AA64ISAR0_EL1, SHA1, 8, 1),       FIELD(ID_AA64ISAR0_EL1, SHA256, 12, 1),
    FIELD(ID_AA64ISAR0_EL1, SHA512, 12, 2),    FIELD(ID_AA64ISAR0_EL1, SHA3, 32, 1),
    FIELD(ID_AA64ISAR0_EL1, CRC32, 16, 1),     FIELD(ID_AA64ISAR0_EL1, LSE, 20, 2),
    FIELD(ID_AA64ISAR0_EL1, RDM, 28, 1),       FIELD(ID_AA64ISAR0_EL1, DOTPROD, 44, 1),
    FIELD(ID_AA64ISAR0_EL1, FLAGM, 52, 1),     FIELD(ID_AA64ISAR1_EL1, DPB, 0, 1),
    FIELD(ID_AA64ISAR1_EL1, DPB2, 0, 2),       FIELD(ID_AA64MMFR1_EL1, HPDS, 12, 1),
    FIELD(ID_AA64MMFR1_EL1, HPDS2, 12, 2),     FIELD(ID_AA64MMFR1_EL1, LOR, 16, 1),
    FIELD(ID_AA64MMFR2_EL1, TTCNP, 0, 1),      FIELD(ID_AA64ISAR1_EL1, JSCVT, 12, 1),
    FIELD(ID_AA64ISAR1_EL1, FCMA, 16, 1),      FIELD(ID_AA64ISAR1_EL1, LRCPC, 20, 1),
    FIELD(ID_AA64ISAR1_EL1, LRCPC2, 20, 2),    FIELD(ID_AA64ISAR0_EL1, FLAGM2, 52, 2),
    FIELD(ID_AA64ISAR1_EL1, FRINTTS, 32, 1),   FIELD(ID_AA64ISAR1_EL1, SB, 36, 1),
    FIELD(ID_AA64MMFR1_EL1, PAN, 20, 1),       FIELD(ID_AA64MMFR1_EL1, PAN2, 20, 2),
    FIELD(ID_AA64MMFR2_EL1, UAO, 4, 1),        FIELD(ID_AA64MMFR2_EL1, LSE2, 32, 1),
    FIELD(ID_AA64DFR0_EL1, PMU3, 8, 1),        FIELD(ID_AA64DFR0_EL1, PMU3P1, 8, 4),
    FIELD(ID_AA64MMFR1_EL1, HAFDBS, 0, 2),     FIELD(ID_AA64ISAR0_EL1, TLBIOS, 56, 1),
    FIELD(ID_AA64ISAR0_EL1, TLBIRANGE, 56, 2), FIELD(ID_AA64ISAR1_EL1, SPECRES, 40, 1),
    FIELD(ID_AA64MMFR2_EL1, IDST, 36, 1),      FIELD(ID_AA64MMFR2_EL1, CCIDX, 20, 1),
};

static void set_features(const cpu_features_t *features, cpu_id_registers_t *id)
{
    id->ID_AA64PFR0_EL1 = 0x1         /* EL0: AArch64 only */
                          | 0x1 << 4  /* EL1: AArch64 only; EL2, EL3: not implemented */
                          | 0xf << 16 /* FP: not implemented */
                          | 0xf << 20 /* AdvSIMD: not implemented */;
    for (size_t i = 0; i < sizeof(id_fields) / sizeof(id_fields[0]); i++) {
        const id_field_t *field = &id_fields[i];
        if (!cpu_features_has(features, (cpu_feature_t)field->feature))
            continue;
        uint64_t *reg = (uint64_t *)((char *)id + field->offset);
        *reg = bits_set(*reg, field->lsb, 4, field->value);
    }
}

static void set_debug(cpu_id_registers_t *id)
{
    /* DebugVer: Armv8.0. PMUVer: by the features. TraceVer: not implemented. DoubleLock 0: OSDLR_EL1 exists. */
    id->ID_AA64DFR0_EL1 |= 0x6 | (uint64_t)(CPU_BREAKPOINTS - 1) << 12 | (uint64_t)(CPU_WATCHPOINTS - 1) << 20 |
                           (uint64_t)(CPU_CONTEXT_BREAKPOINTS - 1) << 28;
}

static int set_memory_model(const cpu_system_config_t *config, cpu_id_registers_t *id, base_error_t *error)
{
    static const uint8_t address_bits[] = {32, 36, 40, 42, 44, 48};
    unsigned range = 0;
    while (range < sizeof(address_bits) && address_bits[range] != config->physical_address_bits)
        range++;
    if (range == sizeof(address_bits))
        return base_fail(error, -EINVAL, "physical address size %u is none of 32, 36, 40, 42, 44, 48 bits",
                         config->physical_address_bits);
    id->ID_AA64MMFR0_EL1 = range      /* PARange */
                           | 0x2 << 4 /* ASIDBits: 16 */
                           | 0x1 << 20 /* TGran16: implemented; TGran64, TGran4 0: implemented */;
    return 0;
}

/* --- caches --- */

enum { LINE_WORDS_LOG2 = CHI_LINE_SHIFT - 2 };

static void set_cache_type(const cpu_system_config_t *config, cpu_id_registers_t *id)
{
    id->CTR_EL0 = LINE_WORDS_LOG2         /* IminLine */
                  | 0x3 << 14             /* L1Ip: physically indexed, physically tagged */
                  | LINE_WORDS_LOG2 << 16 /* DminLine */
                  | LINE_WORDS_LOG2 << 20 /* ERG: the monitor watches a line */
                  | LINE_WORDS_LOG2 << 24 /* CWG */
                  | UINT64_C(1) << 31;    /* RES1 */
    id->CTR_EL0 |= (uint64_t)config->dcache_coherent << 28 | (uint64_t)config->icache_coherent << 29;
    id->DCZID_EL0 = LINE_WORDS_LOG2;
}

/* CCSIDR_EL1 in its 32-bit format, whose flags in bits 31:28 (WT, WB, RA, WA) are what old software prints; with
 * FEAT_CCIDX in that of 64 bits, which has none. */
static uint64_t encode_geometry(bool ccidx, uint64_t sets, uint64_t ways, uint64_t flags)
{
    const uint64_t line = CHI_LINE_SHIFT - 4;
    return ccidx ? (sets - 1) << 32 | (ways - 1) << 3 | line : flags << 28 | (sets - 1) << 13 | (ways - 1) << 3 | line;
}

static int cache_size_id(const char *name, const cpu_cache_geometry_t *cache, bool ccidx, uint64_t flags,
                         uint64_t *ret_ccsidr, base_error_t *error)
{
    if (!cache->size_bytes)
        return 0;
    uint64_t way_bytes = cache->ways ? cache->size_bytes / cache->ways : 0;
    uint64_t sets = way_bytes / CHI_LINE_BYTES;
    if (!sets || sets * CHI_LINE_BYTES * cache->ways != cache->size_bytes || sets > 1 << 15 || cache->ways > 1 << 10)
        return base_fail(error, -EINVAL, "%s of %u bytes in %u ways is no whole number of 64-byte lines a way", name,
                         cache->size_bytes, cache->ways);
    *ret_ccsidr = encode_geometry(ccidx, sets, cache->ways, flags);
    return 0;
}

/* L1I and L1D are separate, L2 and L3 unified. The point of unification is the L2, the point of coherency memory. */
static int set_cache_levels(const cpu_system_config_t *config, cpu_id_registers_t *id, base_error_t *error)
{
    enum { FLAGS_DATA = 0x7, FLAGS_INSTRUCTION = 0x2, SEPARATE = 3, UNIFIED = 4 };
    uint64_t(*ccsidr)[2] = id->CCSIDR_EL1;
    bool ccidx = cpu_features_has(&config->features, CPU_FEAT_CCIDX);
    int result = cache_size_id("l1d", &config->l1d, ccidx, FLAGS_DATA, &ccsidr[0][0], error);
    if (!result)
        result = cache_size_id("l1i", &config->l1i, ccidx, FLAGS_INSTRUCTION, &ccsidr[0][1], error);
    if (!result)
        result = cache_size_id("l2", &config->l2, ccidx, FLAGS_DATA, &ccsidr[1][0], error);
    if (!result)
        result = cache_size_id("l3", &config->l3, ccidx, FLAGS_DATA, &ccsidr[2][0], error);
    if (result)
        return result;
    if (!ccsidr[0][0] || !ccsidr[0][1] || (ccsidr[2][0] && !ccsidr[1][0]))
        return base_fail(error, -EINVAL, "a core needs an L1I and an L1D, and an L2 below any L3");
    uint64_t levels = ccsidr[2][0] ? 3 : ccsidr[1][0] ? 2 : 1;
    uint64_t types = SEPARATE;
    for (unsigned level = 2; level <= levels; level++)
        types |= (uint64_t)UNIFIED << (3 * (level - 1));
    uint64_t unification = config->dcache_coherent ? 0 : 1;
    id->CLIDR_EL1 = types | unification << 21 /* LoUIS */ | levels << 24 /* LoC */ | unification << 27 /* LoUU */;
    return 0;
}

int cpu_identify(const cpu_system_config_t *config, cpu_id_registers_t *ret_id, base_error_t *error)
{
    cpu_id_registers_t id = {
        .MIDR_EL1 = config->midr,
        .MPIDR_EL1 = config->mpidr | UINT64_C(1) << 31, /* RES1 */
        .REVIDR_EL1 = config->revidr,
    };
    if (config->mpidr & ~UINT64_C(0xff00ffffff))
        return base_fail(error, -EINVAL, "MPIDR %#llx has bits outside its affinity fields",
                         (unsigned long long)config->mpidr);
    set_features(&config->features, &id);
    id.ID_AA64PFR0_EL1 |= (uint64_t)config->gic_registers << 24;
    set_debug(&id);
    set_cache_type(config, &id);
    int result = set_memory_model(config, &id, error);
    if (!result)
        result = set_cache_levels(config, &id, error);
    if (!result)
        *ret_id = id;
    return result;
}
