#include "cache/mshr.h"

#include <criterion/criterion.h>
#include <signal.h>

Test(cache_mshr, the_lowest_free_register_is_taken_until_none_is_left)
{
    cache_mshr_file_t file;
    cache_line_t line = {.address = 0x40};
    cache_mshr_init(&file, 3);
    for (uint32_t i = 0; i < 3; i++) {
        cr_expect_not(cache_mshr_full(&file));
        cr_expect_eq(cache_mshr_take(&file, &line, i), i);
        cr_expect_eq(cache_mshr_pending(&file), i + 1);
    }
    cr_expect(cache_mshr_full(&file));
    cache_mshr_release(&file, 1);
    cr_expect_eq(cache_mshr_take(&file, &line, 9), 1);
    cr_expect_eq(file.registers[1].pc, 9);
}

Test(cache_mshr, all_64_registers_can_be_used)
{
    cache_mshr_file_t file;
    cache_line_t line = {.address = 0x40};
    cache_mshr_init(&file, 64);
    for (uint32_t i = 0; i < 64; i++)
        cr_assert_eq(cache_mshr_take(&file, &line, 0), i);
    cr_expect(cache_mshr_full(&file));
    cache_mshr_release(&file, 63);
    cr_expect_eq(cache_mshr_pending(&file), 63);
}

Test(cache_mshr, releasing_twice_is_a_bug, .signal = SIGABRT)
{
    cache_mshr_file_t file;
    cache_mshr_init(&file, 2);
    cache_mshr_release(&file, 0);
}

Test(cache_mshr, taking_one_too_many_is_a_bug, .signal = SIGABRT)
{
    cache_mshr_file_t file;
    cache_line_t line = {.address = 0x40};
    cache_mshr_init(&file, 1);
    cache_mshr_take(&file, &line, 0);
    cache_mshr_take(&file, &line, 0);
}
