/* SHA-256 in plain C (FIPS 180-4): of "abc", and of messages of many lengths. */
#include "program.h"

static const char abc[] = "abc";

/* The constants are the fractions of roots of primes: made here by integer roots instead of being listed. */
static uint64_t root_fraction(unsigned prime, unsigned degree)
{
    unsigned __int128 low = 0, high = (unsigned __int128)1 << 70;
    while (high - low > 1) { /* the largest x with (x / 2^64)^degree <= prime: x is below 2^70 */
        unsigned __int128 middle = (low + high) / 2;
        unsigned __int128 top = middle >> 32; /* in 32 bits of fraction; enough for SHA-256 */
        unsigned __int128 power = degree == 2 ? top * top : (top * top >> 32) * top;
        if (power <= (unsigned __int128)prime << 64)
            low = middle;
        else
            high = middle;
    }
    return (uint64_t)low;
}

static uint32_t rotate(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static void block(uint32_t state[8], const uint32_t constants[64], const uint8_t *bytes)
{
    uint32_t w[64], s[8];
    for (unsigned i = 0; i < 16; i++)
        w[i] = (uint32_t)bytes[4 * i] << 24 | (uint32_t)bytes[4 * i + 1] << 16 | (uint32_t)bytes[4 * i + 2] << 8 |
               bytes[4 * i + 3];
    for (unsigned i = 16; i < 64; i++)
        w[i] = w[i - 16] + w[i - 7] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) +
               (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
    for (unsigned i = 0; i < 8; i++)
        s[i] = state[i];
    for (unsigned i = 0; i < 64; i++) {
        uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                      ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[i] + w[i];
        uint32_t t2 =
            (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        for (unsigned j = 7; j > 0; j--)
            s[j] = s[j - 1];
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] += s[i];
}

static bool prime(unsigned n)
{
    for (unsigned d = 2; d * d <= n; d++)
        if (n % d == 0)
            return false;
    return true;
}

static void sum(const uint8_t *message, size_t bytes, uint32_t state[8])
{
    static uint32_t constants[64], start[8];
    for (unsigned n = 2, i = 0; i < 64 && !constants[63]; n++)
        if (prime(n)) {
            if (i < 8)
                start[i] = (uint32_t)(root_fraction(n, 2) >> 32);
            constants[i++] = (uint32_t)(root_fraction(n, 3) >> 32);
        }
    uint8_t last[128] = {0};
    size_t whole = bytes & ~(size_t)63, rest = bytes - whole, tail = rest < 56 ? 64 : 128;
    for (unsigned i = 0; i < 8; i++)
        state[i] = start[i];
    for (size_t i = 0; i < whole; i += 64)
        block(state, constants, message + i);
    for (size_t i = 0; i < rest; i++)
        last[i] = message[whole + i];
    last[rest] = 0x80;
    for (unsigned i = 0; i < 8; i++)
        last[tail - 1 - i] = (uint8_t)(bytes * 8 >> 8 * i);
    for (size_t i = 0; i < tail; i += 64)
        block(state, constants, last + i);
}

void program(void)
{
    uint8_t message[1000];
    uint32_t state[8];
    uint64_t random = 5;
    sum((const uint8_t *)abc, 3, state);
    for (unsigned i = 0; i < 8; i++)
        put("%08x", state[i]);
    put("\n");
    for (unsigned i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)random_next(&random);
    for (unsigned length = 0; length < 1000; length += 61) {
        sum(message, length, state);
        put("%3u %08x %08x\n", length, state[0], state[7]);
    }
}
