/* What an exception makes of PSTATE (DDI 0487 D1.3, AArch64.TakeException in J1): seen from vectors of its own, as
 * every return brings the old state back. */
#include "cpu.h"
#include "traps.h"

#define PAN  "S3_0_C4_C2_3"
#define UAO  "S3_0_C4_C2_4"
#define DIT  "S3_3_C4_C2_5"
#define SSBS "S3_3_C4_C2_6"

#define PAN_BIT  (1ull << 22)
#define UAO_BIT  (1ull << 23)
#define DIT_BIT  (1ull << 24)
#define SSBS_BIT (1ull << 12)
#define SPAN     (1ull << 23)
#define DSSBS    (1ull << 44)

/* A synchronous exception from EL1 gathers in X9 what it finds and goes on behind the BRK. */
__asm__(".pushsection .text\n"
        ".balign 2048\n"
        "entry_vectors: .skip 0x200\n"
        "gather_pstate: mrs x9, " PAN "\n"
        "mrs x10, " UAO "\n orr x9, x9, x10\n"
        "mrs x10, " DIT "\n orr x9, x9, x10\n"
        "mrs x10, " SSBS "\n orr x9, x9, x10\n"
        "mrs x10, elr_el1\n add x10, x10, #4\n msr elr_el1, x10\n"
        "eret\n"
        ".popsection");
extern char entry_vectors[];

static uint64_t gather(void)
{
    return read_sysreg(S3_0_C4_C2_3) | read_sysreg(S3_0_C4_C2_4) | read_sysreg(S3_3_C4_C2_5) |
           read_sysreg(S3_3_C4_C2_6);
}

static void scatter(uint64_t pstate)
{
    write_sysreg(S3_0_C4_C2_3, pstate & PAN_BIT);
    write_sysreg(S3_0_C4_C2_4, pstate & UAO_BIT);
    write_sysreg(S3_3_C4_C2_5, pstate & DIT_BIT);
    write_sysreg(S3_3_C4_C2_6, pstate & SSBS_BIT);
}

/* The state inside of an exception, and whether it is `outside` again when that has returned. */
static uint64_t inside_of_exception(uint64_t outside, uint64_t sctlr, bool *ret_restored)
{
    const uint64_t vectors = read_sysreg(vbar_el1), old_sctlr = read_sysreg(sctlr_el1), before = gather();
    uint64_t inside;
    write_sysreg(vbar_el1, (uintptr_t)entry_vectors);
    write_sysreg(sctlr_el1, sctlr);
    isb();
    scatter(outside);
    __asm__ volatile("brk #0\n mov %0, x9" : "=r"(inside)::"x9", "x10", "memory");
    *ret_restored = gather() == outside;
    scatter(before);
    write_sysreg(sctlr_el1, old_sctlr);
    write_sysreg(vbar_el1, vectors);
    isb();
    return inside;
}

const char *exception_entry_sets_pstate(void)
{
    const uint64_t sctlr = read_sysreg(sctlr_el1) & ~(SPAN | DSSBS);
    const char *wrong = NULL;
    interrupts_push_off();
    for (unsigned i = 0; i < 64 && wrong == NULL; i++) {
        const uint64_t outside =
            (i & 1 ? PAN_BIT : 0) | (i & 2 ? UAO_BIT : 0) | (i & 4 ? DIT_BIT : 0) | (i & 8 ? SSBS_BIT : 0);
        const uint64_t controls = (i & 16 ? SPAN : 0) | (i & 32 ? DSSBS : 0);
        bool restored;
        const uint64_t inside = inside_of_exception(outside, sctlr | controls, &restored);
        if ((inside & PAN_BIT) != (controls & SPAN ? outside & PAN_BIT : PAN_BIT))
            wrong = "PAN is not as SCTLR_EL1.SPAN says";
        if (inside & UAO_BIT)
            wrong = "UAO is not cleared";
        if ((inside ^ outside) & DIT_BIT)
            wrong = "DIT changes";
        if ((inside & SSBS_BIT) != (controls & DSSBS ? SSBS_BIT : 0))
            wrong = "SSBS is not SCTLR_EL1.DSSBS";
        if (!restored)
            wrong = "the return does not restore what was";
    }
    interrupts_pop();
    return wrong;
}
