/* The bytes of memory cut where any access of any trace begins or ends, and the values met in each part. Nobody outside
 * src/axiomatic includes this. */
#ifndef MESIM_AXIOMATIC_PARTS_H
#define MESIM_AXIOMATIC_PARTS_H

#include "axiomatic/event.h"

#include <glib.h>

enum { AXIOMATIC_MAX_PARTS = 64, AXIOMATIC_VALUE_WORDS = 8 };

typedef struct axiomatic_part {
    uint64_t address;
    unsigned bytes;
    uint8_t initial[AXIOMATIC_ACCESS_BYTES];
} axiomatic_part_t;

/* A set of values in parts; each pair of part and value has a bit. */
typedef struct axiomatic_value_set {
    uint64_t words[AXIOMATIC_VALUE_WORDS];
} axiomatic_value_set_t;

typedef struct axiomatic_parts {
    axiomatic_part_t parts[AXIOMATIC_MAX_PARTS];
    unsigned count;
    GArray *values; /* of parts, in the order of their bits */
} axiomatic_parts_t;

/* False: there are more than AXIOMATIC_MAX_PARTS. */
bool axiomatic_parts_init(axiomatic_parts_t *parts, const litmus_test_t *test, GPtrArray *const *traces);
void axiomatic_parts_done(axiomatic_parts_t *parts);

static inline bool axiomatic_part_in(const axiomatic_part_t *part, const axiomatic_event_t *event)
{
    return axiomatic_is_memory(event) && part->address >= event->address &&
           part->address < event->address + event->bytes;
}

/* The event's bytes in a part that it covers. */
static inline const uint8_t *axiomatic_part_value(const axiomatic_part_t *part, const axiomatic_event_t *event)
{
    return event->value + (part->address - event->address);
}

/* What a trace's reads return, and what its writes leave. False: more values than bits. */
bool axiomatic_parts_sets(axiomatic_parts_t *parts, const axiomatic_trace_t *trace, axiomatic_value_set_t *ret_needs,
                          axiomatic_value_set_t *ret_offers);
bool axiomatic_parts_initial_set(axiomatic_parts_t *parts, axiomatic_value_set_t *ret_offers);

#endif
