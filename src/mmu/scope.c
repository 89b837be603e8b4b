#include "mmu/scope.h"

#include "mmu/defect.h"

enum { OPERAND_VA_BITS = 44, OPERAND_ASID = 48 }; /* Xt: VA<55:12> in <43:0>, ASID in <63:48> */

typedef struct form {
    bool by_va, by_asid, globals, last_level_only;
} form_t;

/* Arm ARM C5.5, in the order of mmu_tlbi_t. */
static const form_t forms[MMU_TLBI_FORMS] = {
    [MMU_TLBI_VMALLE1] = {false, false, true, false}, /* all */
    [MMU_TLBI_VAE1] = {true, true, true, false},      /* this address, this ASID or global */
    [MMU_TLBI_ASIDE1] = {false, true, false, false},  /* this ASID, not global */
    [MMU_TLBI_VAAE1] = {true, false, true, false},    /* this address, any ASID */
    [MMU_TLBI_VALE1] = {true, true, true, true},      [MMU_TLBI_VAALE1] = {true, false, true, true},
    [MMU_TLBI_RVAE1] = {true, true, true, false},     [MMU_TLBI_RVAAE1] = {true, false, true, false},
    [MMU_TLBI_RVALE1] = {true, true, true, true},     [MMU_TLBI_RVAALE1] = {true, false, true, true},
};

/* Xt of the forms by range: BaseADDR <36:0> in granules, TTL <38:37> (a hint), NUM <43:39>, SCALE <45:44>, TG <47:46>:
 * (NUM + 1) * 2^(5 * SCALE + 1) granules. The reserved TG 0 reaches nothing. */
static void set_range(mmu_scope_t *scope, uint64_t operand)
{
    enum { BASE_BITS = 37, NUM = 39, SCALE = 44, TG = 46 };
    static const uint8_t shifts[4] = {0, 12, 14, 16};
    unsigned shift = shifts[bits_get(operand, TG, 2)];
    unsigned scale = MMU_DEFECT(scope->defect, TLBI_RANGE_IGNORES_SCALE) ? 0 : (unsigned)bits_get(operand, SCALE, 2);
    uint64_t granules = (bits_get(operand, NUM, 5) + 1) << (5 * scale + 1);
    if (MMU_DEFECT(scope->defect, TLBI_RANGE_TOO_SHORT))
        granules -= 1;
    scope->first = (uint64_t)bits_sign_extend(operand, BASE_BITS) << shift;
    scope->last = scope->first + (granules << shift) - 1;
    scope->nothing = !shift;
    if (scope->last < scope->first)
        scope->last = UINT64_MAX; /* a range ends with the address space */
}

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
    if (operation >= MMU_TLBI_RVAE1)
        set_range(&scope, operand);
    if (MMU_DEFECT(defect, TLBI_MISSES_GLOBALS) && form->by_va)
        scope.globals = false;
    if (MMU_DEFECT(defect, TLBI_ASID_DROPS_GLOBALS))
        scope.globals = true;
    if (MMU_DEFECT(defect, TLBI_REACHES_NEXT_PAGE) && form->by_va)
        scope.last += 1;
    if (MMU_DEFECT(defect, TLBI_OPERAND_UNMASKED) && form->by_asid)
        scope.asid = (uint16_t)(operand >> OPERAND_ASID);
    return scope;
}
