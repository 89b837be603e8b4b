/* Integer arithmetic: division at its edges, shifts, bit fields, overflow, counting bits. */
#include "program.h"

static const uint64_t corners[] = {0,          1,         2,          3,          7,
                                   10,         63,        64,         0x7f,       0x80,
                                   0xff,       0x7fff,    0x8000,     0x7fffffff, 0x80000000,
                                   0xffffffff, INT64_MAX, UINT64_MAX, 1000000007, UINT64_C(0x8000000000000000)};
enum { CORNERS = sizeof corners / sizeof corners[0] };

typedef struct packed {
    unsigned a : 3;
    int b : 5;
    uint64_t c : 37;
    int64_t d : 19;
} packed_t;

static void pairs(hash_t *hash, uint64_t x, uint64_t y)
{
    volatile uint64_t a = x, b = y;
    uint64_t results[16], n = 0;
    int64_t sum;
    int product;
    results[n++] = a + b;
    results[n++] = a - b;
    results[n++] = a * b;
    results[n++] = b ? a / b : 0;
    results[n++] = b ? a % b : 0;
    bool divides = b && !((int64_t)a == INT64_MIN && (int64_t)b == -1);
    results[n++] = divides ? (uint64_t)((int64_t)a / (int64_t)b) : 0;
    results[n++] = divides ? (uint64_t)((int64_t)a % (int64_t)b) : 0;
    results[n++] = a << (b & 63);
    results[n++] = a >> (b & 63);
    results[n++] = (uint64_t)((int64_t)a >> (b & 63));
    results[n++] = (uint32_t)a << (b & 31) | (uint32_t)a >> (-b & 31);
    results[n++] = __builtin_add_overflow((int64_t)a, (int64_t)b, &sum);
    results[n++] = __builtin_mul_overflow((int)a, (int)b, &product);
    results[n++] = (a < b) | ((int64_t)a < (int64_t)b) << 1 | ((int32_t)a <= (int32_t)b) << 2;
    results[n++] = (a & ~b) ^ (a | ~b);
    results[n++] = (uint64_t)((unsigned __int128)a * b >> 64);
    hash_bytes(hash, results, n * sizeof results[0]);
}

static uint64_t counts(uint64_t x)
{
    volatile uint64_t a = x;
    uint64_t bits = 0, value = a;
    while (value) {
        value &= value - 1;
        bits++;
    }
    return bits | (uint64_t)(a ? __builtin_clzll(a) : 64) << 8 | (uint64_t)(a ? __builtin_ctzll(a) : 64) << 16 |
           (uint64_t)__builtin_clrsbll((long long)a) << 24 | (__builtin_bswap64(a) >> 32) << 32;
}

void program(void)
{
    hash_t hash = HASH_INIT;
    uint64_t state = 88172645463325252;
    for (unsigned i = 0; i < CORNERS; i++)
        for (unsigned j = 0; j < CORNERS; j++)
            pairs(&hash, corners[i], corners[j]);
    put("corners %016lx\n", hash.value);
    for (unsigned i = 0; i < 5000; i++)
        pairs(&hash, random_next(&state), random_next(&state) >> (i & 63));
    put("random %016lx\n", hash.value);
    for (unsigned i = 0; i < CORNERS; i++)
        put("%016lx: %016lx\n", corners[i], counts(corners[i]));
    packed_t packed = {0};
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t value = random_next(&state);
        packed.a += (unsigned)value & 7;
        packed.b = (int)(packed.b ^ (int)(value >> 8));
        packed.c += value >> 3;
        packed.d -= (int64_t)packed.c;
        HASH(&hash, value);
    }
    put("fields %u %d %lx %ld, %016lx\n", packed.a, packed.b, (uint64_t)packed.c, (int64_t)packed.d, hash.value);
}
