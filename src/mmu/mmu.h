/* Address translation of one core: stage 1 of the EL1&0 regime, L1 I/D micro-TLBs, a unified L2 TLB, and the
 * walker that reads descriptors through the core's data caches (Arm ARM D8).
 *
 * mmu_translate may need a descriptor that is not in the L1D: it then returns MMU_WAIT after asking for the line,
 * and the core calls it again with the same arguments after the next event; the walk goes on where it stood. One walk
 * for fetches and one for data can be under way; asking for another address gives the older one up.
 *
 * Granules of 4, 16 and 64 KB. What the architecture leaves open: TnSZ outside 16 to 39 faults at level 0; a reserved
 * TGn means 4 KB; the contiguous bit is ignored; where inner and outer cacheability differ the weaker counts; an
 * instruction fetch from Device memory is one from Normal Non-cacheable memory; a walk whose access faults leaves no
 * entry, permission faults included. */
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
    bool guarded;           /* branches into it must land on a landing pad (FEAT_BTI) */
    bool writable;          /* a write by the same EL would not fault either (and dirty state is settled) */
    uint8_t micro_tlb_slot; /* entry of the micro-TLB that answered */
    uint32_t cycles;        /* to add to the access: 0 on a micro-TLB hit and with the MMU off, l2_tlb_hit_cycles on an
                               L2 TLB hit, that and walk_step_cycles a descriptor on a walk. Waits are not in it */
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

/* A defect to inject on purpose, for tests; only a build with MESIM_FAULTS can. */
#define MMU_DEFECTS(X)                                                                                                 \
    X(ASID_IGNORED, "a lookup matches the entries of every ASID")                                                      \
    X(TLBI_MISSES_GLOBALS, "VAE1 and VALE1 of an ASID leave global entries")                                           \
    X(TLBI_ASID_DROPS_GLOBALS, "ASIDE1 reaches global entries")                                                        \
    X(TLBI_REACHES_NEXT_PAGE, "by address: one page too far")                                                          \
    X(TLBI_LAST_LEVEL_MISSES_BLOCKS, "VALE1 and VAALE1 leave blocks in the L2 TLB")                                    \
    X(TLBI_MISSES_MICRO_TLBS, "by address or ASID: only the L2 TLB obeys")                                             \
    X(TLBI_OPERAND_UNMASKED, "with 8-bit ASIDs, bits <63:56> of the operand count")                                    \
    X(WALK_SURVIVES_TLBI, "a walk in flight brings back what was invalidated")                                         \
    X(TABLE_LIMITS_LOST_ON_WAIT, "a resumed walk forgets APTable, UXNTable, PXNTable")                                 \
    X(ACCESS_FLAG_IGNORED, "AF = 0 does not fault")                                                                    \
    X(CONTEXT_KEEPS_MICRO_TLBS, "a change of SCTLR_EL1 leaves micro-TLB entries")                                      \
    /* those that random worlds do not meet */                                                                         \
    X(TLBI_RANGE_TOO_SHORT, "by range: the last page is left")                                                         \
    X(TLBI_RANGE_IGNORES_SCALE, "by range: SCALE counts as 0")                                                         \
    X(READ_MARKS_DIRTY, "a read marks a clean page as written to")                                                     \
    X(WRITE_LEAVES_CLEAN, "a write to a clean page does not mark it")                                                  \
    X(DBM_IGNORED, "DBM does not make a page clean that is read-only")
typedef enum mmu_defect {
    MMU_DEFECT_NONE,
#define MMU_DEFECT_ENUM(id, text) MMU_DEFECT_##id,
    MMU_DEFECTS(MMU_DEFECT_ENUM)
#undef MMU_DEFECT_ENUM
        MMU_DEFECT_COUNT
} mmu_defect_t;

typedef struct mmu_config {
    uint32_t micro_tlb_entries; /* of each of I and D, 2 to 256; fully associative, replaced round-robin (no state on
                                   hits) */
    uint32_t l2_tlb_entries, l2_tlb_ways; /* entries / ways must be a power of two */
    uint32_t l2_tlb_hit_cycles;
    uint32_t walk_step_cycles;     /* per descriptor that hits the L1D */
    uint32_t walk_cache_entries;   /* table descriptors kept for later walks; 0: every walk starts at TTBRn_EL1 */
    uint8_t physical_address_bits; /* 32 to 48: ID_AA64MMFR0_EL1.PARange */
    bool guarded_pages;            /* FEAT_BTI: descriptors have GP */
    uint8_t defect;                /* mmu_defect_t */
} mmu_config_t;

/* Why a translation may not take the place of another without break-before-make (Arm ARM D8.14.1). */
typedef enum mmu_conflict {
    MMU_CONFLICT_NONE,
    MMU_CONFLICT_SIZE,        /* page or block of another size */
    MMU_CONFLICT_OUTPUT,      /* another output address, and at least one of the two writable */
    MMU_CONFLICT_MEMORY_TYPE, /* memory type or cacheability */
    MMU_CONFLICT_GLOBAL,      /* a global entry over one that is not global */
} mmu_conflict_t;
/* "page size changed", ... */
const char *mmu_conflict_name(mmu_conflict_t conflict);

/* What the walker needs from the core. */
typedef struct mmu_client {
    void *self;
    /* Reads an 8-byte descriptor at a physical address with these attributes. 0: done; -EAGAIN: asked for, call again
     * after the next event; -EIO: bus error. */
    int (*read_descriptor)(void *self, uint64_t now_ps, uint64_t physical, chi_memory_type_t type,
                           chi_shareability_t shareability, uint64_t *ret_descriptor);
    /* Writes a descriptor in place of the `old` one, with TCR_EL1.HA: 0: done; -EAGAIN as above; -ESTALE: it is not
     * `old` any more, and nothing was written; -ENOTSUP: not in memory that is cached Write-Back; -EIO. Values as they
     * lie in memory. May be NULL: as -ENOTSUP. */
    int (*update_descriptor)(void *self, uint64_t now_ps, uint64_t physical, chi_memory_type_t type,
                             chi_shareability_t shareability, uint64_t old, uint64_t new);
    /* A D micro-TLB (fetch: I micro-TLB) entry is gone: L0 entries of [va, va + bytes) must go; bytes 0: all. va has no
     * tag: where TCR_EL1.TBI is on, compare bits <55:0>. Called from mmu_translate, mmu_tlbi, and for all after each
     * change by mmu_set_context. May be NULL. */
    void (*on_micro_tlb_drop)(void *self, bool fetch, uint64_t va, uint64_t bytes);
    /* A walk made an entry while a TLB still holds an older one for the same addresses that it may not coexist with:
     * the guest changed a live translation without break-before-make. va: of the new page or block. Both entries stay,
     * so accesses may see either. May be NULL. */
    void (*on_break_before_make)(void *self, uint64_t now_ps, uint64_t va, mmu_conflict_t conflict);
} mmu_client_t;

/* With the MMU off nothing is counted. micro_misses_fetch + micro_misses_data == l2_hits + walks: an access that misses
 * is one miss however often it is retried, and AT counts as a data access. */
typedef struct mmu_stats {
    uint64_t micro_misses_fetch, micro_misses_data;
    uint64_t l2_hits, walks;
    uint64_t walk_reads;        /* descriptors */
    uint64_t walk_waits;        /* times a walk had to wait for a descriptor */
    uint64_t walks_given_up;    /* waiting walks that a TLBI, a context change or the core gave up */
    uint64_t invalidations;     /* TLBI operations, of this core and of others */
    uint64_t break_before_make; /* violations reported */
} mmu_stats_t;

int mmu_new(const mmu_config_t *config, const mmu_client_t *client, mmu_t **ret_mmu, base_error_t *error);
void mmu_free(mmu_t *mmu);

/* Gives up walks in progress when anything changed. Micro-TLBs are flushed only where their entries would be wrong
 * (SCTLR_EL1.M, C, I, WXN); what is merely stale stays until it is invalidated, as the architecture has it. */
void mmu_set_context(mmu_t *mmu, const mmu_context_t *context);

/* Translates va for an access at EL0 (privileged false) or EL1. pan: PSTATE.PAN applies to this access. A call that
 * goes on with a waiting walk is known by its page and not counted as another miss. ret_ outputs: the translation is
 * written on MMU_OK only, the fault on MMU_FAULT only. */
mmu_result_t mmu_translate(mmu_t *mmu, uint64_t now_ps, uint64_t va, mmu_access_t access, bool privileged, bool pan,
                           mmu_translation_t *ret_translation, mmu_fault_t *ret_fault);

/* AT S1E1R, S1E1W, S1E0R, S1E0W (Arm ARM C5.4) and with pan the S1E1RP and S1E1WP forms; uses and fills the TLBs like
 * a data access. On MMU_OK *ret_par_el1 is what PAR_EL1 gets, fault or not. MMU_FAULT: the walk met a bus error, and AT
 * takes a Data Abort (AArch64.AT in J1). MMU_WAIT: as mmu_translate. */
mmu_result_t mmu_address_translate(mmu_t *mmu, uint64_t now_ps, uint64_t va, bool write, bool privileged, bool pan,
                                   uint64_t *ret_par_el1, uint32_t *ret_cycles, mmu_fault_t *ret_fault);

/* TLBI forms of the EL1&0 regime (Arm ARM C5.5). The IS and OS forms arrive at every core as DVM operations with the
 * same number; operand is Xt. */
typedef enum mmu_tlbi {
    MMU_TLBI_VMALLE1,
    MMU_TLBI_VAE1,
    MMU_TLBI_ASIDE1,
    MMU_TLBI_VAAE1,
    MMU_TLBI_VALE1,
    MMU_TLBI_VAALE1,
    MMU_TLBI_COUNT, /* of the forms for one page or everything; by range (FEAT_TLBIRANGE): */
    MMU_TLBI_RVAE1 = MMU_TLBI_COUNT,
    MMU_TLBI_RVAAE1,
    MMU_TLBI_RVALE1,
    MMU_TLBI_RVAALE1,
    MMU_TLBI_FORMS,
    /* Not TLB operations, but carried the same way by DVMOp messages. */
    MMU_DVM_IC_IALLU = 14,
    MMU_DVM_IC_IVAU = 15,
} mmu_tlbi_t;
/* Gives up walks in progress, so that none brings back what it invalidates. operation: below MMU_TLBI_FORMS. */
void mmu_tlbi(mmu_t *mmu, mmu_tlbi_t operation, uint64_t operand);

/* A walk is waiting for memory: a DVM sync is answered only when none that began before it remains. */
bool mmu_walk_in_progress(const mmu_t *mmu);
/* Gives up walks in progress (exception taken, context changed, TLBI): the next translate starts anew. */
void mmu_abort_walk(mmu_t *mmu);

const mmu_stats_t *mmu_stats(const mmu_t *mmu);

/* An entry of a TLB, for reports and tests. */
typedef enum mmu_tlb_kind { MMU_TLB_FETCH, MMU_TLB_DATA, MMU_TLB_L2 } mmu_tlb_kind_t;
typedef struct mmu_tlb_entry {
    mmu_tlb_kind_t kind;
    uint64_t va, physical, bytes;
    uint16_t asid; /* 0 when global */
    bool global;
    uint8_t attribute;    /* MAIR_EL1 byte */
    uint8_t shareability; /* SH<1:0> as the descriptor has it */
    uint8_t ap;           /* AP<2:1>, limits of the table descriptors applied, as uxn and pxn */
    bool uxn, pxn;
} mmu_tlb_entry_t;
/* Visits every entry, micro-TLBs first; with the MMU off those hold its flat 1 GB regions. */
void mmu_tlb_each(const mmu_t *mmu, void (*visit)(void *self, const mmu_tlb_entry_t *entry), void *self);

#endif
