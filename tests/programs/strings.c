/* String and memory operations at every alignment: by bytes, by words, by vectors. */
#include "program.h"

#include <arm_neon.h>

enum { BYTES = 256 };

static size_t length_by_words(const char *text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    const char *at = text;
    for (; (uintptr_t)at & 7; at++)
        if (!*at)
            return (size_t)(at - text);
    for (;; at += 8) {
        uint64_t word;
        __builtin_memcpy(&word, __builtin_assume_aligned(at, 8), 8);
        uint64_t zero = (word - ones) & ~word & highs;
        if (zero)
            return (size_t)(at - text) + (size_t)__builtin_ctzll(zero) / 8;
    }
}

static const uint8_t *find_by_vectors(const uint8_t *bytes, size_t count, uint8_t wanted)
{
    uint8x16_t pattern = vdupq_n_u8(wanted);
    for (size_t i = 0; i + 16 <= count; i += 16) {
        uint8x16_t equal = vceqq_u8(vld1q_u8(bytes + i), pattern);
        uint64_t nibbles = vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(equal), 4)), 0);
        if (nibbles)
            return bytes + i + __builtin_ctzll(nibbles) / 4;
    }
    for (size_t i = count & ~(size_t)15; i < count; i++)
        if (bytes[i] == wanted)
            return bytes + i;
    return NULL;
}

static void move_bytes(uint8_t *to, const uint8_t *from, size_t count)
{
    if (to <= from) {
        for (; count >= 8; count -= 8, to += 8, from += 8) {
            uint64_t word;
            __builtin_memcpy(&word, from, 8);
            __builtin_memcpy(to, &word, 8);
        }
        for (; count; count--)
            *to++ = *from++;
        return;
    }
    while (count >= 16) {
        count -= 16;
        vst1q_u8(to + count, vld1q_u8(from + count));
    }
    while (count--)
        to[count] = from[count];
}

static int compare_texts(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

static void reverse(char *text, size_t length)
{
    for (size_t i = 0; i < length / 2; i++) {
        char c = text[i];
        text[i] = text[length - 1 - i];
        text[length - 1 - i] = c;
    }
}

void program(void)
{
    uint8_t *bytes = allocate(4 * BYTES);
    hash_t hash = HASH_INIT;
    uint64_t state = 99;
    for (unsigned i = 0; i < 4 * BYTES; i++)
        bytes[i] = (uint8_t)(random_next(&state) % 255 + 1);
    size_t lengths = 0;
    for (unsigned start = 0; start < 24; start++)
        for (unsigned length = 0; length < 40; length++) {
            uint8_t *text = bytes + start, saved = text[length];
            text[length] = 0;
            lengths += length_by_words((const char *)text) * (start + 1);
            text[length] = saved;
        }
    put("lengths %lu\n", lengths);
    unsigned long places = 0;
    for (unsigned wanted = 0; wanted < 256; wanted++)
        for (unsigned start = 0; start < 20; start += 3) {
            const uint8_t *found = find_by_vectors(bytes + start, BYTES - start, (uint8_t)wanted);
            places = places * 31 + (found ? (unsigned long)(found - bytes) : 1000);
        }
    put("places %lx\n", places);
    for (unsigned to = 0; to < 40; to += 3)
        for (unsigned from = 0; from < 40; from += 5)
            for (unsigned count = 0; count < 90; count += 11) {
                move_bytes(bytes + to, bytes + from, count);
                hash_bytes(&hash, bytes + 64, 16);
            }
    hash_bytes(&hash, bytes, 4 * BYTES);
    put("moved %016lx\n", hash.value);
    char text[64] = "The quick brown fox jumps over the lazy dog";
    reverse(text, length_by_words(text));
    put("%s %d %d %d\n", text, compare_texts("abc", "abd") < 0, compare_texts("abc", "abc"),
        compare_texts("b", "abc") > 0);
    for (char *c = text; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
    put("%s\n", text);
}
