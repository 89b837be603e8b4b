/* The way of an access: micro-TLB, L2 TLB, walk; and AT, which takes the same way. */
#include "mmu/attributes.h"
#include "mmu/defect.h"
#include "mmu/state.h"

/* What one call asks for. */
typedef struct request {
    uint64_t now_ps;
    uint64_t va; /* normalised */
    bool fetch;
    bool write;    /* the access marks a clean page as written to */
    bool asks;     /* AT: as if it had been marked */
    unsigned need; /* mmu_permission_bit */
} request_t;

/* A page that is clean is writable, but for the mark that its first write makes (D8.5.5). */
static bool allowed_by_mark(const mmu_t *mmu, const mmu_leaf_t *leaf, unsigned need)
{
    mmu_leaf_t marked = *leaf;
    marked.ap &= 1;
    return leaf->clean && mmu_permissions(&marked, mmu->regime.wxn) & need;
}

static bool allowed(const mmu_t *mmu, const mmu_leaf_t *leaf, unsigned permissions, const request_t *request)
{
    return permissions & request->need || (request->asks && allowed_by_mark(mmu, leaf, request->need));
}

/* The access needs that mark. */
static bool must_mark(const mmu_t *mmu, const mmu_leaf_t *leaf, const request_t *request)
{
    bool read = MMU_DEFECT(mmu->config.defect, READ_MARKS_DIRTY) && leaf->clean;
    if (read)
        return true;
    return request->write && !(mmu_permissions(leaf, mmu->regime.wxn) & request->need) &&
           allowed_by_mark(mmu, leaf, request->need);
}

/* Stage 1 off (D8.2): flat; data is Device-nGnRnE, instructions are Normal, cacheable by SCTLR_EL1.I. */
static mmu_result_t flat_leaf(const mmu_t *mmu, const request_t *request, mmu_leaf_t *ret_leaf, mmu_fault_t *ret_fault)
{
    enum { NORMAL_WRITE_THROUGH = 0xaa, NORMAL_NON_CACHEABLE = 0x44, DEVICE = 0x00 };
    if (request->va >> mmu->regime.physical_address_bits)
        return mmu_walk_fault(ret_fault, MMU_STATUS_ADDRESS_SIZE, 0);
    uint64_t base = request->va >> MMU_SHIFT_MAX << MMU_SHIFT_MAX;
    uint8_t fetched = mmu->regime.cacheable[1] ? NORMAL_WRITE_THROUGH : NORMAL_NON_CACHEABLE;
    *ret_leaf = (mmu_leaf_t){.va = base,
                             .output = base,
                             .shift = MMU_SHIFT_MAX,
                             .attribute = request->fetch ? fetched : DEVICE,
                             .shareability = CHI_OUTER_SHAREABLE,
                             .ap = 1,
                             .global = true};
    return MMU_OK;
}

/* Two TLBs that disagree: entries an OS may not leave behind. */
static void check_break_before_make(mmu_t *mmu, uint64_t now_ps, const mmu_leaf_t *fresh)
{
    mmu_conflict_t conflict = mmu_tlb_find_conflict(&mmu->l2, fresh);
    for (unsigned i = 0; i < 2 && !conflict; i++)
        conflict = mmu_micro_tlb_find_conflict(&mmu->micro[i], fresh);
    if (!conflict)
        return;
    mmu->stats.break_before_make += 1;
    if (mmu->client.on_break_before_make)
        mmu->client.on_break_before_make(mmu->client.self, now_ps, fresh->va, conflict);
}

/* Begins a walk, or goes on with the one under way for this page. */
static mmu_result_t walk(mmu_t *mmu, const request_t *request, mmu_leaf_t *ret_leaf, uint32_t *ret_cycles,
                         mmu_fault_t *ret_fault)
{
    mmu_walk_t *under_way = &mmu->walks[request->fetch];
    mmu_walk_source_t source = {&mmu->regime, &mmu->client, &mmu->walk_cache, mmu->config.guarded_pages,
                                mmu->config.defect};
    if (!under_way->active) {
        mmu_result_t begun = mmu_walk_begin(under_way, &source, request->va, ret_fault);
        if (begun != MMU_OK)
            return begun;
    }
    uint32_t reads_before = under_way->reads;
    mmu_result_t result = mmu_walk_continue(under_way, &source, request->now_ps, ret_leaf, ret_fault);
    if (result == MMU_OK && must_mark(mmu, ret_leaf, request)) {
        mmu_walk_mark(under_way);
        result = mmu_walk_continue(under_way, &source, request->now_ps, ret_leaf, ret_fault);
    }
    mmu->stats.walk_reads += under_way->reads - reads_before;
    mmu->stats.walk_waits += result == MMU_WAIT;
    *ret_cycles = mmu->config.l2_tlb_hit_cycles + under_way->reads * mmu->config.walk_step_cycles;
    return result;
}

/* The leaf from the L2 TLB, or from a walk, which is then entered there if the access may go on. */
static mmu_result_t find_leaf(mmu_t *mmu, const request_t *request, mmu_leaf_t *ret_leaf, uint32_t *ret_cycles,
                              mmu_fault_t *ret_fault)
{
    mmu_walk_t *waiting = &mmu->walks[request->fetch];
    bool first_try = !mmu_walk_is_for(waiting, request->va);
    if (first_try) {
        mmu->stats.walks_given_up += waiting->active;
        waiting->active = false;
        waiting->again = false;
        mmu->stats.micro_misses_fetch += request->fetch;
        mmu->stats.micro_misses_data += !request->fetch;
    }
    const mmu_leaf_t *known = mmu_tlb_lookup(&mmu->l2, request->va, mmu->regime.asid);
    if (known && !must_mark(mmu, known, request)) { /* perhaps since the wait began, by the other micro-TLB's walk */
        waiting->active = false;
        waiting->again = false;
        *ret_leaf = *known;
        *ret_cycles = mmu->config.l2_tlb_hit_cycles;
        mmu->stats.l2_hits += first_try;
        return MMU_OK;
    }
    mmu->stats.walks += first_try;
    mmu_result_t result = walk(mmu, request, ret_leaf, ret_cycles, ret_fault);
    if (result == MMU_OK && (mmu_permissions(ret_leaf, mmu->regime.wxn) & request->need)) {
        check_break_before_make(mmu, request->now_ps, ret_leaf);
        mmu_tlb_insert(&mmu->l2, ret_leaf);
    }
    return result;
}

static mmu_result_t translate_miss(mmu_t *mmu, const request_t *request, const mmu_micro_entry_t **ret_entry,
                                   uint32_t *ret_cycles, mmu_fault_t *ret_fault)
{
    mmu_leaf_t leaf;
    bool enabled = mmu->regime.enabled;
    mmu_result_t result =
        enabled ? find_leaf(mmu, request, &leaf, ret_cycles, ret_fault) : flat_leaf(mmu, request, &leaf, ret_fault);
    if (result != MMU_OK)
        return result;
    uint16_t permissions = enabled ? mmu_permissions(&leaf, mmu->regime.wxn) : (uint16_t)~MMU_PERMISSION_GUARDED;
    if (!(permissions & request->need) && !(enabled && allowed(mmu, &leaf, permissions, request)))
        return mmu_walk_fault(ret_fault, MMU_STATUS_PERMISSION, leaf.level);

    bool cacheable = enabled ? mmu->regime.cacheable[request->fetch] : true;
    chi_memory_type_t type = mmu_effective_type(leaf.attribute, request->fetch, cacheable);
    *ret_entry = mmu_micro_tlb_fill(&mmu->micro[request->fetch], &leaf, permissions, type,
                                    mmu_shareability(leaf.shareability, type));
    return MMU_OK;
}

/* The micro-TLB entry for an access, made if it is not there. */
static mmu_result_t find_entry(mmu_t *mmu, const request_t *request, const mmu_micro_entry_t **ret_entry,
                               uint32_t *ret_cycles, mmu_fault_t *ret_fault)
{
    const mmu_micro_entry_t *entry = mmu_micro_tlb_find(&mmu->micro[request->fetch], request->va, mmu->regime.asid);
    *ret_cycles = 0;
    if (!entry)
        return translate_miss(mmu, request, ret_entry, ret_cycles, ret_fault);
    if (!allowed(mmu, &entry->leaf, entry->permissions, request)) {
        if (must_mark(mmu, &entry->leaf, request))
            return translate_miss(mmu, request, ret_entry, ret_cycles, ret_fault);
        return mmu_walk_fault(ret_fault, MMU_STATUS_PERMISSION, entry->leaf.level);
    }
    *ret_entry = entry;
    return MMU_OK;
}

static inline void answer(const mmu_micro_entry_t *entry, uint64_t va, unsigned write_bit, uint32_t cycles,
                          mmu_translation_t *ret_translation)
{
    *ret_translation = (mmu_translation_t){.physical = entry->output | (va & ~entry->page_mask),
                                           .page_bytes = -entry->page_mask,
                                           .memory_type = entry->memory_type,
                                           .shareability = entry->shareability,
                                           .guarded = entry->permissions & MMU_PERMISSION_GUARDED,
                                           .writable = entry->permissions & write_bit,
                                           .micro_tlb_slot = entry->slot,
                                           .cycles = cycles};
}

/* Everything but a hit that a hint finds; apart, so that such a hit needs no stack. */
static __attribute__((noinline)) mmu_result_t translate_slowly(mmu_t *mmu, const request_t *request, unsigned write_bit,
                                                               mmu_translation_t *ret_translation,
                                                               mmu_fault_t *ret_fault)
{
    const mmu_micro_entry_t *entry;
    uint32_t cycles;
    mmu_result_t result = find_entry(mmu, request, &entry, &cycles, ret_fault);
    if (result == MMU_OK)
        answer(entry, request->va, write_bit, cycles, ret_translation);
    return result;
}

mmu_result_t mmu_translate(mmu_t *mmu, uint64_t now_ps, uint64_t va, mmu_access_t access, bool privileged, bool pan,
                           mmu_translation_t *ret_translation, mmu_fault_t *ret_fault)
{
    bool fetch = access == MMU_FETCH;
    unsigned need = mmu_permission_bit(access, privileged, pan);
    unsigned write_bit = mmu_permission_bit(MMU_WRITE, privileged, pan);
    va = mmu_regime_normalise(&mmu->regime, va);
    mmu_micro_tlb_t *micro = &mmu->micro[fetch];
    const mmu_micro_entry_t *entry = *mmu_micro_tlb_hint(micro, va);
    if (base_likely(mmu_micro_tlb_matches(micro, entry, va, mmu->regime.asid) && (entry->permissions & need))) {
        answer(entry, va, write_bit, 0, ret_translation);
        return MMU_OK;
    }
    request_t request = {.now_ps = now_ps, .va = va, .fetch = fetch, .write = access == MMU_WRITE, .need = need};
    return translate_slowly(mmu, &request, write_bit, ret_translation, ret_fault);
}

/* PAR_EL1 (Arm ARM D17.2). */
enum { PAR_F = 0, PAR_FST = 1, PAR_SH = 7, PAR_RES1 = 11, PAR_ATTR = 56 };

mmu_result_t mmu_address_translate(mmu_t *mmu, uint64_t now_ps, uint64_t va, bool write, bool privileged, bool pan,
                                   uint64_t *ret_par_el1, uint32_t *ret_cycles, mmu_fault_t *ret_fault)
{
    request_t request = {.now_ps = now_ps,
                         .va = mmu_regime_normalise(&mmu->regime, va),
                         .asks = true,
                         .need = mmu_permission_bit(write ? MMU_WRITE : MMU_READ, privileged, pan)};
    const mmu_micro_entry_t *entry;
    uint32_t cycles;
    mmu_fault_t fault;
    mmu_result_t result = find_entry(mmu, &request, &entry, &cycles, &fault);
    if (result == MMU_WAIT)
        return MMU_WAIT;
    if (result == MMU_FAULT && fault.external) {
        *ret_fault = fault;
        return MMU_FAULT;
    }
    *ret_cycles = cycles;
    if (result == MMU_FAULT) {
        *ret_par_el1 = (UINT64_C(1) << PAR_F) | ((uint64_t)fault.status_code << PAR_FST) | (UINT64_C(1) << PAR_RES1);
        return MMU_OK;
    }
    uint64_t page = (entry->output | (request.va & ~entry->page_mask)) >> 12 << 12;
    *ret_par_el1 = page | ((uint64_t)entry->leaf.attribute << PAR_ATTR) | ((uint64_t)entry->shareability << PAR_SH) |
                   (UINT64_C(1) << PAR_RES1);
    return MMU_OK;
}
