/* What the guest did that the architecture forbids or leaves UNPREDICTABLE: a count, and the first few texts.
 *
 * Each component owns one log, so that logging needs no lock and cannot depend on the order in which components are
 * visited. The machine reports them at the end of a run. Texts are one line: what was done, and what the hardware did.
 */
#ifndef MESIM_OBSERVE_GUEST_LOG_H
#define MESIM_OBSERVE_GUEST_LOG_H

#include <stddef.h>
#include <stdint.h>

enum { OBSERVE_GUEST_LOG_ENTRIES = 8, OBSERVE_GUEST_LOG_TEXT_BYTES = 160 };

typedef struct observe_guest_error {
    uint64_t time_ps;
    uint64_t pc;  /* of the guest instruction, 0 when unknown */
    int32_t core; /* who did it, -1 when unknown */
    char text[OBSERVE_GUEST_LOG_TEXT_BYTES];
} observe_guest_error_t;

typedef struct observe_guest_log {
    uint64_t count; /* all, also those whose text was not kept */
    observe_guest_error_t first[OBSERVE_GUEST_LOG_ENTRIES];
} observe_guest_log_t;

void observe_guest_error(observe_guest_log_t *log, uint64_t time_ps, int core, uint64_t pc, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* How many entries of `first` are filled. */
size_t observe_guest_log_kept(const observe_guest_log_t *log);

#endif
