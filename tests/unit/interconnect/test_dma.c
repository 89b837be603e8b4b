#include "interconnect/dma.h"
#include "interconnect/system.h"
#include "recorder.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

enum { LINK_PS = 1000, RAM = 0x40000000, RAM_BYTES = 1 << 20, DEVICE = 0x9000000, MAX_DONE = 8 };

/* An owner over a real system interconnect; the cluster is a recorder that answers like an L2 that holds all lines. */
typedef struct fixture {
    engine_t *engine;
    interconnect_system_t *system;
    recorder_t cluster;
    engine_component_t *owner;
    interconnect_dma_t *dma;
    interconnect_dma_transfer_t transfers[MAX_DONE];
    unsigned count, done;
    chi_error_t errors[MAX_DONE];
    uint64_t done_ps[MAX_DONE];
    uint8_t memory[4096];
    unsigned direct_calls;
} fixture_t;

static void on_done(void *self, uint64_t now_ps, chi_error_t error)
{
    fixture_t *fixture = self;
    fixture->errors[fixture->done] = error;
    fixture->done_ps[fixture->done++] = now_ps;
}

static void run_owner(void *self, uint64_t end_ps)
{
    fixture_t *fixture = self;
    for (; fixture->count; fixture->count = 0)
        for (unsigned i = 0; i < fixture->count; i++)
            interconnect_dma_start(fixture->dma, 1, &fixture->transfers[i]);
    const engine_message_t *message;
    while ((message = engine_inbox_take(fixture->owner, end_ps)))
        interconnect_dma_receive(fixture->dma, message->arrival_ps, (const chi_message_t *)message->payload);
    engine_component_wake_at(fixture->owner, UINT64_MAX);
}

static fixture_t *set_up(unsigned lines_in_flight)
{
    static const engine_component_ops_t ops = {.run = run_owner};
    interconnect_dram_config_t dram = {.base = RAM,
                                       .size_bytes = RAM_BYTES,
                                       .banks = 4,
                                       .access_ps = 30000,
                                       .line_transfer_ps = 5000,
                                       .queue_entries = 8};
    fixture_t *fixture = g_new0(fixture_t, 1);
    base_error_t error = {""};
    fixture->engine = engine_new();
    cr_assert_eq(interconnect_system_new(fixture->engine, &dram, &fixture->system, &error), 0, "%s", error.text);
    engine_component_t *system = interconnect_system_component(fixture->system);
    recorder_init(&fixture->cluster, fixture->engine, "cluster");
    fixture->cluster.echo = true;
    fixture->cluster.out = engine_link_new(fixture->engine, "down", fixture->cluster.component, system, LINK_PS, 0);
    engine_link_t *up = engine_link_new(fixture->engine, "up", system, fixture->cluster.component, LINK_PS, 0);
    interconnect_system_attach_cluster(fixture->system, up);
    cr_assert_eq(interconnect_system_attach_device(fixture->system, DEVICE, 0x1000, up, &error), 0);
    fixture->owner = engine_component_new(fixture->engine, "owner", &ops, fixture);
    engine_component_wake_at(fixture->owner, 1);
    fixture->dma = interconnect_dma_new(lines_in_flight);
    engine_link_t *to_system = engine_link_new(fixture->engine, "asks", fixture->owner, system, LINK_PS, 0);
    engine_link_t *back = engine_link_new(fixture->engine, "gets", system, fixture->owner, LINK_PS, 0);
    interconnect_dma_attach(fixture->dma, to_system, interconnect_system_attach_requester(fixture->system, back));
    return fixture;
}

static void tear_down(fixture_t *fixture)
{
    interconnect_dma_free(fixture->dma);
    interconnect_system_free(fixture->system);
    engine_free(fixture->engine);
    g_free(fixture);
}

static void ask(fixture_t *fixture, uint64_t address, uint32_t size_bytes, bool is_write, uint8_t *bytes)
{
    fixture->transfers[fixture->count++] = (interconnect_dma_transfer_t){.address = address,
                                                                         .size_bytes = size_bytes,
                                                                         .is_write = is_write,
                                                                         .bytes = bytes,
                                                                         .pc = 0x1234,
                                                                         .done = on_done,
                                                                         .self = fixture};
}

static const chi_message_t *seen(const fixture_t *fixture, unsigned index)
{
    cr_assert_lt(index, fixture->cluster.received);
    return &fixture->cluster.messages[index];
}

Test(dma, a_read_that_crosses_lines_asks_for_each_line_and_gathers_their_bytes)
{
    fixture_t *fixture = set_up(16);
    uint8_t bytes[150];
    memset(bytes, 0xee, sizeof bytes);
    ask(fixture, RAM + 0x30, sizeof bytes - 1, false, bytes);
    engine_run(fixture->engine, 1000000);
    cr_assert_eq(fixture->done, 1);
    cr_expect_eq(fixture->errors[0], CHI_OKAY);
    cr_expect_eq(fixture->cluster.received, 4, "lines 0 (16 bytes), 1, 2, 3 (5 bytes)");
    for (unsigned i = 0; i < 4; i++) {
        cr_expect_eq(seen(fixture, i)->opcode, CHI_READ_ONCE);
        cr_expect_eq(seen(fixture, i)->source, CHI_SOURCE_IO);
        cr_expect_eq(seen(fixture, i)->address, RAM + 64 * i);
        cr_expect_eq(seen(fixture, i)->pc, 0x1234);
    }
    for (unsigned i = 0; i < sizeof bytes - 1; i++)
        cr_expect_eq(bytes[i], (uint8_t)((0x30 + i) & 63), "byte %u", i);
    cr_expect_eq(bytes[149], 0xee, "no byte more");
    tear_down(fixture);
}

Test(dma, a_write_names_exactly_its_bytes)
{
    fixture_t *fixture = set_up(16);
    uint8_t bytes[72];
    memset(bytes, 0x5a, sizeof bytes);
    ask(fixture, RAM + 0x3c, sizeof bytes, true, bytes);
    engine_run(fixture->engine, 1000000);
    cr_assert_eq(fixture->cluster.received, 3);
    cr_expect_eq(seen(fixture, 0)->opcode, CHI_WRITE_UNIQUE);
    cr_expect_eq(seen(fixture, 0)->operand, UINT64_C(0xf) << 60);
    cr_expect_eq(seen(fixture, 1)->operand, UINT64_MAX, "a whole line");
    cr_expect_eq(seen(fixture, 2)->operand, 0xf);
    cr_expect_eq(seen(fixture, 1)->data[63], 0x5a);
    cr_expect_eq(fixture->done, 1);
    tear_down(fixture);
}

Test(dma, transfers_follow_one_another_and_lines_in_flight_are_limited)
{
    fixture_t *fixture = set_up(2);
    uint8_t bytes[4 * 64];
    ask(fixture, RAM, sizeof bytes, false, bytes);
    ask(fixture, RAM + 0x1000, 0, false, bytes);
    ask(fixture, RAM + 0x2000, 64, true, bytes);
    engine_run(fixture->engine, 1000000);
    cr_assert_eq(fixture->done, 3);
    cr_expect_eq(fixture->cluster.arrival_ps[0], fixture->cluster.arrival_ps[1]);
    cr_expect_eq(fixture->cluster.arrival_ps[2], fixture->cluster.arrival_ps[0] + 4 * LINK_PS, "a round trip later");
    cr_expect_eq(fixture->cluster.arrival_ps[4], fixture->cluster.arrival_ps[2] + 4 * LINK_PS);
    cr_expect_eq(fixture->done_ps[0], fixture->done_ps[1], "nothing to move takes no time");
    cr_expect(interconnect_dma_is_idle(fixture->dma));
    tear_down(fixture);
}

static void expect_refused(uint64_t address, uint32_t size_bytes, bool is_write)
{
    fixture_t *fixture = set_up(16);
    uint8_t *bytes = g_malloc0(size_bytes);
    ask(fixture, address, size_bytes, is_write, bytes);
    engine_run(fixture->engine, 1000000);
    cr_assert_eq(fixture->done, 1);
    cr_expect_eq(fixture->errors[0], CHI_DECERR, "%#llx", (unsigned long long)address);
    for (unsigned i = 0; i < fixture->cluster.received; i++)
        cr_expect_geq(seen(fixture, i)->address, RAM, "a request for %#llx reached a device",
                      (unsigned long long)seen(fixture, i)->address);
    g_free(bytes);
    tear_down(fixture);
}

Test(dma, what_is_not_RAM_is_refused_and_no_device_hears_of_it)
{
    for (unsigned is_write = 0; is_write < 2; is_write++) {
        expect_refused(DEVICE, 4, is_write);
        expect_refused(DEVICE + 0xffe, 4, is_write);
        expect_refused(0, 64, is_write);
        expect_refused(RAM - 4, 8, is_write);
        expect_refused(RAM + RAM_BYTES - 4, 8, is_write);
        expect_refused(UINT64_MAX - 3, 4, is_write);
        expect_refused(UINT64_MAX - 3, 64, is_write);
        expect_refused(UINT64_MAX - 3, UINT32_C(1) << 20, is_write);
    }
}

/* --- direct access --- */

/* The last byte of memory is one that a core waits for. */
static chi_error_t access_directly(void *self, uint64_t address, void *bytes, uint32_t size_bytes, bool is_write,
                                   bool *ret_event)
{
    fixture_t *fixture = self;
    fixture->direct_calls++;
    *ret_event = is_write && address + size_bytes == RAM + sizeof fixture->memory;
    if (address < RAM || address + size_bytes > RAM + sizeof fixture->memory)
        return CHI_DECERR;
    if (is_write)
        memcpy(fixture->memory + (address - RAM), bytes, size_bytes);
    else
        memcpy(bytes, fixture->memory + (address - RAM), size_bytes);
    return CHI_OKAY;
}

typedef struct chain {
    fixture_t *fixture;
    uint8_t byte;
    unsigned left, depth, deepest;
} chain_t;

static void on_link_of_chain(void *self, uint64_t now_ps, chi_error_t error)
{
    chain_t *chain = self;
    cr_assert_eq(error, CHI_OKAY);
    if (++chain->depth > chain->deepest)
        chain->deepest = chain->depth;
    interconnect_dma_transfer_t next = {.address = RAM,
                                        .size_bytes = 1,
                                        .is_write = true,
                                        .bytes = &chain->byte,
                                        .done = on_link_of_chain,
                                        .self = chain};
    if (chain->left-- > 0)
        interconnect_dma_start(chain->fixture->dma, now_ps, &next);
    chain->depth--;
}

Test(dma, direct_access_completes_at_once_without_messages_and_does_not_nest)
{
    fixture_t *fixture = set_up(16);
    interconnect_dma_set_direct(fixture->dma, access_directly, fixture);
    chain_t chain = {.fixture = fixture, .byte = 0x77, .left = 100000};
    on_link_of_chain(&chain, 5, CHI_OKAY);
    cr_expect_eq(fixture->direct_calls, 100000);
    cr_expect_leq(chain.deepest, 2);
    cr_expect_eq(fixture->memory[0], 0x77);
    cr_expect(interconnect_dma_is_idle(fixture->dma));
    uint8_t byte;
    interconnect_dma_transfer_t outside = {
        .address = DEVICE, .size_bytes = 1, .bytes = &byte, .done = on_done, .self = fixture};
    interconnect_dma_start(fixture->dma, 9, &outside);
    cr_assert_eq(fixture->done, 1);
    cr_expect_eq(fixture->errors[0], CHI_DECERR);
    cr_expect_eq(fixture->cluster.received, 0);
    tear_down(fixture);
}

Test(dma, direct_access_to_what_a_core_waits_for_sends_an_event_to_the_cluster)
{
    fixture_t *fixture = set_up(16);
    uint8_t bytes[2] = {1, 2};
    fixture->cluster.echo = false;
    interconnect_dma_set_direct(fixture->dma, access_directly, fixture);
    ask(fixture, RAM, 2, true, bytes);
    ask(fixture, RAM + sizeof fixture->memory - 2, 2, false, bytes);
    ask(fixture, RAM + sizeof fixture->memory - 2, 2, true, bytes); /* the only one */
    engine_run(fixture->engine, 1000000);
    cr_assert_eq(fixture->done, 3);
    cr_assert_eq(fixture->cluster.received, 1);
    cr_expect_eq(seen(fixture, 0)->opcode, CHI_EVENT);
    cr_expect_eq(seen(fixture, 0)->source, CHI_SOURCE_IO);
    tear_down(fixture);
}
