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
    X(hint)                                                                                                            \
    X(m5op)                                                                                                            \
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
    X(store_ordered_unscaled)                                                                                          \
    X(load_ordered_unscaled)                                                                                           \
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
    X(select)                                                                                                          \
    /* format_fp_memory.c */                                                                                           \
    X(literal_v)                                                                                                       \
    X(load_pair_v)                                                                                                     \
    X(store_pair_v)                                                                                                    \
    X(load_pair_v_write_back)                                                                                          \
    X(store_pair_v_write_back)                                                                                         \
    X(load_v_unscaled)                                                                                                 \
    X(store_v_unscaled)                                                                                                \
    X(load_v_write_back)                                                                                               \
    X(store_v_write_back)                                                                                              \
    X(load_v_register)                                                                                                 \
    X(store_v_register)                                                                                                \
    X(load_v_unsigned)                                                                                                 \
    X(store_v_unsigned)                                                                                                \
    X(structures_load)                                                                                                 \
    X(structures_store)                                                                                                \
    X(structures_load_post)                                                                                            \
    X(structures_store_post)                                                                                           \
    X(single_load)                                                                                                     \
    X(single_store)                                                                                                    \
    X(single_load_post)                                                                                                \
    X(single_store_post)                                                                                               \
    /* format_fp.c */                                                                                                  \
    X(to_integer)                                                                                                      \
    X(from_integer)                                                                                                    \
    X(to_fixed)                                                                                                        \
    X(from_fixed)                                                                                                      \
    X(to_javascript)                                                                                                   \
    X(move_to_x)                                                                                                       \
    X(move_from_x)                                                                                                     \
    X(move_from_x_top)                                                                                                 \
    X(v_n)                                                                                                             \
    X(v_nm)                                                                                                            \
    X(v_nma)                                                                                                           \
    X(fp_imm)                                                                                                          \
    X(compare_fp_zero)                                                                                                 \
    X(compare_fp)                                                                                                      \
    X(compare_fp_if)                                                                                                   \
    X(fp_select)                                                                                                       \
    /* format_simd.c, format_simd_immediate.c */                                                                       \
    X(across)                                                                                                          \
    X(crypto_nma)                                                                                                      \
    X(crypto_rotate)                                                                                                   \
    X(complex_mul)                                                                                                     \
    X(complex_add)                                                                                                     \
    X(element_complex)                                                                                                 \
    X(table)                                                                                                           \
    X(table_acc)                                                                                                       \
    X(extract_v)                                                                                                       \
    X(duplicate)                                                                                                       \
    X(duplicate_scalar)                                                                                                \
    X(duplicate_x)                                                                                                     \
    X(move_signed)                                                                                                     \
    X(move_unsigned)                                                                                                   \
    X(insert_x)                                                                                                        \
    X(insert_element)                                                                                                  \
    X(modified)                                                                                                        \
    X(modified_acc)                                                                                                    \
    X(same)                                                                                                            \
    X(same_bhs)                                                                                                        \
    X(same_hs)                                                                                                         \
    X(same_b)                                                                                                          \
    X(same_acc_bhs)                                                                                                    \
    X(same_acc_hs)                                                                                                     \
    X(same_acc_bits)                                                                                                   \
    X(bits)                                                                                                            \
    X(bits_acc)                                                                                                        \
    X(same_fp)                                                                                                         \
    X(same_fp_acc)                                                                                                     \
    X(same_half)                                                                                                       \
    X(same_half_acc)                                                                                                   \
    X(scalar_same)                                                                                                     \
    X(scalar_same_hs)                                                                                                  \
    X(scalar_same_acc_hs)                                                                                              \
    X(scalar_same_fp)                                                                                                  \
    X(scalar_same_half)                                                                                                \
    X(misc)                                                                                                            \
    X(misc_bhs)                                                                                                        \
    X(misc_bh)                                                                                                         \
    X(misc_bits)                                                                                                       \
    X(misc_words)                                                                                                      \
    X(misc_acc)                                                                                                        \
    X(misc_acc_bhs)                                                                                                    \
    X(misc_narrow)                                                                                                     \
    X(misc_fp)                                                                                                         \
    X(misc_half)                                                                                                       \
    X(misc_fcvt_narrow)                                                                                                \
    X(misc_fcvt_long)                                                                                                  \
    X(scalar_misc)                                                                                                     \
    X(scalar_misc_bhs)                                                                                                 \
    X(scalar_misc_acc)                                                                                                 \
    X(scalar_misc_fp)                                                                                                  \
    X(scalar_misc_half)                                                                                                \
    X(scalar_fcvtxn)                                                                                                   \
    X(across_fp)                                                                                                       \
    X(across_half)                                                                                                     \
    X(pair_d)                                                                                                          \
    X(pair_fp)                                                                                                         \
    X(pair_half)                                                                                                       \
    X(long_bhs)                                                                                                        \
    X(long_hs)                                                                                                         \
    X(long_d)                                                                                                          \
    X(long_acc_bhs)                                                                                                    \
    X(long_acc_hs)                                                                                                     \
    X(narrow_m)                                                                                                        \
    X(scalar_long_hs)                                                                                                  \
    X(scalar_long_acc_hs)                                                                                              \
    X(crypto)                                                                                                          \
    X(crypto_acc)                                                                                                      \
    X(crypto_nm)                                                                                                       \
    X(crypto_acc_m)                                                                                                    \
    X(element)                                                                                                         \
    X(element_acc)                                                                                                     \
    X(element_dot)                                                                                                     \
    X(element_fp)                                                                                                      \
    X(element_fp_acc)                                                                                                  \
    X(element_half)                                                                                                    \
    X(element_half_acc)                                                                                                \
    X(scalar_element)                                                                                                  \
    X(scalar_element_acc)                                                                                              \
    X(scalar_element_fp)                                                                                               \
    X(scalar_element_fp_acc)                                                                                           \
    X(scalar_element_half)                                                                                             \
    X(scalar_element_half_acc)                                                                                         \
    X(shift_right)                                                                                                     \
    X(shift_right_acc)                                                                                                 \
    X(shift_left)                                                                                                      \
    X(shift_left_acc)                                                                                                  \
    X(shift_long)                                                                                                      \
    X(shift_narrow)                                                                                                    \
    X(scalar_shift_right)                                                                                              \
    X(scalar_shift_right_acc)                                                                                          \
    X(scalar_shift_left_d)                                                                                             \
    X(scalar_shift_left)                                                                                               \
    X(scalar_shift_left_acc)                                                                                           \
    X(scalar_shift_narrow)                                                                                             \
    X(shift_fixed)                                                                                                     \
    X(scalar_shift_fixed)

#define CPU_FORMAT_DECLARE(name) cpu_format_t cpu_format_##name;
CPU_FORMATS(CPU_FORMAT_DECLARE)
#undef CPU_FORMAT_DECLARE

/* VFPExpandImm for elements of 2^size bytes. */
uint64_t cpu_format_expand_fp(unsigned imm8, unsigned size);

#endif
