/* The flag operations of cpu/flags.h against the manual's definition. Included by test_flags.c, which has those of the
 * host where there are any, and by test_flags_portable.c, which has those in C. */
#include "cpu/flags.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const uint64_t flag_values[] = {0,
                                       1,
                                       2,
                                       0x7fffffff,
                                       0x80000000,
                                       0x80000001,
                                       0xfffffffe,
                                       0xffffffff,
                                       0x100000000,
                                       0x7fffffffffffffff,
                                       0x8000000000000000,
                                       0x8000000000000001,
                                       0xfffffffffffffffe,
                                       0xffffffffffffffff};
enum { FLAG_VALUES = sizeof flag_values / sizeof *flag_values };

/* AddWithCarry (Arm ARM J1.1): the result, and *ret_nzcv as 4 bits. */
static uint64_t add_with_carry(uint64_t a, uint64_t b, bool carry, unsigned width, unsigned *ret_nzcv)
{
    a &= bits_mask(width);
    b &= bits_mask(width);
    unsigned __int128 sum = (unsigned __int128)a + b + carry;
    __int128 signed_sum = (__int128)bits_sign_extend(a, width) + bits_sign_extend(b, width) + carry;
    uint64_t result = (uint64_t)sum & bits_mask(width);
    bool n = bit_get(result, width - 1), z = result == 0, c = result != sum;
    bool v = bits_sign_extend(result, width) != signed_sum;
    *ret_nzcv = (unsigned)(n << 3 | z << 2 | c << 1 | v);
    return result;
}

static void expect_flags(const cpu_t *cpu, uint64_t result, uint64_t expected, unsigned nzcv, const char *name)
{
    cr_expect_eq(result, expected, "%s: %#lx, not %#lx", name, result, expected);
    cr_expect_eq(get_nzcv(cpu), (uint64_t)nzcv << 28, "%s: NZCV %#lx, not %#x", name, get_nzcv(cpu) >> 28, nzcv);
}

static void check_pair(cpu_t *cpu, uint64_t a, uint64_t b, bool carry)
{
    unsigned nzcv;
    uint64_t expected;
    uint32_t wa = (uint32_t)a, wb = (uint32_t)b;
#define CHECK(call, first, second, carry_in, width)                                                                    \
    do {                                                                                                               \
        set_nzcv(cpu, carry ? 0xf0000000 : 0xd0000000);                                                                \
        expected = add_with_carry(first, second, carry_in, width, &nzcv);                                              \
        expect_flags(cpu, call, expected, nzcv, #call);                                                                \
    } while (0)
    CHECK(flags_add_x(cpu, a, b), a, b, false, 64);
    CHECK(flags_sub_x(cpu, a, b), a, ~b, true, 64);
    CHECK(flags_adc_x(cpu, a, b), a, b, carry, 64);
    CHECK(flags_sbc_x(cpu, a, b), a, ~b, carry, 64);
    CHECK(flags_add_w(cpu, wa, wb), a, b, false, 32);
    CHECK(flags_sub_w(cpu, wa, wb), a, ~b, true, 32);
    CHECK(flags_adc_w(cpu, wa, wb), a, b, carry, 32);
    CHECK(flags_sbc_w(cpu, wa, wb), a, ~b, carry, 32);
#undef CHECK
    expected = a & b;
    expect_flags(cpu, flags_and_x(cpu, a, b), expected, (unsigned)(expected >> 63 << 3 | (expected == 0) << 2),
                 "and_x");
    expected = wa & wb;
    expect_flags(cpu, flags_and_w(cpu, wa, wb), expected, (unsigned)(expected >> 31 << 3 | (expected == 0) << 2),
                 "and_w");
}

static void check_arithmetic(void)
{
    cpu_t *cpu = calloc(1, sizeof *cpu);
    for (unsigned i = 0; i < FLAG_VALUES; i++)
        for (unsigned j = 0; j < FLAG_VALUES; j++)
            for (unsigned carry = 0; carry < 2; carry++)
                check_pair(cpu, flag_values[i], flag_values[j], carry);
    free(cpu);
}

static void check_nzcv(void)
{
    cpu_t *cpu = calloc(1, sizeof *cpu);
    for (uint64_t nzcv = 0; nzcv < 16; nzcv++) {
        set_nzcv(cpu, nzcv << 28 | 0xffffffff0fffffff);
        cr_expect_eq(get_nzcv(cpu), nzcv << 28);
        cr_expect_eq(flags_index(cpu), nzcv);
        cr_expect_eq(flags_carry(cpu), nzcv >> 1 & 1);
        flags_invert_carry(cpu);
        cr_expect_eq(get_nzcv(cpu), (nzcv ^ 2) << 28);
    }
    free(cpu);
}
