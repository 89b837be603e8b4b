#include "machine/drive.h"

#include "machine/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int machine_drive_place(machine_t *machine, uint64_t physical, const void *bytes, size_t count, base_error_t *error)
{
    uint64_t ram_bytes = machine->config.ram_bytes;
    if (physical < BOARD_RAM_BASE || count > ram_bytes || physical - BOARD_RAM_BASE > ram_bytes - count)
        return base_fail(error, -EINVAL, "%zu bytes at %#" PRIx64 " do not lie in RAM; choose a larger memory.size",
                         count, physical);
    memcpy((uint8_t *)interconnect_system_ram(machine->system) + (physical - BOARD_RAM_BASE), bytes, count);
    return 0;
}

void machine_drive_start(machine_t *machine, uint64_t entry)
{
    for (unsigned core = 0; core < machine->config.cores; core++)
        cpu_core_start(machine->cores[core].cpu, entry, 0);
}

uint64_t machine_drive_now_cycles(const machine_t *machine)
{
    uint64_t now_cycles = engine_now_ps(machine->engine) / machine->period_ps + 1;
    for (unsigned core = 0; core < machine->config.cores; core++)
        if (machine->cores[core].cpu->cycle > now_cycles)
            now_cycles = machine->cores[core].cpu->cycle;
    return now_cycles;
}

void machine_drive_go(machine_t *machine, unsigned core, uint64_t pc, const uint64_t x[MACHINE_REGISTERS],
                      uint64_t cycle)
{
    cpu_core_resume(machine->cores[core].cpu, pc, x, cycle);
}

bool machine_drive_settle(machine_t *machine, uint64_t limit_cycles)
{
    uint64_t limit_ps = (machine_drive_now_cycles(machine) + limit_cycles) * machine->period_ps;
    return engine_run(machine->engine, limit_ps) == ENGINE_IDLE;
}

uint64_t machine_drive_x(const machine_t *machine, unsigned core, unsigned number)
{
    return machine->cores[core].cpu->x[number];
}

uint64_t machine_drive_pc(const machine_t *machine, unsigned core)
{
    return machine->cores[core].cpu->pc;
}

bool machine_drive_sleeps(const machine_t *machine, unsigned core)
{
    return machine->cores[core].cpu->block == CPU_BLOCK_WFI;
}

void machine_drive_exception(const machine_t *machine, unsigned core, uint64_t *ret_syndrome, uint64_t *ret_address)
{
    *ret_syndrome = machine->cores[core].cpu->sys.ESR_EL1;
    *ret_address = machine->cores[core].cpu->sys.ELR_EL1;
}

trace_t *machine_drive_trace(machine_t *machine)
{
    return machine->trace;
}
