#include "interconnect/atomic.h"

#include <string.h>

static unsigned first_of(const chi_message_t *request)
{
    return (unsigned)__builtin_ctzll(request->operand);
}

static unsigned bytes_of(const chi_message_t *request)
{
    return (unsigned)__builtin_popcountll(request->operand);
}

void chi_atomic_encode(chi_message_t *request, uint64_t physical, unsigned bytes, const uint8_t *operand,
                       const uint8_t *expected)
{
    bool compares = request->opcode == CHI_ATOMIC_COMPARE;
    unsigned at = physical & (CHI_LINE_BYTES - 1);
    request->address = chi_line(physical);
    request->operand = bits_mask(bytes) << at;
    request->size_bytes = (uint8_t)(compares ? 2 * bytes : bytes);
    memset(request->data, 0, CHI_LINE_BYTES);
    memcpy(request->data + at, compares ? expected : operand, bytes);
    if (compares)
        memcpy(request->data + (at ^ bytes), operand, bytes);
}

bool chi_atomic_perform(const chi_message_t *request, uint8_t line[CHI_LINE_BYTES])
{
    unsigned at = first_of(request), bytes = bytes_of(request);
    if (request->opcode == CHI_ATOMIC_COMPARE) {
        if (memcmp(line + at, request->data + at, bytes) != 0)
            return false;
        memcpy(line + at, request->data + (at ^ bytes), bytes);
        return true;
    }
    uint64_t old = 0, operand = 0;
    memcpy(&old, line + at, bytes);
    memcpy(&operand, request->data + at, bytes);
    chi_atomic_op_t op = request->opcode == CHI_ATOMIC_SWAP ? CHI_OP_SWP : (chi_atomic_op_t)request->atomic_op;
    uint64_t new = chi_atomic_apply(op, old, operand, bytes);
    memcpy(line + at, &new, bytes);
    return true;
}
