/* The short cuts of fp/fast.h against the long way, which the fused multiply-add keeps: it does sums and products too.
 */
#include "base/random.h"
#include "cpu/fp/fp.h"
#include "fp_code.h"

#include <criterion/criterion.h>
#include <inttypes.h>

enum { PAIRS = 2000000 };

typedef uint64_t binary_t(fp_env_t env, uint64_t a, uint64_t b);
typedef uint64_t ternary_t(fp_env_t env, uint64_t addend, uint64_t a, uint64_t b);

typedef struct format {
    const char *name;
    uint64_t mask, sign, one;
    binary_t *add, *sub, *mul;
    ternary_t *muladd, *muladd_long;
    unsigned fraction_bits, bias;
} format_t;

static const format_t formats[] = {
    {"single", UINT32_MAX, UINT64_C(1) << 31, 0x3f800000, fp32_add, fp32_sub, fp32_mul, fp32_muladd, fp32_muladd_long,
     23, 127},
    {"double", UINT64_MAX, UINT64_C(1) << 63, UINT64_C(0x3ff0000000000000), fp64_add, fp64_sub, fp64_mul, fp64_muladd,
     fp64_muladd_long, 52, 1023},
};

static void expect_same(const format_t *format, const char *what, uint64_t a, uint64_t b, uint64_t fast,
                        uint64_t fast_flags, uint64_t slow, uint64_t slow_flags)
{
    cr_assert(fast == slow && fast_flags == slow_flags,
              "%s %s of %#" PRIx64 ", %#" PRIx64 ": %#" PRIx64 " flags %#" PRIx64 ", not %#" PRIx64 " flags %#" PRIx64,
              format->name, what, a, b, fast, fast_flags, slow, slow_flags);
}

static bool is_nan(const format_t *format, uint64_t a)
{
    uint64_t infinity = format->mask == UINT32_MAX ? 0x7f800000 : UINT64_C(0x7ff0000000000000);
    return (a & ~format->sign) > infinity;
}

/* The fused form quiets NaNs in another order, and negates some. */
static void compare_pair(const format_t *format, uint64_t fpcr, uint64_t a, uint64_t b)
{
    uint64_t fast_flags = 0, slow_flags = 0;
    fp_env_t fast = {fpcr, &fast_flags}, slow = {fpcr, &slow_flags};
    if (is_nan(format, a) || is_nan(format, b))
        return;
    uint64_t got = format->add(fast, a, b), wanted = format->muladd_long(slow, a, b, format->one);
    expect_same(format, "sum", a, b, got, fast_flags, wanted, slow_flags);
    fast_flags = slow_flags = 0;
    got = format->sub(fast, a, b);
    wanted = format->muladd_long(slow, a, b, format->one | format->sign);
    expect_same(format, "difference", a, b, got, fast_flags, wanted, slow_flags);
    fast_flags = slow_flags = 0;
    got = format->mul(fast, a, b);
    wanted = format->muladd_long(slow, (a ^ b) & format->sign, a, b);
    expect_same(format, "product", a, b, got, fast_flags, wanted, slow_flags);
}

Test(fp_fast, sums_and_products_are_those_of_the_long_way_flags_included)
{
    base_random_t random;
    base_random_init(&random, 1);
    for (unsigned i = 0; i < PAIRS; i++) {
        const format_t *format = &formats[i & 1];
        uint64_t fpcr = i & 2 ? fp_code_fpcr(i / 4 % FP_CODE_MODES) : 0;
        uint64_t a = fp_code_operand(&random), b = fp_code_operand(&random);
        if (i & 4) /* of like size, so that digits meet */
            b = (b & (format->mask >> 14)) | (a & ~(format->mask >> 14)) | (b & format->sign);
        compare_pair(format, fpcr, a & format->mask, b & format->mask);
    }
}

/* A number of [1, 2) times `one` whose significand has 26 bits, the last of them set: products of two are exact, and no
 * neighbour of a product is a multiple of either. */
static uint64_t short_number(base_random_t *random, uint64_t one)
{
    return one | (base_random_next(random) >> 39 | 1) << 27;
}

/* Roots of squares and quotients of products are exact; those of their neighbours are not. */
Test(fp_fast, exact_roots_and_quotients_raise_nothing)
{
    base_random_t random;
    base_random_init(&random, 2);
    for (unsigned i = 0; i < PAIRS / 4; i++) {
        uint64_t flags = 0, ignored = 0;
        fp_env_t env = {0, &flags}, quiet = {0, &ignored};
        uint64_t a = short_number(&random, UINT64_C(0x3ff0000000000000));
        uint64_t b = short_number(&random, UINT64_C(0x4010000000000000));
        uint64_t square = fp64_mul(quiet, a, a), product = fp64_mul(quiet, a, b);
        cr_assert_eq(fp64_sqrt(env, square), a);
        cr_assert_eq(fp64_div(env, product, b), a);
        cr_assert_eq(flags, 0, "%#" PRIx64 ", %#" PRIx64, a, b);
        fp64_sqrt(env, square + 1);
        cr_assert_eq(flags, FPSR_IXC);
        flags = 0;
        fp64_div(env, product + 1, b);
        cr_assert_eq(flags, FPSR_IXC);
    }
}

/* A number whose exponent is `exponent`, perhaps with zeros or ones at the end of its fraction. */
static uint64_t number_near(const format_t *format, base_random_t *random, int exponent)
{
    uint64_t ones = (UINT64_C(1) << format->fraction_bits) - 1, fraction = base_random_next(random) & ones;
    uint64_t end = ones >> base_random_below(random, format->fraction_bits);
    switch (base_random_below(random, 3)) {
    case 0: fraction &= ~end; break;
    case 1: fraction |= end; break;
    default: break;
    }
    uint64_t sign = base_random_next(random) & 1 ? format->sign : 0;
    return sign | (uint64_t)(exponent + (int)format->bias) << format->fraction_bits | fraction;
}

/* Addends of every size against the product, mostly so near that digits cancel. */
Test(fp_fast, fused_sums_are_those_of_the_long_way_flags_included)
{
    base_random_t random;
    base_random_init(&random, 3);
    for (unsigned i = 0; i < PAIRS; i++) {
        const format_t *format = &formats[i & 1];
        uint64_t fast_flags = 0, slow_flags = 0;
        fp_env_t fast = {0, &fast_flags}, slow = {0, &slow_flags};
        int exponent_a = (int)base_random_below(&random, 20) - 10,
            exponent_b = (int)base_random_below(&random, 20) - 10;
        int apart = i & 2 ? (int)base_random_below(&random, 3) : (int)base_random_below(&random, 80) - 40;
        uint64_t a = number_near(format, &random, exponent_a), b = number_near(format, &random, exponent_b);
        uint64_t addend = number_near(format, &random, exponent_a + exponent_b + apart);
        uint64_t got = format->muladd(fast, addend, a, b), wanted = format->muladd_long(slow, addend, a, b);
        cr_assert(got == wanted && fast_flags == slow_flags,
                  "%s %#" PRIx64 " + %#" PRIx64 " * %#" PRIx64 ": %#" PRIx64 " flags %#" PRIx64 ", not %#" PRIx64
                  " flags %#" PRIx64,
                  format->name, addend, a, b, got, fast_flags, wanted, slow_flags);
    }
}
