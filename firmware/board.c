/* Picking the board out of the device tree's nodes. */
#include "board.h"

#include "fdt.h"
#include "panic.h"
#include "string.h"
#include "sysreg.h"

static board_t board;

/* Devicetree bindings: arm,gic-v3 gives PPIs from 0; INTIDs of PPIs begin at 16. */
enum { FIRST_PPI = 16, INTERRUPT_KIND_PPI = 1, VIRTUAL_TIMER_ENTRY = 2, INTERRUPT_CELLS = 3 };

extern char image_start[];

static void visit_cpu(const fdt_node_t *node)
{
    if (board.cores == SMP_MAX_CPUS)
        panic("the device tree has more than %u cores", SMP_MAX_CPUS);
    const fdt_value_t reg = fdt_property(node, "reg");
    board.mpidr[board.cores++] = fdt_number(reg, 0, node->address_cells) & MPIDR_AFFINITY_MASK;
}

static void visit_memory(const fdt_node_t *node)
{
    uint64_t base, bytes;
    for (unsigned i = 0; fdt_reg(node, i, &base, &bytes); i++) {
        if ((uintptr_t)image_start >= base && (uintptr_t)image_start - base < bytes)
            board.ram = (board_range_t){base, bytes & ~(uint64_t)(PAGE_BYTES - 1)};
    }
}

static void visit_gic(const fdt_node_t *node)
{
    const fdt_value_t regions = fdt_property(node, "#redistributor-regions");
    board.gicr_regions = regions.data != NULL ? fdt_cell(regions, 0) : 1;
    if (board.gicr_regions > BOARD_GICR_REGIONS)
        panic("the device tree has more than %u GICR regions", BOARD_GICR_REGIONS);
    bool complete = fdt_reg(node, 0, &board.gicd.base, &board.gicd.bytes);
    for (unsigned i = 0; i < board.gicr_regions; i++)
        complete = complete && fdt_reg(node, 1 + i, &board.gicr[i].base, &board.gicr[i].bytes);
    if (!complete)
        panic("the device tree's GICv3 node lacks registers");
}

static void visit_timer(const fdt_node_t *node)
{
    const fdt_value_t interrupts = fdt_property(node, "interrupts");
    const unsigned entry = VIRTUAL_TIMER_ENTRY * INTERRUPT_CELLS;
    if (fdt_cell(interrupts, entry) == INTERRUPT_KIND_PPI)
        board.virtual_timer_intid = FIRST_PPI + fdt_cell(interrupts, entry + 1);
}

static void visit_psci(const fdt_node_t *node)
{
    if (fdt_has_string(node, "method", "hvc"))
        board.psci_conduit = PSCI_CONDUIT_HVC;
    else if (fdt_has_string(node, "method", "smc"))
        board.psci_conduit = PSCI_CONDUIT_SMC;
}

static void visit_chosen(const fdt_node_t *node)
{
    const fdt_value_t bootargs = fdt_property(node, "bootargs");
    if (bootargs.bytes > BOARD_BOOTARGS_BYTES)
        panic("bootargs longer than %u characters", BOARD_BOOTARGS_BYTES - 1);
    if (bootargs.bytes > 0)
        memcpy(board.bootargs, bootargs.data, bootargs.bytes - 1); /* the last one is its zero */
}

static void visit(const fdt_node_t *node, void *context)
{
    (void)context;
    if (node->depth == 2 && fdt_has_string(node, "device_type", "cpu"))
        visit_cpu(node);
    else if (fdt_has_string(node, "device_type", "memory"))
        visit_memory(node);
    else if (fdt_has_string(node, "compatible", "arm,gic-v3"))
        visit_gic(node);
    else if (fdt_has_string(node, "compatible", "arm,armv8-timer"))
        visit_timer(node);
    else if (fdt_has_string(node, "compatible", "arm,psci-0.2") || fdt_has_string(node, "compatible", "arm,psci-1.0"))
        visit_psci(node);
    else if (fdt_has_string(node, "compatible", "arm,pl011") && board.uart_base == 0)
        fdt_reg(node, 0, &board.uart_base, &(uint64_t){0});
    else if (node->depth == 1 && strcmp(node->name, "chosen") == 0)
        visit_chosen(node);
}

void board_init(uintptr_t device_tree)
{
    fdt_t tree;
    if (!fdt_open(&tree, (const void *)device_tree))
        panic("no device tree at %lx", device_tree);
    if (!fdt_walk(&tree, visit, NULL))
        panic("the device tree at %lx is damaged", device_tree);
    if (board.cores == 0)
        panic("the device tree has no cores");
    if (board.ram.bytes == 0)
        panic("the device tree has no memory where this image is");
    if (board.gicr_regions == 0)
        panic("the device tree has no GICv3");
    if (board.uart_base == 0)
        panic("the device tree has no PL011");
    if (board.virtual_timer_intid == 0)
        panic("the device tree has no virtual timer");
    if (board.psci_conduit == PSCI_CONDUIT_NONE)
        panic("the device tree has no PSCI 0.2");
}

const board_t *board_get(void)
{
    return &board;
}

unsigned board_core_of(uint64_t mpidr)
{
    for (unsigned core = 0; core < board.cores; core++) {
        if (board.mpidr[core] == mpidr)
            return core;
    }
    panic("the device tree has no core with MPIDR %lx", mpidr);
}
