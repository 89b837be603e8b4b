#include "harness.h"

#include "base/time.h"
#include "interconnect/endpoint.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

struct harness {
    engine_t *engine;
    engine_component_t *system;
    engine_link_t *to_device;
    uint64_t base;
    chi_message_t request, answer;
    bool request_waits;
    unsigned answers;
    uint64_t sent_ps, answered_ps;
    uint64_t now_ps; /* the present of the tests: nothing has happened after it */
};

static void run_system(void *self, uint64_t end_ps)
{
    harness_t *h = self;
    if (h->request_waits) {
        h->sent_ps = h->now_ps;
        engine_link_send(h->to_device, h->sent_ps, 0, &h->request, sizeof(h->request), 1);
        h->request_waits = false;
    }
    const engine_message_t *message;
    while ((message = engine_inbox_take(h->system, end_ps))) {
        memcpy(&h->answer, message->payload, sizeof(h->answer));
        h->answered_ps = message->arrival_ps;
        h->answers++;
    }
    engine_component_wake_at(h->system, TIME_NEVER);
}

harness_t *harness_new(void)
{
    static const engine_component_ops_t ops = {.run = run_system};
    harness_t *h = g_new0(harness_t, 1);
    h->engine = engine_new();
    h->system = engine_component_new(h->engine, "system", &ops, h);
    return h;
}

void harness_free(harness_t *h)
{
    engine_free(h->engine);
    g_free(h);
}

engine_t *harness_engine(harness_t *h)
{
    return h->engine;
}

void harness_attach(harness_t *h, device_port_t *port)
{
    engine_component_t *device = device_port_component(port);
    h->base = device_port_base(port);
    h->to_device = engine_link_new(h->engine, "system-device", h->system, device, HARNESS_LINK_PS, 0);
    device_port_attach(port, engine_link_new(h->engine, "device-system", device, h->system, HARNESS_LINK_PS, 0));
}

uint64_t harness_now_ps(harness_t *h)
{
    return h->now_ps;
}

void harness_run_ps(harness_t *h, uint64_t ps)
{
    engine_run(h->engine, h->now_ps + ps);
    h->now_ps += ps;
}

void mmio_request(harness_t *h, const chi_message_t *request)
{
    unsigned before = h->answers;
    h->request = *request;
    h->request_waits = true;
    engine_component_wake_at(h->system, h->now_ps);
    for (unsigned step = 0; step < 100 && h->answers == before; step++)
        harness_run_ps(h, 1000);
    cr_assert_eq(h->answers, before + 1, "no answer for an access to %lx", (unsigned long)request->address);
}

static void access(harness_t *h, chi_opcode_t opcode, unsigned core, uint64_t offset, unsigned size_bytes,
                   uint64_t value)
{
    chi_message_t request = {.opcode = opcode,
                             .source = (uint8_t)core,
                             .size_bytes = (uint8_t)size_bytes,
                             .address = h->base + offset,
                             .pc = 0x4000};
    unsigned at = (unsigned)(request.address % CHI_LINE_BYTES);
    for (unsigned i = 0; i < size_bytes; i++)
        request.data[at + i] = (uint8_t)(value >> (8 * i));
    mmio_request(h, &request);
}

uint64_t mmio_read(harness_t *h, uint64_t offset, unsigned size_bytes)
{
    access(h, CHI_READ_NO_SNOOP, 0, offset, size_bytes, 0);
    return chi_endpoint_value(&h->answer);
}

void mmio_write(harness_t *h, uint64_t offset, unsigned size_bytes, uint64_t value)
{
    access(h, CHI_WRITE_NO_SNOOP, 0, offset, size_bytes, value);
}

void mmio_write_by(harness_t *h, unsigned core, uint64_t offset, unsigned size_bytes, uint64_t value)
{
    access(h, CHI_WRITE_NO_SNOOP, core, offset, size_bytes, value);
}

const chi_message_t *mmio_answer(const harness_t *h)
{
    return &h->answer;
}

uint64_t mmio_sent_ps(const harness_t *h)
{
    return h->sent_ps;
}

uint64_t mmio_answered_ps(const harness_t *h)
{
    return h->answered_ps;
}

static void set_wire(void *self, uint64_t now_ps, bool level)
{
    harness_wire_t *wire = self;
    wire->changes++;
    wire->rises += level && !wire->level;
    wire->level = level;
    wire->changed_ps = now_ps;
}

device_irq_t harness_wire_irq(harness_wire_t *wire)
{
    return (device_irq_t){.set = set_wire, .self = wire};
}
