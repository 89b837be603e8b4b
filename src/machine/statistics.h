/* The statistics of a run as JSON.
 *
 * `schema` changes when a reader of the former would fail. Counters stand at their paths, those of core n in cores[n];
 * `ipi_latency` is that of all cores together, `profile` is described in docs/profile.md. `description` gives each
 * path's unit and meaning. What depends on the host stands under `host`, at the end, and nowhere else: two runs of the
 * same machine and image agree in all the rest. */
#ifndef MESIM_MACHINE_STATISTICS_H
#define MESIM_MACHINE_STATISTICS_H

#include "machine/machine.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

/* host_seconds: what the run took; negative leaves `host` out. The caller owns the object. */
JsonObject *machine_statistics_object(const machine_t *machine, double host_seconds);

/* The same as text. Write errors are the stream's. */
void machine_statistics_write(const machine_t *machine, double host_seconds, FILE *stream);

#endif
