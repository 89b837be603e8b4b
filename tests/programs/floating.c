/* Floating point over corner values in every rounding mode, with flush to zero and default NaN; the cumulative flags.
 */
#include "program.h"

static const uint64_t doubles[] = {0,
                                   UINT64_C(0x8000000000000000),
                                   1,
                                   UINT64_C(0x800fffffffffffff),
                                   UINT64_C(0x0010000000000000),
                                   UINT64_C(0x3ff0000000000000),
                                   UINT64_C(0xbff0000000000001),
                                   UINT64_C(0x3fefffffffffffff),
                                   UINT64_C(0x4340000000000001),
                                   UINT64_C(0x43e0000000000000),
                                   UINT64_C(0x7fefffffffffffff),
                                   UINT64_C(0x7ff0000000000000),
                                   UINT64_C(0xfff0000000000000),
                                   UINT64_C(0x7ff8000000000123),
                                   UINT64_C(0x7ff0000000000456),
                                   UINT64_C(0x3fd5555555555555),
                                   UINT64_C(0x1ff0000000000001),
                                   UINT64_C(0x400921fb54442d18)};
enum { DOUBLES = sizeof doubles / sizeof doubles[0] };
enum { MODES = 16, FZ = 1 << 24, DN = 1 << 25, RMODE_SHIFT = 22 };

static void set_mode(unsigned mode)
{
    uint64_t fpcr = (uint64_t)(mode & 3) << RMODE_SHIFT | (mode & 4 ? FZ : 0) | (mode & 8 ? DN : 0);
    __asm__ volatile("msr fpcr, %0\n msr fpsr, xzr\n isb" ::"r"(fpcr) : "memory");
}

static uint64_t flags(void)
{
    uint64_t fpsr;
    __asm__ volatile("mrs %0, fpsr" : "=r"(fpsr)::"memory");
    return fpsr;
}

static double of_bits(uint64_t bits)
{
    double value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static void one(hash_t *hash, double a, double b, double c)
{
    volatile double x = a, y = b, z = c;
    volatile float f = (float)x, g = (float)y, h = (float)z;
    double results[] = {x + y, x - y, x * y, x / y, __builtin_fma(x, y, z), __builtin_sqrt(x), (double)f, x * y + z};
    float singles[] = {f + g, f - g, f * g, f / g, __builtin_fmaf(f, g, h), __builtin_sqrtf(f), -f * g - h};
    int32_t compares[] = {x < y, x <= y, x == y, x != y, __builtin_isunordered(x, y), __builtin_islessgreater(f, g)};
    int64_t integers[4];
    __asm__("fcvtzs %0, %d1" : "=r"(integers[0]) : "w"(x));
    __asm__("fcvtns %0, %d1" : "=r"(integers[1]) : "w"(x));
    __asm__("fcvtpu %w0, %s1" : "=r"(integers[2]) : "w"(f));
    __asm__("fcvtas %w0, %d1" : "=r"(integers[3]) : "w"(y));
    double rounded[4];
    __asm__("frinti %d0, %d1" : "=w"(rounded[0]) : "w"(x));
    __asm__("frintx %d0, %d1" : "=w"(rounded[1]) : "w"(x));
    __asm__("fmaxnm %d0, %d1, %d2" : "=w"(rounded[2]) : "w"(x), "w"(y));
    __asm__("fmin %d0, %d1, %d2" : "=w"(rounded[3]) : "w"(x), "w"(y));
    hash_bytes(hash, results, sizeof results);
    hash_bytes(hash, singles, sizeof singles);
    hash_bytes(hash, compares, sizeof compares);
    hash_bytes(hash, integers, sizeof integers);
    hash_bytes(hash, rounded, sizeof rounded);
}

static double series(unsigned terms)
{
    double sum = 0;
    for (unsigned i = 1; i <= terms; i++)
        sum += (i % 2 ? 4.0 : -4.0) / (2 * i - 1);
    return sum;
}

void program(void)
{
    for (unsigned mode = 0; mode < MODES; mode++) {
        hash_t hash = HASH_INIT;
        set_mode(mode);
        for (unsigned i = 0; i < DOUBLES; i++)
            for (unsigned j = 0; j < DOUBLES; j++)
                one(&hash, of_bits(doubles[i]), of_bits(doubles[j]), of_bits(doubles[(i + j) % DOUBLES]));
        uint64_t raised = flags();
        set_mode(0);
        put("mode %2u: %016lx flags %02lx\n", mode, hash.value, raised);
    }
    for (unsigned mode = 0; mode < 4; mode++) {
        set_mode(mode);
        double pi = series(3000);
        set_mode(0);
        put("pi, rounded in way %u: %.17g\n", mode, pi);
    }
}
