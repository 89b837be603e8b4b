/* CRC32 and CRC32C as the A64 instructions compute them (Arm ARM C6.2, CRC32B): bit-reflected, no inversion. */
#ifndef MESIM_CPU_ISA_CRC32_H
#define MESIM_CPU_ISA_CRC32_H

#include <stdint.h>

/* Remainders of the 16 values of four bits, for the polynomials 0x04C11DB7 and 0x1EDC6F41. */
extern const uint32_t cpu_crc32_ieee[16], cpu_crc32_castagnoli[16];

/* Continues `crc` over the low `bits` bits of value (a multiple of 4), lowest first. */
static inline uint32_t crc32_bits(const uint32_t table[16], uint32_t crc, uint64_t value, unsigned bits)
{
    for (unsigned done = 0; done < bits; done += 4, value >>= 4)
        crc = crc >> 4 ^ table[(crc ^ value) & 15];
    return crc;
}

#endif
