#include "litmus/rig.h"

#include "base/random.h"
#include "base/time.h"
#include "litmus/parse.h"
#include "litmus/perturb.h"
#include "machine/drive.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

enum {
    RAM_BYTES = 4 << 20,
    PAUSE_CYCLES = 16,       /* from the end of a phase to the next */
    LIMIT_CYCLES = 20000000, /* of a phase: a thread that takes longer does not end */
    CLOSE_CYCLES = 16,       /* in half of the runs, threads start no further apart */
    PLACE_CYCLES = 64,
};

struct litmus_rig {
    const litmus_test_t *test;
    machine_t *machine;
    litmus_guest_t *guest;
    const litmus_perturb_t *perturb;
    base_random_t random;
    uint64_t period_ps;
    uint64_t registers[LITMUS_MAX_THREADS][LITMUS_REGISTERS];
    uint64_t cells[LITMUS_MAX_CELLS];
    unsigned core_of[LITMUS_MAX_THREADS];
    uint64_t start_cycle[LITMUS_MAX_THREADS];
    uint64_t final[LITMUS_MAX_THREADS][LITMUS_REGISTERS];
    trace_listener_t *listen;
    void *listener;
};

static unsigned below(litmus_rig_t *rig, uint64_t bound)
{
    return (unsigned)base_random_below(&rig->random, bound);
}

/* --- phases --- */

static int fail_thread(litmus_rig_t *rig, unsigned core, base_error_t *error)
{
    const litmus_test_t *test = rig->test;
    unsigned thread = 0, line = 0;
    while (thread + 1 < test->thread_count && rig->core_of[thread] != core)
        thread++;
    if (!machine_drive_sleeps(rig->machine, core))
        return base_fail(error, -EINVAL, "%s: P%u does not end; give it a condition that other threads fulfil",
                         test->file, thread);
    uint64_t syndrome, address;
    machine_drive_exception(rig->machine, core, &syndrome, &address);
    if (!litmus_rig_find_line(rig, address, &thread, &line))
        base_bug("litmus: core %u sleeps at %#" PRIx64 ", ESR_EL1 %#" PRIx64 ", ELR_EL1 %#" PRIx64, core,
                 machine_drive_pc(rig->machine, core), syndrome, address);
    return litmus_fail_at(test, test->lines[test->threads[thread].first_line + line].text, error,
                          "P%u takes an exception here: ESR_EL1 is %#" PRIx64 " (class %#x)", thread, syndrome,
                          (unsigned)(syndrome >> 26 & 63));
}

/* Runs to the end of the phase; ends[core] is where each core must sleep. */
static int settle(litmus_rig_t *rig, const uint64_t *ends, base_error_t *error)
{
    machine_drive_settle(rig->machine, LIMIT_CYCLES);
    for (unsigned core = 0; core < rig->test->thread_count; core++)
        if (!machine_drive_sleeps(rig->machine, core) || machine_drive_pc(rig->machine, core) != ends[core])
            return fail_thread(rig, core, error);
    return 0;
}

static int boot(litmus_rig_t *rig, base_error_t *error)
{
    uint64_t x[LITMUS_REGISTERS], ends[LITMUS_MAX_THREADS] = {0};
    unsigned cores = rig->test->thread_count;
    machine_drive_start(rig->machine, rig->guest->start.begin);
    for (unsigned core = 0; core < cores; core++)
        ends[core] = rig->guest->start.end;
    int result = settle(rig, ends, error);
    uint64_t cycle = machine_drive_now_cycles(rig->machine) + PAUSE_CYCLES;
    litmus_guest_boot_registers(rig->guest, x);
    for (unsigned core = 0; core < cores && result == 0; core++) {
        machine_drive_go(rig->machine, core, rig->guest->boot.begin, x, cycle);
        ends[core] = rig->guest->boot.end;
    }
    return result < 0 ? result : settle(rig, ends, error);
}

/* Chance brings locations into some caches and out of others. */
static int place(litmus_rig_t *rig, base_error_t *error)
{
    uint64_t ends[LITMUS_MAX_THREADS] = {0};
    uint64_t cycle = machine_drive_now_cycles(rig->machine) + PAUSE_CYCLES;
    for (unsigned core = 0; core < rig->test->thread_count; core++) {
        uint64_t x[LITMUS_REGISTERS] = {0};
        for (unsigned i = 0; i < rig->test->location_count; i++) {
            static const unsigned actions[] = {LITMUS_GUEST_READ, LITMUS_GUEST_READ, LITMUS_GUEST_OWN, LITMUS_GUEST_OWN,
                                               LITMUS_GUEST_EVICT};
            if (below(rig, 10) < rig->perturb->touched_of_ten)
                x[actions[below(rig, G_N_ELEMENTS(actions))]] |= UINT64_C(1) << i;
        }
        machine_drive_go(rig->machine, core, rig->guest->place.begin, x, cycle + below(rig, PLACE_CYCLES));
        ends[core] = rig->guest->place.end;
    }
    return settle(rig, ends, error);
}

/* Which thread runs on which core, and when it starts. */
static void deal(litmus_rig_t *rig)
{
    unsigned cores = rig->test->thread_count;
    uint64_t cycle = machine_drive_now_cycles(rig->machine) + PAUSE_CYCLES;
    uint64_t spread_cycles = below(rig, 2) ? CLOSE_CYCLES : rig->perturb->spread_cycles;
    for (unsigned i = cores; i > 1; i--) {
        unsigned j = below(rig, i), swap = rig->core_of[i - 1];
        rig->core_of[i - 1] = rig->core_of[j];
        rig->core_of[j] = swap;
    }
    for (unsigned thread = 0; thread < cores; thread++)
        rig->start_cycle[thread] = cycle + below(rig, spread_cycles);
}

static int run_threads(litmus_rig_t *rig, base_error_t *error)
{
    uint64_t ends[LITMUS_MAX_THREADS] = {0};
    deal(rig);
    for (unsigned thread = 0; thread < rig->test->thread_count; thread++) {
        const litmus_program_t *program = &rig->guest->threads[thread];
        machine_drive_go(rig->machine, rig->core_of[thread], program->begin, rig->registers[thread],
                         rig->start_cycle[thread]);
        ends[rig->core_of[thread]] = program->end;
    }
    trace_listen(machine_drive_trace(rig->machine), rig->listen, rig->listener);
    int result = settle(rig, ends, error);
    trace_listen(machine_drive_trace(rig->machine), NULL, NULL);
    for (unsigned thread = 0; thread < rig->test->thread_count; thread++)
        for (unsigned i = 0; i < LITMUS_REGISTERS; i++)
            rig->final[thread][i] = machine_drive_x(rig->machine, rig->core_of[thread], i);
    return result;
}

/* One core loads the final values and restores the initial ones. */
static int observe(litmus_rig_t *rig, uint64_t *ret_cells, base_error_t *error)
{
    unsigned cores = rig->test->thread_count, observer = below(rig, cores);
    uint64_t ends[LITMUS_MAX_THREADS] = {0}, x[LITMUS_REGISTERS] = {0};
    if (!rig->test->cell_count)
        return 0;
    for (unsigned i = 0; i < rig->test->cell_count; i++)
        x[LITMUS_GUEST_INITIAL + i] = rig->cells[i];
    for (unsigned core = 0; core < cores; core++)
        ends[core] = machine_drive_pc(rig->machine, core);
    ends[observer] = rig->guest->observe.end;
    machine_drive_go(rig->machine, observer, rig->guest->observe.begin, x,
                     machine_drive_now_cycles(rig->machine) + PAUSE_CYCLES);
    int result = settle(rig, ends, error);
    for (unsigned i = 0; i < rig->test->cell_count; i++)
        ret_cells[i] = machine_drive_x(rig->machine, observer, i);
    return result;
}

int litmus_rig_run(litmus_rig_t *rig, uint64_t *ret_values, base_error_t *error)
{
    const litmus_test_t *test = rig->test;
    uint64_t cells[LITMUS_MAX_CELLS] = {0};
    int result = place(rig, error);
    if (result == 0)
        result = run_threads(rig, error);
    if (result == 0)
        result = observe(rig, cells, error);
    if (result < 0)
        return result;
    for (unsigned i = 0; i < test->observed_count; i++) {
        const litmus_observable_t *seen = &test->observed[i];
        uint64_t raw = seen->is_register ? rig->final[seen->thread][seen->number]
                                         : cells[test->locations[seen->location].first_cell + seen->element];
        ret_values[i] = litmus_normalise(test, litmus_observable_type(test, seen), raw);
    }
    return 0;
}

/* --- making --- */

static int build_machine(litmus_rig_t *rig, const litmus_rig_options_t *options, base_error_t *error)
{
    machine_config_t config = options->config;
    machine_options_t how = {.fast_path = !options->trace_memory,
                             .trace_memory = options->trace_memory,
                             .input_fd = -1,
                             .fault = options->fault};
    machine_host_t host = {0};
    config.cores = rig->test->thread_count;
    config.start = MACHINE_START_ALL;
    config.ram_bytes = RAM_BYTES;
    config.seed = options->seed;
    config.perturb_delay_ps = rig->perturb->delay_ps;
    config.perturb_evict = rig->perturb->evict;
    config.perturb_drain_cycles = rig->perturb->drain_cycles;
    config.perturb_load_cycles = rig->perturb->load_cycles;
    rig->period_ps = time_period_ps(config.core_hz);
    int result = machine_config_check(&config, error);
    if (result == 0)
        result = machine_new(&config, &how, &host, &rig->machine, error);
    if (result == 0)
        result = machine_drive_place(rig->machine, rig->guest->base, rig->guest->words, rig->guest->size_bytes, error);
    return result;
}

static void prepare_values(litmus_rig_t *rig)
{
    const litmus_test_t *test = rig->test;
    for (unsigned thread = 0; thread < test->thread_count; thread++) {
        rig->core_of[thread] = thread;
        for (unsigned i = 0; i < LITMUS_REGISTERS; i++)
            rig->registers[thread][i] = litmus_value_raw(test, test->threads[thread].initial[i]);
    }
    for (unsigned i = 0; i < test->cell_count; i++)
        rig->cells[i] = litmus_value_raw(test, test->cells[i]);
}

int litmus_rig_new(const litmus_test_t *test, const litmus_rig_options_t *options, litmus_rig_t **ret_rig,
                   base_error_t *error)
{
    litmus_rig_t *rig = g_new0(litmus_rig_t, 1);
    uint64_t cells[LITMUS_MAX_CELLS];
    rig->test = test;
    rig->perturb = litmus_perturb_level(options->perturb);
    base_random_init(&rig->random, options->seed);
    prepare_values(rig);
    int result = litmus_guest_build(test, options->memory, &rig->guest, error);
    if (result == 0)
        result = build_machine(rig, options, error);
    if (result == 0)
        result = boot(rig, error);
    if (result == 0)
        result = observe(rig, cells, error); /* for the initial values */
    if (result < 0) {
        litmus_rig_free(rig);
        return result;
    }
    *ret_rig = rig;
    return 0;
}

void litmus_rig_free(litmus_rig_t *rig)
{
    if (!rig)
        return;
    machine_free(rig->machine);
    litmus_guest_free(rig->guest);
    g_free(rig);
}

void litmus_rig_listen(litmus_rig_t *rig, trace_listener_t *listen, void *self)
{
    rig->listen = listen;
    rig->listener = self;
}

uint64_t litmus_rig_start_cycle(const litmus_rig_t *rig, unsigned thread)
{
    return rig->start_cycle[thread];
}

unsigned litmus_rig_core_of(const litmus_rig_t *rig, unsigned thread)
{
    return rig->core_of[thread];
}

uint64_t litmus_rig_period_ps(const litmus_rig_t *rig)
{
    return rig->period_ps;
}

bool litmus_rig_find_line(const litmus_rig_t *rig, uint64_t pc, unsigned *ret_thread, unsigned *ret_line)
{
    for (unsigned thread = 0; thread < rig->test->thread_count; thread++) {
        uint64_t begin = rig->guest->threads[thread].begin;
        if (pc < begin || pc >= begin + rig->test->threads[thread].lines * UINT64_C(4))
            continue;
        *ret_thread = thread;
        *ret_line = (unsigned)((pc - begin) / 4);
        return true;
    }
    return false;
}

uint64_t litmus_rig_instructions(const litmus_rig_t *rig)
{
    return machine_instructions(rig->machine);
}
