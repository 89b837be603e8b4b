/* What people are told of a run that is over: the report, and why a guest hangs. */
#ifndef MESIM_MACHINE_REPORT_H
#define MESIM_MACHINE_REPORT_H

#include "machine/machine.h"

#include <stdio.h>

/* The report (report/report.h), after machine_run. host_seconds: what the run took. */
void machine_report_print(const machine_t *machine, double host_seconds, FILE *stream);

/* Why a guest hangs or where it crashed: each core's PC, symbol and state, the lines they wait for and who holds them,
 * the messages under way, the exclusive monitors. */
void machine_watchdog_print(const machine_t *machine, FILE *stream);

#endif
