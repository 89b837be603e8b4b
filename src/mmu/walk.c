#include "mmu/walk.h"

#include "mmu/defect.h"

#include <errno.h>

/* Descriptor fields (Arm ARM D8.3). */
enum { DESC_VALID = 0, DESC_TABLE_OR_PAGE = 1, DESC_ATTR_INDEX = 2, DESC_AP = 6, DESC_SH = 8, DESC_AF = 10 };
enum { DESC_NG = 11, DESC_GP = 50, DESC_DBM = 51, DESC_PXN = 53, DESC_UXN = 54 };
#define DESC_AF_BIT        (UINT64_C(1) << DESC_AF)
#define DESC_READ_ONLY_BIT (UINT64_C(1) << (DESC_AP + 1))
enum { DESC_PXN_TABLE = 59, DESC_UXN_TABLE = 60, DESC_AP_TABLE = 61, DESC_ADDRESS_BITS = 48 };
enum { LAST_LEVEL = 3 };

/* Bits from input_bits up must equal bit 63, which chose the range. */
static bool in_range(const mmu_range_t *range, uint64_t va)
{
    return range->input_bits && (uint64_t)((int64_t)va >> range->input_bits) == (bit_get(va, 63) ? UINT64_MAX : 0);
}

/* Blocks exist at levels 1 and 2 of the 4 KB granule, and at level 2 of the others. */
static bool block_allowed(unsigned granule_shift, unsigned level)
{
    return level == 2 || (level == 1 && granule_shift == 12);
}

mmu_result_t mmu_walk_begin(mmu_walk_t *walk, const mmu_walk_source_t *source, uint64_t va, mmu_fault_t *ret_fault)
{
    const mmu_range_t *range = &source->regime->range[bit_get(va, 63)];
    if (!in_range(range, va))
        return mmu_walk_fault(ret_fault, MMU_STATUS_TRANSLATION, 0);
    if (range->base_out_of_range)
        return mmu_walk_fault(ret_fault, MMU_STATUS_ADDRESS_SIZE, 0);

    *walk = (mmu_walk_t){.active = true, .va = va, .table = range->base, .level = range->start_level};
    const mmu_walk_cache_entry_t *known = mmu_walk_cache_find(source->cache, va, source->regime->asid);
    if (known) {
        walk->table = known->table;
        walk->level = known->level;
        walk->limits = known->limits;
    }
    return MMU_OK;
}

void mmu_walk_mark(mmu_walk_t *walk)
{
    walk->active = walk->write = true;
}

static uint64_t descriptor_address(const mmu_walk_t *walk, const mmu_range_t *range)
{
    /* The first table may have fewer entries than the others. */
    unsigned shift = mmu_level_shift(range->granule_shift, walk->level);
    unsigned top = shift + range->granule_shift - 3u;
    if (walk->level == range->start_level)
        top = range->input_bits;
    return walk->table + (bits_get(walk->va, shift, top - shift) << 3);
}

/* Takes the way into the next table. */
static mmu_result_t enter_table(mmu_walk_t *walk, const mmu_walk_source_t *source, uint64_t descriptor,
                                mmu_fault_t *ret_fault)
{
    const mmu_regime_t *regime = source->regime;
    const mmu_range_t *range = &regime->range[bit_get(walk->va, 63)];
    uint64_t table = bits_get(descriptor, 0, DESC_ADDRESS_BITS) >> range->granule_shift << range->granule_shift;
    if (table >> regime->output_bits)
        return mmu_walk_fault(ret_fault, MMU_STATUS_ADDRESS_SIZE, walk->level);

    unsigned shift = mmu_level_shift(range->granule_shift, walk->level);
    if (!range->hpd) {
        walk->limits.ap |= (uint8_t)bits_get(descriptor, DESC_AP_TABLE, 2);
        walk->limits.uxn |= bit_get(descriptor, DESC_UXN_TABLE);
        walk->limits.pxn |= bit_get(descriptor, DESC_PXN_TABLE);
    }
    walk->table = table;
    walk->level += 1;
    mmu_walk_cache_insert(source->cache, &(mmu_walk_cache_entry_t){.valid = true,
                                                                   .shift = (uint8_t)shift,
                                                                   .level = walk->level,
                                                                   .asid = regime->asid,
                                                                   .limits = walk->limits,
                                                                   .va = walk->va >> shift << shift,
                                                                   .table = table});
    return MMU_OK;
}

/* Whether the descriptor is of a page that hardware may mark as written to, and that is not yet (D8.5.5). */
static bool is_clean(const mmu_walk_source_t *source, uint64_t descriptor)
{
    return source->regime->dirty_state && bit_get(descriptor, DESC_DBM) && descriptor & DESC_READ_ONLY_BIT &&
           !MMU_DEFECT(source->defect, DBM_IGNORED);
}

/* What the walk leaves in the tables: the access flag set, and with a write the page no longer clean, unless the tables
 * on the way forbid writes. */
static uint64_t updated(const mmu_walk_t *walk, const mmu_walk_source_t *source, uint64_t descriptor)
{
    if (source->regime->access_flag)
        descriptor |= DESC_AF_BIT;
    if (walk->write && is_clean(source, descriptor) && !(walk->limits.ap & 2))
        descriptor &= ~DESC_READ_ONLY_BIT;
    return descriptor;
}

/* The order of checks is that of the manual: output address, then access flag (D8.12). */
static mmu_result_t finish(const mmu_walk_t *walk, const mmu_walk_source_t *source, uint64_t descriptor,
                           mmu_leaf_t *ret_leaf, mmu_fault_t *ret_fault)
{
    const mmu_regime_t *regime = source->regime;
    const mmu_range_t *range = &regime->range[bit_get(walk->va, 63)];
    unsigned shift = mmu_level_shift(range->granule_shift, walk->level);
    uint64_t output = bits_get(descriptor, 0, DESC_ADDRESS_BITS) >> shift << shift;
    if (output >> regime->output_bits)
        return mmu_walk_fault(ret_fault, MMU_STATUS_ADDRESS_SIZE, walk->level);
    if (!bit_get(descriptor, DESC_AF) && !MMU_DEFECT(source->defect, ACCESS_FLAG_IGNORED))
        return mmu_walk_fault(ret_fault, MMU_STATUS_ACCESS_FLAG, walk->level);

    const mmu_table_limits_t *limits = &walk->limits;
    unsigned ap = (unsigned)bits_get(descriptor, DESC_AP, 2);
    ap = (ap & ~(limits->ap & 1u)) | (limits->ap & 2u);
    *ret_leaf = (mmu_leaf_t){
        .va = walk->va >> shift << shift,
        .output = output,
        .asid = regime->asid,
        .shift = (uint8_t)shift,
        .level = walk->level,
        .attribute = (uint8_t)bits_get(regime->mair, 8 * (unsigned)bits_get(descriptor, DESC_ATTR_INDEX, 3), 8),
        .shareability = (uint8_t)bits_get(descriptor, DESC_SH, 2),
        .ap = (uint8_t)ap,
        .uxn = limits->uxn || bit_get(descriptor, DESC_UXN),
        .pxn = limits->pxn || bit_get(descriptor, DESC_PXN),
        .guarded = source->guarded_pages && bit_get(descriptor, DESC_GP),
        .global = !bit_get(descriptor, DESC_NG),
        .clean = is_clean(source, descriptor) && !(limits->ap & 2),
    };
    return MMU_OK;
}

static mmu_result_t read_descriptor(mmu_walk_t *walk, const mmu_walk_source_t *source, uint64_t now_ps,
                                    uint64_t *ret_descriptor, mmu_fault_t *ret_fault)
{
    const mmu_range_t *range = &source->regime->range[bit_get(walk->va, 63)];
    int result = source->client->read_descriptor(source->client->self, now_ps, descriptor_address(walk, range),
                                                 (chi_memory_type_t)range->walk_type,
                                                 (chi_shareability_t)range->walk_shareability, ret_descriptor);
    if (result == -EAGAIN)
        return MMU_WAIT;
    if (result == -EIO)
        return mmu_walk_fault(ret_fault, MMU_STATUS_EXTERNAL_ON_WALK, walk->level);
    if (result)
        base_bug("descriptor read of va %#llx at level %u returned %d", (unsigned long long)walk->va, walk->level,
                 result);
    walk->reads += 1;
    if (source->regime->big_endian)
        *ret_descriptor = __builtin_bswap64(*ret_descriptor);
    return MMU_OK;
}

/* Replaces the leaf's descriptor. MMU_OK: done, or it has changed and must be read again. */
static mmu_result_t update(mmu_walk_t *walk, const mmu_walk_source_t *source, uint64_t now_ps, bool *ret_stale,
                           mmu_fault_t *ret_fault)
{
    const mmu_client_t *client = source->client;
    const mmu_range_t *range = &source->regime->range[bit_get(walk->va, 63)];
    bool swap = source->regime->big_endian;
    int result = client->update_descriptor
                     ? client->update_descriptor(client->self, now_ps, descriptor_address(walk, range),
                                                 (chi_memory_type_t)range->walk_type,
                                                 (chi_shareability_t)range->walk_shareability,
                                                 swap ? __builtin_bswap64(walk->old) : walk->old,
                                                 swap ? __builtin_bswap64(walk->new) : walk->new)
                     : -ENOTSUP;
    if (result == -EAGAIN)
        return MMU_WAIT;
    walk->updating = false;
    if (result == -EIO)
        return mmu_walk_fault(ret_fault, MMU_STATUS_EXTERNAL_ON_WALK, walk->level);
    if (result == -ENOTSUP)
        return mmu_walk_fault(ret_fault, MMU_STATUS_UNSUPPORTED_UPDATE, 0);
    *ret_stale = result == -ESTALE;
    return MMU_OK;
}

/* The leaf of `descriptor`, once its flags are what they must be. MMU_OK with *ret_stale: read it again. */
static mmu_result_t reach_leaf(mmu_walk_t *walk, const mmu_walk_source_t *source, uint64_t now_ps, uint64_t descriptor,
                               bool *ret_stale, mmu_leaf_t *ret_leaf, mmu_fault_t *ret_fault)
{
    uint64_t wanted = updated(walk, source, descriptor);
    mmu_result_t result = finish(walk, source, wanted, ret_leaf, ret_fault); /* an address size fault changes nothing */
    if (result != MMU_OK || wanted == descriptor || (MMU_DEFECT(source->defect, WRITE_LEAVES_CLEAN) && walk->write))
        return result;
    walk->updating = true;
    walk->old = descriptor;
    walk->new = wanted;
    return update(walk, source, now_ps, ret_stale, ret_fault);
}

/* One descriptor. *ret_over: it was the last one, or a fault. */
static mmu_result_t step(mmu_walk_t *walk, const mmu_walk_source_t *source, uint64_t now_ps, bool *ret_over,
                         mmu_leaf_t *ret_leaf, mmu_fault_t *ret_fault)
{
    const mmu_range_t *range = &source->regime->range[bit_get(walk->va, 63)];
    uint64_t descriptor = walk->old;
    bool stale = false;
    mmu_result_t result = walk->updating ? MMU_OK : read_descriptor(walk, source, now_ps, &descriptor, ret_fault);
    if (result != MMU_OK)
        return result;
    bool table = walk->level < LAST_LEVEL && bit_get(descriptor, DESC_TABLE_OR_PAGE);
    bool page = walk->level == LAST_LEVEL && bit_get(descriptor, DESC_TABLE_OR_PAGE);
    bool block = !table && !page && walk->level < LAST_LEVEL && block_allowed(range->granule_shift, walk->level);
    if (!bit_get(descriptor, DESC_VALID) || !(table || page || block))
        return mmu_walk_fault(ret_fault, MMU_STATUS_TRANSLATION, walk->level);
    if (table)
        return enter_table(walk, source, descriptor, ret_fault);
    result = reach_leaf(walk, source, now_ps, descriptor, &stale, ret_leaf, ret_fault);
    *ret_over = !stale;
    return result;
}

mmu_result_t mmu_walk_continue(mmu_walk_t *walk, const mmu_walk_source_t *source, uint64_t now_ps, mmu_leaf_t *ret_leaf,
                               mmu_fault_t *ret_fault)
{
    bool over = false;
    mmu_result_t result = MMU_OK;
    while (result == MMU_OK && !over)
        result = step(walk, source, now_ps, &over, ret_leaf, ret_fault);
    if (result == MMU_WAIT) {
        if (MMU_DEFECT(source->defect, TABLE_LIMITS_LOST_ON_WAIT))
            walk->limits = (mmu_table_limits_t){0};
        return MMU_WAIT;
    }
    walk->active = false;
    return result;
}
