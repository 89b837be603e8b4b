/* The description and what reads a tree back. */
#include "machine_fixture.h"

#include <criterion/criterion.h>
#include <libfdt.h>
#include <string.h>

enum { POWER_GPIO_PHANDLE = 7 };

static const loader_dtb_cpu_t cpus[] = {
    {0x80000000, "arm,cortex-a57", 0},
    {0x80000001, "arm,cortex-a57", 0},
    {0x80000100, "arm,cortex-a57", 1},
    {0x80000101, "arm,cortex-a57", 1},
};

static const char *const pl011_compatible[] = {"arm,pl011", "arm,primecell", NULL};
static const char *const pl011_clocks[] = {"uartclk", "apb_pclk", NULL};
static const char *const pl061_compatible[] = {"arm,pl061", "arm,primecell", NULL};
static const char *const pl061_clocks[] = {"apb_pclk", NULL};
static const char *const keys_compatible[] = {"gpio-keys", NULL};
static const uint32_t pl061_phandle[] = {POWER_GPIO_PHANDLE}, two[] = {2}, key_code[] = {116};
static const uint32_t key_gpios[] = {POWER_GPIO_PHANDLE, 3, 0};

static const loader_dtb_property_t pl061_properties[] = {
    {.name = "phandle", .cells = pl061_phandle, .cell_count = 1},
    {.name = "gpio-controller"},
    {.name = "#gpio-cells", .cells = two, .cell_count = 1},
};

static const loader_dtb_property_t key_properties[] = {
    {.name = "gpios", .cells = key_gpios, .cell_count = 3},
    {.name = "linux,code", .cells = key_code, .cell_count = 1},
    {.name = "label", .text = "GPIO Key Poweroff"},
};

static const loader_dtb_node_t power_key = {.name = "poweroff", .properties = key_properties, .property_count = 3};

static const loader_dtb_node_t devices[] = {
    {.name = "pl011",
     .range = {0x9000000, 0x1000},
     .compatible = pl011_compatible,
     .intid = 33,
     .trigger = LOADER_DTB_LEVEL_HIGH,
     .clock_names = pl011_clocks},
    {.name = "pl061",
     .range = {0x9030000, 0x1000},
     .compatible = pl061_compatible,
     .intid = 39,
     .trigger = LOADER_DTB_LEVEL_HIGH,
     .clock_names = pl061_clocks,
     .properties = pl061_properties,
     .property_count = 3},
    {.name = "gpio-keys", .compatible = keys_compatible, .children = &power_key, .child_count = 1},
};

loader_dtb_machine_t test_machine(void)
{
    return (loader_dtb_machine_t){.ram = {0x40000000, 16 << 20},
                                  .cpus = cpus,
                                  .cpu_count = 4,
                                  .has_cpu_map = true,
                                  .psci_method = "hvc",
                                  .timer_secure_intid = 29,
                                  .timer_physical_intid = 30,
                                  .timer_virtual_intid = 27,
                                  .timer_el2_intid = 26,
                                  .gicd = {0x8000000, 0x10000},
                                  .gicr = {0x80a0000, 4 * 0x20000},
                                  .apb_pclk_hz = 24000000,
                                  .devices = devices,
                                  .device_count = 3,
                                  .stdout_path = "/pl011@9000000"};
}

const void *test_property(const void *blob, const char *path, const char *name, int *ret_bytes)
{
    int node = fdt_path_offset(blob, path);
    cr_assert_geq(node, 0, "no node %s", path);
    const void *value = fdt_getprop(blob, node, name, ret_bytes);
    cr_assert_not_null(value, "no property %s in %s", name, path);
    return value;
}

void expect_cells(const void *blob, const char *path, const char *name, const uint32_t *cells, size_t count)
{
    int bytes = 0;
    const fdt32_t *value = test_property(blob, path, name, &bytes);
    cr_assert_eq((size_t)bytes, count * sizeof(*cells), "%s/%s has %d bytes", path, name, bytes);
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(fdt32_ld(&value[i]), cells[i], "%s/%s cell %zu is %#x, not %#x", path, name, i,
                     fdt32_ld(&value[i]), cells[i]);
}

void expect_bytes(const void *blob, const char *path, const char *name, const char *text, size_t bytes)
{
    int found_bytes = 0;
    const void *value = test_property(blob, path, name, &found_bytes);
    cr_assert_eq((size_t)found_bytes, bytes, "%s/%s has %d bytes", path, name, found_bytes);
    cr_expect_eq(memcmp(value, text, bytes), 0, "%s/%s is '%s', not '%s'", path, name, (const char *)value, text);
}
