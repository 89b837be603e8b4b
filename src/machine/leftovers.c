#include "machine/leftovers.h"

#include "machine/fault.h"

#include <string.h>

#if MESIM_FAULTS
machine_leftovers_t machine_leftovers_take(machine_t *machine)
{
    machine_leftovers_t leftovers = {.gic = NULL};
    const machine_injected_fault_t fault = machine->options.fault.machine;
    if (fault == MACHINE_INJECT_RESET_KEEPS_GIC)
        leftovers.gic = g_steal_pointer(&machine->gic);
    if (fault == MACHINE_INJECT_RESET_KEEPS_MEMORY)
        leftovers.system = g_steal_pointer(&machine->system);
    for (unsigned core = 0; core < machine->config.cores; core++)
        leftovers.timer[core] = machine->cores[core].cpu->timer;
    return leftovers;
}

void machine_leftovers_give_devices(machine_t *machine, machine_leftovers_t *leftovers)
{
    if (leftovers->gic)
        gic_distributor_inherit(machine->gic, leftovers->gic);
    if (leftovers->system)
        memcpy(interconnect_system_ram(machine->system), interconnect_system_ram(leftovers->system),
               machine->config.ram_bytes);
    gic_distributor_free(leftovers->gic);
    interconnect_system_free(leftovers->system);
}

void machine_leftovers_give_cores(machine_t *machine, const machine_leftovers_t *leftovers)
{
    if (machine->options.fault.machine == MACHINE_INJECT_RESET_KEEPS_TIMERS)
        for (unsigned core = 0; core < machine->config.cores; core++)
            machine->cores[core].cpu->timer = leftovers->timer[core];
}
#endif
