/* Instructions that are made at run time, in a page that both exception levels can execute in turn. */
#include "barrier.h"
#include "cache.h"
#include "layout.h"
#include "sysregs.h"
#include "vm.h"

#define MRS 0xd5200000u
#define MSR 0xd5000000u
#define RET 0xd65f03c0u
#define SVC 0xd4000001u /* #0 */

enum { CODE = 3, MAX_WORDS = 8, SPSR_I = 1 << 7 };

static uint32_t mrs(unsigned key, unsigned x)
{
    return MRS | (uint32_t)key << 5 | x;
}

static uint32_t msr(unsigned key, unsigned x)
{
    return MSR | (uint32_t)key << 5 | x;
}

static void write_code(const uint32_t *words, unsigned count)
{
    volatile uint32_t *code = (uint32_t *)test_page(CODE);
    for (unsigned i = 0; i < count; i++)
        code[i] = words[i];
    cache_sync_instructions((uintptr_t)code, MAX_WORDS * sizeof *words);
    write_sysreg(tpidrro_el0, 1); /* an injected fault is in force; the kernel's vectors keep something there */
    isb();
}

void code_begin(void)
{
    vm_map(&vm_kernel, window_page(CODE), test_page(CODE), PAGE_BYTES, VM_CODE);
    vm_map(&vm_kernel, window_page(CODE + 1), test_page(CODE), PAGE_BYTES, VM_USER_CODE);
}

void code_end(void)
{
    vm_unmap(&vm_kernel, window_page(CODE), 2 * PAGE_BYTES);
}

/* --- EL1 --- */

/* Calls the code with X0, X1 and X2, which it may change. */
static uint64_t call(uint64_t registers[3])
{
    const uint64_t code = window_page(CODE);
    trap_t trap;
    trap_arm(&trap);
    __asm__ volatile("ldp x0, x1, [%0]\n ldr x2, [%0, #16]\n"
                     "blr %1\n"
                     "stp x0, x1, [%0]\n str x2, [%0, #16]"
                     :
                     : "r"(registers), "r"(code)
                     : "x0", "x1", "x2", "x30", "memory");
    trap_disarm();
    return trap.taken ? trap.esr : 0;
}

static outcome_t run_el1(uint32_t instruction, uint64_t operand)
{
    const uint32_t words[] = {instruction, RET};
    uint64_t registers[3] = {operand, 0, 0};
    write_code(words, 2);
    const uint64_t esr = call(registers);
    return (outcome_t){.esr = esr, .value = registers[0]};
}

outcome_t read_el1(unsigned key)
{
    return run_el1(mrs(key, 0), 0);
}

outcome_t write_el1(unsigned key, uint64_t value)
{
    return run_el1(msr(key, 0), value);
}

uint64_t exchange_el1(unsigned key, uint64_t values[2])
{
    const uint32_t words[] = {mrs(key, 2), msr(key, 0), mrs(key, 0), msr(key, 1), mrs(key, 1), msr(key, 2), RET};
    uint64_t registers[3] = {values[0], values[1], 0};
    write_code(words, sizeof words / sizeof words[0]);
    const uint64_t esr = call(registers);
    values[0] = registers[0];
    values[1] = registers[1];
    return esr;
}

/* --- EL0 --- */

static outcome_t visit_el0(uint32_t first, uint32_t second, uint64_t operand)
{
    const uint32_t words[] = {first, second, SVC};
    frame_t frame = {.elr = window_page(CODE + 1), .spsr = SPSR_I};
    write_code(words, 3);
    frame.x[0] = operand;
    user_run(&frame);
    const bool done = frame.esr == esr_of(ESR_EC_SVC64, 0);
    return (outcome_t){.esr = done ? 0 : frame.esr, .value = frame.x[0]};
}

outcome_t read_el0(unsigned key)
{
    return visit_el0(mrs(key, 0), NOP, 0);
}

outcome_t write_el0(unsigned key, uint64_t value)
{
    return visit_el0(msr(key, 0), NOP, value);
}

uint64_t run_el0(uint32_t first, uint32_t second, uint64_t operand)
{
    return visit_el0(first, second, operand).esr;
}

uint64_t trap_of(unsigned key, bool read)
{
    const uint64_t op0 = key >> 14, op1 = key >> 11 & 7, crn = key >> 7 & 15, crm = key >> 3 & 15, op2 = key & 7;
    return esr_of(ESR_EC_SYSREG, op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | crm << 1 | read);
}

uint64_t undefined_esr(unsigned key, bool read)
{
    const bool idst = (read_sysreg(S3_0_C0_C7_2) >> 36 & 0xf) != 0; /* ID_AA64MMFR2_EL1.IDS */
    const unsigned op1 = key >> 11 & 7;
    const bool id_space = key >> 14 == 3 && op1 < 4 && op1 != 2 && (key & 0x7ff) < KEY(0, 0, 0, 8, 0);
    return read && idst && id_space ? trap_of(key, read) : esr_of(ESR_EC_UNKNOWN, 0);
}
