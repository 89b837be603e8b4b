/* Building and changing translation tables.
 *
 * The same code runs first with the MMU off, when stores go straight to memory, and later with it on, when they go
 * through the caches, which the walkers look into. Only the change between the two needs cache maintenance. */
#include "vm.h"

#include "barrier.h"
#include "board.h"
#include "cache.h"
#include "panic.h"
#include "spinlock.h"
#include "sysreg.h"

#include <stdbool.h>

enum { VM_TABLES = 24, LEVEL_LAST = 3 };

/* kernel.ld keeps this out of what start.S clears. Table 0 is the kernel's root; start.S knows the address. */
struct vm_tables {
    _Alignas(PAGE_BYTES) uint64_t table[VM_TABLES][TABLE_ENTRIES];
    uint32_t used;
};
extern struct vm_tables vm_tables;
__attribute__((section(".bss.tables"))) struct vm_tables vm_tables;

const vm_space_t vm_kernel = {.root = vm_tables.table[0], .asid = 0};

static spinlock_t vm_lock = SPINLOCK_INIT("vm");

extern char image_start[], rodata_start[], data_start[], boot_stack_guard[], image_end[];

static uint64_t *take_table(void)
{
    if (vm_tables.used == VM_TABLES)
        panic("out of translation tables");
    uint64_t *table = vm_tables.table[vm_tables.used++];
    for (unsigned i = 0; i < TABLE_ENTRIES; i++)
        table[i] = 0;
    return table;
}

/* Level 1 entries span 1 GiB, level 2 entries 2 MiB, level 3 entries 4 KiB. */
static uint64_t level_bytes(unsigned level)
{
    return (uint64_t)PAGE_BYTES << 9 * (LEVEL_LAST - level);
}

static uint64_t *entry_of(uint64_t *table, unsigned level, uint64_t va)
{
    return &table[va / level_bytes(level) % TABLE_ENTRIES];
}

static bool is_table(uint64_t entry)
{
    return (entry & (PTE_VALID | PTE_TABLE)) == (PTE_VALID | PTE_TABLE);
}

/* The next level's table under an entry, made if there is none. */
static uint64_t *descend(uint64_t *entry, uint64_t va)
{
    if (*entry == 0) {
        uint64_t *table = take_table();
        dsb_ishst(); /* the table is empty before a walker can reach it */
        *entry = (uintptr_t)table | PTE_VALID | PTE_TABLE;
    }
    if (!is_table(*entry))
        panic("address %lx is mapped by a block already", va);
    return (uint64_t *)(*entry & PTE_ADDRESS);
}

/* Maps one block or page, the largest that fits, and returns its size. */
static uint64_t map_one(uint64_t *root, uint64_t va, uint64_t pa, uint64_t bytes, uint64_t attributes)
{
    uint64_t *table = root;
    for (unsigned level = 1;; level++) {
        const uint64_t size = level_bytes(level);
        uint64_t *entry = entry_of(table, level, va);
        const bool fits = (va | pa) % size == 0 && bytes >= size && !(level < LEVEL_LAST && is_table(*entry));
        if (!fits) {
            table = descend(entry, va);
            continue;
        }
        const uint64_t leaf = pa | attributes | PTE_VALID | (level == LEVEL_LAST ? PTE_TABLE : 0);
        if (*entry != 0 && *entry != leaf)
            panic("address %lx is mapped already", va);
        *entry = leaf;
        return size;
    }
}

static void map_range(uint64_t *root, uint64_t va, uint64_t pa, uint64_t bytes, uint64_t attributes)
{
    if ((va | pa | bytes) % PAGE_BYTES != 0 || va >> 39 != 0)
        panic("cannot map %lx bytes at %lx", bytes, va);
    for (uint64_t done = 0; done < bytes;)
        done += map_one(root, va + done, pa + done, bytes - done, attributes);
}

static void map_identity(uintptr_t start, uintptr_t end, uint64_t attributes)
{
    map_range(vm_kernel.root, start, start, end - start, attributes);
}

/* Where the block ends that holds the end of the image: its data is mapped up to there. */
static uintptr_t image_block_end(void)
{
    const uint64_t block = level_bytes(2);
    return ((uintptr_t)image_end + block - 1) & ~(block - 1);
}

void vm_build_boot_map(uintptr_t device_tree, size_t device_tree_bytes)
{
    const uint64_t block = level_bytes(2);
    vm_tables.used = 0;
    take_table(); /* the root */

    map_identity((uintptr_t)image_start, (uintptr_t)rodata_start, VM_CODE);
    map_identity((uintptr_t)rodata_start, (uintptr_t)data_start, VM_CONSTANTS);
    map_identity((uintptr_t)data_start, (uintptr_t)boot_stack_guard, VM_DATA);
    map_identity((uintptr_t)boot_stack_guard + PAGE_BYTES, image_block_end(), VM_DATA);
    for (uintptr_t at = device_tree & ~(block - 1); at < device_tree + device_tree_bytes; at += block) {
        const bool is_image = at + block > (uintptr_t)image_start && at < image_block_end();
        if (!is_image)
            map_identity(at, at + block, VM_DATA);
    }
    map_identity(UART_FALLBACK, UART_FALLBACK + PAGE_BYTES, VM_DEVICE);

    /* The tables went past the caches. Should those hold something older of the same addresses, the walkers would
     * read that instead. */
    cache_invalidate_range((uintptr_t)&vm_tables, sizeof vm_tables);
}

void vm_init(void)
{
    const board_t *board = board_get();
    const uint64_t ram_end = board->ram.base + board->ram.bytes;

    vm_map(&vm_kernel, board->ram.base, board->ram.base, (uintptr_t)image_start - board->ram.base, VM_DATA);
    if (ram_end > image_block_end())
        vm_map(&vm_kernel, image_block_end(), image_block_end(), ram_end - image_block_end(), VM_DATA);
    vm_map(&vm_kernel, board->uart_base, board->uart_base, PAGE_BYTES, VM_DEVICE);
    vm_map(&vm_kernel, board->gicd.base, board->gicd.base, board->gicd.bytes, VM_DEVICE);
    for (unsigned i = 0; i < board->gicr_regions; i++)
        vm_map(&vm_kernel, board->gicr[i].base, board->gicr[i].base, board->gicr[i].bytes, VM_DEVICE);
}

void vm_map(const vm_space_t *space, uint64_t va, uint64_t pa, size_t bytes, uint64_t attributes)
{
    spinlock_acquire(&vm_lock);
    map_range(space->root, va, pa, bytes, attributes);
    dsb_ishst(); /* the entries are there for every walker */
    isb();       /* and this core's next instruction may rely on them */
    spinlock_release(&vm_lock);
}

void vm_unmap(const vm_space_t *space, uint64_t va, size_t bytes)
{
    spinlock_acquire(&vm_lock);
    for (uint64_t at = va; at < va + bytes; at += PAGE_BYTES) {
        uint64_t *entry = vm_leaf(space, at);
        if (entry == NULL)
            panic("address %lx is not mapped by a page", at);
        *entry = 0;
    }
    dsb_ishst(); /* the entries are gone before the TLBs forget, or a walk could bring them back */
    for (uint64_t at = va; at < va + bytes; at += PAGE_BYTES)
        __asm__ volatile("tlbi vaae1is, %0" ::"r"(vm_tlbi_operand(at, 0)) : "memory");
    dsb_ish(); /* every core has forgotten; no IPI is needed, TLBI ...IS reaches them all */
    isb();
    spinlock_release(&vm_lock);
}

vm_space_t vm_space_new(unsigned asid)
{
    spinlock_acquire(&vm_lock);
    uint64_t *root = take_table();
    for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
        if (i != VM_WINDOW / level_bytes(1))
            root[i] = vm_kernel.root[i];
    }
    spinlock_release(&vm_lock);
    return (vm_space_t){.root = root, .asid = asid};
}

void vm_space_use(const vm_space_t *space)
{
    dsb_ishst(); /* the tables before their use */
    write_sysreg(ttbr0_el1, (uint64_t)space->asid << 48 | (uintptr_t)space->root);
    isb();
}

uint64_t *vm_leaf(const vm_space_t *space, uint64_t va)
{
    uint64_t *table = space->root;
    for (unsigned level = 1; level < LEVEL_LAST; level++) {
        const uint64_t entry = *entry_of(table, level, va);
        if (!is_table(entry))
            return NULL;
        table = (uint64_t *)(entry & PTE_ADDRESS);
    }
    return entry_of(table, LEVEL_LAST, va);
}
