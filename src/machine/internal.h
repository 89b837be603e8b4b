/* What the files of src/machine share. Nobody outside includes this. */
#ifndef MESIM_MACHINE_INTERNAL_H
#define MESIM_MACHINE_INTERNAL_H

#include "cache/cluster.h"
#include "cpu/core_config.h"
#include "cpu/functional.h"
#include "cpu/isa/isa.h"
#include "device/pl011.h"
#include "device/pl031.h"
#include "device/pl061.h"
#include "device/power.h"
#include "device/scu.h"
#include "device/virtio.h"
#include "device/virtio_block.h"
#include "gic/distributor.h"
#include "gic/stream.h"
#include "interconnect/system.h"
#include "loader/boot.h"
#include "machine/board.h"
#include "machine/config.h"
#include "machine/machine.h"
#include "observe/guest_log.h"
#include "observe/stats.h"
#include "observe/trace.h"
#include "semihosting/semihosting.h"

#include <glib.h>

/* A histogram as counters, filled when the run ends. */
typedef struct machine_summary {
    uint64_t count, minimum_ps, median_ps, p99_ps, maximum_ps, sum_ps;
} machine_summary_t;

enum { MACHINE_CORE_LINKS = 6 }; /* of a core: to and from cluster, GIC, power */

/* A pseudo-operation that a core has executed and the machine has yet to perform. */
typedef struct machine_pseudo_op {
    bool active;
    unsigned function;
    uint64_t pc, x0, x1;
} machine_pseudo_op_t;

/* One core with what stands beside it. */
typedef struct machine_core {
    const machine_t *machine;
    cpu_t *cpu;
    gic_cpuif_t *gic;
    uint64_t mpidr;
    engine_link_t *to_cluster, *from_cluster, *to_gic, *from_gic, *to_power, *from_power;
    uint64_t link_ps[MACHINE_CORE_LINKS]; /* latencies of these links in timing mode; set while functional mode has
                                             longer ones */
    machine_summary_t latency[GIC_PHASE_COUNT];
    machine_pseudo_op_t pseudo_op;
    uint64_t seen_instructions, seen_exceptions; /* at the end of the last slice */
} machine_core_t;

/* What the guest did wrong before a reset, for the report of the whole run. */
enum { MACHINE_PAST_ERRORS = 64 };
typedef struct machine_past_error {
    char where[32];
    observe_guest_error_t error;
} machine_past_error_t;

/* What was before the last reset. */
typedef struct machine_past {
    unsigned boots;            /* before this one */
    uint64_t ps, instructions; /* of all of them; ps is a multiple of the core's period */
    GArray *guest_errors;      /* machine_past_error_t; NULL: none */
    uint64_t guest_error_count;
    size_t typed;            /* bytes of the input that were read */
    size_t semihosting_read; /* the same by semihosting */
    uint32_t clock_start_seconds;
} machine_past_t;

/* What virtio devices show of the host, opened and read once: a reset finds it as it was. */
typedef struct machine_virtio_files {
    device_virtio_disk_t disks[MACHINE_MAX_DRIVES];
    unsigned disk_count;
    loader_file_t input;            /* what is typed at the virtio console */
    device_user_network_t *network; /* NULL: none */
} machine_virtio_files_t;

struct machine {
    machine_config_t config;
    machine_options_t options;
    machine_host_t host;
    uint64_t period_ps;

    engine_t *engine;
    trace_t *trace;
    stats_t *stats;
    cpu_decoder_t *decoder;
    machine_core_t cores[CHI_MAX_CORES];
    machine_summary_t ipi_latency; /* of all cores, GIC_PHASE_TOTAL */
    cache_cluster_t *cluster;
    struct cache_checker *checker; /* NULL without --check */
    interconnect_system_t *system;
    cpu_functional_t *functional; /* NULL: the run starts in timing mode */
    gic_distributor_t *gic;
    device_power_t *power;
    device_pl011_t *uart;
    device_pl031_t *rtc;
    device_pl061_t *gpio;
    device_scu_t *scu;
    device_virtio_t *virtio;
    engine_link_t *virtio_requests; /* accesses to its slots; answers to its DMA take the same way */
    gic_wire_t virtio_wires[DEVICE_VIRTIO_SLOTS];
    gic_wire_t uart_wire, rtc_wire, gpio_wire;
    semihosting_t *semihosting; /* NULL: there is none, as without semihosting_folder */

    machine_virtio_files_t virtio_files;
    semihosting_folder_t *semihosting_folder;
    char *semihosting_line; /* of SYS_GET_CMDLINE */
    loader_boot_t *boot;
    machine_boot_options_t boot_options; /* of machine_load */
    machine_past_t past;
    GBytes *input; /* what is typed at the console; NULL: nothing */
    machine_end_t end;
    uint64_t exit_code;   /* of MACHINE_EXITED */
    char exit_reason[64]; /* of machine_exit_reason, or "" */
    unsigned end_core;    /* who asked for it, or whose fault it is */
    uint64_t seen_progress, silent_since_ps;
    uint64_t timing_at_instructions; /* functional mode ends when so many are executed; UINT64_MAX: not by that */
    bool at_mark;                    /* a core is where functional mode ends */
    bool switched;                   /* it has ended */
    bool counters_reset;             /* at counted_from_ps */
    uint64_t counted_from_ps;
    unsigned last_to_run; /* of injected faults only: cpu_t.last_to_run */
};

/* reset.c: components, links, counters; and the way back, after which the machine may be assembled again. */
int machine_assemble(machine_t *machine, base_error_t *error);
void machine_dismantle(machine_t *machine);
/* machine.c: fills RAM, types the input and releases the boot core, or all. */
void machine_begin(machine_t *machine);
/* A power cycle, as PSCI SYSTEM_RESET asks for. */
void machine_reboot(machine_t *machine);

/* build.c: the components. */
int machine_build(machine_t *machine, base_error_t *error);
/* wire.c: the links between them. */
int machine_wire(machine_t *machine, base_error_t *error);
/* mode.c: functional mode, and the switch to timing mode. */
int machine_mode_enter_functional(machine_t *machine, base_error_t *error);
/* When the image and all devices are there: devices reach memory directly; finds where options.timing_from is. */
int machine_mode_load(machine_t *machine, base_error_t *error);
/* Between slices: goes over to timing mode where that is due. */
void machine_mode_update(machine_t *machine);
/* Goes over to timing mode, unless that has been done. Counters go on. */
void machine_mode_leave_functional(machine_t *machine);
/* pseudo_op.c: a core has executed one, in its run; and what the machine does then, between runs of the engine. */
void machine_on_pseudo_op(void *self, unsigned core, uint64_t pc, unsigned function, uint64_t x0, uint64_t x1);
void machine_pseudo_ops_perform(machine_t *machine);
/* A link with a name made of theirs. */
engine_link_t *machine_link_new(machine_t *machine, engine_component_t *from, engine_component_t *to,
                                uint64_t latency_ps, uint64_t flit_ps);
/* The interrupt wire of a device; `wire` is its room. */
device_irq_t machine_wire_interrupt(machine_t *machine, device_port_t *port, uint32_t intid, gic_wire_t *wire);
/* virtio.c: the host's files, which stay over resets; and the devices that the options ask for, each in a slot and
 * wired. */
int machine_virtio_open(machine_t *machine, const machine_boot_options_t *options, base_error_t *error);
void machine_virtio_close(machine_t *machine);
int machine_virtio_attach(machine_t *machine, const machine_boot_options_t *options, base_error_t *error);
/* semihosting.c: the folder, which stays over resets; and the host for calls, with its links. */
int machine_semihosting_open(machine_t *machine, const machine_boot_options_t *options, base_error_t *error);
void machine_semihosting_attach(machine_t *machine);
/* counters.c: registers every counter; what is derived is filled by machine_counters_settle. */
void machine_counters_register(machine_t *machine);
void machine_counters_settle(machine_t *machine);
/* From now on the counters count anew. Between runs of the engine. */
void machine_counters_reset(machine_t *machine);

#endif
