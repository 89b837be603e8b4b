/* Walks of every granule: sizes, levels, and what the registers control. */
#include "base/bits.h"
#include "oracle.h"

#include <criterion/criterion.h>

static const unsigned granules[] = {12, 14, 16};
static const uint64_t page_bits = DESC_AF | DESC_SH(3);

static void init(rig_t *rig, unsigned granule_shift, unsigned input_bits)
{
    mmu_config_t config = rig_config();
    rig_init(rig, granule_shift, input_bits, &config);
}

static bool block_exists(unsigned granule_shift, unsigned level)
{
    return level == 3 || level == 2 || (granule_shift == 12 && level == 1);
}

/* An address of a TTBR1 range of 48 bits, so that both halves are tried. */
static uint64_t upper(uint64_t va)
{
    return va | UINT64_C(0xffff) << 48;
}

Test(walk, finds_pages_and_blocks_of_every_granule_in_both_halves)
{
    for (unsigned g = 0; g < 3; g++) {
        rig_t rig;
        init(&rig, granules[g], 48);
        for (unsigned level = 1; level <= 3; level++) {
            if (!block_exists(granules[g], level))
                continue;
            uint64_t bytes = UINT64_C(1) << rig_shift(&rig, level),
                     va = UINT64_C(0x5a0000000000) + level * (bytes << 5);
            va = va / bytes * bytes;
            uint64_t output = UINT64_C(0x123400000000) / bytes * bytes + bytes;
            rig_map(&rig, va, level, output, page_bits);
            rig_map(&rig, upper(va | UINT64_C(1) << 47), level, output + bytes, page_bits);
            cr_assert_eq(rig_physical(&rig, va), output);
            cr_assert_eq(rig_physical(&rig, va + bytes - 1), output + bytes - 1);
            cr_assert_eq(rig_physical(&rig, upper(va | UINT64_C(1) << 47) + 5), output + bytes + 5);
            cr_assert_neq(rig_status(&rig, va + bytes), -1, "granule %u level %u reaches too far", granules[g], level);
            mmu_translation_t translation;
            mmu_fault_t fault;
            rig_translate(&rig, va, MMU_READ, true, false, &translation, &fault);
            cr_assert_eq(translation.page_bytes, bytes);
        }
        rig_done(&rig);
    }
}

Test(walk, starts_at_the_level_that_tnsz_asks_for)
{
    for (unsigned g = 0; g < 3; g++) {
        for (unsigned input_bits = 25; input_bits <= 48; input_bits++) {
            rig_t rig;
            init(&rig, granules[g], input_bits);
            uint64_t top = (UINT64_C(1) << input_bits) - (UINT64_C(1) << granules[g]);
            rig_map(&rig, top, 3, UINT64_C(0x80000000), page_bits);
            rig_map(&rig, top | UINT64_MAX << input_bits, 3, UINT64_C(0x90000000), page_bits);
            cr_assert_eq(rig_physical(&rig, top + 8), UINT64_C(0x80000008), "%u bits", input_bits);
            cr_assert_eq(rig.reads, 4 - rig.start_level, "granule %u, %u bits", granules[g], input_bits);
            cr_assert_eq(rig_physical(&rig, (top | UINT64_MAX << input_bits) + 8), UINT64_C(0x90000008));
            cr_assert_eq(rig_status(&rig, UINT64_C(1) << input_bits), 4, "beyond TTBR0's range");
            cr_assert_eq(rig_status(&rig, (UINT64_MAX << input_bits) - 1), 4, "below TTBR1's range");
            rig_done(&rig);
        }
    }
}

Test(walk, ignores_base_bits_below_the_size_of_a_short_first_table)
{
    rig_t rig;
    init(&rig, 12, 30); /* start at level 2 with 512 entries: the whole page */
    rig_map(&rig, 0x200000, 2, UINT64_C(0x80000000), page_bits);
    rig.context.ttbr0 |= 0xfff; /* bit 0 is CnP, the others are below the alignment */
    rig_set_context(&rig);
    cr_assert_eq(rig_physical(&rig, 0x200000), UINT64_C(0x80000000));
    rig_done(&rig);

    init(&rig, 12, 32); /* start at level 1 with 4 entries: 32 bytes */
    rig.context.ttbr0 += 32;
    rig_write(&rig, bits_get(rig.context.ttbr0, 0, 48), UINT64_C(0x80000000) | page_bits | DESC_BLOCK);
    rig_set_context(&rig);
    cr_assert_eq(rig_physical(&rig, 0x1234), UINT64_C(0x80001234));
    rig_done(&rig);
}

Test(walk, is_refused_by_epd_but_hits_go_on)
{
    rig_t rig;
    init(&rig, 12, 48);
    rig_map(&rig, 0x1000, 3, 0x5000, page_bits);
    rig_map(&rig, 0x2000, 3, 0x6000, page_bits);
    rig_map(&rig, upper(UINT64_C(1) << 47), 3, 0x7000, page_bits);
    cr_assert_eq(rig_physical(&rig, 0x1000), 0x5000);
    rig.context.tcr |= TCR_EPD0;
    rig_set_context(&rig);
    cr_assert_eq(rig_physical(&rig, 0x1000), 0x5000, "EPD0 concerns TLB misses");
    cr_assert_eq(rig_status(&rig, 0x2000), 4);
    cr_assert_eq(rig_physical(&rig, upper(UINT64_C(1) << 47)), 0x7000);
    rig.context.tcr ^= TCR_EPD0 | TCR_EPD1;
    rig_set_context(&rig);
    mmu_tlbi(rig.mmu, MMU_TLBI_VMALLE1, 0);
    cr_assert_eq(rig_physical(&rig, 0x2000), 0x6000);
    cr_assert_eq(rig_status(&rig, upper(UINT64_C(1) << 47)), 4);
    rig_done(&rig);
}

Test(walk, faults_when_tnsz_is_out_of_range)
{
    for (unsigned tsz = 0; tsz < 64; tsz++) {
        rig_t rig;
        init(&rig, 12, 48);
        rig.context.tcr = (rig.context.tcr & ~UINT64_C(63)) | tsz;
        rig_set_context(&rig);
        oracle_outcome_t expected = oracle_translate(&rig, &rig.context, 0, MMU_READ, true, false);
        cr_assert_eq(rig_status(&rig, 0), expected.status, "T0SZ %u", tsz);
        cr_assert_eq(rig.reads == 0, tsz < 16 || tsz > 39);
        rig_done(&rig);
    }
}

Test(tagged_address, is_stripped_where_tbi_says_so)
{
    const uint64_t low = 0x1000, high = UINT64_C(0xffffff8000001000);
    for (unsigned tbi = 0; tbi < 4; tbi++) {
        rig_t rig;
        init(&rig, 12, 39);
        rig.context.tcr |= (tbi & 1 ? TCR_TBI0 : 0) | (tbi & 2 ? TCR_TBI1 : 0);
        rig_set_context(&rig);
        rig_map(&rig, low, 3, 0x5000, page_bits);
        rig_map(&rig, high, 3, 0x6000, page_bits);
        cr_assert_eq(rig_physical(&rig, low), 0x5000);
        cr_assert_eq(rig_physical(&rig, high), 0x6000);
        uint64_t tag = UINT64_C(0xa5) << 56, clear = ~(UINT64_C(0xff) << 56);
        cr_assert_eq(rig_status(&rig, low | tag), tbi & 1 ? -1 : 4);
        cr_assert_eq(rig_status(&rig, (high & clear) | tag), tbi & 2 ? -1 : 4);
        cr_assert_eq(mmu_stats(rig.mmu)->walk_reads, 6, "a tag needs no walk of its own");
        rig_done(&rig);
    }
}

Test(walk, reads_descriptors_with_the_attributes_of_tcr)
{
    static const chi_memory_type_t types[4] = {CHI_NORMAL_NC, CHI_NORMAL_WB, CHI_NORMAL_WT, CHI_NORMAL_WB};
    for (unsigned bits = 0; bits < 64; bits++) {
        rig_t rig;
        init(&rig, 12, 39);
        unsigned inner = bits & 3, outer = bits >> 2 & 3, sh = bits >> 4;
        rig.context.tcr = (rig.context.tcr & ~UINT64_C(0x3f00)) | inner << 8 | outer << 10 | sh << 12;
        rig_map(&rig, 0, 3, 0x5000, page_bits);
        rig_set_context(&rig);
        chi_memory_type_t weaker = types[inner] < types[outer] ? types[inner] : types[outer];
        cr_assert_eq(rig_physical(&rig, 0), 0x5000);
        cr_assert_eq(rig.last_type, weaker);
        bool forced = weaker == CHI_NORMAL_NC || sh == 1;
        cr_assert_eq(rig.last_shareability, forced ? CHI_OUTER_SHAREABLE : sh);

        rig.context.sctlr &= ~SCTLR_C; /* descriptor reads are data accesses */
        rig_set_context(&rig);
        mmu_tlbi(rig.mmu, MMU_TLBI_VMALLE1, 0);
        cr_assert_eq(rig_physical(&rig, 0), 0x5000);
        cr_assert_eq(rig.last_type, CHI_NORMAL_NC);
        cr_assert_eq(rig.last_shareability, CHI_OUTER_SHAREABLE);
        rig_done(&rig);
    }
}

Test(walk, reads_big_endian_descriptors_when_ee_is_set)
{
    rig_t rig;
    init(&rig, 12, 39);
    rig_map(&rig, 0, 3, 0x5000, page_bits);
    uint64_t path[3];
    for (unsigned level = 1; level <= 3; level++)
        path[level - 1] = rig_descriptor(&rig, 0, level);
    for (unsigned i = 0; i < 3; i++)
        rig_write(&rig, path[i], __builtin_bswap64(rig_read(&rig, path[i])));
    rig.context.sctlr |= SCTLR_EE;
    rig_set_context(&rig);
    cr_assert_eq(rig_physical(&rig, 0x10), 0x5010);
    rig_done(&rig);
}

Test(contiguous_bit, is_a_hint_that_changes_nothing)
{
    rig_t rig;
    init(&rig, 12, 39);
    for (unsigned page = 0; page < 16; page++)
        rig_map(&rig, page * UINT64_C(0x1000), 3, UINT64_C(0x40000) + page * UINT64_C(0x1000), page_bits | DESC_CONTIG);
    for (unsigned page = 0; page < 16; page++)
        cr_assert_eq(rig_physical(&rig, page * UINT64_C(0x1000)), UINT64_C(0x40000) + page * UINT64_C(0x1000));
    rig_done(&rig);
}

Test(walk, ignores_reserved_address_bits_of_the_descriptor)
{
    rig_t rig;
    init(&rig, 12, 39);
    rig_map(&rig, 0, 2, UINT64_C(0x40000000),
            page_bits | UINT64_C(0x1ff000) | UINT64_C(0xf) << 48 | UINT64_C(0xf) << 55);
    cr_assert_eq(rig_physical(&rig, 0x1234), UINT64_C(0x40001234));
    rig_done(&rig);
}
