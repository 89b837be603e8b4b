/* A text made by a chain of words, packed with LZ77 and a Huffman code, and unpacked again. */
#include "program.h"

enum { TEXT_BYTES = 6000, WINDOW = 1024, SYMBOLS = 256 };

typedef struct bits {
    uint8_t *bytes;
    size_t count;
} bits_t;

static void write_bits(bits_t *bits, uint32_t value, unsigned width)
{
    for (unsigned i = width; i-- > 0; bits->count++)
        bits->bytes[bits->count / 8] |= (uint8_t)((value >> i & 1) << (7 - bits->count % 8));
}

static uint32_t read_bits(bits_t *bits, unsigned width)
{
    uint32_t value = 0;
    for (; width; width--, bits->count++)
        value = value << 1 | (bits->bytes[bits->count / 8] >> (7 - bits->count % 8) & 1u);
    return value;
}

static void make_text(char *text)
{
    static const char *const words[] = {"cache ", "line ", "store ", "load ", "snoop ",
                                        "core ",  "the ",  "a ",     "of ",   "shared "};
    uint64_t state = 77;
    for (size_t at = 0; at < TEXT_BYTES;) {
        const char *word = words[random_next(&state) % 10];
        while (*word && at < TEXT_BYTES)
            text[at++] = *word++;
    }
}

static void pack(const char *text, bits_t *out)
{
    for (size_t at = 0; at < TEXT_BYTES;) {
        size_t best = 0, where = 0, first = at > WINDOW ? at - WINDOW : 0;
        for (size_t from = first; from < at; from++) {
            size_t length = 0;
            while (length < 66 && at + length < TEXT_BYTES && text[from + length] == text[at + length])
                length++;
            if (length > best) {
                best = length;
                where = at - from;
            }
        }
        if (best < 3) {
            write_bits(out, (uint8_t)text[at++], 9);
        } else {
            write_bits(out, 1u << 16 | (uint32_t)(where - 1) << 6 | (uint32_t)(best - 3), 17);
            at += best;
        }
    }
}

static bool unpack(const char *text, bits_t *in)
{
    char *out = allocate(TEXT_BYTES);
    for (size_t at = 0; at < TEXT_BYTES;) {
        if (!read_bits(in, 1)) {
            out[at++] = (char)read_bits(in, 8);
            continue;
        }
        size_t where = read_bits(in, 10) + 1, length = read_bits(in, 6) + 3;
        for (; length; length--, at++)
            out[at] = out[at - where];
    }
    for (size_t i = 0; i < TEXT_BYTES; i++)
        if (out[i] != text[i])
            return false;
    return true;
}

/* Bits of a Huffman code of the bytes: the sum of all inner nodes' weights. */
static uint32_t huffman_bits(const uint8_t *bytes, size_t count)
{
    uint32_t weights[SYMBOLS] = {0}, total = 0;
    unsigned left = SYMBOLS;
    for (size_t i = 0; i < count; i++)
        weights[bytes[i]]++;
    while (left > 1) {
        unsigned low = 0, second = 1;
        for (unsigned pass = 0; pass < 2; pass++)
            for (unsigned i = pass; i < left; i++)
                if (pass == 0 ? weights[i] < weights[low]
                              : (i != low && (second == low || weights[i] < weights[second])))
                    *(pass == 0 ? &low : &second) = i;
        if (second == low)
            second = low == 0;
        uint32_t sum = weights[low] + weights[second];
        total += weights[low] && weights[second] ? sum : 0;
        weights[low] = sum;
        weights[second] = weights[--left];
        if (low == left)
            weights[second] = sum;
    }
    return total;
}

void program(void)
{
    char *text = allocate(TEXT_BYTES);
    bits_t out = {.bytes = allocate(2 * TEXT_BYTES)};
    make_text(text);
    pack(text, &out);
    size_t bits = out.count;
    hash_t hash = HASH_INIT;
    hash_bytes(&hash, out.bytes, (bits + 7) / 8);
    out.count = 0;
    put("%u bytes to %lu bits, %s, %016lx\n", TEXT_BYTES, bits, unpack(text, &out) ? "back again" : "LOST", hash.value);
    put("Huffman: %u bits\n", huffman_bits((const uint8_t *)text, TEXT_BYTES));
}
