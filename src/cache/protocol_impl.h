/* What the two controllers share about the protocol tables. */
#ifndef MESIM_CACHE_PROTOCOL_IMPL_H
#define MESIM_CACHE_PROTOCOL_IMPL_H

#include "cache/protocol.h"
#include "interconnect/chi.h"

enum { CACHE_MAX_ACTIONS = 5 };

/* The reason a NEVER cell gives, "no such cell" when the table says nothing. */
const char *cache_protocol_why(cache_controller_t controller, unsigned state, unsigned event);

/* The core that caused a message, -1 for none: a device, or the cluster for its own sake. */
static inline int16_t cache_cause_core(const chi_message_t *message)
{
    return message->source >= CHI_SOURCE_IO ? -1 : (int16_t)message->source;
}

#endif
