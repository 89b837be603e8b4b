/* AES, SHA-1, SHA-256, polynomial products and CRC-32 by their instructions. */
#include "program.h"

#include <arm_acle.h>
#include <arm_neon.h>

static uint8_t data[512];

static void cipher(hash_t *hash)
{
    uint8x16_t state = vld1q_u8(data), back;
    for (unsigned round = 0; round < 9; round++)
        state = vaesmcq_u8(vaeseq_u8(state, vld1q_u8(data + 16 + 16 * round)));
    state = veorq_u8(vaeseq_u8(state, vld1q_u8(data + 160)), vld1q_u8(data + 176));
    back = vaesimcq_u8(vaesdq_u8(state, vld1q_u8(data + 192)));
    HASH(hash, state);
    HASH(hash, back);
}

static void hashes(hash_t *hash)
{
    uint32x4_t abcd = vld1q_u32((const uint32_t *)data), efgh = vld1q_u32((const uint32_t *)(data + 16));
    uint32x4_t w[4];
    uint32_t e = 0xc3d2e1f0;
    for (unsigned i = 0; i < 4; i++)
        w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(data + 64 + 16 * i)));
    for (unsigned i = 0; i < 16; i++) {
        uint32x4_t saved = abcd, words = vaddq_u32(w[i % 4], vdupq_n_u32(0x5a827999));
        abcd = vsha256hq_u32(abcd, efgh, words);
        efgh = vsha256h2q_u32(efgh, saved, words);
        w[i % 4] = vsha256su1q_u32(vsha256su0q_u32(w[i % 4], w[(i + 1) % 4]), w[(i + 2) % 4], w[(i + 3) % 4]);
        uint32_t next = vsha1h_u32(vgetq_lane_u32(abcd, 0));
        abcd = i < 5 ? vsha1cq_u32(abcd, e, words) : i < 10 ? vsha1pq_u32(abcd, e, words) : vsha1mq_u32(abcd, e, words);
        e = next;
        efgh = vsha1su1q_u32(vsha1su0q_u32(efgh, w[0], w[1]), w[2]);
    }
    HASH(hash, abcd);
    HASH(hash, efgh);
    HASH(hash, e);
}

static void products(hash_t *hash)
{
    poly64x2_t a = vreinterpretq_p64_u8(vld1q_u8(data + 300)), b = vreinterpretq_p64_u8(vld1q_u8(data + 333));
    poly128_t low = vmull_p64(vgetq_lane_p64(a, 0), vgetq_lane_p64(b, 0)), high = vmull_high_p64(a, b);
    poly16x8_t bytes = vmull_p8(vreinterpret_p8_u8(vld1_u8(data + 7)), vreinterpret_p8_u8(vld1_u8(data + 9)));
    HASH(hash, low);
    HASH(hash, high);
    HASH(hash, bytes);
}

void program(void)
{
    hash_t hash = HASH_INIT;
    uint64_t state = 17;
    uint32_t crc = ~0u, crcc = ~0u;
    for (unsigned i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)random_next(&state);
    for (unsigned i = 0; i < 50; i++) {
        cipher(&hash);
        hashes(&hash);
        products(&hash);
        data[i * 7 % sizeof data] ^= (uint8_t)hash.value;
    }
    for (unsigned i = 0; i + 8 <= sizeof data; i++) {
        uint64_t word;
        __builtin_memcpy(&word, data + i, sizeof word);
        crc = __crc32d(__crc32w(__crc32h(__crc32b(crc, data[i]), (uint16_t)word), (uint32_t)word), word);
        crcc = __crc32cd(__crc32cw(__crc32ch(__crc32cb(crcc, data[i]), (uint16_t)word), (uint32_t)word), word);
    }
    put("%016lx %08x %08x\n", hash.value, crc, crcc);
}
