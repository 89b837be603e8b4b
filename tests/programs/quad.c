/* Quadruple precision, which the compiler makes of integer instructions; and complex numbers. */
#include "program.h"

static long double root(long double x)
{
    long double guess = (long double)__builtin_sqrt((double)x);
    for (unsigned i = 0; i < 4; i++)
        guess = (guess + x / guess) / 2;
    return guess;
}

void program(void)
{
    long double sum = 0, product = 1;
    hash_t hash = HASH_INIT;
    for (unsigned i = 1; i < 120; i++) {
        sum += 1.0L / ((long double)i * i);
        product *= 1.0L + 1.0L / (1ull << (i < 60 ? i : 60));
        long double r = root((long double)i);
        HASH(&hash, r);
        int64_t whole = (int64_t)(r * 1e15L);
        HASH(&hash, whole);
    }
    HASH(&hash, sum);
    HASH(&hash, product);
    put("%.17g %.17g %016lx\n", (double)sum, (double)product, hash.value);
    _Complex double z = 0, c = -0.4 + 0.6i;
    unsigned steps = 0;
    for (unsigned i = 0; i < 2000; i++) {
        z = z * z + c;
        steps += __real__ z * __real__ z + __imag__ z * __imag__ z < 1;
        if (i % 200 == 199)
            z = z / (1.5 - 0.25i);
    }
    put("%.15g %.15g %u\n", __real__ z, __imag__ z, steps);
}
