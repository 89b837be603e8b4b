/* Which entries a TLBI leaves, told from the manual's description of each form (Arm ARM C5.5) and compared with what
 * the TLBs hold before and after. */
#ifndef MESIM_TEST_MMU_SURVIVORS_H
#define MESIM_TEST_MMU_SURVIVORS_H

#include "rig.h"

enum { SURVIVORS_MAX = 4096, SURVIVORS_TEXT_BYTES = 256 };

typedef struct survivors_list {
    size_t count;
    mmu_tlb_entry_t entries[SURVIVORS_MAX];
} survivors_list_t;

/* Whether a TLBI with this operand must drop the entry. asid_bits: 8 or 16. */
bool survivors_must_go(const mmu_tlb_entry_t *entry, mmu_tlbi_t operation, uint64_t operand, unsigned asid_bits);

void survivors_collect(const rig_t *rig, survivors_list_t *ret_list);

/* Does the TLBI and compares. False, with a text, when the entries left are not exactly those that may stay. */
bool survivors_tlbi(rig_t *rig, mmu_tlbi_t operation, uint64_t operand, unsigned asid_bits,
                    char text[SURVIVORS_TEXT_BYTES]);

typedef struct survivors_result {
    size_t operations, dropping, wrong;
    char text[SURVIVORS_TEXT_BYTES]; /* of the first one that was wrong */
} survivors_result_t;

/* Every form of TLBI, at the first and last page and one page beyond of pages and blocks, global and not, of several
 * ASIDs and of one unused. */
survivors_result_t survivors_at_boundaries(unsigned granule_shift, unsigned asid_bits, mmu_defect_t defect);

/* Every form by range: ranges of several lengths that end or begin at, or just beside, those pages and blocks. */
survivors_result_t survivors_at_ranges(unsigned granule_shift, unsigned asid_bits, mmu_defect_t defect);

#endif
