/* Does one thing a known number of times, on the boot core: what a counter must have counted. Each option is an
 * operation, its value how often; tests/system/test_counters.py compares runs that differ in it. */
#include "arch_smp.h"
#include "barrier.h"
#include "board.h"
#include "cache.h"
#include "cpu.h"
#include "image.h"
#include "images/selftest/selftest.h"
#include "layout.h"
#include "memory.h"
#include "mmio.h"
#include "vm.h"

#include <stddef.h>

enum { AREA_BYTES = 1 << 20, LINE = CACHE_LINE_BYTES, GICD_TYPER = 4 };

static uint8_t *area; /* a MiB of lines, in no cache when an operation begins */
static _Alignas(PAGE_BYTES) uint64_t word[PAGE_BYTES / sizeof(uint64_t)];

/* One instruction n times; %[word] is a line that is there, %[line] goes on by a line each time. */
#define REPEAT(name, instruction)                                                                                      \
    static void __attribute__((noinline)) name(uint64_t n)                                                             \
    {                                                                                                                  \
        uint8_t *line = area;                                                                                          \
        __asm__ volatile("1: " instruction "\n"                                                                        \
                         "add %[line], %[line], #64\n"                                                                 \
                         "subs %[n], %[n], #1\n"                                                                       \
                         "b.ne 1b"                                                                                     \
                         : [n] "+r"(n), [line] "+r"(line)                                                              \
                         : [word] "r"(word)                                                                            \
                         : "x9", "x10", "x11", "x12", "cc", "memory");                                                 \
    }
REPEAT(nops, "nop")
REPEAT(loads, "ldr x9, [%[word]]")
REPEAT(load_pairs, "ldp x9, x10, [%[word]]")
REPEAT(stores, "str x9, [%[word]]")
REPEAT(dmbs, "dmb ish")
REPEAT(dsbs, "dsb ish")
REPEAT(isbs, "isb")
REPEAT(exclusives, "ldxr x9, [%[word]]\n stxr w10, x9, [%[word]]")
REPEAT(cleared_exclusives, "ldxr x9, [%[word]]\n clrex\n stxr w10, x9, [%[word]]")
REPEAT(misplaced_exclusives, "ldxr x9, [%[word]]\n add x11, %[word], #8\n stxr w10, x9, [x11]")
REPEAT(atomics, ".arch_extension lse\n ldadd x9, x10, [%[word]]\n .arch_extension nolse")
REPEAT(swaps, ".arch_extension lse\n swp x9, x10, [%[word]]\n .arch_extension nolse")
REPEAT(load_misses, "ldr x9, [%[line]]\n add x9, x9, #0")
REPEAT(store_misses, "str x9, [%[line]]\n dsb ish")
REPEAT(zeroed_lines, "dc zva, %[line]\n dsb ish")
REPEAT(shared_lines, "ldr x9, [%[line]]")
REPEAT(dirty_lines, "str x9, [%[line]]")
REPEAT(cleaned_lines, "dc cvac, %[line]")
REPEAT(flushed_lines, "dc civac, %[line]")
REPEAT(dropped_lines, "dc ivac, %[line]")
REPEAT(local_tlbis, "tlbi vaae1, xzr\n dsb nsh")
REPEAT(broadcast_tlbis, "tlbi vaae1is, xzr\n dsb ish")
REPEAT(fetch_invalidations, "ic ivau, %[word]\n dsb ish")
REPEAT(events, "sev")
REPEAT(forwards, "str x9, [%[line]]\n ldr x10, [%[line]]")

static void lost_exclusives(uint64_t n)
{
    uint32_t failed;
    for (uint64_t i = 0; i < n; i++)
        __asm__ volatile("ldxr x9, [%1]\n dc civac, %1\n stxr %w0, x9, [%1]"
                         : "=&r"(failed)
                         : "r"(word)
                         : "x9", "memory");
}

static void supervisor_calls(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        trap_t trap;
        trap_arm(&trap);
        __asm__ volatile("svc #0" ::: "memory");
        trap_disarm();
    }
}

static void excepted_exclusives(uint64_t n)
{
    uint32_t failed;
    for (uint64_t i = 0; i < n; i++) {
        trap_t trap;
        trap_arm(&trap);
        __asm__ volatile("ldxr x9, [%1]\n svc #0\n stxr %w0, x9, [%1]" : "=&r"(failed) : "r"(word) : "x9", "memory");
        trap_disarm();
    }
}

static void device_reads(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        mmio_read32(board_get()->gicd.base + GICD_TYPER);
}

static void device_writes(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        mmio_write32(board_get()->gicd.base + GICD_TYPER, 0); /* read-only: nothing else happens */
}

static void uncached_loads(uint64_t n)
{
    vm_map(&vm_kernel, window_page(0), (uintptr_t)area, PAGE_BYTES, VM_NONCACHEABLE);
    for (uint64_t i = 0; i < n; i++)
        *(volatile uint64_t *)window_page(0);
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
}

static void uncached_stores(uint64_t n)
{
    vm_map(&vm_kernel, window_page(0), (uintptr_t)area, PAGE_BYTES, VM_NONCACHEABLE);
    for (uint64_t i = 0; i < n; i++)
        __asm__ volatile("str %0, [%1]\n dmb ishst" ::"r"(i), "r"(window_page(0)) : "memory");
    dsb_sy();
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
}

/* A line each, of eight stores that become one write. */
static void combined_stores(uint64_t n)
{
    vm_map(&vm_kernel, window_page(0), (uintptr_t)area, PAGE_BYTES, VM_NONCACHEABLE);
    for (uint64_t i = 0; i < n; i++)
        for (uint64_t at = 0; at < LINE; at += 8)
            *(volatile uint64_t *)(window_page(0) + i % (PAGE_BYTES / LINE) * LINE + at) = i;
    dsb_sy();
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
}

/* A walk each. */
static void walks(uint64_t n)
{
    vm_map(&vm_kernel, window_page(0), (uintptr_t)area, PAGE_BYTES, VM_DATA);
    for (uint64_t i = 0; i < n; i++) {
        *(volatile uint64_t *)window_page(0);
        __asm__ volatile("tlbi vaae1, %0\n dsb nsh" ::"r"(vm_tlbi_operand(window_page(0), 0)) : "memory");
    }
    vm_unmap(&vm_kernel, window_page(0), PAGE_BYTES);
}

/* 128 pages: more than a micro-TLB holds, and fewer than the level-2 TLB. */
enum { TLB_PAGES = 128 };
static void tlb_rounds(uint64_t n)
{
    vm_map(&vm_kernel, window_page(0), (uintptr_t)area, TLB_PAGES * PAGE_BYTES, VM_DATA);
    for (uint64_t i = 0; i < n + 1; i++) /* the first round walks */
        for (unsigned page = 0; page < TLB_PAGES; page++)
            *(volatile uint8_t *)window_page(page);
    vm_unmap(&vm_kernel, window_page(0), TLB_PAGES * PAGE_BYTES);
}

/* A table replaced by a block while a page of it is in the TLB, which software must not do (DDI 0487 D8.14.1). */
static void unbroken_remaps(uint64_t n)
{
    const uint64_t block = 2 << 20;
    vm_map(&vm_kernel, window_page(0), (uintptr_t)area, 2 * PAGE_BYTES, VM_DATA);
    const uint64_t *root = vm_kernel.root;
    volatile uint64_t *entry = (uint64_t *)(root[window_page(0) >> 30 & 0x1ff] & PTE_ADDRESS);
    const uint64_t table = *entry;
    for (uint64_t i = 0; i < n; i++) {
        *(volatile uint64_t *)window_page(0);
        *entry = ((uintptr_t)area & ~(block - 1)) | VM_DATA | PTE_VALID;
        dsb_ish();
        *(volatile uint64_t *)window_page(1); /* its walk finds the block */
        *entry = 0;
        dsb_ishst();
        __asm__ volatile("tlbi vmalle1\n dsb nsh" ::: "memory");
        *entry = table;
        dsb_ish();
    }
    vm_unmap(&vm_kernel, window_page(0), 2 * PAGE_BYTES);
}

/* Targets that alternate: the last one is never the next. */
static void surprising_branches(uint64_t n)
{
    __asm__ volatile("adr x9, 2f\n"
                     "adr x10, 3f\n"
                     "1: br x9\n"
                     "2: b 4f\n"
                     "3: nop\n"
                     "4: mov x11, x9\n"
                     "mov x9, x10\n"
                     "mov x10, x11\n"
                     "subs %0, %0, #1\n"
                     "b.ne 1b"
                     : "+r"(n)
                     :
                     : "x9", "x10", "x11", "cc");
}

static uint32_t messages;

static void on_message(void *data)
{
    (void)data;
    messages++;
}

static void self_messages(uint64_t n)
{
    arch_smp_set_handler(ICI_IMAGE_0, on_message, NULL);
    messages = 0;
    for (uint64_t i = 0; i < n; i++) {
        arch_smp_send_ici(arch_smp_get_current_cpu(), ICI_IMAGE_0);
        interrupts_sleep_until(&messages, (uint32_t)i + 1);
    }
}

#define OPERATIONS(X)                                                                                                  \
    X(nops)                                                                                                            \
    X(loads)                                                                                                           \
    X(load_pairs)                                                                                                      \
    X(stores)                                                                                                          \
    X(dmbs)                                                                                                            \
    X(dsbs)                                                                                                            \
    X(isbs)                                                                                                            \
    X(exclusives)                                                                                                      \
    X(cleared_exclusives)                                                                                              \
    X(misplaced_exclusives)                                                                                            \
    X(lost_exclusives)                                                                                                 \
    X(excepted_exclusives)                                                                                             \
    X(atomics)                                                                                                         \
    X(swaps)                                                                                                           \
    X(load_misses)                                                                                                     \
    X(store_misses)                                                                                                    \
    X(zeroed_lines)                                                                                                    \
    X(shared_lines)                                                                                                    \
    X(dirty_lines)                                                                                                     \
    X(cleaned_lines)                                                                                                   \
    X(flushed_lines)                                                                                                   \
    X(dropped_lines)                                                                                                   \
    X(forwards)                                                                                                        \
    X(local_tlbis)                                                                                                     \
    X(broadcast_tlbis)                                                                                                 \
    X(fetch_invalidations)                                                                                             \
    X(events)                                                                                                          \
    X(supervisor_calls)                                                                                                \
    X(device_reads)                                                                                                    \
    X(device_writes)                                                                                                   \
    X(uncached_loads)                                                                                                  \
    X(uncached_stores)                                                                                                 \
    X(combined_stores)                                                                                                 \
    X(walks)                                                                                                           \
    X(tlb_rounds)                                                                                                      \
    X(unbroken_remaps)                                                                                                 \
    X(surprising_branches)                                                                                             \
    X(self_messages)

#define OPTION(operation) {.name = #operation, .value = 0, .least = 0, .most = AREA_BYTES / LINE},
option_t image_options[] = {OPERATIONS(OPTION){.name = NULL}};
#undef OPTION
#define FUNCTION(operation) operation,
static void (*const functions[])(uint64_t n) = {OPERATIONS(FUNCTION)};
#undef FUNCTION

/* What came before has left nothing in the level-1 data cache that would have to go in an operation's way. */
static void empty_l1(void)
{
    const cache_geometry_t l1d = cache_l1d_geometry();
    const unsigned way_shift = l1d.ways > 1 ? (unsigned)__builtin_clz(l1d.ways - 1) : 0;
    for (unsigned way = 0; way < l1d.ways; way++)
        for (unsigned set = 0; set < l1d.sets; set++)
            __asm__ volatile("dc cisw, %0" ::"r"((uint64_t)way << way_shift | (uint64_t)set << l1d.line_bits)
                             : "memory");
    dsb_sy();
}

void image_main(void)
{
    area = memory_take(AREA_BYTES, AREA_BYTES);
    for (size_t i = 0; i < AREA_BYTES; i += PAGE_BYTES) /* the translations are known */
        __asm__ volatile("dc civac, %0" ::"r"(area + i) : "memory");
    empty_l1();
    *(volatile uint64_t *)word = 0;
    dsb_sy();
    for (unsigned i = 0; image_options[i].name != NULL; i++) {
        if (image_options[i].value != 0)
            functions[i](image_options[i].value);
    }
    dsb_sy();
}
