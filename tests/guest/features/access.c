/* Features of loads and stores: who may access what, and how. */
#include "barrier.h"
#include "features.h"
#include "layout.h"
#include "vm.h"

#define SET_PAN   ".inst 0xd500419f\n"
#define CLEAR_PAN ".inst 0xd500409f\n"
#define SET_UAO   ".inst 0xd500417f\n"
#define CLEAR_UAO ".inst 0xd500407f\n"

UNDEFINED_WITHOUT(no_pan, SET_PAN)
UNDEFINED_WITHOUT(no_pan2, "sys #0, c7, c9, #0, %1") /* AT S1E1RP */
UNDEFINED_WITHOUT(no_uao, SET_UAO)
UNDEFINED_WITHOUT(no_lrcpc2, ".inst 0xd9400029\n")
UNDEFINED_WITHOUT(no_lor, ".inst 0xc8df7c29\n")

/* One access to a page that EL0 may or may not read; the state is as before afterwards. */
static uint64_t esr_of_access(const probe_t *probe)
{
    return probe->trap.taken ? probe->trap.esr : 0;
}
#define ACCESS(before, instruction, after, address)                                                                    \
    ({                                                                                                                 \
        __asm__ volatile(before ::: "memory");                                                                         \
        const probe_t access_ = PROBE(instruction, address);                                                           \
        __asm__ volatile(after ::: "memory");                                                                          \
        esr_of_access(&access_);                                                                                       \
    })

static uint64_t denied(bool write)
{
    return esr_of(ESR_EC_DABORT, FSC_PERMISSION_L3 | (write ? ESR_ISS_WNR : 0));
}

static uint64_t user_page(void)
{
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_USER_DATA);
    return window_page(0);
}

static void unmap_user_page(void)
{
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
}

static const char *pan_keeps_out(uint64_t user, uint64_t kernel)
{
    EXPECT(ACCESS(CLEAR_PAN, "ldr x9, [%1]", "", user) == 0);
    EXPECT(ACCESS(SET_PAN, "ldr x9, [%1]", CLEAR_PAN, user) == denied(false));
    EXPECT(ACCESS(SET_PAN, "str xzr, [%1]", CLEAR_PAN, user) == denied(true));
    EXPECT(ACCESS(SET_PAN, "ldtr x9, [%1]", CLEAR_PAN, user) == 0);
    EXPECT(ACCESS(SET_PAN, "sttr xzr, [%1]", CLEAR_PAN, user) == 0);
    EXPECT(ACCESS(SET_PAN, "dc cvac, %1", CLEAR_PAN, user) == 0);
    EXPECT(ACCESS(SET_PAN, "dc zva, %1", CLEAR_PAN, user) == denied(true));
    EXPECT(ACCESS(SET_PAN, "ldr x9, [%1]", CLEAR_PAN, kernel) == 0);
    EXPECT(ACCESS(SET_PAN CLEAR_PAN, "ldr x9, [%1]", "", user) == 0);
    return NULL;
}

enum { SCTLR_SPAN = 1 << 23 };

/* With SCTLR_EL1.SPAN 0 an exception sets PAN, and its return brings the old one back. */
static const char *pan_survives_an_exception(void)
{
    const uint64_t sctlr = read_sysreg(sctlr_el1);
    write_sysreg(sctlr_el1, sctlr & ~(uint64_t)SCTLR_SPAN);
    isb();
    const probe_t clear = PROBE("brk #0", 0);
    const uint64_t still_clear = read_sysreg(S3_0_C4_C2_3);
    __asm__ volatile(SET_PAN ::: "memory");
    const probe_t set = PROBE("brk #0", 0);
    const uint64_t still_set = read_sysreg(S3_0_C4_C2_3);
    __asm__ volatile(CLEAR_PAN ::: "memory");
    write_sysreg(sctlr_el1, sctlr);
    isb();
    EXPECT(clear.trap.taken && set.trap.taken);
    EXPECT(still_clear == 0);
    EXPECT(still_set == 1 << 22);
    return NULL;
}

const char *pan_works(void)
{
    const char *wrong = pan_keeps_out(user_page(), test_page(1));
    unmap_user_page();
    return wrong ? wrong : pan_survives_an_exception();
}

static uint64_t par_of(bool pan_form, bool write, uint64_t va)
{
    __asm__ volatile(SET_PAN ::: "memory");
    if (pan_form && write)
        __asm__ volatile("sys #0, c7, c9, #1, %0" ::"r"(va) : "memory");
    else if (pan_form)
        __asm__ volatile("sys #0, c7, c9, #0, %0" ::"r"(va) : "memory");
    else
        __asm__ volatile("at s1e1w, %0" ::"r"(va) : "memory");
    isb();
    __asm__ volatile(CLEAR_PAN ::: "memory");
    return read_sysreg(par_el1);
}

static const char *at_asks_for_pan(uint64_t user, uint64_t kernel)
{
    EXPECT((par_of(true, false, user) & 0x7f) == (FSC_PERMISSION_L3 << 1 | 1));
    EXPECT((par_of(true, true, user) & 0x7f) == (FSC_PERMISSION_L3 << 1 | 1));
    EXPECT((par_of(false, true, user) & 1) == 0);
    EXPECT((par_of(true, true, kernel) & 1) == 0);
    return NULL;
}

const char *pan2_works(void)
{
    const char *wrong = at_asks_for_pan(user_page(), test_page(1));
    unmap_user_page();
    return wrong;
}

static const char *uao_makes_privileged(uint64_t user, uint64_t kernel)
{
    EXPECT(ACCESS(CLEAR_UAO, "ldtr x9, [%1]", "", kernel) == denied(false));
    EXPECT(ACCESS(SET_UAO, "ldtr x9, [%1]", CLEAR_UAO, kernel) == 0);
    EXPECT(ACCESS(SET_UAO, "sttr x9, [%1]", CLEAR_UAO, kernel) == 0);
    EXPECT(ACCESS(SET_UAO CLEAR_UAO, "sttr x9, [%1]", "", kernel) == denied(true));
    EXPECT(ACCESS(SET_UAO SET_PAN, "ldtr x9, [%1]", CLEAR_UAO CLEAR_PAN, user) == denied(false));
    return NULL;
}

const char *uao_works(void)
{
    const char *wrong = uao_makes_privileged(user_page(), test_page(1));
    unmap_user_page();
    return wrong;
}

/* --- alignment --- */

#define LSE(instruction) ".arch_extension lse\n " instruction "\n .arch_extension nolse"

enum { SCTLR_A = 1 << 1, SCTLR_nAA = 1 << 6 };

static uint64_t misaligned(bool write)
{
    return esr_of(ESR_EC_DABORT, FSC_ALIGNMENT | (write ? ESR_ISS_WNR : 0));
}

static const char *inside_sixteen_bytes(uint64_t page)
{
    EXPECT(ACCESS("", "ldar x9, [%1]", "", page + 5) == 0);
    EXPECT(ACCESS("", "stlrh w9, [%1]", "", page + 13) == 0);
    EXPECT(ACCESS("", "1: ldxr x9, [%1]\n stxr w10, x9, [%1]\n cbnz w10, 1b", "", page + 3) == 0);
    EXPECT(ACCESS("", LSE("ldadd w9, w9, [%1]"), "", page + 11) == 0);
    return NULL;
}

static const char *across_sixteen_bytes(uint64_t page)
{
    EXPECT(ACCESS("", "ldar x9, [%1]", "", page + 12) == misaligned(false));
    EXPECT(ACCESS("", "stlr x9, [%1]", "", page + 12) == misaligned(true));
    EXPECT(ACCESS("", "ldxr x9, [%1]", "", page + 12) == misaligned(false));
    EXPECT(ACCESS("", "ldxp x9, x10, [%1]", "", page + 8) == misaligned(false));
    EXPECT(ACCESS("", LSE("ldadd w9, w9, [%1]"), "", page + 14) == misaligned(true));
    EXPECT(ACCESS("", "ldr x9, [%1]", "", page + 12) == 0);
    return NULL;
}

static const char *with_naa(uint64_t page)
{
    EXPECT(ACCESS("", "ldar x9, [%1]", "", page + 60) == 0);
    EXPECT(ACCESS("", "stlr x9, [%1]", "", page + 60) == 0);
    EXPECT(ACCESS("", "ldxr x9, [%1]", "", page + 12) == misaligned(false));
    return NULL;
}

static const char *with_alignment_checked(uint64_t page)
{
    EXPECT(ACCESS("", "ldar x9, [%1]", "", page + 4) == misaligned(false));
    EXPECT(ACCESS("", "ldxr x9, [%1]", "", page + 4) == misaligned(false));
    return NULL;
}

static const char *with_sctlr(uint64_t bits, const char *(*check)(uint64_t page))
{
    const uint64_t sctlr = read_sysreg(sctlr_el1);
    write_sysreg(sctlr_el1, sctlr | bits);
    isb();
    const char *wrong = check(test_page(0));
    write_sysreg(sctlr_el1, sctlr);
    isb();
    return wrong;
}

const char *lse2_works(void)
{
    const char *wrong = inside_sixteen_bytes(test_page(0));
    wrong = wrong ? wrong : across_sixteen_bytes(test_page(0));
    wrong = wrong ? wrong : with_sctlr(SCTLR_nAA, with_naa);
    return wrong ? wrong : with_sctlr(SCTLR_A, with_alignment_checked);
}

const char *no_lse2(void)
{
    EXPECT(ACCESS("", "ldar x9, [%1]", "", test_page(0) + 4) == misaligned(false));
    EXPECT(ACCESS("", "stlrh w9, [%1]", "", test_page(0) + 13) == misaligned(true));
    EXPECT(ACCESS("", "ldxr x9, [%1]", "", test_page(0) + 4) == misaligned(false));
    return NULL;
}

/* --- ordered accesses with an offset, and limited ordering --- */

const char *lrcpc2_works(void)
{
    volatile uint64_t *words = (volatile uint64_t *)(test_page(0) + 512);
    uint64_t loaded, narrow;
    words[-1] = 0x8877665544332211;
    __asm__ volatile("mov x9, %2\n"
                     ".inst 0xd95f812a\n" /* LDAPUR X10, [X9, #-8] */
                     "mov %0, x10\n"
                     ".inst 0x199ff12b\n" /* LDAPURSB X11, [X9, #-1] */
                     "mov %1, x11\n"
                     ".inst 0x9900c12a\n" /* STLUR W10, [X9, #12] */
                     : "=&r"(loaded), "=&r"(narrow)
                     : "r"(words)
                     : "x9", "x10", "x11", "memory");
    EXPECT(loaded == 0x8877665544332211);
    EXPECT(narrow == 0xffffffffffffff88);
    EXPECT(*(volatile uint32_t *)((uintptr_t)words + 12) == 0x44332211);
    return NULL;
}

const char *lor_works(void)
{
    volatile uint64_t *word = (volatile uint64_t *)test_page(0);
    uint64_t loaded;
    __asm__ volatile("mov x9, %1\n"
                     "mov x10, #77\n"
                     ".inst 0xc89f7d2a\n" /* STLLR X10, [X9] */
                     ".inst 0xc8df7d2b\n" /* LDLAR X11, [X9] */
                     "mov %0, x11\n"
                     : "=&r"(loaded)
                     : "r"(word)
                     : "x9", "x10", "x11", "memory");
    EXPECT(loaded == 77);
    EXPECT((read_sysreg(S3_0_C10_C4_7) & 0xff) == 0); /* LORID_EL1: no regions */
    return NULL;
}
