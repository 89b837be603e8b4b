/* The board's addresses. */
#include "machine/board.h"

#include <criterion/criterion.h>

static machine_config_t largest(void)
{
    machine_config_t config;
    machine_config_init(&config);
    config.cores = CHI_MAX_CORES;
    config.address_bits = 48;
    config.ram_bytes = UINT64_C(64) << 30;
    return config;
}

Test(machine_board, no_windows_overlap_on_the_largest_machine)
{
    machine_config_t config = largest();
    loader_window_t windows[BOARD_WINDOWS];
    loader_memory_t memory = board_memory(&config, windows);
    cr_assert_eq(memory.window_count, BOARD_WINDOWS);
    for (unsigned i = 0; i < BOARD_WINDOWS; i++) {
        cr_expect(!loader_range_overlaps(windows[i].range, memory.ram), "%s", windows[i].name);
        for (unsigned j = 0; j < i; j++)
            cr_expect(!loader_range_overlaps(windows[i].range, windows[j].range), "%s and %s", windows[i].name,
                      windows[j].name);
    }
}

Test(machine_board, addresses_are_those_of_the_virt_machine)
{
    machine_config_t config = largest();
    loader_dtb_cpu_t cpus[CHI_MAX_CORES];
    loader_dtb_machine_t machine = board_description(&config, cpus);
    cr_expect_eq(machine.ram.base, 0x40000000);
    cr_expect_eq(machine.gicd.base, 0x08000000);
    cr_expect_eq(machine.gicr.base, 0x080a0000);
    cr_expect_eq(machine.devices[0].range.base, 0x09000000);
    cr_expect_eq(machine.devices[0].intid, 33);
    cr_expect_eq(machine.devices[1].range.base, 0x09010000);
    cr_expect_eq(machine.devices[1].intid, 34);
    cr_expect_eq(machine.devices[2].range.base, 0x09030000);
    cr_expect_eq(machine.devices[2].intid, 39);
    cr_expect_eq(machine.timer_virtual_intid, 27);
    cr_expect_eq(machine.timer_physical_intid, 30);
    cr_expect_str_eq(machine.psci_method, "hvc");
}

Test(machine_board, affinities_differ_and_follow_per_aff1)
{
    machine_config_t config = largest();
    cr_expect_eq(board_mpidr(&config, 0), 0);
    cr_expect_eq(board_mpidr(&config, 15), 15);
    cr_expect_eq(board_mpidr(&config, 16), 0x100);
    cr_expect_eq(board_mpidr(&config, 63), 0x30f);
    config.cores_per_aff1 = 64;
    cr_expect_eq(board_mpidr(&config, 63), 63);
}
