#include "cpu/load_around.h"

#include "cpu/combine.h"
#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/memory_trace.h"

#include <string.h>

static bool cannot_fail(const cpu_t *cpu, const cpu_part_t *part)
{
    const cpu_core_config_t *config = &cpu->core->config;
    bool in_ram = part->physical - config->ram_base < config->ram_bytes;
    return in_ram || cpu_fault_injected(cpu, CPU_INJECT_NC_LOAD_ABORTS_LATE);
}

static bool may_be_reordered(const cpu_t *cpu, unsigned memory_type)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_DEVICE_LOADS_OVERLAP))
        return true;
    return memory_type >= CHI_DEVICE_nGRE;
}

bool cpu_load_overlaps(const cpu_t *cpu, const cpu_access_t *access, const cpu_part_t *parts, unsigned count)
{
    if (!may_be_reordered(cpu, parts[0].memory_type) || cpu_transfer_pieces(access, parts, count) > 2)
        return false;
    for (unsigned i = 0; i < count; i++)
        if (!cannot_fail(cpu, &parts[i]))
            return false;
    return true;
}

static void ask_part(cpu_t *cpu, uint64_t now_cycles, const cpu_load_t *load, unsigned part)
{
    unsigned index = (unsigned)(load - cpu->core->loads);
    chi_message_t message = {
        .opcode = CHI_READ_NO_SNOOP,
        .memory_type = load->memory_type,
        .shareability = load->shareability[part],
        .size_bytes = load->length[part],
        .transaction = CPU_TRANSACTION_LOAD + index * 2 + part,
        .address = load->line[part] + load->offset[part],
        .pc = load->pc,
    };
    cpu_send(cpu, now_cycles, &message);
}

void cpu_load_around_ask(cpu_t *cpu, uint64_t now_cycles, cpu_load_t *load)
{
    for (unsigned part = 0; part < 2; part++)
        if (load->unasked & 1u << part)
            ask_part(cpu, now_cycles, load, part);
    load->unasked = 0;
}

static bool reads_line(const cpu_load_t *load, uint64_t line)
{
    for (unsigned part = 0; part < 2; part++)
        if (load->waiting & 1u << part && load->line[part] == line)
            return true;
    return false;
}

/* No two loads of a line are left unasked, so it does not matter which of them goes first. */
static void ask_for_line(cpu_t *cpu, uint64_t now_cycles, uint64_t line)
{
    cpu_core_t *core = cpu->core;
    if (base_likely(!core->config.load_jitter_cycles))
        return;
    for (unsigned i = 0; i < core->config.load_queue_entries; i++) {
        cpu_load_t *load = &core->loads[i];
        if (load->valid && load->around && load->unasked && reads_line(load, line))
            cpu_load_around_ask(cpu, now_cycles, load);
    }
}

void cpu_load_around_before_write(cpu_t *cpu, uint64_t now_cycles, const cpu_part_t *parts, unsigned count)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_NC_STORE_PASSES_LOAD))
        return;
    for (unsigned i = 0; i < count; i++)
        ask_for_line(cpu, now_cycles, chi_line(parts[i].physical));
}

cpu_status_t cpu_load_around(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                             const cpu_part_t *parts, unsigned count)
{
    static const uint8_t nothing[CPU_ACCESS_MAX_BYTES];
    unsigned pieces = cpu_transfer_pieces(access, parts, count);
    cpu_part_t piece[2];
    if (!cpu_load_has_room(cpu))
        return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_MISS_BUFFER);
    for (unsigned i = 0; i < pieces; i++) {
        piece[i] = cpu_transfer_piece(access, parts, i);
        cpu_combine_flush_line(cpu, now_cycles, piece[i].physical);
        if (!cpu_fault_injected(cpu, CPU_INJECT_NC_LOADS_PASS_SAME_ADDRESS))
            ask_for_line(cpu, now_cycles, chi_line(piece[i].physical));
    }
    cpu_load_t *load = cpu_load_enter(cpu, access, cpu_pc(cpu, in), piece, (1u << pieces) - 1, nothing);
    load->around = true;
    load->memory_type = parts[0].memory_type;
    load->issue_cycle = now_cycles;
    load->unasked = load->waiting;
    if (cpu->core->config.load_jitter_cycles)
        cpu_load_postpone(cpu, now_cycles, load);
    else
        cpu_load_around_ask(cpu, now_cycles, load);
    cpu_transfer_count(cpu, parts);
    cpu->stats.loads += 1;
    cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_LOAD_AROUND, parts[0].physical, load->pc, NULL, 0);
    return CPU_LEAVE;
}

/* What an injected fault needs. */
static void read_cached(cpu_t *cpu, const cpu_load_t *load, unsigned part, uint8_t *data)
{
    const cache_line_t *line = cache_l1d_lookup(cpu->core->l1d, load->line[part]);
    if (line)
        memcpy(data, line->data, CHI_LINE_BYTES);
}

void cpu_load_around_receive(cpu_t *cpu, const chi_message_t *message)
{
    unsigned number = message->transaction - CPU_TRANSACTION_LOAD, part = number % 2;
    cpu_load_t *load = &cpu->core->loads[number / 2 % CPU_MAX_LOADS];
    uint8_t data[CHI_LINE_BYTES];
    if (number >= 2 * CPU_MAX_LOADS)
        base_bug("core %u: answer to unknown transaction %#x", cpu->index, message->transaction);
    if (!load->valid || !load->around || !(load->waiting & 1u << part))
        base_bug("core %u: answer for part %u of load %u, which does not wait", cpu->index, part, number / 2);
    cpu->core->serror_pending |= message->error != CHI_OKAY; /* never of RAM */
    memcpy(data, message->data, CHI_LINE_BYTES);
    if (cpu_fault_injected(cpu, CPU_INJECT_NC_READS_CACHE))
        read_cached(cpu, load, part, data);
    cpu_load_take(cpu, load, part, data);
}
