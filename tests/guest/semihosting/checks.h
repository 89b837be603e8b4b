/* Every semihosting operation as a guest sees it, on mesim and on QEMU with the host's files in the present folder.
 * Each check returns NULL or the text of what does not hold. */
#ifndef MESIM_GUEST_SEMIHOSTING_CHECKS_H
#define MESIM_GUEST_SEMIHOSTING_CHECKS_H

#include "call.h"
#include "images/selftest/selftest.h"

/* CHECKS(X): X("name", function, 1: what mesim promises and QEMU does not) */
#define CHECKS(X)                                                                                                      \
    X("features-are-told", features_are_told, 0)                                                                       \
    X("modes-are-those-of-fopen", modes_are_those_of_fopen, 0)                                                         \
    X("appending-goes-to-the-end", appending_goes_to_the_end, 1)                                                       \
    X("files-are-read-and-sought", files_are_read_and_sought, 0)                                                       \
    X("files-are-renamed-and-removed", files_are_renamed_and_removed, 0)                                               \
    X("handles-end-with-close", handles_end_with_close, 0)                                                             \
    X("large-transfers-are-whole", large_transfers_are_whole, 0)                                                       \
    X("temporary-names-are-given", temporary_names_are_given, 0)                                                       \
    X("time-goes-on", time_goes_on, 0)                                                                                 \
    X("command-line-is-told", command_line_is_told, 0)                                                                 \
    X("heap-is-free-memory", heap_is_free_memory, 0)                                                                   \
    X("cores-do-not-disturb-each-other", cores_do_not_disturb_each_other, 0)                                           \
    X("stores-before-the-call-are-seen", stores_before_the_call_are_seen, 0)                                           \
    X("what-a-call-wrote-is-seen", what_a_call_wrote_is_seen, 0)                                                       \
    X("nothing-outside-the-folder-is-reached", nothing_outside_the_folder_is_reached, 1)                               \
    X("bad-memory-fails-the-call-alone", bad_memory_fails_the_call_alone, 1)                                           \
    X("transfers-end-where-memory-ends", transfers_end_where_memory_ends, 1)                                           \
    X("interrupts-wait-for-the-end", interrupts_wait_for_the_end, 1)                                                   \
    X("calls-at-el0-reach-what-el0-reaches", calls_at_el0_reach_what_el0_reaches, 1)                                   \
    X("commands-and-unknown-operations-are-refused", commands_and_unknown_operations_are_refused, 1)                   \
    X("console-has-three-files", console_has_three_files, 1)

#define DECLARE_CHECK(name, function, mesim) const char *function(void);
CHECKS(DECLARE_CHECK)
#undef DECLARE_CHECK

/* Linux's error numbers. */
enum { NOT_FOUND = 2, BAD_HANDLE = 9, BAD_ADDRESS = 14, LEAVES = 18, NO_ACCESS = 13, IS_FOLDER = 21 };

enum { LARGE_BYTES = 1 << 20 };
extern uint8_t large[2][LARGE_BYTES + 64];

/* With confined=1: the host is mesim. */
extern bool confined;

int64_t error_number(void);
bool file_holds(const char *name, const char *wanted);
/* Opens, writes and closes. */
bool write_file(const char *name, uint64_t mode, const char *text);

#endif
