/* The encoding groups, branches and barriers, and what walks share. */
#include "axiomatic/walk.h"

#include "base/bits.h"
#include "litmus/parse.h"

#include <errno.h>
#include <string.h>

unsigned axiomatic_walk_choose(axiomatic_walk_t *walk, unsigned options)
{
    axiomatic_choices_t *choices = walk->choices;
    unsigned at = walk->next_choice++;
    if (at >= AXIOMATIC_MAX_CHOICES) {
        axiomatic_walk_fail(walk, "the thread loads too often here to be checked");
        return 0;
    }
    if (at >= choices->count) {
        choices->taken[at] = 0;
        choices->count = at + 1;
    }
    choices->options[at] = options;
    return choices->taken[at];
}

void axiomatic_walk_fail(axiomatic_walk_t *walk, const char *what)
{
    const litmus_thread_t *thread = &walk->test->threads[walk->thread];
    if (walk->result == 0)
        walk->result = litmus_fail_at(walk->test, walk->test->lines[thread->first_line + walk->line].text, walk->error,
                                      "the checker cannot follow P%u: %s", walk->thread, what);
}

axiomatic_value_t axiomatic_walk_get(const axiomatic_walk_t *walk, unsigned number, bool wide)
{
    axiomatic_value_t value = {0};
    if (number < LITMUS_REGISTERS)
        value = walk->x[number];
    if (!wide)
        value.bits = (uint32_t)value.bits;
    return value;
}

void axiomatic_walk_set(axiomatic_walk_t *walk, unsigned number, bool wide, axiomatic_value_t value)
{
    if (!wide)
        value.bits = (uint32_t)value.bits;
    if (number < LITMUS_REGISTERS)
        walk->x[number] = value;
}

axiomatic_sources_t axiomatic_join(axiomatic_sources_t a, axiomatic_sources_t b)
{
    return (axiomatic_sources_t){a.full | b.full, a.pick | b.pick};
}

axiomatic_event_t *axiomatic_walk_event(axiomatic_walk_t *walk, axiomatic_kind_t kind)
{
    if (walk->count == AXIOMATIC_MAX_EVENTS) {
        axiomatic_walk_fail(walk, "too many loads, stores and barriers");
        return NULL;
    }
    axiomatic_event_t *event = &walk->events[walk->count++];
    *event = (axiomatic_event_t){.kind = kind, .pair = -1, .for_control = walk->control};
    return event;
}

/* --- branches --- */

bool axiomatic_condition_holds(uint64_t flags, unsigned condition)
{
    bool n = bit_get(flags, 31), z = bit_get(flags, 30), c = bit_get(flags, 29), v = bit_get(flags, 28);
    bool holds[8] = {z, c, n, v, c && !z, n == v, n == v && !z, true};
    bool result = holds[condition >> 1];
    return condition & 1 && condition != 15 ? !result : result;
}

static void go_to(axiomatic_walk_t *walk, int64_t words)
{
    walk->line = (unsigned)((int64_t)walk->line + words - 1); /* the step adds one */
    if (words <= 0 && ++walk->turns > AXIOMATIC_MAX_TURNS)
        walk->cut = true;
}

static void branch_if(axiomatic_walk_t *walk, bool taken, axiomatic_sources_t from, int64_t words)
{
    walk->control = axiomatic_join(walk->control, from);
    if (taken)
        go_to(walk, words);
}

static void branch(axiomatic_walk_t *walk, uint32_t word)
{
    go_to(walk, bits_sign_extend(bits_get(word, 0, 26), 26));
}

static void branch_condition(axiomatic_walk_t *walk, uint32_t word)
{
    branch_if(walk, axiomatic_condition_holds(walk->flags.bits, word & 15), walk->flags.from,
              bits_sign_extend(bits_get(word, 5, 19), 19));
}

static void compare_branch(axiomatic_walk_t *walk, uint32_t word)
{
    axiomatic_value_t value = axiomatic_walk_get(walk, word & 31, bit_get(word, 31));
    branch_if(walk, (value.bits == 0) != bit_get(word, 24), value.from, bits_sign_extend(bits_get(word, 5, 19), 19));
}

static void test_branch(axiomatic_walk_t *walk, uint32_t word)
{
    unsigned bit = (unsigned)(bits_get(word, 31, 1) << 5 | bits_get(word, 19, 5));
    axiomatic_value_t value = axiomatic_walk_get(walk, word & 31, true);
    branch_if(walk, bit_get(value.bits, bit) == bit_get(word, 24), value.from,
              bits_sign_extend(bits_get(word, 5, 14), 14));
}

/* --- barriers and other system instructions --- */

/* CRm<1:0>: 01 loads, 10 stores, 11 both; the domains hold all threads (B2.3.12). */
static void barrier(axiomatic_walk_t *walk, uint32_t word)
{
    static const axiomatic_kind_t kinds[] = {AXIOMATIC_FULL_BARRIER, AXIOMATIC_LOAD_BARRIER, AXIOMATIC_STORE_BARRIER,
                                             AXIOMATIC_FULL_BARRIER};
    axiomatic_kind_t kind = kinds[bits_get(word, 8, 2)];
    bool is_dsb = bits_get(word, 5, 3) == 4;
    if (bits_get(word, 10, 2) == 1)
        axiomatic_walk_fail(walk, "it takes no Non-shareable barrier");
    axiomatic_walk_event(walk, is_dsb && kind == AXIOMATIC_STORE_BARRIER ? AXIOMATIC_STORES_DONE : kind);
}

static void isb(axiomatic_walk_t *walk, uint32_t word)
{
    (void)word;
    axiomatic_walk_event(walk, AXIOMATIC_CONTEXT_SYNC);
}

static void clrex(axiomatic_walk_t *walk, uint32_t word)
{
    (void)word;
    walk->exclusive = -1;
}

static void nothing(axiomatic_walk_t *walk, uint32_t word)
{
    (void)walk;
    (void)word;
}

static const struct {
    uint32_t mask, bits;
    axiomatic_execute_t *execute;
} groups[] = {
    {0x1f800000, 0x11000000, axiomatic_add_sub_immediate},
    {0x1f800000, 0x12000000, axiomatic_logical_immediate},
    {0x1f800000, 0x12800000, axiomatic_move_wide},
    {0x1f800000, 0x13000000, axiomatic_bitfield},
    {0x1f800000, 0x13800000, axiomatic_extract},
    {0x1f000000, 0x0a000000, axiomatic_logical_shifted},
    {0x1f200000, 0x0b000000, axiomatic_add_sub_shifted},
    {0x1f200000, 0x0b200000, axiomatic_add_sub_extended},
    {0x3fe00000, 0x1a800000, axiomatic_select},
    {0x7fe00000, 0x1ac00000, axiomatic_two_sources},
    {0x7fe00000, 0x1b000000, axiomatic_multiply_add},
    {0xfc000000, 0x14000000, branch},
    {0xff000010, 0x54000000, branch_condition},
    {0x7e000000, 0x34000000, compare_branch},
    {0x7e000000, 0x36000000, test_branch},
    {0xfffff01f, 0xd503201f, nothing}, /* hints */
    {0xfffff0ff, 0xd503305f, clrex},
    {0xfffff0ff, 0xd503309f, barrier}, /* DSB */
    {0xfffff0ff, 0xd50330bf, barrier}, /* DMB */
    {0xfffff0ff, 0xd50330df, isb},
    {0x3f000000, 0x08000000, axiomatic_exclusive_group},
    {0x3e000000, 0x28000000, axiomatic_pair},
    {0x3f200c00, 0x38200800, axiomatic_load_store_indexed},
    {0x3f200c00, 0x38200000, axiomatic_atomic_group},
    {0x3f200000, 0x38000000, axiomatic_load_store_unscaled},
    {0x3f000000, 0x39000000, axiomatic_load_store_offset},
    {0x3f200c00, 0x19000000, axiomatic_load_acquire_pc_unscaled},
};

void axiomatic_walk_step(axiomatic_walk_t *walk, uint32_t word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
        if ((word & groups[i].mask) == groups[i].bits) {
            groups[i].execute(walk, word);
            walk->line++;
            return;
        }
    axiomatic_walk_fail(walk, "it does not know this instruction");
}
