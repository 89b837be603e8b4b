#include "mmu/mmu.h"

#include "mmu/defect.h"
#include "mmu/state.h"

#include <errno.h>
#include <stdlib.h>

static int check_config(const mmu_config_t *config, const mmu_client_t *client, base_error_t *error)
{
    if (config->physical_address_bits < 32 || config->physical_address_bits > 48)
        return base_fail(error, -EINVAL, "physical addresses of %u bits: give 32 to 48", config->physical_address_bits);
    if (!client->read_descriptor)
        return base_fail(error, -EINVAL, "the MMU needs a way to read descriptors");
    if (config->defect >= MMU_DEFECT_COUNT)
        return base_fail(error, -EINVAL, "MMU defect %u: there are 0 to %d", config->defect, MMU_DEFECT_COUNT - 1);
#if !MESIM_FAULTS
    if (config->defect)
        return base_fail(error, -ENOTSUP, "MMU defects need a build with MESIM_FAULTS");
#endif
    return 0;
}

static int init_tlbs(mmu_t *mmu, base_error_t *error)
{
    const mmu_config_t *config = &mmu->config;
    for (unsigned i = 0; i < 2; i++) {
        int result =
            mmu_micro_tlb_init(&mmu->micro[i], config->micro_tlb_entries, i == 1, config->defect, &mmu->client, error);
        if (result)
            return result;
    }
    int result = mmu_tlb_init(&mmu->l2, config->l2_tlb_entries, config->l2_tlb_ways, config->defect, error);
    if (result)
        return result;
    return mmu_walk_cache_init(&mmu->walk_cache, config->walk_cache_entries, error);
}

int mmu_new(const mmu_config_t *config, const mmu_client_t *client, mmu_t **ret_mmu, base_error_t *error)
{
    int result = check_config(config, client, error);
    if (result)
        return result;
    mmu_t *mmu = calloc(1, sizeof(*mmu));
    if (!mmu)
        return base_fail(error, -ENOMEM, "no memory for an MMU");
    mmu->config = *config;
    mmu->client = *client;
    result = init_tlbs(mmu, error);
    if (result) {
        mmu_free(mmu);
        return result;
    }
    mmu_regime_decode(&mmu->context, config->physical_address_bits, &mmu->regime);
    *ret_mmu = mmu;
    return 0;
}

void mmu_free(mmu_t *mmu)
{
    if (!mmu)
        return;
    for (unsigned i = 0; i < 2; i++)
        mmu_micro_tlb_done(&mmu->micro[i]);
    mmu_tlb_done(&mmu->l2);
    mmu_walk_cache_done(&mmu->walk_cache);
    free(mmu);
}

static bool same_context(const mmu_context_t *a, const mmu_context_t *b)
{
    return a->sctlr == b->sctlr && a->tcr == b->tcr && a->ttbr0 == b->ttbr0 && a->ttbr1 == b->ttbr1 &&
           a->mair == b->mair;
}

void mmu_set_context(mmu_t *mmu, const mmu_context_t *context)
{
    if (same_context(&mmu->context, context))
        return;
    mmu_regime_t old_regime = mmu->regime;
    mmu->context = *context;
    mmu_regime_decode(context, mmu->config.physical_address_bits, &mmu->regime);
    mmu_abort_walk(mmu);
    bool flush = mmu_regime_invalidates_micro_tlbs(&old_regime, &mmu->regime) &&
                 !MMU_DEFECT(mmu->config.defect, CONTEXT_KEEPS_MICRO_TLBS);
    for (unsigned i = 0; i < 2; i++) {
        if (flush)
            mmu_micro_tlb_drop_all(&mmu->micro[i]);
        else if (mmu->client.on_micro_tlb_drop) /* the entries stay, but may match other accesses than before */
            mmu->client.on_micro_tlb_drop(mmu->client.self, i == 1, 0, 0);
    }
}

static void give_up_walks(mmu_t *mmu, bool again)
{
    for (unsigned i = 0; i < 2; i++) {
        mmu_walk_t *walk = &mmu->walks[i];
        mmu->stats.walks_given_up += walk->active;
        walk->again = again && (walk->active || walk->again);
        walk->active = false;
    }
}

void mmu_abort_walk(mmu_t *mmu)
{
    give_up_walks(mmu, false);
}

void mmu_tlbi(mmu_t *mmu, mmu_tlbi_t operation, uint64_t operand)
{
    if (operation >= MMU_TLBI_FORMS)
        base_bug("operation %d is no TLB invalidation", (int)operation);
    uint8_t defect = mmu->config.defect;
    mmu_scope_t scope = mmu_scope_of(operation, operand, mmu->regime.asid_mask, defect);
    mmu->stats.invalidations += 1;
    if (!MMU_DEFECT(defect, WALK_SURVIVES_TLBI))
        give_up_walks(mmu, true);
    for (unsigned i = 0; i < 2; i++)
        mmu_micro_tlb_drop(&mmu->micro[i], &scope);
    mmu_tlb_drop(&mmu->l2, &scope);
    mmu_walk_cache_drop(&mmu->walk_cache, &scope);
}

bool mmu_walk_in_progress(const mmu_t *mmu)
{
    return mmu->walks[0].active || mmu->walks[1].active;
}

const mmu_stats_t *mmu_stats(const mmu_t *mmu)
{
    return &mmu->stats;
}

static mmu_tlb_entry_t describe(const mmu_leaf_t *leaf, mmu_tlb_kind_t kind)
{
    return (mmu_tlb_entry_t){.kind = kind,
                             .va = leaf->va,
                             .physical = leaf->output,
                             .bytes = mmu_leaf_bytes(leaf),
                             .asid = leaf->global ? 0 : leaf->asid,
                             .global = leaf->global,
                             .attribute = leaf->attribute,
                             .shareability = leaf->shareability,
                             .ap = leaf->ap,
                             .uxn = leaf->uxn,
                             .pxn = leaf->pxn};
}

void mmu_tlb_each(const mmu_t *mmu, void (*visit)(void *self, const mmu_tlb_entry_t *entry), void *self)
{
    static const mmu_tlb_kind_t kinds[2] = {MMU_TLB_DATA, MMU_TLB_FETCH};
    for (unsigned i = 0; i < 2; i++) {
        for (uint32_t slot = 0; slot < mmu->micro[i].count; slot++) {
            const mmu_micro_entry_t *micro = &mmu->micro[i].entries[slot];
            mmu_tlb_entry_t entry = describe(&micro->leaf, kinds[i]);
            if (micro->key)
                visit(self, &entry);
        }
    }
    for (uint32_t i = 0; i < mmu->l2.sets * mmu->l2.ways; i++) {
        const mmu_leaf_t *leaf = mmu_tlb_at(&mmu->l2, i);
        if (leaf) {
            mmu_tlb_entry_t entry = describe(leaf, MMU_TLB_L2);
            visit(self, &entry);
        }
    }
}
