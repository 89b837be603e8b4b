/* The opcodes: one number a row of the decode table (cpu/isa/a64.def), in its order. */
#ifndef MESIM_CPU_ISA_OPCODE_H
#define MESIM_CPU_ISA_OPCODE_H

typedef enum cpu_opcode {
#define CPU_OPCODE_ROW(name, pattern, format, cost) CPU_OP_##name,
#define ALU                                         CPU_OPCODE_ROW
#define BRANCH                                      CPU_OPCODE_ROW
#define BRANCH_REG                                  CPU_OPCODE_ROW
#define MEMORY                                      CPU_OPCODE_ROW
#define SYSTEM                                      CPU_OPCODE_ROW
#include "cpu/isa/a64.def"
#undef CPU_OPCODE_ROW
    CPU_OPCODE_COUNT
} cpu_opcode_t;

#endif
