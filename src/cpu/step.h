/* How handlers go on: to the next instruction, over a branch, to the next line, or back to the core's loop.
 *
 * The cycle at which an instruction issues is base + in->issue_cycle: plain arithmetic never touches the
 * clock. Dynamic time (mispredictions, misses) is added to the base. */
#ifndef MESIM_CPU_STEP_H
#define MESIM_CPU_STEP_H

#include "cpu/branch_type.h"
#include "cpu/cpu.h"

#ifndef MESIM_THREADED
#define MESIM_THREADED 1
#endif

#if MESIM_THREADED
#define CPU_DISPATCH(cpu, insn, base) ((insn)->handler((cpu), (insn), (base)))
#else
#define CPU_DISPATCH(cpu, insn, base) ((cpu)->base_cycles = (base), (insn))
#endif

/* Leaves before `in`, which will be executed later: something is due at or before its cycle. */
const cpu_insn_t *cpu_leave_limit(cpu_t *cpu, const cpu_insn_t *in, uint64_t base);

/* Leaves after `in` was given to the port with a status other than plain CPU_OK (SYSTEM rows: any status). */
const cpu_insn_t *cpu_leave_status(cpu_t *cpu, const cpu_insn_t *in, uint64_t base, cpu_status_t status);

/* The handler of the marker behind a line's sixteenth instruction: enters the next line. */
const cpu_insn_t *cpu_step_line_end(cpu_t *cpu, const cpu_insn_t *in, uint64_t base);

/* Instructions from the segment's start to before `end` have been executed. */
static inline void cpu_count_segment(cpu_t *cpu, const cpu_insn_t *end)
{
    cpu->stats.instructions += (uint64_t)(end - cpu->segment);
}

/* Leaves to the core's loop, which goes on at `target` at `cycle`. */
static inline const cpu_insn_t *cpu_leave_to(cpu_t *cpu, uint64_t target, uint64_t cycle)
{
    cpu->pc = target;
    cpu->next = NULL;
    cpu->cycle = cycle;
    return NULL;
}

/* Goes on at `target` at `cycle`: through the fetch L0, or by way of the core's loop. Entering a line is an access: it
 * must not overtake what is due. */
static inline const cpu_insn_t *cpu_enter(cpu_t *cpu, uint64_t target, uint64_t cycle)
{
    cpu_fetch_l0_entry_t *entry = &cpu->fetch_l0[(target >> CHI_LINE_SHIFT) & (CPU_FETCH_L0_ENTRIES - 1)];
    if (base_likely(entry->tag == target >> CHI_LINE_SHIFT && !(target & 3) && cycle < cpu->limit_cycles)) {
        const cpu_insn_t *next = &entry->insns[(target >> 2) & 15];
        cpu->stats.l1i_accesses += 1;
        *entry->last_use = cycle;
        cpu->line_pc = target & ~(uint64_t)(CHI_LINE_BYTES - 1);
        cpu->line_insns = entry->insns;
        cpu->segment = next;
        return CPU_DISPATCH(cpu, next, cycle - next->issue_cycle);
    }
    return cpu_leave_to(cpu, target, cycle);
}

/* Updates the predictor for a conditional branch; returns the cycles lost. */
static inline uint64_t cpu_predict_direction(cpu_t *cpu, uint64_t pc, bool taken)
{
    uint8_t *counter = &cpu->predictor.direction[(pc >> 2) & (CPU_PREDICTOR_ENTRIES - 1)];
    bool predicted = *counter >= 2;
    if (taken)
        *counter = (uint8_t)(*counter + (*counter < 3));
    else
        *counter = (uint8_t)(*counter - (*counter > 0));
    if (base_likely(predicted == taken))
        return 0;
    cpu->stats.mispredicts += 1;
    return cpu->predictor.mispredict_cycles;
}

/* The same for BR, BLR and RET by their target; calls push the return address. */
static inline uint64_t cpu_predict_target(cpu_t *cpu, uint64_t pc, uint64_t target, cpu_cost_t kind)
{
    cpu_predictor_t *predictor = &cpu->predictor;
    uint64_t predicted;
    if (kind == COST_RETURN) {
        predictor->top = (predictor->top - 1) & (CPU_RETURN_STACK - 1);
        predicted = predictor->returns[predictor->top];
    } else {
        uint64_t *entry = &predictor->target[(pc >> 2) & (CPU_TARGET_ENTRIES - 1)];
        predicted = *entry;
        *entry = target;
    }
    if (base_likely(predicted == target))
        return 0;
    cpu->stats.mispredicts += 1;
    return predictor->mispredict_cycles;
}

static inline void cpu_push_return(cpu_t *cpu, uint64_t pc)
{
    cpu->predictor.returns[cpu->predictor.top] = pc + 4;
    cpu->predictor.top = (cpu->predictor.top + 1) & (CPU_RETURN_STACK - 1);
}

/* A BRANCH row that fell through: the base for the next instruction. `kind` is the row's cost class. */
static inline uint64_t cpu_branch_not_taken(cpu_t *cpu, const cpu_insn_t *in, uint64_t base)
{
    cpu->stats.branches += 1;
    return base + cpu_predict_direction(cpu, cpu_pc(cpu, in), false);
}

/* What a BR or BLR that reaches `target` makes of PSTATE.BTYPE; the branch has been counted. */
static inline __attribute__((always_inline)) void cpu_branch_set_btype(cpu_t *cpu, const cpu_insn_t *in,
                                                                       uint64_t target, cpu_cost_t kind)
{
    uint8_t btype = CPU_BTYPE_CALL;
    if (kind == COST_INDIRECT)
        btype =
            in->rn != 16 && in->rn != 17 && cpu_line_guarded(cpu->line_insns) ? CPU_BTYPE_JUMP_GUARDED : CPU_BTYPE_JUMP;
    cpu_btype_set(cpu, target, cpu->stats.instructions, btype);
}

/* A branch that was taken: counts it and what ran before it; returns the cycle at which its target can issue. */
static inline __attribute__((always_inline)) uint64_t
cpu_branch_resolve(cpu_t *cpu, const cpu_insn_t *in, uint64_t base, uint64_t target, cpu_cost_t kind)
{
    uint64_t pc = cpu_pc(cpu, in);
    uint64_t cycle = base + in->issue_cycle + 1;
    cpu->stats.branches += 1;
    cpu_count_segment(cpu, in + 1);
    if (kind == COST_BRANCH_CONDITIONAL)
        cycle += cpu_predict_direction(cpu, pc, true);
    else if (kind == COST_INDIRECT || kind == COST_INDIRECT_CALL || kind == COST_RETURN)
        cycle += cpu_predict_target(cpu, pc, target, kind);
    if (kind == COST_CALL || kind == COST_INDIRECT_CALL)
        cpu_push_return(cpu, pc);
    if (kind == COST_INDIRECT || kind == COST_INDIRECT_CALL)
        cpu_branch_set_btype(cpu, in, target, kind);
    return cycle;
}

/* Whether the fetch L0 may answer a BR or BLR: not where a guarded line has no landing pad, which is the loop's
 * business.
 */
static inline bool cpu_may_land(const cpu_t *cpu, uint64_t target)
{
    const cpu_fetch_l0_entry_t *entry = &cpu->fetch_l0[(target >> CHI_LINE_SHIFT) & (CPU_FETCH_L0_ENTRIES - 1)];
    return base_likely(!entry->guarded) || cpu_is_landing_pad(cpu, &entry->insns[(target >> 2) & 15]);
}

/* BRANCH rows pass target pc + imm, BRANCH_REG rows their result; kind is the row's cost class. */
static inline __attribute__((always_inline)) const cpu_insn_t *
cpu_branch_taken(cpu_t *cpu, const cpu_insn_t *in, uint64_t base, uint64_t target, cpu_cost_t kind)
{
    uint64_t cycle = cpu_branch_resolve(cpu, in, base, target, kind);
    if ((kind == COST_INDIRECT || kind == COST_INDIRECT_CALL) && base_unlikely(!cpu_may_land(cpu, target)))
        return cpu_leave_to(cpu, target, cycle);
    return cpu_enter(cpu, target, cycle);
}

#endif
