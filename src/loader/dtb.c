/* The device tree of the machine, node by node. */
#include "loader/dtb.h"

#include "loader/fdt_writer.h"

#include <errno.h>
#include <glib.h>
#include <libfdt.h>
#include <stdio.h>

enum {
    PHANDLE_CLOCK = LOADER_DTB_PHANDLE_FIRST,
    PHANDLE_GIC,
    PHANDLE_ITS,
    PHANDLE_CPUS, /* the first of cpu_count */
};

/* PSCI (DEN 0022) function identifiers of the arm,psci binding before 0.2; later guests know them. */
#define PSCI_CPU_OFF     UINT32_C(0x84000002)
#define PSCI_CPU_SUSPEND UINT32_C(0xc4000001)
#define PSCI_CPU_ON      UINT32_C(0xc4000003)
#define PSCI_MIGRATE     UINT32_C(0xc4000005)

/* MPIDR_EL1 affinity fields (DDI 0487, D19.2.101): Aff3 is bits 39:32, Aff2..Aff0 are bits 23:0. */
#define MPIDR_AFF3   UINT64_C(0xff00000000)
#define MPIDR_AFF2_0 UINT64_C(0x0000ffffff)

static void write_root_properties(loader_fdt_t *fdt)
{
    loader_fdt_u32(fdt, "interrupt-parent", PHANDLE_GIC);
    loader_fdt_string(fdt, "model", "linux,dummy-virt");
    loader_fdt_u32(fdt, "#size-cells", 2);
    loader_fdt_u32(fdt, "#address-cells", 2);
    loader_fdt_string(fdt, "compatible", "linux,dummy-virt");
}

static void write_psci(loader_fdt_t *fdt, const loader_dtb_machine_t *machine)
{
    static const char *const compatible[] = {"arm,psci-1.0", "arm,psci-0.2", "arm,psci", NULL};
    loader_fdt_node(fdt, "psci");
    loader_fdt_u32(fdt, "migrate", PSCI_MIGRATE);
    loader_fdt_u32(fdt, "cpu_on", PSCI_CPU_ON);
    loader_fdt_u32(fdt, "cpu_off", PSCI_CPU_OFF);
    loader_fdt_u32(fdt, "cpu_suspend", PSCI_CPU_SUSPEND);
    loader_fdt_string(fdt, "method", machine->psci_method);
    loader_fdt_strings(fdt, "compatible", compatible);
    loader_fdt_end(fdt);
}

static void write_memory(loader_fdt_t *fdt, const loader_dtb_machine_t *machine)
{
    loader_fdt_node_at(fdt, "memory", machine->ram.base);
    loader_fdt_reg(fdt, &machine->ram, 1);
    loader_fdt_string(fdt, "device_type", "memory");
    loader_fdt_end(fdt);
}

static void write_cpu_map(loader_fdt_t *fdt, const loader_dtb_machine_t *machine)
{
    uint32_t cluster_count = 0;
    for (size_t i = 0; i < machine->cpu_count; i++)
        cluster_count = MAX(cluster_count, machine->cpus[i].cluster + 1);

    loader_fdt_node(fdt, "cpu-map");
    loader_fdt_node(fdt, "socket0");
    for (uint32_t cluster = 0; cluster < cluster_count; cluster++) {
        char name[32];
        unsigned core = 0;
        snprintf(name, sizeof(name), "cluster%u", cluster);
        loader_fdt_node(fdt, name);
        for (size_t i = 0; i < machine->cpu_count; i++) {
            if (machine->cpus[i].cluster != cluster)
                continue;
            snprintf(name, sizeof(name), "core%u", core++);
            loader_fdt_node(fdt, name);
            loader_fdt_u32(fdt, "cpu", PHANDLE_CPUS + (uint32_t)i);
            loader_fdt_end(fdt);
        }
        loader_fdt_end(fdt);
    }
    loader_fdt_end(fdt);
    loader_fdt_end(fdt);
}

/* arm,cpus: reg is the affinity, in two cells as soon as one core has an Aff3. A node is named after its reg, as the
 * Devicetree Specification (2.2.1.1) asks. */
static void write_cpus(loader_fdt_t *fdt, const loader_dtb_machine_t *machine)
{
    bool needs_aff3 = false;
    for (size_t i = 0; i < machine->cpu_count; i++)
        needs_aff3 |= (machine->cpus[i].mpidr & MPIDR_AFF3) != 0;

    loader_fdt_node(fdt, "cpus");
    loader_fdt_u32(fdt, "#size-cells", 0);
    loader_fdt_u32(fdt, "#address-cells", needs_aff3 ? 2 : 1);
    if (machine->has_cpu_map)
        write_cpu_map(fdt, machine);
    for (size_t i = 0; i < machine->cpu_count; i++) {
        uint64_t affinity = machine->cpus[i].mpidr & (MPIDR_AFF3 | MPIDR_AFF2_0);
        loader_fdt_node_at(fdt, "cpu", affinity);
        loader_fdt_u32(fdt, "phandle", PHANDLE_CPUS + (uint32_t)i);
        if (needs_aff3)
            loader_fdt_u64(fdt, "reg", affinity);
        else
            loader_fdt_u32(fdt, "reg", (uint32_t)affinity);
        loader_fdt_string(fdt, "enable-method", "psci");
        loader_fdt_string(fdt, "compatible", machine->cpus[i].compatible);
        loader_fdt_string(fdt, "device_type", "cpu");
        loader_fdt_end(fdt);
    }
    loader_fdt_end(fdt);
}

/* arm,arch_timer: secure, non-secure, virtual, hypervisor. */
static void write_timer(loader_fdt_t *fdt, const loader_dtb_machine_t *machine)
{
    static const char *const compatible[] = {"arm,armv8-timer", "arm,armv7-timer", NULL};
    const uint32_t intids[] = {machine->timer_secure_intid, machine->timer_physical_intid, machine->timer_virtual_intid,
                               machine->timer_el2_intid};
    loader_fdt_node(fdt, "timer");
    loader_fdt_interrupts(fdt, intids, 4, LOADER_DTB_LEVEL_HIGH);
    loader_fdt_empty(fdt, "always-on");
    loader_fdt_strings(fdt, "compatible", compatible);
    loader_fdt_end(fdt);
}

static void write_pmu(loader_fdt_t *fdt, const loader_dtb_machine_t *machine)
{
    if (!machine->pmu_intid)
        return;
    loader_fdt_node(fdt, "pmu");
    loader_fdt_interrupts(fdt, &machine->pmu_intid, 1, LOADER_DTB_LEVEL_HIGH);
    loader_fdt_string(fdt, "compatible", "arm,armv8-pmuv3");
    loader_fdt_end(fdt);
}

static void write_its(loader_fdt_t *fdt, const loader_dtb_machine_t *machine)
{
    if (!machine->its.bytes)
        return;
    loader_fdt_node_at(fdt, "its", machine->its.base);
    loader_fdt_u32(fdt, "phandle", PHANDLE_ITS);
    loader_fdt_reg(fdt, &machine->its, 1);
    loader_fdt_u32(fdt, "#msi-cells", 1);
    loader_fdt_empty(fdt, "msi-controller");
    loader_fdt_string(fdt, "compatible", "arm,gic-v3-its");
    loader_fdt_end(fdt);
}

static void write_gic(loader_fdt_t *fdt, const loader_dtb_machine_t *machine)
{
    const loader_range_t frames[] = {machine->gicd, machine->gicr};
    loader_fdt_node_at(fdt, "intc", machine->gicd.base);
    loader_fdt_u32(fdt, "phandle", PHANDLE_GIC);
    loader_fdt_reg(fdt, frames, 2);
    loader_fdt_u32(fdt, "#redistributor-regions", 1);
    loader_fdt_string(fdt, "compatible", "arm,gic-v3");
    loader_fdt_empty(fdt, "ranges");
    loader_fdt_u32(fdt, "#size-cells", 2);
    loader_fdt_u32(fdt, "#address-cells", 2);
    loader_fdt_empty(fdt, "interrupt-controller");
    loader_fdt_u32(fdt, "#interrupt-cells", 3);
    write_its(fdt, machine);
    loader_fdt_end(fdt);
}

static void write_clock(loader_fdt_t *fdt, const loader_dtb_machine_t *machine)
{
    char output_name[32];
    if (!machine->apb_pclk_hz)
        return;
    snprintf(output_name, sizeof(output_name), "clk%umhz", machine->apb_pclk_hz / 1000000);
    loader_fdt_node(fdt, "apb-pclk");
    loader_fdt_u32(fdt, "phandle", PHANDLE_CLOCK);
    loader_fdt_string(fdt, "clock-output-names", output_name);
    loader_fdt_u32(fdt, "clock-frequency", machine->apb_pclk_hz);
    loader_fdt_u32(fdt, "#clock-cells", 0);
    loader_fdt_string(fdt, "compatible", "fixed-clock");
    loader_fdt_end(fdt);
}

static void write_clock_names(loader_fdt_t *fdt, const char *const *names)
{
    size_t count = 0;
    while (names[count])
        count++;
    uint32_t *clocks = g_new(uint32_t, count);
    for (size_t i = 0; i < count; i++)
        clocks[i] = PHANDLE_CLOCK;
    loader_fdt_strings(fdt, "clock-names", names);
    loader_fdt_cells(fdt, "clocks", clocks, count);
    g_free(clocks);
}

static void write_device(loader_fdt_t *fdt, const loader_dtb_node_t *node)
{
    if (node->range.bytes)
        loader_fdt_node_at(fdt, node->name, node->range.base);
    else
        loader_fdt_node(fdt, node->name);
    if (node->clock_names)
        write_clock_names(fdt, node->clock_names);
    if (node->intid)
        loader_fdt_interrupts(fdt, &node->intid, 1, node->trigger);
    if (node->range.bytes)
        loader_fdt_reg(fdt, &node->range, 1);
    if (node->compatible)
        loader_fdt_strings(fdt, "compatible", node->compatible);
    for (size_t i = 0; i < node->property_count; i++) {
        const loader_dtb_property_t *property = &node->properties[i];
        if (property->text)
            loader_fdt_string(fdt, property->name, property->text);
        else
            loader_fdt_cells(fdt, property->name, property->cells, property->cell_count);
    }
    for (size_t i = 0; i < node->child_count; i++)
        write_device(fdt, &node->children[i]);
    loader_fdt_end(fdt);
}

static void write_chosen(loader_fdt_t *fdt, const loader_dtb_machine_t *machine)
{
    const loader_dtb_chosen_t *chosen = &machine->chosen;
    loader_fdt_node(fdt, "chosen");
    if (machine->stdout_path)
        loader_fdt_string(fdt, "stdout-path", machine->stdout_path);
    if (chosen->bootargs)
        loader_fdt_string(fdt, "bootargs", chosen->bootargs);
    if (chosen->initrd.bytes) {
        loader_fdt_u64(fdt, "linux,initrd-start", chosen->initrd.base);
        loader_fdt_u64(fdt, "linux,initrd-end", loader_range_end(chosen->initrd));
    }
    loader_fdt_end(fdt);
}

static int write_tree(const loader_dtb_machine_t *machine, void *blob, size_t capacity_bytes)
{
    loader_fdt_t fdt;
    loader_fdt_begin(&fdt, blob, capacity_bytes);
    loader_fdt_node(&fdt, "");
    write_root_properties(&fdt);
    write_psci(&fdt, machine);
    write_memory(&fdt, machine);
    for (size_t i = 0; i < machine->device_count; i++)
        write_device(&fdt, &machine->devices[i]);
    write_pmu(&fdt, machine);
    write_gic(&fdt, machine);
    write_cpus(&fdt, machine);
    write_timer(&fdt, machine);
    write_clock(&fdt, machine);
    write_chosen(&fdt, machine);
    loader_fdt_end(&fdt);
    return loader_fdt_finish(&fdt);
}

int loader_dtb_build(const loader_dtb_machine_t *machine, loader_dtb_t *ret_dtb, base_error_t *error)
{
    for (size_t capacity_bytes = 16 << 10; capacity_bytes <= LOADER_DTB_MAX_BYTES; capacity_bytes *= 2) {
        uint8_t *blob = g_malloc0(capacity_bytes);
        int bytes = write_tree(machine, blob, capacity_bytes);
        if (bytes == -FDT_ERR_NOSPACE) {
            g_free(blob);
            continue;
        }
        if (bytes < 0) {
            g_free(blob);
            return base_fail(error, -EINVAL, "the machine does not fit a device tree (%s); check its interrupt numbers",
                             fdt_strerror(bytes));
        }
        if (machine->stdout_path && fdt_path_offset(blob, machine->stdout_path) < 0) {
            g_free(blob);
            return base_fail(error, -EINVAL, "stdout-path %s names no device of the machine; correct the description",
                             machine->stdout_path);
        }
        *ret_dtb = (loader_dtb_t){.data = blob, .bytes = (size_t)bytes};
        return 0;
    }
    return base_fail(error, -EFBIG, "the device tree exceeds 2 MiB; shorten --append or use fewer devices");
}

void loader_dtb_done(loader_dtb_t *dtb)
{
    if (!dtb)
        return;
    g_free(dtb->data);
    *dtb = (loader_dtb_t){0};
}
