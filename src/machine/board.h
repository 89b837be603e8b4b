/* The board: every address and interrupt number of the machine, as on QEMU's virt machine with gic-version=3.
 *
 * Addresses are guest physical, sizes bytes, interrupts GIC INTIDs. Source: hw/arm/virt.c of QEMU for the values, the
 * project's design page (section 8) for the choice. */
#ifndef MESIM_MACHINE_BOARD_H
#define MESIM_MACHINE_BOARD_H

#include "base/error.h"
#include "loader/dtb.h"
#include "loader/memory.h"
#include "machine/config.h"

#include <stdint.h>

#define BOARD_GICD_BASE   UINT64_C(0x08000000)
#define BOARD_ITS_BASE    UINT64_C(0x08080000)
#define BOARD_GICR_BASE   UINT64_C(0x080a0000)
#define BOARD_UART_BASE   UINT64_C(0x09000000)
#define BOARD_RTC_BASE    UINT64_C(0x09010000)
#define BOARD_GPIO_BASE   UINT64_C(0x09030000)
#define BOARD_SCU_BASE    UINT64_C(0x09100000) /* free on QEMU's board: the snoop control unit's registers */
#define BOARD_VIRTIO_BASE UINT64_C(0x0a000000)
#define BOARD_RAM_BASE    UINT64_C(0x40000000)

enum {
    BOARD_UART_BYTES = 0x1000,
    BOARD_RTC_BYTES = 0x1000,
    BOARD_GPIO_BYTES = 0x1000,
    BOARD_SCU_BYTES = 0x1000,
    BOARD_RAM_GRANULE_BYTES = 0x10000,

    BOARD_UART_INTID = 32 + 1,
    BOARD_RTC_INTID = 32 + 2,
    BOARD_GPIO_INTID = 32 + 7,
    BOARD_VIRTIO_INTID = 32 + 16, /* of slot 0; the next ones follow */

    /* Private peripheral interrupts (Arm BSA). */
    BOARD_PMU_INTID = 23,
    BOARD_TIMER_EL2_INTID = 26,
    BOARD_TIMER_VIRTUAL_INTID = 27,
    BOARD_TIMER_SECURE_INTID = 29,
    BOARD_TIMER_PHYSICAL_INTID = 30,

    BOARD_APB_CLOCK_HZ = 24000000,
};
#define BOARD_INPUT_POLL_PS (TIME_PS_PER_SECOND / 1000)

/* The affinity fields of a core's MPIDR_EL1. */
uint64_t board_mpidr(const machine_config_t *config, unsigned core);

/* Slots for virtio devices: as many as have interrupts, 32 unless gic.spis is small. */
unsigned board_virtio_slots(const machine_config_t *config);

/* RAM and the windows that images must miss; lives as long as `config` and ret_windows. */
enum { BOARD_WINDOWS = 8 };
loader_memory_t board_memory(const machine_config_t *config, loader_window_t ret_windows[BOARD_WINDOWS]);

/* The device tree's description; ret_cpus is its room for the cores. */
loader_dtb_machine_t board_description(const machine_config_t *config, loader_dtb_cpu_t ret_cpus[CHI_MAX_CORES]);

#endif
