/* PSCI 1.1 and SMCCC 1.1 (DEN 0022, DEN 0028) as a guest sees them: suspend into standby and powerdown, races of
 * CPU_ON, and what is there at all. Options: NAME=1 runs one check alone; resets=N resets the machine N times first,
 * counting in the clock, which a reset does not stop. Injected faults are in force on the partner while it suspends. */
#include "psci.h"

#include "arch_smp.h"
#include "atomic.h"
#include "barrier.h"
#include "board.h"
#include "cpu.h"
#include "gic.h"
#include "image.h"
#include "images/selftest/selftest.h"
#include "layout.h"
#include "mmio.h"
#include "print.h"
#include "smp.h"
#include "timer.h"
#include "uart.h"
#include "vm.h"

enum { RTC = 0x09010000, RTCDR = RTC, RTCMR = RTC + 4, RTCLR = RTC + 8, RTCIMSC = RTC + 16, RESETS_SECONDS = 1000 };
enum { GICD_IPRIORITYR40 = 0x04a0, GICD_ICFGR10 = 0x0c28, GICD_IROUTER160 = 0x6500, GICR_PROPBASER = 0x0070 };
enum { STANDBY = 0, POWERDOWN = 1 << 16, CPU_SUSPEND = (int)0xc4000001, INVALID_ADDRESS = -9 };

static int64_t call(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
    register uint64_t x0 __asm__("x0") = (uint32_t)function;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = b;
    register uint64_t x3 __asm__("x3") = c;
    __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"x4", "x5", "x6", "x7", "memory");
    return (int64_t)x0;
}

/* Where a core wakes from powerdown: it writes what it finds to the record that its context names, and goes off. */
extern char woken[];
__asm__(".text\n"
        ".globl woken\n"
        "woken: mrs x1, sctlr_el1\n"
        "and x1, x1, #1\n" /* the MMU's bit */
        "add x1, x1, #2\n"
        "str x1, [x0]\n"
        "str x19, [x0, #8]\n"
        "dsb sy\n"
        "mov w0, #0x84000000\n"
        "add w0, w0, #2\n"
        "hvc #0\n"
        "b .\n");

typedef struct record {
    _Alignas(CACHE_LINE_BYTES) volatile uint64_t woken; /* 2: with the MMU off */
    uint64_t x19;
    uint64_t filler[6];
} record_t;

static record_t record;
static int64_t result; /* of a CPU_SUSPEND that returned */
static bool sleeper;   /* the redistributor sleeps too */

static void clean_record(void)
{
    __asm__ volatile("dc civac, %0\n dsb sy" ::"r"(&record) : "memory");
}

static void arm_timer(uint64_t ticks)
{
    gic_enable_private(board_get()->virtual_timer_intid);
    timer_set(timer_now() + ticks);
}

static void suspend_partner(void *data)
{
    interrupts_off();
    arch_smp_set_enabled(arch_smp_get_current_cpu(), false);
    arm_timer(data == NULL ? 2000 : 0);
    if (sleeper)
        gic_cpu_off();
    if (data != NULL)
        while (!gic_private_is_pending(board_get()->virtual_timer_intid))
            cpu_relax();
    dsb_sy();
    write_sysreg(tpidrro_el0, 1);
    isb();
    __asm__ volatile("mov x19, #0x77" ::: "x19");
    result = call(CPU_SUSPEND, POWERDOWN, (uintptr_t)woken, (uintptr_t)&record);
    write_sysreg(tpidrro_el0, 0);
    timer_stop();
    gic_disable_private(board_get()->virtual_timer_intid); /* also what was on its way to the core is gone */
    arch_smp_set_enabled(arch_smp_get_current_cpu(), true);
    interrupts_on();
}

static void go_off(void *data)
{
    (void)data;
    interrupts_off();
    arch_smp_set_enabled(arch_smp_get_current_cpu(), false);
    gic_cpu_off();
    psci_cpu_off();
}

static bool is_off(unsigned core)
{
    const uint64_t deadline = timer_now() + timer_hz() / 100;
    while (psci_affinity_info(board_get()->mpidr[core]) != PSCI_AFFINITY_OFF && timer_now() < deadline)
        cpu_relax();
    return psci_affinity_info(board_get()->mpidr[core]) == PSCI_AFFINITY_OFF;
}

static const char *wakes_at_its_entry(void)
{
    record = (record_t){0};
    clean_record();
    begin_on_partner(suspend_partner, NULL);
    EXPECT(is_off(partner()));
    clean_record();
    EXPECT(record.woken == 2);
    EXPECT(record.x19 == 0);
    smp_start(partner());
    return NULL;
}

static const char *powerdown_wakes_at_its_entry(void)
{
    sleeper = false;
    return wakes_at_its_entry();
}

static const char *powerdown_wakes_for_a_sleeping_redistributor(void)
{
    sleeper = true;
    return wakes_at_its_entry();
}

static const char *powerdown_with_an_interrupt_pending_returns(void)
{
    sleeper = false;
    result = 77;
    begin_on_partner(suspend_partner, &record);
    join_partner();
    EXPECT(result == PSCI_SUCCESS);
    return NULL;
}

static const char *standby_returns_when_an_interrupt_is_pending(void)
{
    interrupts_off();
    arm_timer(2000);
    const uint64_t before = timer_now();
    const int64_t answer = call(CPU_SUSPEND, STANDBY, 0, 0);
    const uint64_t slept = timer_now() - before;
    timer_stop();
    gic_disable_private(board_get()->virtual_timer_intid);
    interrupts_on();
    EXPECT(answer == PSCI_SUCCESS);
    EXPECT(slept >= 1900);
    return NULL;
}

static const char *entries_outside_ram_are_refused(void)
{
    EXPECT(call(CPU_SUSPEND, POWERDOWN, 0x1000, 0) == INVALID_ADDRESS);
    EXPECT(call(CPU_SUSPEND, POWERDOWN, (uintptr_t)woken + 2, 0) == INVALID_ADDRESS);
    EXPECT(call(CPU_SUSPEND, 0x80000000, (uintptr_t)woken, 0) == PSCI_INVALID_PARAMETERS);
    begin_on_partner(go_off, NULL);
    EXPECT(is_off(partner()));
    EXPECT(psci_cpu_on(board_get()->mpidr[partner()], 0x1000, 0) == INVALID_ADDRESS);
    EXPECT(psci_cpu_on(board_get()->mpidr[partner()], board_get()->ram.base + board_get()->ram.bytes, 0) ==
           INVALID_ADDRESS);
    EXPECT(is_off(partner()));
    smp_start(partner());
    return NULL;
}

/* Core 2, switched off, is turned on by the boot core and its partner together, at all offsets. */
static int race[2];
static uint32_t race_start;

static void race_partner(void *data)
{
    (void)data;
    atomic_wait_equal_acquire(&race_start, 1);
    race[1] = psci_cpu_on(board_get()->mpidr[2], (uintptr_t)woken, (uintptr_t)&record);
}

static const char *of_two_callers_one_turns_a_core_on(void)
{
    smp_begin_on(2, go_off, NULL);
    for (unsigned offset = 0; offset < 12; offset++) {
        EXPECT(is_off(2));
        race_start = 0;
        begin_on_partner(race_partner, NULL);
        atomic_store_release(&race_start, 1); /* pairs with the acquire of race_partner() */
        for (unsigned i = 0; i < offset * 8; i++)
            cpu_relax();
        race[0] = psci_cpu_on(board_get()->mpidr[2], (uintptr_t)woken, (uintptr_t)&record);
        join_partner();
        const int lost = race[0] == PSCI_SUCCESS ? race[1] : race[0];
        EXPECT(race[0] == PSCI_SUCCESS || race[1] == PSCI_SUCCESS);
        EXPECT(lost == PSCI_ON_PENDING || lost == PSCI_ALREADY_ON);
    }
    EXPECT(is_off(2));
    smp_start(2);
    return NULL;
}

static const char *calls_that_do_not_exist_say_so(void)
{
    enum { FEATURES = (int)0x8400000a, ARCH_FEATURES = (int)0x80000001, SMCCC = (int)0x80000000 };
    EXPECT(psci_version() == 0x10001);
    EXPECT(call(SMCCC, 0, 0, 0) == 0x10001);
    EXPECT(call(FEATURES, 0xc4000001, 0, 0) == 0); /* original power_state format, no OS-initiated mode */
    EXPECT(call(FEATURES, 0x80000000, 0, 0) == 0);
    EXPECT(call(0x84000006, 0, 0, 0) == 2); /* MIGRATE_INFO_TYPE: no trusted OS */
    EXPECT(call(ARCH_FEATURES, 0x80000000, 0, 0) == 0);
    EXPECT(call(ARCH_FEATURES, 0x80008000, 0, 0) == PSCI_NOT_SUPPORTED); /* SMCCC_ARCH_WORKAROUND_1 */
    EXPECT(call(0x84000050, 0, 0, 0) == PSCI_NOT_SUPPORTED);             /* TRNG_VERSION */
    EXPECT(call(0xc4000012, 0, 0, 0) == PSCI_NOT_SUPPORTED);             /* SYSTEM_RESET2 */
    EXPECT(call(0xc400000e, 0, 0, 0) == PSCI_NOT_SUPPORTED);             /* SYSTEM_SUSPEND */
    EXPECT(call(FEATURES, 0xc4000012, 0, 0) == PSCI_NOT_SUPPORTED);
    return NULL;
}

#define CHECKS(X)                                                                                                      \
    X("calls-that-do-not-exist-say-so", calls_that_do_not_exist_say_so, 1)                                             \
    X("standby-returns-when-an-interrupt-is-pending", standby_returns_when_an_interrupt_is_pending, 1)                 \
    X("powerdown-wakes-at-its-entry", powerdown_wakes_at_its_entry, 2)                                                 \
    X("powerdown-wakes-for-a-sleeping-redistributor", powerdown_wakes_for_a_sleeping_redistributor, 2)                 \
    X("powerdown-with-an-interrupt-pending-returns", powerdown_with_an_interrupt_pending_returns, 2)                   \
    X("entries-outside-ram-are-refused", entries_outside_ram_are_refused, 2)                                           \
    X("of-two-callers-one-turns-a-core-on", of_two_callers_one_turns_a_core_on, 3)

#define OPTION(text, function, cores) {.name = text, .value = 0, .least = 0, .most = 1},
option_t image_options[] = {CHECKS(OPTION){.name = "resets", .value = 0, .least = 0, .most = 100}, {.name = NULL}};
#undef OPTION

/* A reset is a power cycle: memory and registers that the firmware leaves alone are as they were before the boot before
 * wrote them. */

/* At the end of RAM, where nobody else is; what a kernel calls its own it clears by itself. */
typedef struct stays {
    _Alignas(CACHE_LINE_BYTES) volatile uint64_t in_cache;
    _Alignas(CACHE_LINE_BYTES) volatile uint64_t in_memory;
} stays_t;

static stays_t *stays_find(void)
{
    return (stays_t *)(board_get()->ram.base + board_get()->ram.bytes - sizeof(stays_t));
}

static const char *is_new(void)
{
    const uint64_t gicd = board_get()->gicd.base;
    EXPECT(stays_find()->in_cache == 0);
    EXPECT(stays_find()->in_memory == 0);
    EXPECT(mmio_read64(gicd + GICD_IROUTER160) == 0);
    EXPECT(mmio_read32(gicd + GICD_IPRIORITYR40) == 0);
    EXPECT(mmio_read32(gicd + GICD_ICFGR10) == 0);
    EXPECT(mmio_read64(cpu_self()->gicr_base + GICR_PROPBASER) == 0);
    EXPECT(mmio_read32(RTCMR) == 0);
    EXPECT(mmio_read32(RTCIMSC) == 0);
    EXPECT(read_sysreg(cntp_cval_el0) == 0);
    return NULL;
}

static void make_old(void)
{
    const uint64_t gicd = board_get()->gicd.base;
    stays_t *stays = stays_find();
    stays->in_cache = stays->in_memory = 1;
    __asm__ volatile("dc civac, %0" ::"r"(&stays->in_memory) : "memory");
    mmio_write64(gicd + GICD_IROUTER160, 1);
    mmio_write32(gicd + GICD_IPRIORITYR40, 0xf0f0f0f0);
    mmio_write32(gicd + GICD_ICFGR10, 0xaaaaaaaa);
    mmio_write64(cpu_self()->gicr_base + GICR_PROPBASER, 0x40000000);
    mmio_write32(RTCMR, 1);
    mmio_write32(RTCIMSC, 1);
    write_sysreg(cntp_cval_el0, 77);
    dsb_sy();
}

static void reset_if_wanted(uint64_t resets)
{
    vm_map(&vm_kernel, RTC, RTC, PAGE_BYTES, VM_DEVICE);
    const uint32_t now = mmio_read32(RTCDR);
    const uint32_t done = now < RESETS_SECONDS || now > RESETS_SECONDS * 2 ? 0 : now - RESETS_SECONDS;
    const char *old = is_new();
    if (!image_check(old == NULL))
        print("FAIL not new after a reset: %s\n", old);
    if (done >= resets)
        return;
    make_old();
    print("reset %u\n", done + 1);
    uart_drain();
    mmio_write32(RTCLR, RESETS_SECONDS + done + 1);
    dsb_sy();
    call(0x84000009, 0, 0, 0);
}

void image_main(void)
{
    static const struct {
        const char *(*function)(void);
        unsigned cores;
    } rows[] = {
#define ROW(name, function, cores) {function, cores},
        CHECKS(ROW)
#undef ROW
    };
    const unsigned count = sizeof rows / sizeof rows[0];
    bool one = false;
    reset_if_wanted(image_options[count].value);
    for (unsigned i = 0; i < count; i++)
        one |= image_options[i].value != 0;
    for (unsigned i = 0; i < count; i++) {
        if ((one && image_options[i].value == 0) || rows[i].cores > smp_cores())
            continue;
        const char *wrong = rows[i].function();
        if (image_check(wrong == NULL))
            print("ok %s\n", image_options[i].name);
        else
            print("FAIL %s: %s\n", image_options[i].name, wrong);
        if (wrong != NULL)
            image_end_run(); /* a core may be off */
    }
}
