/* Translation tables: stage 1, 39-bit addresses, 4 KiB granule, 2 MiB and 1 GiB blocks where they fit. */
#ifndef MESIM_FIRMWARE_VM_H
#define MESIM_FIRMWARE_VM_H

#include "layout.h"

#include <stddef.h>
#include <stdint.h>

/* Descriptor bits (DDI 0487, "VMSAv8-64 translation table format descriptors"). */
#define PTE_VALID         (1ull << 0)
#define PTE_TABLE         (1ull << 1) /* levels 1 and 2: a table, not a block; level 3: must be one */
#define PTE_ATTR_INDEX(n) ((uint64_t)(n) << 2)
#define PTE_USER          (1ull << 6)
#define PTE_READ_ONLY     (1ull << 7)
#define PTE_SH_OUTER      (2ull << 8)
#define PTE_SH_INNER      (3ull << 8)
#define PTE_AF            (1ull << 10)
#define PTE_NOT_GLOBAL    (1ull << 11)
#define PTE_PXN           (1ull << 53)
#define PTE_UXN           (1ull << 54)
#define PTE_ADDRESS       0x0000fffffffff000ull

/* What memory is used for: the attribute index is that of MAIR_VALUE. Inner Shareable spans every core an operating
 * system runs on, so all memory that more than one core touches has it. */
#define VM_NORMAL       (PTE_ATTR_INDEX(5) | PTE_SH_INNER | PTE_AF)
#define VM_DATA         (VM_NORMAL | PTE_PXN | PTE_UXN)
#define VM_CODE         (VM_NORMAL | PTE_READ_ONLY | PTE_UXN)
#define VM_CONSTANTS    (VM_NORMAL | PTE_READ_ONLY | PTE_PXN | PTE_UXN)
#define VM_USER_CODE    (VM_NORMAL | PTE_READ_ONLY | PTE_USER | PTE_PXN)
#define VM_USER_DATA    (VM_NORMAL | PTE_USER | PTE_PXN | PTE_UXN)
#define VM_DEVICE       (PTE_ATTR_INDEX(1) | PTE_AF | PTE_PXN | PTE_UXN)
#define VM_NONCACHEABLE (PTE_ATTR_INDEX(3) | PTE_SH_OUTER | PTE_AF | PTE_PXN | PTE_UXN)

/* An address space: a first-level table and the ASID its not-global entries are cached under. */
typedef struct vm_space {
    uint64_t *root;
    unsigned asid;
} vm_space_t;

/* The kernel's own, ASID 0. */
extern const vm_space_t vm_kernel;

/* With the MMU off, on the boot core: maps the image, the memory around the device tree and the fallback UART. */
void vm_build_boot_map(uintptr_t device_tree, size_t device_tree_bytes);

/* Later: maps all of RAM and the board's devices. */
void vm_init(void);

/* Maps bytes at va to pa. Mapping what is mapped the same way already changes nothing; changing a mapping without
 * vm_unmap() in between is a panic, because cores could see both (break-before-make). Addresses and sizes are
 * multiples of a page. */
void vm_map(const vm_space_t *space, uint64_t va, uint64_t pa, size_t bytes, uint64_t attributes);

/* Removes whole pages mapped one by one (the window's), on all cores: returns when no TLB holds them. */
void vm_unmap(const vm_space_t *space, uint64_t va, size_t bytes);

/* A space with the kernel's mappings everywhere but in the window. */
vm_space_t vm_space_new(unsigned asid);

/* Makes this core use the space. */
void vm_space_use(const vm_space_t *space);

/* The level 3 descriptor that maps va, or NULL: for checks that edit it themselves. */
uint64_t *vm_leaf(const vm_space_t *space, uint64_t va);

/* The operand of TLBI by address (DDI 0487, "TLBI VAE1"): bits 43:0 are VA[55:12], and no more of the VA may spill
 * over into the ASID's place. */
static inline uint64_t vm_tlbi_operand(uint64_t va, unsigned asid)
{
    return (uint64_t)asid << 48 | (va >> 12 & 0xfffffffffffull);
}

#endif
