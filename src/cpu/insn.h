/* A decoded instruction, as it hangs off the L1I line that holds it, and how handlers are called.
 *
 * The decode table (cpu/isa/ *.def) has one row an encoding, in the Arm manual's order. Including a .def
 * file with the row macros defined differently gives the opcode numbers, the table, the handlers. Row kinds:
 *
 *   ALU(NAME, "pattern", format, cost)         void exec_NAME(cpu_t *, const cpu_insn_t *)
 *   BRANCH(NAME, "pattern", format, cost)      bool exec_NAME(cpu, in): taken? target is pc + in->imm
 *   BRANCH_REG(NAME, "pattern", format, cost)  uint64_t exec_NAME(cpu, in): the target
 *   MEMORY(NAME, "pattern", format, cost)      cpu_status_t exec_NAME(cpu, in, now_cycles)
 *   SYSTEM(NAME, "pattern", format, cost)      cpu_status_t exec_NAME(cpu, in, now_cycles); the pipeline
 *                                              always returns to the core's loop after it
 *   FP(NAME, "pattern", format, cost)          as ALU, but trapped where CPACR_EL1 forbids FP and SIMD
 *   FP_MEMORY(NAME, "pattern", format, cost)   as MEMORY, with the same trap
 *
 * MEMORY, BRANCH and SYSTEM rows are the points where the core looks at the clock, the inbox and pending
 * interrupts before it executes; plain arithmetic may run past them, since nobody can see it (design 4). */
#ifndef MESIM_CPU_INSN_H
#define MESIM_CPU_INSN_H

#include <stdbool.h>
#include <stdint.h>

typedef struct cpu cpu_t;
typedef struct cpu_insn cpu_insn_t;

/* Register slots. 0 to 30: X0 to X30. The decoder maps encoding 31 by the operand's role. */
enum {
    CPU_XZR = 31,  /* reads as zero; never written */
    CPU_SP = 32,   /* the current stack pointer */
    CPU_SINK = 33, /* writes to XZR go here; never read */
    CPU_SLOTS = 34
};

/* Executes `in` and what follows; base_cycles + in->issue_cycle is the cycle at which `in` issues. Returns NULL to
 * leave to the core's loop. With MESIM_THREADED a handler tail-calls the next one; without it returns the
 * next instruction and the loop calls it. */
typedef const cpu_insn_t *cpu_handler_t(cpu_t *cpu, const cpu_insn_t *in, uint64_t base_cycles);

/* 32 bytes; sixteen and an end marker belong to a line. */
struct cpu_insn {
    cpu_handler_t *handler;
    int64_t imm;            /* immediate, branch offset in bytes, or packed small fields (the format says) */
    uint64_t registers;     /* read or written: bit n: Xn (n 0 to 30), bit 31: SP, bit 32 + n: Vn */
    uint16_t opcode;        /* cpu_opcode_t */
    uint16_t issue_cycle;   /* cycles after the line's first instruction issues, if run straight from there */
    uint8_t rd, rn, rm, ra; /* register slots (CPU_SINK for a destination XZR), or V register numbers */
};

/* What a MEMORY or SYSTEM instruction did. */
typedef enum cpu_status {
    CPU_OK,    /* done at once: go on with the next instruction */
    CPU_LEAVE, /* done: go on with the next instruction, but by way of the core's loop (a load is pending,
                  cpu->delay_cycles was set, context changed) */
    CPU_JUMP,  /* done: go on at cpu->pc (exception entry and return) */
    CPU_RETRY, /* not done, nothing written: execute it again after the next event (cpu->block says why) */
} cpu_status_t;

/* Timing class of a row; cycles come from the core model's table (cpu/cost.h). */
typedef enum cpu_cost {
    COST_ALU,   /* one-cycle integer */
    COST_SHIFT, /* ALU with shifted or extended operand */
    COST_MUL,
    COST_MUL_LONG, /* SMULH, UMULH */
    COST_DIV,
    COST_CRC,
    COST_BRANCH,             /* B */
    COST_BRANCH_CONDITIONAL, /* B.cond, CBZ, TBZ */
    COST_CALL,               /* BL */
    COST_INDIRECT,           /* BR */
    COST_INDIRECT_CALL,      /* BLR */
    COST_RETURN,             /* RET */
    COST_LOAD,
    COST_LOAD_PAIR,
    COST_STORE,
    COST_ATOMIC,
    COST_SYSTEM,
    COST_FP,         /* FP add, multiply, convert, round */
    COST_FP_MOVE,    /* moves, sign, select */
    COST_FP_COMPARE, /* sets flags */
    COST_FP_TO_X,    /* from a V register to a general one */
    COST_FP_FROM_X,
    COST_FP_MADD,     /* multiply and add, scalar or vector */
    COST_FP_DIVIDE_S, /* divide and square root of halves and singles */
    COST_FP_DIVIDE_D,
    COST_SIMD,       /* integer add, logic, compare, permute */
    COST_SIMD_SHIFT, /* shifts, saturation, reduction */
    COST_SIMD_MUL,
    COST_SIMD_TABLE,      /* TBL, TBX of several registers */
    COST_CRYPTO,          /* AES, SHA1, SHA2 schedule, PMULL */
    COST_CRYPTO_HASH,     /* SHA1, SHA2 rounds */
    COST_LOAD_VECTOR,     /* LD1 to LD4 of up to two registers, one element, LD1R to LD4R */
    COST_LOAD_STRUCTURE,  /* LD1 to LD4 of three or four registers */
    COST_STORE_STRUCTURE, /* ST1 to ST4 */
    COST_COUNT
} cpu_cost_t;

#endif
