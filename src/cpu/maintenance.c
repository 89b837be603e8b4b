/* Cache and TLB maintenance: the local part at once, the rest as messages whose completion DSB awaits. */
#include "cpu/maintenance.h"

#include "cpu/combine.h"
#include "cpu/core.h"
#include "cpu/debug.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/l0.h"
#include "cpu/system.h"
#include "interconnect/send.h"

static void send_dvm(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned operation, uint64_t operand,
                     uint64_t physical)
{
    chi_message_t message = {
        .opcode = CHI_DVM_OP,
        .transaction = CPU_TRANSACTION_DVM_OP,
        .size_bytes = (uint8_t)operation,
        .operand = operand,
        .address = physical,
        .pc = cpu_pc(cpu, in),
    };
    cpu->core->dvm_pending++;
    cpu->core->dvm_unsynced = true;
    cpu_send(cpu, now_cycles, &message);
}

cpu_status_t cpu_maintain_translate(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va,
                                    mmu_access_t access, bool maintenance, mmu_translation_t *ret_translation)
{
    mmu_fault_t fault;
    uint64_t watched;
    bool pan = cpu->pstate.pan && !maintenance; /* only DC ZVA is subject to it (Arm ARM D8.4, PAN) */
    cpu->pc = cpu_pc(cpu, in);                  /* for the walk's requests */
    switch (mmu_translate(cpu->mmu, cpu_ps(cpu, now_cycles), va, access, cpu->pstate.el > 0, pan, ret_translation,
                          &fault)) {
    case MMU_WAIT: return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_WALK);
    case MMU_FAULT:
        return cpu_exception_data_abort(cpu, in, now_cycles, va, access == MMU_WRITE, fault.status_code, maintenance,
                                        fault.external);
    case MMU_OK: break;
    }
    cpu->delay_cycles += ret_translation->cycles;
    if (base_likely(!cpu->core->debug.watching || access != MMU_WRITE))
        return CPU_OK;
    /* DC ZVA and DC IVAC are stores to the whole line (D2.10.5). */
    if (!cpu_debug_watches(cpu, chi_line(va), CHI_LINE_BYTES, false, true, cpu->pstate.el > 0, &watched))
        return CPU_OK;
    return cpu_exception_watchpoint(cpu, in, now_cycles, watched, true, maintenance);
}

/* DC ZVA is a store of a line of zeros (Arm ARM C5.3.12); it faults on Device memory. */
static cpu_status_t zero_line(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va)
{
    static const uint8_t zeros[CHI_LINE_BYTES];
    mmu_translation_t translation;
    if (cpu->core->acquires)
        return cpu_retry(cpu, CPU_STALL_ACQUIRE, CPU_BLOCK_LOADS);
    cpu_status_t status = cpu_maintain_translate(cpu, in, now_cycles, va, MMU_WRITE, false, &translation);
    if (status != CPU_OK)
        return status;
    if (translation.memory_type < CHI_NORMAL_NC)
        return cpu_fault_injected(cpu, CPU_INJECT_ZVA_ACCEPTS_DEVICE)
                   ? CPU_LEAVE
                   : cpu_exception_alignment(cpu, in, now_cycles, va, true);
    cpu_part_t part = {.physical = chi_line(translation.physical),
                       .length = cpu_fault_injected(cpu, CPU_INJECT_ZVA_HALF) ? CHI_LINE_BYTES / 2 : CHI_LINE_BYTES,
                       .memory_type = translation.memory_type,
                       .shareability = translation.shareability};
    if (translation.memory_type == CHI_NORMAL_NC) {
        cpu_access_t access = {.va = chi_line(va), .size_bytes = CHI_LINE_BYTES, .elements = 1};
        status = cpu_transfer_write(cpu, in, now_cycles, &access, &part, 1, zeros);
        if (status != CPU_OK)
            return status;
    } else if (!cpu_store_at_once(cpu, now_cycles, cpu_pc(cpu, in), &part, 1, zeros)) {
        if (!cpu_store_has_room(cpu, &part, 1, false))
            return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_STORE_BUFFER);
        cpu_store_push(cpu, now_cycles, cpu_pc(cpu, in), &part, zeros, false);
    }
    cpu->stats.stores += 1;
    return CPU_LEAVE;
}

static cpu_status_t maintain_data(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t physical,
                                  cpu_cache_op_t op)
{
    chi_opcode_t opcode = op == CPU_DC_IVAC    ? CHI_MAKE_INVALID
                          : op == CPU_DC_CIVAC ? CHI_CLEAN_INVALID
                                               : CHI_CLEAN_SHARED;
    if ((op == CPU_DC_CVAC && cpu_fault_injected(cpu, CPU_INJECT_DC_CVAC_IGNORED)) ||
        (op == CPU_DC_IVAC && cpu_fault_injected(cpu, CPU_INJECT_DC_IVAC_IGNORED)))
        return CPU_LEAVE;
    /* Maintenance by address comes after the core's own stores to that line (Arm ARM D7.5.9.1). */
    if (cpu_store_holds_line(cpu, physical))
        return cpu_retry(cpu, CPU_STALL_PLAIN, cpu_store_cause(cpu));
    cache_outcome_t outcome = cache_l1d_maintain(cpu->core->l1d, cpu_ps(cpu, now_cycles), opcode, chi_line(physical),
                                                 op == CPU_DC_CVAU ? CHI_FLAG_TO_POU : 0, cpu_pc(cpu, in));
    if (outcome == CACHE_FULL || outcome == CACHE_CONFLICT)
        return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_MISS_BUFFER);
    return CPU_LEAVE;
}

cpu_status_t cpu_maintain_address(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, cpu_cache_op_t op)
{
    mmu_translation_t translation;
    if (op == CPU_DC_ZVA)
        return zero_line(cpu, in, now_cycles, va);
    /* DC IVAC needs write permission, the others read permission (Arm ARM D7.5.8). */
    cpu_status_t status =
        cpu_maintain_translate(cpu, in, now_cycles, va, op == CPU_DC_IVAC ? MMU_WRITE : MMU_READ, true, &translation);
    if (status == CPU_OK && op != CPU_IC_IVAU)
        status = maintain_data(cpu, in, now_cycles, translation.physical, op);
    if (status != CPU_OK && status != CPU_LEAVE)
        return status;
    if (op == CPU_IC_IVAU && !cpu_fault_injected(cpu, CPU_INJECT_IC_IVAU_IGNORED)) {
        cpu_fetch_invalidate_line(cpu, translation.physical);
        send_dvm(cpu, in, now_cycles, MMU_DVM_IC_IVAU, 0, chi_line(translation.physical));
    }
    cpu->stats.cache_maintenance += 1;
    return CPU_LEAVE;
}

static cpu_status_t maintain_l2_set_way(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t operand,
                                        bool clean, bool invalidate)
{
    const cpu_core_config_t *config = &cpu->core->config;
    unsigned way_shift = 32 - (unsigned)bits_log2(config->l2_ways);
    uint64_t sets = config->l2_size_bytes / CHI_LINE_BYTES / config->l2_ways;
    uint64_t way = config->l2_ways > 1 ? bits_get(operand, way_shift, 32 - way_shift) : 0;
    uint64_t set = (operand >> CHI_LINE_SHIFT) & (sets - 1);
    chi_message_t message = {
        .opcode = !invalidate ? CHI_CLEAN_SHARED
                  : clean     ? CHI_CLEAN_INVALID
                              : CHI_MAKE_INVALID,
        .flags = CHI_FLAG_SET_WAY,
        .transaction = CPU_TRANSACTION_MAINTENANCE,
        .address = set << 8 | way,
        .pc = cpu_pc(cpu, in),
    };
    cpu->core->maintenance_pending++;
    cpu_send(cpu, now_cycles, &message);
    return CPU_LEAVE;
}

/* Xt: way in the top bits below 32, set from bit 6, level - 1 in bits 3:1 (Arm ARM C5.3.14). */
cpu_status_t cpu_maintain_set_way(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t operand, bool clean,
                                  bool invalidate)
{
    cache_l1d_t *l1d = cpu->core->l1d;
    unsigned ways = cache_l1d_ways(l1d), way_bits = ways > 1 ? 32u - (unsigned)__builtin_clz(ways - 1) : 0;
    uint64_t level = bits_get(operand, 1, 3);
    if (cpu->core->store_count)
        return cpu_retry(cpu, CPU_STALL_PLAIN, cpu_store_cause(cpu));
    cpu->stats.cache_maintenance += 1;
    if (level == 1)
        return maintain_l2_set_way(cpu, in, now_cycles, operand, clean, invalidate);
    if (level > 1)
        return CPU_LEAVE; /* no such cache: no effect */
    unsigned way = way_bits ? (unsigned)bits_get(operand, 32 - way_bits, way_bits) : 0;
    unsigned set = (unsigned)(operand >> CHI_LINE_SHIFT) & (cache_l1d_sets(l1d) - 1);
    if (way < ways &&
        cache_l1d_maintain_set_way(l1d, cpu_ps(cpu, now_cycles), set, way, clean, invalidate) == CACHE_FULL) {
        cpu->stats.cache_maintenance -= 1;
        return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_MISS_BUFFER);
    }
    return CPU_LEAVE;
}

cpu_status_t cpu_maintain_icache(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, bool inner_shareable)
{
    cpu_fetch_invalidate_all(cpu);
    if (inner_shareable)
        send_dvm(cpu, in, now_cycles, MMU_DVM_IC_IALLU, 0, 0);
    cpu->stats.cache_maintenance += 1;
    return CPU_LEAVE;
}

cpu_status_t cpu_maintain_tlb(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned operation,
                              uint64_t operand)
{
    mmu_tlbi_t local = (mmu_tlbi_t)(operation & ~(unsigned)CPU_TLBI_INNER_SHAREABLE);
    mmu_tlbi(cpu->mmu, local, operand);
    if (operation & CPU_TLBI_INNER_SHAREABLE)
        send_dvm(cpu, in, now_cycles, local, operand, 0);
    cpu->stats.tlb_maintenance += 1;
    return CPU_LEAVE;
}

void cpu_send_event(cpu_t *cpu, uint64_t now_cycles)
{
    chi_message_t message = {.opcode = CHI_EVENT};
    if (!cpu_fault_injected(cpu, CPU_INJECT_SEV_STAYS_LOCAL))
        cpu_send(cpu, now_cycles, &message);
    cpu_send_event_local(cpu);
}

void cpu_context_changed(cpu_t *cpu)
{
    cpu_l0_clear(cpu);
    cpu_fetch_drop_l0(cpu, 0, 0);
}

/* --- DVM from other cores --- */

static void answer(cpu_t *cpu, uint64_t now_ps, const chi_message_t *snoop)
{
    chi_message_t response = *snoop;
    response.opcode = CHI_SNP_DVM_RESP;
    chi_send(cpu->to_cluster, now_ps, 0, &response);
}

void cpu_dvm_receive(cpu_t *cpu, uint64_t now_ps, const chi_message_t *message)
{
    cpu_core_t *core = cpu->core;
    if (message->opcode == CHI_SNP_DVM_SYNC) {
        core->syncs[core->sync_requests++] = (cpu_sync_t){.sequence = core->sequence, .snoop = *message};
        return;
    }
    switch (message->size_bytes) {
    case MMU_DVM_IC_IALLU: cpu_fetch_invalidate_all(cpu); break;
    case MMU_DVM_IC_IVAU:
        if (!cpu_fault_injected(cpu, CPU_INJECT_IC_IVAU_STAYS_LOCAL))
            cpu_fetch_invalidate_line(cpu, message->address);
        break;
    default: mmu_tlbi(cpu->mmu, (mmu_tlbi_t)message->size_bytes, message->operand); break;
    }
    answer(cpu, now_ps, message);
}

static bool finished(const cpu_t *cpu, uint64_t sequence)
{
    const cpu_core_t *core = cpu->core;
    for (unsigned i = 0; i < core->store_count; i++)
        if (core->stores[i].sequence <= sequence)
            return false;
    return !core->writes_pending && !core->transfer.active && !cpu_load_older_than(cpu, sequence);
}

void cpu_dvm_answer(cpu_t *cpu, uint64_t now_ps)
{
    cpu_core_t *core = cpu->core;
    if (core->sync_requests)
        cpu_combine_flush(cpu, cpu->cycle);
    while (core->sync_requests && finished(cpu, core->syncs[0].sequence)) {
        answer(cpu, now_ps, &core->syncs[0].snoop);
        core->sync_requests--;
        for (unsigned i = 0; i < core->sync_requests; i++)
            core->syncs[i] = core->syncs[i + 1];
    }
}
