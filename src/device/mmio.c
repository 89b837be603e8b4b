/* The port of a memory-mapped device. */
#include "device/mmio.h"

#include "base/error.h"
#include "base/time.h"
#include "interconnect/endpoint.h"
#include "interconnect/send.h"

#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct device_port {
    engine_component_t *component;
    engine_link_t *to_system;
    uint64_t base, size_bytes, access_ps;
    uint64_t wake_ps;
    const device_ops_t *ops;
    void *self;
    observe_guest_log_t log;
};

void device_port_guest_error(device_port_t *port, const device_access_t *access, const char *format, ...)
{
    char text[OBSERVE_GUEST_LOG_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    int core = access->core == DEVICE_NO_CORE ? -1 : access->core;
    observe_guest_error(&port->log, access->now_ps, core, access->pc, "%s: %s", engine_component_name(port->component),
                        text);
}

static uint64_t perform(device_port_t *port, const device_access_t *access, const chi_message_t *request)
{
    bool is_write = request->opcode == CHI_WRITE_NO_SNOOP;
    if (!chi_endpoint_scalar(request) || !(request->size_bytes & port->ops->access_bytes)) {
        device_port_guest_error(port, access,
                                "%s of %u bytes at offset 0x%" PRIx64 ": of a size or alignment that it does not take",
                                is_write ? "write" : "read", access->size_bytes, access->offset);
        return 0;
    }
    uint64_t value = 0;
    bool known = is_write ? port->ops->write(port->self, access, chi_endpoint_value(request))
                          : port->ops->read(port->self, access, &value);
    if (known)
        return value;
    device_port_guest_error(port, access, "%s of %u bytes at offset 0x%" PRIx64 ": reserved, %s",
                            is_write ? "write" : "read", access->size_bytes, access->offset,
                            is_write ? "ignored" : "reads as zero");
    return 0;
}

static void handle_request(device_port_t *port, uint64_t now_ps, const chi_message_t *request)
{
    if (request->opcode != CHI_READ_NO_SNOOP && request->opcode != CHI_WRITE_NO_SNOOP)
        base_bug("%s receives %s", engine_component_name(port->component), chi_opcode_name(request->opcode));
    const device_access_t access = {.now_ps = now_ps,
                                    .offset = request->address - port->base,
                                    .pc = request->pc,
                                    .size_bytes = request->size_bytes,
                                    .core = request->source};
    bool inside = access.offset < port->size_bytes && port->size_bytes - access.offset >= request->size_bytes;
    uint64_t value = inside ? perform(port, &access, request) : 0;
    chi_message_t answer = chi_endpoint_answer(request, value);
    if (!inside)
        answer.error = CHI_DECERR;
    chi_send(port->to_system, now_ps, port->access_ps, &answer);
}

static void handle(device_port_t *port, uint64_t now_ps, const engine_message_t *message)
{
    if (message->payload[0] >= CHI_OPCODE_COUNT && port->ops->message) {
        port->ops->message(port->self, now_ps, message->payload);
        return;
    }
    chi_message_t request;
    memcpy(&request, message->payload, sizeof(request));
    bool is_answer = request.opcode == CHI_COMP || request.opcode == CHI_COMP_DATA;
    if (is_answer && request.source == CHI_SOURCE_IO && port->ops->answer)
        port->ops->answer(port->self, now_ps, &request);
    else
        handle_request(port, now_ps, &request);
}

/* Messages and ticks in time order; at equal times the tick goes first. */
static void run(void *self, uint64_t end_ps)
{
    device_port_t *port = self;
    for (;;) {
        uint64_t wake_ps = port->wake_ps;
        if (wake_ps < end_ps && wake_ps <= engine_inbox_next_ps(port->component)) {
            port->wake_ps = TIME_NEVER;
            port->ops->tick(port->self, wake_ps);
            continue;
        }
        const engine_message_t *message = engine_inbox_take(port->component, end_ps);
        if (!message)
            break;
        handle(port, message->arrival_ps, message);
    }
    engine_component_wake_at(port->component, port->wake_ps);
}

device_port_t *device_port_new(engine_t *engine, const char *name, uint64_t base, uint64_t size_bytes,
                               uint64_t access_ps, const device_ops_t *ops, void *self)
{
    static const engine_component_ops_t component_ops = {.run = run};
    device_port_t *port = g_new0(device_port_t, 1);
    port->base = base;
    port->size_bytes = size_bytes;
    port->access_ps = access_ps;
    port->wake_ps = TIME_NEVER;
    port->ops = ops;
    port->self = self;
    port->component = engine_component_new(engine, name, &component_ops, port);
    return port;
}

void device_port_free(device_port_t *port)
{
    g_free(port);
}

engine_component_t *device_port_component(device_port_t *port)
{
    return port->component;
}

uint64_t device_port_base(const device_port_t *port)
{
    return port->base;
}

uint64_t device_port_size_bytes(const device_port_t *port)
{
    return port->size_bytes;
}

void device_port_attach(device_port_t *port, engine_link_t *to_system)
{
    port->to_system = to_system;
}

engine_link_t *device_port_to_system(const device_port_t *port)
{
    return port->to_system;
}

void device_port_wake_at(device_port_t *port, uint64_t wake_ps)
{
    port->wake_ps = wake_ps;
    engine_component_wake_at(port->component, wake_ps);
}

const observe_guest_log_t *device_port_guest_log(const device_port_t *port)
{
    return &port->log;
}
