/* The instruction set of the core: its decoder, and its table of encodings.
 *
 * A decoder belongs to one kind of core (its features and its cost model), never changes once made, and is shared. */
#ifndef MESIM_CPU_ISA_ISA_H
#define MESIM_CPU_ISA_ISA_H

#include "cpu/cost.h"
#include "cpu/features.h"
#include "cpu/insn.h"
#include "cpu/isa/format.h"
#include "cpu/isa/opcode.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum cpu_kind {
    CPU_KIND_ALU,
    CPU_KIND_BRANCH,
    CPU_KIND_BRANCH_REG,
    CPU_KIND_MEMORY,
    CPU_KIND_SYSTEM,
    CPU_KIND_FP,
    CPU_KIND_FP_MEMORY,
} cpu_kind_t;

/* A row of the decode table. The exec functions are those of cpu/insn.h, one instruction and nothing else, for loops
 * that look at everything between two instructions; those of MEMORY rows check SP's alignment, where SP is the base.
 * Those of FP rows check nothing (cpu_fp_trapped), those of FP_MEMORY rows everything. */
typedef struct cpu_exec {
    const char *name;
    const char *pattern; /* as in a64.def */
    cpu_format_t *format;
    cpu_kind_t kind;
    cpu_cost_t cost;           /* of the row; the format may know better */
    cpu_handler_t *handler;    /* executes the instruction and goes on */
    cpu_handler_t *handler_sp; /* the same where the base is SP: checks its alignment first */
    union {
        void (*alu)(cpu_t *cpu, const cpu_insn_t *in);
        bool (*branch)(cpu_t *cpu, const cpu_insn_t *in);
        uint64_t (*branch_reg)(cpu_t *cpu, const cpu_insn_t *in);
        cpu_status_t (*memory)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);
        cpu_status_t (*system)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);
    };
} cpu_exec_t;

/* Indexed by cpu_insn_t.opcode. */
extern const cpu_exec_t cpu_exec_table[CPU_OPCODE_COUNT];

/* The fixed bits of a pattern: a word belongs to the row when (word & mask) == value. False when the pattern is not
 * 32 bits long. */
bool cpu_pattern_parse(const char *pattern, uint32_t *ret_mask, uint32_t *ret_value);

typedef struct cpu_decoder cpu_decoder_t;

/* Rows of features that the core lacks decode to UDF. The cost model is copied; fails with -EINVAL when it is not
 * valid (cpu_cost_model_check). */
int cpu_decoder_new(const cpu_features_t *features, const cpu_cost_model_t *costs, cpu_decoder_t **ret_decoder,
                    base_error_t *error);
void cpu_decoder_free(cpu_decoder_t *decoder);

/* One instruction; issue_cycle is 0. Every word decodes: what is unallocated to CPU_OP_UDF. */
void cpu_decode_word(const cpu_decoder_t *decoder, uint32_t word, cpu_insn_t *ret_insn);
/* The same with what issue needs to know: registers read and written, flags, cost class. */
void cpu_decode(const cpu_decoder_t *decoder, uint32_t word, cpu_decoded_t *ret_decoded);

enum { CPU_LINE_BYTES = 64, CPU_LINE_WORDS = 16 };

/* A line of sixteen instructions and the end marker behind them, with issue cycles (cpu/cost.h). A pure function of the
 * line and the decoder. */
void cpu_decode_line(const cpu_decoder_t *decoder, const uint8_t line[CPU_LINE_BYTES],
                     cpu_insn_t ret_insns[CPU_LINE_WORDS + 1]);

#endif
