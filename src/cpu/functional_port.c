/* The functional port: loads, stores and atomics on RAM itself; what is not RAM is a transfer, as in timing mode. */
#include "cpu/access.h"
#include "cpu/atomics.h"
#include "cpu/core.h"
#include "cpu/exception.h"
#include "cpu/functional_impl.h"
#include "cpu/l0.h"
#include "cpu/memory_inline.h"
#include "interconnect/atomic.h"

#include <string.h>

/* Where the parts are in RAM; false: one of them is elsewhere. */
static bool find(const cpu_t *cpu, const cpu_part_t *parts, unsigned count, uint8_t *ret_places[2])
{
    for (unsigned i = 0; i < count; i++) {
        ret_places[i] = cpu_functional_ram(cpu->core->functional, parts[i].physical, parts[i].length);
        if (!ret_places[i])
            return false;
    }
    return true;
}

static void fill_l0(cpu_t *cpu, const cpu_access_t *access, const cpu_part_t *parts, unsigned count, uint8_t *place)
{
    if (parts[0].memory_type < CHI_NORMAL_NC || !cpu_l0_accepts(cpu, access, count))
        return;
    uint64_t physical = parts[0].physical;
    cpu_l0_fill(cpu, access->va, &cpu->core->functional_line, place - (physical & (CHI_LINE_BYTES - 1)),
                chi_line(physical), parts[0].writable && !cpu_functional_monitored(cpu, physical));
}

void cpu_functional_store_done(cpu_t *cpu, uint64_t now_cycles, uint64_t physical)
{
    if (base_unlikely(cpu_functional_wrote(cpu, physical))) {
        chi_message_t message = {.opcode = CHI_EVENT};
        cpu_send(cpu, now_cycles, &message);
    }
}

static cpu_status_t load_elsewhere(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                   const cpu_part_t *parts, unsigned count)
{
    uint8_t bytes[CPU_ACCESS_MAX_BYTES];
    if (access->flags & CPU_ACCESS_EXCLUSIVE)
        return cpu_access_unsupported(cpu, in, now_cycles, access, false);
    cpu_status_t status = cpu_transfer_read(cpu, in, now_cycles, access, parts, count, bytes);
    if (status != CPU_OK)
        return status;
    memory_deliver_all(cpu, access, bytes);
    cpu->stats.loads += 1;
    return cpu_accepted(cpu);
}

static cpu_status_t port_load(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access)
{
    cpu_part_t parts[2];
    uint8_t bytes[CPU_ACCESS_MAX_BYTES], *places[2];
    unsigned count;
    cpu_status_t status = cpu_access_translate(cpu, in, now_cycles, access, MMU_READ, parts, &count);
    if (status != CPU_OK)
        return status;
    if (base_unlikely(!find(cpu, parts, count, places)))
        return load_elsewhere(cpu, in, now_cycles, access, parts, count);
    bool exclusive = access->flags & CPU_ACCESS_EXCLUSIVE;
    if (exclusive && parts[0].memory_type < CHI_NORMAL_WT)
        return cpu_access_unsupported(cpu, in, now_cycles, access, false);
    for (unsigned i = 0; i < count; i++)
        memcpy(bytes + parts[i].first, places[i], parts[i].length);
    memory_deliver_all(cpu, access, bytes);
    if (exclusive)
        cpu_functional_arm(cpu, parts[0].physical, access->size_bytes * access->elements);
    cpu->stats.loads += 1;
    cpu->stats.exclusive_loads += exclusive;
    fill_l0(cpu, access, parts, count, places[0]);
    return cpu_accepted(cpu);
}

static cpu_status_t port_store(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                               const uint64_t *values)
{
    cpu_part_t parts[2];
    uint8_t bytes[CPU_ACCESS_MAX_BYTES], *places[2];
    unsigned count;
    cpu_status_t status = cpu_access_translate(cpu, in, now_cycles, access, MMU_WRITE, parts, &count);
    if (status != CPU_OK)
        return status;
    memory_bytes(access, values, bytes);
    if (base_unlikely(!find(cpu, parts, count, places))) {
        status = cpu_transfer_write(cpu, in, now_cycles, access, parts, count, bytes);
        if (status != CPU_OK)
            return status;
    } else {
        for (unsigned i = 0; i < count; i++) {
            memcpy(places[i], bytes + parts[i].first, parts[i].length);
            cpu_functional_store_done(cpu, now_cycles, parts[i].physical);
        }
        fill_l0(cpu, access, parts, count, places[0]);
    }
    cpu->stats.stores += 1;
    return cpu_accepted(cpu);
}

/* Where an exclusive or atomic access is; it lies in one line and is Normal cacheable memory, or it faults. */
static cpu_status_t locate(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                           cpu_part_t *ret_part, uint8_t **ret_place)
{
    cpu_part_t parts[2];
    uint8_t *places[2];
    unsigned count;
    cpu_status_t status = cpu_access_translate(cpu, in, now_cycles, access, MMU_WRITE, parts, &count);
    if (status != CPU_OK)
        return status;
    if (parts[0].memory_type < CHI_NORMAL_WT || !find(cpu, parts, count, places))
        return cpu_access_unsupported(cpu, in, now_cycles, access, true);
    *ret_part = parts[0];
    *ret_place = places[0];
    return CPU_OK;
}

static cpu_status_t port_store_exclusive(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles,
                                         const cpu_access_t *access, const uint64_t *values)
{
    cpu_part_t part;
    uint8_t bytes[CPU_ACCESS_MAX_BYTES], *place;
    cpu_status_t status = locate(cpu, in, now_cycles, access, &part, &place);
    if (status != CPU_OK)
        return status;
    bool passed = cpu_monitor_claim(cpu, cpu_pc(cpu, in), part.physical, access->size_bytes * access->elements);
    cpu_functional_disarm(cpu);
    if (passed) {
        memory_bytes(access, values, bytes);
        memcpy(place, bytes, part.length);
        cpu_functional_store_done(cpu, now_cycles, part.physical);
        cpu->stats.stores += 1;
    }
    cpu->stats.exclusive_stores += 1;
    set_x(cpu, access->rs, !passed);
    return cpu_accepted(cpu);
}

static cpu_status_t port_atomic(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                chi_atomic_op_t op, uint64_t operand)
{
    cpu_part_t part;
    uint8_t *place;
    cpu_status_t status = locate(cpu, in, now_cycles, access, &part, &place);
    if (status != CPU_OK)
        return status;
    uint64_t old = memory_raw(place, part.length);
    uint64_t new = chi_atomic_apply(op, old, operand, access->size_bytes);
    memcpy(place, &new, part.length);
    cpu_functional_store_done(cpu, now_cycles, part.physical);
    set_x(cpu, access->rt, old);
    cpu->stats.atomics += 1;
    return cpu_accepted(cpu);
}

static cpu_status_t port_compare_and_swap(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles,
                                          const cpu_access_t *access, const uint64_t *compare, const uint64_t *values)
{
    cpu_part_t part;
    uint8_t old[32], expected[32], desired[32], *place;
    cpu_status_t status = locate(cpu, in, now_cycles, access, &part, &place);
    if (status != CPU_OK)
        return status;
    memcpy(old, place, part.length);
    memory_bytes(access, compare, expected);
    memory_bytes(access, values, desired);
    if (!memcmp(old, expected, part.length)) {
        memcpy(place, desired, part.length);
        cpu_functional_store_done(cpu, now_cycles, part.physical);
    }
    cpu_atomic_deliver(cpu, access, old);
    cpu->stats.atomics += 1;
    return cpu_accepted(cpu);
}

static cpu_status_t port_prefetch(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, bool for_store)
{
    (void)cpu;
    (void)in;
    (void)now_cycles;
    (void)va;
    (void)for_store;
    return CPU_OK;
}

/* There is no data cache to maintain: what remains is DC ZVA, faults, and the instruction side. */
static cpu_status_t port_cache_op(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, cpu_cache_op_t op)
{
    mmu_translation_t translation;
    bool write = op == CPU_DC_ZVA || op == CPU_DC_IVAC;
    if (op == CPU_IC_IVAU)
        return cpu_maintain_address(cpu, in, now_cycles, va, op);
    cpu_status_t status =
        cpu_maintain_translate(cpu, in, now_cycles, va, write ? MMU_WRITE : MMU_READ, op != CPU_DC_ZVA, &translation);
    if (status != CPU_OK)
        return status;
    if (op != CPU_DC_ZVA) {
        cpu->stats.cache_maintenance += 1;
        return CPU_LEAVE;
    }
    uint8_t *place = cpu_functional_ram(cpu->core->functional, chi_line(translation.physical), CHI_LINE_BYTES);
    if (translation.memory_type < CHI_NORMAL_NC || !place)
        return cpu_exception_alignment(cpu, in, now_cycles, va, true);
    memset(place, 0, CHI_LINE_BYTES);
    cpu_functional_store_done(cpu, now_cycles, translation.physical);
    cpu->stats.stores += 1;
    return CPU_LEAVE;
}

static cpu_status_t port_cache_op_set_way(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t operand,
                                          bool clean, bool invalidate)
{
    (void)in;
    (void)now_cycles;
    (void)operand;
    (void)clean;
    (void)invalidate;
    cpu->stats.cache_maintenance += 1;
    return CPU_LEAVE;
}

static void port_clear_exclusive(cpu_t *cpu, bool exception_return)
{
    cpu_monitor_clear(cpu, exception_return ? &cpu->stats.exclusive_fail_exception : &cpu->stats.exclusive_fail_clear);
    cpu_functional_disarm(cpu);
}

const cpu_memory_port_t cpu_functional_port = {
    .load = port_load,
    .store = port_store,
    .store_exclusive = port_store_exclusive,
    .atomic = port_atomic,
    .compare_and_swap = port_compare_and_swap,
    .prefetch = port_prefetch,
    .cache_op = port_cache_op,
    .cache_op_set_way = port_cache_op_set_way,
    .invalidate_icache = cpu_maintain_icache,
    .tlbi = cpu_maintain_tlb,
    .barrier = cpu_barrier,
    .isb = cpu_isb,
    .clear_exclusive = port_clear_exclusive,
    .send_event = cpu_send_event,
    .context_changed = cpu_context_changed,
};
