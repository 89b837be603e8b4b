/* 128-bit arithmetic, numbers of many words, modular powers. */
#include "program.h"

typedef unsigned __int128 u128;
typedef __int128 s128;
enum { WORDS = 40 };

static void put_wide(const char *name, u128 value)
{
    char digits[41];
    unsigned at = sizeof digits - 1;
    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + (unsigned)(value % 10));
        value /= 10;
    } while (value);
    put("%s %s\n", name, digits + at);
}

static uint64_t power(uint64_t base, uint64_t exponent, uint64_t modulus)
{
    u128 result = 1, square = base % modulus;
    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            result = result * square % modulus;
        square = square * square % modulus;
    }
    return (uint64_t)result;
}

static bool is_prime(uint64_t n)
{
    static const uint64_t witnesses[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    uint64_t odd = n - 1;
    unsigned twos = 0;
    while (odd % 2 == 0) {
        odd /= 2;
        twos++;
    }
    for (unsigned i = 0; i < sizeof witnesses / sizeof witnesses[0]; i++) {
        u128 x = power(witnesses[i], odd, n);
        if (x == 1 || x == n - 1)
            continue;
        unsigned j = 1;
        for (; j < twos && x != n - 1; j++)
            x = x * x % n;
        if (x != n - 1)
            return false;
    }
    return true;
}

static void put_factorial(unsigned n)
{
    uint64_t words[WORDS] = {1};
    char digits[1000];
    unsigned count = 0, used = 1;
    for (unsigned i = 2; i <= n; i++) {
        u128 carry = 0;
        for (unsigned j = 0; j < used; j++) {
            carry += (u128)words[j] * i;
            words[j] = (uint64_t)carry;
            carry >>= 64;
        }
        if (carry)
            words[used++] = (uint64_t)carry;
    }
    while (used) {
        u128 rest = 0;
        for (unsigned j = used; j-- > 0;) {
            rest = rest << 64 | words[j];
            words[j] = (uint64_t)(rest / 10);
            rest %= 10;
        }
        digits[count++] = (char)('0' + (unsigned)rest);
        used -= words[used - 1] == 0;
    }
    put("%u! = ", n);
    while (count)
        put("%c", digits[--count]);
    put("\n");
}

void program(void)
{
    hash_t hash = HASH_INIT;
    uint64_t state = 7;
    for (unsigned i = 0; i < 1500; i++) {
        u128 a = (u128)random_next(&state) << 64 | random_next(&state), b = a >> (random_next(&state) % 127);
        s128 c = (s128)a, d = (s128)(b | 1) * (i % 2 ? -1 : 1);
        u128 results[] = {a + b,        a - b,        a * b,         a / (b | 1),   a % (b | 1),
                          a << i % 128, a >> i % 128, (u128)(c / d), (u128)(c % d), (u128)(c >> i % 128)};
        hash_bytes(&hash, results, sizeof results);
        bool order = a < b, less = c < d;
        HASH(&hash, order);
        HASH(&hash, less);
    }
    put("hash %016lx\n", hash.value);
    put_wide("largest", ~(u128)0);
    put_wide("product", (u128)UINT64_MAX * UINT64_MAX);
    put("2^61-1 is %sprime, its neighbour is %sprime\n", is_prime((UINT64_C(1) << 61) - 1) ? "" : "not ",
        is_prime((UINT64_C(1) << 61) + 1) ? "" : "not ");
    put("power %lu\n", power(3, UINT64_C(1000000006), UINT64_C(1000000007)));
    put_factorial(100);
}
