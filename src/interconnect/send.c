#include "interconnect/send.h"

#include <stddef.h>

_Static_assert(sizeof(chi_message_t) <= ENGINE_PAYLOAD_BYTES, "a CHI message is the payload of one engine message");

uint64_t chi_send(engine_link_t *link, uint64_t now_ps, uint64_t delay_ps, const chi_message_t *message)
{
    if (!chi_has_data(message->opcode))
        return engine_link_send(link, now_ps, delay_ps, message, offsetof(chi_message_t, data), 1);
    unsigned beats = (message->size_bytes + CHI_BEAT_BYTES - 1) / CHI_BEAT_BYTES;
    return engine_link_send(link, now_ps, delay_ps, message, sizeof *message, beats ? beats : 1);
}
