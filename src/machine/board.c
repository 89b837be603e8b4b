/* The board as its device tree tells it. */
#include "machine/board.h"

#include "device/pl061.h"
#include "device/scu.h"
#include "device/virtio.h"
#include "gic/gic.h"
#include "machine/core_types.h"

uint64_t board_mpidr(const machine_config_t *config, unsigned core)
{
    return (core / config->cores_per_aff1) << 8 | core % config->cores_per_aff1;
}

unsigned board_virtio_slots(const machine_config_t *config)
{
    uint64_t interrupts = GIC_SPI_FIRST + config->gic_spis - BOARD_VIRTIO_INTID;
    return interrupts < DEVICE_VIRTIO_SLOTS ? (unsigned)interrupts : DEVICE_VIRTIO_SLOTS;
}

loader_memory_t board_memory(const machine_config_t *config, loader_window_t ret_windows[BOARD_WINDOWS])
{
    const loader_window_t windows[BOARD_WINDOWS] = {
        {"GIC distributor", {BOARD_GICD_BASE, GICD_FRAME_BYTES}},
        {"GIC interrupt translation service", {BOARD_ITS_BASE, GITS_FRAME_BYTES}},
        {"GIC redistributors", {BOARD_GICR_BASE, config->cores * GICR_BYTES_PER_CORE}},
        {"UART", {BOARD_UART_BASE, BOARD_UART_BYTES}},
        {"real-time clock", {BOARD_RTC_BASE, BOARD_RTC_BYTES}},
        {"GPIO", {BOARD_GPIO_BASE, BOARD_GPIO_BYTES}},
        {"snoop control unit", {BOARD_SCU_BASE, BOARD_SCU_BYTES}},
        {"virtio", {BOARD_VIRTIO_BASE, board_virtio_slots(config) * (uint64_t)DEVICE_VIRTIO_SLOT_BYTES}},
    };
    for (unsigned i = 0; i < BOARD_WINDOWS; i++)
        ret_windows[i] = windows[i];
    return (loader_memory_t){
        .ram = {BOARD_RAM_BASE, config->ram_bytes}, .windows = ret_windows, .window_count = BOARD_WINDOWS};
}

static const char *const uart_compatible[] = {"arm,pl011", "arm,primecell", NULL};
static const char *const uart_clocks[] = {"uartclk", "apb_pclk", NULL};

static const char *const rtc_compatible[] = {"arm,pl031", "arm,primecell", NULL};
static const char *const gpio_compatible[] = {"arm,pl061", "arm,primecell", NULL};
static const char *const keys_compatible[] = {"gpio-keys", NULL};
static const char *const apb_clocks[] = {"apb_pclk", NULL};

/* The power key: KEY_POWER of the gpio-keys binding on an active-high pin of the PL061. */
enum { GPIO_PHANDLE = 1, KEY_POWER = 116 };
static const uint32_t gpio_phandle[] = {GPIO_PHANDLE}, gpio_cells[] = {2}, key_code[] = {KEY_POWER};
static const uint32_t key_gpio[] = {GPIO_PHANDLE, DEVICE_PL061_POWER_KEY, 0};

static const loader_dtb_property_t gpio_properties[] = {
    {.name = "phandle", .cells = gpio_phandle, .cell_count = 1},
    {.name = "#gpio-cells", .cells = gpio_cells, .cell_count = 1},
    {.name = "gpio-controller"},
};
static const loader_dtb_property_t key_properties[] = {
    {.name = "gpios", .cells = key_gpio, .cell_count = 3},
    {.name = "linux,code", .cells = key_code, .cell_count = 1},
    {.name = "label", .text = "GPIO Key Poweroff"},
};
static const loader_dtb_node_t power_key = {.name = "poweroff", .properties = key_properties, .property_count = 3};

static const char *const virtio_compatible[] = {"virtio,mmio", NULL};
static const loader_dtb_property_t virtio_properties[] = {{.name = "dma-coherent"}};

/* The first of four, sixteen slots. */
#define VIRTIO_SLOT(n)                                                                                                 \
    {                                                                                                                  \
        .name = "virtio_mmio", .range = {BOARD_VIRTIO_BASE + (n)*DEVICE_VIRTIO_SLOT_BYTES, DEVICE_VIRTIO_SLOT_BYTES},  \
        .compatible = virtio_compatible, .intid = BOARD_VIRTIO_INTID + (n), .trigger = LOADER_DTB_EDGE_RISING,         \
        .properties = virtio_properties, .property_count = 1                                                           \
    }
#define VIRTIO_FOUR_SLOTS(n) VIRTIO_SLOT(n), VIRTIO_SLOT((n) + 1), VIRTIO_SLOT((n) + 2), VIRTIO_SLOT((n) + 3)
#define VIRTIO_SIXTEEN_SLOTS(n)                                                                                        \
    VIRTIO_FOUR_SLOTS(n), VIRTIO_FOUR_SLOTS((n) + 4), VIRTIO_FOUR_SLOTS((n) + 8), VIRTIO_FOUR_SLOTS((n) + 12)

/* The virtio slots come last, since a machine may have fewer of them. */
static const loader_dtb_node_t devices[] = {
    {.name = "pl011",
     .range = {BOARD_UART_BASE, BOARD_UART_BYTES},
     .compatible = uart_compatible,
     .intid = BOARD_UART_INTID,
     .trigger = LOADER_DTB_LEVEL_HIGH,
     .clock_names = uart_clocks},
    {.name = "pl031",
     .range = {BOARD_RTC_BASE, BOARD_RTC_BYTES},
     .compatible = rtc_compatible,
     .intid = BOARD_RTC_INTID,
     .trigger = LOADER_DTB_LEVEL_HIGH,
     .clock_names = apb_clocks},
    {.name = "pl061",
     .range = {BOARD_GPIO_BASE, BOARD_GPIO_BYTES},
     .compatible = gpio_compatible,
     .intid = BOARD_GPIO_INTID,
     .trigger = LOADER_DTB_LEVEL_HIGH,
     .clock_names = apb_clocks,
     .properties = gpio_properties,
     .property_count = 3},
    {.name = "gpio-keys", .compatible = keys_compatible, .children = &power_key, .child_count = 1},
    VIRTIO_SIXTEEN_SLOTS(0),
    VIRTIO_SIXTEEN_SLOTS(16),
};

loader_dtb_machine_t board_description(const machine_config_t *config, loader_dtb_cpu_t ret_cpus[CHI_MAX_CORES])
{
    const machine_core_type_t *type = machine_core_type_find(config->core_type);
    cpu_features_t features = {0};
    machine_features(config, &features, NULL); /* a list that is wrong makes no machine */
    for (unsigned core = 0; core < config->cores; core++)
        ret_cpus[core] = (loader_dtb_cpu_t){.mpidr = board_mpidr(config, core), .compatible = type->compatible};
    return (loader_dtb_machine_t){
        .ram = {BOARD_RAM_BASE, config->ram_bytes},
        .cpus = ret_cpus,
        .cpu_count = config->cores,
        .has_cpu_map = true,
        .psci_method = "hvc",
        .timer_secure_intid = BOARD_TIMER_SECURE_INTID,
        .timer_physical_intid = BOARD_TIMER_PHYSICAL_INTID,
        .timer_virtual_intid = BOARD_TIMER_VIRTUAL_INTID,
        .timer_el2_intid = BOARD_TIMER_EL2_INTID,
        .pmu_intid = cpu_features_has(&features, CPU_FEAT_PMU3) ? BOARD_PMU_INTID : 0,
        .gicd = {BOARD_GICD_BASE, GICD_FRAME_BYTES},
        .gicr = {BOARD_GICR_BASE, config->cores * GICR_BYTES_PER_CORE},
        .its = {BOARD_ITS_BASE, config->gic_its ? GITS_FRAME_BYTES : 0},
        .apb_pclk_hz = BOARD_APB_CLOCK_HZ,
        .devices = devices,
        .device_count = sizeof(devices) / sizeof(devices[0]) - (DEVICE_VIRTIO_SLOTS - board_virtio_slots(config)),
        .stdout_path = "/pl011@9000000",
    };
}
