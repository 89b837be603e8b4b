/* What an atomic stores, one definition for every place that performs one, and how a far atomic travels.
 *
 * A request (AtomicStore, AtomicLoad, AtomicSwap, AtomicCompare) has the line's address, and in `operand` the mask of
 * the bytes it accesses: an aligned power of two of them, 1 to 16. Its data are at these bytes. AtomicCompare has there
 * what is expected, and in the other half of the aligned window of twice the size what is then stored (IHI 0050, Atomic
 * transactions). The answer has the old bytes at their place. */
#ifndef MESIM_INTERCONNECT_ATOMIC_H
#define MESIM_INTERCONNECT_ATOMIC_H

#include "base/bits.h"
#include "interconnect/chi.h"

#include <stdbool.h>
#include <stdint.h>

enum { CHI_ATOMIC_MAX_BYTES = 16 };

/* op(old, operand) on elements of 1, 2, 4 or 8 bytes; bits above the element are ignored in both, and zero in the
 * result (Arm ARM shared/functions, MemAtomicOp). */
static inline uint64_t chi_atomic_apply(chi_atomic_op_t op, uint64_t old, uint64_t operand, unsigned size_bytes)
{
    unsigned bits = size_bytes * 8;
    uint64_t a = old & bits_mask(bits), b = operand & bits_mask(bits);
    int64_t signed_a = bits_sign_extend(a, bits), signed_b = bits_sign_extend(b, bits);
    switch (op) {
    case CHI_OP_ADD: return (a + b) & bits_mask(bits);
    case CHI_OP_CLR: return a & ~b;
    case CHI_OP_EOR: return a ^ b;
    case CHI_OP_SET: return a | b;
    case CHI_OP_SMAX: return signed_a > signed_b ? a : b;
    case CHI_OP_SMIN: return signed_a > signed_b ? b : a;
    case CHI_OP_UMAX: return a > b ? a : b;
    case CHI_OP_UMIN: return a > b ? b : a;
    case CHI_OP_SWP: return b;
    }
    return b;
}

/* Writes address, size, mask and data of a request whose opcode and operation are there. operand, expected: `bytes`
 * bytes as in memory; expected for AtomicCompare alone. physical: aligned to bytes. */
void chi_atomic_encode(chi_message_t *request, uint64_t physical, unsigned bytes, const uint8_t *operand,
                       const uint8_t *expected);
/* Performs the request on the line. False: a comparison failed, and nothing was stored. */
bool chi_atomic_perform(const chi_message_t *request, uint8_t line[CHI_LINE_BYTES]);

#endif
