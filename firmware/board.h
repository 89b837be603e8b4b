/* The board, as the device tree describes it. */
#ifndef MESIM_FIRMWARE_BOARD_H
#define MESIM_FIRMWARE_BOARD_H

#include "layout.h"

#include <stdint.h>

enum { BOARD_GICR_REGIONS = 4, BOARD_BOOTARGS_BYTES = 256 };

typedef enum psci_conduit { PSCI_CONDUIT_NONE, PSCI_CONDUIT_HVC, PSCI_CONDUIT_SMC } psci_conduit_t;

typedef struct board_range {
    uint64_t base;
    uint64_t bytes;
} board_range_t;

typedef struct board {
    unsigned cores;               /* logical numbers 0 to cores - 1 follow the tree's order */
    uint64_t mpidr[SMP_MAX_CPUS]; /* the affinity fields of each */
    board_range_t ram;            /* the range this image is in */
    board_range_t gicd;
    board_range_t gicr[BOARD_GICR_REGIONS];
    unsigned gicr_regions;
    uint64_t uart_base;
    uint32_t virtual_timer_intid;
    psci_conduit_t psci_conduit;
    char bootargs[BOARD_BOOTARGS_BYTES];
} board_t;

/* Reads the tree and keeps what the kernel needs of it, so that its memory can be used afterwards. What is missing is
 * a panic that says so. */
void board_init(uintptr_t device_tree);

const board_t *board_get(void);

/* The logical number of the core with these affinity fields. */
unsigned board_core_of(uint64_t mpidr);

#endif
