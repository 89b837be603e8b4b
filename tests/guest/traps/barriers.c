/* What orders two accesses of a core, as another core sees them (DDI 0487 B2.3): the litmus tests MP and SB with the
 * timing that shows what a missing barrier lets through. Each check first sees that without the barrier the outcome
 * does come, or what follows would prove nothing. */
#include "traps.h"

static word_line_t data, flag, other;
static unsigned weak; /* how often the outcome came that order forbids */

/* --- MP, the writer's side --- */

/* Core 1 writes data and then the flag, whose line it owns; the line of data it shares, and its miss registers are
 * busy. Core 0 reads the flag and then data, whose old copy it holds until the writer asks for it. */
#define STORE_FLAG(name, between, store_instruction)                                                                   \
    static void name(void)                                                                                             \
    {                                                                                                                  \
        __asm__ volatile(FILL "str %[one], [%[data]]\n" between "\n" store_instruction " %[one], [%[flag]]"            \
                         :                                                                                             \
                         : [cold] "r"(cold_lines()), [one] "r"(1ull), [data] "r"(&data), [flag] "r"(&flag)             \
                         : "memory");                                                                                  \
    }
STORE_FLAG(store_without_barrier, "", "str")
STORE_FLAG(store_after_dmb, "dmb ish", "str")
STORE_FLAG(store_after_dmb_st, "dmb ishst", "str")
STORE_FLAG(store_release, "", "stlr")

enum { WRITER_DELAYS = 640, WRITER_STEP = 16 };

static void (*writer)(void);

static void race_writer(unsigned core)
{
    for (unsigned delay = 0; delay < WRITER_DELAYS; delay += WRITER_STEP) {
        if (core == 1) {
            store(&data.word, 0);
            store(&flag.word, 0);
        }
        if (!meet())
            return;
        if (core == 0)
            load(&data.word);
        if (!meet())
            return;
        if (core == 1) {
            writer();
        } else {
            uint64_t seen_flag, seen_data;
            spin(delay);
            __asm__ volatile("ldr %0, [%2]\n dmb ish\n ldr %1, [%3]"
                             : "=&r"(seen_flag), "=&r"(seen_data)
                             : "r"(&flag), "r"(&data)
                             : "memory");
            weak += seen_flag == 1 && seen_data == 0;
        }
        if (!meet())
            return;
    }
}

static const char *orders_stores(void (*with_order)(void))
{
    weak = 0;
    writer = store_without_barrier;
    EXPECT(run_parts(2, race_writer));
    EXPECT(weak != 0); /* the scene is set */
    weak = 0;
    writer = with_order;
    EXPECT(run_parts(2, race_writer));
    EXPECT(weak == 0);
    return NULL;
}

const char *dmb_orders_stores(void)
{
    return orders_stores(store_after_dmb);
}

const char *dmb_st_orders_stores(void)
{
    return orders_stores(store_after_dmb_st);
}

const char *stlr_orders_stores(void)
{
    return orders_stores(store_release);
}

/* --- MP, the reader's side --- */

/* Core 1 asks for the flag's line early, and cores 2 and 3 keep that line busy, so that core 0's load of the flag waits
 * while the old copy of data is still there for the load behind it. */
#define LOAD_DATA(name, load_instruction, between)                                                                     \
    static void name(uint64_t *ret_flag, uint64_t *ret_data)                                                           \
    {                                                                                                                  \
        __asm__ volatile(load_instruction " %0, [%2]\n" between "\n ldr %1, [%3]"                                      \
                         : "=&r"(*ret_flag), "=&r"(*ret_data)                                                          \
                         : "r"(&flag), "r"(&data)                                                                      \
                         : "memory");                                                                                  \
    }
LOAD_DATA(load_without_barrier, "ldr", "")
LOAD_DATA(load_after_dmb_ld, "ldr", "dmb ishld")
LOAD_DATA(load_after_acquire, "ldar", "")

/* A CASA that fails is a load-acquire all the same. */
static void load_after_failed_casa(uint64_t *ret_flag, uint64_t *ret_data)
{
    uint64_t seen_flag = 5, seen_data;
    __asm__ volatile(".arch_extension lse\n casa %0, xzr, [%2]\n .arch_extension nolse\n ldr %1, [%3]"
                     : "+&r"(seen_flag), "=&r"(seen_data)
                     : "r"(&flag), "r"(&data)
                     : "memory");
    *ret_flag = seen_flag;
    *ret_data = seen_data;
}

/* Adds to the flag what leaves a 1 a 1, and tells what was there. */
#define ADD_TO_FLAG(name, add_instruction, between)                                                                    \
    static void name(uint64_t *ret_flag, uint64_t *ret_data)                                                           \
    {                                                                                                                  \
        __asm__ volatile(".arch_extension lse\n" add_instruction                                                       \
                         " %[zero], %0, [%2]\n .arch_extension nolse\n" between "\n ldr %1, [%3]"                      \
                         : "=&r"(*ret_flag), "=&r"(*ret_data)                                                          \
                         : "r"(&flag), "r"(&data), [zero] "r"(0ull)                                                    \
                         : "memory");                                                                                  \
    }
ADD_TO_FLAG(load_after_add, "ldadd", "")
ADD_TO_FLAG(load_after_add_and_dmb_ld, "ldadd", "dmb ishld")
ADD_TO_FLAG(load_after_acquiring_add, "ldadda", "")

/* 1 + 2 tells that the addition came after the writer's store. Its result goes nowhere, so neither does its acquire
 * order the load behind it (DDI 0487 C6.2, LDADDA), nor has it a read for DMB LD (C3.2.12). */
#define ADD_WITHOUT_RESULT(name, add_instruction, between)                                                             \
    static void name(uint64_t *ret_flag, uint64_t *ret_data)                                                           \
    {                                                                                                                  \
        __asm__ volatile(".arch_extension lse\n" add_instruction "\n .arch_extension nolse\n" between                  \
                         "\n ldr %1, [%3]\n dmb ish\n ldr %0, [%2]"                                                    \
                         : "=&r"(*ret_flag), "=&r"(*ret_data)                                                          \
                         : "r"(&flag), "r"(&data), [two] "r"(2ull)                                                     \
                         : "memory");                                                                                  \
        *ret_flag = *ret_flag == 3;                                                                                    \
    }
ADD_WITHOUT_RESULT(load_after_discarded_acquire, "ldadda %[two], xzr, [%2]", "")
ADD_WITHOUT_RESULT(load_after_stadd_and_dmb_ld, "stadd %[two], [%2]", "dmb ishld")

enum { READER_DELAYS = 400, READER_STEP = 3, HAMMERS = 6 };

static void (*reader)(uint64_t *ret_flag, uint64_t *ret_data);

static void write_early_flag(void)
{
    __asm__ volatile("prfm pstl1keep, [%[flag]]\n"
                     "str %[one], [%[data]]\n"
                     "dmb ish\n"
                     "str %[one], [%[flag]]"
                     :
                     : [one] "r"(1ull), [data] "r"(&data), [flag] "r"(&flag)
                     : "memory");
}

static void race_reader(unsigned core)
{
    for (unsigned delay = 0; delay < READER_DELAYS; delay += READER_STEP) {
        if (core == 1) {
            store(&data.word, 0);
            store(&flag.word, 0);
        }
        if (!meet())
            return;
        if (core == 0)
            load(&data.word);
        if (!meet())
            return;
        if (core == 0) {
            uint64_t seen_flag, seen_data;
            spin(delay);
            reader(&seen_flag, &seen_data);
            weak += seen_flag == 1 && seen_data == 0;
        } else if (core == 1) {
            spin(100);
            write_early_flag();
        } else {
            for (unsigned i = 0; i < HAMMERS; i++)
                store(&flag.word + core, i); /* other words of the flag's line */
        }
        if (!meet())
            return;
    }
}

typedef void reader_t(uint64_t *ret_flag, uint64_t *ret_data);

static const char *orders_loads_of(reader_t *without_order, reader_t *with_order)
{
    weak = 0;
    reader = without_order;
    EXPECT(run_parts(4, race_reader));
    EXPECT(weak != 0);
    weak = 0;
    reader = with_order;
    EXPECT(run_parts(4, race_reader));
    EXPECT(weak == 0);
    return NULL;
}

static const char *orders_loads(reader_t *with_order)
{
    return orders_loads_of(load_without_barrier, with_order);
}

static const char *leaves_loads_unordered(reader_t *without_order)
{
    weak = 0;
    reader = without_order;
    EXPECT(run_parts(4, race_reader));
    EXPECT(weak != 0);
    return NULL;
}

const char *dmb_ld_orders_loads(void)
{
    return orders_loads(load_after_dmb_ld);
}

const char *ldar_orders_loads(void)
{
    return orders_loads(load_after_acquire);
}

const char *dmb_ld_orders_results_of_atomics(void)
{
    return orders_loads_of(load_after_add, load_after_add_and_dmb_ld);
}

const char *acquiring_atomic_orders_loads(void)
{
    return orders_loads_of(load_after_add, load_after_acquiring_add);
}

const char *discarded_result_does_not_acquire(void)
{
    return leaves_loads_unordered(load_after_discarded_acquire);
}

const char *dmb_ld_does_not_order_discarded_results(void)
{
    return leaves_loads_unordered(load_after_stadd_and_dmb_ld);
}

const char *failed_casa_acquires(void)
{
    return orders_loads(load_after_failed_casa);
}

/* --- SB --- */

enum { SB_DELAYS = 120, SB_STEP = 4 };

static bool whole_barrier;
static struct {
    _Alignas(CACHE_LINE_BYTES) uint64_t value;
} seen[2];

/* Each core writes its own line, which both hold, and reads the other's. */
static void store_buffering(unsigned core)
{
    uint64_t *mine = core == 0 ? &data.word : &other.word, *theirs = core == 0 ? &other.word : &data.word;
    for (unsigned delay = 0; delay < SB_DELAYS; delay += SB_STEP) {
        store(mine, 0);
        if (!meet())
            return;
        load(theirs);
        if (!meet())
            return;
        if (core == 0) /* which leaves the meeting first */
            spin(delay);
        if (whole_barrier)
            __asm__ volatile("str %1, [%2]\n dmb ish\n ldr %0, [%3]"
                             : "=&r"(seen[core].value)
                             : "r"(1ull), "r"(mine), "r"(theirs)
                             : "memory");
        else
            __asm__ volatile("str %1, [%2]\n dmb ishld\n ldr %0, [%3]"
                             : "=&r"(seen[core].value)
                             : "r"(1ull), "r"(mine), "r"(theirs)
                             : "memory");
        if (!meet())
            return;
        weak += core == 0 && seen[0].value == 0 && seen[1].value == 0;
        if (!meet())
            return;
    }
}

/* DMB LD is a barrier for loads: a store before it may be seen after a load behind it, and on a machine with a store
 * buffer it is. */
const char *dmb_ld_does_not_order_store_to_load(void)
{
    weak = 0;
    whole_barrier = false;
    EXPECT(run_parts(2, store_buffering));
    EXPECT(weak != 0);
    weak = 0;
    whole_barrier = true;
    EXPECT(run_parts(2, store_buffering));
    EXPECT(weak == 0);
    return NULL;
}
