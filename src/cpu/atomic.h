/* What an LSE atomic stores: one definition for every memory port. */
#ifndef MESIM_CPU_ATOMIC_H
#define MESIM_CPU_ATOMIC_H

#include "base/bits.h"
#include "cpu/memory.h"

/* op(old, operand) on elements of 1, 2, 4 or 8 bytes; bits above the element are ignored in both, and zero in the
 * result (Arm ARM shared/functions, MemAtomicOp). */
static inline uint64_t atomic_apply(cpu_atomic_op_t op, uint64_t old, uint64_t operand, unsigned size_bytes)
{
    unsigned bits = size_bytes * 8;
    uint64_t a = old & bits_mask(bits), b = operand & bits_mask(bits);
    int64_t signed_a = bits_sign_extend(a, bits), signed_b = bits_sign_extend(b, bits);
    switch (op) {
    case CPU_ATOMIC_ADD: return (a + b) & bits_mask(bits);
    case CPU_ATOMIC_CLR: return a & ~b;
    case CPU_ATOMIC_EOR: return a ^ b;
    case CPU_ATOMIC_SET: return a | b;
    case CPU_ATOMIC_SMAX: return signed_a > signed_b ? a : b;
    case CPU_ATOMIC_SMIN: return signed_a > signed_b ? b : a;
    case CPU_ATOMIC_UMAX: return a > b ? a : b;
    case CPU_ATOMIC_UMIN: return a > b ? b : a;
    case CPU_ATOMIC_SWP: return b;
    }
    return b;
}

#endif
