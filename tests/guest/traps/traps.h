/* The traps of a multiprocessor's memory as guest programs: each check walks into one and says whether the machine did
 * what the architecture (DDI 0487) demands, or, where it permits more than one thing, what a machine without a magic
 * shared memory shows. Each has a fault that makes it fail: tests/system/test_traps.py.
 *
 * Checks run on the boot core and give the other cores their parts. While one runs, TPIDRRO_EL0 is 1 on every core that
 * takes part, which is what brings an injected fault into force. Nothing here waits for ever. */
#ifndef MESIM_GUEST_TRAPS_H
#define MESIM_GUEST_TRAPS_H

#include "atomic.h"
#include "barrier.h"
#include "images/selftest/selftest.h"
#include "layout.h"
#include "smp.h"
#include "sysreg.h"

/* TRAPS(X): X("name", function, cores it needs) */
#define TRAPS(X)                                                                                                       \
    X("exclusives-make-progress", exclusives_make_progress, 2)                                                         \
    X("store-exclusive-goes-by-address", store_exclusive_goes_by_address, 2)                                           \
    X("eviction-clears-the-monitor", eviction_clears_the_monitor, 2)                                                   \
    X("exception-return-clears-the-monitor", exception_return_clears_the_monitor, 1)                                   \
    X("clrex-clears-the-monitor", clrex_clears_the_monitor, 1)                                                         \
    X("early-event-is-kept", early_event_is_kept, 1)                                                                   \
    X("sev-is-not-lost", sev_is_not_lost, 2)                                                                           \
    X("lost-monitor-wakes", lost_monitor_wakes, 2)                                                                     \
    X("far-atomic-clears-remote-monitors", far_atomic_clears_remote_monitors, 2)                                       \
    X("far-atomic-wakes", far_atomic_wakes, 2)                                                                         \
    X("event-stream-wakes", event_stream_wakes, 1)                                                                     \
    X("masked-interrupt-ends-wfi", masked_interrupt_ends_wfi, 1)                                                       \
    X("load-gathers-store-and-line", load_gathers_store_and_line, 2)                                                   \
    X("load-sees-its-own-store", load_sees_its_own_store, 2)                                                           \
    X("load-sees-the-youngest-store", load_sees_the_youngest_store, 2)                                                 \
    X("line-crossing-tears-at-the-split", line_crossing_tears_at_the_split, 2)                                         \
    X("misaligned-branch-faults", misaligned_branch_faults, 1)                                                         \
    X("misaligned-exclusive-faults", misaligned_exclusive_faults, 1)                                                   \
    X("fault-on-second-page-stores-nothing", fault_on_second_page_stores_nothing, 1)                                   \
    X("casp-is-one-access", casp_is_one_access, 2)                                                                     \
    X("failed-cas-stores-nothing", failed_cas_stores_nothing, 1)                                                       \
    X("failed-casa-acquires", failed_casa_acquires, 4)                                                                 \
    X("dmb-orders-stores", dmb_orders_stores, 2)                                                                       \
    X("dmb-st-orders-stores", dmb_st_orders_stores, 2)                                                                 \
    X("stlr-orders-stores", stlr_orders_stores, 2)                                                                     \
    X("dmb-ld-orders-loads", dmb_ld_orders_loads, 4)                                                                   \
    X("ldar-orders-loads", ldar_orders_loads, 4)                                                                       \
    X("dmb-ld-orders-results-of-atomics", dmb_ld_orders_results_of_atomics, 4)                                         \
    X("acquiring-atomic-orders-loads", acquiring_atomic_orders_loads, 4)                                               \
    X("discarded-result-does-not-acquire", discarded_result_does_not_acquire, 4)                                       \
    X("dmb-ld-does-not-order-discarded-results", dmb_ld_does_not_order_discarded_results, 4)                           \
    X("dmb-ld-does-not-order-store-to-load", dmb_ld_does_not_order_store_to_load, 2)                                   \
    X("dmb-orders-maintenance", dmb_orders_maintenance, 1)                                                             \
    X("noncacheable-alias-is-stale-until-cleaned", noncacheable_alias_is_stale_until_cleaned, 1)                       \
    X("cached-alias-is-stale-until-invalidated", cached_alias_is_stale_until_invalidated, 1)                           \
    X("noncacheable-load-sees-its-own-store", noncacheable_load_sees_its_own_store, 1)                                 \
    X("barriers-drain-combined-stores", barriers_drain_combined_stores, 2)                                             \
    X("noncacheable-load-aborts-precisely", noncacheable_load_aborts_precisely, 1)                                     \
    X("nonshareable-copies-are-incoherent", nonshareable_copies_are_incoherent, 2)                                     \
    X("instructions-are-stale-until-invalidated", instructions_are_stale_until_invalidated, 1)                         \
    X("fetch-needs-clean-as-ctr-says", fetch_needs_clean_as_ctr_says, 1)                                               \
    X("ic-ivau-reaches-other-cores", ic_ivau_reaches_other_cores, 2)                                                   \
    X("dc-zva-faults-on-device", dc_zva_faults_on_device, 1)                                                           \
    X("dc-zva-clears-the-line-whoever-stores", dc_zva_clears_the_line_whoever_stores, 2)                               \
    X("dc-zva-clears-remote-monitors", dc_zva_clears_remote_monitors, 2)                                               \
    X("dsb-completes-tlbi", dsb_completes_tlbi, 2)                                                                     \
    X("dmb-does-not-complete-tlbi", dmb_does_not_complete_tlbi, 2)                                                     \
    X("walk-in-flight-does-not-survive-tlbi", walk_in_flight_does_not_survive_tlbi, 2)                                 \
    X("tlbi-reaches-other-cores", tlbi_reaches_other_cores, 2)                                                         \
    X("tlbi-by-range-reaches-its-pages", tlbi_by_range_reaches_its_pages, 2)                                           \
    X("tlbi-os-reaches-other-cores", tlbi_os_reaches_other_cores, 2)                                                   \
    X("access-flag-is-set-atomically", access_flag_is_set_atomically, 2)                                               \
    X("store-marks-a-clean-page", store_marks_a_clean_page, 1)                                                         \
    X("unaligned-load-in-sixteen-bytes-is-whole", unaligned_load_in_sixteen_bytes_is_whole, 2)                         \
    X("exception-entry-sets-pstate", exception_entry_sets_pstate, 1)                                                   \
    X("private-counters-share-lines", private_counters_share_lines, 4)

#define DECLARE_TRAP(name, function, cores) const char *function(void);
TRAPS(DECLARE_TRAP)
#undef DECLARE_TRAP

/* --- cores.c --- */

/* Runs part(core) on cores 0 to count - 1, the boot core being 0. False when one does not come to its end: the machine
 * is then of no more use. */
bool run_parts(unsigned count, void (*part)(unsigned core));
/* True once something did not come in time. */
bool gave_up(void);
/* In a part: all its cores meet; everything that one did before is complete, and seen by all after. False: somebody
 * does not come, and the part must return. */
bool meet(void);
/* Polls until *word is value. False: not in good time, and the part must return. */
bool await(const uint32_t *word, uint32_t value);

/* Whether an injected fault is in force on the running core. */
void faults_on(void);
void faults_off(void);

/* Lets the core's clock go on by about so many cycles. */
static inline void spin(uint64_t cycles)
{
    __asm__ volatile("1: subs %0, %0, #1\n b.pl 1b" : "+r"(cycles)::"cc");
}

/* 16 lines that no cache holds, and whose page is in the caller's TLB. Prefetching them (FILL) keeps every miss
 * register busy until DRAM answers, so that a store that misses waits in the store buffer. */
enum { COLD_LINES = 16 };
const uint8_t *cold_lines(void);
#define FILL                                                                                                           \
    ".set line, 0\n"                                                                                                   \
    ".rept 16\n"                                                                                                       \
    "prfm pldl1keep, [%[cold], #line * 64]\n"                                                                          \
    ".set line, line + 1\n"                                                                                            \
    ".endr\n"

/* --- translation.c --- */

/* Writes a descriptor so that every walk from now on sees it. */
void write_descriptor(uint64_t *entry, uint64_t value);
/* Loads, and says whether that did not fault. */
bool load_translates(uint64_t va);

/* A line of its own for a word. */
typedef struct word_line {
    _Alignas(CACHE_LINE_BYTES) uint64_t word;
} word_line_t;

static inline uint64_t load(const uint64_t *word)
{
    return *(const volatile uint64_t *)word;
}

static inline void store(uint64_t *word, uint64_t value)
{
    *(volatile uint64_t *)word = value;
}

#endif
