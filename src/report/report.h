/* The report of a run for people, made from its statistics: what happened in each core, in the caches and in memory,
 * where cores waited, what the guest did wrong, and how the run ended. `mesim run` prints it from the run, `mesim
 * report` from a file; docs/profile.md explains its last parts. */
#ifndef MESIM_REPORT_REPORT_H
#define MESIM_REPORT_REPORT_H

#include "report/document.h"

#include <stdio.h>

/* All of it. */
void report_print(const report_document_t *document, FILE *stream);

/* The counters of each core. */
void report_print_cores(const report_document_t *document, FILE *stream);
/* Those of what cores share. */
void report_print_shared(const report_document_t *document, FILE *stream);
/* By instruction: waits, loads that missed, store-exclusives that failed; and the lines that cores share. */
void report_print_profile(const report_document_t *document, FILE *stream);

#endif
