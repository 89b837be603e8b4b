/* The device's side of a memory-mapped access: what a ReadNoSnoop or WriteNoSnoop carries, and the answer to it.
 *
 * Data sits at its place in the 64-byte line (interconnect/chi.h), little-endian. */
#ifndef MESIM_INTERCONNECT_ENDPOINT_H
#define MESIM_INTERCONNECT_ENDPOINT_H

#include "interconnect/chi.h"

#include <stdbool.h>
#include <stdint.h>

/* Devices take naturally aligned accesses of 1, 2, 4 or 8 bytes. */
static inline bool chi_endpoint_scalar(const chi_message_t *request)
{
    unsigned size = request->size_bytes;
    return (size == 1 || size == 2 || size == 4 || size == 8) && !(request->address & (size - 1));
}

/* The value of a scalar write. */
static inline uint64_t chi_endpoint_value(const chi_message_t *request)
{
    unsigned at = (unsigned)(request->address & (CHI_LINE_BYTES - 1));
    uint64_t value = 0;
    for (unsigned i = 0; i < request->size_bytes; i++)
        value |= (uint64_t)request->data[at + i] << (8 * i);
    return value;
}

/* CompData with `value` for a scalar read, Comp for a write; all that identifies the request is copied back. */
static inline chi_message_t chi_endpoint_answer(const chi_message_t *request, uint64_t value)
{
    chi_message_t answer = {
        .memory_type = request->memory_type,
        .shareability = request->shareability,
        .source = request->source,
        .size_bytes = request->size_bytes,
        .error = CHI_OKAY,
        .flags = request->flags,
        .transaction = request->transaction,
        .reserved = request->reserved,
        .address = request->address,
        .pc = request->pc,
    };
    answer.opcode = request->opcode == CHI_READ_NO_SNOOP ? CHI_COMP_DATA : CHI_COMP;
    answer.state = CHI_I;
    if (answer.opcode != CHI_COMP_DATA || !chi_endpoint_scalar(request))
        return answer;
    unsigned at = (unsigned)(request->address & (CHI_LINE_BYTES - 1));
    for (unsigned i = 0; i < request->size_bytes; i++)
        answer.data[at + i] = (uint8_t)(value >> (8 * i));
    return answer;
}

#endif
