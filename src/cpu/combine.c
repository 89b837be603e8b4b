#include "cpu/combine.h"

#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/memory_trace.h"

#include <string.h>

bool cpu_combine_takes(const cpu_t *cpu, unsigned memory_type)
{
    return cpu->core->config.combine_entries && (memory_type == CHI_NORMAL_NC || memory_type == CHI_DEVICE_GRE);
}

/* The first run of bytes that are stored. */
static void trace_entry(cpu_t *cpu, uint64_t now_cycles, const cpu_combine_t *entry, unsigned first)
{
    uint64_t rest = ~(entry->mask >> first);
    unsigned length = rest ? (unsigned)__builtin_ctzll(rest) : CHI_LINE_BYTES;
    cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_STORE_LEAVES, entry->line + first, entry->pc, entry->data + first,
                     length);
}

/* One write from the first to the last byte; `operand` says which of them are stored. */
static void send_entry(cpu_t *cpu, uint64_t now_cycles, unsigned index)
{
    cpu_core_t *core = cpu->core;
    const cpu_combine_t *entry = &core->combines[index];
    unsigned first = (unsigned)__builtin_ctzll(entry->mask), last = 63u - (unsigned)__builtin_clzll(entry->mask);
    chi_message_t message = {
        .opcode = CHI_WRITE_NO_SNOOP,
        .memory_type = entry->memory_type,
        .shareability = entry->shareability,
        .size_bytes = (uint8_t)(last - first + 1),
        .transaction = CPU_TRANSACTION_POSTED_WRITE,
        .address = entry->line + first,
        .operand = entry->mask,
        .pc = entry->pc,
    };
    memcpy(message.data, entry->data, CHI_LINE_BYTES);
    core->writes_pending++;
    trace_entry(cpu, now_cycles, entry, first);
    cpu_send(cpu, now_cycles, &message);
    core->combine_count--;
    memmove(&core->combines[index], &core->combines[index + 1],
            (core->combine_count - index) * sizeof(core->combines[0]));
}

void cpu_combine_flush(cpu_t *cpu, uint64_t now_cycles)
{
    while (cpu->core->combine_count)
        send_entry(cpu, now_cycles, 0);
}

void cpu_combine_flush_line(cpu_t *cpu, uint64_t now_cycles, uint64_t physical)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_COMBINED_NOT_READ))
        return;
    for (unsigned i = cpu->core->combine_count; i-- > 0;)
        if (cpu->core->combines[i].line == chi_line(physical))
            send_entry(cpu, now_cycles, i);
}

void cpu_combine_expire(cpu_t *cpu, uint64_t now_cycles)
{
    cpu_core_t *core = cpu->core;
    if (base_likely(core->combine_cycle > now_cycles))
        return;
    core->combine_cycle = UINT64_MAX;
    for (unsigned i = 0; i < core->combine_count;) {
        if (core->combines[i].until_cycle <= now_cycles) {
            send_entry(cpu, now_cycles, i);
            continue;
        }
        if (core->combines[i].until_cycle < core->combine_cycle)
            core->combine_cycle = core->combines[i].until_cycle;
        i++;
    }
}

/* How long a new entry stays: with drain_jitter_cycles any time up to its age, so that lines overtake each other. */
static uint64_t stay_cycles(cpu_core_t *core)
{
    uint64_t age_cycles = core->config.combine_age_cycles;
    if (base_likely(!core->config.drain_jitter_cycles))
        return age_cycles;
    return 1 + base_random_below(&core->jitter_random, age_cycles);
}

static cpu_combine_t *find(cpu_core_t *core, const cpu_part_t *part)
{
    for (unsigned i = 0; i < core->combine_count; i++) {
        cpu_combine_t *entry = &core->combines[i];
        if (entry->line == chi_line(part->physical) && entry->memory_type == part->memory_type)
            return entry;
    }
    return NULL;
}

static void enter(cpu_t *cpu, uint64_t now_cycles, uint64_t pc, const cpu_part_t *part, const uint8_t *bytes)
{
    cpu_core_t *core = cpu->core;
    unsigned offset = part->physical & (CHI_LINE_BYTES - 1);
    cpu_combine_t *entry = find(core, part);
    if (entry) {
        cpu->stats.stores_combined += 1;
    } else {
        cpu_combine_flush_line(cpu, now_cycles, part->physical); /* of another type */
        if (core->combine_count == core->config.combine_entries)
            send_entry(cpu, now_cycles, 0);
        entry = &core->combines[core->combine_count++];
        *entry = (cpu_combine_t){.line = chi_line(part->physical),
                                 .pc = pc,
                                 .until_cycle = now_cycles + stay_cycles(core),
                                 .memory_type = part->memory_type,
                                 .shareability = part->shareability};
        if (entry->until_cycle < core->combine_cycle)
            core->combine_cycle = entry->until_cycle;
    }
    memcpy(entry->data + offset, bytes + part->first, part->length);
    entry->mask |= bits_mask(part->length) << offset;
    cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_STORE_GATHERS, part->physical, pc, bytes + part->first, part->length);
    if (entry->mask == UINT64_MAX)
        send_entry(cpu, now_cycles, (unsigned)(entry - core->combines));
}

bool cpu_combine_store(cpu_t *cpu, uint64_t now_cycles, uint64_t pc, const cpu_part_t *parts, unsigned count,
                       const uint8_t *bytes)
{
    if (cpu->core->writes_pending + count > CPU_MAX_POSTED_WRITES)
        return false;
    for (unsigned i = 0; i < count; i++)
        enter(cpu, now_cycles, pc, &parts[i], bytes);
    return true;
}
