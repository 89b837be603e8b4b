/* Which answers are right: fresh ones, and stale ones that nothing has invalidated. */
#include "base/bits.h"
#include "world_state.h"

#include <stdio.h>

static void record(world_times_t *times, uint64_t now, bool last_level_only)
{
    times->leaves = now;
    if (!last_level_only)
        times->tables = now;
}

void world_record_tlbi(world_t *world, mmu_tlbi_t operation, uint64_t operand)
{
    uint64_t now = world->rig.now;
    bool last_level = operation == MMU_TLBI_VALE1 || operation == MMU_TLBI_VAALE1;
    if (operation == MMU_TLBI_VMALLE1)
        record(&world->all, now, false);
    for (unsigned a = 0; a < WORLD_ASIDS; a++) {
        if (world_effective_asid(world, world_asids[a]) != world_effective_asid(world, operand >> 48))
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

static world_times_t later(world_times_t a, world_times_t b)
{
    return (world_times_t){a.leaves > b.leaves ? a.leaves : b.leaves, a.tables > b.tables ? a.tables : b.tables};
}

/* Since when an entry that a walk through the tables of `space` made for a page may have been kept. A global entry goes
 * when the address is invalidated for any ASID, but the tables it was found through answer to the ASID of the walk; and
 * when that ASID's tables went, the global entry stayed. */
static oracle_age_t oldest(const world_t *world, unsigned page, unsigned space, bool global)
{
    world_times_t times = later(world->all, world->by_va_all[page]);
    for (unsigned a = 0; a < WORLD_ASIDS; a++) {
        bool mine = world_effective_asid(world, world_asids[a]) == world_effective_asid(world, world->asids[space]);
        world_times_t here = world->by_va[a][page];
        if (mine)
            times = later(times, here);
        else if (global)
            times = later(times, (world_times_t){here.leaves, 0});
        if (!global && mine)
            times = later(times, world->by_asid[a]);
    }
    if (!world->options.walk_cache_entries)
        times.tables = times.leaves;
    return (oracle_age_t){times.tables, times.leaves};
}

typedef struct judge {
    world_t *world;
    const world_access_t *access;
    bool walked; /* the leaf comes from this very walk: faults count, and so do leaves of both kinds */
    bool global; /* else: only leaves of this kind, from a TLB */
    bool accepted;
} judge_t;

static void consider(void *self, const oracle_leaf_t *leaf)
{
    judge_t *judge = self;
    const world_access_t *access = judge->access;
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

static bool acceptable(world_t *world, const world_access_t *access)
{
    judge_t judge = {.world = world, .access = access, .walked = true};
    oracle_age_t walk_age = {access->begun, access->begun};
    if (world->options.walk_cache_entries) {
        uint64_t tables = oldest(world, access->page, world->space, false).tables_since;
        walk_age.tables_since = tables < access->begun ? tables : access->begun;
    }
    unsigned current = world_effective_asid(world, world->asids[world->space]);
    for (unsigned space = 0; space < WORLD_SPACES; space++) {
        bool mine = world_effective_asid(world, world->asids[space]) == current;
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

void world_judge(world_t *world, const world_access_t *access, const world_filter_entry_t *filtered)
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
        world_fail(world, what);
    }
    world->seen->filter_hits += filtered != NULL;
    if (filtered && !world_filter_agrees(filtered, access))
        world_fail(world, "the filter above would have answered otherwise");
}
