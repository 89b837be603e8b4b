/* Inside of the decoder. Private to cpu/isa. */
#ifndef MESIM_CPU_ISA_DECODER_H
#define MESIM_CPU_ISA_DECODER_H

#include "cpu/isa/isa.h"

/* Words are looked up by their top bits: each bucket lists the rows a word with these bits can match, the more specific
 * pattern first. */
enum { DECODER_BUCKET_SHIFT = 21, DECODER_BUCKETS = 1 << (32 - DECODER_BUCKET_SHIFT) };

struct cpu_decoder {
    cpu_cost_model_t costs;
    uint32_t mask[CPU_OPCODE_COUNT], value[CPU_OPCODE_COUNT];
    uint32_t first[DECODER_BUCKETS + 1]; /* bucket b: candidates[first[b]] to before candidates[first[b + 1]] */
    uint16_t *candidates;
};

#endif
