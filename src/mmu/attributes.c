#include "mmu/attributes.h"

/* Cacheability, weakest first, so that the weaker of two is the smaller. */
typedef enum cacheability { NON_CACHEABLE, WRITE_THROUGH, WRITE_BACK } cacheability_t;

static chi_memory_type_t normal_type(cacheability_t inner, cacheability_t outer)
{
    cacheability_t weaker = inner < outer ? inner : outer;
    return weaker == WRITE_BACK ? CHI_NORMAL_WB : weaker == WRITE_THROUGH ? CHI_NORMAL_WT : CHI_NORMAL_NC;
}

/* Half a MAIR byte: 00RW, 10RW write-through, 01RW, 11RW write-back, but 0100 is Non-cacheable. 0000 in the inner half
 * of a Normal type is UNPREDICTABLE and taken for Non-cacheable. */
static cacheability_t mair_cacheability(unsigned half)
{
    if (half == 0 || half == 4)
        return NON_CACHEABLE;
    return half & 4 ? WRITE_BACK : WRITE_THROUGH;
}

chi_memory_type_t mmu_memory_type(uint8_t attribute)
{
    static const chi_memory_type_t device[4] = {CHI_DEVICE_nGnRnE, CHI_DEVICE_nGnRE, CHI_DEVICE_nGRE, CHI_DEVICE_GRE};
    if (!(attribute >> 4))
        return device[bits_get(attribute, 2, 2)];
    return normal_type(mair_cacheability(attribute & 15), mair_cacheability(attribute >> 4));
}

chi_memory_type_t mmu_walk_memory_type(unsigned inner, unsigned outer)
{
    static const cacheability_t field[4] = {NON_CACHEABLE, WRITE_BACK, WRITE_THROUGH, WRITE_BACK};
    return normal_type(field[inner & 3], field[outer & 3]);
}

chi_memory_type_t mmu_effective_type(uint8_t attribute, bool fetch, bool cacheable)
{
    chi_memory_type_t type = mmu_memory_type(attribute);
    if (fetch && type < CHI_NORMAL_NC)
        return CHI_NORMAL_NC;
    return type > CHI_NORMAL_NC && !cacheable ? CHI_NORMAL_NC : type;
}

chi_shareability_t mmu_shareability(unsigned sh, chi_memory_type_t type)
{
    if (type <= CHI_NORMAL_NC || sh == 1)
        return CHI_OUTER_SHAREABLE;
    return (chi_shareability_t)sh;
}

static uint16_t allow(mmu_access_t access, bool user, bool privileged, bool privileged_with_pan)
{
    unsigned bits = user ? mmu_permission_bit(access, false, false) : 0;
    bits |= privileged ? mmu_permission_bit(access, true, false) : 0;
    bits |= privileged_with_pan ? mmu_permission_bit(access, true, true) : 0;
    return (uint16_t)bits;
}

/* D8.4: AP<1> opens to EL0, AP<2> forbids writes; memory that EL0 can write is never executable at EL1. */
uint16_t mmu_permissions(const mmu_leaf_t *leaf, bool wxn)
{
    bool user = leaf->ap & 1, writable = !(leaf->ap & 2);
    bool user_writable = user && writable;
    bool user_executable = !leaf->uxn && !(user_writable && wxn);
    bool executable = !leaf->pxn && !(writable && wxn) && !user_writable;
    return (uint16_t)(leaf->guarded ? MMU_PERMISSION_GUARDED : 0) | allow(MMU_READ, user, true, !user) |
           allow(MMU_WRITE, user_writable, writable, writable && !user) |
           allow(MMU_FETCH, user_executable, executable, executable);
}
