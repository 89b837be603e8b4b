/* A machine: the components of a configuration, wired to a board, with an image in its memory; and its run.
 *
 * Use: machine_new, machine_load, machine_run, then the reports, machine_free. Nothing here prints; what the guest
 * writes to its console goes to the host's callback. Times are picoseconds of simulated time unless called otherwise.
 */
#ifndef MESIM_MACHINE_MACHINE_H
#define MESIM_MACHINE_MACHINE_H

#include "base/error.h"
#include "device/user_network.h"
#include "engine/engine.h"
#include "loader/symbols.h"
#include "machine/config.h"
#include "machine/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct machine machine_t;

/* What memory is. */
typedef enum machine_mode {
    MACHINE_TIMING,     /* caches, coherence and DRAM, all with their time */
    MACHINE_FUNCTIONAL, /* perfect: every access is performed at once (cpu/functional.h) */
} machine_mode_t;

/* How the simulator works. Nothing here changes a result, but mode, input_fd and fault. */
typedef struct machine_options {
    machine_mode_t mode; /* in which the run starts; functional: without check and trace_memory, and in one order */
    /* Where a run that starts in functional mode goes over to timing mode, with empty caches and its counters begun
     * anew: before the instruction at a symbol or an address (0x...), or after so many instructions of
     * all cores, to the next microsecond. NULL: nowhere. */
    const char *timing_from;
    engine_order_t order;
    bool fast_path; /* L0 filters and threaded handlers */
    bool check;     /* invariant checkers */
    bool reboot;    /* a reset begins a new boot; false: it ends the run */
    /* Loads, stores and their way through the store buffer become trace records, which changes the trace hash; without
     * fast_path only. */
    bool trace_memory;
    int input_fd; /* a host file whose bytes are typed at the console as they come, which no run repeats; -1: none */
    machine_fault_t fault;             /* injected for a test; only with MESIM_FAULTS=1 */
    struct cpu_row_counts *row_counts; /* filled, or NULL; only with MESIM_FAULTS=1 and without fast_path */
} machine_options_t;

/* A disk of the machine. */
typedef struct machine_drive {
    const char *path;
    bool is_writable;
} machine_drive_t;
enum { MACHINE_MAX_DRIVES = 16 };

enum { MACHINE_MAX_SYMBOL_FILES = 16 };

/* What is put into the machine. Strings must outlive it. Files are opened once: a reset finds disks as the guest left
 * them, and everything else as it was read. */
typedef struct machine_boot_options {
    const char *image_path;
    const char *initrd_path; /* NULL: none */
    const char *dtb_path;    /* NULL: the tree is built from the machine */
    const char *bootargs;    /* NULL: none */
    const char *input_path;  /* what is typed at the console; NULL: nothing, "-": standard input to its end */
    bool raw;                /* the image is code from its first byte on */
    loader_symbol_file_t symbol_files[MACHINE_MAX_SYMBOL_FILES]; /* besides the image's own symbols */
    unsigned symbol_file_count;
    /* virtio devices, in the order of their slots. */
    machine_drive_t drives[MACHINE_MAX_DRIVES];
    unsigned drive_count;
    bool has_virtio_console;         /* its output goes to the host's virtio_console */
    const char *virtio_console_path; /* what is typed at it; NULL: nothing */
    bool has_entropy;
    /* The folder that semihosting may use; NULL: HLT is UNDEFINED. */
    const char *semihosting_path;
    bool semihosting_writable;
    bool has_network;
    device_user_network_config_t network;
} machine_boot_options_t;

/* What the machine asks of its host. */
typedef struct machine_host {
    void *self;
    /* The guest wrote to its console. */
    void (*console)(void *self, const char *bytes, size_t count);
    /* The guest wrote to its virtio console. */
    void (*virtio_console)(void *self, const char *bytes, size_t count);
    /* Called between slices of simulated time; true ends the run. May be NULL. */
    bool (*poll)(void *self, const machine_t *machine);
    /* The guest wants the counters written out as they are now (a pseudo-operation). May be NULL. */
    void (*dump)(void *self, const machine_t *machine);
} machine_host_t;

/* How a run ended. */
typedef enum machine_end {
    MACHINE_NOT_ENDED,
    MACHINE_OFF,         /* the guest switched the machine off */
    MACHINE_RESET,       /* the guest asked for a reset, and options.reboot is false */
    MACHINE_EXITED,      /* the guest ended the run and gave a status: machine_exit_code */
    MACHINE_ALL_OFF,     /* every core switched itself off */
    MACHINE_CRASHED,     /* a core takes an exception at its vector again and again */
    MACHINE_DEADLOCK,    /* nothing can happen any more */
    MACHINE_LIVELOCK,    /* cores are awake and none retires an instruction */
    MACHINE_VIOLATION,   /* a coherence invariant does not hold: a mistake of the simulator */
    MACHINE_CYCLE_LIMIT, /* max_cycles */
    MACHINE_STOPPED,     /* host->poll */
} machine_end_t;

/* Makes all components. -EINVAL and one line where a component cannot be built so; the configuration has passed
 * machine_config_check. */
int machine_new(const machine_config_t *config, const machine_options_t *options, const machine_host_t *host,
                machine_t **ret_machine, base_error_t *error);
void machine_free(machine_t *machine); /* NULL is fine */

/* Reads, checks and places image, initrd and device tree, and releases the boot core, or all with cores.start=all.
 * ret_warning gets "" or one line worth showing. */
int machine_load(machine_t *machine, const machine_boot_options_t *options, base_error_t *ret_warning,
                 base_error_t *error);

/* Writes the device tree of such a machine to a file. */
int machine_dump_dtb(const machine_config_t *config, const char *bootargs, const char *path, base_error_t *error);

/* Opens the trace, before the run. It becomes a file when closed, which also reports a write error of any time. */
int machine_trace_open(machine_t *machine, const char *path, base_error_t *error);
int machine_trace_close(machine_t *machine, base_error_t *error);

/* Runs to an end; UINT64_MAX cycles: no limit. Counters are settled when it returns. */
machine_end_t machine_run(machine_t *machine, uint64_t max_cycles);

const machine_config_t *machine_config(const machine_t *machine);
uint64_t machine_now_ps(const machine_t *machine);
uint64_t machine_instructions(const machine_t *machine);
/* How often the machine has started: 1, and 1 for each reset. Counters are those of the last boot. */
unsigned machine_boots(const machine_t *machine);
/* All trace records folded, whether or not they are written. */
uint64_t machine_trace_hash(const machine_t *machine);
machine_end_t machine_ended(const machine_t *machine);
/* Of MACHINE_EXITED: what the guest gave, not yet cut to what a process can return. */
uint64_t machine_exit_code(const machine_t *machine);
/* Why it did, where that was no orderly end: "ADP_Stopped_RunTimeErrorUnknown (0x20023)"; else NULL. */
const char *machine_exit_reason(const machine_t *machine);
/* "the guest switched the machine off", ...; never NULL. */
const char *machine_end_text(machine_end_t end);

/* What --check found: how many violations of the coherence invariants, and the first of them in one line. */
uint64_t machine_violations(const machine_t *machine);
const char *machine_first_violation(const machine_t *machine);

#endif
