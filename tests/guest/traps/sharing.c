/* Many lines, each with a word of every core: what the protocol's races do to data. Every core knows what its words
 * must be; the caches are meant to be small, so that lines are evicted, written back, upgraded and taken all the time.
 */
#include "traps.h"

enum { SHARED_LINES = 256, SHARING_ROUNDS = 6 };

static struct {
    _Alignas(CACHE_LINE_BYTES) uint64_t words[CACHE_LINE_BYTES / sizeof(uint64_t)];
} lines[SHARED_LINES];
static struct {
    _Alignas(CACHE_LINE_BYTES) uint64_t wrong;
} lost[SMP_MAX_CPUS];

/* Each core goes through the lines with a stride of its own. */
static void count_in_shared_lines(unsigned core)
{
    const unsigned stride = 2 * core + 1, word = core % 8;
    for (unsigned i = core; i < SHARED_LINES; i += 4)
        for (unsigned j = 0; j < 8; j++)
            store(&lines[i].words[j], 0);
    lost[core].wrong = 0;
    if (!meet())
        return;
    for (unsigned round = 0; round < SHARING_ROUNDS; round++) {
        for (unsigned i = 0; i < SHARED_LINES; i++) {
            uint64_t *mine = &lines[i * stride % SHARED_LINES].words[word];
            const uint64_t value = load(mine);
            lost[core].wrong += value != round;
            store(mine, value + 1);
            if (i % 16 == core)
                load(&lines[(i * 7 + core) % SHARED_LINES].words[(word + 1) % 8]); /* somebody else's */
        }
        if (round % 2 == 1 && !meet())
            return;
    }
}

const char *private_counters_share_lines(void)
{
    EXPECT(run_parts(4, count_in_shared_lines));
    for (unsigned core = 0; core < 4; core++)
        EXPECT(lost[core].wrong == 0);
    for (unsigned i = 0; i < SHARED_LINES; i++)
        for (unsigned core = 0; core < 4; core++)
            EXPECT(load(&lines[i].words[core]) == SHARING_ROUNDS);
    return NULL;
}
