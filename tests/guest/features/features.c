/* What the optional parts of the architecture do, seen by a guest: for each one whether the ID registers have it, and
 * that it then works; or that they have it not, and its instructions are UNDEFINED (DDI 0487 A2.3 to A2.6). */
#include "features.h"

#include "barrier.h"
#include "image.h"
#include "print.h"
#include "sysreg.h"

#include <stddef.h>

typedef struct feature {
    const char *name;
    bool (*present)(void);
    const char *(*works)(void);  /* NULL, or what does not */
    const char *(*absent)(void); /* NULL, or what is there all the same */
} feature_t;

option_t image_options[] = {{.name = NULL}};

/* --- PSTATE bits that only keep their value --- */

static const char *dit_keeps_its_value(void)
{
    __asm__ volatile(".inst 0xd503415f"); /* MSR DIT, #1 */
    const uint64_t set = read_sysreg(S3_3_C4_C2_5);
    __asm__ volatile(".inst 0xd503405f");
    const uint64_t clear = read_sysreg(S3_3_C4_C2_5);
    EXPECT(set == 1 << 24 && clear == 0);
    return NULL;
}

static const char *ssbs_keeps_its_value(void)
{
    __asm__ volatile(".inst 0xd503413f"); /* MSR SSBS, #1 */
    const uint64_t set = read_sysreg(S3_3_C4_C2_6);
    write_sysreg(S3_3_C4_C2_6, 0);
    const uint64_t clear = read_sysreg(S3_3_C4_C2_6);
    EXPECT(set == 1 << 12 && clear == 0);
    return NULL;
}

STATIC_UNDEFINED_WITHOUT(no_dit, "mrs x9, S3_3_C4_C2_5")
STATIC_UNDEFINED_WITHOUT(no_ssbs, "mrs x9, S3_3_C4_C2_6")

/* --- flags --- */

#define AXFLAG ".inst 0xd500405f"
#define XAFLAG ".inst 0xd500403f"
#define CONVERT(instruction, flags)                                                                                    \
    ({                                                                                                                 \
        write_sysreg(nzcv, (uint64_t)(flags) << 28);                                                                   \
        __asm__ volatile(instruction ::: "cc");                                                                        \
        read_sysreg(nzcv) >> 28;                                                                                       \
    })

/* Equal, less, greater and unordered, as FCMP leaves them and as other architectures do (C6.2, AXFLAG, XAFLAG). */
static const char *axflag_and_xaflag_convert(void)
{
    static const uint8_t ours[] = {0x6, 0x8, 0x2, 0x3}, theirs[] = {0x6, 0x0, 0x2, 0x4};
    for (unsigned i = 0; i < 4; i++) {
        EXPECT(CONVERT(AXFLAG, ours[i]) == theirs[i]);
        EXPECT(CONVERT(XAFLAG, theirs[i]) == ours[i]);
    }
    return NULL;
}

STATIC_UNDEFINED_WITHOUT(no_flagm2, AXFLAG)

/* --- maintenance and barriers --- */

static const char *sb_executes(void)
{
    const probe_t probe = PROBE(".inst 0xd50330ff", 0);
    EXPECT(!probe.trap.taken);
    return NULL;
}

static const char *dc_cvap_executes(void)
{
    const probe_t probe = PROBE("sys #3, c7, c12, #1, %1", test_page(0));
    EXPECT(!probe.trap.taken);
    return NULL;
}

static const char *dc_cvadp_executes(void)
{
    const probe_t probe = PROBE("sys #3, c7, c13, #1, %1", test_page(0));
    EXPECT(!probe.trap.taken);
    return NULL;
}

/* CFP, DVP and CPP RCTX, for all contexts of EL1. */
static const char *prediction_restrictions_execute(void)
{
    const probe_t cfp = PROBE("sys #3, c7, c3, #4, %1", 1ull << 24), dvp = PROBE("sys #3, c7, c3, #5, %1", 1ull << 24);
    const probe_t cpp = PROBE("sys #3, c7, c3, #7, %1", 1ull << 24);
    EXPECT(!cfp.trap.taken && !dvp.trap.taken && !cpp.trap.taken);
    return NULL;
}

/* S3_1_C0_C3_0 is no register: its read says what it was, or is UNDEFINED as a write is. */
static const char *id_reads_are_trapped(void)
{
    enum { X9 = 9 << 5, OP0 = 3 << 20, OP1 = 1 << 14, CRM = 3 << 1, READ = 1 };
    const probe_t read = PROBE("mrs x9, S3_1_C0_C3_0", 0), write = PROBE("msr S3_1_C0_C3_0, x9", 0);
    EXPECT(probe_trapped(&read, esr_of(ESR_EC_SYSREG, OP0 | OP1 | X9 | CRM | READ)));
    EXPECT(probe_trapped(&write, esr_of(ESR_EC_UNKNOWN, 0)));
    return NULL;
}

/* The L1D: lines of 64 bytes, and the places of sets and ways. */
static uint64_t geometry(void)
{
    write_sysreg(csselr_el1, 0);
    isb();
    return read_sysreg(ccsidr_el1);
}

static const char *cache_geometry_has_64_bits(void)
{
    EXPECT((geometry() & 7) == 2 && geometry() >> 32 != 0 && (geometry() & 0xff000000) == 0);
    return NULL;
}

static const char *cache_geometry_has_32_bits(void)
{
    EXPECT((geometry() & 7) == 2 && geometry() >> 32 == 0 && (geometry() >> 13 & 0x7fff) != 0);
    return NULL;
}

STATIC_UNDEFINED_WITHOUT(no_specres, "sys #3, c7, c3, #4, %1")
STATIC_UNDEFINED_WITHOUT(no_idst, "mrs x9, S3_1_C0_C3_0")
STATIC_UNDEFINED_WITHOUT(no_sb, ".inst 0xd50330ff")
STATIC_UNDEFINED_WITHOUT(no_dpb, "sys #3, c7, c12, #1, %1")
STATIC_UNDEFINED_WITHOUT(no_dpb2, "sys #3, c7, c13, #1, %1")

/* --- the list --- */

ID_FIELD(has_pan, id_aa64mmfr1_el1, 20, 1)
ID_FIELD(has_pan2, id_aa64mmfr1_el1, 20, 2)
ID_FIELD(has_uao, S3_0_C0_C7_2, 4, 1)
ID_FIELD(has_lse2, S3_0_C0_C7_2, 32, 1)
ID_FIELD(has_lrcpc2, id_aa64isar1_el1, 20, 2)
ID_FIELD(has_lor, id_aa64mmfr1_el1, 16, 1)
ID_FIELD(has_flagm2, id_aa64isar0_el1, 52, 2)
ID_FIELD(has_dpb, id_aa64isar1_el1, 0, 1)
ID_FIELD(has_dpb2, id_aa64isar1_el1, 0, 2)
ID_FIELD(has_sb, id_aa64isar1_el1, 36, 1)
ID_FIELD(has_dit, id_aa64pfr0_el1, 48, 1)
ID_FIELD(has_ssbs2, id_aa64pfr1_el1, 4, 2)
ID_FIELD(has_bti, id_aa64pfr1_el1, 0, 1)
ID_FIELD(has_specres, id_aa64isar1_el1, 40, 1)
ID_FIELD(has_idst, S3_0_C0_C7_2, 36, 1)
ID_FIELD(has_ccidx, S3_0_C0_C7_2, 20, 1)

static const feature_t features[] = {
    {"pan", has_pan, pan_works, no_pan},
    {"pan2", has_pan2, pan2_works, no_pan2},
    {"uao", has_uao, uao_works, no_uao},
    {"lse2", has_lse2, lse2_works, no_lse2},
    {"lrcpc2", has_lrcpc2, lrcpc2_works, no_lrcpc2},
    {"lor", has_lor, lor_works, no_lor},
    {"flagm2", has_flagm2, axflag_and_xaflag_convert, no_flagm2},
    {"dpb", has_dpb, dc_cvap_executes, no_dpb},
    {"dpb2", has_dpb2, dc_cvadp_executes, no_dpb2},
    {"sb", has_sb, sb_executes, no_sb},
    {"dit", has_dit, dit_keeps_its_value, no_dit},
    {"ssbs2", has_ssbs2, ssbs_keeps_its_value, no_ssbs},
    {"bti", has_bti, bti_works, no_bti},
    {"specres", has_specres, prediction_restrictions_execute, no_specres},
    {"idst", has_idst, id_reads_are_trapped, no_idst},
    {"ccidx", has_ccidx, cache_geometry_has_64_bits, cache_geometry_has_32_bits},
};

void image_main(void)
{
    for (unsigned i = 0; i < sizeof features / sizeof features[0]; i++) {
        const feature_t *feature = &features[i];
        const bool present = feature->present();
        write_sysreg(tpidrro_el0, 1); /* an injected fault is in force from here */
        const char *wrong = present ? feature->works() : feature->absent();
        write_sysreg(tpidrro_el0, 0);
        print("%s %s: %s\n", feature->name, present ? "present" : "absent", wrong ? wrong : "ok");
        image_check(wrong == NULL);
    }
}
