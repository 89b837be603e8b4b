#include "mmu/scope.h"

#include "mmu/defect.h"

enum { OPERAND_VA_BITS = 44, OPERAND_ASID = 48 }; /* Xt: VA<55:12> in <43:0>, ASID in <63:48> */

typedef struct form {
    bool by_va, by_asid, globals, last_level_only;
} form_t;

/* Arm ARM C5.5, in the order of mmu_tlbi_t. */
static const form_t forms[MMU_TLBI_COUNT] = {
    [MMU_TLBI_VMALLE1] = {false, false, true, false}, /* all */
    [MMU_TLBI_VAE1] = {true, true, true, false},      /* this address, this ASID or global */
    [MMU_TLBI_ASIDE1] = {false, true, false, false},  /* this ASID, not global */
    [MMU_TLBI_VAAE1] = {true, false, true, false},    /* this address, any ASID */
    [MMU_TLBI_VALE1] = {true, true, true, true},      [MMU_TLBI_VAALE1] = {true, false, true, true},
};

mmu_scope_t mmu_scope_of(mmu_tlbi_t operation, uint64_t operand, uint16_t asid_mask, uint8_t defect)
{
    const form_t *form = &forms[operation];
    uint64_t va = (uint64_t)bits_sign_extend(operand << MMU_SHIFT_MIN, OPERAND_VA_BITS + MMU_SHIFT_MIN);
    mmu_scope_t scope = {
        .first = va,
        .last = va | bits_mask(MMU_SHIFT_MIN),
        .every_va = !form->by_va,
        .every_asid = !form->by_asid,
        .globals = form->globals,
        .last_level_only = form->last_level_only,
        .asid = (uint16_t)(operand >> OPERAND_ASID & asid_mask),
        .defect = defect,
    };
    if (MMU_DEFECT(defect, TLBI_MISSES_GLOBALS) && form->by_va)
        scope.globals = false;
    if (MMU_DEFECT(defect, TLBI_ASID_DROPS_GLOBALS))
        scope.globals = true;
    if (MMU_DEFECT(defect, TLBI_REACHES_NEXT_PAGE))
        scope.last += 1;
    if (MMU_DEFECT(defect, TLBI_OPERAND_UNMASKED) && form->by_asid)
        scope.asid = (uint16_t)(operand >> OPERAND_ASID);
    return scope;
}
