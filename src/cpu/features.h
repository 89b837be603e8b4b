/* The optional parts of the architecture that a core has: one flag a FEAT_* name of the Arm manual (A2.2, A2.3). From
 * them, and from nothing else, come the ID registers, the system registers that exist, and the PSTATE fields that are
 * not RES0; instruction rows test the same flags. Everything of Armv8.0-A A64 without a flag here is always there,
 * AArch32 is never there.
 *
 * A flag may be known before its instructions or behaviour are written. `implemented` of the table says which are
 * complete; cpu_features_parse refuses the others, so that ID registers never promise more than executes. */
#ifndef MESIM_CPU_FEATURES_H
#define MESIM_CPU_FEATURES_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* CPU_FEATURES(X): X(identifier, "option name", implemented), by architecture version. */
#define CPU_FEATURES(X)                                                                                                \
    /* Armv8.0 */                                                                                                      \
    X(FP, "fp", true)                                                                                                  \
    X(ADVSIMD, "advsimd", true)                                                                                        \
    X(AES, "aes", true)                                                                                                \
    X(PMULL, "pmull", true)                                                                                            \
    X(SHA1, "sha1", true)                                                                                              \
    X(SHA256, "sha256", true)                                                                                          \
    X(CRC32, "crc32", true)                                                                                            \
    X(PMU3, "pmu3", true)                                                                                              \
    /* Armv8.1 */                                                                                                      \
    X(LSE, "lse", true)                                                                                                \
    X(RDM, "rdm", true)                                                                                                \
    X(HAFDBS, "hafdbs", true)                                                                                          \
    X(PMU3P1, "pmu3p1", true)                                                                                          \
    X(LOR, "lor", true)                                                                                                \
    X(HPDS, "hpds", true)                                                                                              \
    X(PAN, "pan", true)                                                                                                \
    /* Armv8.2 */                                                                                                      \
    X(PAN2, "pan2", true)                                                                                              \
    X(UAO, "uao", true)                                                                                                \
    X(DPB, "dpb", true)                                                                                                \
    X(TTCNP, "ttcnp", true)                                                                                            \
    X(HPDS2, "hpds2", true)                                                                                            \
    X(FP16, "fp16", true)                                                                                              \
    X(DOTPROD, "dotprod", true)                                                                                        \
    /* Armv8.3 */                                                                                                      \
    X(LRCPC, "lrcpc", true)                                                                                            \
    X(FCMA, "fcma", true)                                                                                              \
    X(JSCVT, "jscvt", true)                                                                                            \
    /* Armv8.4 */                                                                                                      \
    X(CCIDX, "ccidx", true)                                                                                            \
    X(SHA512, "sha512", true)                                                                                          \
    X(SHA3, "sha3", true)                                                                                              \
    X(LRCPC2, "lrcpc2", true)                                                                                          \
    X(TLBIOS, "tlbios", true)                                                                                          \
    X(TLBIRANGE, "tlbirange", true)                                                                                    \
    X(FLAGM, "flagm", true)                                                                                            \
    X(LSE2, "lse2", true)                                                                                              \
    X(IDST, "idst", true)                                                                                              \
    X(DIT, "dit", true)                                                                                                \
    /* Armv8.5, also allowed before */                                                                                 \
    X(FLAGM2, "flagm2", true)                                                                                          \
    X(FRINTTS, "frintts", true)                                                                                        \
    X(BTI, "bti", true)                                                                                                \
    X(SB, "sb", true)                                                                                                  \
    X(SPECRES, "specres", true)                                                                                        \
    X(CSV2, "csv2", true)                                                                                              \
    X(CSV3, "csv3", true)                                                                                              \
    X(SSBS, "ssbs", true)                                                                                              \
    X(SSBS2, "ssbs2", true)                                                                                            \
    X(DPB2, "dpb2", true)                                                                                              \
    /* Of no architecture, and never among all: core.m5ops */                                                          \
    X(M5OPS, "m5ops", false)

typedef enum cpu_feature {
#define CPU_FEATURE_ENUM(id, name, implemented) CPU_FEAT_##id,
    CPU_FEATURES(CPU_FEATURE_ENUM)
#undef CPU_FEATURE_ENUM
        CPU_FEAT_COUNT
} cpu_feature_t;

/* A set of features: bit n is cpu_feature_t n. */
typedef struct cpu_features {
    uint64_t set;
} cpu_features_t;

#define CPU_FEATURE_BIT(feature) (UINT64_C(1) << (feature))

static inline bool cpu_features_has(const cpu_features_t *features, cpu_feature_t feature)
{
    return (features->set >> feature) & 1;
}

/* All that is implemented. */
cpu_features_t cpu_features_implemented(void);

/* Reads a comma-separated list of option names ("crc32,lse"); "" and "none" are plain Armv8.0. Fails with -EINVAL for
 * an unknown name, -ENOTSUP for one that is not implemented, and when a feature lacks one it needs (lrcpc2 without
 * lrcpc). ret_features is untouched on failure. */
int cpu_features_parse(const char *list, cpu_features_t *ret_features, base_error_t *error);

/* "crc32", ... */
const char *cpu_feature_name(cpu_feature_t feature);

#endif
