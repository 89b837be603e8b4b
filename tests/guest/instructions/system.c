/* Exception-generating and SYS instructions (DDI 0487, C5.3 to C5.5), and MRS and MSR of every encoding. */
#include "barrier.h"
#include "cache.h"
#include "instructions.h"
#include "layout.h"
#include "vm.h"

const char *smc_is_a_firmware_call_or_undefined(void)
{
    uint64_t version;
    trap_t trap;
    trap_arm(&trap);
    __asm__ volatile("mov x0, %1\n smc #0\n mov %0, x0"
                     : "=r"(version)
                     : "r"(0x84000000ull) /* PSCI_VERSION */
                     : "x0", "x1", "x2", "x3", "memory");
    trap_disarm();
    EXPECT(trap.taken ? trap.esr == esr_of(ESR_EC_UNKNOWN, 0) : version >= 2);
    return NULL;
}

const char *hlt_and_sysl_are_undefined(void)
{
    const probe_t hlt = PROBE("hlt #1", 0), sysl = PROBE("sysl x9, #0, c7, c0, #0", 0);
    EXPECT(probe_trapped(&hlt, esr_of(ESR_EC_UNKNOWN, 0)));
    EXPECT(probe_trapped(&sysl, esr_of(ESR_EC_UNKNOWN, 0)));
    return NULL;
}

/* --- TLBI --- */

/* X(name): the operand is that of TLBI by address, ASID 0; those without one ignore it. */
#define TLBIS(X)                                                                                                       \
    X(vmalle1)                                                                                                         \
    X(vae1) X(aside1) X(vaae1) X(vale1) X(vaale1) X(vmalle1is) X(vae1is) X(aside1is) X(vaae1is) X(vale1is) X(vaale1is)
typedef void tlbi_t(uint64_t operand);
#define BY_OPERAND(name)                                                                                               \
    static void tlbi_##name(uint64_t operand)                                                                          \
    {                                                                                                                  \
        __asm__ volatile("tlbi " #name ", %0" ::"r"(operand) : "memory");                                              \
    }
#define WITHOUT(name)                                                                                                  \
    static void tlbi_##name(uint64_t operand)                                                                          \
    {                                                                                                                  \
        (void)operand;                                                                                                 \
        __asm__ volatile("tlbi " #name ::: "memory");                                                                  \
    }
WITHOUT(vmalle1)
WITHOUT(vmalle1is)
BY_OPERAND(vae1)
BY_OPERAND(aside1)
BY_OPERAND(vaae1)
BY_OPERAND(vale1)
BY_OPERAND(vaale1)
BY_OPERAND(vae1is)
BY_OPERAND(aside1is)
BY_OPERAND(vaae1is)
BY_OPERAND(vale1is)
BY_OPERAND(vaale1is)

#define ADDRESS_OF(name) tlbi_##name,
static tlbi_t *const tlbis[] = {TLBIS(ADDRESS_OF)};

/* Those of later architectures as SYS, which every assembler knows: X(CRm, op2). */
#define BY_SYS(crm, op2)                                                                                               \
    static void tlbi_##crm##_##op2(uint64_t operand)                                                                   \
    {                                                                                                                  \
        __asm__ volatile("sys #0, c8, " #crm ", #" #op2 ", %0" ::"r"(operand) : "memory");                             \
    }
#define BY_SYS_ADDRESS(crm, op2) tlbi_##crm##_##op2,
/* FEAT_TLBIOS: VMALLE1OS, VAE1OS, ASIDE1OS, VAAE1OS, VALE1OS, VAALE1OS. */
#define TLBIS_OUTER(X) X(c1, 0) X(c1, 1) X(c1, 2) X(c1, 3) X(c1, 5) X(c1, 7)
/* FEAT_TLBIRANGE: RVAE1, RVAAE1, RVALE1, RVAALE1, and their IS and OS forms. */
#define TLBIS_RANGE(X)                                                                                                 \
    X(c6, 1) X(c6, 3) X(c6, 5) X(c6, 7) X(c2, 1) X(c2, 3) X(c2, 5) X(c2, 7) X(c5, 1) X(c5, 3) X(c5, 5) X(c5, 7)
TLBIS_OUTER(BY_SYS)
TLBIS_RANGE(BY_SYS)
static tlbi_t *const outer_tlbis[] = {TLBIS_OUTER(BY_SYS_ADDRESS)};
static tlbi_t *const range_tlbis[] = {TLBIS_RANGE(BY_SYS_ADDRESS)};

/* ASID 0, pages of 4 KB (TG), SCALE and NUM 0: two pages from va on (C5.5, TLBI RVAE1). */
static uint64_t range_operand(uint64_t va)
{
    return 1ull << 46 | ((va >> 12) & ((1ull << 37) - 1));
}

/* The translation is used, its descriptor is removed, and one TLBI by this core must make that known to it. */
static const char *forgets(tlbi_t *tlbi, bool by_range)
{
    const uint64_t va = window_page(0);
    vm_map(&vm_kernel, va, test_page(0), PAGE_BYTES, VM_DATA | PTE_NOT_GLOBAL);
    uint64_t *leaf = vm_leaf(&vm_kernel, va);
    const uint64_t descriptor = *leaf;
    const probe_t before = PROBE("ldr x9, [%1]", va);
    EXPECT(!before.trap.taken);
    *(volatile uint64_t *)leaf = 0;
    dsb_sy();
    tlbi(by_range ? range_operand(va) : vm_tlbi_operand(va, 0));
    dsb_sy();
    isb();
    const probe_t after = PROBE("ldr x9, [%1]", va);
    EXPECT(probe_aborted(&after, esr_of(ESR_EC_DABORT, FSC_TRANSLATION_L3), va));
    *(volatile uint64_t *)leaf = descriptor;
    dsb_sy();
    vm_unmap(&vm_kernel, va, PAGE_BYTES);
    return NULL;
}

static const char *each_forgets(tlbi_t *const *list, unsigned count, bool by_range)
{
    const char *wrong = NULL;
    for (unsigned i = 0; i < count && wrong == NULL; i++)
        wrong = forgets(list[i], by_range);
    return wrong;
}

const char *each_tlbi_forgets_the_translation(void)
{
    uint64_t isar0;
    __asm__("mrs %0, id_aa64isar0_el1" : "=r"(isar0));
    const unsigned later = isar0 >> 56 & 15; /* TLB: 1 has the outer shareable forms, 2 ranges as well */
    const char *wrong = each_forgets(tlbis, sizeof tlbis / sizeof tlbis[0], false);
    if (wrong == NULL && later >= 1)
        wrong = each_forgets(outer_tlbis, sizeof outer_tlbis / sizeof outer_tlbis[0], false);
    if (wrong == NULL && later >= 2)
        wrong = each_forgets(range_tlbis, sizeof range_tlbis / sizeof range_tlbis[0], true);
    return wrong;
}

/* --- AT --- */

#define AT(operation, va)                                                                                              \
    ({                                                                                                                 \
        __asm__ volatile(operation ", %0\n isb" ::"r"(va) : "memory");                                                 \
        read_sysreg(par_el1);                                                                                          \
    })
enum { PAR_F = 1 };

static bool finds(uint64_t par, uint64_t pa)
{
    return !(par & PAR_F) && (par & PTE_ADDRESS) == pa;
}

static bool is_refused(uint64_t par, unsigned status)
{
    return (par & PAR_F) && (par >> 1 & 0x3f) == status;
}

/* Where PSTATE.PAN is set, which forbids EL1 what EL0 may (FEAT_PAN2). */
static const char *at_obeys_pan(uint64_t user, uint64_t kernel)
{
    if ((read_sysreg(id_aa64mmfr1_el1) >> 20 & 0xf) < 2)
        return NULL;
    __asm__ volatile(".inst 0xd500419f\n isb" ::: "memory"); /* MSR PAN, #1 */
    const uint64_t user_read = AT("sys #0, c7, c9, #0", user), user_write = AT("sys #0, c7, c9, #1", user);
    const uint64_t kernel_read = AT("sys #0, c7, c9, #0", kernel);
    __asm__ volatile(".inst 0xd500409f\n isb" ::: "memory"); /* MSR PAN, #0 */
    EXPECT(is_refused(user_read, FSC_PERMISSION_L3) && is_refused(user_write, FSC_PERMISSION_L3));
    EXPECT(finds(kernel_read, test_page(0)));
    EXPECT(finds(AT("sys #0, c7, c9, #0", user), test_page(2)) && finds(AT("sys #0, c7, c9, #1", user), test_page(2)));
    return NULL;
}

const char *at_says_what_an_access_would_meet(void)
{
    const uint64_t data = window_page(0), constants = window_page(1), user = window_page(2), nothing = window_page(3);
    vm_map(&vm_kernel, data, test_page(0), PAGE_BYTES, VM_DATA);
    vm_map(&vm_kernel, constants, test_page(1), PAGE_BYTES, VM_CONSTANTS);
    vm_map(&vm_kernel, user, test_page(2), PAGE_BYTES, VM_USER_DATA);
    EXPECT(finds(AT("at s1e1r", data), test_page(0)) && finds(AT("at s1e1w", data), test_page(0)));
    EXPECT(finds(AT("at s1e1r", constants), test_page(1)));
    EXPECT(is_refused(AT("at s1e1w", constants), FSC_PERMISSION_L3));
    EXPECT(is_refused(AT("at s1e0r", data), FSC_PERMISSION_L3) && is_refused(AT("at s1e0w", data), FSC_PERMISSION_L3));
    EXPECT(finds(AT("at s1e0r", user), test_page(2)) && finds(AT("at s1e0w", user), test_page(2)));
    EXPECT(is_refused(AT("at s1e1r", nothing), FSC_TRANSLATION_L3));
    const char *wrong = at_obeys_pan(user, data);
    vm_unmap(&vm_kernel, data, 3 * PAGE_BYTES);
    return wrong;
}

/* --- caches --- */

/* By set and way on level 1: cleaned, cleaned and invalidated, invalidated at once after that. */
const char *set_way_maintenance_loses_nothing(void)
{
    uint64_t *words = (uint64_t *)test_page(0);
    for (unsigned i = 0; i < PAGE_BYTES / sizeof *words; i++)
        words[i] = i * 0x0101010101010101ull;
    for (uint64_t way = 0; way < 2; way++)
        for (uint64_t set = 0; set < 256; set++) {
            const uint64_t operand = way << 31 | set << 6;
            __asm__ volatile("dc csw, %0\n dsb sy\n dc cisw, %0\n dsb sy\n dc isw, %0\n dsb sy" ::"r"(operand)
                             : "memory");
        }
    for (unsigned i = 0; i < PAGE_BYTES / sizeof *words; i++)
        EXPECT(words[i] == i * 0x0101010101010101ull);
    return NULL;
}

/* To the point of persistence, and of deep persistence: where ID_AA64ISAR1_EL1.DPB has them. */
const char *clean_to_persistence_keeps_the_data(void)
{
    volatile uint64_t *word = (uint64_t *)test_page(0);
    const uint64_t persistence = read_sysreg(id_aa64isar1_el1) & 0xf, undefined = esr_of(ESR_EC_UNKNOWN, 0);
    *word = 0x1234;
    const probe_t clean = PROBE("sys #3, c7, c12, #1, %1", word); /* DC CVAP */
    const probe_t deep = PROBE("sys #3, c7, c13, #1, %1", word);  /* DC CVADP */
    dsb_sy();
    EXPECT(persistence >= 1 ? !clean.trap.taken : probe_trapped(&clean, undefined));
    EXPECT(persistence >= 2 ? !deep.trap.taken : probe_trapped(&deep, undefined));
    EXPECT(*word == 0x1234);
    return NULL;
}

/* --- code that is written here --- */

enum { RET = (int)0xd65f03c0 };

code_t *code_of(uint32_t word)
{
    volatile uint32_t *code = (uint32_t *)test_page(3);
    code[0] = word;
    code[1] = (uint32_t)RET;
    cache_sync_instructions((uintptr_t)code, 8);
    return (code_t *)window_page(3);
}

const char *ic_ialluis_makes_new_code_run(void)
{
    vm_map(&vm_kernel, window_page(3), test_page(3), PAGE_BYTES, VM_CODE);
    code_t *code = code_of(0x52800020); /* MOV W0, #1 */
    EXPECT(code(0) == 1);
    volatile uint32_t *word = (uint32_t *)test_page(3);
    *word = 0x52800040; /* MOV W0, #2 */
    __asm__ volatile("dc cvau, %0\n dsb ish\n ic ialluis\n dsb ish\n isb" ::"r"(word) : "memory");
    EXPECT(code(0) == 2);
    vm_unmap(&vm_kernel, window_page(3), PAGE_BYTES);
    return NULL;
}

enum { MRS_X0 = (int)0xd5300000, MSR_X0 = (int)0xd5100000, KEYS = 1 << 15 };

/* Written back, a register keeps its value. Not the counters and the interrupt controller, where a write is an act. */
static bool may_be_written_back(uint32_t key)
{
    const unsigned op0 = 2 + (key >> 14), crn = key >> 7 & 15;
    return op0 == 3 && crn != 12 && crn != 14 && crn != 9;
}

static bool is_undefined_or_trapped(const trap_t *trap)
{
    const unsigned class = (unsigned)(trap->esr >> ESR_EC_SHIFT);
    return class == ESR_EC_UNKNOWN || class == ESR_EC_SYSREG || class == ESR_EC_FP; /* FPCR and FPSR, off here */
}

static const char *check_register(uint32_t key, unsigned *ret_readable)
{
    trap_t trap;
    code_t *read = code_of((uint32_t)MRS_X0 | key << 5);
    trap_arm(&trap);
    const uint64_t value = read(0);
    trap_disarm();
    if (trap.taken) {
        EXPECT(is_undefined_or_trapped(&trap));
        return NULL;
    }
    ++*ret_readable;
    if (!may_be_written_back(key))
        return NULL;
    code_t *write = code_of((uint32_t)MSR_X0 | key << 5);
    trap_arm(&trap);
    write(value);
    trap_disarm();
    EXPECT(!trap.taken || is_undefined_or_trapped(&trap));
    return NULL;
}

/* op0 2 and 3, every encoding. */
const char *every_register_reads_or_is_undefined(void)
{
    unsigned readable = 0;
    vm_map(&vm_kernel, window_page(3), test_page(3), PAGE_BYTES, VM_CODE);
    for (uint32_t key = 0; key < KEYS; key++) {
        const char *wrong = check_register(key, &readable);
        if (wrong != NULL)
            return wrong;
    }
    vm_unmap(&vm_kernel, window_page(3), PAGE_BYTES);
    EXPECT(readable > 60);
    return NULL;
}
