/* Self-hosted debug (DDI 0487 D2): breakpoints, watchpoints and software step, at EL1 and EL0. What it prints is the
 * same on QEMU: tests/system/test_debug.py. */
#include "barrier.h"
#include "cpu.h"
#include "image.h"
#include "images/selftest/selftest.h"
#include "print.h"
#include "sysreg.h"
#include "user.h"
#include "vm.h"

enum { MDSCR_SS = 1 << 0, MDSCR_KDE = 1 << 13, MDSCR_MDE = 1 << 15 };
enum { EC_BREAKPOINT = 0x30, EC_STEP = 0x32, EC_WATCHPOINT = 0x34, EC_BRK = 0x3c, FROM_EL1 = 1, STATUS = 0x22 };
enum { BCR_E = 1, BCR_EL1 = 1 << 1, BCR_EL0 = 2 << 1, BCR_BAS = 0xf << 5, BCR_LINK = 16, BCR_TYPE = 20 };
enum { BCR_LINKED = 1 << BCR_TYPE, BCR_LINKED_CONTEXT = 3 << BCR_TYPE };
enum { WCR_E = 1, WCR_EL1 = 1 << 1, WCR_LOADS = 1 << 3, WCR_STORES = 2 << 3, WCR_BAS = 5, WCR_MASK = 24 };
enum { SPSR_SS = 1 << 21, ISV = 1 << 24, EX = 1 << 6, WNR = 1 << 6, SPSR_I = 1 << 7, PSTATE_D = 8 };

static void set_controls(uint64_t mdscr)
{
    write_sysreg(mdscr_el1, mdscr);
    isb();
}

static void unmask_debug(void)
{
    __asm__ volatile("msr daifclr, #8\n isb" ::: "memory");
}

static void mask_debug(void)
{
    __asm__ volatile("msr daifset, #8\n isb" ::: "memory");
}

/* A function whose second instruction is at a known address. */
__asm__(".pushsection .text\n"
        ".balign 64\n"
        "target: add x0, x0, #1\n"
        "target_second: add x0, x0, #2\n"
        "add x0, x0, #4\n"
        "ret\n"
        ".popsection\n");
extern char target[], target_second[];
uint64_t call_target(uint64_t x0);
__asm__(".pushsection .text\n call_target: b target\n .popsection");

static uint64_t call_trapped(trap_t *trap)
{
    trap_arm(trap);
    const uint64_t sum = call_target(0);
    trap_disarm();
    return sum;
}

static const char *breakpoint_at_el1(void)
{
    trap_t trap;
    write_sysreg(dbgbvr0_el1, (uintptr_t)target_second);
    write_sysreg(dbgbcr0_el1, BCR_E | BCR_EL1 | BCR_BAS);
    set_controls(MDSCR_MDE | MDSCR_KDE);
    EXPECT(call_trapped(&trap) == 7 && !trap.taken); /* PSTATE.D */
    unmask_debug();
    EXPECT(call_trapped(&trap) == 5 && trap.taken); /* stepped over: its instruction was not executed */
    EXPECT(trap.esr == esr_of(EC_BREAKPOINT + FROM_EL1, STATUS) && trap.elr == (uintptr_t)target_second);
    set_controls(MDSCR_MDE);
    EXPECT(call_trapped(&trap) == 7 && !trap.taken); /* KDE */
    set_controls(MDSCR_MDE | MDSCR_KDE);
    write_sysreg(dbgbcr0_el1, BCR_E | BCR_EL0 | BCR_BAS);
    isb();
    EXPECT(call_trapped(&trap) == 7 && !trap.taken); /* of EL0 */
    write_sysreg(dbgbcr0_el1, BCR_E | BCR_EL1 | BCR_BAS);
    EXPECT(call_trapped(&trap) == 5 && trap.taken);
    return NULL;
}

/* D2.3: all but BRK. QEMU does not do this, so it is asked for by strict=1. */
static const char *os_lock_holds_them_back(void)
{
    trap_t trap;
    write_sysreg(dbgbvr0_el1, (uintptr_t)target_second);
    write_sysreg(dbgbcr0_el1, BCR_E | BCR_EL1 | BCR_BAS);
    set_controls(MDSCR_MDE | MDSCR_KDE);
    unmask_debug();
    write_sysreg(oslar_el1, 1);
    isb();
    EXPECT(call_trapped(&trap) == 7 && !trap.taken);
    write_sysreg(oslar_el1, 0);
    write_sysreg(osdlr_el1, 1);
    isb();
    EXPECT(call_trapped(&trap) == 7 && !trap.taken);
    write_sysreg(osdlr_el1, 0);
    isb();
    EXPECT(call_trapped(&trap) == 5 && trap.taken);
    return NULL;
}

static const char *breakpoint_linked_to_a_context(void)
{
    trap_t trap;
    const unsigned contexts = read_sysreg(id_aa64dfr0_el1) >> 28 & 15,
                   breakpoints = read_sysreg(id_aa64dfr0_el1) >> 12 & 15;
    EXPECT(breakpoints == 5 && contexts == 1); /* 6, of which the last 2 know contexts */
    write_sysreg(dbgbvr5_el1, 0x1234);
    write_sysreg(dbgbcr5_el1, BCR_E | BCR_EL1 | BCR_BAS | BCR_LINKED_CONTEXT);
    write_sysreg(dbgbvr0_el1, (uintptr_t)target_second);
    write_sysreg(dbgbcr0_el1, BCR_E | BCR_EL1 | BCR_BAS | BCR_LINKED | 5 << BCR_LINK);
    const uint64_t before = read_sysreg(contextidr_el1);
    write_sysreg(contextidr_el1, 0x1235);
    set_controls(MDSCR_MDE | MDSCR_KDE);
    unmask_debug();
    EXPECT(call_trapped(&trap) == 7 && !trap.taken);
    write_sysreg(contextidr_el1, 0x1234);
    isb();
    EXPECT(call_trapped(&trap) == 5 && trap.taken);
    write_sysreg(contextidr_el1, before);
    write_sysreg(dbgbcr5_el1, 0);
    isb();
    return NULL;
}

static _Alignas(64) uint64_t words[16];

static trap_t load_bytes(const void *at)
{
    trap_t trap;
    trap_arm(&trap);
    __asm__ volatile("ldrb w9, [%0]" ::"r"(at) : "x9", "memory");
    trap_disarm();
    return trap;
}

static trap_t store_pair(const void *at)
{
    trap_t trap;
    trap_arm(&trap);
    __asm__ volatile("stp x9, x10, [%0]" ::"r"(at) : "memory");
    trap_disarm();
    return trap;
}

static const char *watchpoint_sees_bytes_and_direction(void)
{
    uint64_t *const watched = words + 8; /* a line of its own */
    const uint8_t *bytes = (const uint8_t *)watched;
    write_sysreg(dbgwvr0_el1, (uintptr_t)watched);
    write_sysreg(dbgwcr0_el1, WCR_E | WCR_EL1 | WCR_LOADS | 0x0c << WCR_BAS); /* bytes 2 and 3 */
    *(volatile uint64_t *)watched = 0; /* the line is there, and known to whatever remembers hits */
    set_controls(MDSCR_MDE | MDSCR_KDE);
    unmask_debug();
    EXPECT(!load_bytes(bytes + 1).taken && !load_bytes(bytes + 4).taken);
    trap_t trap = load_bytes(bytes + 3);
    EXPECT(trap.taken && trap.esr == esr_of(EC_WATCHPOINT + FROM_EL1, STATUS) && trap.far == (uintptr_t)(bytes + 3));
    EXPECT(!store_pair(watched).taken);
    write_sysreg(dbgwcr0_el1, WCR_E | WCR_EL1 | WCR_STORES | 0xff << WCR_BAS);
    isb();
    EXPECT(!load_bytes(bytes).taken);
    watched[1] = 77;
    trap = store_pair(watched);
    EXPECT(trap.taken && trap.esr == esr_of(EC_WATCHPOINT + FROM_EL1, WNR | STATUS));
    EXPECT(trap.far == (uintptr_t)watched && watched[1] == 77); /* nothing was stored */
    EXPECT(store_pair(watched - 1).taken);
    EXPECT(!store_pair(watched + 1).taken);
    return NULL;
}

static const char *watchpoint_of_a_region(void)
{
    write_sysreg(dbgwvr1_el1, (uintptr_t)words & ~63ull);
    write_sysreg(dbgwcr1_el1, WCR_E | WCR_EL1 | WCR_LOADS | WCR_STORES | 0xff << WCR_BAS | 6 << WCR_MASK);
    set_controls(MDSCR_MDE | MDSCR_KDE);
    unmask_debug();
    for (unsigned i = 0; i < 16; i++)
        EXPECT(load_bytes(words + i).taken == (i < 8));
    trap_t trap;
    trap_arm(&trap);
    __asm__ volatile("ldxr x9, [%0]\n clrex" ::"r"(words + 7) : "x9", "memory");
    trap_disarm();
    EXPECT(trap.taken);
    return NULL;
}

/* --- EL0 --- */

__asm__(".pushsection .user_text, \"ax\"\n"
        ".balign 64\n"
        "user_steps: add x0, x0, #1\n"
        "ldxr x9, [x1]\n"
        "b user_further\n"
        "nop\n"
        "user_further: add x0, x0, #2\n"
        "svc #0x55\n"
        "b .\n"
        ".popsection");
extern char user_steps[], user_further[], user_text_start[];

static uint64_t user_address(const char *program)
{
    return window_page(2) + (uint64_t)(program - user_text_start);
}

static frame_t user_begin(void)
{
    frame_t frame = {.elr = user_address(user_steps), .spsr = SPSR_I};
    frame.x[1] = window_page(3);
    vm_map(&vm_kernel, window_page(2), (uintptr_t)user_text_start, PAGE_BYTES, VM_USER_CODE);
    vm_map(&vm_kernel, window_page(3), test_page(1), PAGE_BYTES, VM_USER_DATA);
    return frame;
}

static void user_end(void)
{
    vm_unmap(&vm_kernel, window_page(2), PAGE_BYTES);
    vm_unmap(&vm_kernel, window_page(3), PAGE_BYTES);
}

static const char *step_runs_one_instruction(void)
{
    frame_t frame = user_begin();
    set_controls(MDSCR_SS);
    frame.spsr |= SPSR_SS;
    user_run(&frame);
    EXPECT(frame.esr == esr_of(EC_STEP, ISV | STATUS) && frame.elr == user_address(user_steps) + 4 && frame.x[0] == 1);
    EXPECT(!(frame.spsr & SPSR_SS));
    frame.spsr |= SPSR_SS;
    user_run(&frame);
    EXPECT(frame.esr == esr_of(EC_STEP, ISV | EX | STATUS) && frame.elr == user_address(user_steps) + 8);
    frame.spsr |= SPSR_SS;
    user_run(&frame);
    EXPECT(frame.esr == esr_of(EC_STEP, ISV | STATUS) && frame.elr == user_address(user_further));
    /* With PSTATE.SS clear the exception comes before the first instruction. */
    user_run(&frame);
    EXPECT(frame.esr == esr_of(EC_STEP, STATUS) && frame.elr == user_address(user_further) && frame.x[0] == 1);
    frame.spsr |= SPSR_SS;
    user_run(&frame);
    EXPECT(frame.x[0] == 3);
    frame.spsr |= SPSR_SS;
    user_run(&frame); /* the SVC is taken, and is done as far as the step is concerned */
    EXPECT(frame.esr == esr_of(ESR_EC_SVC64, 0x55) && !(frame.spsr & SPSR_SS));
    set_controls(0);
    frame = user_begin();
    user_run(&frame);
    EXPECT(frame.esr == esr_of(ESR_EC_SVC64, 0x55) && frame.x[0] == 3);
    user_end();
    return NULL;
}

static const char *breakpoint_at_el0(void)
{
    frame_t frame = user_begin();
    write_sysreg(dbgbvr1_el1, user_address(user_further));
    write_sysreg(dbgbcr1_el1, BCR_E | BCR_EL0 | BCR_BAS);
    set_controls(MDSCR_MDE);
    user_run(&frame);
    EXPECT(frame.esr == esr_of(EC_BREAKPOINT, STATUS) && frame.elr == user_address(user_further) && frame.x[0] == 1);
    set_controls(0);
    user_run(&frame);
    EXPECT(frame.esr == esr_of(ESR_EC_SVC64, 0x55) && frame.x[0] == 3);
    user_end();
    return NULL;
}

static const char *watchpoint_at_el0(void)
{
    enum { WCR_EL0 = 2 << 1 };
    frame_t frame = user_begin();
    write_sysreg(dbgwvr0_el1, window_page(3));
    write_sysreg(dbgwcr0_el1, WCR_E | WCR_EL0 | WCR_LOADS | 0xff << WCR_BAS);
    set_controls(MDSCR_MDE);
    user_run(&frame);
    EXPECT(frame.esr == esr_of(EC_WATCHPOINT, STATUS) && frame.elr == user_address(user_steps) + 4);
    EXPECT(frame.far == window_page(3));
    set_controls(0);
    user_end();
    return NULL;
}

static const char *brk_needs_no_enable(void)
{
    const probe_t probe = PROBE("brk #0x77", 0);
    EXPECT(probe_trapped(&probe, esr_of(EC_BRK, 0x77)));
    return NULL;
}

#define CHECKS(X)                                                                                                      \
    X(breakpoint_at_el1)                                                                                               \
    X(breakpoint_linked_to_a_context)                                                                                  \
    X(watchpoint_sees_bytes_and_direction)                                                                             \
    X(watchpoint_of_a_region)                                                                                          \
    X(step_runs_one_instruction)                                                                                       \
    X(breakpoint_at_el0)                                                                                               \
    X(watchpoint_at_el0)                                                                                               \
    X(brk_needs_no_enable)                                                                                             \
    X(os_lock_holds_them_back)

enum { STRICT_ONLY = 1 }; /* the last ones */
option_t image_options[] = {{.name = "strict", .value = 0, .least = 0, .most = 1}, {.name = NULL}};

static void all_off(void)
{
    mask_debug();
    set_controls(0);
    write_sysreg(dbgbcr0_el1, 0);
    write_sysreg(dbgbcr1_el1, 0);
    write_sysreg(dbgwcr0_el1, 0);
    write_sysreg(dbgwcr1_el1, 0);
    isb();
}

void image_main(void)
{
    static const struct {
        const char *name;
        const char *(*function)(void);
    } checks[] = {
#define CHECK(name) {#name, name},
        CHECKS(CHECK)
#undef CHECK
    };
    write_sysreg(oslar_el1, 0);
    write_sysreg(osdlr_el1, 0);
    const unsigned count = sizeof checks / sizeof checks[0] - (image_options[0].value ? 0 : STRICT_ONLY);
    for (unsigned i = 0; i < count; i++) {
        all_off();
        write_sysreg(tpidrro_el0, 1); /* an injected fault is in force from here */
        const char *wrong = checks[i].function();
        write_sysreg(tpidrro_el0, 0);
        all_off();
        if (image_check(wrong == NULL))
            print("ok %s\n", checks[i].name);
        else
            print("FAIL %s: %s\n", checks[i].name, wrong);
    }
}
