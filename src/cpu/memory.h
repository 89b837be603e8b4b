/* The memory port: what instruction semantics know of memory. Timing mode implements it with L0 filter,
 * store buffer and L1D (cpu/timing_port.c); tests and functional mode with flat memory. Semantics are the same
 * for all.
 *
 * Every operation is all or nothing: on CPU_RETRY nothing was written and the instruction runs again; on
 * CPU_JUMP an exception was taken. On CPU_OK and CPU_LEAVE the access is accepted: the destination was
 * written, or will be when the line arrives (the register is then marked pending), and base write-back may be done. */
#ifndef MESIM_CPU_MEMORY_H
#define MESIM_CPU_MEMORY_H

#include "cpu/insn.h"
#include "interconnect/chi.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    CPU_ACCESS_SIGNED = 1,         /* sign-extend the element */
    CPU_ACCESS_TO_W = 2,           /* sign-extend to 32 bits only */
    CPU_ACCESS_VECTOR = 4,         /* registers are V registers; the rest of the register is zeroed by a load */
    CPU_ACCESS_ACQUIRE = 8,        /* LDAR, LDAXR, atomics with A (RCsc) */
    CPU_ACCESS_ACQUIRE_PC = 16,    /* LDAPR, LDAPUR (RCpc) */
    CPU_ACCESS_RELEASE = 32,       /* STLR, STLXR, atomics with L */
    CPU_ACCESS_EXCLUSIVE = 64,     /* LDXR, STXR family */
    CPU_ACCESS_UNPRIVILEGED = 128, /* LDTR, STTR family */
    CPU_ACCESS_ORDERED = 256,      /* must be aligned whatever SCTLR_EL1.A says, but for what FEAT_LSE2 relaxes */
    CPU_ACCESS_STRUCTURE = 512,    /* LD1 to LD4, ST1 to ST4 (with VECTOR): `structure` says where elements go */
    CPU_ACCESS_ATOMIC = 1024,      /* LSE atomics, CAS, CASP (with ORDERED) */
};

enum { CPU_ACCESS_MAX_BYTES = 64 };

/* How the elements of a structure access lie in `registers` consecutive V registers, from rt (31 is followed by 0). */
typedef enum cpu_structure_layout {
    CPU_STRUCTURE_INTERLEAVED, /* element i is lane i / registers of register i % registers (LD2 to LD4) */
    CPU_STRUCTURE_SEQUENTIAL,  /* register after register (LD1 of several) */
    CPU_STRUCTURE_LANE,        /* element i is lane `lane` of register i; the other lanes stay */
    CPU_STRUCTURE_REPLICATED,  /* element i is every lane of register i (LD1R to LD4R) */
} cpu_structure_layout_t;

typedef struct cpu_structure {
    uint8_t layout; /* cpu_structure_layout_t */
    uint8_t registers;
    uint8_t lane;
    uint8_t vector_bytes; /* 8 or 16: what is written of each register; the rest of it is zeroed, but for LANE */
} cpu_structure_t;

/* One access. size_bytes: of an element, 1 to 16; elements: 1, or 2 for pairs (second at va + size_bytes), or as many
 * as a structure has. Never more than CPU_ACCESS_MAX_BYTES, so it touches two lines at most. */
typedef struct cpu_access {
    uint64_t va;
    uint16_t flags;
    uint8_t size_bytes;
    uint8_t elements;
    uint8_t rt, rt2;           /* load destinations: slots (CPU_SINK for XZR) or V registers */
    uint8_t rs;                /* status register of a store exclusive, as a slot */
    cpu_structure_t structure; /* with CPU_ACCESS_STRUCTURE */
} cpu_access_t;

/* One part of an access: at most two, when it crosses a line. */
typedef struct cpu_part {
    uint64_t physical;
    uint8_t first, length; /* bytes [first, first + length) of the access */
    uint8_t memory_type, shareability;
    bool writable;
} cpu_part_t;

/* Cache maintenance by address (Arm ARM C5.3). */
typedef enum cpu_cache_op {
    CPU_DC_IVAC,
    CPU_DC_CVAC,
    CPU_DC_CVAU,
    CPU_DC_CVAP, /* and CVADP: no memory is persistent, so both reach the point of coherency */
    CPU_DC_CIVAC,
    CPU_DC_ZVA,
    CPU_IC_IVAU
} cpu_cache_op_t;

typedef enum cpu_barrier { CPU_DMB, CPU_DSB } cpu_barrier_t;
/* CRm<1:0> of DMB and DSB: access types (Arm ARM C6.2.81). CRm<3:2> is the shareability domain. */
typedef enum cpu_barrier_types {
    CPU_BARRIER_LOADS = 1,
    CPU_BARRIER_STORES = 2,
    CPU_BARRIER_ALL = 3
} cpu_barrier_types_t;

/* values[i]: element i in its low size_bytes; for 16-byte elements values[2 * i] is the low half. For structures the
 * bytes as memory shall hold them. */
typedef struct cpu_memory_port {
    cpu_status_t (*load)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access);
    cpu_status_t (*store)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                          const uint64_t *values);
    /* Writes 0 to slot access->rs when stored, 1 when the monitor was lost. */
    cpu_status_t (*store_exclusive)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                    const uint64_t *values);
    /* Loads the old value to access->rt and stores op(old, operand). */
    cpu_status_t (*atomic)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                           chi_atomic_op_t op, uint64_t operand);
    /* CAS, CASP: compares `elements` elements with compare[], stores values[] when equal, loads the old ones to
     * rt (and rt2). */
    cpu_status_t (*compare_and_swap)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                     const uint64_t *compare, const uint64_t *values);
    cpu_status_t (*prefetch)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, bool for_store);
    cpu_status_t (*cache_op)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, cpu_cache_op_t op);
    /* DC ISW, CSW, CISW: operand is Xt (Arm ARM C5.3.14). */
    cpu_status_t (*cache_op_set_way)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t operand,
                                     bool clean, bool invalidate);
    /* IC IALLU, IC IALLUIS. */
    cpu_status_t (*invalidate_icache)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, bool inner_shareable);
    /* TLBI; `operation` is a mmu_tlbi_t, operand is Xt. */
    cpu_status_t (*tlbi)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned operation, uint64_t operand);
    cpu_status_t (*barrier)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, cpu_barrier_t barrier,
                            cpu_barrier_types_t types, unsigned domain);
    /* ISB and every other context synchronisation: fetch starts anew at the next instruction. */
    cpu_status_t (*isb)(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles);
    /* CLREX, or an exception return: the monitor forgets. The cause is counted when a store-exclusive then fails. */
    void (*clear_exclusive)(cpu_t *cpu, bool exception_return);
    /* SEV: to every core, this one included; SEVL is the caller's business (cpu->sys.event_register). */
    void (*send_event)(cpu_t *cpu, uint64_t now_cycles);
    /* Translation controls, EL or PAN changed: L0 filters and cached context are void. */
    void (*context_changed)(cpu_t *cpu);
} cpu_memory_port_t;

#endif
