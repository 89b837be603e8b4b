/* The device tree a guest is given: built from a description of the machine, or loaded from a file.
 *
 * The shape is that of QEMU's virt machine with gic-version=3, so that kernels written for it find what they look for.
 * Nothing of the board is fixed here: addresses (guest physical, bytes) and interrupt numbers (GIC INTIDs) are the
 * machine's. Sources: Devicetree Specification v0.4; the bindings arm,gic-v3, arm,cpus, arm,psci and
 * arm,arch_timer of the Linux kernel. */
#ifndef MESIM_LOADER_DTB_H
#define MESIM_LOADER_DTB_H

#include "base/error.h"
#include "loader/memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Linux maps the device tree with one 2 MiB block (Documentation/arch/arm64/booting.rst), so no tree may be larger. */
#define LOADER_DTB_MAX_BYTES (UINT64_C(2) << 20)

/* Phandles from here up are the loader's own; nodes described by the machine may use lower ones. */
#define LOADER_DTB_PHANDLE_FIRST UINT32_C(0x8000)

/* How an interrupt line is sensed; the values of the arm,gic-v3 binding. */
typedef enum loader_dtb_trigger {
    LOADER_DTB_EDGE_RISING = 1,
    LOADER_DTB_LEVEL_HIGH = 4,
} loader_dtb_trigger_t;

/* A property beyond those of loader_dtb_node_t: a string, else cells, else empty. */
typedef struct loader_dtb_property {
    const char *name;
    const char *text;
    const uint32_t *cells;
    size_t cell_count;
} loader_dtb_property_t;

/* A device. Zero and NULL members are left out of the tree. */
typedef struct loader_dtb_node {
    const char *name;              /* "pl011" becomes pl011@9000000 where it has a range */
    loader_range_t range;          /* reg, in 64-bit addresses and sizes */
    const char *const *compatible; /* ends with NULL */
    uint32_t intid;                /* 16-31 a PPI, 32-1019 an SPI */
    loader_dtb_trigger_t trigger;
    const char *const *clock_names; /* ends with NULL; each is apb-pclk */
    const loader_dtb_property_t *properties;
    size_t property_count;
    const struct loader_dtb_node *children;
    size_t child_count;
} loader_dtb_node_t;

typedef struct loader_dtb_cpu {
    uint64_t mpidr;         /* affinity fields of MPIDR_EL1; other bits are ignored */
    const char *compatible; /* "arm,cortex-a57" */
    uint32_t cluster;       /* its cluster in the cpu-map, from 0 */
} loader_dtb_cpu_t;

/* What a boot loader adds. NULL bootargs and an empty initrd leave the properties out. */
typedef struct loader_dtb_chosen {
    const char *bootargs;
    loader_range_t initrd;
} loader_dtb_chosen_t;

typedef struct loader_dtb_machine {
    loader_range_t ram;
    const loader_dtb_cpu_t *cpus;
    size_t cpu_count;
    bool has_cpu_map;

    const char *psci_method; /* "hvc" or "smc" */

    uint32_t timer_secure_intid;
    uint32_t timer_physical_intid;
    uint32_t timer_virtual_intid;
    uint32_t timer_el2_intid;
    uint32_t pmu_intid; /* 0: no PMU */

    loader_range_t gicd;
    loader_range_t gicr; /* all redistributors: one region, in the order of the cpus */
    loader_range_t its;  /* empty: no ITS */

    uint32_t apb_pclk_hz; /* 0: no clock node */
    const loader_dtb_node_t *devices;
    size_t device_count;
    const char *stdout_path; /* "/pl011@9000000"; NULL: none */
    loader_dtb_chosen_t chosen;
} loader_dtb_machine_t;

typedef struct loader_dtb {
    uint8_t *data;
    size_t bytes;
} loader_dtb_t;

/* 0 and a tree to be given to loader_dtb_done, or -EINVAL (an interrupt number or a path no tree can hold), -EFBIG
 * (over LOADER_DTB_MAX_BYTES, as with endless bootargs). */
int loader_dtb_build(const loader_dtb_machine_t *machine, loader_dtb_t *ret_dtb, base_error_t *error);

/* Reads a tree from a file (--dtb) and adds what `chosen` holds. Fails as loader_file_read does, or with -EINVAL (no
 * device tree, or damaged), -ERANGE (its memory nodes claim more than `ram`), -EFBIG. */
int loader_dtb_load_file(const char *path, loader_range_t ram, const loader_dtb_chosen_t *chosen, loader_dtb_t *ret_dtb,
                         base_error_t *error);

/* The same from memory, 8-byte aligned as malloc gives it; `name` is for messages. */
int loader_dtb_load_from_memory(const void *data, size_t bytes, const char *name, loader_range_t ram,
                                const loader_dtb_chosen_t *chosen, loader_dtb_t *ret_dtb, base_error_t *error);

void loader_dtb_done(loader_dtb_t *dtb);

#endif
