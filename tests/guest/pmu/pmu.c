/* What the performance monitors count of code whose numbers are known (DDI 0487 D12): each check programs a counter,
 * does a thing a known number of times, and expects exactly that number. tests/system/test_pmu.py runs it. */
#include "atomic.h"
#include "barrier.h"
#include "board.h"
#include "cpu.h"
#include "gic.h"
#include "image.h"
#include "images/selftest/selftest.h"
#include "memory.h"
#include "print.h"
#include "timer.h"
#include "user.h"
#include "vm.h"

enum { ROUNDS = 1000, LINES = 64, PMU_INTID = 23, CYCLE_COUNTER = 31 };
enum { PMCR_E = 1, PMCR_P = 2, PMCR_C = 4, PMCR_LC = 64 };
#define NOT_EL1 (1u << 31)
#define NOT_EL0 (1u << 30)

/* Events (D12.11.2) */
enum {
    SW_INCR = 0x00,
    L1D_CACHE_REFILL = 0x03,
    L1D_TLB_REFILL = 0x05,
    LD_RETIRED = 0x06,
    ST_RETIRED = 0x07,
    INST_RETIRED = 0x08,
    EXC_TAKEN = 0x09,
    EXC_RETURN = 0x0a,
    BR_MIS_PRED = 0x10,
    MEM_ACCESS = 0x13,
    CHAIN = 0x1e,
    BR_RETIRED = 0x21,
    STALL_FRONTEND = 0x23,
    STALL_BACKEND = 0x24,
};

static uint8_t *area; /* LINES lines and as many pages */

static void select_event(unsigned counter, uint32_t type)
{
    write_sysreg(pmselr_el0, counter);
    isb();
    write_sysreg(pmxevtyper_el0, type);
    write_sysreg(pmxevcntr_el0, 0);
    isb();
}

/* Counters from `type` on, all others off; they count from the isb() on. */
static void count_from(unsigned counters, const uint32_t *type)
{
    write_sysreg(pmcr_el0, PMCR_P | PMCR_C | PMCR_LC);
    write_sysreg(pmcntenclr_el0, ~0u);
    write_sysreg(pmovsclr_el0, ~0u);
    for (unsigned i = 0; i < counters; i++)
        select_event(i, type[i]);
    write_sysreg(pmcntenset_el0, (1u << counters) - 1);
    isb();
}

/* The code, with the counters on. */
#define COUNTED(code, ...)                                                                                             \
    __asm__ volatile("msr pmcr_el0, %[on]\n"                                                                           \
                     "isb\n" code "\n"                                                                                 \
                     "msr pmcr_el0, %[off]\n"                                                                          \
                     "isb"                                                                                             \
                     : [n] "+r"(n), [at] "+r"(at)                                                                      \
                     : [on] "r"((uint64_t)(PMCR_E | PMCR_LC)), [off] "r"((uint64_t)PMCR_LC)                            \
                     : "x9", "cc", "memory")
enum { SURROUND = 2 }; /* of INST_RETIRED: the MSR that switches on, and the ISB */

static uint64_t counter(unsigned n)
{
    write_sysreg(pmselr_el0, n);
    isb();
    return read_sysreg(pmxevcntr_el0);
}

#define EXPECT_COUNT(n, wanted)                                                                                        \
    do {                                                                                                               \
        const uint64_t got_ = counter(n);                                                                              \
        if (got_ != (wanted)) {                                                                                        \
            print("counter %u: %lu, wanted %lu\n", n, got_, (uint64_t)(wanted));                                       \
            return "counter " #n " is " #wanted;                                                                       \
        }                                                                                                              \
    } while (0)

static const char *loop_of_n_instructions_counts_n(void)
{
    uint64_t n = ROUNDS;
    uint8_t *at = area;
    count_from(4, (const uint32_t[]){INST_RETIRED, BR_RETIRED, MEM_ACCESS, NOT_EL1 | INST_RETIRED});
    COUNTED("1: subs %[n], %[n], #1\n b.ne 1b");
    EXPECT_COUNT(0, 2 * ROUNDS + SURROUND);
    EXPECT_COUNT(1, ROUNDS);
    EXPECT_COUNT(2, 0);
    EXPECT_COUNT(3, 0);
    n = ROUNDS;
    count_from(1, (const uint32_t[]){BR_MIS_PRED});
    COUNTED("1: subs %[n], %[n], #1\n b.ne 1b");
    EXPECT(counter(0) >= 1 && counter(0) <= 4); /* the end of the loop, and perhaps its beginning */
    return NULL;
}

static const char *memory_accesses_count_by_kind(void)
{
    uint64_t n = ROUNDS;
    uint8_t *at = area;
    *(volatile uint64_t *)at = 0;
    dsb_sy();
    count_from(4, (const uint32_t[]){LD_RETIRED, ST_RETIRED, MEM_ACCESS, L1D_CACHE_REFILL});
    COUNTED("1: ldr x9, [%[at]]\n str x9, [%[at], #8]\n ldr x9, [%[at], #16]\n subs %[n], %[n], #1\n b.ne 1b");
    EXPECT_COUNT(0, 2 * ROUNDS);
    EXPECT_COUNT(1, ROUNDS);
    EXPECT_COUNT(2, 3 * ROUNDS);
    EXPECT_COUNT(3, 0);
    return NULL;
}

static const char *lines_that_miss_are_refilled_once(void)
{
    uint64_t n = LINES;
    uint8_t *at = area;
    *(volatile uint64_t *)at = 0; /* its translation is known */
    for (unsigned i = 0; i < LINES; i++)
        __asm__ volatile("dc civac, %0" ::"r"(area + i * CACHE_LINE_BYTES) : "memory");
    dsb_sy();
    count_from(3, (const uint32_t[]){L1D_CACHE_REFILL, STALL_BACKEND, STALL_FRONTEND});
    COUNTED("1: ldr x9, [%[at]], #64\n subs %[n], %[n], #1\n b.ne 1b\n dsb sy");
    EXPECT_COUNT(0, LINES);
    EXPECT(counter(1) >= 100); /* DRAM is far away */
    EXPECT(counter(2) < counter(1));
    return NULL;
}

static const char *pages_that_miss_are_translated_once(void)
{
    enum { PAGES = 8 };
    uint64_t n = PAGES;
    uint8_t *at = (uint8_t *)window_page(0);
    vm_map(&vm_kernel, window_page(0), (uintptr_t)area, PAGES * PAGE_BYTES, VM_DATA);
    __asm__ volatile("tlbi vmalle1\n dsb nsh\n isb" ::: "memory");
    count_from(1, (const uint32_t[]){L1D_TLB_REFILL});
    COUNTED("1: ldr x9, [%[at]]\n add %[at], %[at], #4096\n subs %[n], %[n], #1\n b.ne 1b\n dsb sy");
    const uint64_t misses = counter(0);
    vm_unmap(&vm_kernel, window_page(0), PAGES * PAGE_BYTES);
    EXPECT(misses == PAGES);
    return NULL;
}

static const char *software_increment_and_chain(void)
{
    count_from(2, (const uint32_t[]){SW_INCR, CHAIN});
    write_sysreg(pmselr_el0, 0);
    isb();
    write_sysreg(pmxevcntr_el0, 0xfffffffe);
    write_sysreg(pmcr_el0, PMCR_E | PMCR_LC);
    isb();
    for (unsigned i = 0; i < 5; i++)
        write_sysreg(pmswinc_el0, 1);
    isb();
    write_sysreg(pmcr_el0, PMCR_LC);
    isb();
    EXPECT_COUNT(0, 3);
    EXPECT_COUNT(1, 1);
    EXPECT(read_sysreg(pmovsset_el0) == 1);
    return NULL;
}

static const char *exceptions_count_both_ways(void)
{
    count_from(2, (const uint32_t[]){EXC_TAKEN, EXC_RETURN});
    write_sysreg(pmcr_el0, PMCR_E | PMCR_LC);
    isb();
    for (unsigned i = 0; i < 10; i++) {
        trap_t trap;
        trap_arm(&trap);
        __asm__ volatile("svc #0" ::: "memory");
        trap_disarm();
    }
    write_sysreg(pmcr_el0, PMCR_LC);
    isb();
    EXPECT_COUNT(0, 10);
    EXPECT_COUNT(1, 10);
    return NULL;
}

/* x0 times two instructions, and the SVC. */
__asm__(".pushsection .user_text, \"ax\"\n"
        ".balign 64\n"
        ".globl user_loop\n"
        "user_loop: subs x0, x0, #1\n"
        "b.ne user_loop\n"
        "svc #0\n"
        ".popsection");
extern char user_loop[], user_text_start[];

static const char *filters_separate_el0_from_el1(void)
{
    frame_t frame = {.elr = window_page(2) + (uint64_t)(user_loop - user_text_start), .spsr = 1 << 7};
    frame.x[0] = ROUNDS;
    vm_map(&vm_kernel, window_page(2), (uintptr_t)user_text_start, PAGE_BYTES, VM_USER_CODE);
    count_from(3, (const uint32_t[]){NOT_EL1 | INST_RETIRED, NOT_EL0 | INST_RETIRED, INST_RETIRED});
    write_sysreg(pmcr_el0, PMCR_E | PMCR_LC);
    isb();
    user_run(&frame);
    write_sysreg(pmcr_el0, PMCR_LC);
    isb();
    vm_unmap(&vm_kernel, window_page(2), PAGE_BYTES);
    EXPECT_COUNT(0, 2 * ROUNDS + 1);
    EXPECT(counter(0) + counter(1) == counter(2));
    EXPECT(counter(1) > 0);
    return NULL;
}

static const char *cycles_stop_in_wfi(void)
{
    write_sysreg(pmcr_el0, PMCR_C | PMCR_LC);
    write_sysreg(pmcntenset_el0, 1u << CYCLE_COUNTER);
    timer_interrupts = 0;
    timer_set(timer_now() + timer_hz() / 1000);
    interrupts_push_off();
    write_sysreg(pmcr_el0, PMCR_E | PMCR_LC);
    isb();
    wfi();
    write_sysreg(pmcr_el0, PMCR_LC);
    isb();
    const uint64_t asleep = read_sysreg(pmccntr_el0);
    timer_stop();
    interrupts_pop();
    EXPECT(asleep < 1000); /* a millisecond is at least ten thousand cycles */

    write_sysreg(pmcr_el0, PMCR_E | PMCR_LC | PMCR_C);
    isb();
    const uint64_t ticks = timer_now(), before = read_sysreg(pmccntr_el0);
    while (timer_now() - ticks < 1000)
        ;
    const uint64_t cycles = read_sysreg(pmccntr_el0) - before;
    write_sysreg(pmcr_el0, PMCR_LC);
    isb();
    EXPECT(cycles >= 1000 && cycles < 1000 * 200);
    return NULL;
}

static uint32_t overflows;
static uint64_t status;

static void on_overflow(uint32_t intid, void *data)
{
    (void)intid;
    (void)data;
    status = read_sysreg(pmovsset_el0);
    write_sysreg(pmovsclr_el0, status); /* or the line stays high */
    isb();
    overflows++;
}

/* Sets the counter `distance` before its overflow, and lets n rounds of two instructions run. */
static void run_to_overflow(unsigned number, uint64_t distance, uint64_t n)
{
    uint8_t *at = area;
    overflows = 0;
    status = 0;
    if (number == CYCLE_COUNTER) {
        write_sysreg(pmccntr_el0, -distance);
    } else {
        write_sysreg(pmselr_el0, number);
        isb();
        write_sysreg(pmxevcntr_el0, -(uint32_t)distance);
    }
    write_sysreg(pmintenset_el1, 1u << number);
    isb();
    COUNTED("1: subs %[n], %[n], #1\n b.ne 1b");
    write_sysreg(pmintenclr_el1, ~0u);
    isb();
}

static const char *overflow_interrupts(void)
{
    gic_set_handler(PMU_INTID, on_overflow, NULL);
    gic_enable_private(PMU_INTID);
    count_from(1, (const uint32_t[]){INST_RETIRED});
    run_to_overflow(0, 1000, 2000);
    EXPECT(overflows == 1 && status == 1);
    EXPECT(counter(0) >= 3000); /* what ran after it, the handler included */
    run_to_overflow(0, 100000, 2000);
    EXPECT(overflows == 0);
    write_sysreg(pmcntenset_el0, 1u << CYCLE_COUNTER);
    run_to_overflow(CYCLE_COUNTER, 1500, 4000);
    EXPECT(overflows == 1 && status == 1u << CYCLE_COUNTER);
    gic_disable_private(PMU_INTID);
    return NULL;
}

static void on_timer(uint32_t intid, void *data)
{
    (void)intid;
    (void)data;
    timer_stop();
    timer_interrupts++;
}

#define CHECKS(X)                                                                                                      \
    X(loop_of_n_instructions_counts_n)                                                                                 \
    X(memory_accesses_count_by_kind)                                                                                   \
    X(lines_that_miss_are_refilled_once)                                                                               \
    X(pages_that_miss_are_translated_once)                                                                             \
    X(software_increment_and_chain)                                                                                    \
    X(exceptions_count_both_ways)                                                                                      \
    X(filters_separate_el0_from_el1)                                                                                   \
    X(cycles_stop_in_wfi)                                                                                              \
    X(overflow_interrupts)

option_t image_options[] = {{.name = NULL}};

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
    const uint32_t intid = board_get()->virtual_timer_intid;
    gic_set_handler(intid, on_timer, NULL);
    gic_enable_private(intid);
    area = memory_take(16 * PAGE_BYTES, PAGE_BYTES);
    print("%lu counters\n", read_sysreg(pmcr_el0) >> 11 & 31);
    for (unsigned i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const char *wrong = checks[i].function();
        if (image_check(wrong == NULL))
            print("ok %s\n", checks[i].name);
        else
            print("FAIL %s: %s\n", checks[i].name, wrong);
    }
}
