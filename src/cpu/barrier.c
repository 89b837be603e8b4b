/* DMB, DSB and ISB: each waits for what the manual names and nothing more (Arm ARM B2.3.12). */
#include "cpu/combine.h"
#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/maintenance.h"
#include "cpu/memory_trace.h"

/* Loads, stores and posted writes before the barrier; the first thing found missing is the cause. */
static cpu_block_t unfinished(const cpu_t *cpu, cpu_barrier_types_t types)
{
    const cpu_core_t *core = cpu->core;
    if (types & CPU_BARRIER_LOADS && core->atomics_used &&
        cpu_fault_injected(cpu, CPU_INJECT_DMB_LD_AWAITS_DISCARDED_RESULTS))
        return CPU_BLOCK_LOADS;
    if (types & CPU_BARRIER_LOADS && core->atomic_results &&
        !cpu_fault_injected(cpu, CPU_INJECT_ATOMIC_RESULT_UNORDERED))
        return CPU_BLOCK_LOADS;
    if (types & CPU_BARRIER_LOADS && core->load_count)
        return CPU_BLOCK_LOADS;
    if (types == CPU_BARRIER_ALL && core->store_count)
        return cpu_store_cause(cpu);
    if (types & CPU_BARRIER_STORES && core->writes_pending)
        return CPU_BLOCK_DEVICE;
    return CPU_RUNNING;
}

cpu_block_t cpu_barrier_waits(cpu_t *cpu, uint64_t now_cycles)
{
    cpu_combine_flush(cpu, now_cycles);
    return unfinished(cpu, CPU_BARRIER_ALL);
}

/* What a DMB waits for. One for all types also orders data cache maintenance by address against accesses that are not
 * to the same cacheable line, such as those of a Non-cacheable alias (Arm ARM D7.5.9.6). */
static cpu_block_t unordered(const cpu_t *cpu, cpu_barrier_types_t types)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_DMB_IGNORED) ||
        (types == CPU_BARRIER_LOADS && cpu_fault_injected(cpu, CPU_INJECT_DMB_LD_IGNORED)))
        return CPU_RUNNING;
    cpu_block_t cause = unfinished(cpu, types);
    if (cause == CPU_RUNNING && types == CPU_BARRIER_ALL && cache_l1d_maintenance_pending(cpu->core->l1d) &&
        !cpu_fault_injected(cpu, CPU_INJECT_DMB_SKIPS_MAINTENANCE))
        return CPU_BLOCK_MAINTENANCE;
    return cause;
}

/* DMB ST orders stores among themselves: the store buffer starts a new epoch, and the core goes on. */
static cpu_status_t data_memory_barrier(cpu_t *cpu, cpu_barrier_types_t types)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_DMB_LD_DRAINS_STORES))
        types |= CPU_BARRIER_STORES;
    cpu_block_t cause = unordered(cpu, types);
    if (cause != CPU_RUNNING)
        return cpu_retry(cpu, CPU_STALL_DMB, cause);
    if (types == CPU_BARRIER_STORES && cpu->core->store_count && !cpu_fault_injected(cpu, CPU_INJECT_DMB_ST_IGNORED))
        cpu->core->epoch++;
    cpu->stats.barriers_dmb += 1;
    return CPU_LEAVE;
}

/* A DSB for stores or all also completes cache maintenance, TLB maintenance everywhere in its domain, and what was said
 * to the GIC through ICC_* registers (IHI 0069, 4.2.2). */
static cpu_block_t unfinished_maintenance(const cpu_t *cpu)
{
    const cpu_core_t *core = cpu->core;
    if (core->store_count)
        return cpu_store_cause(cpu);
    if ((core->maintenance_pending || cache_l1d_maintenance_pending(core->l1d)) &&
        !cpu_fault_injected(cpu, CPU_INJECT_DSB_SKIPS_MAINTENANCE))
        return CPU_BLOCK_MAINTENANCE;
    if (cpu_fault_injected(cpu, CPU_INJECT_DSB_SKIPS_DVM))
        return CPU_RUNNING;
    if (core->dvm_pending || core->sync_pending)
        return CPU_BLOCK_DVM;
    return gic_cpuif_synchronized(cpu->gic) ? CPU_RUNNING : CPU_BLOCK_GIC;
}

static void send_sync(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    chi_message_t message = {.opcode = CHI_DVM_SYNC, .transaction = CPU_TRANSACTION_DVM_SYNC, .pc = cpu_pc(cpu, in)};
    cpu->core->dvm_unsynced = false;
    cpu->core->sync_pending = true;
    cpu_send(cpu, now_cycles, &message);
}

static cpu_status_t data_synchronization_barrier(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles,
                                                 cpu_barrier_types_t types, unsigned domain)
{
    enum { DOMAIN_NON_SHAREABLE = 1 }; /* CRm<3:2> */
    cpu_block_t cause = unfinished(cpu, types);
    if (cause == CPU_RUNNING && types & CPU_BARRIER_STORES)
        cause = unfinished_maintenance(cpu);
    if (cpu_fault_injected(cpu, CPU_INJECT_DSB_SKIPS_ACCESSES))
        cause = CPU_RUNNING;
    if (cause == CPU_RUNNING && types & CPU_BARRIER_STORES && cpu->core->dvm_unsynced &&
        domain != DOMAIN_NON_SHAREABLE && !cpu_fault_injected(cpu, CPU_INJECT_DSB_SKIPS_DVM)) {
        send_sync(cpu, in, now_cycles);
        cause = CPU_BLOCK_DVM;
    }
    if (cause != CPU_RUNNING)
        return cpu_retry(cpu, CPU_STALL_DSB, cause);
    cpu->stats.barriers_dsb += 1;
    return CPU_LEAVE;
}

cpu_status_t cpu_barrier(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, cpu_barrier_t barrier,
                         cpu_barrier_types_t types, unsigned domain)
{
    if (types & CPU_BARRIER_STORES && !cpu_fault_injected(cpu, CPU_INJECT_COMBINED_PASS_BARRIERS))
        cpu_combine_flush(cpu, now_cycles);
    bool dmb = barrier == CPU_DMB && !cpu_fault_injected(cpu, CPU_INJECT_DMB_COMPLETES_DVM);
    cpu_status_t status =
        dmb ? data_memory_barrier(cpu, types) : data_synchronization_barrier(cpu, in, now_cycles, types, domain);
    if (status == CPU_LEAVE)
        cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_BARRIER, 0, cpu_pc(cpu, in), NULL, 0);
    return status;
}

/* Refetches what follows, in the context that is now in force. */
cpu_status_t cpu_isb(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    (void)now_cycles;
    uint32_t cycles = cpu->core->config.isb_cycles;
    cpu->core->refetch = true;
    cpu->core->stalls[CPU_STALL_ISB][CPU_BLOCK_FETCH] += cycles;
    cpu_profile_wait(cpu, cpu_pc(cpu, in), CPU_STALL_ISB, CPU_BLOCK_FETCH, cycles);
    cpu->delay_cycles += cycles;
    cpu->stats.barriers_isb += 1;
    return CPU_LEAVE;
}
