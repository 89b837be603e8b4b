/* Operations without a handle: the console, time, what the program is told of its surroundings, and its end. */
#include "base/time.h"
#include "semihosting/internal.h"

#include <errno.h>
#include <string.h>

/* A string that is longer than this has lost its end. */
enum { MAX_STRING_BYTES = 1 << 20 };

#define TICKS_HZ        UINT64_C(1000000000)
#define CENTISECONDS_HZ UINT64_C(100)

static uint64_t age_ps(const semihosting_t *host, const semihosting_call_t *call)
{
    return host->config.age_ps + call->now_ps;
}

static void append_field(semihosting_call_t *call, uint64_t value)
{
    uint64_t field = GUINT64_TO_LE(value);
    g_byte_array_append(call->bytes, (const guint8 *)&field, sizeof(field));
}

/* --- the console --- */

static void print_character(semihosting_t *host, semihosting_call_t *call)
{
    semihosting_files_print(host->files, call->bytes->data, call->bytes->len);
    semihosting_succeed(host, call);
}

void semihosting_call_writec(semihosting_t *host, semihosting_call_t *call)
{
    semihosting_fetch(host, call, call->block, 1, print_character);
}

/* SYS_WRITE0: nothing behind the NUL is read but what lies in the same 64 bytes. */
static void print_string(semihosting_t *host, semihosting_call_t *call)
{
    const uint8_t *end = memchr(call->bytes->data, 0, call->bytes->len);
    size_t count = end ? (size_t)(end - call->bytes->data) : call->bytes->len;
    semihosting_files_print(host->files, call->bytes->data, count);
    call->done += count;
    if (end) {
        semihosting_succeed(host, call);
    } else if (call->done >= MAX_STRING_BYTES) {
        semihosting_complain(host, call, "no NUL within 1 MiB");
        semihosting_fail(host, call, EINVAL);
    } else {
        semihosting_call_write0(host, call);
    }
}

void semihosting_call_write0(semihosting_t *host, semihosting_call_t *call)
{
    uint64_t address = call->block + call->done;
    semihosting_fetch(host, call, address, SEMIHOSTING_PIECE_BYTES - address % SEMIHOSTING_PIECE_BYTES, print_string);
}

void semihosting_call_readc(semihosting_t *host, semihosting_call_t *call)
{
    semihosting_finish(host, call, semihosting_files_next_input(host->files));
}

/* --- errors --- */

void semihosting_call_iserror(semihosting_t *host, semihosting_call_t *call)
{
    semihosting_finish(host, call, (int64_t)call->parameter[0] < 0);
}

void semihosting_call_errno(semihosting_t *host, semihosting_call_t *call)
{
    semihosting_finish(host, call, call->error);
}

/* --- time, all of it simulated --- */

void semihosting_call_clock(semihosting_t *host, semihosting_call_t *call)
{
    semihosting_finish(host, call, (int64_t)(age_ps(host, call) / (TIME_PS_PER_SECOND / CENTISECONDS_HZ)));
}

void semihosting_call_time(semihosting_t *host, semihosting_call_t *call)
{
    uint64_t seconds = host->config.clock_start_seconds + age_ps(host, call) / TIME_PS_PER_SECOND;
    semihosting_finish(host, call, (int64_t)seconds);
}

void semihosting_call_elapsed(semihosting_t *host, semihosting_call_t *call)
{
    append_field(call, age_ps(host, call) / (TIME_PS_PER_SECOND / TICKS_HZ));
    semihosting_deliver(host, call, call->block, semihosting_succeed);
}

void semihosting_call_tickfreq(semihosting_t *host, semihosting_call_t *call)
{
    semihosting_finish(host, call, (int64_t)TICKS_HZ);
}

/* --- surroundings --- */

void semihosting_call_system(semihosting_t *host, semihosting_call_t *call)
{
    semihosting_complain(host, call, "commands are never run");
    semihosting_fail(host, call, EPERM);
}

/* The second field of the block becomes the length of the line, without its NUL. */
static void tell_length(semihosting_t *host, semihosting_call_t *call)
{
    g_byte_array_set_size(call->bytes, 0);
    append_field(call, strlen(host->config.command_line));
    semihosting_deliver(host, call, call->block + sizeof(uint64_t), semihosting_succeed);
}

void semihosting_call_get_cmdline(semihosting_t *host, semihosting_call_t *call)
{
    const char *line = host->config.command_line;
    size_t count = strlen(line) + 1;
    if (call->parameter[1] < count) {
        semihosting_fail(host, call, E2BIG);
        return;
    }
    g_byte_array_set_size(call->bytes, 0);
    g_byte_array_append(call->bytes, (const guint8 *)line, (guint)count);
    semihosting_deliver(host, call, call->parameter[0], tell_length);
}

/* Heap base and limit, stack base and limit: one region, from whose ends they grow towards each other. */
void semihosting_call_heapinfo(semihosting_t *host, semihosting_call_t *call)
{
    g_byte_array_set_size(call->bytes, 0);
    append_field(call, host->config.heap_base);
    append_field(call, host->config.heap_end);
    append_field(call, host->config.heap_end);
    append_field(call, host->config.heap_base);
    semihosting_deliver(host, call, call->parameter[0], semihosting_succeed);
}

/* --- the end --- */

/* No result: the core waits for ever. */
void semihosting_call_exit(semihosting_t *host, semihosting_call_t *call)
{
    host->config.ended(host->config.self, call->core, call->parameter[0], call->parameter[1]);
}

const char *semihosting_reason_name(uint64_t reason)
{
    static const char *const traps[] = {"BranchThroughZero",
                                        "UndefinedInstr",
                                        "SoftwareInterrupt",
                                        "PrefetchAbort",
                                        "DataAbort",
                                        "AddressException",
                                        "IRQ",
                                        "FIQ"};
    static const char *const events[] = {"BreakPoint",     "WatchPoint",       "StepComplete",    "RunTimeErrorUnknown",
                                         "InternalError",  "UserInterruption", "ApplicationExit", "StackOverflow",
                                         "DivisionByZero", "OSSpecific"};
    uint64_t trap = reason - 0x20000, event = reason - 0x20020;
    if (trap < G_N_ELEMENTS(traps))
        return traps[trap];
    return event < G_N_ELEMENTS(events) ? events[event] : NULL;
}
