/* The traps of floating point, one function each: words on registers 1 to 3 with their result in register 0, by the
 * manual's pseudocode (FPAdd, FPMulAdd and so on). */
#include "cpu/accessors.h"
#include "cpu/fp/fp.h"
#include "flat_bench.h"
#include "system_traps.h"

enum {
    FADD_S = 0x1e222820,   /* FADD S0, S1, S2 */
    FDIV_S = 0x1e221820,   /* FDIV S0, S1, S2 */
    FMADD_S = 0x1f020c20,  /* FMADD S0, S1, S2, S3 */
    FADD_H = 0x1ee22820,   /* FADD H0, H1, H2 */
    FCVT_S_H = 0x1ee24020, /* FCVT S0, H1 */
    ONE = 0x3f800000,
    ROUND_TO_ZERO = FP_TO_ZERO << FPCR_RMODE_SHIFT,
    ROUND_UP = FP_POSITIVE << FPCR_RMODE_SHIFT,
};

typedef struct operands {
    uint32_t fpcr, a, b, c;
} operands_t;

/* Executes `word`; whether V0 and FPSR are then as given. */
static bool gives(flat_bench_t *bench, uint32_t word, operands_t operands, uint32_t result, uint32_t fpsr)
{
    const uint32_t values[] = {operands.a, operands.b, operands.c};
    for (unsigned i = 0; i < 3; i++) {
        bench->cpu->v[i + 1][0] = values[i];
        bench->cpu->v[i + 1][1] = 0;
    }
    bench->cpu->fpcr = operands.fpcr;
    flat_bench_run(bench, word);
    return bench->cpu->v[0][0] == result && bench->cpu->v[0][1] == 0 && bench->cpu->fpsr == fpsr;
}

static flat_bench_t *bench_with(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = flat_bench_new();
    bench->cpu->injected_fault = injected;
    return bench;
}

static bool done(flat_bench_t *bench, bool holds)
{
    flat_bench_free(bench);
    return holds;
}

bool trap_default_nan_replaces_nans(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = bench_with(injected);
    const operands_t operands = {.fpcr = FPCR_DN, .a = 0x7fc00123, .b = ONE};
    return done(bench, gives(bench, FADD_S, operands, 0x7fc00000, 0));
}

bool trap_flush_to_zero_takes_denormals_for_zero(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = bench_with(injected);
    const operands_t operands = {.fpcr = FPCR_FZ, .a = 1, .b = 0};
    return done(bench, gives(bench, FADD_S, operands, 0, FPSR_IDC));
}

/* FZ is not for halves, and what FZ16 flushes raises nothing. */
bool trap_halves_flush_by_fz16_alone(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = bench_with(injected);
    bool holds = gives(bench, FADD_H, (operands_t){.fpcr = FPCR_FZ, .a = 1, .b = 0}, 1, 0);
    holds &= gives(bench, FADD_H, (operands_t){.fpcr = FPCR_FZ16, .a = 1, .b = 0}, 0, 0);
    return done(bench, holds);
}

/* 1 + 2^-24 lies in the middle between two numbers. */
bool trap_rounding_is_that_of_fpcr(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = bench_with(injected);
    const operands_t operands = {.fpcr = ROUND_UP, .a = ONE, .b = 0x33800000};
    return done(bench, gives(bench, FADD_S, operands, ONE + 1, FPSR_IXC));
}

bool trap_alternative_halves_have_no_infinity(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = bench_with(injected);
    const operands_t operands = {.fpcr = FPCR_AHP, .a = 0x7c00};
    return done(bench, gives(bench, FCVT_S_H, operands, 0x47800000, 0));
}

/* (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24, which a rounded product has lost. */
bool trap_multiply_add_rounds_once(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = bench_with(injected);
    const operands_t operands = {.fpcr = ROUND_TO_ZERO, .a = 0x3f800800, .b = 0x3f800800, .c = 0xbf801000};
    return done(bench, gives(bench, FMADD_S, operands, 0x33800000, 0));
}

bool trap_signalling_nan_comes_before_a_quiet_one(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = bench_with(injected);
    const operands_t operands = {.a = 0x7fc00001, .b = 0x7f800002};
    return done(bench, gives(bench, FADD_S, operands, 0x7fc00002, FPSR_IOC));
}

bool trap_flags_accumulate(cpu_injected_fault_t injected)
{
    flat_bench_t *bench = bench_with(injected);
    bool holds = gives(bench, FDIV_S, (operands_t){.a = ONE, .b = 0}, 0x7f800000, FPSR_DZC);
    holds &= gives(bench, FADD_S, (operands_t){.a = ONE, .b = 1}, ONE, FPSR_DZC | FPSR_IXC);
    return done(bench, holds);
}
