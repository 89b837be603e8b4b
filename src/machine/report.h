/* The report of a run for people: how it ended, the table of counters a core, what the guest did wrong. */
#ifndef MESIM_MACHINE_REPORT_H
#define MESIM_MACHINE_REPORT_H

#include "machine/machine.h"

#include <stdio.h>

/* After machine_run. host_seconds: what the run took. */
void machine_report_print(const machine_t *machine, double host_seconds, FILE *stream);

/* Only the table of counters a core. */
void machine_report_cores(const machine_t *machine, FILE *stream);

/* Only the profile: where cores waited, which loads missed, which store-exclusives failed, which lines are shared. */
void machine_report_profile(const machine_t *machine, FILE *stream);

/* Why a guest hangs or where it crashed: each core's PC, symbol and state, the lines they wait for and who holds them,
 * the messages under way, the exclusive monitors. */
void machine_watchdog_print(const machine_t *machine, FILE *stream);

#endif
