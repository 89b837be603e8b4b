#include "harness.h"

#include "base/random.h"
#include "base/time.h"
#include "interconnect/atomic.h"
#include "interconnect/dma.h"
#include "interconnect/send.h"
#include "interconnect/system.h"
#include "observe/trace.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_OUTSTANDING = 16, OWN_TRANSACTION = 1u << 31 };
static const uint64_t missing_base = UINT64_C(0x10000000);

typedef enum operation_kind {
    OP_LOAD,
    OP_STORE,
    OP_OVERWRITE,
    OP_ATOMIC,
    OP_FETCH,
    OP_CLEAN,
    OP_SET_WAY,
    OP_L2_WAY,
    OP_READ_AROUND,
    OP_WRITE_AROUND,
} operation_kind_t;

typedef enum operation_state { OP_FREE, OP_TRY, OP_WAIT } operation_state_t;

typedef struct operation {
    operation_kind_t kind;
    operation_state_t state;
    uint64_t address;
    unsigned size_bytes;
    uint64_t value;
    chi_opcode_t opcode; /* of maintenance and atomics */
    unsigned flags;
    chi_shareability_t shareability;
} operation_t;

typedef struct harness harness_t;

typedef struct fake_core {
    harness_t *harness;
    unsigned index;
    engine_component_t *component;
    engine_link_t *to_cluster;
    cache_l1d_t *l1d;
    base_random_t random;
    operation_t operations[MAX_OUTSTANDING];
    uint64_t issued, budget;
    uint64_t next_issue_ps;
    uint64_t counter;
    unsigned own_pending; /* answers to requests that bypass the L1D */
} fake_core_t;

/* Moves pieces of the working set, a transfer for every eight operations of the cores. */
typedef struct fake_device {
    harness_t *harness;
    engine_component_t *component;
    interconnect_dma_t *dma;
    base_random_t random;
    uint8_t bytes[200];
    uint64_t next_ps, started, done;
} fake_device_t;

struct harness {
    const harness_config_t *config;
    engine_t *engine;
    trace_t *trace;
    interconnect_system_t *system;
    cache_cluster_t *cluster;
    cache_checker_t *checker;
    fake_core_t *cores;
    fake_device_t device;
    harness_result_t *result;
    uint8_t *own; /* the last value each core wrote to its own bytes, by DRAM offset; 0 in `own_known`: none */
    uint8_t *own_known;
};

harness_config_t harness_default(unsigned cores, uint64_t operations, uint64_t seed)
{
    return (harness_config_t){
        .cores = cores,
        .operations = operations,
        .seed = seed,
        .lines = 12,
        .outstanding = 3,
        .l1_bytes = 4 * 64,
        .l1_ways = 2,
        .l2_bytes = 8 * 64,
        .l2_ways = 4,
        .mshrs = 4,
        .write_back_entries = 2,
        .transactions = 4,
        .perturb_ps = 20000,
        .overwrite_percent = 4,
    };
}

static void complain(harness_t *harness, uint64_t now_ps, unsigned core, uint64_t address, unsigned got, unsigned want)
{
    if (!harness->result->violations++)
        snprintf(harness->result->first, sizeof harness->result->first,
                 "at %" PRIu64 " ps: core %u reads its own byte at %#" PRIx64 " as %#x, it wrote %#x", now_ps, core,
                 address, got, want);
}

/* --- performing --- */

static unsigned percent(fake_core_t *core)
{
    return (unsigned)base_random_below(&core->random, 100);
}

/* Byte b of a line belongs to core b mod cores: false sharing in every line. Only the plain configurations check it,
 * because maintenance and Non-shareable copies may lose stores on purpose. */
static bool checks_own(const harness_t *harness)
{
    const harness_config_t *config = harness->config;
    return !config->maintenance_percent && !config->private_percent && !config->around && !config->unchecked &&
           !config->device && !config->atomic_percent;
}

static void perform_load(fake_core_t *core, uint64_t now_ps, const operation_t *operation, const cache_line_t *line)
{
    harness_t *harness = core->harness;
    const uint8_t *bytes = line->data + (operation->address & 63);
    if (!harness->checker)
        return;
    cache_checker_load(harness->checker, core->index, now_ps, operation->address, bytes, operation->size_bytes);
    if (!checks_own(harness) || operation->address < HARNESS_DRAM_BASE)
        return;
    for (unsigned i = 0; i < operation->size_bytes; i++) {
        uint64_t offset = operation->address + i - HARNESS_DRAM_BASE;
        if (offset % harness->config->cores == core->index && harness->own_known[offset] &&
            harness->own[offset] != bytes[i])
            complain(harness, now_ps, core->index, operation->address + i, bytes[i], harness->own[offset]);
    }
}

static bool perform_store(fake_core_t *core, uint64_t now_ps, const operation_t *operation, cache_line_t *line)
{
    harness_t *harness = core->harness;
    if (!cache_l1d_make_dirty(core->l1d, now_ps, line, operation->address))
        return false;
    uint8_t *bytes = line->data + (operation->address & 63);
    if (operation->kind == OP_OVERWRITE)
        memset(bytes, (int)(operation->value & 0xff), operation->size_bytes);
    else
        memcpy(bytes, &operation->value, operation->size_bytes);
    if (harness->checker)
        cache_checker_store(harness->checker, core->index, now_ps, operation->address, bytes, operation->size_bytes);
    if (checks_own(harness) && operation->address >= HARNESS_DRAM_BASE) {
        for (unsigned i = 0; i < operation->size_bytes; i++) {
            uint64_t offset = operation->address + i - HARNESS_DRAM_BASE;
            harness->own[offset] = bytes[i];
            harness->own_known[offset] = offset % harness->config->cores == core->index;
        }
    }
    return true;
}

static void finish(fake_core_t *core, operation_t *operation)
{
    operation->state = OP_FREE;
    core->harness->result->operations++;
}

/* --- trying --- */

static cache_want_t want_of(const operation_t *operation)
{
    switch (operation->kind) {
    case OP_LOAD: return CACHE_WANT_READ;
    case OP_OVERWRITE: return CACHE_WANT_OVERWRITE;
    default: return CACHE_WANT_WRITE;
    }
}

static bool is_access(const operation_t *operation)
{
    return operation->kind <= OP_OVERWRITE;
}

/* True: done. */
static bool perform(fake_core_t *core, uint64_t now_ps, operation_t *operation, cache_line_t *line)
{
    if (operation->kind == OP_LOAD)
        perform_load(core, now_ps, operation, line);
    else if (!perform_store(core, now_ps, operation, line))
        return false;
    line->last_use = now_ps / HARNESS_PERIOD_PS;
    finish(core, operation);
    return true;
}

static void try_access(fake_core_t *core, uint64_t now_ps, operation_t *operation)
{
    cache_line_t *line = cache_l1d_lookup(core->l1d, operation->address);
    /* Most cores look first; one that asks for what it has is told so. */
    if (line && percent(core) < 90 && perform(core, now_ps, operation, line))
        return;
    switch (cache_l1d_request(core->l1d, now_ps, operation->address, want_of(operation), operation->shareability,
                              operation->address ^ 0xffff)) {
    case CACHE_HIT:
        line = cache_l1d_lookup(core->l1d, operation->address);
        if (!line || !perform(core, now_ps, operation, line))
            cr_assert(false, "a hit that cannot be performed");
        break;
    case CACHE_MISS: operation->state = OP_WAIT; break;
    case CACHE_CONFLICT:
    case CACHE_FULL: break;
    }
}

static void try_atomic(fake_core_t *core, uint64_t now_ps, operation_t *operation)
{
    for (unsigned i = 0; i < core->harness->config->outstanding; i++) {
        const operation_t *other = &core->operations[i];
        if (other->kind == OP_ATOMIC && other->state == OP_WAIT &&
            chi_line(other->address) == chi_line(operation->address))
            return;
    }
    if (cache_l1d_holds_privately(core->l1d, operation->address)) {
        operation->kind = OP_STORE; /* the core would do this one near */
        operation->size_bytes = operation->size_bytes < 8 ? operation->size_bytes : 8;
        return;
    }
    chi_message_t request = {.opcode = (uint8_t)operation->opcode,
                             .atomic_op = (uint8_t)(operation->value % CHI_OP_SWP),
                             .memory_type = CHI_NORMAL_WB,
                             .shareability = CHI_INNER_SHAREABLE};
    uint8_t operand[CHI_ATOMIC_MAX_BYTES] = {0}, expected[CHI_ATOMIC_MAX_BYTES] = {0};
    memcpy(operand, &operation->value, sizeof operation->value);
    expected[0] = (uint8_t)(operation->value >> 32);
    chi_atomic_encode(&request, operation->address, operation->size_bytes, operand, expected);
    if (cache_l1d_send_atomic(core->l1d, now_ps, &request) == CACHE_MISS)
        operation->state = OP_WAIT;
}

static chi_message_t own_request(const fake_core_t *core, chi_opcode_t opcode, uint64_t address)
{
    return (chi_message_t){
        .opcode = (uint8_t)opcode,
        .memory_type = CHI_NORMAL_WB,
        .shareability = CHI_INNER_SHAREABLE,
        .source = (uint8_t)core->index,
        .size_bytes = CHI_LINE_BYTES,
        .transaction = OWN_TRANSACTION,
        .address = address,
    };
}

static void send_own(fake_core_t *core, uint64_t now_ps, operation_t *operation, const chi_message_t *request)
{
    core->own_pending++;
    chi_send(core->to_cluster, now_ps, 0, request);
    finish(core, operation);
}

static void try_around(fake_core_t *core, uint64_t now_ps, operation_t *operation)
{
    bool write = operation->kind == OP_WRITE_AROUND;
    chi_message_t request = own_request(core, write ? CHI_WRITE_NO_SNOOP : CHI_READ_NO_SNOOP, operation->address);
    request.memory_type = CHI_NORMAL_NC;
    request.size_bytes = (uint8_t)operation->size_bytes;
    request.operand = ((UINT64_C(1) << operation->size_bytes) - 1) << (operation->address & 63);
    memcpy(request.data + (operation->address & 63), &operation->value, operation->size_bytes);
    send_own(core, now_ps, operation, &request);
}

static void try_l2_way(fake_core_t *core, uint64_t now_ps, operation_t *operation)
{
    chi_message_t request = own_request(core, operation->opcode, operation->address);
    request.flags = CHI_FLAG_SET_WAY;
    send_own(core, now_ps, operation, &request);
}

static void try_operation(fake_core_t *core, uint64_t now_ps, operation_t *operation)
{
    cache_outcome_t outcome;
    if (is_access(operation)) {
        try_access(core, now_ps, operation);
        return;
    }
    switch (operation->kind) {
    case OP_ATOMIC: try_atomic(core, now_ps, operation); return;
    case OP_FETCH: {
        chi_message_t request = own_request(core, CHI_READ_ONCE, chi_line(operation->address));
        send_own(core, now_ps, operation, &request);
        return;
    }
    case OP_CLEAN:
        outcome = cache_l1d_maintain(core->l1d, now_ps, operation->opcode, operation->address, operation->flags, 0);
        break;
    case OP_SET_WAY:
        outcome = cache_l1d_maintain_set_way(core->l1d, now_ps, (unsigned)operation->address, operation->flags & 7,
                                             operation->value & 1, operation->value & 2);
        break;
    case OP_L2_WAY: try_l2_way(core, now_ps, operation); return;
    default: try_around(core, now_ps, operation); return;
    }
    if (outcome != CACHE_FULL)
        finish(core, operation);
}

/* --- choosing --- */

/* Compares succeed now and then where they are of single bytes. */
static void choose_atomic(fake_core_t *core, operation_t *operation)
{
    operation->kind = OP_ATOMIC;
    operation->opcode = CHI_ATOMIC_STORE + (chi_opcode_t)base_random_below(&core->random, 4);
    operation->size_bytes = operation->opcode == CHI_ATOMIC_COMPARE ? 1u << base_random_below(&core->random, 5)
                                                                    : 1u << base_random_below(&core->random, 4);
    operation->address &= ~(uint64_t)(operation->size_bytes - 1);
    operation->shareability = CHI_INNER_SHAREABLE;
}

static void choose_access(fake_core_t *core, operation_t *operation)
{
    const harness_config_t *config = core->harness->config;
    unsigned dice = percent(core);
    operation->kind = dice < 45 ? OP_LOAD : dice < 96 ? OP_STORE : OP_FETCH;
    if (operation->kind != OP_FETCH && percent(core) < config->overwrite_percent)
        operation->kind = OP_OVERWRITE;
    operation->size_bytes = 1u << base_random_below(&core->random, 4);
    uint64_t line = base_random_below(&core->random, config->lines);
    uint64_t at = base_random_below(&core->random, 64) & ~(uint64_t)(operation->size_bytes - 1);
    bool plain = checks_own(core->harness);
    if (operation->kind == OP_OVERWRITE && plain)
        operation->kind = OP_STORE;
    if (operation->kind == OP_STORE && plain && percent(core) < 50) { /* false sharing: only a byte of one's own */
        operation->size_bytes = 1;
        at = at / config->cores * config->cores + core->index;
        at = at < 64 ? at : core->index;
    }
    if (operation->kind == OP_OVERWRITE) {
        at = 0;
        operation->size_bytes = 64;
    }
    uint64_t base = config->missing_memory && percent(core) < 5 ? missing_base : HARNESS_DRAM_BASE;
    operation->address = base + line * 64 + at;
    operation->value = (++core->counter << 8) * UINT64_C(0x9e3779b97f4a7c15) ^ core->index;
    bool private = line % 3 == 0 && percent(core) < config->private_percent;
    operation->shareability = private ? CHI_NON_SHAREABLE : CHI_INNER_SHAREABLE;
}

static void choose_maintenance(fake_core_t *core, operation_t *operation)
{
    static const chi_opcode_t opcodes[] = {CHI_CLEAN_SHARED, CHI_CLEAN_SHARED, CHI_CLEAN_INVALID, CHI_MAKE_INVALID};
    unsigned dice = percent(core);
    operation->opcode = opcodes[base_random_below(&core->random, 4)];
    operation->flags = operation->opcode == CHI_CLEAN_SHARED && dice & 1 ? CHI_FLAG_TO_POU : 0;
    operation->kind = dice < 70 ? OP_CLEAN : dice < 85 ? OP_SET_WAY : OP_L2_WAY;
    if (operation->kind == OP_SET_WAY) {
        operation->address = base_random_below(&core->random, 5);
        operation->flags = (unsigned)base_random_below(&core->random, 3);
        operation->value = base_random_below(&core->random, 4);
    } else if (operation->kind == OP_L2_WAY) {
        operation->address = base_random_below(&core->random, 5) << 8 | base_random_below(&core->random, 5);
        operation->value = 0;
    }
}

static void choose(fake_core_t *core, operation_t *operation)
{
    const harness_config_t *config = core->harness->config;
    choose_access(core, operation);
    if (config->atomic_percent && percent(core) < config->atomic_percent)
        choose_atomic(core, operation);
    if (percent(core) < config->maintenance_percent)
        choose_maintenance(core, operation);
    else if (config->around && operation->kind <= OP_STORE && percent(core) < 10)
        operation->kind = operation->kind == OP_LOAD ? OP_READ_AROUND : OP_WRITE_AROUND;
    operation->state = OP_TRY;
}

/* --- the component --- */

static void try_all(fake_core_t *core, uint64_t now_ps)
{
    for (unsigned i = 0; i < core->harness->config->outstanding; i++)
        if (core->operations[i].state == OP_TRY)
            try_operation(core, now_ps, &core->operations[i]);
}

static void issue(fake_core_t *core, uint64_t now_ps)
{
    for (unsigned i = 0; i < core->harness->config->outstanding; i++) {
        operation_t *operation = &core->operations[i];
        if (operation->state != OP_FREE || core->issued == core->budget)
            continue;
        core->issued++;
        choose(core, operation);
        try_operation(core, now_ps, operation);
        break;
    }
}

static bool has_free(const fake_core_t *core)
{
    for (unsigned i = 0; i < core->harness->config->outstanding; i++)
        if (core->operations[i].state == OP_FREE)
            return core->issued < core->budget;
    return false;
}

static void receive(fake_core_t *core, uint64_t now_ps, const chi_message_t *message)
{
    bool answer = message->opcode >= CHI_COMP;
    if (answer && message->transaction == OWN_TRANSACTION)
        core->own_pending--;
    else
        cache_l1d_receive(core->l1d, now_ps, message);
    try_all(core, now_ps);
}

static void run(void *self, uint64_t end_ps)
{
    fake_core_t *core = self;
    for (;;) {
        uint64_t issue_ps = has_free(core) ? core->next_issue_ps : TIME_NEVER;
        uint64_t inbox_ps = engine_inbox_next_ps(core->component);
        if (inbox_ps <= issue_ps && inbox_ps < end_ps) {
            const engine_message_t *message = engine_inbox_take(core->component, end_ps);
            receive(core, message->arrival_ps, (const chi_message_t *)message->payload);
            if (core->next_issue_ps < inbox_ps)
                core->next_issue_ps = inbox_ps;
        } else if (issue_ps < end_ps) {
            issue(core, issue_ps);
            core->next_issue_ps = issue_ps + HARNESS_PERIOD_PS * (1 + base_random_below(&core->random, 4));
        } else {
            engine_component_wake_at(core->component, issue_ps);
            return;
        }
    }
}

static void on_fill(void *self, uint64_t now_ps, uint64_t line_address, cache_line_t *line, unsigned error,
                    unsigned from)
{
    (void)from;
    fake_core_t *core = self;
    for (unsigned pass = 0; pass < 2; pass++) { /* loads, then stores */
        for (unsigned i = 0; i < core->harness->config->outstanding; i++) {
            operation_t *operation = &core->operations[i];
            if (operation->state != OP_WAIT || !is_access(operation) || chi_line(operation->address) != line_address ||
                (pass == 0) != (operation->kind == OP_LOAD))
                continue;
            if (error)
                finish(core, operation);
            else if (!perform(core, now_ps, operation, line))
                operation->state = OP_TRY;
        }
    }
}

static void on_atomic(void *self, uint64_t now_ps, uint64_t line_address, const uint8_t *old, unsigned error,
                      unsigned from)
{
    (void)now_ps;
    (void)from;
    fake_core_t *core = self;
    for (unsigned i = 0; i < core->harness->config->outstanding; i++) {
        operation_t *operation = &core->operations[i];
        if (operation->kind != OP_ATOMIC || operation->state != OP_WAIT || chi_line(operation->address) != line_address)
            continue;
        cr_assert(error || !old == (operation->opcode == CHI_ATOMIC_STORE), "an answer of the wrong kind");
        finish(core, operation);
        return;
    }
    cr_assert(false, "an answer to no atomic");
}

static void on_line_lost(void *self, uint64_t now_ps, uint64_t line_address, bool to_shared, bool by_snoop)
{
    (void)self;
    (void)now_ps;
    (void)line_address;
    (void)to_shared;
    (void)by_snoop;
}

/* --- the device --- */

static void transfer_done(void *self, uint64_t now_ps, chi_error_t error)
{
    fake_device_t *device = self;
    bool missed = device->harness->config->missing_memory;
    cr_assert(error == CHI_OKAY || missed, "a transfer in RAM failed");
    device->done++;
    device->next_ps = now_ps + HARNESS_PERIOD_PS * (1 + base_random_below(&device->random, 40));
}

static void start_transfer(fake_device_t *device, uint64_t now_ps)
{
    const harness_config_t *config = device->harness->config;
    uint64_t working_set = config->lines * 64;
    bool whole_lines = base_random_below(&device->random, 2);
    uint64_t at = base_random_below(&device->random, working_set);
    uint64_t size = 1 + base_random_below(&device->random, sizeof device->bytes);
    if (whole_lines) {
        at = at / 64 * 64;
        size = size < 64 ? 64 : size / 64 * 64;
    }
    size = at + size > working_set ? working_set - at : size;
    bool misses = config->missing_memory && base_random_below(&device->random, 100) < 5;
    interconnect_dma_transfer_t transfer = {
        .address = (misses ? missing_base : HARNESS_DRAM_BASE) + at,
        .size_bytes = (uint32_t)size,
        .is_write = base_random_below(&device->random, 2),
        .bytes = device->bytes,
        .done = transfer_done,
        .self = device,
    };
    for (uint64_t i = 0; i < size && transfer.is_write; i++)
        device->bytes[i] = (uint8_t)base_random_below(&device->random, 256);
    device->started++;
    interconnect_dma_start(device->dma, now_ps, &transfer);
}

static void run_device(void *self, uint64_t end_ps)
{
    fake_device_t *device = self;
    const harness_t *harness = device->harness;
    for (;;) {
        bool more = device->started < harness->config->operations / 8;
        uint64_t start_ps = more && interconnect_dma_is_idle(device->dma) ? device->next_ps : TIME_NEVER;
        uint64_t inbox_ps = engine_inbox_next_ps(device->component);
        if (inbox_ps <= start_ps && inbox_ps < end_ps) {
            const engine_message_t *message = engine_inbox_take(device->component, end_ps);
            interconnect_dma_receive(device->dma, message->arrival_ps, (const chi_message_t *)message->payload);
        } else if (start_ps < end_ps) {
            start_transfer(device, start_ps);
        } else {
            engine_component_wake_at(device->component, start_ps);
            return;
        }
    }
}

static void new_device(harness_t *harness)
{
    static const engine_component_ops_t ops = {.run = run_device};
    fake_device_t *device = &harness->device;
    device->harness = harness;
    base_random_init(&device->random, harness->config->seed + 77);
    device->dma = interconnect_dma_new(3);
    device->component = engine_component_new(harness->engine, "device", &ops, device);
    engine_component_t *system = interconnect_system_component(harness->system);
    engine_link_t *up = engine_link_new(harness->engine, "device up", device->component, system, 3000, 0);
    engine_link_t *back = engine_link_new(harness->engine, "device down", system, device->component, 3000, 0);
    interconnect_dma_attach(device->dma, up, interconnect_system_attach_requester(harness->system, back));
    device->next_ps = 1;
    engine_component_wake_at(device->component, 1);
}

/* --- the machine --- */

static void new_core(harness_t *harness, unsigned index)
{
    static const engine_component_ops_t ops = {.run = run};
    const harness_config_t *config = harness->config;
    fake_core_t *core = &harness->cores[index];
    base_error_t error = {0};
    char name[32];
    core->harness = harness;
    core->index = index;
    core->budget = config->operations / config->cores;
    base_random_init(&core->random, config->seed * 1000 + index);
    snprintf(name, sizeof name, "core%u", index);
    core->component = engine_component_new(harness->engine, name, &ops, core);
    engine_component_t *cluster = cache_cluster_component(harness->cluster);
    core->to_cluster = engine_link_new(harness->engine, name, core->component, cluster, 4 * HARNESS_PERIOD_PS, 250);
    engine_link_t *back = engine_link_new(harness->engine, name, cluster, core->component, 4 * HARNESS_PERIOD_PS, 250);
    cache_cluster_attach_core(harness->cluster, index, back);
    snprintf(name, sizeof name, "core%u.l1d", index);
    cache_l1d_config_t l1d = {
        .size_bytes = config->l1_bytes,
        .ways = config->l1_ways,
        .mshrs = config->mshrs,
        .write_back_entries = config->write_back_entries,
        .snoop_response_cycles = 2,
        .replacement = config->plru ? CACHE_PLRU : CACHE_LRU,
        .period_ps = HARNESS_PERIOD_PS,
        .evict_seed = config->seed + index,
        .evict_interval = config->evict_interval,
        .fault = config->fault,
    };
    cache_l1d_client_t client = {
        .self = core, .on_fill = on_fill, .on_atomic = on_atomic, .on_line_lost = on_line_lost};
    trace_port_t *port = trace_port_new(harness->trace, name, cache_l1d_trace_names());
    cr_assert_eq(cache_l1d_new(&l1d, index, core->to_cluster, port, &client, &core->l1d, &error), 0, "%s", error.text);
    if (harness->checker)
        cache_checker_attach_l1d(harness->checker, index, core->l1d);
    engine_component_wake_at(core->component, HARNESS_PERIOD_PS * (1 + index));
    core->next_issue_ps = HARNESS_PERIOD_PS * (1 + index);
}

static void new_memory(harness_t *harness)
{
    const harness_config_t *config = harness->config;
    base_error_t error = {0};
    interconnect_dram_config_t dram = {
        .base = HARNESS_DRAM_BASE,
        .size_bytes = HARNESS_DRAM_BYTES,
        .banks = 4,
        .access_ps = 20000,
        .bank_busy_ps = 15000,
        .line_transfer_ps = 2500,
        .queue_entries = 4,
    };
    cr_assert_eq(interconnect_system_new(harness->engine, &dram, &harness->system, &error), 0, "%s", error.text);
    uint8_t *ram = interconnect_system_ram(harness->system);
    for (unsigned i = 0; i < config->lines * 64; i++)
        ram[i] = (uint8_t)(i * 7 + 3);
    cache_cluster_config_t cluster = {
        .cores = config->cores,
        .l2_size_bytes = config->l2_bytes,
        .l2_ways = config->l2_ways,
        .l2_tag_cycles = 3,
        .l2_data_cycles = 8,
        .transactions = config->transactions,
        .period_ps = HARNESS_PERIOD_PS,
        .fetch_snoops = config->fetch_snoops,
        .plru = config->plru,
        .fault = config->fault,
    };
    trace_port_t *port = trace_port_new(harness->trace, "scu0", cache_cluster_trace_names());
    cr_assert_eq(cache_cluster_new(harness->engine, &cluster, port, &harness->cluster, &error), 0, "%s", error.text);
    engine_component_t *scu = cache_cluster_component(harness->cluster);
    engine_component_t *system = interconnect_system_component(harness->system);
    cache_cluster_attach_system(harness->cluster, engine_link_new(harness->engine, "down", scu, system, 5000, 500));
    interconnect_system_attach_cluster(harness->system, engine_link_new(harness->engine, "up", system, scu, 5000, 500));
    if (config->unchecked)
        return;
    cr_assert_eq(cache_checker_new(dram.base, dram.size_bytes, ram, &harness->checker, &error), 0, "%s", error.text);
    cache_checker_attach_cluster(harness->checker, harness->cluster);
}

static void stop_at_violation(void *self, uint64_t window_end_ps)
{
    (void)window_end_ps;
    harness_t *harness = self;
    if (harness->result->violations || (harness->checker && cache_checker_violations(harness->checker)))
        engine_request_stop(harness->engine);
}

static void add_coverage(harness_result_t *result, cache_controller_t controller, const uint64_t *counters)
{
    size_t cells = cache_protocol_cells(controller);
    if (!result->coverage[controller])
        result->coverage[controller] = g_new0(uint64_t, cells);
    for (size_t i = 0; i < cells; i++)
        result->coverage[controller][i] += counters[i];
}

static void collect(harness_t *harness, engine_stop_t stop)
{
    harness_result_t *result = harness->result;
    const harness_config_t *config = harness->config;
    uint64_t expected = config->operations / config->cores * config->cores;
    uint64_t own_pending = 0;
    for (unsigned i = 0; i < config->cores; i++) {
        add_coverage(result, CACHE_PROTOCOL_L1, cache_l1d_coverage(harness->cores[i].l1d));
        own_pending += harness->cores[i].own_pending + cache_l1d_maintenance_pending(harness->cores[i].l1d) +
                       cache_l1d_requests_pending(harness->cores[i].l1d);
    }
    add_coverage(result, CACHE_PROTOCOL_L2, cache_cluster_coverage(harness->cluster));
    result->transfers = harness->device.done;
    bool moving = harness->device.started != harness->device.done;
    result->hung = stop != ENGINE_STOPPED && (result->operations != expected || own_pending || moving);
    if (harness->checker && !result->hung && stop == ENGINE_IDLE)
        cache_checker_verify_all(harness->checker, engine_now_ps(harness->engine));
    if (harness->checker && cache_checker_violations(harness->checker)) {
        if (!result->violations)
            snprintf(result->first, sizeof result->first, "%s", cache_checker_first(harness->checker));
        result->violations += cache_checker_violations(harness->checker);
    }
    result->trace_hash = trace_hash(harness->trace);
    result->trace_records = trace_records(harness->trace);
    result->simulated_ps = engine_now_ps(harness->engine);
    const cache_cluster_stats_t *stats = cache_cluster_stats(harness->cluster);
    for (unsigned i = 0; i < CHI_OPCODE_COUNT; i++)
        result->requests += stats->requests[i];
}

harness_result_t harness_run(const harness_config_t *config)
{
    harness_result_t result = {0};
    harness_t harness = {.config = config, .result = &result};
    harness.engine = engine_new();
    harness.trace = trace_new();
    harness.cores = g_new0(fake_core_t, config->cores);
    harness.own = g_malloc0(HARNESS_DRAM_BYTES);
    harness.own_known = g_malloc0(HARNESS_DRAM_BYTES);
    new_memory(&harness);
    for (unsigned i = 0; i < config->cores; i++)
        new_core(&harness, i);
    if (config->device)
        new_device(&harness);
    engine_set_order(harness.engine, config->order, config->seed);
    if (config->perturb_ps)
        engine_perturb(harness.engine, config->seed, config->perturb_ps);
    engine_set_window_hook(harness.engine, stop_at_violation, &harness);
    /* Generous: a microsecond an operation, far beyond what any of them takes. */
    engine_stop_t stop = engine_run(harness.engine, (config->operations + 1000) * UINT64_C(1000000));
    collect(&harness, stop);
    for (unsigned i = 0; i < config->cores; i++)
        cache_l1d_free(harness.cores[i].l1d);
    cache_cluster_free(harness.cluster);
    interconnect_dma_free(harness.device.dma);
    interconnect_system_free(harness.system);
    cache_checker_free(harness.checker);
    trace_free(harness.trace);
    engine_free(harness.engine);
    g_free(harness.cores);
    g_free(harness.own);
    g_free(harness.own_known);
    return result;
}

void harness_result_done(harness_result_t *result)
{
    for (unsigned i = 0; i < CACHE_PROTOCOL_COUNT; i++)
        g_free(result->coverage[i]);
}
