/* Trace points and their sink.
 *
 * Every component owns one trace port and writes records to it at choke points only: a coherence
 * transition, an exception entry, an interrupt acknowledge. A port folds each record into its own hash
 * chain whether or not anybody listens, so the trace hash costs the same with and without --trace and is
 * the same in both. With a sink attached, ports also keep the records of the present window; at its end
 * trace_flush merges them by (time, port, sequence) and writes one fixed-column line each. */
#ifndef MESIM_OBSERVE_TRACE_H
#define MESIM_OBSERVE_TRACE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct trace trace_t;
typedef struct trace_port trace_port_t;

/* One record. event, old_state and new_state index the name table of the port (or are names' indices the
 * writer registered); line_address is physical. */
typedef struct trace_record {
    uint64_t time_ps;
    uint64_t address; /* physical line address, or the PC for exceptions */
    uint64_t cause_pc;
    uint16_t event;
    uint16_t old_state;
    uint16_t new_state;
    uint64_t value;     /* of a load or store; 0 where there is none */
    int16_t cause_core; /* -1: no core caused it (an eviction by the L2 for its own sake, a device) */
} trace_record_t;

/* Names for the numbers in records; arrays end with NULL and outlive the trace. */
typedef struct trace_names {
    const char *const *events;
    const char *const *states;
} trace_names_t;

/* Called with each record, merged as the text trace is. */
typedef void trace_listener_t(void *self, const char *component, const trace_names_t *names,
                              const trace_record_t *record);

trace_t *trace_new(void);
void trace_free(trace_t *trace); /* NULL is fine */

/* `component` names the writer in the trace ("core0.l1d", "scu0"); copied. */
trace_port_t *trace_port_new(trace_t *trace, const char *component, const trace_names_t *names);

/* The machine begins anew at start_ps of the trace: later records tell times from there, and as many trace_port_new as
 * before give the same ports again, in the same order. What is kept is flushed. Between windows. */
void trace_restart(trace_t *trace, uint64_t start_ps);

/* Folds the record into the port's hash and, with a sink, keeps it until the flush. */
void trace_emit(trace_port_t *port, const trace_record_t *record);

/* Opens PATH for the text trace. It is written to a temporary file beside it and renamed by trace_close. */
int trace_open(trace_t *trace, const char *path, base_error_t *error);
/* Writes the records before window_end_ps; the first write error is kept and returned by trace_close. */
void trace_flush(trace_t *trace, uint64_t window_end_ps);
/* Completes the file (rename), or removes it when anything failed. 0 when no trace is open. */
int trace_close(trace_t *trace, base_error_t *error);

/* From now on every record goes to `listen` as well; NULL: no more, after those that are still kept. Between windows.
 */
void trace_listen(trace_t *trace, trace_listener_t *listen, void *self);

/* All ports' chains combined in creation order. */
uint64_t trace_hash(const trace_t *trace);
uint64_t trace_records(const trace_t *trace);

#endif
