/* The component: messages, and moving bytes between a call and the guest. */
#include "base/time.h"
#include "semihosting/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const stats_counter_t semihosting_counters[] = {
#define SEMIHOSTING_COUNTER(name, unit, description) STATS_COUNTER(semihosting_stats_t, name, unit, description),
    SEMIHOSTING_STATS(SEMIHOSTING_COUNTER)
#undef SEMIHOSTING_COUNTER
        {0},
};

static void send(const semihosting_call_t *call, const semihosting_message_t *message)
{
    engine_link_send(call->to_core, call->now_ps, 0, message, sizeof(*message), 1);
}

/* --- the end of a call --- */

void semihosting_complain(semihosting_t *host, const semihosting_call_t *call, const char *format, ...)
{
    char text[OBSERVE_GUEST_LOG_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    for (char *at = text; *at; at++) /* names are the guest's: nothing of them may act on a terminal */
        if (*at < ' ' || *at > '~')
            *at = '?';
    observe_guest_error(&host->log, call->now_ps, (int)call->core, call->pc, "semihosting %s: %s",
                        call->operation ? call->operation->name : "call", text);
}

void semihosting_finish(semihosting_t *host, semihosting_call_t *call, int64_t result)
{
    (void)host;
    call->active = false;
    g_byte_array_set_size(call->bytes, 0);
    g_clear_pointer(&call->name, g_free);
    send(call, &(semihosting_message_t){.kind = SEMIHOSTING_RESULT, .value = (uint64_t)result});
}

void semihosting_succeed(semihosting_t *host, semihosting_call_t *call)
{
    semihosting_finish(host, call, 0);
}

void semihosting_fail(semihosting_t *host, semihosting_call_t *call, int error)
{
    call->error = error;
    host->stats.failed++;
    semihosting_finish(host, call, -1);
}

/* --- moving bytes --- */

static size_t piece_bytes(const semihosting_call_t *call)
{
    size_t room = SEMIHOSTING_PIECE_BYTES - (call->address + call->moved) % SEMIHOSTING_PIECE_BYTES;
    return MIN(room, call->count - call->moved);
}

static void move_on(semihosting_t *host, semihosting_call_t *call)
{
    if (call->moved == call->count) {
        call->next(host, call);
        return;
    }
    semihosting_message_t message = {
        .kind = call->is_write ? SEMIHOSTING_WRITE : SEMIHOSTING_READ,
        .size_bytes = (uint8_t)piece_bytes(call),
        .address = call->address + call->moved,
    };
    if (call->is_write)
        memcpy(message.data, call->bytes->data + call->moved, message.size_bytes);
    send(call, &message);
}

static void move(semihosting_t *host, semihosting_call_t *call, uint64_t address, semihosting_step_t *next)
{
    call->address = address;
    call->count = call->bytes->len;
    call->moved = 0;
    call->next = next;
    move_on(host, call);
}

void semihosting_fetch(semihosting_t *host, semihosting_call_t *call, uint64_t address, size_t count,
                       semihosting_step_t *next)
{
    g_byte_array_set_size(call->bytes, (guint)count);
    call->is_write = false;
    move(host, call, address, next);
}

void semihosting_deliver(semihosting_t *host, semihosting_call_t *call, uint64_t address, semihosting_step_t *next)
{
    call->is_write = true;
    move(host, call, address, next);
}

static void take_piece(semihosting_t *host, semihosting_call_t *call, const semihosting_message_t *message)
{
    size_t bytes = piece_bytes(call);
    if (message->failed) {
        semihosting_complain(host, call, "memory at 0x%" PRIx64 " cannot be %s", call->address + call->moved,
                             call->is_write ? "written" : "read");
        call->error = EFAULT;
        if (call->unreachable)
            call->unreachable(host, call);
        else
            semihosting_fail(host, call, EFAULT);
        return;
    }
    if (!call->is_write)
        memcpy(call->bytes->data + call->moved, message->data, bytes);
    *(call->is_write ? &host->stats.bytes_written : &host->stats.bytes_read) += bytes;
    call->moved += bytes;
    move_on(host, call);
}

/* --- the beginning of a call --- */

static void begin_operation(semihosting_t *host, semihosting_call_t *call)
{
    for (unsigned i = 0; i < call->operation->parameters; i++) {
        uint64_t field;
        memcpy(&field, call->bytes->data + i * sizeof(field), sizeof(field));
        call->parameter[i] = GUINT64_FROM_LE(field);
    }
    call->operation->step(host, call);
}

static void begin(semihosting_t *host, semihosting_call_t *call, const semihosting_message_t *message)
{
    call->active = true;
    call->pc = message->pc;
    call->block = message->address;
    call->done = 0;
    call->unreachable = NULL;
    call->operation = semihosting_find_operation(message->value);
    host->stats.calls++;
    if (!call->operation) {
        semihosting_complain(host, call, "there is no operation 0x%02" PRIx64, message->value);
        semihosting_fail(host, call, ENOSYS);
        return;
    }
    semihosting_fetch(host, call, call->block, call->operation->parameters * sizeof(uint64_t), begin_operation);
}

/* --- the component --- */

static void receive(semihosting_t *host, uint64_t now_ps, const semihosting_message_t *message)
{
    if (message->core >= host->config.cores)
        base_bug("semihosting: message of core %u, of %u", message->core, host->config.cores);
    semihosting_call_t *call = &host->call[message->core];
    call->now_ps = now_ps;
    if (message->kind == SEMIHOSTING_CALL && !call->active)
        begin(host, call, message);
    else if (message->kind == SEMIHOSTING_MOVED && call->active)
        take_piece(host, call, message);
    else
        base_bug("semihosting: message of kind %#x of core %u in%s a call", message->kind, message->core,
                 call->active ? "" : " no");
}

static void run(void *self, uint64_t end_ps)
{
    semihosting_t *host = self;
    const engine_message_t *message;
    while ((message = engine_inbox_take(host->component, end_ps))) {
        semihosting_message_t request;
        memcpy(&request, message->payload, sizeof(request));
        receive(host, message->arrival_ps, &request);
    }
    engine_component_wake_at(host->component, TIME_NEVER);
}

semihosting_t *semihosting_new(engine_t *engine, const semihosting_config_t *config)
{
    static const engine_component_ops_t ops = {.run = run};
    semihosting_t *host = g_new0(semihosting_t, 1);
    host->config = *config;
    host->files = semihosting_files_new(config->folder, &config->console);
    for (unsigned core = 0; core < config->cores; core++) {
        host->call[core].core = core;
        host->call[core].bytes = g_byte_array_new();
    }
    host->component = engine_component_new(engine, "semihosting", &ops, host);
    return host;
}

void semihosting_free(semihosting_t *host)
{
    if (!host)
        return;
    for (unsigned core = 0; core < host->config.cores; core++) {
        g_byte_array_unref(host->call[core].bytes);
        g_free(host->call[core].name);
    }
    semihosting_files_free(host->files);
    g_free(host);
}

engine_component_t *semihosting_component(semihosting_t *host)
{
    return host->component;
}

void semihosting_attach_core(semihosting_t *host, unsigned index, engine_link_t *to_core)
{
    host->call[index].to_core = to_core;
}

const semihosting_stats_t *semihosting_stats(const semihosting_t *host)
{
    return &host->stats;
}

const observe_guest_log_t *semihosting_guest_log(const semihosting_t *host)
{
    return &host->log;
}

size_t semihosting_input_read(const semihosting_t *host)
{
    return semihosting_files_input_read(host->files);
}
