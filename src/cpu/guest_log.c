/* Logging with one text a PC: a loop that repeats a mistake must not hide the other mistakes. */
#include "cpu/guest_log.h"

#include <stdarg.h>
#include <stdio.h>

static bool already_kept(const observe_guest_log_t *log, uint64_t pc)
{
    for (size_t i = 0; i < observe_guest_log_kept(log); i++)
        if (log->first[i].pc == pc)
            return true;
    return false;
}

void cpu_log_guest_error(cpu_t *cpu, uint64_t now_cycles, uint64_t pc, const char *format, ...)
{
    if (already_kept(&cpu->guest_log, pc)) {
        cpu->guest_errors_repeated++;
        return;
    }
    char text[OBSERVE_GUEST_LOG_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    observe_guest_error(&cpu->guest_log, now_cycles * cpu->period_ps, (int)cpu->index, pc, "%s", text);
}
