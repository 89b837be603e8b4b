/* A fast Fourier transform and its inverse, in doubles and in floats. */
#include "program.h"

enum { POINTS = 512 };
#define PI 3.14159265358979323846

/* Series; x is in [-pi, pi]. */
static double sine(double x)
{
    double term = x, total = x;
    for (unsigned i = 1; i < 15; i++) {
        term *= -x * x / (2 * i * (2 * i + 1));
        total += term;
    }
    return total;
}

static double cosine(double x)
{
    double term = 1, total = 1;
    for (unsigned i = 1; i < 16; i++) {
        term *= -x * x / ((2 * i - 1) * 2 * i);
        total += term;
    }
    return total;
}

#define TRANSFORM(name, type)                                                                                          \
    static void name(type *real, type *imaginary, unsigned count, type direction)                                      \
    {                                                                                                                  \
        for (unsigned i = 1, j = 0; i < count; i++) {                                                                  \
            unsigned bit = count >> 1;                                                                                 \
            for (; j & bit; bit >>= 1)                                                                                 \
                j ^= bit;                                                                                              \
            j |= bit;                                                                                                  \
            if (i < j) {                                                                                               \
                type r = real[i], m = imaginary[i];                                                                    \
                real[i] = real[j], imaginary[i] = imaginary[j];                                                        \
                real[j] = r, imaginary[j] = m;                                                                         \
            }                                                                                                          \
        }                                                                                                              \
        for (unsigned length = 2; length <= count; length *= 2)                                                        \
            for (unsigned k = 0; k < length / 2; k++) {                                                                \
                type c = (type)cosine(2 * PI * k / length), s = (type)(direction * sine(2 * PI * k / length));         \
                for (unsigned i = k; i < count; i += length) {                                                         \
                    unsigned j = i + length / 2;                                                                       \
                    type r = real[j] * c - imaginary[j] * s, m = real[j] * s + imaginary[j] * c;                       \
                    real[j] = real[i] - r, imaginary[j] = imaginary[i] - m;                                            \
                    real[i] += r, imaginary[i] += m;                                                                   \
                }                                                                                                      \
            }                                                                                                          \
    }
TRANSFORM(transform_doubles, double)
TRANSFORM(transform_floats, float)

static double real[POINTS], imaginary[POINTS];
static float real_floats[POINTS], imaginary_floats[POINTS];

void program(void)
{
    hash_t hash = HASH_INIT;
    for (unsigned i = 0; i < POINTS; i++) {
        real[i] = sine(2 * PI * (5 * i % POINTS) / POINTS - PI) + 0.25 * (i % 7);
        real_floats[i] = (float)real[i];
    }
    transform_doubles(real, imaginary, POINTS, -1);
    transform_floats(real_floats, imaginary_floats, POINTS, -1);
    for (unsigned i = 0; i < 8; i++)
        put("%2u: %.12e %.12e  %.6e %.6e\n", i, real[i], imaginary[i], (double)real_floats[i],
            (double)imaginary_floats[i]);
    hash_bytes(&hash, real, sizeof real);
    hash_bytes(&hash, imaginary_floats, sizeof imaginary_floats);
    transform_doubles(real, imaginary, POINTS, 1);
    transform_floats(real_floats, imaginary_floats, POINTS, 1);
    hash_bytes(&hash, real, sizeof real);
    hash_bytes(&hash, real_floats, sizeof real_floats);
    put("%016lx, back: %.15g %.7g\n", hash.value, real[3] / POINTS, (double)real_floats[3] / POINTS);
}
