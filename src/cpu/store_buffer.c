/* The store buffer: one entry a line, oldest first. A store whose line is writable and which nothing must
 * precede goes to the L1D at once, but with drain_jitter_cycles; all others wait here, forward to younger loads of this
 * core, and drain out of order between lines unless a DMB ST (epoch) or a release stands between them. */
#include "cpu/store_buffer.h"

#include "cpu/atomics.h"
#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/memory_trace.h"
#include "cpu/posted_atomics.h"

#include <string.h>

void cpu_store_update_filter(cpu_t *cpu)
{
    const cpu_core_t *core = cpu->core;
    uint64_t filter = core->acquires ? UINT64_MAX : 0; /* younger accesses must not pass an acquire in flight */
    for (unsigned i = 0; i < core->store_count; i++)
        filter |= UINT64_C(1) << ((core->stores[i].line >> CHI_LINE_SHIFT) & 63);
    cpu->store_filter = filter;
}

bool cpu_store_holds_line(const cpu_t *cpu, uint64_t physical)
{
    const cpu_core_t *core = cpu->core;
    for (unsigned i = 0; i < core->store_count; i++)
        if (core->stores[i].line == chi_line(physical))
            return true;
    return false;
}

bool cpu_store_precedes(const cpu_t *cpu, uint64_t physical)
{
    const cpu_core_t *core = cpu->core;
    bool barrier_between = core->store_count && core->stores[0].epoch != core->epoch;
    return barrier_between || cpu_store_holds_line(cpu, physical);
}

static uint64_t byte_mask(uint64_t physical, unsigned length)
{
    return bits_mask(length) << (physical & (CHI_LINE_BYTES - 1));
}

/* The youngest entry that overlaps must hold all bytes (exact or contained); else the load waits for its drain. */
cpu_forward_t cpu_store_forward(const cpu_t *cpu, uint64_t physical, unsigned length, uint8_t *ret_bytes)
{
    const cpu_core_t *core = cpu->core;
    uint64_t mask = byte_mask(physical, length);
    bool oldest = cpu_fault_injected(cpu, CPU_INJECT_FORWARD_OLDEST);
    if (cpu_fault_injected(cpu, CPU_INJECT_FORWARD_NOTHING))
        return CPU_FORWARD_NONE;
    for (unsigned n = core->store_count; n-- > 0;) {
        const cpu_store_t *store = &core->stores[oldest ? core->store_count - 1 - n : n];
        if (store->line != chi_line(physical) || !(store->mask & mask))
            continue;
        if ((store->mask & mask) != mask && !cpu_fault_injected(cpu, CPU_INJECT_FORWARD_PARTIAL_LINE))
            return CPU_FORWARD_PARTIAL;
        if (store->stage == CPU_ATOMIC_SENT && cpu_fault_injected(cpu, CPU_INJECT_FAR_ATOMIC_NOT_AWAITED))
            return CPU_FORWARD_NONE;
        if (store->atomic)
            return CPU_FORWARD_PARTIAL; /* its value is known when it is performed */
        unsigned offset = physical & (CHI_LINE_BYTES - 1);
        if (cpu_fault_injected(cpu, CPU_INJECT_FORWARD_WRONG_BYTE))
            offset = (unsigned)__builtin_ctzll(store->mask);
        memcpy(ret_bytes, store->data + offset, length);
        return CPU_FORWARD_DONE;
    }
    return CPU_FORWARD_NONE;
}

/* What must have drained before entry `index` may: older stores to its line, an older epoch, and for a
 * release everything older. */
static bool may_drain(const cpu_core_t *core, unsigned index)
{
    const cpu_store_t *store = &core->stores[index];
    if (store->release)
        return index == 0;
    for (unsigned i = 0; i < index; i++)
        if (core->stores[i].line == store->line || core->stores[i].epoch != store->epoch)
            return false;
    return true;
}

static cache_line_t *writable_line(cpu_t *cpu, uint64_t now_ps, uint64_t physical, uint64_t pc)
{
    cache_line_t *line = cache_l1d_lookup(cpu->core->l1d, physical);
    return line && cache_l1d_make_dirty(cpu->core->l1d, now_ps, line, pc) ? line : NULL;
}

static void merge(cpu_store_t *store, unsigned offset, unsigned length, const uint8_t *bytes)
{
    memcpy(store->data + offset, bytes, length);
    store->mask |= bits_mask(length) << offset;
}

void cpu_store_write(cpu_t *cpu, uint64_t now_ps, cache_line_t *line, uint64_t mask, const uint8_t *data)
{
    if (mask == UINT64_MAX)
        memcpy(line->data, data, CHI_LINE_BYTES);
    else
        for (uint64_t rest = mask; rest; rest &= rest - 1) {
            unsigned offset = (unsigned)__builtin_ctzll(rest);
            line->data[offset] = data[offset];
        }
    if (cpu_fault_injected(cpu, CPU_INJECT_STORES_REACH_L1I))
        cpu_fetch_invalidate_line(cpu, line->address);
    if (base_unlikely(cpu->core->config.on_store != NULL))
        cpu->core->config.on_store(cpu->core->config.checker, now_ps, line->address, mask, data);
}

void cpu_store_remove(cpu_core_t *core, unsigned index)
{
    core->releases -= core->stores[index].release;
    if (core->stores[index].atomic)
        core->atomics_used &= ~(UINT64_C(1) << (core->stores[index].atomic - 1));
    core->store_count--;
    memmove(&core->stores[index], &core->stores[index + 1], (core->store_count - index) * sizeof(cpu_store_t));
}

/* Asks for ownership; a request that cannot be made now is made again at the next drain. */
static void request_ownership(cpu_t *cpu, uint64_t now_ps, cpu_store_t *store)
{
    cache_l1d_t *l1d = cpu->core->l1d;
    cache_want_t want = store->mask == UINT64_MAX ? CACHE_WANT_OVERWRITE : CACHE_WANT_WRITE;
    const cache_line_t *line = cache_l1d_lookup(l1d, store->line);
    store->upgrade = line != NULL;
    cache_l1d_request(l1d, now_ps, store->line, want, store->shareability, store->pc);
}

/* drain_jitter_cycles: every entry gets a moment before which it stays. */
static uint64_t ready_cycle(cpu_t *cpu, uint64_t now_cycles)
{
    uint32_t jitter_cycles = cpu->core->config.drain_jitter_cycles;
    if (base_likely(!jitter_cycles))
        return 0;
    return now_cycles + base_random_below(&cpu->core->jitter_random, (uint64_t)jitter_cycles + 1);
}

/* The core wakes for the next moment before which an entry stays. */
static void update_drain_cycle(cpu_core_t *core, uint64_t now_cycles)
{
    core->drain_cycle = UINT64_MAX;
    for (unsigned i = 0; i < core->store_count; i++)
        if (core->stores[i].ready_cycle > now_cycles && core->stores[i].ready_cycle < core->drain_cycle)
            core->drain_cycle = core->stores[i].ready_cycle;
}

/* The first run of bytes that the entry stores. */
static void trace_drain(cpu_t *cpu, uint64_t now_cycles, const cpu_store_t *store)
{
    unsigned first = (unsigned)__builtin_ctzll(store->mask);
    uint64_t rest = ~(store->mask >> first);
    unsigned length = rest ? (unsigned)__builtin_ctzll(rest) : CHI_LINE_BYTES;
    cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_STORE_DRAINS, store->line + first, store->pc, store->data + first,
                     length);
}

/* Tries one entry. True: it is gone. */
static bool drain_one(cpu_t *cpu, uint64_t now_cycles, unsigned index)
{
    cpu_core_t *core = cpu->core;
    cpu_store_t *store = &core->stores[index];
    uint64_t now_ps = cpu_ps(cpu, now_cycles);
    if (store->stage == CPU_ATOMIC_PERFORMED)
        return cpu_posted_leave_unit(cpu, now_cycles, index);
    if (store->stage == CPU_ATOMIC_SENT || !may_drain(core, index))
        return false;
    bool far = store->atomic &&
               cpu_atomic_goes_far(cpu, &core->atomics[store->atomic - 1], (chi_shareability_t)store->shareability);
    if (store->ready_cycle > now_cycles) {
        if (!far && !cache_l1d_lookup(core->l1d, store->line))
            request_ownership(cpu, now_ps, store);
        return false;
    }
    if (far) {
        cpu_posted_send(cpu, now_cycles, store);
        return false;
    }
    cache_line_t *line = writable_line(cpu, now_ps, store->line, store->pc);
    if (!line) {
        request_ownership(cpu, now_ps, store);
        return false;
    }
    line->last_use = now_cycles;
    if (store->atomic)
        return cpu_posted_enter_unit(cpu, now_cycles, index, line);
    cpu_store_write(cpu, now_ps, line, store->mask, store->data);
    trace_drain(cpu, now_cycles, store);
    cpu_store_remove(core, index);
    return true;
}

void cpu_store_drain(cpu_t *cpu, uint64_t now_cycles)
{
    cpu_core_t *core = cpu->core;
    if (!core->store_count)
        return;
    bool drained = false;
    for (unsigned i = 0; i < core->store_count;) {
        if (drain_one(cpu, now_cycles, i)) {
            drained = true;
            i = 0; /* entries that waited for this one may go now */
        } else {
            i++;
        }
    }
    if (core->drain_cycle != UINT64_MAX)
        update_drain_cycle(core, now_cycles);
    if (drained)
        cpu_store_update_filter(cpu);
}

/* The entry that a store to this line may join: the youngest of its line, when nothing that must keep them apart
 * came between. */
static cpu_store_t *joinable(cpu_core_t *core, uint64_t physical)
{
    for (unsigned i = core->store_count; i-- > 0;) {
        cpu_store_t *store = &core->stores[i];
        if (store->line == chi_line(physical))
            return store->epoch == core->epoch && !store->release && !store->atomic ? store : NULL;
        if (store->release)
            return NULL;
    }
    return NULL;
}

bool cpu_store_has_room(cpu_t *cpu, const cpu_part_t *parts, unsigned count, bool release)
{
    cpu_core_t *core = cpu->core;
    unsigned needed = 0;
    for (unsigned i = 0; i < count; i++)
        needed += release || !joinable(core, parts[i].physical);
    return core->store_count + needed <= core->config.store_buffer_entries;
}

/* A new entry goes at once where it may. The pointer is void then. */
static void enter(cpu_t *cpu, uint64_t now_cycles, const cpu_store_t *store)
{
    cpu_core_t *core = cpu->core;
    core->stores[core->store_count++] = *store;
    core->releases += store->release;
    cpu_store_update_filter(cpu);
    if (drain_one(cpu, now_cycles, core->store_count - 1))
        cpu_store_update_filter(cpu);
    else if (store->ready_cycle && store->ready_cycle < core->drain_cycle)
        core->drain_cycle = store->ready_cycle; /* an earlier one stays: its event may be due and not handled yet */
}

static cpu_store_t new_entry(cpu_t *cpu, uint64_t now_cycles, uint64_t pc, const cpu_part_t *part, bool release)
{
    return (cpu_store_t){.line = chi_line(part->physical),
                         .sequence = ++cpu->core->sequence,
                         .pc = pc,
                         .epoch = cpu->core->epoch,
                         .release = release,
                         .ready_cycle = ready_cycle(cpu, now_cycles),
                         .shareability = part->shareability};
}

void cpu_store_push(cpu_t *cpu, uint64_t now_cycles, uint64_t pc, const cpu_part_t *part, const uint8_t *bytes,
                    bool release)
{
    unsigned offset = part->physical & (CHI_LINE_BYTES - 1);
    cpu_store_t *joined = release ? NULL : joinable(cpu->core, part->physical);
    cpu->stats.store_buffered += 1;
    if (joined) {
        merge(joined, offset, part->length, bytes + part->first);
        return;
    }
    cpu_store_t store = new_entry(cpu, now_cycles, pc, part, release);
    merge(&store, offset, part->length, bytes + part->first);
    enter(cpu, now_cycles, &store);
}

bool cpu_store_post_atomic(cpu_t *cpu, uint64_t now_cycles, const cpu_part_t *part, const cpu_posted_atomic_t *atomic)
{
    cpu_core_t *core = cpu->core;
    if (core->store_count >= core->config.store_buffer_entries)
        return false;
    uint64_t registers = cpu_load_registers(&atomic->access);
    unsigned slot = (unsigned)__builtin_ctzll(~core->atomics_used);
    bool release = atomic->access.flags & CPU_ACCESS_RELEASE && !cpu_fault_injected(cpu, CPU_INJECT_RELEASE_IGNORED);
    cpu_store_t store = new_entry(cpu, now_cycles, atomic->pc, part, release);
    store.mask = byte_mask(part->physical, part->length);
    store.atomic = (uint8_t)(1 + slot);
    core->atomics[slot] = *atomic;
    core->atomics_used |= UINT64_C(1) << slot;
    core->atomic_results += registers != 0;
    core->acquires += atomic->acquires;
    cpu->pending |= registers;
    enter(cpu, now_cycles, &store);
    return true;
}

bool cpu_store_at_once(cpu_t *cpu, uint64_t now_cycles, uint64_t pc, const cpu_part_t *parts, unsigned count,
                       const uint8_t *bytes)
{
    uint64_t now_ps = cpu_ps(cpu, now_cycles);
    cache_line_t *lines[2];
    if (cpu->core->store_count || cpu->core->config.drain_jitter_cycles)
        return false;
    for (unsigned i = 0; i < count; i++) {
        lines[i] = cache_l1d_lookup(cpu->core->l1d, parts[i].physical);
        if (!lines[i] || (lines[i]->state != CACHE_M && lines[i]->state != CACHE_E))
            return false;
    }
    for (unsigned i = 0; i < count; i++) {
        uint8_t data[CHI_LINE_BYTES];
        unsigned offset = parts[i].physical & (CHI_LINE_BYTES - 1);
        memcpy(data + offset, bytes + parts[i].first, parts[i].length);
        cache_l1d_make_dirty(cpu->core->l1d, now_ps, lines[i], pc);
        lines[i]->last_use = now_cycles;
        cpu_store_write(cpu, now_ps, lines[i], bits_mask(parts[i].length) << offset, data);
    }
    return true;
}

cpu_block_t cpu_store_cause(const cpu_t *cpu)
{
    const cpu_core_t *core = cpu->core;
    return core->store_count && core->stores[0].upgrade ? CPU_BLOCK_INVALIDATION : CPU_BLOCK_DRAIN;
}
