/* Functional mode, and the switch to timing mode. */
#include "base/bits.h"
#include "machine/internal.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

/* In functional mode no message from or to a core arrives sooner: caches have nothing to say then, and long links let a
 * core run long before the engine visits the next one. */
#define FUNCTIONAL_LINK_PS UINT64_C(50000)

static void links_of(const machine_core_t *core, engine_link_t *ret_links[MACHINE_CORE_LINKS])
{
    engine_link_t *const links[MACHINE_CORE_LINKS] = {core->to_cluster, core->from_cluster, core->to_gic,
                                                      core->from_gic,   core->to_power,     core->from_power};
    for (unsigned i = 0; i < MACHINE_CORE_LINKS; i++)
        ret_links[i] = links[i];
}

static void lengthen_links(machine_core_t *core)
{
    engine_link_t *links[MACHINE_CORE_LINKS];
    links_of(core, links);
    for (unsigned i = 0; i < MACHINE_CORE_LINKS; i++) {
        core->link_ps[i] = engine_link_latency_ps(links[i]);
        if (core->link_ps[i] < FUNCTIONAL_LINK_PS)
            engine_link_set_latency(links[i], FUNCTIONAL_LINK_PS);
    }
}

static void restore_links(machine_core_t *core)
{
    engine_link_t *links[MACHINE_CORE_LINKS];
    links_of(core, links);
    for (unsigned i = 0; i < MACHINE_CORE_LINKS; i++)
        engine_link_set_latency(links[i], core->link_ps[i]);
}

int machine_mode_enter_functional(machine_t *machine, base_error_t *error)
{
    const machine_config_t *config = &machine->config;
    machine->functional =
        cpu_functional_new(interconnect_system_ram(machine->system), BOARD_RAM_BASE, config->ram_bytes);
    machine->timing_at_instructions = UINT64_MAX;
    int result = 0;
    for (unsigned i = 0; i < config->cores && result == 0; i++) {
        lengthen_links(&machine->cores[i]);
        result = cpu_functional_enter(machine->cores[i].cpu, machine->functional, error);
    }
    return result;
}

/* "100M", "250000". */
static bool parse_count(const char *text, uint64_t *ret_count)
{
    char *end;
    if (!g_ascii_isdigit(*text))
        return false;
    errno = 0;
    uint64_t scale = 1, count = g_ascii_strtoull(text, &end, 10);
    switch (*end) {
    case 'G': scale *= 1000; /* fall through */
    case 'M': scale *= 1000; /* fall through */
    case 'K': scale *= 1000, end++; break;
    default: break;
    }
    return !errno && !*end && !__builtin_mul_overflow(count, scale, ret_count);
}

/* A device's access to memory while there are no caches to snoop. */
static chi_error_t access_directly(void *self, uint64_t address, void *bytes, uint32_t size_bytes, bool is_write,
                                   bool *ret_event)
{
    cpu_functional_t *functional = self;
    uint8_t *place = cpu_functional_ram(functional, address, size_bytes);
    if (!place)
        return CHI_DECERR;
    if (!is_write) {
        memcpy(bytes, place, size_bytes);
        return CHI_OKAY;
    }
    memcpy(place, bytes, size_bytes);
    for (uint64_t line = chi_line(address); line < address + size_bytes; line += CHI_LINE_BYTES)
        *ret_event |= cpu_functional_written(functional, line);
    return CHI_OKAY;
}

static void set_direct(machine_t *machine, interconnect_dma_direct_t *access)
{
    for (unsigned i = 0; i < device_virtio_count(machine->virtio); i++)
        interconnect_dma_set_direct(device_virtio_dma(machine->virtio, i), access, machine->functional);
    if (gic_distributor_dma(machine->gic))
        interconnect_dma_set_direct(gic_distributor_dma(machine->gic), access, machine->functional);
}

int machine_mode_load(machine_t *machine, base_error_t *error)
{
    const char *where = machine->options.timing_from;
    uint64_t pc;
    set_direct(machine, access_directly);
    if (!where)
        return 0;
    if (loader_symbols_lookup(machine->boot->symbols, where, &pc) ||
        (g_str_has_prefix(where, "0x") && g_ascii_string_to_unsigned(where + 2, 16, 0, UINT64_MAX, &pc, NULL))) {
        if (pc & 3)
            return base_fail(error, -EINVAL, "--timing-from %s: no instruction is at 0x%" PRIx64, where, pc);
        for (unsigned i = 0; i < machine->config.cores; i++)
            cpu_core_set_mark(machine->cores[i].cpu, pc);
        return 0;
    }
    if (parse_count(where, &machine->timing_at_instructions))
        return 0;
    return base_fail(error, -EINVAL,
                     "--timing-from '%s' is neither a symbol of the image or of --symbols, nor an address like "
                     "0x40080000, nor a number of instructions like 100M",
                     where);
}

void machine_mode_leave_functional(machine_t *machine)
{
    base_error_t error;
    if (!machine->functional || machine->switched)
        return;
    for (unsigned i = 0; i < machine->config.cores; i++) {
        cpu_core_set_mark(machine->cores[i].cpu, CPU_L0_NONE);
        restore_links(&machine->cores[i]);
        if (cpu_functional_leave(machine->cores[i].cpu, &error) < 0)
            base_bug("%s", error.text); /* it was built with that L1I once */
    }
    set_direct(machine, NULL);
    machine->switched = true;
    engine_set_order(machine->engine, machine->options.order, machine->config.seed);
}

void machine_mode_update(machine_t *machine)
{
    if (!machine->functional || machine->switched ||
        (!machine->at_mark && machine_instructions(machine) < machine->timing_at_instructions))
        return;
    machine_mode_leave_functional(machine);
    machine_counters_reset(machine);
}
