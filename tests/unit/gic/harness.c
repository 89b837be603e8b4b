#include "harness.h"

#include "base/time.h"
#include "gic/stream.h"
#include "interconnect/endpoint.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

enum { SETTLE_STEPS = 10000, SETTLE_STEP_PS = 100000 };
enum { CORE_LINK_PS = 5000, SYSTEM_LINK_PS = 8000, REGISTER_PS = 2000, ROUTE_PS = 3000, REDISTRIBUTOR_PS = 2000 };

typedef enum op { OP_NONE, OP_READ, OP_WRITE, OP_PPI } op_t;

typedef struct fake_core {
    harness_t *harness;
    unsigned index;
    engine_component_t *component;
    gic_cpuif_t *cpuif;
    op_t op;
    gic_icc_t reg;
    uint64_t value;
    bool level;
    bool exists; /* of the last access */
    uint64_t wake_ps;
    harness_agent_t *agent;
    void *agent_self;
} fake_core_t;

struct harness {
    engine_t *engine;
    gic_distributor_t *dist;
    unsigned cores;
    uint64_t mpidr[CHI_MAX_CORES];
    fake_core_t core[CHI_MAX_CORES];
    engine_component_t *system; /* also stands for all peripherals */
    engine_link_t *to_gic;
    chi_message_t request, answer;
    bool request_waits, wire_waits;
    unsigned requests, answers;
    uint8_t *ram;    /* NULL without an ITS */
    uint64_t now_ps; /* the present of the tests: nothing has happened after it */
    gic_wire_t wire;
    bool wire_level;
};

/* --- components --- */

static void perform(fake_core_t *core, uint64_t now_ps)
{
    op_t op = core->op;
    core->op = OP_NONE;
    if (op == OP_READ)
        core->exists = gic_cpuif_read(core->cpuif, now_ps, core->reg, 0x1000, &core->value);
    else if (op == OP_WRITE)
        core->exists = gic_cpuif_write(core->cpuif, now_ps, core->reg, 0x2000, core->value);
    else if (op == OP_PPI)
        gic_cpuif_wire(core->cpuif, now_ps, (uint32_t)core->value, core->level);
}

static void run_core(void *self, uint64_t end_ps)
{
    fake_core_t *core = self;
    for (;;) {
        uint64_t inbox_ps = engine_inbox_next_ps(core->component);
        uint64_t now_ps = MIN(inbox_ps, core->wake_ps);
        if (now_ps >= end_ps)
            break;
        if (inbox_ps <= core->wake_ps) {
            const engine_message_t *message = engine_inbox_take(core->component, end_ps);
            gic_cpuif_receive(core->cpuif, message->arrival_ps, message->payload);
        } else {
            core->wake_ps = TIME_NEVER;
            perform(core, now_ps);
        }
        if (core->agent)
            core->wake_ps = core->agent(core->agent_self, core->index, core->cpuif, now_ps);
    }
    engine_component_wake_at(core->component, core->wake_ps);
}

/* A ReadOnce or WriteUnique of the ITS. */
static void access_ram(harness_t *h, uint64_t now_ps, const chi_message_t *request)
{
    chi_message_t answer = *request;
    bool is_read = request->opcode == CHI_READ_ONCE;
    uint64_t offset = request->address - HARNESS_RAM;
    answer.opcode = is_read ? CHI_COMP_DATA : CHI_COMP;
    if (offset >= HARNESS_RAM_BYTES)
        answer.error = CHI_DECERR;
    else if (is_read)
        memcpy(answer.data, h->ram + offset, CHI_LINE_BYTES);
    for (unsigned i = 0; i < CHI_LINE_BYTES && offset < HARNESS_RAM_BYTES && !is_read; i++)
        if (request->operand >> i & 1)
            h->ram[offset + i] = request->data[i];
    engine_link_send(h->to_gic, now_ps, 0, &answer, sizeof(answer), 1);
}

static void run_system(void *self, uint64_t end_ps)
{
    harness_t *h = self;
    if (h->request_waits)
        engine_link_send(h->to_gic, h->now_ps, 0, &h->request, sizeof(h->request), 1);
    if (h->wire_waits)
        gic_wire_set(&h->wire, h->now_ps, h->wire_level);
    h->request_waits = h->wire_waits = false;
    const engine_message_t *message;
    while ((message = engine_inbox_take(h->system, end_ps))) {
        chi_message_t received;
        memcpy(&received, message->payload, sizeof(received));
        if (received.source == CHI_SOURCE_IO) {
            access_ram(h, message->arrival_ps, &received);
            continue;
        }
        h->answer = received;
        h->answers++;
    }
    engine_component_wake_at(h->system, TIME_NEVER);
}

/* --- construction --- */

static void add_core(harness_t *h, unsigned index, const harness_config_t *config)
{
    static const engine_component_ops_t ops = {.run = run_core};
    fake_core_t *core = &h->core[index];
    char name[32];
    snprintf(name, sizeof(name), "core%u", index);
    core->harness = h;
    core->index = index;
    core->wake_ps = TIME_NEVER;
    core->component = engine_component_new(h->engine, name, &ops, core);
    engine_component_t *gic = gic_distributor_component(h->dist);
    engine_link_t *up = engine_link_new(h->engine, "core-gic", core->component, gic, CORE_LINK_PS, 0);
    engine_link_t *down = engine_link_new(h->engine, "gic-core", gic, core->component, CORE_LINK_PS, 0);
    trace_port_t *port = config->trace ? trace_port_new(config->trace, name, &gic_trace_names) : NULL;
    core->cpuif = gic_cpuif_new(index, h->mpidr[index], up, port);
    gic_cpuif_set_fault(core->cpuif, config->fault);
    gic_distributor_attach_core(h->dist, index, down);
}

harness_t *harness_new(const harness_config_t *config)
{
    static const engine_component_ops_t ops = {.run = run_system};
    harness_t *h = g_new0(harness_t, 1);
    unsigned cluster = config->cluster_cores ? config->cluster_cores : 256;
    h->engine = engine_new();
    h->cores = config->cores;
    for (unsigned i = 0; i < config->cores; i++)
        h->mpidr[i] = UINT64_C(1) << 31 | (uint64_t)(i / cluster) << 8 | i % cluster;
    const gic_config_t gic = {.cores = config->cores,
                              .mpidr = h->mpidr,
                              .spis = config->spis ? config->spis : 256,
                              .gicd_base = GICD,
                              .gicr_base = GICR,
                              .its_base = config->its ? GITS : 0,
                              .register_ps = REGISTER_PS,
                              .route_ps = ROUTE_PS,
                              .redistributor_ps = REDISTRIBUTOR_PS,
                              .fault = config->fault};
    base_error_t error;
    cr_assert_eq(gic_distributor_new(h->engine, &gic, &h->dist, &error), 0, "%s", error.text);
    h->system = engine_component_new(h->engine, "system", &ops, h);
    engine_component_t *component = gic_distributor_component(h->dist);
    h->to_gic = engine_link_new(h->engine, "system-gic", h->system, component, SYSTEM_LINK_PS, 0);
    engine_link_t *to_system = engine_link_new(h->engine, "gic-system", component, h->system, SYSTEM_LINK_PS, 0);
    gic_distributor_attach_system(h->dist, to_system);
    if (config->its) {
        gic_distributor_attach_memory(h->dist, to_system, 0);
        h->ram = g_malloc0(HARNESS_RAM_BYTES);
    }
    h->wire.to_distributor = h->to_gic;
    for (unsigned i = 0; i < config->cores; i++)
        add_core(h, i, config);
    if (config->perturb_ps)
        engine_perturb(h->engine, config->perturb_seed, config->perturb_ps);
    return h;
}

void harness_free(harness_t *h)
{
    for (unsigned i = 0; i < h->cores; i++)
        gic_cpuif_free(h->core[i].cpuif);
    gic_distributor_free(h->dist);
    engine_free(h->engine);
    g_free(h->ram);
    g_free(h);
}

engine_t *harness_engine(harness_t *h)
{
    return h->engine;
}

gic_distributor_t *harness_distributor(harness_t *h)
{
    return h->dist;
}

gic_cpuif_t *harness_cpuif(harness_t *h, unsigned core)
{
    return h->core[core].cpuif;
}

unsigned harness_cores(const harness_t *h)
{
    return h->cores;
}

uint64_t harness_mpidr(const harness_t *h, unsigned core)
{
    return h->mpidr[core];
}

uint8_t *harness_ram(harness_t *h)
{
    return h->ram;
}

/* --- time --- */

uint64_t harness_now_ps(const harness_t *h)
{
    return h->now_ps;
}

/* By steps, so that the present is not far behind the last thing that happened. */
void harness_settle(harness_t *h)
{
    engine_stop_t stop = ENGINE_LIMIT;
    for (unsigned step = 0; step < SETTLE_STEPS && stop != ENGINE_IDLE; step++) {
        stop = engine_run(h->engine, h->now_ps + SETTLE_STEP_PS);
        h->now_ps += SETTLE_STEP_PS;
    }
    cr_assert_eq(stop, ENGINE_IDLE, "messages go round and round");
}

bool harness_is_idle(harness_t *h)
{
    return engine_run(h->engine, h->now_ps) == ENGINE_IDLE;
}

void harness_run_ps(harness_t *h, uint64_t ps)
{
    engine_run(h->engine, h->now_ps + ps);
    h->now_ps += ps;
}

static void wake(fake_core_t *core)
{
    core->wake_ps = core->harness->now_ps;
    engine_component_wake_at(core->component, core->wake_ps);
}

/* --- accesses --- */

static void icc(harness_t *h, unsigned index, op_t op, gic_icc_t reg, uint64_t value)
{
    fake_core_t *core = &h->core[index];
    core->op = op;
    core->reg = reg;
    core->value = value;
    wake(core);
    harness_run_ps(h, 1);
    cr_assert(core->exists, "register %d is UNDEFINED", reg);
}

uint64_t icc_read(harness_t *h, unsigned core, gic_icc_t reg)
{
    icc(h, core, OP_READ, reg, 0);
    return h->core[core].value;
}

void icc_write(harness_t *h, unsigned core, gic_icc_t reg, uint64_t value)
{
    icc(h, core, OP_WRITE, reg, value);
}

void icc_read_all(harness_t *h, gic_icc_t reg, uint64_t *ret_values)
{
    for (unsigned i = 0; i < h->cores; i++) {
        h->core[i].op = OP_READ;
        h->core[i].reg = reg;
        wake(&h->core[i]);
    }
    harness_run_ps(h, 1);
    for (unsigned i = 0; i < h->cores; i++)
        ret_values[i] = h->core[i].value;
}

static void request(harness_t *h, chi_opcode_t opcode, uint64_t address, unsigned size_bytes, uint64_t value)
{
    h->request = (chi_message_t){.opcode = opcode,
                                 .source = 0,
                                 .size_bytes = (uint8_t)size_bytes,
                                 .transaction = 77,
                                 .address = address,
                                 .pc = 0x3000};
    unsigned at = (unsigned)(address % CHI_LINE_BYTES);
    for (unsigned i = 0; i < size_bytes; i++)
        h->request.data[at + i] = (uint8_t)(value >> (8 * i));
    h->request_waits = true;
    h->requests++;
    engine_component_wake_at(h->system, h->now_ps);
}

static void request_and_wait(harness_t *h, chi_opcode_t opcode, uint64_t address, unsigned size_bytes, uint64_t value)
{
    request(h, opcode, address, size_bytes, value);
    harness_settle(h);
    cr_assert_eq(h->answers, h->requests, "no single answer for an access to %lx", (unsigned long)address);
    cr_assert_eq(h->answer.transaction, 77);
    cr_assert_eq(h->answer.opcode, opcode == CHI_READ_NO_SNOOP ? CHI_COMP_DATA : CHI_COMP);
}

uint64_t mmio_read(harness_t *h, uint64_t address, unsigned size_bytes)
{
    request_and_wait(h, CHI_READ_NO_SNOOP, address, size_bytes, 0);
    return chi_endpoint_value(&h->answer);
}

void mmio_write(harness_t *h, uint64_t address, unsigned size_bytes, uint64_t value)
{
    request_and_wait(h, CHI_WRITE_NO_SNOOP, address, size_bytes, value);
}

void mmio_post(harness_t *h, uint64_t address, unsigned size_bytes, uint64_t value)
{
    request(h, CHI_WRITE_NO_SNOOP, address, size_bytes, value);
    harness_run_ps(h, 1);
}

const chi_message_t *mmio_answer(const harness_t *h)
{
    return &h->answer;
}

uint64_t gicr_address(unsigned core, uint64_t offset)
{
    return GICR + (uint64_t)core * GICR_BYTES_PER_CORE + offset;
}

/* --- wires --- */

void spi_post(harness_t *h, uint32_t intid, bool level)
{
    h->wire.intid = intid;
    h->wire_level = level;
    h->wire_waits = true;
    engine_component_wake_at(h->system, h->now_ps);
    harness_run_ps(h, 1);
}

void spi_wire(harness_t *h, uint32_t intid, bool level)
{
    spi_post(h, intid, level);
    harness_settle(h);
}

void ppi_wire(harness_t *h, unsigned index, uint32_t intid, bool level)
{
    fake_core_t *core = &h->core[index];
    core->op = OP_PPI;
    core->value = intid;
    core->level = level;
    wake(core);
    harness_settle(h);
}

/* --- random software --- */

void harness_set_agent(harness_t *h, unsigned core, harness_agent_t *agent, void *self, uint64_t first_ps)
{
    h->core[core].agent = agent;
    h->core[core].agent_self = self;
    h->core[core].wake_ps = first_ps;
    engine_component_wake_at(h->core[core].component, first_ps);
}
