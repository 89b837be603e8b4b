/* Functional mode, and the switch to timing mode. */
#include "machine/internal.h"

#include <stdlib.h>

/* In functional mode no message that a core sends or gets arrives sooner. Caches have nothing to say then, and longer
 * links let the cores run longer before the engine visits the next one. */
static uint64_t functional_link_ps(void) { return strtoull(getenv("FL"), NULL, 10); }

int machine_mode_enter_functional(machine_t *machine, base_error_t *error)
{
    const machine_config_t *config = &machine->config;
    machine->functional = cpu_functional_new(interconnect_system_ram(machine->system), BOARD_RAM_BASE,
                                             config->ram_bytes, config->icache_coherent);
    int result = 0;
    for (unsigned i = 0; i < config->cores && result == 0; i++) {
        machine_core_t *core = &machine->cores[i];
        engine_link_t *links[] = {core->to_cluster, core->from_cluster, core->to_gic, core->from_gic, core->to_power, core->from_power};
        for (unsigned l = 0; l < 6; l++)
            if (engine_link_latency_ps(links[l]) < functional_link_ps())
                engine_link_set_latency(links[l], functional_link_ps());
        result = cpu_functional_enter(core->cpu, machine->functional, error);
    }
    return result;
}
