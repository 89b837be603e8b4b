#include "cache/array.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static cache_array_t array_of(uint32_t size_bytes, uint32_t ways, cache_replacement_t replacement)
{
    cache_array_t array;
    base_error_t error = {""};
    cr_assert_eq(cache_array_init(&array, "L1D", size_bytes, ways, replacement, 2, &error), 0, "%s", error.text);
    return array;
}

/* Fills the one set and gives way i the stamp stamps[i]. */
static void stamp(cache_array_t *array, const uint64_t *stamps)
{
    for (uint32_t way = 0; way < array->ways; way++) {
        cache_array_name(array, &array->lines[way], way * 64);
        array->lines[way].last_use = stamps[way];
    }
}

Test(cache_array, a_line_is_found_in_its_set_only_while_it_has_its_name)
{
    cache_array_t array = array_of(32768, 4, CACHE_LRU);
    cr_expect_eq(array.sets, 128);
    cr_expect_null(cache_array_find(&array, 0x12340));
    cache_line_t *line = cache_array_choose(&array, 0x12340, 0);
    cr_expect_eq(line->set, 0x12340 / 64 % 128);
    cache_array_name(&array, line, 0x12340);
    cr_expect_eq(cache_array_find(&array, 0x12340), line);
    cr_expect_null(cache_array_find(&array, 0x12340 + 32768));
    cache_array_name(&array, line, CACHE_NO_ADDRESS);
    cr_expect_null(cache_array_find(&array, 0x12340));
    cache_array_done(&array);
}

Test(cache_array, lines_have_64_bytes_of_their_own_each)
{
    cache_array_t array = array_of(512, 2, CACHE_LRU);
    for (uint32_t i = 0; i < 8 + 2; i++)
        memset(array.lines[i].data, (int)i, 64);
    for (uint32_t i = 0; i < 8 + 2; i++) {
        cr_expect_eq(array.lines[i].data[0], i);
        cr_expect_eq(array.lines[i].data[63], i);
        cr_expect_eq((uintptr_t)array.lines[i].data % 64, 0);
    }
    cache_array_done(&array);
}

Test(cache_array, an_empty_way_is_used_before_any_line_goes)
{
    cache_array_t array = array_of(256, 4, CACHE_LRU);
    stamp(&array, (const uint64_t[]){5, 6, 7, 8});
    cache_array_name(&array, &array.lines[2], CACHE_NO_ADDRESS);
    cr_expect_eq(cache_array_choose(&array, 0, 15)->way, 2);
    cr_expect_eq(cache_array_choose(&array, 0, 0)->way, 2);
    cache_array_done(&array);
}

Test(cache_array, true_LRU_takes_the_oldest_candidate)
{
    cache_array_t array = array_of(256, 4, CACHE_LRU);
    stamp(&array, (const uint64_t[]){9, 3, 7, 4});
    cr_expect_eq(cache_array_choose(&array, 0, 15)->way, 1);
    cr_expect_eq(cache_array_choose(&array, 0, 13)->way, 3);
    cr_expect_eq(cache_array_choose(&array, 0, 1)->way, 0);
    cr_expect_null(cache_array_choose(&array, 0, 0));
    cache_array_done(&array);
}

/* The tree in bits, as hardware keeps it: node n has children 2n and 2n+1, a bit says which half to replace. */
static unsigned tree_victim(const unsigned char *bits, unsigned ways)
{
    unsigned node = 1;
    while (node < ways)
        node = node * 2 + bits[node];
    return node - ways;
}

static void tree_touch(unsigned char *bits, unsigned ways, unsigned way)
{
    for (unsigned node = way + ways; node > 1; node /= 2)
        bits[node / 2] = !(node & 1);
}

Test(cache_array, tree_PLRU_from_stamps_is_the_tree_in_bits)
{
    for (unsigned ways = 2; ways <= 16; ways *= 2) {
        cache_array_t array = array_of(ways * 64, ways, CACHE_PLRU);
        unsigned char bits[16] = {0};
        uint64_t zeros[16] = {0}, random = 12345;
        stamp(&array, zeros);
        for (unsigned now = 1; now < 2000; now++) {
            random = random * UINT64_C(6364136223846793005) + 1;
            unsigned way = (unsigned)(random >> 40) % ways;
            tree_touch(bits, ways, way);
            array.lines[way].last_use = now;
            cr_assert_eq(cache_array_choose(&array, 0, UINT64_MAX)->way, tree_victim(bits, ways), "%u ways, step %u",
                         ways, now);
        }
        cache_array_done(&array);
    }
}

Test(cache_array, tree_PLRU_never_takes_a_line_that_is_no_candidate)
{
    cache_array_t array = array_of(512, 8, CACHE_PLRU);
    stamp(&array, (const uint64_t[]){8, 7, 6, 5, 4, 3, 2, 1});
    for (unsigned way = 0; way < 8; way++)
        cr_expect_eq(cache_array_choose(&array, 0, UINT64_C(1) << way)->way, way);
    cr_expect_null(cache_array_choose(&array, 0, 0));
    cache_array_done(&array);
}

Test(cache_array, impossible_geometry_is_refused_with_one_line)
{
    static const struct {
        uint32_t size_bytes, ways;
        cache_replacement_t replacement;
        const char *word;
    } cases[] = {
        {32768, 0, CACHE_LRU, "0 ways"},       {32768, 65, CACHE_LRU, "65 ways"},
        {0, 4, CACHE_LRU, "whole number"},     {1000, 4, CACHE_LRU, "whole number"},
        {48 * 1024, 4, CACHE_LRU, "192 sets"}, {UINT32_C(1) << 31, 2, CACHE_LRU, "16777216 sets"},
        {48 * 1024, 12, CACHE_PLRU, "PLRU"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cache_array_t array;
        base_error_t error = {""};
        cr_expect_eq(
            cache_array_init(&array, "L2", cases[i].size_bytes, cases[i].ways, cases[i].replacement, 0, &error),
            -EINVAL);
        cr_expect_not_null(strstr(error.text, cases[i].word), "%s", error.text);
        cr_expect_eq(strncmp(error.text, "L2", 2), 0, "%s", error.text);
        cr_expect_null(strchr(error.text, '\n'));
    }
}
