/* Before the MMU: every access is Device memory, so it must be aligned and it bypasses the caches. */
#include "boot.h"

#include "fdt.h"
#include "layout.h"
#include "vm.h"

/* A loader that follows the Linux protocol passes the tree in x0; one that loads a bare ELF file leaves it at the base
 * of RAM. Whether it is good is board_init()'s question: here only the magic counts. */
uintptr_t boot_prepare(uint64_t x0)
{
    const bool plausible = x0 >= RAM_BASE && x0 % 8 == 0 && x0 >> 39 == 0;
    const uintptr_t device_tree = plausible && fdt_total_bytes((const void *)x0) != 0 ? x0 : RAM_BASE;
    vm_build_boot_map(device_tree, fdt_total_bytes((const void *)device_tree));
    return device_tree;
}
