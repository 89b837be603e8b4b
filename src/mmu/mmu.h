/* Address translation of one core: stage 1 of the EL1&0 regime, L1 I/D micro-TLBs, a unified L2 TLB, and the
 * walker that reads descriptors through the core's data caches (Arm ARM D8).
 *
 * mmu_translate may need a descriptor that is not in the L1D: it then returns MMU_WAIT after asking for the line,
 * and the core calls it again with the same arguments after the next event; the walk goes on where it stood. */
#ifndef MESIM_MMU_MMU_H
#define MESIM_MMU_MMU_H

#include "base/error.h"
#include "interconnect/chi.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct mmu mmu_t;

typedef enum mmu_access { MMU_READ, MMU_WRITE, MMU_FETCH } mmu_access_t;

/* A translation, as the L0 filter and the memory path want it. */
typedef struct mmu_translation {
    uint64_t physical;      /* of the address asked for */
    uint64_t page_bytes;    /* size of the region for which the answer holds (4 KB to 1 GB), aligned */
    uint8_t memory_type;    /* chi_memory_type_t */
    uint8_t shareability;   /* chi_shareability_t */
    bool writable;          /* a write by the same EL would not fault either (and dirty state is settled) */
    uint8_t micro_tlb_slot; /* entry of the micro-TLB that answered */
    uint32_t cycles;        /* to add to the access: L2 TLB hit or walk; 0 on a micro-TLB hit */
} mmu_translation_t;

/* Faults of stage 1: the fault status code for ESR_ELx.ISS DFSC/IFSC (Arm ARM D17.2.37). */
typedef struct mmu_fault {
    uint8_t status_code; /* e.g. 0b000100 + level: translation fault */
    bool external;       /* ESR.EA: the walk itself met a bus error */
} mmu_fault_t;

typedef enum mmu_result { MMU_OK, MMU_FAULT, MMU_WAIT } mmu_result_t;

/* The registers the walk depends on; the core fills it again whenever one changes (mmu_set_context). */
typedef struct mmu_context {
    uint64_t sctlr, tcr, ttbr0, ttbr1, mair;
} mmu_context_t;

typedef struct mmu_config {
    uint32_t micro_tlb_entries; /* of each of I and D; fully associative, replaced round-robin (no state on hits) */
    uint32_t l2_tlb_entries, l2_tlb_ways;
    uint32_t l2_tlb_hit_cycles;
    uint32_t walk_step_cycles;     /* per descriptor that hits the L1D */
    uint8_t physical_address_bits; /* 32 to 48: ID_AA64MMFR0_EL1.PARange */
} mmu_config_t;

/* What the walker needs from the core. */
typedef struct mmu_client {
    void *self;
    /* Reads an 8-byte descriptor at a physical address with these attributes. 0: done; -EAGAIN: asked for, call again
     * after the next event; -EIO: bus error. */
    int (*read_descriptor)(void *self, uint64_t now_ps, uint64_t physical, chi_memory_type_t type,
                           chi_shareability_t shareability, uint64_t *ret_descriptor);
    /* A D micro-TLB (fetch: I micro-TLB) entry is gone: L0 entries of [va, va + bytes) must go; bytes 0: all. */
    void (*on_micro_tlb_drop)(void *self, bool fetch, uint64_t va, uint64_t bytes);
} mmu_client_t;

typedef struct mmu_stats {
    uint64_t micro_misses_fetch, micro_misses_data, l2_hits, walks, walk_reads, walk_waits, invalidations;
} mmu_stats_t;

int mmu_new(const mmu_config_t *config, const mmu_client_t *client, mmu_t **ret_mmu, base_error_t *error);
void mmu_free(mmu_t *mmu);

/* Micro-TLBs are flushed only where the architecture's cached context would otherwise be wrong. */
void mmu_set_context(mmu_t *mmu, const mmu_context_t *context);

/* Translates va for an access at EL0 (privileged false) or EL1. pan: PSTATE.PAN applies. count: count statistics (false
 * on a retry). */
mmu_result_t mmu_translate(mmu_t *mmu, uint64_t now_ps, uint64_t va, mmu_access_t access, bool privileged, bool pan,
                           mmu_translation_t *ret_translation, mmu_fault_t *ret_fault);

/* TLBI forms of Armv8.0, EL1&0 regime (Arm ARM C5.5). The IS forms arrive at every core as DVM operations with the same
 * number; operand is Xt. */
typedef enum mmu_tlbi {
    MMU_TLBI_VMALLE1,
    MMU_TLBI_VAE1,
    MMU_TLBI_ASIDE1,
    MMU_TLBI_VAAE1,
    MMU_TLBI_VALE1,
    MMU_TLBI_VAALE1,
    MMU_TLBI_COUNT,
    /* Not TLB operations, but carried the same way by DVMOp messages. */
    MMU_DVM_IC_IALLU = 14,
    MMU_DVM_IC_IVAU = 15,
} mmu_tlbi_t;
void mmu_tlbi(mmu_t *mmu, mmu_tlbi_t operation, uint64_t operand);

/* A walk is waiting for memory: a DVM sync is answered only when none that began before it remains. */
bool mmu_walk_in_progress(const mmu_t *mmu);
/* Gives up walks in progress (exception taken, context changed, TLBI): the next translate starts anew. */
void mmu_abort_walk(mmu_t *mmu);

const mmu_stats_t *mmu_stats(const mmu_t *mmu);

#endif
