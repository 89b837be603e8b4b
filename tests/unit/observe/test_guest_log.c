/* The log of guest errors counts all and keeps the first texts. */
#include "observe/guest_log.h"

#include <criterion/criterion.h>
#include <string.h>

Test(observe_guest_log, keeps_time_core_place_and_text)
{
    observe_guest_log_t log = {0};
    observe_guest_error(&log, 1234, 3, 0x40001000, "write of %u bytes", 8);
    cr_assert_eq(log.count, 1);
    cr_assert_eq(observe_guest_log_kept(&log), 1);
    cr_assert_eq(log.first[0].time_ps, 1234);
    cr_assert_eq(log.first[0].core, 3);
    cr_assert_eq(log.first[0].pc, 0x40001000);
    cr_assert_str_eq(log.first[0].text, "write of 8 bytes");
}

Test(observe_guest_log, counts_on_when_it_is_full_and_keeps_the_first)
{
    observe_guest_log_t log = {0};
    for (int i = 0; i < 100; i++)
        observe_guest_error(&log, (uint64_t)i, -1, 0, "error %d", i);
    cr_assert_eq(log.count, 100);
    cr_assert_eq(observe_guest_log_kept(&log), OBSERVE_GUEST_LOG_ENTRIES);
    cr_assert_str_eq(log.first[OBSERVE_GUEST_LOG_ENTRIES - 1].text, "error 7");
}

Test(observe_guest_log, cuts_texts_that_are_too_long)
{
    char text[1000];
    observe_guest_log_t log = {0};
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    observe_guest_error(&log, 0, 0, 0, "%s", text);
    cr_assert_eq(strlen(log.first[0].text), OBSERVE_GUEST_LOG_TEXT_BYTES - 1);
}
