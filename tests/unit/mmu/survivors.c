#include "survivors.h"

#include "base/bits.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* C5.5, TLBI RVAE1: BaseADDR <36:0>, NUM <43:39>, SCALE <45:44>, TG <47:46> (1, 2, 3: 4, 16, 64 KB). */
static void range_of(uint64_t operand, uint64_t *ret_first, uint64_t *ret_last)
{
    uint64_t granule = UINT64_C(4096) << 2 * (bits_get(operand, 46, 2) - 1);
    uint64_t base = bits_get(operand, 0, 37), number = bits_get(operand, 39, 5) + 1;
    if (base >> 36)
        base |= ~bits_mask(37);
    for (uint64_t scale = bits_get(operand, 44, 2); scale; scale--)
        number *= 32;
    *ret_first = base * granule;
    *ret_last = *ret_first + 2 * number * granule - 1;
    if (*ret_last < *ret_first)
        *ret_last = UINT64_MAX;
}

bool survivors_must_go(const mmu_tlb_entry_t *entry, mmu_tlbi_t operation, uint64_t operand, unsigned asid_bits)
{
    uint64_t asid = operand >> 48;
    if (asid_bits == 8)
        asid &= 0xff;
    uint64_t va = (operand & UINT64_C(0xfffffffffff)) << 12;
    if (va >> 55)
        va |= UINT64_C(0xff) << 56;
    uint64_t last = va;
    if (operation >= MMU_TLBI_RVAE1)
        range_of(operand, &va, &last);
    bool here = last >= entry->va && va <= entry->va + (entry->bytes - 1);
    bool same_space = !entry->global && entry->asid == asid;
    switch (operation) {
    case MMU_TLBI_VMALLE1: return true;
    case MMU_TLBI_VAE1:
    case MMU_TLBI_RVAE1:
    case MMU_TLBI_RVALE1:
    case MMU_TLBI_VALE1: return here && (same_space || entry->global);
    case MMU_TLBI_ASIDE1: return same_space;
    case MMU_TLBI_RVAAE1:
    case MMU_TLBI_RVAALE1:
    case MMU_TLBI_VAAE1:
    case MMU_TLBI_VAALE1: return here;
    default: cr_assert_fail("no such TLBI"); return false;
    }
}

static void collect(void *self, const mmu_tlb_entry_t *entry)
{
    survivors_list_t *list = self;
    cr_assert_lt(list->count, SURVIVORS_MAX);
    list->entries[list->count++] = *entry;
}

void survivors_collect(const rig_t *rig, survivors_list_t *ret_list)
{
    ret_list->count = 0;
    mmu_tlb_each(rig->mmu, collect, ret_list);
}

static bool same_entry(const mmu_tlb_entry_t *a, const mmu_tlb_entry_t *b)
{
    return a->kind == b->kind && a->va == b->va && a->physical == b->physical && a->bytes == b->bytes &&
           a->asid == b->asid && a->global == b->global;
}

static bool complain(char *text, const char *what, const mmu_tlb_entry_t *entry, mmu_tlbi_t operation, uint64_t operand)
{
    snprintf(text, SURVIVORS_TEXT_BYTES,
             "TLBI %d operand %#llx: entry va %#llx bytes %#llx asid %#x global %d kind %d %s", (int)operation,
             (unsigned long long)operand, (unsigned long long)entry->va, (unsigned long long)entry->bytes, entry->asid,
             entry->global, (int)entry->kind, what);
    return false;
}

static bool compare(const survivors_list_t *before, const survivors_list_t *after, mmu_tlbi_t operation,
                    uint64_t operand, unsigned asid_bits, char *text)
{
    size_t next = 0;
    for (size_t i = 0; i < before->count; i++) { /* a visit keeps the order of what stays */
        const mmu_tlb_entry_t *entry = &before->entries[i];
        bool stayed = next < after->count && same_entry(entry, &after->entries[next]);
        next += stayed;
        if (stayed == survivors_must_go(entry, operation, operand, asid_bits))
            return complain(text, stayed ? "stayed" : "went", entry, operation, operand);
    }
    cr_assert_eq(next, after->count, "a TLBI made entries");
    return true;
}

bool survivors_tlbi(rig_t *rig, mmu_tlbi_t operation, uint64_t operand, unsigned asid_bits,
                    char text[SURVIVORS_TEXT_BYTES])
{
    survivors_list_t *lists = malloc(2 * sizeof(*lists));
    cr_assert(lists);
    survivors_collect(rig, &lists[0]);
    mmu_tlbi(rig->mmu, operation, operand);
    survivors_collect(rig, &lists[1]);
    bool exact = compare(&lists[0], &lists[1], operation, operand, asid_bits, text);
    free(lists);
    return exact;
}

/* --- the boundaries --- */

enum { SPACES = 3, REGIONS = 15 };

typedef struct region {
    uint64_t va, bytes;
} region_t;

typedef struct field {
    rig_t rig;
    unsigned asid_bits;
    region_t regions[REGIONS];
    size_t count;
} field_t;

static void add(field_t *field, uint64_t va, unsigned level, uint64_t bits)
{
    uint64_t bytes = UINT64_C(1) << rig_shift(&field->rig, level);
    uint64_t output = (UINT64_C(1) << 40) + field->count * (UINT64_C(1) << 32);
    rig_map(&field->rig, va, level, output, DESC_AF | DESC_SH(3) | bits);
    field->regions[field->count++] = (region_t){va, bytes};
}

static void field_init(field_t *field, unsigned granule_shift, unsigned asid_bits, mmu_defect_t defect)
{
    mmu_config_t config = rig_config();
    config.micro_tlb_entries = 64;
    config.l2_tlb_entries = 1024;
    config.l2_tlb_ways = 16;
    config.defect = (uint8_t)defect;
    *field = (field_t){.asid_bits = asid_bits};
    rig_t *rig = &field->rig;
    rig_init(rig, granule_shift, 48, &config);
    if (asid_bits == 8)
        rig->context.tcr &= ~TCR_AS;
    uint64_t page = UINT64_C(1) << rig_shift(rig, 3), block = UINT64_C(1) << rig_shift(rig, 2);
    uint64_t pages = UINT64_C(0x200000000000), blocks = UINT64_C(0x600000000000);
    uint64_t upper = UINT64_C(0xffff000000000000);
    /* Three in a row across the boundary of the next larger size. */
    for (int i = -1; i <= 1; i++) {
        add(field, pages + (uint64_t)i * page, 3, DESC_NG);
        add(field, blocks + (uint64_t)i * block, 2, DESC_NG);
        add(field, upper + pages + (uint64_t)i * page, 3, 0);
        add(field, upper + blocks + (uint64_t)i * block, 2, 0);
    }
    add(field, 0, 3, DESC_NG);
    add(field, (UINT64_C(1) << 48) - page, 3, DESC_NG);
    add(field, 0 - page, 3, 0);
}

static void fill(field_t *field)
{
    rig_t *rig = &field->rig;
    for (unsigned space = 1; space <= SPACES; space++) {
        rig->context.ttbr0 = bits_get(rig->context.ttbr0, 0, 48) | ASID(space);
        rig_set_context(rig);
        for (size_t i = 0; i < field->count; i++) {
            mmu_translation_t translation;
            mmu_fault_t fault;
            for (mmu_access_t access = MMU_READ; access <= MMU_FETCH; access += 2)
                cr_assert_eq(rig_translate(rig, field->regions[i].va, access, true, false, &translation, &fault),
                             MMU_OK);
        }
    }
}

static void try_operand(field_t *field, mmu_tlbi_t operation, uint64_t operand, survivors_result_t *result)
{
    fill(field);
    char text[SURVIVORS_TEXT_BYTES];
    survivors_list_t *before = malloc(sizeof(*before));
    cr_assert(before);
    survivors_collect(&field->rig, before);
    size_t dropped = 0;
    for (size_t i = 0; i < before->count; i++)
        dropped += survivors_must_go(&before->entries[i], operation, operand, field->asid_bits);
    free(before);
    result->operations += 1;
    result->dropping += dropped != 0;
    if (!survivors_tlbi(&field->rig, operation, operand, field->asid_bits, text)) {
        if (!result->wrong)
            memcpy(result->text, text, sizeof(text));
        result->wrong += 1;
    }
}

static void try_one(field_t *field, mmu_tlbi_t operation, uint64_t va, unsigned asid, survivors_result_t *result)
{
    uint64_t ttl = operation % 2 ? UINT64_C(0xf) << 44 : 0; /* <47:44> are RES0 */
    try_operand(field, operation, ASID(asid) | ttl | bits_get(va, 12, 44), result);
}

survivors_result_t survivors_at_boundaries(unsigned granule_shift, unsigned asid_bits, mmu_defect_t defect)
{
    static const unsigned asids[] = {1, 2, 3, 4, 0x102};
    static field_t field;
    survivors_result_t result = {0};
    field_init(&field, granule_shift, asid_bits, defect);
    for (size_t i = 0; i < field.count; i++) {
        const region_t *region = &field.regions[i];
        const uint64_t vas[] = {region->va - 0x1000, region->va, region->va + region->bytes - 0x1000,
                                region->va + region->bytes};
        for (mmu_tlbi_t operation = 0; operation < MMU_TLBI_COUNT; operation++) {
            for (unsigned v = 0; v < 4; v++) {
                for (unsigned a = 0; a < 5; a++)
                    try_one(&field, operation, vas[v], asids[a], &result);
            }
        }
    }
    rig_done(&field.rig);
    return result;
}

survivors_result_t survivors_at_ranges(unsigned granule_shift, unsigned asid_bits, mmu_defect_t defect)
{
    static const struct {
        uint64_t number, scale;
    } lengths[] = {{0, 0}, {1, 0}, {31, 0}, {0, 1}, {3, 2}};
    static field_t field;
    survivors_result_t result = {0};
    uint64_t granule_code = (granule_shift - 12) / 2 + 1, granules = UINT64_C(1) << granule_shift;
    field_init(&field, granule_shift, asid_bits, defect);
    for (size_t i = 0; i < field.count; i++) {
        for (mmu_tlbi_t operation = MMU_TLBI_RVAE1; operation < MMU_TLBI_FORMS; operation++) {
            for (unsigned n = 0; n < sizeof(lengths) / sizeof(lengths[0]); n++) {
                uint64_t pages = (2 * (lengths[n].number + 1)) << 5 * lengths[n].scale;
                uint64_t shape = granule_code << 46 | lengths[n].scale << 44 | lengths[n].number << 39;
                /* It ends before the region, in its first page, or begins in its last page, or behind it. */
                const uint64_t region = field.regions[i].va, end = region + field.regions[i].bytes;
                const uint64_t starts[] = {region - pages * granules, region - (pages - 1) * granules, end - granules,
                                           end};
                for (unsigned s = 0; s < 4; s++)
                    try_operand(&field, operation,
                                ASID(1 + s % 2 * 3) | shape | bits_get(starts[s] >> granule_shift, 0, 37), &result);
            }
        }
    }
    rig_done(&field.rig);
    return result;
}
