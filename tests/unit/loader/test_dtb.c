/* The device tree built from a machine, read back with libfdt. The numbers expected are those of QEMU's virt. */
#include "loader/dtb.h"
#include "machine_fixture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <libfdt.h>
#include <string.h>

static loader_dtb_t build(const loader_dtb_machine_t *machine)
{
    loader_dtb_t dtb = {0};
    base_error_t error;
    cr_assert_eq(loader_dtb_build(machine, &dtb, &error), 0, "%s", error.text);
    cr_assert_eq(fdt_check_full(dtb.data, dtb.bytes), 0);
    cr_assert_eq(fdt_totalsize(dtb.data), dtb.bytes);
    return dtb;
}

static bool has_node(const loader_dtb_t *dtb, const char *path)
{
    return fdt_path_offset(dtb->data, path) >= 0;
}

Test(loader_dtb, root_is_that_of_a_virtual_board)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = build(&machine);
    EXPECT_TEXT(dtb.data, "/", "compatible", "linux,dummy-virt");
    EXPECT_CELLS(dtb.data, "/", "#address-cells", 2);
    EXPECT_CELLS(dtb.data, "/", "#size-cells", 2);
    int bytes = 0;
    const fdt32_t *parent = test_property(dtb.data, "/", "interrupt-parent", &bytes);
    int node = fdt_node_offset_by_phandle(dtb.data, fdt32_ld(parent));
    cr_expect_str_eq(fdt_get_name(dtb.data, node, NULL), "intc@8000000");
    loader_dtb_done(&dtb);
}

Test(loader_dtb, memory_is_the_ram_given)
{
    loader_dtb_machine_t machine = test_machine();
    machine.ram = (loader_range_t){0x40000000, UINT64_C(5) << 30};
    loader_dtb_t dtb = build(&machine);
    EXPECT_CELLS(dtb.data, "/memory@40000000", "reg", 0, 0x40000000, 1, 0x40000000);
    EXPECT_TEXT(dtb.data, "/memory@40000000", "device_type", "memory");
    loader_dtb_done(&dtb);
}

Test(loader_dtb, cores_are_named_after_their_affinity)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = build(&machine);
    EXPECT_CELLS(dtb.data, "/cpus", "#address-cells", 1);
    EXPECT_CELLS(dtb.data, "/cpus", "#size-cells", 0);
    EXPECT_CELLS(dtb.data, "/cpus/cpu@0", "reg", 0);
    EXPECT_CELLS(dtb.data, "/cpus/cpu@101", "reg", 0x101);
    EXPECT_TEXT(dtb.data, "/cpus/cpu@101", "enable-method", "psci");
    EXPECT_TEXT(dtb.data, "/cpus/cpu@101", "compatible", "arm,cortex-a57");
    EXPECT_TEXT(dtb.data, "/cpus/cpu@101", "device_type", "cpu");
    loader_dtb_done(&dtb);
}

Test(loader_dtb, an_aff3_makes_every_core_address_two_cells)
{
    static const loader_dtb_cpu_t cpus[] = {{0, "arm,cortex-a57", 0}, {UINT64_C(0x2c0000304), "arm,cortex-a57", 0}};
    loader_dtb_machine_t machine = test_machine();
    machine.cpus = cpus;
    machine.cpu_count = 2;
    loader_dtb_t dtb = build(&machine);
    EXPECT_CELLS(dtb.data, "/cpus", "#address-cells", 2);
    EXPECT_CELLS(dtb.data, "/cpus/cpu@0", "reg", 0, 0);
    EXPECT_CELLS(dtb.data, "/cpus/cpu@200000304", "reg", 2, 0x304);
    loader_dtb_done(&dtb);
}

Test(loader_dtb, cpu_map_points_at_the_cores_of_each_cluster)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = build(&machine);
    static const char *const paths[] = {"/cpus/cpu-map/socket0/cluster0/core0", "/cpus/cpu-map/socket0/cluster0/core1",
                                        "/cpus/cpu-map/socket0/cluster1/core0", "/cpus/cpu-map/socket0/cluster1/core1"};
    static const char *const names[] = {"cpu@0", "cpu@1", "cpu@100", "cpu@101"};
    for (size_t i = 0; i < 4; i++) {
        int bytes = 0;
        const fdt32_t *phandle = test_property(dtb.data, paths[i], "cpu", &bytes);
        int node = fdt_node_offset_by_phandle(dtb.data, fdt32_ld(phandle));
        cr_expect_str_eq(fdt_get_name(dtb.data, node, NULL), names[i]);
    }
    cr_expect_not(has_node(&dtb, "/cpus/cpu-map/socket0/cluster0/core2"));
    loader_dtb_done(&dtb);

    machine.has_cpu_map = false;
    dtb = build(&machine);
    cr_expect_not(has_node(&dtb, "/cpus/cpu-map"));
    loader_dtb_done(&dtb);
}

Test(loader_dtb, psci_says_its_method_and_functions)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = build(&machine);
    EXPECT_TEXT(dtb.data, "/psci", "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci");
    EXPECT_TEXT(dtb.data, "/psci", "method", "hvc");
    EXPECT_CELLS(dtb.data, "/psci", "cpu_on", 0xc4000003);
    EXPECT_CELLS(dtb.data, "/psci", "cpu_off", 0x84000002);
    EXPECT_CELLS(dtb.data, "/psci", "cpu_suspend", 0xc4000001);
    EXPECT_CELLS(dtb.data, "/psci", "migrate", 0xc4000005);
    loader_dtb_done(&dtb);
    machine.psci_method = "smc";
    dtb = build(&machine);
    EXPECT_TEXT(dtb.data, "/psci", "method", "smc");
    loader_dtb_done(&dtb);
}

Test(loader_dtb, timer_lists_secure_physical_virtual_and_el2_as_level_ppis)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = build(&machine);
    EXPECT_TEXT(dtb.data, "/timer", "compatible", "arm,armv8-timer\0arm,armv7-timer");
    EXPECT_CELLS(dtb.data, "/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
    loader_dtb_done(&dtb);
}

Test(loader_dtb, interrupt_controller_has_both_frames)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = build(&machine);
    EXPECT_TEXT(dtb.data, "/intc@8000000", "compatible", "arm,gic-v3");
    EXPECT_CELLS(dtb.data, "/intc@8000000", "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0x80000);
    EXPECT_CELLS(dtb.data, "/intc@8000000", "#interrupt-cells", 3);
    EXPECT_CELLS(dtb.data, "/intc@8000000", "#redistributor-regions", 1);
    int bytes = -1;
    test_property(dtb.data, "/intc@8000000", "interrupt-controller", &bytes);
    cr_expect_eq(bytes, 0);
    test_property(dtb.data, "/intc@8000000", "ranges", &bytes);
    cr_expect_eq(bytes, 0);
    cr_expect_not(has_node(&dtb, "/intc@8000000/its@8080000"));
    loader_dtb_done(&dtb);
}

Test(loader_dtb, its_and_pmu_appear_only_where_the_machine_has_them)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = build(&machine);
    cr_expect_not(has_node(&dtb, "/pmu"));
    loader_dtb_done(&dtb);
    machine.its = (loader_range_t){0x8080000, 0x20000};
    machine.pmu_intid = 23;
    dtb = build(&machine);
    EXPECT_CELLS(dtb.data, "/intc@8000000/its@8080000", "reg", 0, 0x8080000, 0, 0x20000);
    EXPECT_TEXT(dtb.data, "/intc@8000000/its@8080000", "compatible", "arm,gic-v3-its");
    EXPECT_CELLS(dtb.data, "/pmu", "interrupts", 1, 7, 4);
    loader_dtb_done(&dtb);
}

Test(loader_dtb, uart_has_its_interrupt_and_two_clocks)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = build(&machine);
    EXPECT_TEXT(dtb.data, "/pl011@9000000", "compatible", "arm,pl011\0arm,primecell");
    EXPECT_CELLS(dtb.data, "/pl011@9000000", "reg", 0, 0x9000000, 0, 0x1000);
    EXPECT_CELLS(dtb.data, "/pl011@9000000", "interrupts", 0, 1, 4);
    EXPECT_TEXT(dtb.data, "/pl011@9000000", "clock-names", "uartclk\0apb_pclk");
    uint32_t clock = fdt_get_phandle(dtb.data, fdt_path_offset(dtb.data, "/apb-pclk"));
    cr_expect_neq(clock, 0);
    EXPECT_CELLS(dtb.data, "/pl011@9000000", "clocks", clock, clock);
    EXPECT_CELLS(dtb.data, "/apb-pclk", "clock-frequency", 24000000);
    EXPECT_TEXT(dtb.data, "/apb-pclk", "clock-output-names", "clk24mhz");
    EXPECT_TEXT(dtb.data, "/apb-pclk", "compatible", "fixed-clock");
    EXPECT_TEXT(dtb.data, "/chosen", "stdout-path", "/pl011@9000000");
    loader_dtb_done(&dtb);
}

Test(loader_dtb, child_nodes_and_own_properties_are_written)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = build(&machine);
    uint32_t gpio = fdt_get_phandle(dtb.data, fdt_path_offset(dtb.data, "/pl061@9030000"));
    cr_expect_lt(gpio, LOADER_DTB_PHANDLE_FIRST);
    EXPECT_CELLS(dtb.data, "/gpio-keys/poweroff", "gpios", gpio, 3, 0);
    EXPECT_TEXT(dtb.data, "/gpio-keys/poweroff", "label", "GPIO Key Poweroff");
    cr_expect_null(fdt_getprop(dtb.data, fdt_path_offset(dtb.data, "/gpio-keys"), "reg", NULL));
    loader_dtb_done(&dtb);
}

Test(loader_dtb, chosen_holds_bootargs_and_initrd_only_when_given)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = build(&machine);
    int chosen = fdt_path_offset(dtb.data, "/chosen");
    cr_expect_null(fdt_getprop(dtb.data, chosen, "bootargs", NULL));
    cr_expect_null(fdt_getprop(dtb.data, chosen, "linux,initrd-start", NULL));
    loader_dtb_done(&dtb);
    machine.chosen = (loader_dtb_chosen_t){.bootargs = "iterations=7", .initrd = {0x40800000, 0x123}};
    dtb = build(&machine);
    EXPECT_TEXT(dtb.data, "/chosen", "bootargs", "iterations=7");
    EXPECT_CELLS(dtb.data, "/chosen", "linux,initrd-start", 0, 0x40800000);
    EXPECT_CELLS(dtb.data, "/chosen", "linux,initrd-end", 0, 0x40800123);
    loader_dtb_done(&dtb);
}

Test(loader_dtb, many_cores_and_long_bootargs_grow_the_tree)
{
    loader_dtb_cpu_t *cpus = g_new0(loader_dtb_cpu_t, 512);
    for (uint32_t i = 0; i < 512; i++)
        cpus[i] =
            (loader_dtb_cpu_t){.mpidr = (i / 16) << 8 | i % 16, .compatible = "arm,cortex-a57", .cluster = i / 16};
    char *bootargs = g_strnfill(100000, 'x');
    loader_dtb_machine_t machine = test_machine();
    machine.cpus = cpus;
    machine.cpu_count = 512;
    machine.chosen.bootargs = bootargs;
    loader_dtb_t dtb = build(&machine);
    EXPECT_CELLS(dtb.data, "/cpus/cpu@1f0f", "reg", 0x1f0f);
    cr_expect(has_node(&dtb, "/cpus/cpu-map/socket0/cluster31/core15"));
    expect_bytes(dtb.data, "/chosen", "bootargs", bootargs, 100001);
    loader_dtb_done(&dtb);
    g_free(bootargs);
    g_free(cpus);
}

Test(loader_dtb, same_machine_gives_the_same_bytes)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t first = build(&machine), second = build(&machine);
    cr_assert_eq(first.bytes, second.bytes);
    cr_expect_eq(memcmp(first.data, second.data, first.bytes), 0);
    loader_dtb_done(&first);
    loader_dtb_done(&second);
}

static void expect_build_fails(const loader_dtb_machine_t *machine, int negative_errno, const char *said)
{
    loader_dtb_t dtb = {0};
    base_error_t error = {.text = ""};
    cr_expect_eq(loader_dtb_build(machine, &dtb, &error), negative_errno);
    cr_expect(strstr(error.text, said), "%s", error.text);
    cr_expect_null(dtb.data);
}

Test(loader_dtb, refuses_an_interrupt_number_the_binding_cannot_say)
{
    loader_dtb_machine_t machine = test_machine();
    machine.timer_el2_intid = 15; /* an SGI */
    expect_build_fails(&machine, -EINVAL, "check its interrupt numbers");
    machine.timer_el2_intid = 1020; /* reserved */
    expect_build_fails(&machine, -EINVAL, "check its interrupt numbers");
    machine.timer_el2_intid = 1019;
    loader_dtb_t dtb = build(&machine);
    loader_dtb_done(&dtb);
}

Test(loader_dtb, refuses_a_console_that_does_not_exist)
{
    loader_dtb_machine_t machine = test_machine();
    machine.stdout_path = "/pl011@1";
    expect_build_fails(&machine, -EINVAL, "stdout-path /pl011@1 names no device");
}

Test(loader_dtb, refuses_bootargs_larger_than_a_tree_may_be)
{
    char *bootargs = g_strnfill(3 << 20, 'x');
    loader_dtb_machine_t machine = test_machine();
    machine.chosen.bootargs = bootargs;
    expect_build_fails(&machine, -EFBIG, "exceeds 2 MiB; shorten --append");
    g_free(bootargs);
}
