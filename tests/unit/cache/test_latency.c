/* When data arrive: the path of a miss through links, L2 and memory, to the picosecond. */
#include "cache/cluster.h"
#include "cache/l1d.h"
#include "interconnect/system.h"
#include "observe/trace.h"

#include <criterion/criterion.h>

enum {
    PERIOD_PS = 500,
    LINK_PS = 2000, /* core to cluster and back */
    BEAT_PS = 250,
    DOWN_PS = 6000, /* cluster to system and back */
    TAG_CYCLES = 3,
    DATA_CYCLES = 9,
    SNOOP_CYCLES = 4,
    DRAM_PS = 40000,
    BURST_PS = 3000,
    RAM = 0x40000000,
    CORES = 2,
    LINE_PS = 3 * BEAT_PS, /* a line's last beat leaves this long after its first */
};

typedef struct machine machine_t;

/* A core that asks for one line at one time. */
typedef struct asker {
    engine_component_t *component;
    cache_l1d_t *l1d;
    uint64_t ask_ps, address, filled_ps;
    cache_want_t want;
    bool dirties, evicts;
} asker_t;

struct machine {
    engine_t *engine;
    trace_t *trace;
    interconnect_system_t *system;
    cache_cluster_t *cluster;
    asker_t askers[CORES];
};

static void run(void *self, uint64_t end_ps)
{
    asker_t *asker = self;
    const engine_message_t *message;
    while ((message = engine_inbox_take(asker->component, end_ps)))
        cache_l1d_receive(asker->l1d, message->arrival_ps, (const chi_message_t *)message->payload);
    if (asker->ask_ps < end_ps) {
        unsigned set = (unsigned)(asker->address / 64 % cache_l1d_sets(asker->l1d));
        cache_outcome_t outcome =
            asker->evicts
                ? cache_l1d_maintain_set_way(asker->l1d, asker->ask_ps, set, 0, true, true)
                : cache_l1d_request(asker->l1d, asker->ask_ps, asker->address, asker->want, CHI_INNER_SHAREABLE, 0);
        cr_expect_eq(outcome, CACHE_MISS);
        asker->ask_ps = UINT64_MAX;
    }
    engine_component_wake_at(asker->component, asker->ask_ps);
}

static void on_fill(void *self, uint64_t now_ps, uint64_t line_address, cache_line_t *line, unsigned error,
                    unsigned from)
{
    (void)line_address;
    (void)error;
    (void)from;
    asker_t *asker = self;
    asker->filled_ps = now_ps;
    if (asker->dirties)
        cache_l1d_make_dirty(asker->l1d, now_ps, line, 0);
}

static void on_line_lost(void *self, uint64_t now_ps, uint64_t line_address, bool to_shared, bool by_snoop)
{
    (void)self;
    (void)now_ps;
    (void)line_address;
    (void)to_shared;
    (void)by_snoop;
}

static void add_asker(machine_t *machine, unsigned core)
{
    static const engine_component_ops_t ops = {.run = run};
    asker_t *asker = &machine->askers[core];
    asker->component = engine_component_new(machine->engine, "core", &ops, asker);
    asker->ask_ps = UINT64_MAX;
    engine_component_t *scu = cache_cluster_component(machine->cluster);
    engine_link_t *up = engine_link_new(machine->engine, "up", asker->component, scu, LINK_PS, BEAT_PS);
    engine_link_t *down = engine_link_new(machine->engine, "down", scu, asker->component, LINK_PS, BEAT_PS);
    cache_cluster_attach_core(machine->cluster, core, down);
    cache_l1d_config_t config = {.size_bytes = 32768,
                                 .ways = 4,
                                 .mshrs = 4,
                                 .write_back_entries = 4,
                                 .snoop_response_cycles = SNOOP_CYCLES,
                                 .period_ps = PERIOD_PS};
    cache_l1d_client_t client = {.self = asker, .on_fill = on_fill, .on_line_lost = on_line_lost};
    trace_port_t *port = trace_port_new(machine->trace, "l1d", cache_l1d_trace_names());
    cr_assert_eq(cache_l1d_new(&config, core, up, port, &client, &asker->l1d, NULL), 0);
}

static void set_up(machine_t *machine)
{
    *machine = (machine_t){.engine = engine_new(), .trace = trace_new()};
    interconnect_dram_config_t dram = {.base = RAM,
                                       .size_bytes = 1 << 20,
                                       .banks = 8,
                                       .access_ps = DRAM_PS,
                                       .bank_busy_ps = DRAM_PS,
                                       .line_transfer_ps = BURST_PS,
                                       .queue_entries = 8};
    cr_assert_eq(interconnect_system_new(machine->engine, &dram, &machine->system, NULL), 0);
    cache_cluster_config_t config = {.cores = CORES,
                                     .l2_size_bytes = 1 << 18,
                                     .l2_ways = 8,
                                     .l2_tag_cycles = TAG_CYCLES,
                                     .l2_data_cycles = DATA_CYCLES,
                                     .transactions = 8,
                                     .period_ps = PERIOD_PS};
    trace_port_t *port = trace_port_new(machine->trace, "scu", cache_cluster_trace_names());
    cr_assert_eq(cache_cluster_new(machine->engine, &config, port, &machine->cluster, NULL), 0);
    engine_component_t *scu = cache_cluster_component(machine->cluster);
    engine_component_t *system = interconnect_system_component(machine->system);
    engine_link_t *down = engine_link_new(machine->engine, "down", scu, system, DOWN_PS, 0);
    engine_link_t *up = engine_link_new(machine->engine, "up", system, scu, DOWN_PS, 0);
    cache_cluster_attach_system(machine->cluster, down);
    interconnect_system_attach_cluster(machine->system, up);
    for (unsigned core = 0; core < CORES; core++)
        add_asker(machine, core);
}

static void tear_down(machine_t *machine)
{
    for (unsigned core = 0; core < CORES; core++)
        cache_l1d_free(machine->askers[core].l1d);
    cache_cluster_free(machine->cluster);
    interconnect_system_free(machine->system);
    trace_free(machine->trace);
    engine_free(machine->engine);
}

static void plan(machine_t *machine, unsigned core, uint64_t when_ps, uint64_t address, cache_want_t want)
{
    asker_t *asker = &machine->askers[core];
    asker->ask_ps = when_ps;
    asker->address = address;
    asker->want = want;
    engine_component_wake_at(asker->component, when_ps);
}

/* Asks for the one line at `when_ps` and returns how long it took. */
static uint64_t ask(machine_t *machine, unsigned core, uint64_t when_ps, cache_want_t want)
{
    plan(machine, core, when_ps, RAM + 0x1000, want);
    engine_run(machine->engine, UINT64_MAX);
    return machine->askers[core].filled_ps - when_ps;
}

/* Leaves a line in the L2 that no core holds. */
static void put_in_l2(machine_t *machine, unsigned core, uint64_t when_ps, uint64_t address)
{
    plan(machine, core, when_ps, address, CACHE_WANT_READ);
    engine_run(machine->engine, UINT64_MAX);
    machine->askers[core].evicts = true;
    plan(machine, core, when_ps + 500000, address, CACHE_WANT_READ);
    engine_run(machine->engine, UINT64_MAX);
    machine->askers[core].evicts = false;
}

static const uint64_t memory_ps =
    LINK_PS + TAG_CYCLES * PERIOD_PS + DOWN_PS + DRAM_PS + BURST_PS + DOWN_PS + PERIOD_PS + LINE_PS + LINK_PS;
static const uint64_t l2_hit_ps = LINK_PS + DATA_CYCLES * PERIOD_PS + LINE_PS + LINK_PS;
static const uint64_t snoop_ps = LINK_PS + TAG_CYCLES * PERIOD_PS + LINK_PS + SNOOP_CYCLES * PERIOD_PS;

Test(cache_latency, a_miss_to_memory_takes_links_tags_and_dram)
{
    machine_t machine;
    set_up(&machine);
    cr_expect_eq(ask(&machine, 0, 0, CACHE_WANT_READ), memory_ps);
    tear_down(&machine);
}

Test(cache_latency, an_upgrade_takes_the_snoop_of_the_other_sharer)
{
    machine_t machine;
    set_up(&machine);
    ask(&machine, 0, 0, CACHE_WANT_READ);
    ask(&machine, 1, 1000000, CACHE_WANT_READ);
    cr_expect_eq(ask(&machine, 0, 2000000, CACHE_WANT_WRITE), snoop_ps + LINK_PS + PERIOD_PS + LINK_PS);
    tear_down(&machine);
}

Test(cache_latency, a_dirty_line_comes_from_the_other_core_through_the_cluster)
{
    machine_t machine;
    set_up(&machine);
    machine.askers[0].dirties = true;
    ask(&machine, 0, 0, CACHE_WANT_WRITE);
    cr_expect_eq(ask(&machine, 1, 1000000, CACHE_WANT_READ),
                 snoop_ps + LINE_PS + LINK_PS + PERIOD_PS + LINE_PS + LINK_PS);
    tear_down(&machine);
}

Test(cache_latency, an_L2_hit_takes_links_and_the_data_array)
{
    machine_t machine;
    set_up(&machine);
    put_in_l2(&machine, 0, 0, RAM + 0x1000);
    cr_expect_eq(ask(&machine, 1, 1000000, CACHE_WANT_READ), l2_hit_ps);
    tear_down(&machine);
}

Test(cache_latency, of_two_requests_at_once_the_second_waits_one_cycle_for_the_tags)
{
    machine_t machine;
    set_up(&machine);
    put_in_l2(&machine, 0, 0, RAM + 0x1000);
    put_in_l2(&machine, 0, 1000000, RAM + 0x2040);
    plan(&machine, 0, 2000000, RAM + 0x1000, CACHE_WANT_READ);
    plan(&machine, 1, 2000000, RAM + 0x2040, CACHE_WANT_READ);
    engine_run(machine.engine, UINT64_MAX);
    cr_expect_eq(machine.askers[0].filled_ps, 2000000 + l2_hit_ps);
    cr_expect_eq(machine.askers[1].filled_ps, 2000000 + l2_hit_ps + PERIOD_PS);
    tear_down(&machine);
}
