#include "cpu/atomics.h"

#include "cpu/access.h"
#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/memory_inline.h"
#include "cpu/memory_trace.h"
#include "cpu/timing_port.h"
#include "interconnect/atomic.h"

#include <stddef.h>
#include <string.h>

static unsigned bytes_of(const cpu_posted_atomic_t *atomic)
{
    return atomic->access.size_bytes * atomic->access.elements;
}

/* What is stored over `old`. False: a comparison failed, nothing is. */
static bool compute(cpu_t *cpu, const cpu_posted_atomic_t *atomic, const uint8_t *old, uint8_t *ret_new)
{
    unsigned bytes = bytes_of(atomic);
    if (atomic->compares) {
        memcpy(ret_new, atomic->operand, bytes);
        return !memcmp(old, atomic->expected, bytes) || cpu_fault_injected(cpu, CPU_INJECT_CAS_STORES_ALWAYS);
    }
    uint64_t value = chi_atomic_apply(atomic->op, memory_raw(old, bytes), memory_raw(atomic->operand, bytes), bytes);
    memcpy(ret_new, &value, bytes);
    return true;
}

void cpu_atomic_deliver(cpu_t *cpu, const cpu_access_t *access, const uint8_t *old)
{
    set_x(cpu, access->rt, memory_raw(old, access->size_bytes));
    if (access->elements == 2)
        set_x(cpu, access->rt2, memory_raw(old + access->size_bytes, access->size_bytes));
}

void cpu_atomic_perform(cpu_t *cpu, uint64_t now_cycles, cache_line_t *line, const cpu_posted_atomic_t *atomic,
                        uint8_t *ret_old)
{
    const cpu_access_t *access = &atomic->access;
    unsigned bytes = bytes_of(atomic), offset = atomic->physical & (CHI_LINE_BYTES - 1);
    uint8_t new[CHI_LINE_BYTES];
    memcpy(ret_old, line->data + offset, bytes);
    cpu_show_load(cpu, now_cycles, atomic->physical, ret_old, bytes);
    if (compute(cpu, atomic, ret_old, new + offset))
        cpu_store_write(cpu, cpu_ps(cpu, now_cycles), line, bits_mask(bytes) << offset, new);
    if (cpu_fault_injected(cpu, CPU_INJECT_CASP_TEARS) && access->elements == 2)
        for (unsigned i = 0; i < access->size_bytes; i++)
            cpu_fault_swap_byte(&ret_old[access->size_bytes + i], &cpu->core->fault_bytes[i]);
    cpu->stats.atomics_near += 1;
    cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_ATOMIC, atomic->physical, atomic->pc, line->data + offset, bytes);
}

/* --- far --- */

/* The line's state does not forbid it; in CPU_ATOMICS_AUTO that still decides. */
static bool may_go_far(const cpu_t *cpu, const cpu_posted_atomic_t *atomic, chi_shareability_t shareability)
{
    return cpu->core->config.atomics != CPU_ATOMICS_NEAR && shareability != CHI_NON_SHAREABLE &&
           !(atomic->physical & (bytes_of(atomic) - 1));
}

bool cpu_atomic_goes_far(const cpu_t *cpu, const cpu_posted_atomic_t *atomic, chi_shareability_t shareability)
{
    cache_l1d_t *l1d = cpu->core->l1d;
    if (!may_go_far(cpu, atomic, shareability) || cache_l1d_holds_privately(l1d, atomic->physical))
        return false;
    const cache_line_t *line = cache_l1d_lookup(l1d, atomic->physical);
    return cpu->core->config.atomics == CPU_ATOMICS_FAR || !line || !cache_state_exclusive(line->state);
}

static chi_opcode_t opcode_of(const cpu_posted_atomic_t *atomic)
{
    if (atomic->compares)
        return CHI_ATOMIC_COMPARE;
    if (atomic->op == CHI_OP_SWP)
        return CHI_ATOMIC_SWAP;
    return cpu_load_registers(&atomic->access) ? CHI_ATOMIC_LOAD : CHI_ATOMIC_STORE;
}

bool cpu_atomic_send(cpu_t *cpu, uint64_t now_cycles, chi_shareability_t shareability,
                     const cpu_posted_atomic_t *atomic)
{
    chi_message_t request;
    memset(&request, 0, offsetof(chi_message_t, data));
    request.opcode = (uint8_t)opcode_of(atomic);
    request.atomic_op = (uint8_t)atomic->op;
    request.memory_type = CHI_NORMAL_WB;
    request.shareability = (uint8_t)shareability;
    request.pc = atomic->pc;
    chi_atomic_encode(&request, atomic->physical, bytes_of(atomic), atomic->operand, atomic->expected);
    if (cache_l1d_send_atomic(cpu->core->l1d, cpu_ps(cpu, now_cycles), &request) != CACHE_MISS)
        return false;
    cpu->stats.atomics_far += 1;
    cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_ATOMIC_SENT, atomic->physical, atomic->pc, atomic->operand,
                     bytes_of(atomic));
    return true;
}

void cpu_atomic_take_answer(cpu_t *cpu, uint64_t now_cycles, const cpu_posted_atomic_t *atomic, const uint8_t *old)
{
    const uint8_t *bytes = old ? old + (atomic->physical & (CHI_LINE_BYTES - 1)) : NULL;
    if (bytes)
        cpu_atomic_deliver(cpu, &atomic->access, bytes);
    cpu_trace_memory(cpu, now_cycles, bytes ? CPU_MEMORY_ATOMIC_ANSWERED : CPU_MEMORY_ATOMIC_DONE, atomic->physical,
                     atomic->pc, bytes, bytes_of(atomic));
}

/* --- as instructions --- */

/* It may be passed by what follows: the result of its read is nobody's, or pending. */
static bool may_be_passed(const cpu_t *cpu, const cpu_access_t *access)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_ACQUIRE_ATOMIC_POSTED))
        return true;
    return !(access->flags & CPU_ACCESS_ACQUIRE);
}

static bool is_posted(cpu_t *cpu, const cpu_part_t *part, const cpu_posted_atomic_t *atomic)
{
    bool far = may_go_far(cpu, atomic, (chi_shareability_t)part->shareability);
    if (far && cpu->core->config.atomics == CPU_ATOMICS_FAR)
        return true;
    return (far || may_be_passed(cpu, &atomic->access)) && !cpu_may_write_now(cpu, &atomic->access, part);
}

static cpu_status_t post(cpu_t *cpu, uint64_t now_cycles, const cpu_part_t *part, const cpu_posted_atomic_t *atomic)
{
    if (!cpu_store_post_atomic(cpu, now_cycles, part, atomic))
        return cpu_retry(cpu, CPU_STALL_ATOMIC, CPU_BLOCK_STORE_BUFFER);
    cpu->stats.atomics += 1;
    return CPU_LEAVE;
}

static cpu_status_t perform(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, cpu_posted_atomic_t *atomic)
{
    const cpu_access_t *access = &atomic->access;
    cpu_part_t parts[2];
    unsigned count;
    cache_line_t *line;
    cpu_status_t status = cpu_wait_for_order(cpu, now_cycles, access);
    if (status == CPU_OK)
        status = cpu_access_translate(cpu, in, now_cycles, access, MMU_WRITE, parts, &count);
    if (status != CPU_OK)
        return status;
    if (parts[0].memory_type < CHI_NORMAL_WT)
        return cpu_access_unsupported(cpu, in, now_cycles, access, true);
    atomic->physical = parts[0].physical;
    atomic->pc = cpu_pc(cpu, in);
    atomic->acquires = !may_be_passed(cpu, access);
    if (is_posted(cpu, &parts[0], atomic))
        return post(cpu, now_cycles, &parts[0], atomic);
    status = cpu_own_line(cpu, in, now_cycles, access, &parts[0], CPU_STALL_ATOMIC, &line);
    if (status != CPU_OK)
        return status;
    cpu_atomic_perform(cpu, now_cycles, line, atomic, atomic->old);
    cpu_atomic_deliver(cpu, access, atomic->old);
    cpu->stats.atomics += 1;
    cpu->delay_cycles += cpu->core->config.atomic_cycles;
    return CPU_LEAVE;
}

cpu_status_t cpu_atomic(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                        chi_atomic_op_t op, uint64_t operand)
{
    cpu_posted_atomic_t atomic = {.access = *access, .op = op};
    memcpy(atomic.operand, &operand, sizeof(operand));
    return perform(cpu, in, now_cycles, &atomic);
}

cpu_status_t cpu_compare_and_swap(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                  const uint64_t *compare, const uint64_t *values)
{
    cpu_posted_atomic_t atomic = {.access = *access, .compares = true};
    if (cpu_fault_injected(cpu, CPU_INJECT_CAS_IS_PLAIN_LOAD)) {
        cpu_access_t plain = *access;
        plain.flags = 0;
        return cpu->port->load(cpu, in, now_cycles, &plain);
    }
    memory_bytes(access, compare, atomic.expected);
    memory_bytes(access, values, atomic.operand);
    return perform(cpu, in, now_cycles, &atomic);
}
