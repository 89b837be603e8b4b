/* gem5's pseudo-operations (m5ops), which a guest built for it has around what it measures.
 *
 * A core that executes one ends its window; the machine performs it between two windows, so that the core's next
 * instruction comes after it. work_begin goes over to timing mode where the run is in functional mode, and begins the
 * counters anew; work_end writes them out, like dump_stats. */
#include "cpu/guest_log.h"
#include "machine/internal.h"

#include <inttypes.h>

/* The function numbers of gem5. */
enum {
    M5_EXIT = 0x21,
    M5_FAIL = 0x22,
    M5_RESET_STATS = 0x40,
    M5_DUMP_STATS = 0x41,
    M5_DUMP_RESET_STATS = 0x42,
    M5_WORK_BEGIN = 0x5a,
    M5_WORK_END = 0x5b,
};

void machine_on_pseudo_op(void *self, unsigned core, uint64_t pc, unsigned function, uint64_t x0, uint64_t x1)
{
    machine_t *machine = self;
    machine->cores[core].pseudo_op =
        (machine_pseudo_op_t){.active = true, .function = function, .pc = pc, .x0 = x0, .x1 = x1};
    engine_request_stop(machine->engine);
}

static void dump(machine_t *machine)
{
    machine_counters_settle(machine);
    if (machine->host.dump)
        machine->host.dump(machine->host.self, machine);
}

static void end(machine_t *machine, unsigned core, uint64_t code)
{
    machine->end = MACHINE_EXITED;
    machine->end_core = core;
    machine->exit_code = code;
}

static void perform(machine_t *machine, unsigned core, const machine_pseudo_op_t *op)
{
    cpu_t *cpu = machine->cores[core].cpu;
    switch (op->function) {
    case M5_EXIT: end(machine, core, 0); break; /* x0, a delay in ns, is not waited for */
    case M5_FAIL: end(machine, core, op->x1); break;
    case M5_WORK_BEGIN:
        machine_mode_leave_functional(machine);
        machine_counters_reset(machine);
        break;
    case M5_RESET_STATS: machine_counters_reset(machine); break;
    case M5_WORK_END:
    case M5_DUMP_STATS: dump(machine); break;
    case M5_DUMP_RESET_STATS:
        dump(machine);
        machine_counters_reset(machine);
        break;
    default:
        cpu_log_guest_error(cpu, cpu->cycle, op->pc, "pseudo-operation 0x%02x is not known, and does nothing",
                            op->function);
    }
}

void machine_pseudo_ops_perform(machine_t *machine)
{
    for (unsigned core = 0; core < machine->config.cores; core++) {
        machine_pseudo_op_t op = machine->cores[core].pseudo_op;
        machine->cores[core].pseudo_op.active = false;
        if (op.active && machine->end == MACHINE_NOT_ENDED)
            perform(machine, core, &op);
    }
}
