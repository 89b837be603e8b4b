/* IEEE 754 arithmetic as AArch64 does it (Arm ARM A1.5, shared pseudocode functions FPAdd and so on), to the bit, in
 * every FPCR mode, with the cumulative flags of FPSR. Without trapped exceptions, which are not implemented, as FPCR
 * says.
 *
 * A number is a uint64_t with the format's bits in its low end and zeros above; fp16_, fp32_ and fp64_ name the format.
 * Nothing here looks at or changes the host's floating-point environment, which must round to nearest. */
#ifndef MESIM_CPU_FP_FP_H
#define MESIM_CPU_FP_FP_H

#include <stdbool.h>
#include <stdint.h>

enum {
    FPCR_FZ16 = 1 << 19,
    FPCR_RMODE_SHIFT = 22,
    FPCR_FZ = 1 << 24,
    FPCR_DN = 1 << 25,
    FPCR_AHP = 1 << 26,
};

/* The cumulative flags. */
enum {
    FPSR_IOC = 1 << 0, /* invalid operation */
    FPSR_DZC = 1 << 1, /* division by zero */
    FPSR_OFC = 1 << 2, /* overflow */
    FPSR_UFC = 1 << 3, /* underflow */
    FPSR_IXC = 1 << 4, /* inexact */
    FPSR_IDC = 1 << 7, /* input denormal */
    FPSR_QC = 1 << 27, /* integer saturation */
};

/* The first four are FPCR.RMode. */
typedef enum fp_rounding {
    FP_TIE_EVEN,
    FP_POSITIVE,
    FP_NEGATIVE,
    FP_TO_ZERO,
    FP_TIE_AWAY,
    FP_TO_ODD,
} fp_rounding_t;

/* FPCR, and where flags are collected. */
typedef struct fp_env {
    uint64_t fpcr;
    uint64_t *fpsr;
} fp_env_t;

/* Mistakes that tests make (cpu/fault.h) where FPCR has no bits; a build without MESIM_FAULTS does not look. */
#define FP_FAULT_ROUNDS_TWICE   (UINT64_C(1) << 40)
#define FP_FAULT_FIRST_NAN_WINS (UINT64_C(1) << 41)
#ifndef MESIM_FAULTS
#define MESIM_FAULTS 0
#endif
#define fp_has_fault(env, fault) (MESIM_FAULTS && (env).fpcr & (fault))

static inline fp_rounding_t fp_env_rounding(fp_env_t env)
{
    return (fp_rounding_t)(env.fpcr >> FPCR_RMODE_SHIFT & 3);
}

/* FPCompare: NZCV as PSTATE has it in bits 3:0. */
enum { FP_LESS = 8, FP_EQUAL = 6, FP_GREATER = 2, FP_UNORDERED = 3 };

#define FP_DECLARE(p)                                                                                                  \
    uint64_t p##_add(fp_env_t env, uint64_t a, uint64_t b);                                                            \
    uint64_t p##_sub(fp_env_t env, uint64_t a, uint64_t b);                                                            \
    uint64_t p##_mul(fp_env_t env, uint64_t a, uint64_t b);                                                            \
    uint64_t p##_mulx(fp_env_t env, uint64_t a, uint64_t b); /* 0 times infinity is 2 */                               \
    uint64_t p##_div(fp_env_t env, uint64_t a, uint64_t b);                                                            \
    uint64_t p##_sqrt(fp_env_t env, uint64_t a);                                                                       \
    uint64_t p##_muladd(fp_env_t env, uint64_t addend, uint64_t a, uint64_t b); /* rounded once */                     \
    /* The same in integers throughout: what tests compare short cuts with. */                                         \
    uint64_t p##_muladd_long(fp_env_t env, uint64_t addend, uint64_t a, uint64_t b);                                   \
    uint64_t p##_recps(fp_env_t env, uint64_t a, uint64_t b);  /* 2 - a * b, rounded once */                           \
    uint64_t p##_rsqrts(fp_env_t env, uint64_t a, uint64_t b); /* (3 - a * b) / 2, rounded once */                     \
    uint64_t p##_recpe(fp_env_t env, uint64_t a);                                                                      \
    uint64_t p##_rsqrte(fp_env_t env, uint64_t a);                                                                     \
    uint64_t p##_recpx(fp_env_t env, uint64_t a);                                                                      \
    uint64_t p##_max(fp_env_t env, uint64_t a, uint64_t b);                                                            \
    uint64_t p##_min(fp_env_t env, uint64_t a, uint64_t b);                                                            \
    uint64_t p##_maxnm(fp_env_t env, uint64_t a, uint64_t b); /* a number beats a quiet NaN */                         \
    uint64_t p##_minnm(fp_env_t env, uint64_t a, uint64_t b);                                                          \
    /* NZCV; signals: a quiet NaN is an invalid operation as well. */                                                  \
    unsigned p##_compare(fp_env_t env, uint64_t a, uint64_t b, bool signals);                                          \
    /* To an integral value; exact: sets IXC where the value changes. */                                               \
    uint64_t p##_round(fp_env_t env, uint64_t a, fp_rounding_t rounding, bool exact);                                  \
    /* FRINT32 and FRINT64: to an integral value that fits int_bits, or the most negative one. */                      \
    uint64_t p##_round_to(fp_env_t env, uint64_t a, fp_rounding_t rounding, unsigned int_bits);                        \
    /* To a fixed-point number of `width` bits (16, 32, 64), saturated, zero-extended. */                              \
    uint64_t p##_to_fixed(fp_env_t env, uint64_t a, unsigned width, unsigned fraction_bits, bool is_unsigned,          \
                          fp_rounding_t rounding);                                                                     \
    /* `value` is sign- or zero-extended to 64 bits. */                                                                \
    uint64_t p##_from_fixed(fp_env_t env, uint64_t value, unsigned fraction_bits, bool is_unsigned);

FP_DECLARE(fp16)
FP_DECLARE(fp32)
FP_DECLARE(fp64)
#undef FP_DECLARE

/* Between formats. AHP decides what a half is; FZ16 does not apply. */
uint64_t fp_convert_16_to_32(fp_env_t env, uint64_t a);
uint64_t fp_convert_16_to_64(fp_env_t env, uint64_t a);
uint64_t fp_convert_32_to_16(fp_env_t env, uint64_t a);
uint64_t fp_convert_32_to_64(fp_env_t env, uint64_t a);
uint64_t fp_convert_64_to_16(fp_env_t env, uint64_t a);
uint64_t fp_convert_64_to_32(fp_env_t env, uint64_t a);
/* FCVTXN: rounds to odd. */
uint64_t fp_convert_64_to_32_odd(fp_env_t env, uint64_t a);

/* FJCVTZS (FEAT_JSCVT): modulo 2^32; *ret_exact: nothing was lost. */
uint32_t fp64_to_javascript(fp_env_t env, uint64_t a, bool *ret_exact);

/* URECPE, URSQRTE. */
uint32_t fp_estimate_reciprocal(uint32_t a);
uint32_t fp_estimate_reciprocal_root(uint32_t a);

#endif
