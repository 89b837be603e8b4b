#include "world.h"

#include "base/bits.h"
#include "survivors.h"
#include "world_state.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

const unsigned world_asids[WORLD_ASIDS] = {1, 2, 0x101, 7};

uint64_t world_below(world_t *world, uint64_t bound)
{
    return base_random_below(&world->random, bound);
}

bool world_chance(world_t *world, unsigned percent)
{
    return world_below(world, 100) < percent;
}

unsigned world_effective_asid(const world_t *world, uint64_t asid)
{
    return (unsigned)(asid & bits_mask(world->asid_bits));
}

void world_fail(world_t *world, const char *what)
{
    if (!world->failed)
        snprintf(world->text, WORLD_TEXT_BYTES, "seed %llu granule %u time %llu: %s",
                 (unsigned long long)world->options.seed, world->options.granule_shift,
                 (unsigned long long)world->rig.now, what);
    world->failed = true;
}

static void invalidate(world_t *world, uint64_t va, unsigned asid)
{
    world->rig.now += 1;
    mmu_tlbi_t operation = (mmu_tlbi_t)world_below(world, MMU_TLBI_COUNT);
    uint64_t operand = ASID(asid) | bits_get(va, 12, 44);
    char text[SURVIVORS_TEXT_BYTES];
    if (!survivors_tlbi(&world->rig, operation, operand, world->asid_bits, text))
        world_fail(world, text);
    world_record_tlbi(world, operation, operand);
}

static void invalidate_something(world_t *world)
{
    uint64_t va = world->pages[world_below(world, world->page_count)] + (world_chance(world, 10) ? 0x1000 : 0);
    invalidate(world, va, world_asids[world_below(world, WORLD_ASIDS)]);
}

static void access_something(world_t *world, bool nested);

/* Things that happen while a walk waits. Returns false when the access is given up. */
static bool disturb(world_t *world, world_access_t *access, bool nested)
{
    if (world_chance(world, 30))
        world_change_something(world);
    if (world_chance(world, 15)) {
        if (world_chance(world, 50))
            invalidate_something(world);
        else
            invalidate(world, world->pages[access->page], (unsigned)world->asids[world->space]);
        world->seen->tlbis_during_walks += 1;
    }
    if (!nested && world_chance(world, 10))
        access_something(world, true);
    if (!world_chance(world, 4))
        return true;
    mmu_abort_walk(world->rig.mmu);
    world->rig.now += 1;
    access->begun = world->rig.now;
    return world_chance(world, 50);
}

/* A nested access is a fetch while a data access waits. */
static void access_something(world_t *world, bool nested)
{
    rig_t *rig = &world->rig;
    world_access_t access = {.page = (unsigned)world_below(world, world->page_count),
                             .kind = nested ? MMU_FETCH : (mmu_access_t)world_below(world, 3),
                             .privileged = world_chance(world, 60),
                             .pan = world_chance(world, 20),
                             .begun = rig->now};
    access.va = world->pages[access.page] + world_below(world, UINT64_C(1) << rig->granule_shift);
    if (world_chance(world, 10))
        access.va = bits_set(access.va, 56, 8, world_below(world, 256)); /* TBI is on */
    bool nest = access.kind != MMU_FETCH;
    const world_filter_entry_t *hit = world_filter_find(world, &access);
    world_filter_entry_t filtered = hit ? *hit : (world_filter_entry_t){0};
    for (;;) {
        access.result = mmu_translate(rig->mmu, rig->now, access.va, access.kind, access.privileged, access.pan,
                                      &access.translation, &access.fault);
        if (access.result != MMU_WAIT)
            break;
        if (!mmu_walk_in_progress(rig->mmu))
            world_fail(world, "a walk waits and is not in progress");
        if (!disturb(world, &access, nested || !nest)) {
            world->seen->given_up += 1;
            return;
        }
        if (world->failed)
            return;
    }
    world_judge(world, &access, hit ? &filtered : NULL);
    if (access.result == MMU_OK)
        world_filter_add(world, &access);
}

static void set_space(world_t *world, unsigned space)
{
    rig_t *rig = &world->rig;
    world->space = space;
    rig->context.ttbr0 = world->roots[space];
    rig->context.ttbr1 = bits_get(rig->context.ttbr1, 0, 48);
    if (rig->context.tcr & TCR_A1)
        rig->context.ttbr1 |= ASID(world->asids[space]);
    else
        rig->context.ttbr0 |= ASID(world->asids[space]);
}

static void switch_something(world_t *world)
{
    rig_t *rig = &world->rig;
    rig->now += 1;
    bool off = !(rig->context.sctlr & SCTLR_M);
    switch (off ? 3 : world_below(world, 8)) {
    case 0: rig->context.sctlr ^= SCTLR_WXN; break;
    case 1: rig->context.sctlr ^= SCTLR_C; break;
    case 2: rig->context.sctlr ^= SCTLR_I; break;
    case 3: rig->context.sctlr ^= SCTLR_M; break;
    default: set_space(world, (unsigned)world_below(world, WORLD_SPACES)); break;
    }
    rig_set_context(rig);
}

static void world_init(world_t *world, const world_options_t *options, world_seen_t *seen, char *text)
{
    memset(world, 0, sizeof(*world));
    world->options = *options;
    world->seen = seen;
    world->text = text;
    base_random_init(&world->random, options->seed);
    mmu_config_t config = rig_config();
    config.micro_tlb_entries = 2 + (uint32_t)world_below(world, 7);
    config.l2_tlb_ways = 1 + (uint32_t)world_below(world, 4);
    config.l2_tlb_entries = config.l2_tlb_ways << world_below(world, 5);
    config.walk_cache_entries = options->walk_cache_entries;
    config.defect = (uint8_t)options->defect;
    rig_t *rig = &world->rig;
    rig_init(rig, options->granule_shift, 48, &config);
    base_random_init(&rig->random, options->seed ^ 0x77);
    rig->wait_percent = options->wait_percent;
    rig->on_drop = world_filter_drop;
    rig->on_drop_self = world;
    world->asid_bits = world_chance(world, 50) ? 8 : 16;
    rig->context.tcr &= ~(TCR_AS | TCR_IPS(7));
    rig->context.tcr |= TCR_IPS(4) | TCR_TBI0 | TCR_TBI1 | (world->asid_bits == 16 ? TCR_AS : 0);
    rig->context.tcr |= world_chance(world, 30) ? TCR_A1 : 0;
    for (unsigned space = 0; space < WORLD_SPACES; space++)
        world->asids[space] = world_asids[space];
    world_make_tables(world);
    world_make_pages(world);
    set_space(world, 0);
    rig->now = 1;
    rig_set_context(rig);
}

static void add_stats(mmu_stats_t *sum, const mmu_stats_t *stats)
{
    sum->micro_misses_data += stats->micro_misses_data;
    sum->micro_misses_fetch += stats->micro_misses_fetch;
    sum->l2_hits += stats->l2_hits;
    sum->walks += stats->walks;
    sum->walk_waits += stats->walk_waits;
    sum->walks_given_up += stats->walks_given_up;
    sum->break_before_make += stats->break_before_make;
}

bool world_run(const world_options_t *options, world_seen_t *seen, char text[WORLD_TEXT_BYTES])
{
    static world_t world;
    world_init(&world, options, seen, text);
    for (unsigned i = 0; i < options->operations && !world.failed; i++) {
        uint64_t what = world_below(&world, 100);
        if (what < 80)
            access_something(&world, false);
        else if (what < 88)
            world_change_something(&world);
        else if (what < 95)
            invalidate_something(&world);
        else
            switch_something(&world);
        const mmu_stats_t *stats = mmu_stats(world.rig.mmu);
        if (stats->micro_misses_data + stats->micro_misses_fetch != stats->l2_hits + stats->walks)
            world_fail(&world, "misses of the micro-TLBs are neither hits of the L2 TLB nor walks");
    }
    add_stats(&seen->stats, mmu_stats(world.rig.mmu));
    rig_done(&world.rig);
    return !world.failed;
}

static bool same_answer(const world_access_t *a, const world_access_t *b)
{
    if (a->result != b->result)
        return false;
    return a->result == MMU_FAULT
               ? a->fault.status_code == b->fault.status_code && a->fault.external == b->fault.external
               : !memcmp(&a->translation, &b->translation, sizeof(a->translation));
}

bool world_resumes(const world_options_t *options, char text[WORLD_TEXT_BYTES])
{
    static world_t worlds[2];
    world_seen_t seen = {0};
    world_options_t without = *options;
    without.wait_percent = 0;
    world_init(&worlds[0], &without, &seen, text);
    world_init(&worlds[1], options, &seen, text);
    bool same = true;
    for (unsigned i = 0; i < options->operations && same; i++) {
        world_access_t access[2] = {{.page = (unsigned)world_below(&worlds[0], worlds[0].page_count),
                                     .kind = (mmu_access_t)world_below(&worlds[0], 3),
                                     .privileged = world_chance(&worlds[0], 60)}};
        access[1] = access[0];
        for (unsigned w = 0; w < 2; w++)
            access[w].result = rig_translate(&worlds[w].rig, worlds[w].pages[access[w].page], access[w].kind,
                                             access[w].privileged, false, &access[w].translation, &access[w].fault);
        same = same_answer(&access[0], &access[1]);
    }
    const mmu_stats_t *stats[2] = {mmu_stats(worlds[0].rig.mmu), mmu_stats(worlds[1].rig.mmu)};
    same &= stats[0]->walks == stats[1]->walks && stats[0]->l2_hits == stats[1]->l2_hits &&
            stats[0]->walk_reads == stats[1]->walk_reads;
    if (!same)
        snprintf(text, WORLD_TEXT_BYTES, "seed %llu granule %u: a walk that waited ended otherwise",
                 (unsigned long long)options->seed, options->granule_shift);
    if (!stats[1]->walk_waits)
        world_fail(&worlds[1], "nothing waited");
    for (unsigned w = 0; w < 2; w++)
        rig_done(&worlds[w].rig);
    return same && !worlds[1].failed;
}
