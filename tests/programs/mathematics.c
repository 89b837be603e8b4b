/* The C library's mathematics: sines, powers, logarithms, remainders, in double and float. */
#include "program.h"

double sin(double), cos(double), tan(double), atan2(double, double), exp(double), log(double), pow(double, double);
double sinh(double), fmod(double, double), hypot(double, double), asin(double), erf(double), rint(double);
float sinf(float), expf(float), logf(float), powf(float, float), fmodf(float, float), atanf(float);

void program(void)
{
    static const double values[] = {0, 1e-300,      1e-8, 0.1,     0.5, 1,    1.5707963267948966,
                                    2, 2.718281828, 10,   123.456, 1e6, 1e22, 1e300};
    hash_t hash = HASH_INIT;
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        double x = values[i], y = values[(i * 5 + 3) % 14];
        double results[] = {sin(x),       cos(x),          tan(x),         atan2(x, -y), exp(-x),           log(x + 1),
                            pow(x, 0.37), sinh(x / 1e290), fmod(x, y + 1), hypot(x, y),  asin(1 / (1 + x)), erf(x),
                            rint(x * 1.5)};
        float f = (float)x;
        float singles[] = {sinf(f), expf(-f), logf(f + 1), powf(f, 1.5f), fmodf(f, 3), atanf(f)};
        hash_bytes(&hash, results, sizeof results);
        hash_bytes(&hash, singles, sizeof singles);
        put("%-10g %.15g %.15g %.15g %.15g\n", x, results[0], results[4], results[5], results[6]);
    }
    put("%016lx\n", hash.value);
    double x = 0.1;
    for (unsigned i = 0; i < 500; i++)
        x = 3.9 * x * (1 - x) + 1e-9 * sin(x * i);
    put("%.17g\n", x);
}
