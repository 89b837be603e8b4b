/* Interrupts from core to core: one at a time and answered, one to all, and all to all at once. Every message must be
 * handled exactly once by the right core, whatever the timing. */
#include "arch_smp.h"
#include "atomic.h"
#include "cpu.h"
#include "image.h"
#include "print.h"
#include "smp.h"

#include <stddef.h>

option_t image_options[] = {
    {.name = "rounds", .value = 100, .least = 1, .most = 1000000},
    {.name = NULL},
};

enum { PING = ICI_IMAGE_0, PONG = ICI_IMAGE_1, NEWS = ICI_IMAGE_0, STORM = ICI_IMAGE_0 };

/* Each core's counts, written by its own handlers. */
static struct {
    _Alignas(CACHE_LINE_BYTES) uint32_t pings;
    uint32_t pongs;
    uint32_t news;
    uint32_t storm;
} tally[SMP_MAX_CPUS];

static struct {
    _Alignas(CACHE_LINE_BYTES) uint32_t asker; /* who waits for the pong */
    _Alignas(CACHE_LINE_BYTES) uint32_t news_received;
} shared;

static void answer_ping(void *data)
{
    (void)data;
    tally[smp_self()].pings++;
    arch_smp_send_ici((int32_t)shared.asker, PONG); /* stored before the ping was sent, so it is the right one */
}

static void count_pong(void *data)
{
    (void)data;
    tally[smp_self()].pongs++;
}

static void count_news(void *data)
{
    (void)data;
    tally[smp_self()].news++;
    atomic_fetch_add_release(&shared.news_received, 1); /* pairs with the wait in broadcast() */
}

static void count_storm(void *data)
{
    (void)data;
    tally[smp_self()].storm++;
}

/* One core after the other pings each core, itself included, and sleeps until the pong. */
static void ping(void *data)
{
    const uint32_t rounds = *(const uint32_t *)data, self = smp_self();
    smp_wait_for_turn();
    shared.asker = self;
    uint32_t expected = 0;
    for (uint32_t target = 0; target < smp_cores(); target++) {
        for (uint32_t round = 0; round < rounds; round++) {
            arch_smp_send_ici((int32_t)target, PING);
            interrupts_sleep_until(&tally[self].pongs, ++expected);
        }
    }
    smp_pass_turn();
}

/* One core after the other tells all others, and waits until all have heard. */
static void broadcast(void *data)
{
    const uint32_t rounds = *(const uint32_t *)data;
    smp_wait_for_turn();
    for (uint32_t round = 0; round < rounds; round++) {
        const uint32_t before = read_once(&shared.news_received);
        arch_smp_send_broadcast_ici(NEWS);
        atomic_wait_equal_acquire(&shared.news_received, before + smp_cores() - 1); /* pairs with count_news() */
    }
    smp_pass_turn();
}

/* All cores send to all others without waiting. Doorbells merge; messages must not. */
static void storm(void *data)
{
    const uint32_t rounds = *(const uint32_t *)data, self = smp_self();
    smp_rendezvous();
    for (uint32_t round = 0; round < rounds; round++) {
        for (uint32_t step = 1; step < smp_cores(); step++)
            arch_smp_send_ici((int32_t)((self + step) % smp_cores()), STORM);
    }
    interrupts_sleep_until(&tally[self].storm, rounds * (smp_cores() - 1));
}

static void run(uint32_t rounds)
{
    arch_smp_set_handler(PING, answer_ping, NULL);
    arch_smp_set_handler(PONG, count_pong, NULL);
    smp_run_on_all(ping, &rounds);
    arch_smp_set_handler(NEWS, count_news, NULL);
    smp_run_on_all(broadcast, &rounds);
    arch_smp_set_handler(STORM, count_storm, NULL);
    smp_run_on_all(storm, &rounds);
}

void image_main(void)
{
    const uint32_t rounds = (uint32_t)options_get(image_options, "rounds"), cores = smp_cores();
    print("%u cores, %u rounds\n", cores, rounds);
    run(rounds);

    print("core      pings      pongs  broadcasts      storm\n");
    for (unsigned core = 0; core < cores; core++) {
        const bool right = tally[core].pings == cores * rounds && tally[core].pongs == cores * rounds &&
                           tally[core].news == (cores - 1) * rounds && tally[core].storm == (cores - 1) * rounds;
        print("%4u %10u %10u  %10u %10u  %s\n", core, tally[core].pings, tally[core].pongs, tally[core].news,
              tally[core].storm, image_verdict(right));
    }
    uint64_t sent = 0, received = 0;
    for (unsigned core = 0; core < cores; core++) {
        sent += cpu_get(core)->ici_sent;
        received += cpu_get(core)->ici_received;
    }
    print("sent %lu, received %lu: %s\n", sent, received, image_verdict(sent == received));
}
