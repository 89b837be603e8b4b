/* Making a core: its parts, and the upcalls of caches and MMU into the pipeline. */
#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/flags.h"
#include "cpu/functional.h"
#include "cpu/guest_log.h"
#include "cpu/l0.h"
#include "cpu/loop.h"
#include "cpu/posted_atomics.h"
#include "cpu/system.h"
#include "cpu/timing_port.h"
#include "interconnect/send.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

/* Loads bind their values, then stores that waited for ownership drain; the line may be gone when this returns. */
static void on_fill(void *self, uint64_t now_ps, uint64_t line_address, cache_line_t *line, unsigned error,
                    unsigned from)
{
    cpu_t *cpu = self;
    cpu_core_t *core = cpu->core;
    (void)now_ps;
    if (error != CHI_OKAY) {
        core->serror_pending = true;
        core->failed_line = line_address;
        core->line_failed = true;
    }
    cpu_profile_fill(cpu, line_address, from);
    cpu_load_arrived(cpu, line_address, line ? line->data : NULL);
    cpu_store_drain(cpu, cpu->cycle);
    if (core->wants_line && core->wanted_line == line_address && line &&
        !cpu_fault_injected(cpu, CPU_INJECT_SNOOP_NOT_HELD_BACK)) {
        cpu_hold_line(cpu, CPU_HOLD_ATTEMPT, line_address, UINT64_MAX);
    }
}

static void on_atomic(void *self, uint64_t now_ps, uint64_t line_address, const uint8_t *old, unsigned error,
                      unsigned from)
{
    cpu_t *cpu = self;
    (void)now_ps;
    cpu->core->serror_pending |= error != CHI_OKAY;
    cpu_posted_answered(cpu, cpu->cycle, line_address, old, from);
}

static void on_line_lost(void *self, uint64_t now_ps, uint64_t line_address, bool to_shared, bool by_snoop)
{
    cpu_t *cpu = self;
    (void)now_ps;
    cpu_l0_line_lost(cpu, line_address, to_shared);
    if (!to_shared)
        cpu_monitor_line_lost(cpu, line_address, by_snoop);
}

bool cpu_take_line_failure(cpu_t *cpu, uint64_t physical)
{
    cpu_core_t *core = cpu->core;
    if (!core->line_failed || core->failed_line != chi_line(physical))
        return false;
    core->line_failed = core->serror_pending = false;
    return true;
}

static int read_uncached_descriptor(cpu_t *cpu, uint64_t now_ps, uint64_t physical, chi_memory_type_t type,
                                    uint64_t *ret_descriptor)
{
    cpu_transfer_t *walk = &cpu->core->walk;
    if (walk->arrived && walk->address == physical) {
        memcpy(ret_descriptor, walk->data + (physical & (CHI_LINE_BYTES - 1)), sizeof(*ret_descriptor));
        int result = walk->error == CHI_OKAY ? 0 : -EIO;
        *walk = (cpu_transfer_t){0};
        return result;
    }
    if (walk->arrived)
        *walk = (cpu_transfer_t){0}; /* of a walk that was given up */
    if (!walk->active) {
        chi_message_t message = {.opcode = CHI_READ_NO_SNOOP,
                                 .memory_type = (uint8_t)type,
                                 .size_bytes = sizeof(uint64_t),
                                 .transaction = CPU_TRANSACTION_WALK,
                                 .address = physical,
                                 .pc = cpu->pc};
        *walk = (cpu_transfer_t){.active = true, .address = physical};
        cpu_send(cpu, now_ps / cpu->period_ps, &message);
    }
    return -EAGAIN;
}

static int read_descriptor(void *self, uint64_t now_ps, uint64_t physical, chi_memory_type_t type,
                           chi_shareability_t shareability, uint64_t *ret_descriptor)
{
    cpu_t *cpu = self;
    cpu_core_t *core = cpu->core;
    if (core->functional) {
        const uint8_t *place = cpu_functional_ram(core->functional, physical, sizeof(*ret_descriptor));
        if (place) {
            memcpy(ret_descriptor, place, sizeof(*ret_descriptor));
            return 0;
        }
        type = CHI_NORMAL_NC; /* what is not RAM is no cache's business either */
    }
    if (type < CHI_NORMAL_WT)
        return read_uncached_descriptor(cpu, now_ps, physical, type, ret_descriptor);
    cache_line_t *line = cache_l1d_lookup(core->l1d, physical);
    if (line) {
        line->last_use = now_ps / cpu->period_ps; /* cpu->cycle is behind while handlers run */
        memcpy(ret_descriptor, line->data + (physical & (CHI_LINE_BYTES - 1)), sizeof(*ret_descriptor));
        cpu_show_load(cpu, now_ps / cpu->period_ps, physical, (const uint8_t *)ret_descriptor, sizeof(*ret_descriptor));
        return 0;
    }
    if (cpu_take_line_failure(cpu, physical))
        return -EIO;
    cache_l1d_request(core->l1d, now_ps, physical, CACHE_WANT_READ, shareability, cpu->pc);
    return -EAGAIN;
}

static int update_functional_descriptor(cpu_t *cpu, uint64_t now_ps, uint64_t physical, uint64_t old, uint64_t new)
{
    uint8_t *place = cpu_functional_ram(cpu->core->functional, physical, sizeof(new));
    if (!place)
        return -ENOTSUP;
    if (memcmp(place, &old, sizeof(old)) != 0)
        return -ESTALE;
    memcpy(place, &new, sizeof(new));
    cpu_functional_store_done(cpu, now_ps / cpu->period_ps, physical);
    return 0;
}

/* The walker owns the line while it changes the descriptor, as any core that stores does. */
static int update_descriptor(void *self, uint64_t now_ps, uint64_t physical, chi_memory_type_t type,
                             chi_shareability_t shareability, uint64_t old, uint64_t new)
{
    cpu_t *cpu = self;
    cpu_core_t *core = cpu->core;
    if (core->functional)
        return update_functional_descriptor(cpu, now_ps, physical, old, new);
    if (type < CHI_NORMAL_WT)
        return -ENOTSUP;
    cache_line_t *line = cache_l1d_lookup(core->l1d, physical);
    if (!line && cpu_take_line_failure(cpu, physical))
        return -EIO;
    if (!line || !cache_l1d_make_dirty(core->l1d, now_ps, line, cpu->pc)) {
        core->wants_line = true; /* no snoop takes it before this was tried again */
        core->wanted_line = chi_line(physical);
        core->wanted_physical = physical;
        core->wanted_bytes = sizeof(new);
        core->wanted_upgrade = line != NULL;
        cache_l1d_request(core->l1d, now_ps, physical, CACHE_WANT_WRITE, shareability, cpu->pc);
        return -EAGAIN;
    }
    unsigned offset = physical & (CHI_LINE_BYTES - 1);
    line->last_use = now_ps / cpu->period_ps;
    if (memcmp(line->data + offset, &old, sizeof(old)) != 0 &&
        !cpu_fault_injected(cpu, CPU_INJECT_UPDATE_IGNORES_CHANGE))
        return -ESTALE;
    uint8_t data[CHI_LINE_BYTES];
    memcpy(data + offset, &new, sizeof(new));
    cpu_store_write(cpu, now_ps, line, bits_mask(sizeof(new)) << offset, data);
    return 0;
}

static void on_micro_tlb_drop(void *self, bool fetch, uint64_t va, uint64_t bytes)
{
    const cpu_t *cpu = self;
    /* With TCR_EL1.TBI0 or TBI1 the filters may hold the region under any tag, and va has none. */
    if (cpu->sys.TCR_EL1 & CPU_TCR_TBI)
        bytes = 0;
    if (fetch)
        cpu_fetch_drop_l0(self, va, bytes);
    else
        cpu_l0_drop(self, va, bytes);
}

static void on_break_before_make(void *self, uint64_t now_ps, uint64_t va, mmu_conflict_t conflict)
{
    cpu_t *cpu = self;
    cpu_log_guest_error(cpu, now_ps / cpu->period_ps, cpu->pc,
                        "translation of %#" PRIx64 " changed without break-before-make: %s", va,
                        mmu_conflict_name(conflict));
}

void cpu_send(cpu_t *cpu, uint64_t now_cycles, chi_message_t *message)
{
    message->source = (uint8_t)cpu->index;
    chi_send(cpu->to_cluster, cpu_ps(cpu, now_cycles), 0, message);
}

static int check_config(const cpu_core_config_t *config, base_error_t *error)
{
    if (config->load_queue_entries < 1 || config->load_queue_entries > CPU_MAX_LOADS)
        return base_fail(error, -EINVAL, "load queue of %u entries: choose 1 to %d", config->load_queue_entries,
                         CPU_MAX_LOADS);
    if (config->store_buffer_entries < 2 || config->store_buffer_entries > CPU_MAX_STORES)
        return base_fail(error, -EINVAL, "store buffer of %u entries: choose 2 to %d (an unaligned store needs two)",
                         config->store_buffer_entries, CPU_MAX_STORES);
    return 0;
}

int cpu_core_new(engine_t *engine, const cpu_core_config_t *config, const struct cpu_decoder *decoder, cpu_t **ret_cpu,
                 base_error_t *error)
{
    int result = check_config(config, error);
    if (result < 0)
        return result;
    cpu_t *cpu = g_new0(cpu_t, 1);
    cpu->core = g_new0(cpu_core_t, 1);
    cpu->core->config = *config;
    cpu->core->decoder = decoder;
    cpu->core->stop_cycle = UINT64_MAX;
    cpu->core->mark_pc = CPU_L0_NONE;
    cpu->core->semihosting_link = UINT32_MAX;
    cpu->core->drain_cycle = cpu->core->ask_cycle = cpu->core->combine_cycle = UINT64_MAX;
    base_random_init(&cpu->core->jitter_random, config->jitter_seed);
    cpu->core->timer_stale = true;
    cpu->core->reciprocal =
        config->period_ps > 1 ? (uint64_t)(((unsigned __int128)1 << 64) / config->period_ps) : UINT64_MAX;
    cpu->index = config->index;
    cpu->period_ps = config->period_ps;
    cpu->block = CPU_BLOCK_OFF;
    cpu->port = &cpu_timing_port;
    cpu->predictor.mispredict_cycles = config->mispredict_cycles;
    cpu_l0_clear(cpu);
    cpu_profile_init(&cpu->core->profile);
    mmu_config_t mmu = config->mmu;
    mmu.guarded_pages = cpu_features_has(&config->system.features, CPU_FEAT_BTI);
    mmu_client_t client = {.self = cpu,
                           .read_descriptor = read_descriptor,
                           .update_descriptor = update_descriptor,
                           .on_micro_tlb_drop = on_micro_tlb_drop,
                           .on_break_before_make = on_break_before_make};
    result = cpu_fetch_init(cpu, error);
    if (result == 0)
        result = mmu_new(&mmu, &client, &cpu->mmu, error);
    if (result == 0)
        result = cpu_system_init(cpu, &config->system, error);
    if (result < 0) {
        cpu_core_free(cpu);
        return result;
    }
    char name[32];
    g_snprintf(name, sizeof(name), "core%u", config->index);
    cpu->component = engine_component_new(engine, name, &cpu_component_ops, cpu);
    *ret_cpu = cpu;
    return 0;
}

int cpu_core_attach(cpu_t *cpu, const cpu_core_wiring_t *wiring, base_error_t *error)
{
    cache_l1d_client_t client = {.self = cpu, .on_fill = on_fill, .on_atomic = on_atomic, .on_line_lost = on_line_lost};
    cpu->to_cluster = wiring->to_cluster;
    cpu->to_gic = wiring->to_gic;
    cpu->to_power = wiring->to_power;
    cpu->core->cluster_link = engine_link_id(wiring->from_cluster);
    cpu->core->gic_link = engine_link_id(wiring->from_gic);
    cpu->core->power_link = engine_link_id(wiring->from_power);
    cpu->gic = wiring->gic;
    cpu->trace = wiring->core_trace;
    cpu->core->memory_trace = wiring->memory_trace;
    return cache_l1d_new(&cpu->core->config.l1d, cpu->index, wiring->to_cluster, wiring->l1d_trace, &client,
                         &cpu->core->l1d, error);
}

void cpu_core_attach_semihosting(cpu_t *cpu, engine_link_t *to_host, const engine_link_t *from_host)
{
    cpu->to_semihosting = to_host;
    cpu->core->semihosting_link = engine_link_id(from_host);
}

void cpu_core_free(cpu_t *cpu)
{
    if (!cpu)
        return;
    cache_l1d_free(cpu->core->l1d);
    mmu_free(cpu->mmu);
    cpu_fetch_done(cpu);
    cpu_profile_done(&cpu->core->profile);
    g_free(cpu->core);
    g_free(cpu);
}

void cpu_core_start(cpu_t *cpu, uint64_t entry, uint64_t x0)
{
    cpu_power_up(cpu, 0, entry, x0);
    cpu->core->timer_stale = true;
    engine_component_wake_at(cpu->component, cpu_ps(cpu, cpu->cycle));
}

void cpu_core_resume(cpu_t *cpu, uint64_t pc, const uint64_t x[31], uint64_t cycle)
{
    if (cpu->block != CPU_BLOCK_WFI || cycle < cpu->cycle)
        base_bug("core %u resumed at cycle %" PRIu64 " while %s at cycle %" PRIu64, cpu->index, cycle,
                 cpu_block_name(cpu->block), cpu->cycle);
    cpu_account_stall(cpu, cycle - cpu->cycle);
    cpu->cycle = cycle;
    cpu->block = CPU_RUNNING;
    cpu->pc = pc;
    cpu->next = NULL;
    memcpy(cpu->x, x, 31 * sizeof(*x));
    set_nzcv(cpu, 0);
    engine_component_wake_at(cpu->component, cpu_ps(cpu, cycle));
}

void cpu_core_set_mark(cpu_t *cpu, uint64_t pc)
{
    cpu->core->mark_pc = pc;
    cpu_fetch_drop_l0(cpu, 0, 0);
}

void cpu_core_settle(cpu_t *cpu, uint64_t now_ps)
{
    uint64_t end_cycle = now_ps / cpu->period_ps;
    if (cpu->block != CPU_RUNNING && cpu->block != CPU_BLOCK_HALTED && end_cycle > cpu->cycle) {
        cpu_account_stall(cpu, end_cycle - cpu->cycle);
        cpu->cycle = end_cycle;
    }
    cpu->stats.cycles = cpu->cycle - cpu->core->stalls[CPU_STALL_PLAIN][CPU_BLOCK_OFF];
    const mmu_stats_t *mmu = mmu_stats(cpu->mmu);
    cpu->stats.itlb_misses = mmu->micro_misses_fetch;
    cpu->stats.dtlb_misses = mmu->micro_misses_data;
    cpu->stats.l2tlb_misses = mmu->walks;
}

void cpu_core_limit(cpu_t *cpu, uint64_t cycles)
{
    cpu->core->stop_cycle = cycles;
}
