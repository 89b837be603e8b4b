#include "mmu/regime.h"

#include "mmu/attributes.h"

enum { SCTLR_M = 0, SCTLR_C = 2, SCTLR_I = 12, SCTLR_WXN = 19, SCTLR_EE = 25 };
/* TCR_EL1: the fields of TTBR1 lie 16 bits above those of TTBR0, TBI1 next to TBI0. */
enum { TCR_TSZ = 0, TCR_EPD = 7, TCR_IRGN = 8, TCR_ORGN = 10, TCR_SH = 12, TCR_TG = 14, TCR_HALF = 16 };
enum { TCR_A1 = 22, TCR_IPS = 32, TCR_AS = 36, TCR_TBI0 = 37, TCR_HA = 39, TCR_HD = 40, TCR_HPD0 = 41 };
enum { TSZ_MIN = 16, TSZ_MAX = 39, TTBR_ASID = 48 };

/* TG0 and TG1 encode the granule differently; reserved values are taken for 4 KB. */
static const uint8_t granule_shifts[2][4] = {{12, 16, 14, 12}, {12, 14, 12, 16}};

/* TCR_EL1.IPS; without 52-bit addresses the two last values mean 48. */
static const uint8_t output_sizes[8] = {32, 36, 40, 42, 44, 48, 48, 48};

static mmu_range_t decode_range(const mmu_context_t *context, unsigned half, unsigned output_bits, bool cacheable)
{
    uint64_t tcr = context->tcr >> (half * TCR_HALF);
    unsigned tsz = (unsigned)bits_get(tcr, TCR_TSZ, 6);
    mmu_range_t range = {.tbi = bit_get(context->tcr, TCR_TBI0 + half),
                         .hpd = bit_get(context->tcr, TCR_HPD0 + half),
                         .granule_shift = granule_shifts[half][bits_get(tcr, TCR_TG, 2)]};
    chi_memory_type_t type =
        mmu_walk_memory_type((unsigned)bits_get(tcr, TCR_IRGN, 2), (unsigned)bits_get(tcr, TCR_ORGN, 2));
    range.walk_type = (uint8_t)(cacheable ? type : CHI_NORMAL_NC);
    range.walk_shareability =
        (uint8_t)mmu_shareability((unsigned)bits_get(tcr, TCR_SH, 2), (chi_memory_type_t)range.walk_type);
    /* D8.2 lets a TnSZ out of range be clamped or fault; a fault shows the guest its mistake. */
    if (bit_get(tcr, TCR_EPD) || tsz < TSZ_MIN || tsz > TSZ_MAX)
        return range;

    unsigned bits_a_level = range.granule_shift - 3u;
    range.input_bits = (uint8_t)(64 - tsz);
    range.start_level = (uint8_t)(3 - (range.input_bits - range.granule_shift - 1) / bits_a_level);
    /* The first table may be short; the base is aligned to its size. */
    unsigned base_lsb = 3u + range.input_bits - mmu_level_shift(range.granule_shift, range.start_level);
    uint64_t ttbr = half ? context->ttbr1 : context->ttbr0;
    range.base = bits_get(ttbr, 0, TTBR_ASID) >> base_lsb << base_lsb;
    range.base_out_of_range = range.base >> output_bits;
    return range;
}

void mmu_regime_decode(const mmu_context_t *context, unsigned physical_address_bits, mmu_regime_t *ret_regime)
{
    uint64_t sctlr = context->sctlr, tcr = context->tcr;
    unsigned output_bits = output_sizes[bits_get(tcr, TCR_IPS, 3)];
    if (output_bits > physical_address_bits)
        output_bits = physical_address_bits;
    uint16_t asid_mask = bit_get(tcr, TCR_AS) ? 0xffff : 0xff;
    uint64_t asid_register = bit_get(tcr, TCR_A1) ? context->ttbr1 : context->ttbr0;
    *ret_regime = (mmu_regime_t){
        .mair = context->mair,
        .enabled = bit_get(sctlr, SCTLR_M),
        .wxn = bit_get(sctlr, SCTLR_WXN),
        .cacheable = {bit_get(sctlr, SCTLR_C), bit_get(sctlr, SCTLR_I)},
        .access_flag = bit_get(tcr, TCR_HA),
        .dirty_state = bit_get(tcr, TCR_HA) && bit_get(tcr, TCR_HD),
        .big_endian = bit_get(sctlr, SCTLR_EE),
        .output_bits = (uint8_t)output_bits,
        .physical_address_bits = (uint8_t)physical_address_bits,
        .asid = (uint16_t)(asid_register >> TTBR_ASID & asid_mask),
        .asid_mask = asid_mask,
    };
    for (unsigned half = 0; half < 2; half++)
        ret_regime->range[half] = decode_range(context, half, output_bits, ret_regime->cacheable[0]);
}

bool mmu_regime_invalidates_micro_tlbs(const mmu_regime_t *old_regime, const mmu_regime_t *new_regime)
{
    return old_regime->enabled != new_regime->enabled || old_regime->wxn != new_regime->wxn ||
           old_regime->cacheable[0] != new_regime->cacheable[0] || old_regime->cacheable[1] != new_regime->cacheable[1];
}
