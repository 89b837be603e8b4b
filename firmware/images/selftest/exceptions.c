/* Exceptions: each with the syndrome that the manual gives, at the instruction's own address. */
#include "arch_smp.h"
#include "barrier.h"
#include "board.h"
#include "cpu.h"
#include "gic.h"
#include "layout.h"
#include "selftest.h"
#include "sysreg.h"
#include "timer.h"
#include "user.h"
#include "user_programs.h"
#include "vm.h"

static const char *svc_from_kernel(void)
{
    const probe_t probe = PROBE("svc #0x7abc", 0);
    EXPECT(probe.trap.taken);
    EXPECT(probe.trap.esr == esr_of(ESR_EC_SVC64, 0x7abc));
    EXPECT(probe.trap.elr == probe.pc + 4);
    return NULL;
}

static const char *brk(void)
{
    const probe_t probe = PROBE("brk #0x123", 0);
    EXPECT(probe_trapped(&probe, esr_of(ESR_EC_BRK64, 0x123)));
    return NULL;
}

static const char *undefined_instruction(void)
{
    const probe_t zero = PROBE(".inst 0x00000000", 0); /* UDF #0 */
    EXPECT(probe_trapped(&zero, esr_of(ESR_EC_UNKNOWN, 0)));
    const probe_t unallocated = PROBE(".inst 0x02000000", 0); /* op0 = 1: unallocated */
    EXPECT(probe_trapped(&unallocated, esr_of(ESR_EC_UNKNOWN, 0)));
    return NULL;
}

static const char *state_survives_exception(void)
{
    uint64_t flags_before, flags_after, first = 0x0123456789abcdef, last = ~first;
    trap_t trap;
    trap_arm(&trap);
    __asm__ volatile("mov x10, %2\n"
                     "mov x27, %3\n"
                     "mov x9, #0xa0000000\n"
                     "msr nzcv, x9\n"
                     "mrs %0, nzcv\n"
                     "svc #1\n"
                     "mrs %1, nzcv\n"
                     "mov %2, x10\n"
                     "mov %3, x27"
                     : "=&r"(flags_before), "=&r"(flags_after), "+&r"(first), "+&r"(last)::"x9", "x10", "x27", "cc",
                       "memory");
    trap_disarm();
    EXPECT(trap.taken);
    EXPECT(flags_before == 0xa0000000 && flags_after == flags_before);
    EXPECT(first == 0x0123456789abcdef && last == 0xfedcba9876543210);
    return NULL;
}

/* A page of the window that has a third-level table but no entry in it. */
static uint64_t unmapped_page(void)
{
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_DATA);
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
    return window_page(0);
}

static const char *translation_fault(void)
{
    const uint64_t address = unmapped_page() + 0x128;
    const probe_t load = PROBE("ldr x9, [%1]", address);
    EXPECT(probe_aborted(&load, esr_of(ESR_EC_DABORT, FSC_TRANSLATION_L3), address));
    const probe_t store = PROBE("str xzr, [%1]", address);
    EXPECT(probe_aborted(&store, esr_of(ESR_EC_DABORT, ESR_ISS_WNR | FSC_TRANSLATION_L3), address));
    const uint64_t far_away = VM_WINDOW + (1ull << 30); /* its first-level entry is empty */
    const probe_t level_1 = PROBE("ldrb w9, [%1]", far_away + 3);
    EXPECT(probe_aborted(&level_1, esr_of(ESR_EC_DABORT, FSC_TRANSLATION_L1), far_away + 3));
    return NULL;
}

static const char *permission_fault(void)
{
    const uint64_t page = window_page(1);
    vm_map(&vm_kernel, page, test_page(0), PAGE_BYTES, VM_CONSTANTS);
    const probe_t load = PROBE("ldr x9, [%1]", page);
    const probe_t store = PROBE("strh wzr, [%1]", page + 2);
    const probe_t exclusive = PROBE("ldxr x9, [%1]\n stxr w10, x9, [%1]", page);
    vm_unmap(&vm_kernel, page, PAGE_BYTES);
    EXPECT(!load.trap.taken);
    EXPECT(probe_aborted(&store, esr_of(ESR_EC_DABORT, ESR_ISS_WNR | FSC_PERMISSION_L3), page + 2));
    EXPECT(exclusive.trap.taken && exclusive.trap.elr == exclusive.pc + 4);
    EXPECT(exclusive.trap.esr == esr_of(ESR_EC_DABORT, ESR_ISS_WNR | FSC_PERMISSION_L3));
    return NULL;
}

static const char *access_flag_fault(void)
{
    const uint64_t page = window_page(1);
    *(volatile uint64_t *)test_page(0) = 42;
    vm_map(&vm_kernel, page, test_page(0), PAGE_BYTES, VM_DATA & ~PTE_AF);
    const probe_t before = PROBE("ldr x9, [%1]", page);
    *vm_leaf(&vm_kernel, page) |= PTE_AF; /* a TLB does not keep an entry without it, so no TLBI is needed */
    dsb_ishst();
    isb();
    const probe_t after = PROBE("ldr x9, [%1]", page);
    vm_unmap(&vm_kernel, page, PAGE_BYTES);
    EXPECT(probe_aborted(&before, esr_of(ESR_EC_DABORT, FSC_ACCESS_FLAG_L3), page));
    EXPECT(!after.trap.taken);
    return NULL;
}

static const char *fetch_faults(void)
{
    const uint64_t page = window_page(1);
    vm_map(&vm_kernel, page, test_page(0), PAGE_BYTES, VM_DATA);
    const probe_t not_executable = PROBE("blr %1", page);
    vm_unmap(&vm_kernel, page, PAGE_BYTES);
    const probe_t not_mapped = PROBE("blr %1", page);
    EXPECT(not_executable.trap.taken && not_executable.trap.elr == page && not_executable.trap.far == page);
    EXPECT(not_executable.trap.esr == esr_of(ESR_EC_IABORT, FSC_PERMISSION_L3));
    EXPECT(not_mapped.trap.taken && not_mapped.trap.elr == page && not_mapped.trap.far == page);
    EXPECT(not_mapped.trap.esr == esr_of(ESR_EC_IABORT, FSC_TRANSLATION_L3));
    return NULL;
}

static const char *pc_alignment(void)
{
    const uint64_t address = (uint64_t)user_text_start + 2;
    const probe_t probe = PROBE("blr %1", address);
    EXPECT(probe.trap.taken && probe.trap.elr == address && probe.trap.far == address);
    EXPECT(probe.trap.esr == esr_of(ESR_EC_PC_ALIGNMENT, 0));
    return NULL;
}

static const char *exclusive_alignment(void)
{
    const uint64_t address = test_page(0) + 12; /* FEAT_LSE2 allows what lies in 16 aligned bytes */
    const probe_t exclusive = PROBE("ldxr x9, [%1]", address);
    EXPECT(probe_aborted(&exclusive, esr_of(ESR_EC_DABORT, FSC_ALIGNMENT), address));
    return NULL;
}

static const char *maintenance_fault_is_marked(void)
{
    const uint64_t address = unmapped_page() + 0x128;
    const probe_t clean = PROBE("dc cvac, %1", address); /* reads, but counts as a write here */
    EXPECT(probe_aborted(&clean, esr_of(ESR_EC_DABORT, ESR_ISS_CM | ESR_ISS_WNR | FSC_TRANSLATION_L3), address));
    return NULL;
}

static const char *device_alignment(void)
{
    const uint64_t page = window_page(1);
    vm_map(&vm_kernel, page, test_page(0), PAGE_BYTES, VM_DEVICE);
    const probe_t probe = PROBE("ldr x9, [%1]", page + 1);
    vm_unmap(&vm_kernel, page, PAGE_BYTES);
    EXPECT(probe_aborted(&probe, esr_of(ESR_EC_DABORT, FSC_ALIGNMENT), page + 1));
    return NULL;
}

/* Runs a program of user_programs.S at EL0 with x0 and x1, and a page of data at window_page(3). */
static frame_t run_user(const char *program, uint64_t x0, uint64_t x1)
{
    vm_map(&vm_kernel, window_page(2), (uintptr_t)user_text_start, PAGE_BYTES, VM_USER_CODE);
    vm_map(&vm_kernel, window_page(3), test_page(1), PAGE_BYTES, VM_USER_DATA);
    frame_t frame = {.elr = window_page(2) + (uint64_t)(program - user_text_start), .sp = window_page(4)};
    frame.x[0] = x0;
    frame.x[1] = x1;
    user_run(&frame);
    vm_unmap(&vm_kernel, window_page(2), PAGE_BYTES);
    vm_unmap(&vm_kernel, window_page(3), PAGE_BYTES);
    return frame;
}

static uint64_t user_address(const char *program, unsigned instruction)
{
    return window_page(2) + (uint64_t)(program - user_text_start) + 4 * instruction;
}

static const char *el0_svc(void)
{
    const frame_t frame = run_user(user_svc, 41, 0);
    EXPECT(frame.esr == esr_of(ESR_EC_SVC64, 0x123));
    EXPECT(frame.x[0] == 42);
    EXPECT(frame.elr == user_address(user_svc, 2));
    EXPECT((frame.spsr & 0xf) == 0);
    EXPECT(frame.sp == window_page(4));
    return NULL;
}

static const char *el0_reaches_its_own_memory(void)
{
    *(volatile uint64_t *)test_page(1) = 7;
    EXPECT(run_user(user_load, window_page(3), 0).x[0] == 7);
    EXPECT(run_user(user_store, window_page(3) + 8, 8).esr == esr_of(ESR_EC_SVC64, 0));
    EXPECT(*(volatile uint64_t *)(test_page(1) + 8) == 8);
    return NULL;
}

static const char *el0_cannot_reach_the_kernel(void)
{
    const uint64_t secret = (uintptr_t)user_text_end; /* a page of the kernel's constants */
    const frame_t load = run_user(user_load, secret, 0);
    EXPECT(load.esr == esr_of(ESR_EC_DABORT_LOWER, FSC_PERMISSION_L3));
    EXPECT(load.far == secret && load.elr == user_address(user_load, 0) && load.x[0] == secret);
    return NULL;
}

static const char *el0_is_not_privileged(void)
{
    const frame_t undefined = run_user(user_undefined, 0, 0);
    EXPECT(undefined.esr == esr_of(ESR_EC_UNKNOWN, 0) && undefined.elr == user_address(user_undefined, 0));
    const frame_t mask = run_user(user_mask, 0, 0);
    EXPECT(mask.esr >> ESR_EC_SHIFT == ESR_EC_SYSREG && mask.elr == user_address(user_mask, 0));
    return NULL;
}

/* At EL0, which has a stack pointer to spoil; at EL1 the handler's own frame would go below it. */
static const char *sp_alignment(void)
{
    const frame_t frame = run_user(user_spoil_sp, 0, 0);
    EXPECT(frame.esr == esr_of(ESR_EC_SP_ALIGNMENT, 0));
    EXPECT(frame.elr == user_address(user_spoil_sp, 1));
    return NULL;
}

static void set_flag(void *flag)
{
    *(volatile uint32_t *)flag = 1;
}

static const char *el0_is_interrupted_and_goes_on(void)
{
    volatile uint32_t *flag = (volatile uint32_t *)test_page(1);
    *flag = 0;
    arch_smp_set_handler(ICI_IMAGE_0, set_flag, (void *)flag);
    interrupts_off(); /* so that it comes when EL0 has begun */
    arch_smp_send_ici(arch_smp_get_current_cpu(), ICI_IMAGE_0);
    const frame_t frame = run_user(user_spin, window_page(3), 0);
    interrupts_on();
    EXPECT(frame.esr == esr_of(ESR_EC_SVC64, 0));
    EXPECT(frame.x[1] == 1);
    return NULL;
}

const check_t exception_checks[] = {
    {"svc-from-el1", svc_from_kernel, 1, false},
    {"brk", brk, 1, false},
    {"undefined-instruction", undefined_instruction, 1, false},
    {"state-survives-exception", state_survives_exception, 1, false},
    {"translation-fault", translation_fault, 1, false},
    {"permission-fault", permission_fault, 1, false},
    {"access-flag-fault", access_flag_fault, 1, false},
    {"fetch-faults", fetch_faults, 1, false},
    {"pc-alignment", pc_alignment, 1, false},
    {"exclusive-alignment", exclusive_alignment, 1, false},
    {"el0-svc", el0_svc, 1, false},
    {"el0-reaches-its-own-memory", el0_reaches_its_own_memory, 1, false},
    {"el0-cannot-reach-the-kernel", el0_cannot_reach_the_kernel, 1, false},
    {"el0-is-not-privileged", el0_is_not_privileged, 1, false},
    {"el0-is-interrupted-and-goes-on", el0_is_interrupted_and_goes_on, 1, false},
    {"maintenance-fault-is-marked", maintenance_fault_is_marked, 1, true},
    {"device-alignment", device_alignment, 1, true},
    {"sp-alignment", sp_alignment, 1, true},
    {NULL, NULL, 0, false},
};
