/* What the cores of functional mode share: RAM, and who monitors which line. */
#include "cpu/core.h"
#include "cpu/functional_impl.h"
#include "cpu/l0.h"
#include "cpu/timing_port.h"

#include <glib.h>
#include <limits.h>

cpu_functional_t *cpu_functional_new(uint8_t *ram, uint64_t base, uint64_t bytes)
{
    cpu_functional_t *functional = g_new0(cpu_functional_t, 1);
    functional->ram = ram;
    functional->base = base;
    functional->bytes = bytes;
    return functional;
}

void cpu_functional_free(cpu_functional_t *functional)
{
    g_free(functional);
}

uint8_t *cpu_functional_ram(const cpu_functional_t *functional, uint64_t physical, uint64_t bytes)
{
    uint64_t offset = physical - functional->base;
    return offset < functional->bytes && bytes <= functional->bytes - offset ? functional->ram + offset : NULL;
}

/* --- monitors --- */

void cpu_functional_arm(cpu_t *cpu, uint64_t physical, unsigned size_bytes)
{
    cpu_functional_t *functional = cpu->core->functional;
    uint64_t line = chi_line(physical);
    cpu->core->monitor = (cpu_monitor_t){.armed = true, .size_bytes = (uint8_t)size_bytes, .address = physical};
    functional->monitored[cpu->index] = line;
    functional->armed |= UINT64_C(1) << cpu->index;
    for (unsigned i = 0; i < functional->cores; i++)
        if (functional->cpu[i] != cpu)
            cpu_l0_line_lost(functional->cpu[i], line, true); /* their stores have to be seen from now on */
}

void cpu_functional_disarm(cpu_t *cpu)
{
    cpu->core->functional->armed &= ~(UINT64_C(1) << cpu->index);
}

bool cpu_functional_monitored(const cpu_t *cpu, uint64_t physical)
{
    const cpu_functional_t *functional = cpu->core->functional;
    uint64_t others = functional->armed & ~(UINT64_C(1) << cpu->index);
    for (; others; others &= others - 1)
        if (functional->monitored[__builtin_ctzll(others)] == chi_line(physical))
            return true;
    return false;
}

/* True: somebody's monitor was cleared. */
static bool clear_monitors(cpu_functional_t *functional, unsigned writer, uint64_t line)
{
    bool cleared = false;
    for (unsigned i = 0; i < functional->cores; i++) {
        uint64_t bit = UINT64_C(1) << i;
        if (i == writer || !(functional->armed & bit) || functional->monitored[i] != line)
            continue;
        cpu_monitor_line_lost(functional->cpu[i], line, true);
        functional->armed &= ~bit;
        cleared = true;
    }
    return cleared;
}

/* --- stores --- */

bool cpu_functional_wrote(cpu_t *cpu, uint64_t physical)
{
    cpu_functional_t *functional = cpu->core->functional;
    return base_unlikely(functional->armed) && clear_monitors(functional, cpu->index, chi_line(physical));
}

bool cpu_functional_written(cpu_functional_t *functional, uint64_t physical)
{
    return functional->armed && clear_monitors(functional, UINT_MAX, chi_line(physical));
}

/* --- the system counter --- */

uint64_t cpu_functional_counter(cpu_t *cpu, uint64_t count)
{
    cpu_core_t *core = cpu->core;
    if (!core)
        return count;
    if (!core->functional)
        return MAX(count, core->counter_floor);
    core->functional->counter = MAX(count, core->functional->counter);
    return core->functional->counter;
}

/* --- coming and going --- */

/* The lines that functional mode keeps decoded: 1 MiB of code a core. */
enum { DECODED_BYTES = 1 << 20, DECODED_WAYS = 4 };

int cpu_functional_enter(cpu_t *cpu, cpu_functional_t *functional, base_error_t *error)
{
    functional->cpu[functional->cores++] = cpu;
    cpu->core->functional = functional;
    cpu->port = &cpu_functional_port;
    return cpu_fetch_resize(cpu, DECODED_BYTES, DECODED_WAYS, error);
}

int cpu_functional_leave(cpu_t *cpu, base_error_t *error)
{
    const cpu_core_config_t *config = &cpu->core->config;
    cpu_monitor_clear(cpu, NULL);
    cpu_functional_disarm(cpu);
    mmu_abort_walk(cpu->mmu);
    cpu_context_changed(cpu);
    cpu->core->counter_floor = cpu->core->functional->counter;
    cpu->core->functional = NULL;
    cpu->port = &cpu_timing_port;
    return cpu_fetch_resize(cpu, config->l1i_size_bytes, config->l1i_ways, error);
}
