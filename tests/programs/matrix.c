/* Matrices of doubles, floats and bytes: products, elimination, a determinant; loops that compilers vectorise. */
#include "program.h"

enum { N = 32 };

static double a[N][N], b[N][N], c[N][N];
static float fa[N][N], fb[N][N], fc[N][N];
static int8_t ba[N][N], bb[N][N];
static int32_t bc[N][N];
static uint16_t halves[N * N];

static void multiply(void)
{
    for (unsigned i = 0; i < N; i++)
        for (unsigned k = 0; k < N; k++)
            for (unsigned j = 0; j < N; j++) {
                c[i][j] += a[i][k] * b[k][j];
                fc[i][j] += fa[i][k] * fb[k][j];
                bc[i][j] += ba[i][k] * bb[k][j];
            }
}

/* LU with pivots, in place; the determinant. */
static double eliminate(double m[N][N])
{
    double determinant = 1;
    for (unsigned k = 0; k < N; k++) {
        unsigned pivot = k;
        for (unsigned i = k + 1; i < N; i++)
            if (__builtin_fabs(m[i][k]) > __builtin_fabs(m[pivot][k]))
                pivot = i;
        for (unsigned j = 0; j < N && pivot != k; j++) {
            double swapped = m[k][j];
            m[k][j] = m[pivot][j];
            m[pivot][j] = swapped;
        }
        determinant *= pivot == k ? m[k][k] : -m[k][k];
        for (unsigned i = k + 1; i < N; i++) {
            m[i][k] /= m[k][k];
            for (unsigned j = k + 1; j < N; j++)
                m[i][j] -= m[i][k] * m[k][j];
        }
    }
    return determinant;
}

void program(void)
{
    uint64_t state = 3;
    hash_t hash = HASH_INIT;
    for (unsigned i = 0; i < N; i++)
        for (unsigned j = 0; j < N; j++) {
            uint64_t value = random_next(&state);
            a[i][j] = (double)(int32_t)value / (1 << 28);
            b[i][j] = (double)(value >> 40) / (1 << 20);
            fa[i][j] = (float)a[i][j];
            fb[i][j] = (float)b[i][j];
            ba[i][j] = (int8_t)value;
            bb[i][j] = (int8_t)(value >> 8);
            halves[i * N + j] = (uint16_t)(value >> 16);
        }
    multiply();
    hash_bytes(&hash, c, sizeof c);
    hash_bytes(&hash, fc, sizeof fc);
    hash_bytes(&hash, bc, sizeof bc);
    put("products %016lx: %.15g %.7g %d\n", hash.value, c[3][5], (double)fc[3][5], bc[3][5]);
    double determinant = eliminate(a);
    hash_bytes(&hash, a, sizeof a);
    put("determinant %.15e %016lx\n", determinant, hash.value);
    unsigned total = 0, least = UINT16_MAX, most = 0;
    int saturated = 0;
    for (unsigned i = 0; i < N * N; i++) {
        total += halves[i];
        least = halves[i] < least ? halves[i] : least;
        most = halves[i] > most ? halves[i] : most;
        int twice = 2 * (int16_t)halves[i];
        saturated += twice > INT16_MAX ? INT16_MAX : twice < INT16_MIN ? INT16_MIN : twice;
    }
    put("halves %u %u %u %d\n", total, least, most, saturated);
    for (unsigned i = 0; i < N; i++)
        fc[0][i] = __builtin_sqrtf(__builtin_fabsf(fc[1][i])) + 1.0f / (1.0f + fc[2][i] * fc[2][i]);
    hash_bytes(&hash, fc[0], sizeof fc[0]);
    put("roots %016lx\n", hash.value);
}
