/* Branch targets (FEAT_BTI): which instruction may be the first in a guarded page after which branch. */
#include "barrier.h"
#include "cache.h"
#include "features.h"
#include "layout.h"
#include "vm.h"

#define PTE_GUARDED (1ull << 50)

enum { NOP = (int)0xd503201f, BTI = (int)0xd503241f, BTI_C = (int)0xd503245f, BTI_J = (int)0xd503249f };
enum { BTI_JC = (int)0xd50324df, PACIASP = (int)0xd503233f, PACIBSP = (int)0xd503237f, RET = (int)0xd65f03c0 };
enum { BR_X1 = (int)0xd61f0020, BR_X16 = (int)0xd61f0200, SCTLR_BT1 = 36, BRANCHER = 256 };

/* Ways to branch, by the BTYPE that they set. */
typedef enum way { BY_RET, BY_BR_X16, BY_BLR, BY_BR_GUARDED, WAYS } way_t;

/* The page has `pad` and RET, and a BR X1 at an offset that BLR may reach. */
static void write_code(uint32_t pad, uint64_t page)
{
    uint32_t *code = (uint32_t *)test_page(0);
    code[0] = pad;
    code[1] = (uint32_t)RET;
    code[BRANCHER / 4] = (uint32_t)BTI_C;
    code[BRANCHER / 4 + 1] = (uint32_t)BR_X1;
    cache_sync_instructions(page, PAGE_BYTES);
    isb();
}

/* The syndrome of the exception that it ended in, or 0. */
static uint64_t branch(way_t way, uint64_t target)
{
    trap_t trap;
    const uint64_t brancher = target + BRANCHER;
    trap_arm(&trap);
    switch (way) {
    case BY_RET:
        __asm__ volatile("mov x9, %0\n adr x30, 1f\n ret x9\n 1:" ::"r"(target) : "x9", "x30", "memory");
        break;
    case BY_BR_X16:
        __asm__ volatile("mov x16, %0\n adr x30, 1f\n br x16\n 1:" ::"r"(target) : "x16", "x30", "memory");
        break;
    case BY_BLR: __asm__ volatile("blr %0" ::"r"(target) : "x30", "memory"); break;
    default: __asm__ volatile("mov x1, %0\n blr %1" ::"r"(target), "r"(brancher) : "x1", "x30", "memory"); break;
    }
    trap_disarm();
    return trap.taken ? trap.esr : 0;
}

static const char *check_pad(uint32_t pad, unsigned lands)
{
    const uint64_t page = window_page(0);
    write_code(pad, page);
    for (way_t way = BY_RET; way < WAYS; way++)
        EXPECT(branch(way, page) == (lands >> way & 1 ? 0 : esr_of(0x0d, way)));
    return NULL;
}

/* Bit n of lands: after BTYPE n. */
static const struct {
    uint32_t pad, lands, lands_with_bt1;
} pads[] = {
    {(uint32_t)NOP, 0x1, 0x1},     {(uint32_t)BTI, 0x1, 0x1},    {(uint32_t)BTI_C, 0x7, 0x7},
    {(uint32_t)BTI_J, 0xb, 0xb},   {(uint32_t)BTI_JC, 0xf, 0xf}, {(uint32_t)PACIASP, 0xf, 0x7},
    {(uint32_t)PACIBSP, 0xf, 0x7},
};

static const char *check_pads(bool bt1)
{
    const char *wrong = NULL;
    for (unsigned i = 0; i < sizeof pads / sizeof pads[0] && !wrong; i++)
        wrong = check_pad(pads[i].pad, bt1 ? pads[i].lands_with_bt1 : pads[i].lands);
    return wrong;
}

static const char *without_guard(uint64_t attributes)
{
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, attributes);
    const char *wrong = check_pad((uint32_t)NOP, 0xf);
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
    return wrong;
}

const char *bti_works(void)
{
    const char *wrong = without_guard(VM_CODE);
    if (wrong)
        return wrong;
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_CODE | PTE_GUARDED);
    wrong = check_pads(false);
    const uint64_t sctlr = read_sysreg(sctlr_el1);
    write_sysreg(sctlr_el1, sctlr | 1ull << SCTLR_BT1);
    isb();
    wrong = wrong ? wrong : check_pads(true);
    write_sysreg(sctlr_el1, sctlr);
    isb();
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
    return wrong ? wrong : without_guard(VM_CODE); /* the same bytes through another page */
}

/* The bit of the descriptor is RES0, and BTI is a NOP. */
const char *no_bti(void)
{
    const char *wrong = without_guard(VM_CODE | PTE_GUARDED);
    const probe_t hint = PROBE(".inst 0xd503241f", 0);
    EXPECT(!hint.trap.taken);
    return wrong;
}
