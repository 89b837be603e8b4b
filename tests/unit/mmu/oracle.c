#include "oracle.h"

#include <string.h>

static uint64_t field(uint64_t value, unsigned msb, unsigned lsb)
{
    return value << (63 - msb) >> (63 - msb + lsb);
}

/* --- registers --- */

typedef struct half {
    uint64_t va; /* without tag */
    uint64_t ttbr;
    unsigned tsz, tg, epd;
    bool upper;
} half_t;

static half_t choose_half(const mmu_context_t *context, uint64_t va)
{
    half_t half = {.va = va};
    bool tagged = field(va, 55, 55) ? field(context->tcr, 38, 38) : field(context->tcr, 37, 37);
    if (tagged && field(va, 55, 55))
        half.va = va | UINT64_C(0xff) << 56;
    else if (tagged)
        half.va = va & ~(UINT64_C(0xff) << 56);
    half.upper = field(half.va, 63, 63);
    half.ttbr = half.upper ? context->ttbr1 : context->ttbr0;
    half.tsz = (unsigned)(half.upper ? field(context->tcr, 21, 16) : field(context->tcr, 5, 0));
    half.epd = (unsigned)(half.upper ? field(context->tcr, 23, 23) : field(context->tcr, 7, 7));
    unsigned tg = (unsigned)(half.upper ? field(context->tcr, 31, 30) : field(context->tcr, 15, 14));
    if (half.upper)
        half.tg = tg == 1 ? 14 : tg == 3 ? 16 : 12;
    else
        half.tg = tg == 1 ? 16 : tg == 2 ? 14 : 12;
    return half;
}

static unsigned output_size(const rig_t *rig, const mmu_context_t *context)
{
    static const unsigned ips[] = {32, 36, 40, 42, 44, 48, 48, 48};
    unsigned size = ips[field(context->tcr, 34, 32)];
    return size < rig->config.physical_address_bits ? size : rig->config.physical_address_bits;
}

/* --- walk --- */

typedef struct walker {
    const rig_t *rig;
    const mmu_context_t *context;
    half_t half;
    unsigned output_size;
    oracle_age_t age;
    void (*emit)(void *self, const oracle_leaf_t *leaf);
    void *self;
} walker_t;

typedef struct position {
    uint64_t table;
    unsigned level;
    unsigned ap_table, uxn_table, pxn_table;
} position_t;

static void emit_fault(const walker_t *walker, unsigned status)
{
    oracle_leaf_t leaf = {.status = (uint8_t)status};
    walker->emit(walker->self, &leaf);
}

/* Low bit of the input address that indexes a table of this level. */
static unsigned index_lsb(const walker_t *walker, unsigned level)
{
    unsigned lsb = walker->half.tg;
    for (; level < 3; level++)
        lsb += walker->half.tg - 3;
    return lsb;
}

static void emit_leaf(const walker_t *walker, const position_t *at, uint64_t descriptor)
{
    unsigned lsb = index_lsb(walker, at->level);
    uint64_t output = field(descriptor, 47, lsb) << lsb;
    if (output >> walker->output_size) {
        emit_fault(walker, at->level);
        return;
    }
    if (!field(descriptor, 10, 10)) {
        emit_fault(walker, 8 + at->level);
        return;
    }
    unsigned ap = (unsigned)field(descriptor, 7, 6);
    if (at->ap_table & 1)
        ap &= 2;
    if (at->ap_table & 2)
        ap |= 2;
    unsigned index = (unsigned)field(descriptor, 4, 2);
    oracle_leaf_t leaf = {
        .status = ORACLE_NO_FAULT,
        .level = at->level,
        .output = output,
        .bytes = UINT64_C(1) << lsb,
        .attribute = (unsigned)field(walker->context->mair, index * 8 + 7, index * 8),
        .shareability = (unsigned)field(descriptor, 9, 8),
        .ap = ap,
        .uxn = (unsigned)field(descriptor, 54, 54) | at->uxn_table,
        .pxn = (unsigned)field(descriptor, 53, 53) | at->pxn_table,
        .global = !field(descriptor, 11, 11),
    };
    walker->emit(walker->self, &leaf);
}

static void walk_from(const walker_t *walker, position_t at);

static bool is_table(const position_t *at, uint64_t descriptor)
{
    return at->level < 3 && (descriptor & 3) == 3;
}

static void take(const walker_t *walker, position_t at, uint64_t descriptor)
{
    if (is_table(&at, descriptor)) {
        uint64_t table = field(descriptor, 47, walker->half.tg) << walker->half.tg;
        if (table >> walker->output_size) {
            emit_fault(walker, at.level);
            return;
        }
        at.table = table;
        at.level += 1;
        at.ap_table |= (unsigned)field(descriptor, 62, 61);
        at.uxn_table |= (unsigned)field(descriptor, 60, 60);
        at.pxn_table |= (unsigned)field(descriptor, 59, 59);
        walk_from(walker, at);
        return;
    }
    bool page = at.level == 3 && (descriptor & 3) == 3;
    bool block_level = walker->half.tg == 12 ? at.level == 1 || at.level == 2 : at.level == 2;
    bool block = block_level && (descriptor & 3) == 1;
    if (page || block)
        emit_leaf(walker, &at, descriptor);
    else
        emit_fault(walker, 4 + at.level);
}

static uint64_t in_order_of_walks(const walker_t *walker, uint64_t word)
{
    return field(walker->context->sctlr, 25, 25) ? __builtin_bswap64(word) : word;
}

static void walk_from(const walker_t *walker, position_t at)
{
    const rig_t *rig = walker->rig;
    uint64_t index = field(walker->half.va, 63 - walker->half.tsz, 0) >> index_lsb(walker, at.level);
    uint64_t address = at.table + index % (UINT64_C(1) << (walker->half.tg - 3)) * 8;
    if (address == rig->error_address || address < RIG_MEMORY || address >= RIG_MEMORY + RIG_WORDS * UINT64_C(8)) {
        emit_fault(walker, 0x14 + at.level);
        return;
    }
    take(walker, at, in_order_of_walks(walker, rig_read(rig, address)));
    for (size_t i = 0; i < rig->past_count; i++) {
        const rig_past_t *past = &rig->past[i];
        uint64_t value = in_order_of_walks(walker, past->value);
        uint64_t since = is_table(&at, value) ? walker->age.tables_since : walker->age.leaves_since;
        if (past->address == address && past->time >= since)
            take(walker, at, value);
    }
}

void oracle_walk(const rig_t *rig, const mmu_context_t *context, uint64_t va, oracle_age_t age,
                 void (*emit)(void *self, const oracle_leaf_t *leaf), void *self)
{
    walker_t walker = {rig, context, choose_half(context, va), output_size(rig, context), age, emit, self};
    const half_t *half = &walker.half;
    if (half->epd || half->tsz < 16 || half->tsz > 39) {
        emit_fault(&walker, 4);
        return;
    }
    /* Bits <63:64-tsz> must all be 0, or all be 1. */
    uint64_t high = half->va >> (64 - half->tsz), ones = (UINT64_C(1) << half->tsz) - 1;
    if (high != (half->upper ? ones : 0)) {
        emit_fault(&walker, 4);
        return;
    }
    position_t at = {.level = 3};
    unsigned covered = half->tg + half->tg - 3; /* bits that levels at.level to 3 resolve, with the offset */
    for (; covered < 64 - half->tsz; at.level--)
        covered += half->tg - 3;
    unsigned entries_log2 = half->tg - 3 - (covered - (64 - half->tsz));
    at.table = field(half->ttbr, 47, entries_log2 + 3) << (entries_log2 + 3);
    if (at.table >> walker.output_size)
        emit_fault(&walker, 0);
    else
        walk_from(&walker, at);
}

/* --- accesses --- */

/* The tables of D8.4: what EL1 and EL0 may do, by UXN, PXN and AP<2:1>, with WXN 0. */
static const char *const allowed[2][2][4][2] = {
    [0][0] = {{"RWX", "X"}, {"RW", "RWX"}, {"RX", "X"}, {"RX", "RX"}},
    [0][1] = {{"RW", "X"}, {"RW", "RWX"}, {"R", "X"}, {"R", "RX"}},
    [1][0] = {{"RWX", ""}, {"RW", "RW"}, {"RX", ""}, {"RX", "R"}},
    [1][1] = {{"RW", ""}, {"RW", "RW"}, {"R", ""}, {"R", "R"}},
};

static bool permitted(const oracle_leaf_t *leaf, const mmu_context_t *context, mmu_access_t access, bool privileged,
                      bool pan)
{
    const char *letters = allowed[leaf->uxn][leaf->pxn][leaf->ap][!privileged];
    bool accessible_to_el0 = leaf->ap & 1;
    if (access != MMU_FETCH && privileged && pan && accessible_to_el0)
        return false;
    if (access == MMU_FETCH && field(context->sctlr, 19, 19) && strchr(letters, 'W'))
        return false;
    return strchr(letters, "RWX"[access]);
}

chi_memory_type_t oracle_memory_type(unsigned attribute)
{
    unsigned outer = attribute >> 4, inner = attribute & 15;
    if (outer == 0) {
        switch (attribute & 0xc) {
        case 0x0: return CHI_DEVICE_nGnRnE;
        case 0x4: return CHI_DEVICE_nGnRE;
        case 0x8: return CHI_DEVICE_nGRE;
        default: return CHI_DEVICE_GRE;
        }
    }
    bool inner_nc = inner == 4 || inner == 0, outer_nc = outer == 4;
    bool inner_wb = (inner >= 5 && inner <= 7) || inner >= 12, outer_wb = (outer >= 5 && outer <= 7) || outer >= 12;
    if (inner_nc || outer_nc)
        return CHI_NORMAL_NC;
    return inner_wb && outer_wb ? CHI_NORMAL_WB : CHI_NORMAL_WT;
}

static void set_memory(oracle_outcome_t *outcome, const oracle_leaf_t *leaf, const mmu_context_t *context, bool fetch)
{
    chi_memory_type_t type = oracle_memory_type(leaf->attribute);
    bool cached = fetch ? field(context->sctlr, 12, 12) : field(context->sctlr, 2, 2);
    bool device =
        type == CHI_DEVICE_nGnRnE || type == CHI_DEVICE_nGnRE || type == CHI_DEVICE_nGRE || type == CHI_DEVICE_GRE;
    if (device ? fetch : !cached)
        type = CHI_NORMAL_NC;
    bool cacheable = type == CHI_NORMAL_WB || type == CHI_NORMAL_WT;
    outcome->type = type;
    outcome->shareability = cacheable && leaf->shareability != 1 ? leaf->shareability : 2;
}

oracle_outcome_t oracle_access(const oracle_leaf_t *leaf, const mmu_context_t *context, uint64_t va,
                               mmu_access_t access, bool privileged, bool pan)
{
    oracle_outcome_t outcome = {.status = leaf->status};
    if (leaf->status != ORACLE_NO_FAULT)
        return outcome;
    if (!permitted(leaf, context, access, privileged, pan)) {
        outcome.status = (uint8_t)(0xc + leaf->level);
        return outcome;
    }
    outcome.physical = leaf->output + va % leaf->bytes;
    outcome.bytes = leaf->bytes;
    outcome.writable = permitted(leaf, context, MMU_WRITE, privileged, pan);
    set_memory(&outcome, leaf, context, access == MMU_FETCH);
    return outcome;
}

static oracle_outcome_t translate_off(const rig_t *rig, const mmu_context_t *context, uint64_t va, bool fetch)
{
    uint64_t address = choose_half(context, va).va;
    if (address >> rig->config.physical_address_bits)
        return (oracle_outcome_t){.status = 0};
    unsigned fetch_type = field(context->sctlr, 12, 12) ? CHI_NORMAL_WT : CHI_NORMAL_NC;
    return (oracle_outcome_t){.status = ORACLE_NO_FAULT,
                              .physical = address,
                              .bytes = UINT64_C(1) << 30,
                              .type = fetch ? fetch_type : CHI_DEVICE_nGnRnE,
                              .shareability = 2,
                              .writable = true};
}

static void keep(void *self, const oracle_leaf_t *leaf)
{
    *(oracle_leaf_t *)self = *leaf;
}

oracle_outcome_t oracle_translate(const rig_t *rig, const mmu_context_t *context, uint64_t va, mmu_access_t access,
                                  bool privileged, bool pan)
{
    if (!field(context->sctlr, 0, 0))
        return translate_off(rig, context, va, access == MMU_FETCH);
    oracle_leaf_t leaf = {0};
    oracle_walk(rig, context, va, ORACLE_NOW, keep, &leaf);
    return oracle_access(&leaf, context, va, access, privileged, pan);
}

bool oracle_agrees(const oracle_outcome_t *outcome, mmu_result_t result, const mmu_translation_t *translation,
                   const mmu_fault_t *fault)
{
    if (outcome->status != ORACLE_NO_FAULT)
        return result == MMU_FAULT && fault->status_code == outcome->status &&
               fault->external == (outcome->status >= 0x14);
    return result == MMU_OK && translation->physical == outcome->physical &&
           translation->page_bytes == outcome->bytes && translation->memory_type == outcome->type &&
           translation->shareability == outcome->shareability && translation->writable == outcome->writable;
}
