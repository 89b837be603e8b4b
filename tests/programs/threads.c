/* Threads with C11 atomics: counters, locks, a queue, a barrier, message passing. Built with exclusives and with LSE.
 */
#include "program.h"

#include <stdatomic.h>

enum { ROUNDS = 400, SLOTS = 16, MAX_THREADS = 8 };

static struct {
    _Alignas(64) atomic_uint_fast64_t counter;
    _Alignas(64) atomic_uint bits;
    _Alignas(64) _Atomic uint16_t narrow;
    _Alignas(64) _Atomic int64_t least, most;
    _Alignas(64) _Atomic uint32_t swapped;
} shared;

static struct {
    _Alignas(64) atomic_flag flag;
    _Alignas(64) atomic_uint next_ticket, now_serving;
    _Alignas(64) uint64_t guarded_by_flag, guarded_by_ticket;
} locks;

static struct {
    _Alignas(64) atomic_uint arrived;
    _Alignas(64) atomic_uint phase;
} barrier;

/* Bounded queue of Vyukov: each slot has the number of the turn in which it may be used. */
static struct {
    struct {
        _Alignas(64) atomic_uint turn;
        uint32_t value;
    } slots[SLOTS];
    _Alignas(64) atomic_uint head;
    _Alignas(64) atomic_uint tail;
    _Alignas(64) atomic_uint_fast64_t sum;
    atomic_uint taken;
} queue;

static unsigned total;

static void add_and_count(unsigned thread)
{
    uint32_t mine = thread + 1;
    for (unsigned i = 0; i < ROUNDS; i++) {
        atomic_fetch_add_explicit(&shared.counter, thread + 1, memory_order_relaxed);
        atomic_fetch_xor(&shared.bits, 1u << (thread * 4 + i % 4));
        atomic_fetch_sub_explicit(&shared.narrow, 3, memory_order_release);
        int64_t value = (int64_t)(i * 7919 + thread * 104729) % 100003 - 50000, old = atomic_load(&shared.least);
        while (value < old && !atomic_compare_exchange_weak(&shared.least, &old, value))
            ;
        old = atomic_load(&shared.most);
        while (value > old && !atomic_compare_exchange_strong(&shared.most, &old, value))
            ;
        mine = atomic_exchange_explicit(&shared.swapped, mine, memory_order_acq_rel);
    }
    atomic_fetch_add(&shared.swapped, mine); /* what was swapped around is kept in all */
}

static void lock_and_add(unsigned thread)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        while (atomic_flag_test_and_set_explicit(&locks.flag, memory_order_acquire))
            ;
        locks.guarded_by_flag += thread * i;
        atomic_flag_clear_explicit(&locks.flag, memory_order_release);
        unsigned ticket = atomic_fetch_add_explicit(&locks.next_ticket, 1, memory_order_relaxed);
        while (atomic_load_explicit(&locks.now_serving, memory_order_acquire) != ticket)
            ;
        locks.guarded_by_ticket += thread ^ i;
        atomic_store_explicit(&locks.now_serving, ticket + 1, memory_order_release);
    }
}

static void wait_for_all(void)
{
    unsigned phase = atomic_load(&barrier.phase);
    if (atomic_fetch_add(&barrier.arrived, 1) + 1 == total) {
        atomic_store(&barrier.arrived, 0);
        atomic_fetch_add(&barrier.phase, 1);
    } else {
        while (atomic_load_explicit(&barrier.phase, memory_order_acquire) == phase)
            ;
    }
}

static void enqueue(uint32_t value)
{
    unsigned at = atomic_load_explicit(&queue.tail, memory_order_relaxed);
    for (;;) {
        unsigned turn = atomic_load_explicit(&queue.slots[at % SLOTS].turn, memory_order_acquire);
        if (turn == at && atomic_compare_exchange_weak(&queue.tail, &at, at + 1))
            break;
        if (turn != at)
            at = atomic_load_explicit(&queue.tail, memory_order_relaxed);
    }
    queue.slots[at % SLOTS].value = value;
    atomic_store_explicit(&queue.slots[at % SLOTS].turn, at + 1, memory_order_release);
}

static bool dequeue(uint32_t *ret_value)
{
    unsigned at = atomic_load_explicit(&queue.head, memory_order_relaxed);
    unsigned turn = atomic_load_explicit(&queue.slots[at % SLOTS].turn, memory_order_acquire);
    if (turn != at + 1 || !atomic_compare_exchange_strong(&queue.head, &at, at + 1))
        return false;
    *ret_value = queue.slots[at % SLOTS].value;
    atomic_store_explicit(&queue.slots[at % SLOTS].turn, at + SLOTS, memory_order_release);
    return true;
}

/* Every thread puts in and takes out, but no more than fits is ever left in. */
static void use_queue(unsigned thread)
{
    uint32_t value;
    wait_for_all();
    for (unsigned i = 0; i < ROUNDS; i++) {
        enqueue(thread << 16 | i);
        while (!dequeue(&value))
            ;
        atomic_fetch_add_explicit(&queue.sum, value, memory_order_relaxed);
        atomic_fetch_add_explicit(&queue.taken, 1, memory_order_relaxed);
    }
    wait_for_all();
}

/* A ring of mailboxes: each thread waits for its turn and hands on what it got. */
static struct {
    _Alignas(64) atomic_uint full;
    uint64_t words[4];
} boxes[MAX_THREADS];

static void pass_on(unsigned thread)
{
    unsigned next = (thread + 1) % total;
    for (unsigned round = 1; round <= ROUNDS / 4; round++) {
        uint64_t words[4];
        while (atomic_load_explicit(&boxes[thread].full, memory_order_acquire) == 0)
            ;
        for (unsigned i = 0; i < 4; i++)
            words[i] = boxes[thread].words[i] * 31 + thread + i;
        atomic_store_explicit(&boxes[thread].full, 0, memory_order_release);
        while (total > 1 && atomic_load_explicit(&boxes[next].full, memory_order_acquire))
            ;
        for (unsigned i = 0; i < 4; i++)
            boxes[next].words[i] = words[i];
        atomic_store_explicit(&boxes[next].full, 1, memory_order_release);
    }
}

void program(void)
{
    total = thread_count() < MAX_THREADS ? thread_count() : MAX_THREADS;
    put("%u threads\n", total);
    threads(total, add_and_count);
    put("counter %lu bits %x narrow %u from %ld to %ld, swapped %u\n", (uint64_t)shared.counter, (unsigned)shared.bits,
        (unsigned)shared.narrow, (int64_t)shared.least, (int64_t)shared.most, (unsigned)shared.swapped);
    threads(total, lock_and_add);
    put("under locks %lu %lu\n", locks.guarded_by_flag, locks.guarded_by_ticket);
    for (unsigned i = 0; i < SLOTS; i++)
        atomic_store(&queue.slots[i].turn, i);
    threads(total, use_queue);
    put("queue %lu in %u\n", (uint64_t)queue.sum, (unsigned)queue.taken);
    boxes[0].full = 1;
    threads(total, pass_on);
    hash_t hash = HASH_INIT;
    for (unsigned i = 0; i < total; i++)
        hash_bytes(&hash, boxes[i].words, sizeof boxes[i].words);
    put("mail %016lx\n", hash.value);
}
