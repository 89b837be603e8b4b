/* The presets of real parts have the ID registers of their Technical Reference Manuals, in the fields of what mesim
 * models; what it does not model is masked here, with its name. */
#include "cpu/identification.h"
#include "machine/core_types.h"
#include "machine/presets.h"

#include <criterion/criterion.h>
#include <glib.h>

typedef struct part {
    const char *preset;
    uint32_t midr;
    uint64_t pfr0, pfr1, isar0, isar1, mmfr1, mmfr2;
} part_t;

/* Cortex-A53 r0p4, A57 r1p3, A72 r0p3, with the Cryptographic Extension; Cortex-A76 r4p1, Neoverse N1 r4p1. */
static const part_t parts[] = {
    {"cortex-a53", 0x410fd034, 0x2222, 0, 0x11120, 0, 0, 0},
    {"cortex-a57", 0x411fd073, 0x2222, 0, 0x11120, 0, 0, 0},
    {"cortex-a72", 0x410fd083, 0x2222, 0, 0x11120, 0, 0, 0},
    {"cortex-a76", 0x414fd0b1, UINT64_C(0x1100000010111112), 0x10, UINT64_C(0x100010211120), 0x100001, 0x10212122,
     0x1011},
    {"neoverse-n1", 0x414fd0c1, UINT64_C(0x1100000010111112), 0x20, UINT64_C(0x100010211120), 0x100001, 0x10212122,
     0x1011},
};

/* Bits that are compared. */
enum {
    PFR0_NOT = 0xff << 24 | 0xffff,        /* RAS, GIC (there is one), EL3 to EL0: AArch32, EL2 and EL3 are absent */
    MMFR1_NOT = (int)(0xff << 24 | 0xfff), /* XNX, SpecSEI, VH, VMIDBits: EL2; HAFDBS */
    MMFR2_NOT = 0xf << 12,                 /* IESB: RAS */
};

static cpu_id_registers_t registers_of(const char *preset, cpu_features_t *ret_features)
{
    machine_config_t config;
    cpu_id_registers_t id;
    base_error_t error = {0};
    machine_config_init(&config);
    cr_assert_eq(machine_preset_apply(&config, NULL, preset, &error), 0, "%s", error.text);
    cr_assert_eq(machine_features(&config, ret_features, &error), 0, "%s", error.text);
    const cpu_system_config_t system = {.features = *ret_features,
                                        .midr = machine_core_type_find(config.core_type)->midr,
                                        .physical_address_bits = (uint8_t)config.address_bits,
                                        .l1i = {(uint32_t)config.l1i_size_bytes, (uint32_t)config.l1i_ways},
                                        .l1d = {(uint32_t)config.l1d_size_bytes, (uint32_t)config.l1d_ways}};
    cr_assert_eq(cpu_identify(&system, &id, &error), 0, "%s", error.text);
    return id;
}

static void expect_field(const char *preset, const char *reg, uint64_t ours, uint64_t manual, uint64_t masked)
{
    cr_expect_eq(ours & ~masked, manual & ~masked, "%s: %s is %#llx, the manual has %#llx", preset, reg,
                 (unsigned long long)ours, (unsigned long long)manual);
}

Test(preset_registers, are_those_of_the_manuals)
{
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const part_t *part = &parts[i];
        cpu_features_t features;
        const cpu_id_registers_t id = registers_of(part->preset, &features);
        expect_field(part->preset, "MIDR_EL1", id.MIDR_EL1, part->midr, 0);
        expect_field(part->preset, "ID_AA64PFR0_EL1", id.ID_AA64PFR0_EL1, part->pfr0, (uint32_t)PFR0_NOT);
        expect_field(part->preset, "ID_AA64PFR1_EL1", id.ID_AA64PFR1_EL1, part->pfr1, 0);
        expect_field(part->preset, "ID_AA64ISAR0_EL1", id.ID_AA64ISAR0_EL1, part->isar0, 0);
        expect_field(part->preset, "ID_AA64ISAR1_EL1", id.ID_AA64ISAR1_EL1, part->isar1, 0);
        expect_field(part->preset, "ID_AA64MMFR1_EL1", id.ID_AA64MMFR1_EL1, part->mmfr1, (uint32_t)MMFR1_NOT);
        expect_field(part->preset, "ID_AA64MMFR2_EL1", id.ID_AA64MMFR2_EL1, part->mmfr2, MMFR2_NOT);
    }
}

Test(preset_registers, generic_and_max_have_all_features_that_are_implemented)
{
    static const char *const presets[] = {"generic", "max"};
    for (size_t i = 0; i < G_N_ELEMENTS(presets); i++) {
        cpu_features_t features;
        registers_of(presets[i], &features);
        cr_expect_eq(features.set, cpu_features_implemented().set, "%s", presets[i]);
    }
}
