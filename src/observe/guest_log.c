/* Counting and keeping guest errors. */
#include "observe/guest_log.h"

#include <stdarg.h>
#include <stdio.h>

void observe_guest_error(observe_guest_log_t *log, uint64_t time_ps, int core, uint64_t pc, const char *format, ...)
{
    if (log->count++ >= OBSERVE_GUEST_LOG_ENTRIES)
        return;
    observe_guest_error_t *entry = &log->first[log->count - 1];
    entry->time_ps = time_ps;
    entry->core = core;
    entry->pc = pc;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(entry->text, sizeof(entry->text), format, arguments);
    va_end(arguments);
}

size_t observe_guest_log_kept(const observe_guest_log_t *log)
{
    return log->count < OBSERVE_GUEST_LOG_ENTRIES ? (size_t)log->count : OBSERVE_GUEST_LOG_ENTRIES;
}
