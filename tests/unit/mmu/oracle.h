/* What the manual says of an address: a straightforward transcription of the stage 1 walk and of the permission tables
 * (Arm ARM D8.2 to D8.6), sharing no code with src/mmu.
 *
 * A TLB may be stale: descriptors that were overwritten may still be believed until invalidated. So the oracle gives a
 * list of outcomes, one for each way to read every descriptor as any value it had since a given time. */
#ifndef MESIM_TEST_MMU_ORACLE_H
#define MESIM_TEST_MMU_ORACLE_H

#include "rig.h"

enum { ORACLE_NO_FAULT = 0xff };

/* The end of a walk: a fault, or a leaf. */
typedef struct oracle_leaf {
    uint8_t status; /* fault status code, or ORACLE_NO_FAULT */
    unsigned level;
    uint64_t output, bytes;
    unsigned attribute, shareability; /* MAIR byte, SH<1:0> */
    unsigned ap, uxn, pxn;            /* with the limits of the tables */
    bool global;
} oracle_leaf_t;

/* What an access gets. */
typedef struct oracle_outcome {
    uint8_t status; /* or ORACLE_NO_FAULT */
    uint64_t physical, bytes;
    unsigned type, shareability;
    bool writable;
} oracle_outcome_t;

/* How old a descriptor may be: a table descriptor overwritten at or after tables_since still counts, any other one
 * overwritten at or after leaves_since. UINT64_MAX: only what memory holds now. */
typedef struct oracle_age {
    uint64_t tables_since, leaves_since;
} oracle_age_t;
#define ORACLE_NOW ((oracle_age_t){UINT64_MAX, UINT64_MAX})

/* Calls `emit` with each possible end of a walk for va under `context`; MMU on. */
void oracle_walk(const rig_t *rig, const mmu_context_t *context, uint64_t va, oracle_age_t age,
                 void (*emit)(void *self, const oracle_leaf_t *leaf), void *self);

/* What becomes of an access that met this end of a walk; va is used for its offset. */
oracle_outcome_t oracle_access(const oracle_leaf_t *leaf, const mmu_context_t *context, uint64_t va,
                               mmu_access_t access, bool privileged, bool pan);

/* Both at once, with memory as it is now; MMU on or off. */
oracle_outcome_t oracle_translate(const rig_t *rig, const mmu_context_t *context, uint64_t va, mmu_access_t access,
                                  bool privileged, bool pan);

/* Whether what the MMU answered is that outcome. */
bool oracle_agrees(const oracle_outcome_t *outcome, mmu_result_t result, const mmu_translation_t *translation,
                   const mmu_fault_t *fault);

chi_memory_type_t oracle_memory_type(unsigned attribute);

#endif
