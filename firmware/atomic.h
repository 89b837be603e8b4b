/* Atomic operations on 32-bit words, as load-exclusive/store-exclusive loops (Armv8.0 has no others).
 *
 * Each loop is one asm statement: between LDXR and STXR there may be no other memory access, which only an
 * undivided statement can promise (DDI 0487, "Load-Exclusive and Store-Exclusive instruction usage restrictions").
 * The name says what is ordered: _acquire means that later accesses stay behind it, _release that earlier ones stay
 * before it, _relaxed that only the word itself is safe. */
#ifndef MESIM_FIRMWARE_ATOMIC_H
#define MESIM_FIRMWARE_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

/* One access, not torn, merged or repeated by the compiler; the hardware may still reorder it. */
#define read_once(pointer)         (*(const volatile __typeof__(*(pointer)) *)(pointer))
#define write_once(pointer, value) (*(volatile __typeof__(*(pointer)) *)(pointer) = (value))

static inline uint32_t atomic_load_acquire(const uint32_t *word)
{
    uint32_t value;
    __asm__ volatile("ldar %w0, %1" : "=r"(value) : "Q"(*word) : "memory");
    return value;
}

static inline void atomic_store_release(uint32_t *word, uint32_t value)
{
    __asm__ volatile("stlr %w1, %0" : "=Q"(*word) : "rZ"(value) : "memory");
}

/* Adds and returns the old value. */
#define DEFINE_FETCH_ADD(name, load, store)                                                                            \
    static inline uint32_t name(uint32_t *word, uint32_t addend)                                                       \
    {                                                                                                                  \
        uint32_t old, sum, failed;                                                                                     \
        __asm__ volatile("1: " load " %w0, %3\n"                                                                       \
                         "   add %w1, %w0, %w4\n"                                                                      \
                         "   " store " %w2, %w1, %3\n"                                                                 \
                         "   cbnz %w2, 1b"                                                                             \
                         : "=&r"(old), "=&r"(sum), "=&r"(failed), "+Q"(*word)                                          \
                         : "r"(addend)                                                                                 \
                         : "memory");                                                                                  \
        return old;                                                                                                    \
    }
DEFINE_FETCH_ADD(atomic_fetch_add_relaxed, "ldxr", "stxr")
DEFINE_FETCH_ADD(atomic_fetch_add_acquire, "ldaxr", "stxr")
DEFINE_FETCH_ADD(atomic_fetch_add_release, "ldxr", "stlxr")
DEFINE_FETCH_ADD(atomic_fetch_add_acquire_release, "ldaxr", "stlxr")
#undef DEFINE_FETCH_ADD

/* Stores value and returns what it replaced. */
static inline uint32_t atomic_exchange_acquire(uint32_t *word, uint32_t value)
{
    uint32_t old, failed;
    __asm__ volatile("1: ldaxr %w0, %2\n"
                     "   stxr %w1, %w3, %2\n"
                     "   cbnz %w1, 1b"
                     : "=&r"(old), "=&r"(failed), "+Q"(*word)
                     : "r"(value)
                     : "memory");
    return old;
}

/* Stores desired if the word holds expected; says whether it did. */
static inline bool atomic_compare_and_swap_relaxed(uint32_t *word, uint32_t expected, uint32_t desired)
{
    uint32_t old, failed;
    __asm__ volatile("1: ldxr %w0, %2\n"
                     "   cmp %w0, %w3\n"
                     "   b.ne 2f\n"
                     "   stxr %w1, %w4, %2\n"
                     "   cbnz %w1, 1b\n"
                     "2:"
                     : "=&r"(old), "=&r"(failed), "+Q"(*word)
                     : "r"(expected), "r"(desired)
                     : "memory", "cc");
    return old == expected;
}

/* The load of a load-exclusive alone: arms this core's monitor, for a WFE that the word's next change ends. */
static inline uint32_t atomic_load_exclusive_acquire(const uint32_t *word)
{
    uint32_t value;
    __asm__ volatile("ldaxr %w0, %1" : "=r"(value) : "Q"(*word) : "memory");
    return value;
}

/* Sleeps until the word is (or is no longer) value; later accesses stay behind the load that saw it.
 *
 * LDAXR arms this core's exclusive monitor; the store that changes the word clears it, and a cleared monitor is an
 * event that ends WFE (DDI 0487, "Wait for Event"). So nobody needs to SEV, and a store between LDAXR and WFE is not
 * lost. SEVL lets the first WFE pass. An interrupt is no danger either: its exception return is an event too. */
#define DEFINE_WAIT(name, stay_if)                                                                                     \
    static inline void name(const uint32_t *word, uint32_t value)                                                      \
    {                                                                                                                  \
        uint32_t seen;                                                                                                 \
        __asm__ volatile("   sevl\n"                                                                                   \
                         "1: wfe\n"                                                                                    \
                         "   ldaxr %w0, %1\n"                                                                          \
                         "   cmp %w0, %w2\n"                                                                           \
                         "   b." stay_if " 1b"                                                                         \
                         : "=&r"(seen)                                                                                 \
                         : "Q"(*word), "r"(value)                                                                      \
                         : "memory", "cc");                                                                            \
    }
DEFINE_WAIT(atomic_wait_equal_acquire, "ne")
DEFINE_WAIT(atomic_wait_change_acquire, "eq")
#undef DEFINE_WAIT

#endif
