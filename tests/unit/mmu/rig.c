#include "rig.h"

#include "base/bits.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t *word_at(const rig_t *rig, uint64_t physical)
{
    uint64_t i = (physical - RIG_MEMORY) / 8;
    return physical >= RIG_MEMORY && i < RIG_WORDS ? &rig->words[i] : NULL;
}

static int read_descriptor(void *self, uint64_t now_ps, uint64_t physical, chi_memory_type_t type,
                           chi_shareability_t shareability, uint64_t *ret_descriptor)
{
    rig_t *rig = self;
    (void)now_ps;
    rig->last_read = physical;
    rig->last_type = type;
    rig->last_shareability = shareability;
    if (rig->answers_left == 0)
        return -EAGAIN;
    if (rig->wait_percent && base_random_below(&rig->random, 100) < rig->wait_percent)
        return -EAGAIN;
    const uint64_t *word = word_at(rig, physical);
    if (!word || physical == rig->error_address)
        return -EIO;
    rig->reads += 1;
    rig->answers_left -= rig->answers_left > 0;
    *ret_descriptor = *word;
    return 0;
}

static int update_descriptor(void *self, uint64_t now_ps, uint64_t physical, chi_memory_type_t type,
                             chi_shareability_t shareability, uint64_t old, uint64_t new)
{
    rig_t *rig = self;
    (void)now_ps;
    (void)shareability;
    if (type < CHI_NORMAL_WT)
        return -ENOTSUP;
    rig->update_tries += 1;
    if (rig->wait_percent && base_random_below(&rig->random, 100) < rig->wait_percent)
        return -EAGAIN;
    if (rig->before_update) {
        rig->before_update(rig);
        rig->before_update = NULL;
    }
    if (rig_read(rig, physical) != old)
        return -ESTALE;
    rig_write(rig, physical, new);
    rig->updates += 1;
    return 0;
}

static void on_drop(void *self, bool fetch, uint64_t va, uint64_t bytes)
{
    rig_t *rig = self;
    if (rig->drop_count < RIG_LOG)
        rig->drops[rig->drop_count] = (rig_drop_t){fetch, va, bytes};
    rig->drop_count += 1;
    if (rig->on_drop)
        rig->on_drop(rig->on_drop_self, fetch, va, bytes);
}

static void on_break_before_make(void *self, uint64_t now_ps, uint64_t va, mmu_conflict_t conflict)
{
    rig_t *rig = self;
    (void)now_ps;
    rig->conflict_count += 1;
    rig->last_conflict = conflict;
    rig->last_conflict_va = va;
}

mmu_client_t rig_client(rig_t *rig)
{
    return (mmu_client_t){.self = rig,
                          .read_descriptor = read_descriptor,
                          .update_descriptor = update_descriptor,
                          .on_micro_tlb_drop = on_drop,
                          .on_break_before_make = on_break_before_make};
}

mmu_config_t rig_config(void)
{
    return (mmu_config_t){.micro_tlb_entries = 8,
                          .l2_tlb_entries = 64,
                          .l2_tlb_ways = 4,
                          .l2_tlb_hit_cycles = 3,
                          .walk_step_cycles = 5,
                          .physical_address_bits = 48};
}

static uint64_t rig_tcr(unsigned granule_shift, unsigned input_bits)
{
    uint64_t tg0 = granule_shift == 12 ? 0 : granule_shift == 14 ? 2 : 1;
    uint64_t tg1 = granule_shift == 12 ? 2 : granule_shift == 14 ? 1 : 3;
    uint64_t half = (64 - input_bits) | 1 << 8 | 1 << 10 | 3 << 12; /* TnSZ, write-back, Inner Shareable */
    return half | half << 16 | tg0 << 14 | tg1 << 30 | TCR_IPS(5) | TCR_AS;
}

void rig_init(rig_t *rig, unsigned granule_shift, unsigned input_bits, const mmu_config_t *config)
{
    *rig = (rig_t){.config = *config, .granule_shift = granule_shift, .answers_left = -1};
    rig->words = calloc(RIG_WORDS, sizeof(*rig->words));
    cr_assert(rig->words);
    rig->next_table = RIG_MEMORY;
    base_random_init(&rig->random, 1);
    /* The level at which the input bits that are left fit in one table. */
    rig->start_level = 3;
    while (input_bits > rig_shift(rig, rig->start_level) + granule_shift - 3)
        rig->start_level -= 1;
    rig->context = (mmu_context_t){.sctlr = SCTLR_M | SCTLR_C | SCTLR_I,
                                   .tcr = rig_tcr(granule_shift, input_bits),
                                   .ttbr0 = rig_new_table(rig) | ASID(1),
                                   .ttbr1 = rig_new_table(rig),
                                   .mair = RIG_MAIR};
    mmu_client_t client = rig_client(rig);
    base_error_t error = {""};
    cr_assert_eq(mmu_new(config, &client, &rig->mmu, &error), 0, "%s", error.text);
    rig_set_context(rig);
    rig_clear_logs(rig);
}

void rig_done(rig_t *rig)
{
    mmu_free(rig->mmu);
    free(rig->words);
    free(rig->past);
}

void rig_set_context(rig_t *rig)
{
    mmu_set_context(rig->mmu, &rig->context);
}

void rig_clear_logs(rig_t *rig)
{
    rig->drop_count = 0;
    rig->conflict_count = 0;
    rig->last_conflict = MMU_CONFLICT_NONE;
    rig->reads = 0;
}

uint64_t rig_read(const rig_t *rig, uint64_t physical)
{
    const uint64_t *word = word_at(rig, physical);
    cr_assert(word, "%#llx is outside the memory of the rig", (unsigned long long)physical);
    return *word;
}

void rig_write(rig_t *rig, uint64_t physical, uint64_t value)
{
    uint64_t *word = word_at(rig, physical);
    cr_assert(word, "%#llx is outside the memory of the rig", (unsigned long long)physical);
    if (rig->past_count == rig->past_capacity) {
        rig->past_capacity = rig->past_capacity ? rig->past_capacity * 2 : 256;
        rig->past = realloc(rig->past, rig->past_capacity * sizeof(*rig->past));
        cr_assert(rig->past);
    }
    rig->past[rig->past_count++] = (rig_past_t){physical, *word, rig->now};
    *word = value;
}

uint64_t rig_new_table(rig_t *rig)
{
    uint64_t table = rig->next_table;
    rig->next_table += UINT64_C(1) << rig->granule_shift;
    cr_assert_leq(rig->next_table, RIG_MEMORY + RIG_WORDS * UINT64_C(8), "no room for another table");
    return table;
}

unsigned rig_shift(const rig_t *rig, unsigned level)
{
    static const unsigned shifts_4k[] = {39, 30, 21, 12}, shifts_16k[] = {47, 36, 25, 14},
                          shifts_64k[] = {0, 42, 29, 16};
    const unsigned *shifts = rig->granule_shift == 12 ? shifts_4k : rig->granule_shift == 14 ? shifts_16k : shifts_64k;
    return shifts[level];
}

uint64_t rig_descriptor(rig_t *rig, uint64_t va, unsigned level)
{
    uint64_t ttbr = bit_get(va, 55) ? rig->context.ttbr1 : rig->context.ttbr0;
    unsigned tsz = (unsigned)(bit_get(va, 55) ? rig->context.tcr >> 16 : rig->context.tcr) & 63;
    uint64_t table = bits_get(ttbr, 0, 48) & ~UINT64_C(1), index_bits = rig->granule_shift - 3;
    for (unsigned at = rig->start_level;; at++) {
        uint64_t index = bits_get(va, 0, 64 - tsz) >> rig_shift(rig, at);
        if (at != rig->start_level)
            index &= bits_mask((unsigned)index_bits);
        uint64_t address = table + index * 8;
        if (at == level)
            return address;
        uint64_t descriptor = rig_read(rig, address);
        if ((descriptor & 3) != 3) {
            descriptor = rig_new_table(rig) | DESC_TABLE;
            rig_write(rig, address, descriptor);
        }
        table = bits_get(descriptor, 0, 48) >> rig->granule_shift << rig->granule_shift;
    }
}

void rig_map(rig_t *rig, uint64_t va, unsigned level, uint64_t output, uint64_t bits)
{
    rig_write(rig, rig_descriptor(rig, va, level), output | bits | (level == 3 ? DESC_PAGE : DESC_BLOCK));
}

void rig_unmap(rig_t *rig, uint64_t va, unsigned level)
{
    rig_write(rig, rig_descriptor(rig, va, level), DESC_INVALID);
}

mmu_result_t rig_translate(rig_t *rig, uint64_t va, mmu_access_t access, bool privileged, bool pan,
                           mmu_translation_t *ret_translation, mmu_fault_t *ret_fault)
{
    for (unsigned tries = 0; tries < RIG_MAX_TRIES; tries++) {
        mmu_result_t result =
            mmu_translate(rig->mmu, rig->now, va, access, privileged, pan, ret_translation, ret_fault);
        if (result != MMU_WAIT)
            return result;
    }
    cr_assert_fail("a walk for %#llx never ended", (unsigned long long)va);
    return MMU_WAIT;
}

int rig_status(rig_t *rig, uint64_t va)
{
    mmu_translation_t translation;
    mmu_fault_t fault;
    return rig_translate(rig, va, MMU_READ, true, false, &translation, &fault) == MMU_FAULT ? fault.status_code : -1;
}

uint64_t rig_physical(rig_t *rig, uint64_t va)
{
    mmu_translation_t translation = {0};
    mmu_fault_t fault = {0};
    mmu_result_t result = rig_translate(rig, va, MMU_READ, true, false, &translation, &fault);
    cr_assert_eq(result, MMU_OK, "va %#llx: fault %#x", (unsigned long long)va, fault.status_code);
    return translation.physical;
}

typedef struct search {
    mmu_tlb_kind_t kind;
    uint64_t va;
    unsigned asid;
    bool found;
} search_t;

static void look(void *self, const mmu_tlb_entry_t *entry)
{
    search_t *search = self;
    if (entry->kind == search->kind && search->va - entry->va < entry->bytes &&
        (entry->global || entry->asid == search->asid))
        search->found = true;
}

bool rig_holds(const rig_t *rig, mmu_tlb_kind_t kind, uint64_t va, unsigned asid)
{
    search_t search = {kind, va, asid, false};
    mmu_tlb_each(rig->mmu, look, &search);
    return search.found;
}
