/* Alignment, translation and faults of data accesses. */
#include "cpu/access.h"

#include "cpu/core.h"
#include "cpu/debug.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/isa/isa.h"
#include "cpu/l0.h"

enum { FAULT_STATUS_UNSUPPORTED = 0x35 };

/* With FEAT_LSE2 an access inside 16 aligned bytes needs no alignment of its own; one that crosses them faults if it is
 * exclusive or atomic, or unless SCTLR_EL1.nAA says not (AArch64.UnalignedAccessFaults in J1). */
static bool allowed_unaligned(const cpu_t *cpu, const cpu_access_t *access, unsigned bytes)
{
    if (!cpu_features_has(&cpu->features, CPU_FEAT_LSE2) || cpu->sys.SCTLR_EL1 & CPU_SCTLR_A)
        return false;
    if ((access->va & 15) + bytes <= 16 || cpu_fault_injected(cpu, CPU_INJECT_SIXTEEN_BYTES_CROSSED))
        return true;
    if (cpu_fault_injected(cpu, CPU_INJECT_NAA_IGNORED))
        return false;
    return !(access->flags & (CPU_ACCESS_EXCLUSIVE | CPU_ACCESS_ATOMIC)) && cpu->sys.SCTLR_EL1 & CPU_SCTLR_nAA;
}

/* Exclusives and atomics are aligned to all they access, whatever SCTLR_EL1.A says (Arm ARM B2.5.2). */
static bool misaligned(const cpu_t *cpu, const cpu_access_t *access)
{
    unsigned bytes = access->size_bytes;
    if (access->flags & CPU_ACCESS_ORDERED && !cpu_fault_injected(cpu, CPU_INJECT_ORDERED_ALIGNMENT_IGNORED)) {
        bytes *= access->elements;
        return access->va & (bytes - 1) && !allowed_unaligned(cpu, access, bytes);
    }
    if (base_likely(!(cpu->sys.SCTLR_EL1 & CPU_SCTLR_A)))
        return false;
    return access->va & (bytes - 1);
}

/* PSTATE.UAO makes LDTR and STTR like LDR and STR (D1.4). */
static bool is_privileged(const cpu_t *cpu, const cpu_access_t *access)
{
    bool unprivileged = access->flags & CPU_ACCESS_UNPRIVILEGED;
    return cpu->pstate.el > 0 &&
           (!unprivileged || (cpu->pstate.uao && !cpu_fault_injected(cpu, CPU_INJECT_UAO_IGNORED)));
}

static cpu_status_t translate_part(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                   mmu_access_t direction, cpu_part_t *part)
{
    mmu_translation_t translation;
    mmu_fault_t fault;
    uint64_t va = access->va + part->first;
    cpu->pc = cpu_pc(cpu, in); /* for the walk's requests */
    bool pan = cpu->pstate.pan && !cpu_fault_injected(cpu, CPU_INJECT_PAN_IGNORED);
    switch (mmu_translate(cpu->mmu, cpu_ps(cpu, now_cycles), va, direction, is_privileged(cpu, access), pan,
                          &translation, &fault)) {
    case MMU_WAIT: return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_WALK);
    case MMU_FAULT:
        return cpu_exception_data_abort(cpu, in, now_cycles, va, direction == MMU_WRITE, fault.status_code, false,
                                        fault.external);
    case MMU_OK: break;
    }
    cpu->delay_cycles += translation.cycles;
    part->physical = translation.physical;
    part->memory_type = translation.memory_type;
    part->shareability = translation.shareability;
    if (cpu_fault_injected(cpu, CPU_INJECT_NSH_SNOOPED))
        part->shareability = CHI_INNER_SHAREABLE;
    part->writable = translation.writable;
    return CPU_OK;
}

/* After everything that can abort the access (D1.3.6). Atomics load and store; a store-exclusive counts as a store
 * whether it succeeds or not. */
static cpu_status_t check_watchpoints(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                      bool write)
{
    const cpu_exec_t *exec = &cpu_exec_table[in->opcode];
    bool both = write && exec->cost == COST_ATOMIC && !(access->flags & CPU_ACCESS_EXCLUSIVE);
    bool privileged = is_privileged(cpu, access);
    uint64_t bytes = (uint64_t)access->size_bytes * access->elements, va;
    if (!cpu_debug_watches(cpu, access->va, bytes, !write || both, write, privileged, &va))
        return CPU_OK;
    return cpu_exception_watchpoint(cpu, in, now_cycles, va, write, false);
}

cpu_status_t cpu_access_translate(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                  mmu_access_t direction, cpu_part_t parts[2], unsigned *ret_count)
{
    unsigned bytes = access->size_bytes * access->elements;
    unsigned room = CHI_LINE_BYTES - (access->va & (CHI_LINE_BYTES - 1));
    bool write = direction == MMU_WRITE;
    if (base_unlikely(misaligned(cpu, access)))
        return cpu_exception_alignment(cpu, in, now_cycles, access->va, write);
    unsigned count = bytes > room ? 2 : 1;
    parts[0] = (cpu_part_t){.first = 0, .length = (uint8_t)(count == 2 ? room : bytes)};
    parts[1] = (cpu_part_t){.first = (uint8_t)room, .length = (uint8_t)(bytes - parts[0].length)};
    for (unsigned i = 0; i < count; i++) {
        cpu_status_t status = translate_part(cpu, in, now_cycles, access, direction, &parts[i]);
        if (status != CPU_OK)
            return status;
    }
    /* Device memory: unaligned accesses fault (Arm ARM B2.5.2). Parts of different types: the first decides. */
    if (parts[0].memory_type < CHI_NORMAL_NC && access->va & (access->size_bytes - 1u))
        return cpu_exception_alignment(cpu, in, now_cycles, access->va, write);
    *ret_count = count;
    return base_unlikely(cpu->core->debug.watching) ? check_watchpoints(cpu, in, now_cycles, access, write) : CPU_OK;
}

cpu_status_t cpu_access_unsupported(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                    bool write)
{
    return cpu_exception_data_abort(cpu, in, now_cycles, access->va, write, FAULT_STATUS_UNSUPPORTED, false, false);
}

void cpu_access_fill_l0(cpu_t *cpu, const cpu_access_t *access, const cpu_part_t *parts, unsigned count)
{
    const cpu_core_config_t *config = &cpu->core->config;
    if (config->on_load || !cpu_l0_accepts(cpu, access, count))
        return;
    cache_line_t *line = cache_l1d_lookup(cpu->core->l1d, parts[0].physical);
    if (!line)
        return;
    /* Stores that somebody is told of, or that must wait, may not go by the filter. */
    bool writable = parts[0].writable && line->state == CACHE_M && !config->on_store && !config->drain_jitter_cycles;
    cpu_l0_fill(cpu, access->va, line, line->data, line->address, writable);
}
