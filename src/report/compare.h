/* Two runs side by side: every counter of their statistics, those that changed most first.
 *
 * Counters of cores are added up over all cores as cores[].NAME. Latencies by core, the profile and what depends on the
 * host are left out. */
#ifndef MESIM_REPORT_COMPARE_H
#define MESIM_REPORT_COMPARE_H

#include "report/document.h"

#include <stdio.h>

typedef struct report_filter {
    const char *const *parts; /* a counter's path contains one of these; ends with NULL; NULL: all counters */
    uint64_t least;           /* a counter is at least this in one of the two */
} report_filter_t;

typedef struct report_comparison report_comparison_t;

/* Keeps nothing of the documents but their configuration, which must stay. */
report_comparison_t *report_comparison_new(const report_document_t *first, const report_document_t *second,
                                           const report_filter_t *filter);
void report_comparison_free(report_comparison_t *comparison); /* NULL is fine */

/* The parameters that differ, then the counters that do, by their ratio. */
void report_comparison_print(const report_comparison_t *comparison, FILE *stream);

/* How many counters grew by more than so many percent from the first to the second; one that grew from 0 did. The path
 * of the one that grew most goes to *ret_worst, which lives as long as the comparison; untouched where there is none.
 */
unsigned report_comparison_grown(const report_comparison_t *comparison, double percent, const char **ret_worst);

#endif
