/* Formats: how the fields of an encoding become the operands of a cpu_insn_t.
 *
 * A format is named in a row of the decode table. It gets the word, which matches the row's pattern, fills the
 * operands and says what is read and written. It returns false when the encoding is unallocated, or CONSTRAINED
 * UNPREDICTABLE and taken as UNDEFINED here; the word then decodes to UDF. */
#ifndef MESIM_CPU_ISA_FORMAT_H
#define MESIM_CPU_ISA_FORMAT_H

#include "cpu/insn.h"

#include <stdbool.h>
#include <stdint.h>

/* An instruction while it is being decoded. Register masks are numbered as cpu_insn_t.registers. */
typedef struct cpu_decoded {
    cpu_insn_t insn;
    uint64_t reads;      /* needed when the instruction issues */
    uint64_t late_reads; /* needed later: data of stores */
    uint64_t writes;
    bool reads_flags, writes_flags;
    bool base_sp; /* a memory access with base SP */
    cpu_cost_t cost;
} cpu_decoded_t;

typedef bool cpu_format_t(uint32_t word, cpu_decoded_t *decoded);

/* What imm and the slots hold is said beside each definition. */
#define CPU_FORMATS(X)                                                                                                 \
    X(undefined)                                                                                                       \
    X(none)                                                                                                            \
    /* format_immediate.c */                                                                                           \
    X(pc_relative)                                                                                                     \
    X(pc_relative_page)                                                                                                \
    X(addsub_imm)                                                                                                      \
    X(addsub_imm_flags)                                                                                                \
    X(logical_imm)                                                                                                     \
    X(logical_imm_flags)                                                                                               \
    X(move_wide)                                                                                                       \
    X(move_wide_not)                                                                                                   \
    X(move_wide_keep)                                                                                                  \
    X(bitfield_shifts)                                                                                                 \
    X(bitfield_mask)                                                                                                   \
    X(bitfield_insert)                                                                                                 \
    X(extract)                                                                                                         \
    /* format_branch.c */                                                                                              \
    X(branch_condition)                                                                                                \
    X(imm16)                                                                                                           \
    X(barrier)                                                                                                         \
    X(flags_only)                                                                                                      \
    X(msr_imm)                                                                                                         \
    X(system_write)                                                                                                    \
    X(system_read)                                                                                                     \
    X(branch_register)                                                                                                 \
    X(branch_register_link)                                                                                            \
    X(branch)                                                                                                          \
    X(branch_link)                                                                                                     \
    X(compare_branch)                                                                                                  \
    X(test_branch)                                                                                                     \
    /* format_memory.c */                                                                                              \
    X(compare_and_swap_pair)                                                                                           \
    X(store_exclusive_pair)                                                                                            \
    X(load_exclusive_pair)                                                                                             \
    X(store_exclusive)                                                                                                 \
    X(load_exclusive)                                                                                                  \
    X(store_ordered)                                                                                                   \
    X(load_ordered)                                                                                                    \
    X(compare_and_swap)                                                                                                \
    X(atomic)                                                                                                          \
    X(literal)                                                                                                         \
    X(load_pair)                                                                                                       \
    X(store_pair)                                                                                                      \
    X(load_pair_write_back)                                                                                            \
    X(store_pair_write_back)                                                                                           \
    X(load_unscaled)                                                                                                   \
    X(store_unscaled)                                                                                                  \
    X(load_write_back)                                                                                                 \
    X(store_write_back)                                                                                                \
    X(load_register)                                                                                                   \
    X(store_register)                                                                                                  \
    X(load_unsigned)                                                                                                   \
    X(store_unsigned)                                                                                                  \
    X(prefetch_literal)                                                                                                \
    X(prefetch_unscaled)                                                                                               \
    X(prefetch_register)                                                                                               \
    X(prefetch_unsigned)                                                                                               \
    /* format_register.c */                                                                                            \
    X(registers_n)                                                                                                     \
    X(registers_nm)                                                                                                    \
    X(registers_nma)                                                                                                   \
    X(shifted)                                                                                                         \
    X(shifted_flags)                                                                                                   \
    X(extended)                                                                                                        \
    X(extended_flags)                                                                                                  \
    X(carry)                                                                                                           \
    X(carry_flags)                                                                                                     \
    X(rotate_into_flags)                                                                                               \
    X(evaluate_into_flags)                                                                                             \
    X(compare_if)                                                                                                      \
    X(compare_imm_if)                                                                                                  \
    X(select)

#define CPU_FORMAT_DECLARE(name) cpu_format_t cpu_format_##name;
CPU_FORMATS(CPU_FORMAT_DECLARE)
#undef CPU_FORMAT_DECLARE

#endif
