/* The SHA1, SHA256 and SHA512 instructions (Arm ARM C7.2; FIPS 180-4), and the carry-less product. */
#include "cpu/isa/crypto.h"

static uint32_t rotate_left(uint32_t value, unsigned count)
{
    return value << count | value >> (32 - count);
}

static uint32_t choose(uint32_t x, uint32_t y, uint32_t z)
{
    return ((y ^ z) & x) ^ z;
}

static uint32_t majority(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) | ((x | y) & z);
}

static uint32_t parity(uint32_t x, uint32_t y, uint32_t z)
{
    return x ^ y ^ z;
}

/* --- SHA1 --- */

/* Four rounds: a, b, c, d are *d, e is Vn, and Vm holds the schedule with its constants. */
static void rounds_sha1(vector_t *d, const vector_t *n, const vector_t *m,
                        uint32_t (*function)(uint32_t, uint32_t, uint32_t))
{
    uint32_t *x = d->u32, y = n->u32[0];
    for (unsigned i = 0; i < 4; i++) {
        y += rotate_left(x[0], 5) + function(x[1], x[2], x[3]) + m->u32[i];
        uint32_t next = x[3];
        x[3] = x[2];
        x[2] = rotate_left(x[1], 30);
        x[1] = x[0];
        x[0] = y;
        y = next;
    }
}

void crypto_SHA1C(vector_t *d, const vector_t *n, const vector_t *m)
{
    rounds_sha1(d, n, m, choose);
}

void crypto_SHA1P(vector_t *d, const vector_t *n, const vector_t *m)
{
    rounds_sha1(d, n, m, parity);
}

void crypto_SHA1M(vector_t *d, const vector_t *n, const vector_t *m)
{
    rounds_sha1(d, n, m, majority);
}

void crypto_SHA1H(vector_t *d, const vector_t *n)
{
    *d = (vector_t){.u32 = {rotate_left(n->u32[0], 30)}};
}

void crypto_SHA1SU0(vector_t *d, const vector_t *n, const vector_t *m)
{
    uint64_t upper = d->u64[1];
    d->u64[0] ^= upper ^ m->u64[0];
    d->u64[1] ^= n->u64[0] ^ m->u64[1];
}

void crypto_SHA1SU1(vector_t *d, const vector_t *n)
{
    uint32_t t[4];
    for (unsigned i = 0; i < 4; i++)
        t[i] = d->u32[i] ^ (i < 3 ? n->u32[i + 1] : 0);
    for (unsigned i = 0; i < 4; i++)
        d->u32[i] = rotate_left(t[i], 1);
    d->u32[3] ^= rotate_left(t[0], 2);
}

/* --- SHA256 --- */

/* Four rounds over x = a, b, c, d and y = e, f, g, h. */
static void rounds_sha256(vector_t *x_vector, vector_t *y_vector, const vector_t *schedule)
{
    uint32_t *x = x_vector->u32, *y = y_vector->u32;
    for (unsigned i = 0; i < 4; i++) {
        uint32_t sigma1 = rotate_right_w(y[0], 6) ^ rotate_right_w(y[0], 11) ^ rotate_right_w(y[0], 25);
        uint32_t sigma0 = rotate_right_w(x[0], 2) ^ rotate_right_w(x[0], 13) ^ rotate_right_w(x[0], 22);
        uint32_t t = y[3] + sigma1 + choose(y[0], y[1], y[2]) + schedule->u32[i];
        uint32_t new_x = t + sigma0 + majority(x[0], x[1], x[2]), new_y = x[3] + t;
        memmove(x + 1, x, 12);
        memmove(y + 1, y, 12);
        x[0] = new_x;
        y[0] = new_y;
    }
}

void crypto_SHA256H(vector_t *d, const vector_t *n, const vector_t *m)
{
    vector_t y = *n;
    rounds_sha256(d, &y, m);
}

void crypto_SHA256H2(vector_t *d, const vector_t *n, const vector_t *m)
{
    vector_t x = *n;
    rounds_sha256(&x, d, m);
}

void crypto_SHA256SU0(vector_t *d, const vector_t *n)
{
    vector_t old = *d;
    for (unsigned i = 0; i < 4; i++) {
        uint32_t w = i < 3 ? old.u32[i + 1] : n->u32[0];
        d->u32[i] = old.u32[i] + (rotate_right_w(w, 7) ^ rotate_right_w(w, 18) ^ w >> 3);
    }
}

void crypto_SHA256SU1(vector_t *d, const vector_t *n, const vector_t *m)
{
    for (unsigned i = 0; i < 4; i++) {
        uint32_t w = i < 2 ? m->u32[i + 2] : d->u32[i - 2];
        uint32_t between = i < 3 ? n->u32[i + 1] : m->u32[0];
        d->u32[i] += (rotate_right_w(w, 17) ^ rotate_right_w(w, 19) ^ w >> 10) + between;
    }
}

/* --- SHA512 --- */

static uint64_t choose_x(uint64_t x, uint64_t y, uint64_t z)
{
    return (x & y) ^ (~x & z);
}

static uint64_t majority_x(uint64_t x, uint64_t y, uint64_t z)
{
    return (x & y) ^ (x & z) ^ (y & z);
}

static uint64_t rotations(uint64_t value, unsigned a, unsigned b, unsigned c)
{
    return rotate_right_x(value, a) ^ rotate_right_x(value, b) ^ rotate_right_x(value, c);
}

void crypto_SHA512H(vector_t *d, const vector_t *n, const vector_t *m)
{
    const uint64_t *x = n->u64, *y = m->u64;
    uint64_t upper = d->u64[1] + rotations(y[1], 14, 18, 41) + choose_x(y[1], x[0], x[1]);
    uint64_t sum = upper + y[0];
    d->u64[0] += rotations(sum, 14, 18, 41) + choose_x(sum, y[1], x[0]);
    d->u64[1] = upper;
}

void crypto_SHA512H2(vector_t *d, const vector_t *n, const vector_t *m)
{
    const uint64_t *x = n->u64, *y = m->u64;
    uint64_t upper = d->u64[1] + rotations(y[0], 28, 34, 39) + majority_x(x[0], y[1], y[0]);
    d->u64[0] += rotations(upper, 28, 34, 39) + majority_x(upper, y[0], y[1]);
    d->u64[1] = upper;
}

void crypto_SHA512SU0(vector_t *d, const vector_t *n)
{
    uint64_t w[3] = {d->u64[0], d->u64[1], n->u64[0]};
    for (unsigned i = 0; i < 2; i++)
        d->u64[i] += rotate_right_x(w[i + 1], 1) ^ rotate_right_x(w[i + 1], 8) ^ w[i + 1] >> 7;
}

void crypto_SHA512SU1(vector_t *d, const vector_t *n, const vector_t *m)
{
    for (unsigned i = 0; i < 2; i++) {
        uint64_t w = n->u64[i];
        d->u64[i] += (rotate_right_x(w, 19) ^ rotate_right_x(w, 61) ^ w >> 6) + m->u64[i];
    }
}

void crypto_multiply_polynomial(uint64_t a, uint64_t b, uint64_t ret_product[2])
{
    uint64_t low = 0, high = 0;
    for (unsigned i = 0; i < 64; i++) {
        uint64_t selected = -(b >> i & 1);
        low ^= a << i & selected;
        high ^= i ? a >> (64 - i) & selected : 0;
    }
    ret_product[0] = low;
    ret_product[1] = high;
}
