/* A component that keeps what it receives, and sends what a test tells it to. */
#ifndef MESIM_TESTS_INTERCONNECT_RECORDER_H
#define MESIM_TESTS_INTERCONNECT_RECORDER_H

#include "engine/engine.h"
#include "interconnect/chi.h"

#include <stdbool.h>
#include <stdint.h>

enum { RECORDER_MAX = 64 };

typedef struct recorder {
    engine_component_t *component;
    engine_link_t *out;
    unsigned sent, to_send, received;
    uint64_t send_ps[RECORDER_MAX], arrival_ps[RECORDER_MAX];
    chi_message_t sends[RECORDER_MAX], messages[RECORDER_MAX];
    bool echo; /* a device: answers each request at once, reads with the bytes of its address, ReadOnce with bytes that
                  count from 0 */
} recorder_t;

void recorder_init(recorder_t *recorder, engine_t *engine, const char *name);
/* Sends `message` at `when_ps`; times must not go back. Before the run. */
void recorder_send(recorder_t *recorder, uint64_t when_ps, const chi_message_t *message);

#endif
