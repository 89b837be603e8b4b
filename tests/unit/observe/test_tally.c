/* Tallies: nothing that is added gets lost, whatever their size. */
#include "observe/tally.h"

#include <criterion/criterion.h>

typedef struct sums {
    uint64_t entries, count, amount, rest_count;
} sums_t;

static void add_up(void *self, const observe_tally_entry_t *entry)
{
    sums_t *sums = self;
    sums->entries++;
    sums->count += entry->count;
    sums->amount += entry->amount;
    if (entry->pc == OBSERVE_TALLY_REST)
        sums->rest_count += entry->count;
}

static sums_t sums_of(const observe_tally_t *tally)
{
    sums_t sums = {0};
    observe_tally_each(tally, add_up, &sums);
    return sums;
}

Test(tally, an_unused_one_is_empty_and_holds_no_memory)
{
    observe_tally_t tally;
    observe_tally_init(&tally, 10);
    cr_expect_eq(sums_of(&tally).entries, 0);
    cr_expect_null(tally.entries);
    observe_tally_done(&tally);
}

Test(tally, adds_up_by_place_pc_and_what)
{
    observe_tally_t tally;
    observe_tally_init(&tally, 1000);
    for (unsigned round = 0; round < 3; round++)
        for (uint64_t place = 0; place < 4; place++)
            for (uint64_t pc = 0; pc < 4; pc++)
                for (uint32_t what = 0; what < 4; what++)
                    observe_tally_add(&tally, place * 64, 0x1000 + pc * 4, what, 1, 7);
    sums_t sums = sums_of(&tally);
    cr_expect_eq(sums.entries, 64);
    cr_expect_eq(sums.count, 192);
    cr_expect_eq(sums.amount, 192 * 7);
    cr_expect_eq(sums.rest_count, 0);
    observe_tally_done(&tally);
}

Test(tally, sums_what_finds_no_room)
{
    observe_tally_t tally;
    observe_tally_init(&tally, 100);
    for (uint64_t pc = 0; pc < 1000; pc++)
        observe_tally_add(&tally, 0, pc, pc % 2, 1, pc);
    sums_t sums = sums_of(&tally);
    cr_expect_eq(sums.entries, 102, "100 and one for the rest of each what");
    cr_expect_eq(sums.count, 1000);
    cr_expect_eq(sums.amount, 999 * 1000 / 2);
    cr_expect_eq(sums.rest_count, 900);
    observe_tally_add(&tally, 0, 5, 1, 1, 0);
    cr_expect_eq(sums_of(&tally).rest_count, 900, "those that had a place keep it");
    observe_tally_done(&tally);
}

Test(tally, an_amount_may_be_added_to_what_was_counted)
{
    observe_tally_t tally;
    observe_tally_init(&tally, 10);
    observe_tally_add(&tally, 0, 4, 0, 1, 10);
    observe_tally_add(&tally, 0, 4, 0, 0, 5);
    sums_t sums = sums_of(&tally);
    cr_expect_eq(sums.count, 1);
    cr_expect_eq(sums.amount, 15);
    observe_tally_done(&tally);
}
