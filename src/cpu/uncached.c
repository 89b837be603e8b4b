#include "cpu/uncached.h"

#include "cpu/access.h"
#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/load_around.h"
#include "cpu/timing_port.h"

cpu_status_t cpu_uncached_load(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                               const cpu_part_t *parts, unsigned count)
{
    uint8_t bytes[CPU_ACCESS_MAX_BYTES];
    if (access->flags & CPU_ACCESS_EXCLUSIVE)
        return cpu_access_unsupported(cpu, in, now_cycles, access, false);
    if (cpu_load_overlaps(cpu, access, parts, count))
        return cpu_load_around(cpu, in, now_cycles, access, parts, count);
    cpu_status_t status = cpu_transfer_read(cpu, in, now_cycles, access, parts, count, bytes);
    if (status != CPU_OK)
        return status;
    cpu_load_complete(cpu, now_cycles, access, bytes, parts[0].physical);
    cpu->stats.loads += 1;
    return cpu_accepted(cpu);
}

cpu_status_t cpu_uncached_store(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                const cpu_part_t *parts, unsigned count, const uint8_t *bytes)
{
    bool release = access->flags & CPU_ACCESS_RELEASE;
    if (cpu_stores_precede(cpu, access, parts[0].physical) &&
        !cpu_fault_injected(cpu, CPU_INJECT_NC_STORE_PASSES_CACHED))
        return cpu_retry(cpu, release ? CPU_STALL_RELEASE : CPU_STALL_PLAIN, cpu_store_cause(cpu));
    cpu_status_t status = cpu_transfer_write(cpu, in, now_cycles, access, parts, count, bytes);
    if (status == CPU_OK && release && !cpu_fault_injected(cpu, CPU_INJECT_NC_RELEASE_PASSED))
        cpu->core->released_around = true;
    return status;
}
