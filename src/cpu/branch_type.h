/* PSTATE.BTYPE and guarded pages (FEAT_BTI; Arm ARM D8.4.6, guarded pages): BR and BLR set BTYPE, the instruction that
 * they reach clears it, and if that lies in a guarded page it must be a landing pad.
 *
 * Clearing costs nothing here: BTYPE is kept with the address that was branched to and the number of instructions
 * executed by then, and is 0 as soon as either is another. Whether a line is guarded is known from the page through
 * which it was last entered; the end marker of its instructions says so, and every entry of the fetch L0 for it
 * agrees. */
#ifndef MESIM_CPU_BRANCH_TYPE_H
#define MESIM_CPU_BRANCH_TYPE_H

#include "cpu/cpu.h"

enum { CPU_LINE_MARKER = 16 }; /* index of the end marker */

/* BTYPE after BR X16, BR X17 and BR from a page that is not guarded; after BLR; after BR otherwise. */
enum { CPU_BTYPE_JUMP = 1, CPU_BTYPE_CALL = 2, CPU_BTYPE_JUMP_GUARDED = 3 };

static inline bool cpu_line_guarded(const cpu_insn_t *line_insns)
{
    return line_insns[CPU_LINE_MARKER].imm;
}

/* BTYPE becomes `btype` for the instruction at `pc`, the next one after `instructions` executed in all. */
static inline void cpu_btype_set(cpu_t *cpu, uint64_t pc, uint64_t instructions, uint8_t btype)
{
    cpu->pstate.btype = btype;
    cpu->btype_pc = pc;
    cpu->btype_instructions = instructions;
}

/* Between instructions, or in the first handler of a segment: the instruction at `pc` was branched to just now. */
static inline bool cpu_btype_is_live(const cpu_t *cpu, uint64_t pc)
{
    return cpu->btype_pc == pc && cpu->btype_instructions == cpu->stats.instructions;
}

/* Whether PSTATE.BTYPE lets `in` execute in a guarded page. */
bool cpu_is_landing_pad(const cpu_t *cpu, const cpu_insn_t *in);

#endif
