#include "recorder.h"

#include "base/time.h"
#include "interconnect/endpoint.h"
#include "interconnect/send.h"

#include <criterion/criterion.h>

static void receive(recorder_t *recorder, const engine_message_t *message)
{
    const chi_message_t *payload = (const chi_message_t *)message->payload;
    cr_assert_lt(recorder->received, RECORDER_MAX);
    recorder->arrival_ps[recorder->received] = message->arrival_ps;
    recorder->messages[recorder->received++] = *payload;
    if (!recorder->echo)
        return;
    chi_message_t answer = chi_endpoint_answer(payload, payload->address);
    if (payload->opcode == CHI_READ_ONCE) {
        answer.opcode = CHI_COMP_DATA;
        for (unsigned i = 0; i < CHI_LINE_BYTES; i++)
            answer.data[i] = (uint8_t)i;
    }
    chi_send(recorder->out, message->arrival_ps, 0, &answer);
}

static void run(void *self, uint64_t end_ps)
{
    recorder_t *recorder = self;
    for (;;) {
        uint64_t send_ps = recorder->sent < recorder->to_send ? recorder->send_ps[recorder->sent] : TIME_NEVER;
        uint64_t inbox_ps = engine_inbox_next_ps(recorder->component);
        if (inbox_ps <= send_ps && inbox_ps < end_ps) {
            receive(recorder, engine_inbox_take(recorder->component, end_ps));
        } else if (send_ps < end_ps) {
            chi_send(recorder->out, send_ps, 0, &recorder->sends[recorder->sent++]);
        } else {
            engine_component_wake_at(recorder->component, send_ps);
            return;
        }
    }
}

void recorder_init(recorder_t *recorder, engine_t *engine, const char *name)
{
    static const engine_component_ops_t ops = {.run = run};
    *recorder = (recorder_t){0};
    recorder->component = engine_component_new(engine, name, &ops, recorder);
}

void recorder_send(recorder_t *recorder, uint64_t when_ps, const chi_message_t *message)
{
    cr_assert_lt(recorder->to_send, RECORDER_MAX);
    if (!recorder->to_send)
        engine_component_wake_at(recorder->component, when_ps);
    recorder->send_ps[recorder->to_send] = when_ps;
    recorder->sends[recorder->to_send++] = *message;
}
