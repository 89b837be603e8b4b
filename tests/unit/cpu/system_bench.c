/* The bench: a cpu_t with real neighbours and a memory port that takes notes. */
#include "system_bench.h"

#include "device/power.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

/* --- the memory port --- */

static bench_t *of(cpu_t *cpu)
{
    return cpu->port_state;
}

static cpu_status_t cache_op(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, cpu_cache_op_t op)
{
    (void)in;
    (void)now_cycles;
    of(cpu)->call = BENCH_CACHE_OP;
    of(cpu)->address = va;
    of(cpu)->operation = op;
    return CPU_LEAVE;
}

static cpu_status_t cache_op_set_way(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t operand,
                                     bool clean, bool invalidate)
{
    (void)in;
    (void)now_cycles;
    of(cpu)->call = BENCH_SET_WAY;
    of(cpu)->address = operand;
    of(cpu)->detail = clean | (unsigned)invalidate << 1;
    return CPU_LEAVE;
}

static cpu_status_t invalidate_icache(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, bool inner_shareable)
{
    (void)in;
    (void)now_cycles;
    of(cpu)->call = BENCH_INVALIDATE_ICACHE;
    of(cpu)->detail = inner_shareable;
    return CPU_LEAVE;
}

static cpu_status_t tlbi(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned operation, uint64_t operand)
{
    (void)in;
    (void)now_cycles;
    of(cpu)->call = BENCH_TLBI;
    of(cpu)->operation = operation;
    of(cpu)->address = operand;
    return CPU_LEAVE;
}

static void clear_exclusive(cpu_t *cpu, bool exception_return)
{
    of(cpu)->monitor_clears++;
    of(cpu)->cleared_by_exception_return = exception_return;
}

static void context_changed(cpu_t *cpu)
{
    of(cpu)->context_changes++;
}

static const cpu_memory_port_t bench_port = {.cache_op = cache_op,
                                             .cache_op_set_way = cache_op_set_way,
                                             .invalidate_icache = invalidate_icache,
                                             .tlbi = tlbi,
                                             .clear_exclusive = clear_exclusive,
                                             .context_changed = context_changed};

static int read_descriptor(void *self, uint64_t now_ps, uint64_t physical, chi_memory_type_t type,
                           chi_shareability_t shareability, uint64_t *ret_descriptor)
{
    bench_t *bench = self;
    (void)now_ps;
    (void)type;
    (void)shareability;
    if (bench->table_missing)
        return -EAGAIN;
    if (physical - BENCH_TABLE >= sizeof(bench->table))
        return -EIO;
    *ret_descriptor = bench->table[(physical - BENCH_TABLE) / 8];
    return 0;
}

/* --- the far ends of the links --- */

static void run_sink(void *self, uint64_t end_ps)
{
    bench_t *bench = self;
    const engine_message_t *message;
    while ((message = engine_inbox_take(bench->sink, end_ps))) {
        cr_assert_lt(bench->packet_count + bench->power_count, BENCH_PACKETS);
        if (gic_is_packet(message->payload))
            memcpy(&bench->packets[bench->packet_count++], message->payload, sizeof(gic_packet_t));
        else
            bench->power_kinds[bench->power_count++] = message->payload[0];
    }
    engine_component_wake_at(bench->sink, UINT64_MAX);
}

/* The core acts outside windows; this one is run so that what it sent is delivered at its end. */
static void run_core(void *self, uint64_t end_ps)
{
    bench_t *bench = self;
    (void)end_ps;
    engine_component_wake_at(bench->cpu.component, UINT64_MAX);
}

static void add_neighbours(bench_t *bench)
{
    static const engine_component_ops_t core_ops = {.run = run_core}, sink_ops = {.run = run_sink};
    cpu_t *cpu = &bench->cpu;
    const mmu_config_t mmu_config = {.micro_tlb_entries = 8,
                                     .l2_tlb_entries = 64,
                                     .l2_tlb_ways = 4,
                                     .l2_tlb_hit_cycles = 3,
                                     .walk_step_cycles = 2,
                                     .physical_address_bits = 40};
    const mmu_client_t mmu_client = {.self = bench, .read_descriptor = read_descriptor};
    bench->engine = engine_new();
    cpu->component = engine_component_new(bench->engine, "core0", &core_ops, bench);
    bench->sink = engine_component_new(bench->engine, "sink", &sink_ops, bench);
    cpu->to_gic = engine_link_new(bench->engine, "to_gic", cpu->component, bench->sink, BENCH_LINK_PS, 0);
    cpu->to_power = engine_link_new(bench->engine, "to_power", cpu->component, bench->sink, BENCH_LINK_PS, 0);
    cpu->gic = gic_cpuif_new(0, 0, cpu->to_gic, NULL);
    cr_assert_eq(mmu_new(&mmu_config, &mmu_client, &cpu->mmu, NULL), 0);
}

bench_t *bench_new_with(cpu_features_t features)
{
    const cpu_system_config_t config = {.features = features,
                                        .midr = 0x410fd083,
                                        .cores = 4,
                                        .physical_address_bits = 40,
                                        .gic_registers = true,
                                        .counter_hz = 62500000,
                                        .pmu_counters = BENCH_PMU_COUNTERS,
                                        .l1i = {48 * 1024, 3},
                                        .l1d = {32 * 1024, 2},
                                        .l2 = {1024 * 1024, 16}};
    bench_t *bench = g_new0(bench_t, 1);
    base_error_t error;
    bench->cpu.port = &bench_port;
    bench->cpu.port_state = bench;
    bench->cpu.core = &bench->core;
    bench->cpu.period_ps = BENCH_PERIOD_PS;
    bench->cpu.line_insns = bench->line;
    bench->cpu.line_pc = BENCH_LINE_PC;
    bench->in = &bench->line[(BENCH_PC - BENCH_LINE_PC) / 4];
    add_neighbours(bench);
    cr_assert_eq(cpu_system_init(&bench->cpu, &config, &error), 0, "%s", error.text);
    bench_reset(bench);
    return bench;
}

bench_t *bench_new(void)
{
    return bench_new_with(cpu_features_implemented());
}

void bench_free(bench_t *bench)
{
    gic_cpuif_free(bench->cpu.gic);
    mmu_free(bench->cpu.mmu);
    engine_free(bench->engine);
    g_free(bench);
}

void bench_reset(bench_t *bench)
{
    cpu_power_up(&bench->cpu, 0, BENCH_PC, 0);
    bench->cpu.sys.VBAR_EL1 = BENCH_VBAR;
    bench->cpu.segment = bench->in;
    bench->cpu.stats = (cpu_stats_t){0};
    bench->context_changes = bench->monitor_clears = 0;
    bench->call = BENCH_NO_CALL;
}

void bench_to_el0(bench_t *bench)
{
    cpu_set_el(&bench->cpu, 0, false);
    bench->cpu.pstate.daif = 0;
}

void bench_deliver(bench_t *bench, uint64_t now_ps)
{
    engine_component_wake_at(bench->cpu.component, engine_now_ps(bench->engine));
    engine_run(bench->engine, now_ps + BENCH_LINK_PS + 1);
}

unsigned bench_wires(const bench_t *bench, uint32_t intid, bool *ret_level)
{
    unsigned count = 0;
    for (unsigned i = 0; i < bench->packet_count; i++)
        if (bench->packets[i].kind == GIC_PACKET_WIRE && bench->packets[i].intid == intid) {
            count++;
            *ret_level = bench->packets[i].level;
        }
    return count;
}

void bench_raise_irq(bench_t *bench)
{
    const gic_packet_t set = {
        .kind = GIC_PACKET_SET, .group = GIC_GROUP_1, .priority = 0x80, .source = GIC_NO_CORE, .intid = 27};
    gic_cpuif_write(bench->cpu.gic, 0, ICC_PMR_EL1, BENCH_PC, 0xff);
    gic_cpuif_write(bench->cpu.gic, 0, ICC_IGRPEN1_EL1, BENCH_PC, 1);
    gic_cpuif_receive(bench->cpu.gic, 0, &(gic_packet_t){.kind = GIC_PACKET_DOWNSTREAM_CONTROL});
    gic_cpuif_receive(bench->cpu.gic, 0, &set);
    cr_assert(gic_cpuif_irq(bench->cpu.gic));
}

uint64_t bench_mrs(bench_t *bench, unsigned key, uint64_t now_cycles)
{
    bench->cpu.x[5] = UINT64_C(0xdeadbeefdeadbeef);
    cr_assert_eq(cpu_sys_mrs(&bench->cpu, bench->in, now_cycles, key, 5), CPU_OK, "MRS of key %#x", key);
    return bench->cpu.x[5];
}

cpu_status_t bench_msr(bench_t *bench, unsigned key, uint64_t value, uint64_t now_cycles)
{
    return cpu_sys_msr(&bench->cpu, bench->in, now_cycles, key, value);
}

unsigned bench_class(const bench_t *bench)
{
    return (unsigned)(bench->cpu.sys.ESR_EL1 >> 26);
}

uint32_t bench_iss(const bench_t *bench)
{
    return (uint32_t)bench->cpu.sys.ESR_EL1 & 0x1ffffff;
}
