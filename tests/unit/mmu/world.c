#include "world.h"

#include "base/bits.h"
#include "survivors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* --- what the world is made of --- */

/* When an address was last invalidated. */
typedef struct times {
    uint64_t leaves, tables; /* by any form; by a form that reaches table entries too */
} times_t;

typedef struct filter_entry {
    bool valid;
    uint64_t va; /* of the region, bits <55:0> */
    mmu_access_t access;
    bool privileged, pan;
    mmu_translation_t translation;
} filter_entry_t;

typedef struct world {
    world_options_t options;
    world_seen_t *seen;
    char *text;
    bool failed;
    rig_t rig;
    base_random_t random;
    unsigned asid_bits;
    uint64_t roots[WORLD_SPACES];
    uint64_t asids[WORLD_SPACES]; /* as written to TTBR */
    unsigned space;
    uint64_t tables[4][WORLD_TABLES]; /* by level, below the first */
    uint64_t pages[WORLD_MAX_PAGES];  /* virtual addresses, canonical */
    unsigned page_count;
    times_t all, by_asid[WORLD_ASIDS], by_va[WORLD_ASIDS][WORLD_MAX_PAGES], by_va_all[WORLD_MAX_PAGES];
    filter_entry_t filter[WORLD_FILTER];
    unsigned filter_next;
} world_t;

/* ASIDs that spaces or TLBI operands use; 1 and 0x101 are one when ASIDs have 8 bits. */
static const unsigned operand_asids[WORLD_ASIDS] = {1, 2, 0x101, 7};

static uint64_t below(world_t *world, uint64_t bound)
{
    return base_random_below(&world->random, bound);
}

static bool chance(world_t *world, unsigned percent)
{
    return below(world, 100) < percent;
}

static unsigned effective_asid(const world_t *world, uint64_t asid)
{
    return (unsigned)(asid & bits_mask(world->asid_bits));
}

static void fail(world_t *world, const char *what)
{
    if (!world->failed)
        snprintf(world->text, WORLD_TEXT_BYTES, "seed %llu granule %u time %llu: %s",
                 (unsigned long long)world->options.seed, world->options.granule_shift,
                 (unsigned long long)world->rig.now, what);
    world->failed = true;
}

/* --- tables --- */

static uint64_t random_leaf(world_t *world, unsigned level)
{
    uint64_t output = (1 + below(world, 3)) << 33;
    if (chance(world, 3))
        output |= UINT64_C(1) << 46; /* beyond IPS */
    return output | (level == 3 ? DESC_PAGE : DESC_BLOCK) | (chance(world, 92) ? DESC_AF : 0) |
           (chance(world, 60) ? DESC_NG : 0) | DESC_AP(below(world, 4)) | (chance(world, 25) ? DESC_UXN : 0) |
           (chance(world, 25) ? DESC_PXN : 0) | DESC_SH(below(world, 4)) | DESC_ATTR(below(world, 5));
}

static uint64_t random_descriptor(world_t *world, unsigned level)
{
    if (chance(world, 12))
        return base_random_next(&world->random) & ~UINT64_C(1);
    if (level == 3 || chance(world, 30))
        return random_leaf(world, level);
    uint64_t table = world->tables[level + 1][below(world, WORLD_TABLES)];
    if (chance(world, 2))
        table |= UINT64_C(1) << 46;
    if (chance(world, 2))
        table = 0; /* nothing there: a bus error */
    uint64_t limits = 0;
    if (chance(world, 15))
        limits = DESC_APTABLE(below(world, 4)) | (chance(world, 50) ? DESC_UXNTABLE : 0) |
                 (chance(world, 50) ? DESC_PXNTABLE : 0);
    return table | DESC_TABLE | limits;
}

static unsigned first_table_bits(const world_t *world)
{
    return 48 - rig_shift(&world->rig, world->rig.start_level);
}

/* Two entries of each table are in use: the second and the last. */
static uint64_t used_index(const world_t *world, unsigned level, unsigned which)
{
    unsigned bits = level == world->rig.start_level ? first_table_bits(world) : world->rig.granule_shift - 3;
    return which ? bits_mask(bits) : bits > 1;
}

static void change_descriptor(world_t *world, uint64_t table, unsigned level, unsigned which)
{
    rig_write(&world->rig, table + used_index(world, level, which) * 8, random_descriptor(world, level));
}

static void change_something(world_t *world)
{
    rig_t *rig = &world->rig;
    rig->now += 1;
    unsigned level = rig->start_level + (unsigned)below(world, 4 - rig->start_level);
    uint64_t table = world->tables[level][below(world, WORLD_TABLES)];
    if (level == rig->start_level) {
        uint64_t which = below(world, WORLD_SPACES + 1);
        table = which == WORLD_SPACES ? bits_get(rig->context.ttbr1, 0, 48) : world->roots[which];
    }
    change_descriptor(world, table, level, (unsigned)below(world, 2));
}

static void make_tables(world_t *world)
{
    rig_t *rig = &world->rig;
    for (unsigned level = 3; level > rig->start_level; level--) {
        for (unsigned i = 0; i < WORLD_TABLES; i++) {
            world->tables[level][i] = rig_new_table(rig);
            for (unsigned which = 0; which < 2; which++)
                change_descriptor(world, world->tables[level][i], level, which);
        }
    }
    for (unsigned space = 0; space <= WORLD_SPACES; space++) {
        uint64_t root = space == WORLD_SPACES ? bits_get(rig->context.ttbr1, 0, 48) : rig_new_table(rig);
        if (space < WORLD_SPACES)
            world->roots[space] = root;
        for (unsigned which = 0; which < 2; which++)
            change_descriptor(world, root, rig->start_level, which);
    }
    rig->past_count = 0;
}

static void make_pages(world_t *world)
{
    unsigned levels = 4 - world->rig.start_level;
    for (unsigned choice = 0; choice < 2u << levels; choice++) {
        uint64_t va = choice >> levels ? UINT64_MAX << 48 : 0;
        for (unsigned i = 0; i < levels; i++) {
            unsigned level = world->rig.start_level + i;
            va |= used_index(world, level, choice >> i & 1) << rig_shift(&world->rig, level);
        }
        world->pages[world->page_count++] = va;
    }
}

/* --- the filter above the micro-TLBs --- */

static void filter_drop(void *self, bool fetch, uint64_t va, uint64_t bytes)
{
    world_t *world = self;
    for (unsigned i = 0; i < WORLD_FILTER; i++) {
        filter_entry_t *entry = &world->filter[i];
        uint64_t end = entry->va + entry->translation.page_bytes, from = bits_get(va, 0, 56);
        if ((entry->access == MMU_FETCH) == fetch && (!bytes || (entry->va < from + bytes && from < end)))
            entry->valid = false;
    }
}

static const filter_entry_t *filter_find(const world_t *world, uint64_t va, mmu_access_t access, bool privileged,
                                         bool pan)
{
    for (unsigned i = 0; i < WORLD_FILTER; i++) {
        const filter_entry_t *entry = &world->filter[i];
        if (entry->valid && entry->access == access && entry->privileged == privileged && entry->pan == pan &&
            bits_get(va, 0, 56) - entry->va < entry->translation.page_bytes)
            return entry;
    }
    return NULL;
}

static void filter_add(world_t *world, uint64_t va, mmu_access_t access, bool privileged, bool pan,
                       const mmu_translation_t *translation)
{
    world->filter[world->filter_next++ % WORLD_FILTER] = (filter_entry_t){
        true, bits_get(va, 0, 56) & ~(translation->page_bytes - 1), access, privileged, pan, *translation};
}

static bool filter_agrees(const filter_entry_t *entry, uint64_t va, mmu_result_t result,
                          const mmu_translation_t *translation)
{
    const mmu_translation_t *kept = &entry->translation;
    uint64_t offset = va & (kept->page_bytes - 1);
    return result == MMU_OK && translation->cycles == 0 &&
           translation->physical == (kept->physical & ~(kept->page_bytes - 1)) + offset &&
           translation->page_bytes == kept->page_bytes && translation->memory_type == kept->memory_type &&
           translation->shareability == kept->shareability && translation->writable == kept->writable;
}

/* --- invalidation --- */

static void record(times_t *times, uint64_t now, bool last_level_only)
{
    times->leaves = now;
    if (!last_level_only)
        times->tables = now;
}

static void record_tlbi(world_t *world, mmu_tlbi_t operation, uint64_t operand)
{
    uint64_t now = world->rig.now;
    bool last_level = operation == MMU_TLBI_VALE1 || operation == MMU_TLBI_VAALE1;
    if (operation == MMU_TLBI_VMALLE1)
        record(&world->all, now, false);
    for (unsigned a = 0; a < WORLD_ASIDS; a++) {
        if (effective_asid(world, operand_asids[a]) != effective_asid(world, operand >> 48))
            continue;
        if (operation == MMU_TLBI_ASIDE1)
            record(&world->by_asid[a], now, false);
        for (unsigned p = 0; p < world->page_count; p++) {
            bool here =
                !((world->pages[p] >> 12 ^ operand) & bits_mask(44) & ~bits_mask(world->rig.granule_shift - 12));
            if (here && (operation == MMU_TLBI_VAE1 || operation == MMU_TLBI_VALE1))
                record(&world->by_va[a][p], now, last_level);
            if (here && (operation == MMU_TLBI_VAAE1 || operation == MMU_TLBI_VAALE1))
                record(&world->by_va_all[p], now, last_level);
        }
    }
}

static void invalidate_something(world_t *world)
{
    world->rig.now += 1;
    mmu_tlbi_t operation = (mmu_tlbi_t)below(world, MMU_TLBI_COUNT);
    uint64_t va = world->pages[below(world, world->page_count)] + (chance(world, 10) ? 0x1000 : 0);
    uint64_t operand = ASID(operand_asids[below(world, WORLD_ASIDS)]) | bits_get(va, 12, 44);
    char text[SURVIVORS_TEXT_BYTES];
    if (!survivors_tlbi(&world->rig, operation, operand, world->asid_bits, text))
        fail(world, text);
    record_tlbi(world, operation, operand);
}

static times_t later(times_t a, times_t b)
{
    return (times_t){a.leaves > b.leaves ? a.leaves : b.leaves, a.tables > b.tables ? a.tables : b.tables};
}

/* Since when an entry that a walk through the tables of `space` made for a page may have been kept. A global entry goes
 * when the address is invalidated for any ASID, but the tables it was found through answer to the ASID of the walk; and
 * when that ASID's tables went, the global entry stayed. */
static oracle_age_t oldest(const world_t *world, unsigned page, unsigned space, bool global)
{
    times_t times = later(world->all, world->by_va_all[page]);
    for (unsigned a = 0; a < WORLD_ASIDS; a++) {
        bool mine = effective_asid(world, operand_asids[a]) == effective_asid(world, world->asids[space]);
        times_t here = world->by_va[a][page];
        if (mine)
            times = later(times, here);
        else if (global)
            times = later(times, (times_t){here.leaves, 0});
        if (!global && mine)
            times = later(times, world->by_asid[a]);
    }
    if (!world->options.walk_cache_entries)
        times.tables = times.leaves;
    return (oracle_age_t){times.tables, times.leaves};
}

/* --- accesses --- */

typedef struct access {
    unsigned page;
    uint64_t va;
    mmu_access_t kind;
    bool privileged, pan;
    uint64_t begun; /* time */
    mmu_result_t result;
    mmu_translation_t translation;
    mmu_fault_t fault;
} access_t;

typedef struct judge {
    world_t *world;
    const access_t *access;
    bool walked; /* the leaf comes from this very walk: faults count, and so do leaves of both kinds */
    bool global; /* else: only leaves of this kind, from a TLB */
    bool accepted;
} judge_t;

static void consider(void *self, const oracle_leaf_t *leaf)
{
    judge_t *judge = self;
    const access_t *access = judge->access;
    if (!judge->walked && (leaf->status != ORACLE_NO_FAULT || leaf->global != judge->global))
        return;
    oracle_outcome_t outcome =
        oracle_access(leaf, &judge->world->rig.context, access->va, access->kind, access->privileged, access->pan);
    judge->accepted |= oracle_agrees(&outcome, access->result, &access->translation, &access->fault);
}

static void consider_space(judge_t *judge, unsigned space, oracle_age_t age)
{
    world_t *world = judge->world;
    mmu_context_t context = world->rig.context;
    context.ttbr0 = world->roots[space] | ASID(world->asids[space]);
    oracle_walk(&world->rig, &context, judge->access->va, age, consider, judge);
}

static bool acceptable(world_t *world, const access_t *access)
{
    judge_t judge = {.world = world, .access = access, .walked = true};
    oracle_age_t walk_age = {access->begun, access->begun};
    if (world->options.walk_cache_entries) {
        uint64_t tables = oldest(world, access->page, world->space, false).tables_since;
        walk_age.tables_since = tables < access->begun ? tables : access->begun;
    }
    unsigned current = effective_asid(world, world->asids[world->space]);
    for (unsigned space = 0; space < WORLD_SPACES; space++) {
        bool mine = effective_asid(world, world->asids[space]) == current;
        judge.walked = true;
        if (space == world->space || (mine && world->options.walk_cache_entries))
            consider_space(&judge, space, walk_age);
        judge.walked = false;
        judge.global = false;
        if (mine)
            consider_space(&judge, space, oldest(world, access->page, space, false));
        judge.global = true;
        consider_space(&judge, space, oldest(world, access->page, space, true));
    }
    return judge.accepted;
}

static void judge_access(world_t *world, const access_t *access, const filter_entry_t *filtered)
{
    const mmu_context_t *context = &world->rig.context;
    oracle_outcome_t fresh =
        oracle_translate(&world->rig, context, access->va, access->kind, access->privileged, access->pan);
    bool agrees = oracle_agrees(&fresh, access->result, &access->translation, &access->fault);
    world->seen->accesses += 1;
    world->seen->translated += access->result == MMU_OK;
    world->seen->stale += !agrees;
    if (access->result == MMU_FAULT)
        world->seen->faults[access->fault.status_code / 4] += 1;
    if (!agrees && (!(context->sctlr & SCTLR_M) || !acceptable(world, access))) {
        char what[WORLD_TEXT_BYTES / 2];
        snprintf(what, sizeof(what),
                 "va %#llx access %d privileged %d pan %d asid %#llx: result %d physical %#llx status %#x, fresh: "
                 "physical %#llx status %#x, and no older entry may still say so",
                 (unsigned long long)access->va, (int)access->kind, access->privileged, access->pan,
                 (unsigned long long)world->asids[world->space], (int)access->result,
                 (unsigned long long)access->translation.physical, access->fault.status_code,
                 (unsigned long long)fresh.physical, fresh.status);
        fail(world, what);
    }
    world->seen->filter_hits += filtered != NULL;
    if (filtered && !filter_agrees(filtered, access->va, access->result, &access->translation))
        fail(world, "the filter above would have answered otherwise");
}

static void switch_something(world_t *world);
static void access_something(world_t *world, bool nested);

/* Things that happen while a walk waits. Returns false when the access is given up. */
static bool disturb(world_t *world, access_t *access, bool nested)
{
    if (chance(world, 10))
        change_something(world);
    if (chance(world, 6)) {
        invalidate_something(world);
        world->seen->tlbis_during_walks += 1;
    }
    if (!nested && chance(world, 10))
        access_something(world, true);
    if (!chance(world, 4))
        return true;
    mmu_abort_walk(world->rig.mmu);
    world->rig.now += 1;
    access->begun = world->rig.now;
    return chance(world, 50);
}

/* A nested access is a fetch while a data access waits. */
static void access_something(world_t *world, bool nested)
{
    rig_t *rig = &world->rig;
    access_t access = {.page = (unsigned)below(world, world->page_count),
                       .kind = nested ? MMU_FETCH : (mmu_access_t)below(world, 3),
                       .privileged = chance(world, 60),
                       .pan = chance(world, 20),
                       .begun = rig->now};
    access.va = world->pages[access.page] + below(world, UINT64_C(1) << rig->granule_shift);
    if (chance(world, 10))
        access.va = bits_set(access.va, 56, 8, below(world, 256)); /* TBI is on */
    bool nest = access.kind != MMU_FETCH;
    const filter_entry_t *hit = filter_find(world, access.va, access.kind, access.privileged, access.pan);
    filter_entry_t filtered = hit ? *hit : (filter_entry_t){0};
    for (;;) {
        access.result = mmu_translate(rig->mmu, rig->now, access.va, access.kind, access.privileged, access.pan,
                                      &access.translation, &access.fault);
        if (access.result != MMU_WAIT)
            break;
        if (!mmu_walk_in_progress(rig->mmu))
            fail(world, "a walk waits and is not in progress");
        if (!disturb(world, &access, nested || !nest)) {
            world->seen->given_up += 1;
            return;
        }
        if (world->failed)
            return;
    }
    judge_access(world, &access, hit ? &filtered : NULL);
    if (access.result == MMU_OK)
        filter_add(world, access.va, access.kind, access.privileged, access.pan, &access.translation);
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
    switch (below(world, 8)) {
    case 0: rig->context.sctlr ^= SCTLR_WXN; break;
    case 1: rig->context.sctlr ^= SCTLR_C; break;
    case 2: rig->context.sctlr ^= SCTLR_I; break;
    case 3: rig->context.sctlr ^= chance(world, 50) || !(rig->context.sctlr & SCTLR_M) ? SCTLR_M : 0; break;
    default: set_space(world, (unsigned)below(world, WORLD_SPACES)); break;
    }
    rig_set_context(rig);
}

/* --- running --- */

static void world_init(world_t *world, const world_options_t *options, world_seen_t *seen, char *text)
{
    memset(world, 0, sizeof(*world));
    world->options = *options;
    world->seen = seen;
    world->text = text;
    base_random_init(&world->random, options->seed);
    mmu_config_t config = rig_config();
    config.micro_tlb_entries = 2 + (uint32_t)below(world, 7);
    config.l2_tlb_ways = 1 + (uint32_t)below(world, 4);
    config.l2_tlb_entries = config.l2_tlb_ways << below(world, 5);
    config.walk_cache_entries = options->walk_cache_entries;
    config.defect = (uint8_t)options->defect;
    rig_t *rig = &world->rig;
    rig_init(rig, options->granule_shift, 48, &config);
    base_random_init(&rig->random, options->seed ^ 0x77);
    rig->wait_percent = options->wait_percent;
    rig->on_drop = filter_drop;
    rig->on_drop_self = world;
    world->asid_bits = chance(world, 50) ? 8 : 16;
    rig->context.tcr &= ~(TCR_AS | TCR_IPS(7));
    rig->context.tcr |= TCR_IPS(4) | TCR_TBI0 | TCR_TBI1 | (world->asid_bits == 16 ? TCR_AS : 0);
    rig->context.tcr |= chance(world, 30) ? TCR_A1 : 0;
    for (unsigned space = 0; space < WORLD_SPACES; space++)
        world->asids[space] = operand_asids[space];
    make_tables(world);
    make_pages(world);
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
        uint64_t what = below(&world, 100);
        if (what < 80)
            access_something(&world, false);
        else if (what < 88)
            change_something(&world);
        else if (what < 95)
            invalidate_something(&world);
        else
            switch_something(&world);
        const mmu_stats_t *stats = mmu_stats(world.rig.mmu);
        if (stats->micro_misses_data + stats->micro_misses_fetch != stats->l2_hits + stats->walks)
            fail(&world, "misses of the micro-TLBs are neither hits of the L2 TLB nor walks");
    }
    add_stats(&seen->stats, mmu_stats(world.rig.mmu));
    rig_done(&world.rig);
    return !world.failed;
}

static bool same_answer(const access_t *a, const access_t *b)
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
        access_t access[2] = {{.page = (unsigned)below(&worlds[0], worlds[0].page_count),
                               .kind = (mmu_access_t)below(&worlds[0], 3),
                               .privileged = chance(&worlds[0], 60)}};
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
        fail(&worlds[1], "nothing waited");
    for (unsigned w = 0; w < 2; w++)
        rig_done(&worlds[w].rig);
    return same && !worlds[1].failed;
}
