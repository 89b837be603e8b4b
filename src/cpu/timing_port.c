/* The timing port: loads and stores through TLBs, store buffer and L1D. What the L0 filter did not answer comes here.
 */
#include "cpu/timing_port.h"

#include "cpu/access.h"
#include "cpu/atomics.h"
#include "cpu/combine.h"
#include "cpu/core.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/maintenance.h"
#include "cpu/memory_inline.h"
#include "cpu/memory_trace.h"
#include "cpu/uncached.h"

#include <string.h>

cpu_status_t cpu_wait_for_order(cpu_t *cpu, uint64_t now_cycles, const cpu_access_t *access)
{
    cpu_core_t *core = cpu->core;
    if (core->acquires && !cpu_fault_injected(cpu, CPU_INJECT_ACQUIRE_IGNORED))
        return cpu_retry(cpu, CPU_STALL_ACQUIRE, CPU_BLOCK_LOADS);
    /* RCsc: a load-acquire is not performed before an earlier store-release (Arm ARM B2.3.3). */
    if (access->flags & CPU_ACCESS_ACQUIRE && core->releases)
        return cpu_retry(cpu, CPU_STALL_ACQUIRE, cpu_store_cause(cpu));
    if (access->flags & CPU_ACCESS_ACQUIRE && core->released_around) {
        cpu_combine_flush(cpu, now_cycles);
        if (core->writes_pending)
            return cpu_retry(cpu, CPU_STALL_ACQUIRE, CPU_BLOCK_DEVICE);
        core->released_around = false;
    }
    if (access->flags & CPU_ACCESS_RELEASE) {
        cpu_combine_flush(cpu, now_cycles);
        if (core->load_count && !cpu_fault_injected(cpu, CPU_INJECT_RELEASE_PASSES_LOADS))
            return cpu_retry(cpu, CPU_STALL_RELEASE, CPU_BLOCK_LOADS);
        if (core->writes_pending)
            return cpu_retry(cpu, CPU_STALL_RELEASE, CPU_BLOCK_DRAIN);
    }
    return CPU_OK;
}

static cpu_stall_kind_t kind_of(const cpu_access_t *access)
{
    if (access->flags & CPU_ACCESS_EXCLUSIVE)
        return CPU_STALL_EXCLUSIVE;
    if (access->flags & (CPU_ACCESS_ACQUIRE | CPU_ACCESS_ACQUIRE_PC))
        return CPU_STALL_ACQUIRE;
    return access->flags & CPU_ACCESS_RELEASE ? CPU_STALL_RELEASE : CPU_STALL_PLAIN;
}

/* Gathers what is there: from the store buffer or the L1D. Bits of *ret_waiting: parts whose line is not. */
static cpu_status_t gather(cpu_t *cpu, uint64_t now_cycles, const cpu_access_t *access, const cpu_part_t *parts,
                           unsigned count, uint8_t *bytes, unsigned *ret_waiting)
{
    unsigned waiting = 0;
    for (unsigned i = 0; i < count; i++) {
        const cpu_part_t *part = &parts[i];
        if (access->flags & CPU_ACCESS_EXCLUSIVE && cpu_store_holds_line(cpu, part->physical))
            return cpu_retry(cpu, CPU_STALL_EXCLUSIVE, cpu_store_cause(cpu));
        cpu_forward_t forward = cpu_store_forward(cpu, part->physical, part->length, bytes + part->first);
        if (forward == CPU_FORWARD_PARTIAL)
            return cpu_retry(cpu, kind_of(access), CPU_BLOCK_FORWARD);
        if (forward == CPU_FORWARD_DONE) {
            cpu->stats.forwards += 1;
            continue;
        }
        cache_line_t *line = cache_l1d_lookup(cpu->core->l1d, part->physical);
        if (!line) {
            waiting |= 1u << i;
            continue;
        }
        line->last_use = now_cycles;
        memcpy(bytes + part->first, line->data + (part->physical & (CHI_LINE_BYTES - 1)), part->length);
        if (cpu_fault_injected(cpu, CPU_INJECT_LOAD_READS_NEIGHBOUR))
            bytes[part->first] = line->data[(part->physical ^ 8) & (CHI_LINE_BYTES - 1)];
        cpu_show_load(cpu, now_cycles, part->physical, bytes + part->first, part->length);
    }
    *ret_waiting = waiting;
    return CPU_OK;
}

static cpu_status_t request_lines(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                  const cpu_part_t *parts, unsigned waiting)
{
    if (!cpu_load_has_room(cpu))
        return cpu_retry(cpu, kind_of(access), CPU_BLOCK_MISS_BUFFER);
    for (unsigned i = 0; i < 2; i++) {
        if (!(waiting & 1u << i))
            continue;
        cache_outcome_t outcome = cache_l1d_request(cpu->core->l1d, cpu_ps(cpu, now_cycles), parts[i].physical,
                                                    CACHE_WANT_READ, parts[i].shareability, cpu_pc(cpu, in));
        if (outcome == CACHE_FULL || outcome == CACHE_CONFLICT)
            return cpu_retry(cpu, kind_of(access), CPU_BLOCK_MISS_BUFFER);
    }
    return CPU_OK;
}

static void count_load(cpu_t *cpu, const cpu_access_t *access)
{
    cpu->stats.loads += 1;
    cpu->stats.exclusive_loads += (access->flags & CPU_ACCESS_EXCLUSIVE) != 0;
}

/* The load waits for lines; younger instructions go on. */
static cpu_status_t load_miss(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                              const cpu_part_t *parts, unsigned waiting, const uint8_t *bytes)
{
    bool postponed = cpu->core->config.load_jitter_cycles && cpu_load_has_room(cpu);
    if (!postponed) {
        cpu_status_t status = request_lines(cpu, in, now_cycles, access, parts, waiting);
        if (status != CPU_OK)
            return status;
    }
    count_load(cpu, access);
    cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_LOAD_WAITS, parts[0].physical, cpu_pc(cpu, in), NULL, 0);
    cpu_load_t *load = cpu_load_enter(cpu, access, cpu_pc(cpu, in), parts, waiting, bytes);
    load->issue_cycle = now_cycles;
    if (postponed)
        cpu_load_postpone(cpu, now_cycles, load);
    return CPU_LEAVE;
}

static void trace_load(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                       const cpu_part_t *part, const uint8_t *bytes)
{
    uint8_t forwarded[CHI_LINE_BYTES];
    if (!cpu->core->memory_trace)
        return;
    bool buffered = cpu_store_forward(cpu, part->physical, part->length, forwarded) == CPU_FORWARD_DONE;
    cpu_trace_memory(cpu, now_cycles, buffered ? CPU_MEMORY_LOAD_FORWARDED : CPU_MEMORY_LOAD_READS, part->physical,
                     cpu_pc(cpu, in), bytes, access->size_bytes);
}

static cpu_status_t port_load(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access)
{
    cpu_part_t parts[2];
    uint8_t bytes[CPU_ACCESS_MAX_BYTES] = {0};
    unsigned count, waiting = 0;
    cpu_status_t status = cpu_wait_for_order(cpu, now_cycles, access);
    if (cpu_fault_injected(cpu, CPU_INJECT_VISIT_ORDER_LEAKS)) {
        cpu->delay_cycles += *cpu->last_to_run != cpu->index;
        *cpu->last_to_run = cpu->index;
    }
    if (status == CPU_OK)
        status = cpu_access_translate(cpu, in, now_cycles, access, MMU_READ, parts, &count);
    if (status != CPU_OK)
        return status;
    if (parts[0].memory_type < CHI_NORMAL_WT)
        return cpu_uncached_load(cpu, in, now_cycles, access, parts, count);
    status = gather(cpu, now_cycles, access, parts, count, bytes, &waiting);
    if (status == CPU_OK && waiting)
        return load_miss(cpu, in, now_cycles, access, parts, waiting, bytes);
    if (status != CPU_OK)
        return status;
    count_load(cpu, access);
    trace_load(cpu, in, now_cycles, access, &parts[0], bytes);
    if (cpu_fault_injected(cpu, CPU_INJECT_LOAD_TEARS_BESIDE_SPLIT) && count == 2)
        cpu_fault_swap_byte(&bytes[parts[0].length - 1], &cpu->core->fault_bytes[0]);
    if (cpu_fault_injected(cpu, CPU_INJECT_LOAD_TEARS_IN_SIXTEEN_BYTES) && access->va & (access->size_bytes - 1u))
        cpu_fault_swap_byte(&bytes[0], &cpu->core->fault_bytes[0]);
    cpu_load_complete(cpu, now_cycles, access, bytes, parts[0].physical);
    cpu_access_fill_l0(cpu, access, parts, count);
    return cpu_accepted(cpu);
}

bool cpu_stores_precede(const cpu_t *cpu, const cpu_access_t *access, uint64_t physical)
{
    return access->flags & CPU_ACCESS_RELEASE ? cpu->core->store_count > 0 : cpu_store_precedes(cpu, physical);
}

static cpu_status_t port_store(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                               const uint64_t *values)
{
    cpu_part_t parts[2];
    uint8_t bytes[CPU_ACCESS_MAX_BYTES];
    unsigned count;
    bool release = access->flags & CPU_ACCESS_RELEASE && !cpu_fault_injected(cpu, CPU_INJECT_RELEASE_IGNORED);
    cpu_status_t status = cpu_wait_for_order(cpu, now_cycles, access);
    memory_bytes(access, values, bytes);
    parts[0].physical = 0;
    if (status == CPU_OK)
        status = cpu_access_translate(cpu, in, now_cycles, access, MMU_WRITE, parts, &count);
    if (cpu_fault_injected(cpu, CPU_INJECT_UNALIGNED_STORES_FIRST_PART) && status == CPU_JUMP && parts[0].physical)
        cpu_store_push(cpu, now_cycles, cpu_pc(cpu, in), &parts[0], bytes, false);
    if (status != CPU_OK)
        return status;
    if (parts[0].memory_type < CHI_NORMAL_WT) {
        status = cpu_uncached_store(cpu, in, now_cycles, access, parts, count, bytes);
        if (status != CPU_OK)
            return status;
    } else if (cpu_store_at_once(cpu, now_cycles, cpu_pc(cpu, in), parts, count, bytes)) {
        cpu_access_fill_l0(cpu, access, parts, count);
        cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_STORE_WRITES, parts[0].physical, cpu_pc(cpu, in), bytes,
                         access->size_bytes);
    } else if (!cpu_store_has_room(cpu, parts, count, release)) {
        return cpu_retry(cpu, kind_of(access), CPU_BLOCK_STORE_BUFFER);
    } else {
        cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_STORE_WAITS, parts[0].physical, cpu_pc(cpu, in), bytes,
                         access->size_bytes);
        for (unsigned i = 0; i < count; i++)
            cpu_store_push(cpu, now_cycles, cpu_pc(cpu, in), &parts[i], bytes, release);
    }
    cpu->stats.stores += 1;
    /* An event of the core's own may have been added. */
    if (base_unlikely(cpu->core->config.drain_jitter_cycles || parts[0].memory_type < CHI_NORMAL_WT))
        return CPU_LEAVE;
    return cpu_accepted(cpu);
}

bool cpu_may_write_now(cpu_t *cpu, const cpu_access_t *access, const cpu_part_t *part)
{
    cpu_core_t *core = cpu->core;
    const cache_line_t *line = cache_l1d_lookup(core->l1d, part->physical);
    return !cpu_stores_precede(cpu, access, part->physical) && !core->config.drain_jitter_cycles && line &&
           cache_state_exclusive(line->state);
}

cpu_status_t cpu_own_line(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                          const cpu_part_t *part, cpu_stall_kind_t kind, cache_line_t **ret_line)
{
    cpu_core_t *core = cpu->core;
    uint64_t now_ps = cpu_ps(cpu, now_cycles);
    if (cpu_stores_precede(cpu, access, part->physical))
        return cpu_retry(cpu, kind, cpu_store_cause(cpu));
    cache_line_t *line = cache_l1d_lookup(core->l1d, part->physical);
    if (!line || !cache_l1d_make_dirty(core->l1d, now_ps, line, cpu_pc(cpu, in))) {
        core->wants_line = true;
        core->wanted_line = chi_line(part->physical);
        core->wanted_physical = part->physical;
        core->wanted_bytes = part->length;
        core->wanted_upgrade = line != NULL;
        cache_l1d_request(core->l1d, now_ps, part->physical, CACHE_WANT_WRITE, part->shareability, cpu_pc(cpu, in));
        return cpu_retry(cpu, kind, CPU_BLOCK_OWNERSHIP);
    }
    line->last_use = now_cycles;
    *ret_line = line;
    return CPU_OK;
}

static void write_line(cpu_t *cpu, uint64_t now_cycles, cache_line_t *line, const cpu_part_t *part,
                       const uint8_t *bytes)
{
    uint8_t data[CHI_LINE_BYTES];
    unsigned offset = part->physical & (CHI_LINE_BYTES - 1);
    memcpy(data + offset, bytes, part->length);
    cpu_store_write(cpu, cpu_ps(cpu, now_cycles), line, bits_mask(part->length) << offset, data);
}

static uint64_t word_of(const cache_line_t *line, const cpu_part_t *part)
{
    return memory_raw(line->data + (part->physical & (CHI_LINE_BYTES - 1)), part->length < 8 ? part->length : 8);
}

static cpu_status_t port_store_exclusive(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles,
                                         const cpu_access_t *access, const uint64_t *values)
{
    cpu_part_t parts[2];
    uint8_t bytes[CPU_ACCESS_MAX_BYTES];
    unsigned count;
    cache_line_t *line;
    cpu_status_t status = cpu_wait_for_order(cpu, now_cycles, access);
    if (status == CPU_OK && cpu->core->exclusives)
        status = cpu_retry(cpu, CPU_STALL_EXCLUSIVE, CPU_BLOCK_LOADS);
    if (status == CPU_OK)
        status = cpu_access_translate(cpu, in, now_cycles, access, MMU_WRITE, parts, &count);
    if (status != CPU_OK)
        return status;
    if (parts[0].memory_type < CHI_NORMAL_WT)
        return cpu_access_unsupported(cpu, in, now_cycles, access, true);
    if (cpu_monitor_matches(cpu, parts[0].physical, access->size_bytes * access->elements)) {
        status = cpu_own_line(cpu, in, now_cycles, access, &parts[0], CPU_STALL_EXCLUSIVE, &line);
        if (status != CPU_OK)
            return status;
        memory_bytes(access, values, bytes);
        if (cpu_fault_injected(cpu, CPU_INJECT_MONITOR_BY_VALUE) &&
            memory_raw(cpu->core->fault_bytes, access->size_bytes) != word_of(line, &parts[0]))
            cpu_monitor_clear(cpu, &cpu->stats.exclusive_fail_snoop);
        else
            write_line(cpu, now_cycles, line, &parts[0], bytes);
        cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_EXCLUSIVE, parts[0].physical, cpu_pc(cpu, in), bytes,
                         access->size_bytes);
        cpu->stats.stores += 1;
    }
    cpu->stats.exclusive_stores += 1;
    set_x(cpu, access->rs,
          !cpu_monitor_claim(cpu, cpu_pc(cpu, in), parts[0].physical, access->size_bytes * access->elements));
    return cpu_hold_defers(cpu) ? CPU_LEAVE : cpu_accepted(cpu);
}

/* A hint: never faults; a translation that would need a walk is not made for it. */
static cpu_status_t port_prefetch(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, bool for_store)
{
    mmu_translation_t translation;
    mmu_fault_t fault;
    cpu->pc = cpu_pc(cpu, in); /* for the walk's requests */
    mmu_result_t result = mmu_translate(cpu->mmu, cpu_ps(cpu, now_cycles), va, MMU_READ, cpu->pstate.el > 0,
                                        cpu->pstate.pan, &translation, &fault);
    if (result == MMU_WAIT)
        mmu_abort_walk(cpu->mmu);
    if (result == MMU_OK && translation.memory_type >= CHI_NORMAL_WT)
        cache_l1d_request(cpu->core->l1d, cpu_ps(cpu, now_cycles), chi_line(translation.physical),
                          for_store ? CACHE_WANT_WRITE : CACHE_WANT_READ, translation.shareability, cpu_pc(cpu, in));
    return CPU_OK;
}

static void port_clear_exclusive(cpu_t *cpu, bool exception_return)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_CLREX_IGNORED) && !exception_return)
        return;
    cpu_monitor_clear(cpu, exception_return ? &cpu->stats.exclusive_fail_exception : &cpu->stats.exclusive_fail_clear);
}

const cpu_memory_port_t cpu_timing_port = {
    .load = port_load,
    .store = port_store,
    .store_exclusive = port_store_exclusive,
    .atomic = cpu_atomic,
    .compare_and_swap = cpu_compare_and_swap,
    .prefetch = port_prefetch,
    .cache_op = cpu_maintain_address,
    .cache_op_set_way = cpu_maintain_set_way,
    .invalidate_icache = cpu_maintain_icache,
    .tlbi = cpu_maintain_tlb,
    .barrier = cpu_barrier,
    .isb = cpu_isb,
    .clear_exclusive = port_clear_exclusive,
    .send_event = cpu_send_event,
    .context_changed = cpu_context_changed,
};
