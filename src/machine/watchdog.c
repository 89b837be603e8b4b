/* What a hung or crashed guest looks like from inside: state that is otherwise private is read here, never changed. */
#include "cpu/core.h"
#include "machine/internal.h"
#include "machine/report.h"

#include <glib.h>
#include <inttypes.h>

enum { MAX_MESSAGES = 32 };

static void print_place(const machine_t *machine, uint64_t pc, FILE *stream)
{
    uint64_t offset = 0;
    const char *symbol = machine->boot ? loader_symbols_find(machine->boot->symbols, pc, &offset) : NULL;
    fprintf(stream, "pc 0x%" PRIx64, pc);
    if (symbol)
        fprintf(stream, " %s+0x%" PRIx64, symbol, offset);
}

static const char *state_of(const cpu_t *cpu)
{
    return cpu->block == CPU_RUNNING ? "running" : cpu_block_description(cpu->block);
}

/* The cores of a mask as "0, 2". */
static char *cores_text(uint64_t mask)
{
    GString *text = g_string_new(mask ? NULL : "none");
    for (unsigned core = 0; core < CHI_MAX_CORES; core++)
        if (bit_get(mask, core))
            g_string_append_printf(text, "%s%u", text->len ? ", " : "", core);
    return g_string_free(text, FALSE);
}

static void print_line(const machine_t *machine, const char *why, uint64_t address, FILE *stream)
{
    cache_cluster_view_t view = {0};
    fprintf(stream, "         %s line 0x%" PRIx64, why, chi_line(address));
    if (!cache_cluster_inspect(machine->cluster, chi_line(address), &view)) {
        fprintf(stream, ": not in the L2\n");
        return;
    }
    char *sharers = cores_text(view.sharers);
    fprintf(stream, ": in the L2%s%s; L1 holders: %s", view.dirty ? ", dirty" : "", view.busy ? ", in transition" : "",
            sharers);
    if (view.owner >= 0)
        fprintf(stream, "; owner: %d", view.owner);
    fputc('\n', stream);
    g_free(sharers);
}

/* Everything the core has under way, each with the line concerned. */
static void print_waits(const machine_t *machine, const cpu_t *cpu, FILE *stream)
{
    const cpu_core_t *core = cpu->core;
    if (core->fetch.active)
        print_line(machine, "fetches", core->fetch.address, stream);
    if (core->transfer.active)
        fprintf(stream, "         device access to 0x%" PRIx64 " under way\n", core->transfer.address);
    if (core->walk.active)
        print_line(machine, "walk reads", core->walk.address, stream);
    if (core->wants_line)
        print_line(machine, "wants to own", core->wanted_line, stream);
    for (unsigned i = 0; i < CPU_MAX_LOADS; i++)
        if (core->loads[i].valid)
            print_line(machine, "load awaits", core->loads[i].line[core->loads[i].waiting == 2], stream);
    for (unsigned i = 0; i < core->store_count; i++)
        print_line(machine, "store awaits", core->stores[i].line, stream);
    if (core->monitor.armed)
        fprintf(stream, "         exclusive monitor armed at 0x%" PRIx64 "\n", core->monitor.address);
}

static void print_core(const machine_t *machine, unsigned index, FILE *stream)
{
    const cpu_t *cpu = machine->cores[index].cpu;
    fprintf(stream, "  core%-3u ", index);
    if (cpu->block == CPU_BLOCK_OFF) {
        fprintf(stream, "off\n");
        return;
    }
    print_place(machine, cpu->pc, stream);
    fprintf(stream, ", EL%u%s, %s\n", cpu->pstate.el, cpu->pstate.daif & CPU_DAIF_I ? ", interrupts masked" : "",
            state_of(cpu));
    if (cpu->sys.ESR_EL1) {
        fprintf(stream, "         last exception: ESR_EL1 0x%" PRIx64 " (class 0x%02x), from ", cpu->sys.ESR_EL1,
                (unsigned)bits_get(cpu->sys.ESR_EL1, 26, 6));
        print_place(machine, cpu->sys.ELR_EL1, stream);
        fprintf(stream, ", FAR_EL1 0x%" PRIx64 ", VBAR_EL1 0x%" PRIx64 "\n", cpu->sys.FAR_EL1, cpu->sys.VBAR_EL1);
    }
    print_waits(machine, cpu, stream);
}

typedef struct messages {
    FILE *stream;
    unsigned count;
} messages_t;

static void print_message(void *self, const char *link_name, const engine_message_t *message)
{
    messages_t *messages = self;
    if (messages->count++ >= MAX_MESSAGES)
        return;
    fprintf(messages->stream, "  %s, arrives at %" PRIu64 " ps: ", link_name, message->arrival_ps);
    if (gic_is_packet(message->payload)) {
        const gic_packet_t *packet = (const gic_packet_t *)(const void *)message->payload;
        fprintf(messages->stream, "%s INTID %u\n", gic_packet_name((gic_packet_kind_t)packet->kind), packet->intid);
    } else if (message->payload[0] < CHI_OPCODE_COUNT) {
        const chi_message_t *chi = (const chi_message_t *)(const void *)message->payload;
        fprintf(messages->stream, "%s 0x%" PRIx64 " of core %u\n", chi_opcode_name((chi_opcode_t)chi->opcode),
                chi->address, chi->source);
    } else if (message->payload[0] >= SEMIHOSTING_FIRST) {
        fprintf(messages->stream, "message of the semihosting host\n");
    } else {
        fprintf(messages->stream, "message of the power controller\n");
    }
}

void machine_watchdog_print(const machine_t *machine, FILE *stream)
{
    fprintf(stream, "cores at %" PRIu64 " ns:\n", machine_now_ps(machine) / 1000);
    for (unsigned i = 0; i < machine->config.cores; i++)
        print_core(machine, i, stream);
    messages_t messages = {.stream = stream};
    fprintf(stream, "messages under way:\n");
    engine_each_message(machine->engine, print_message, &messages);
    if (messages.count > MAX_MESSAGES)
        fprintf(stream, "  and %u more\n", messages.count - MAX_MESSAGES);
    else if (!messages.count)
        fprintf(stream, "  none\n");
    if (machine->end == MACHINE_CRASHED)
        fprintf(stream, "core%u is the one; --trace shows which exception came first\n", machine->end_core);
}
