/* The statistics of a run (machine/statistics.h) as a tree to print from: that of a run which just ended, or a file.
 *
 * A file is anybody's: members that are missing, or of another type, read as 0, "" or NULL, never as an error. */
#ifndef MESIM_REPORT_DOCUMENT_H
#define MESIM_REPORT_DOCUMENT_H

#include "base/error.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPORT_SCHEMA = 1, REPORT_MAX_CORES = 64 };

typedef struct report_document {
    JsonObject *root;
    JsonObject *cores[REPORT_MAX_CORES];
    unsigned core_count;
} report_document_t;

/* The tree of a run; takes the reference. 0, or -EINVAL and a line with `name` where it is no such tree; then the
 * reference stays with the caller. */
int report_document_init(report_document_t *document, JsonObject *root, const char *name, base_error_t *error);

/* Reads a file that `mesim run --stats` wrote. 0 and a document for report_document_done, or -errno and one line. */
int report_document_read(const char *path, report_document_t *ret_document, base_error_t *error);
/* The same from memory; `name` is for messages. */
int report_document_read_memory(const char *text, size_t bytes, const char *name, report_document_t *ret_document,
                                base_error_t *error);

void report_document_done(report_document_t *document);

/* What is at a dotted path below an object, which may be NULL. */
uint64_t report_number(JsonObject *object, const char *path); /* below 0: 0 */
int64_t report_integer(JsonObject *object, const char *path, int64_t otherwise);
double report_real(JsonObject *object, const char *path);
bool report_flag(JsonObject *object, const char *path);
const char *report_text(JsonObject *object, const char *path); /* never NULL */
JsonObject *report_object(JsonObject *object, const char *path);
JsonArray *report_array(JsonObject *object, const char *path);

/* The kind of stall that is of no barrier, acquire, release, exclusive or atomic (CPU_STALL_PLAIN). */
#define REPORT_PLAIN "plain"

/* value * scale / of, 0 where `of` is 0. */
static inline uint64_t report_ratio(uint64_t value, uint64_t scale, uint64_t of)
{
    return of ? (uint64_t)((unsigned __int128)value * scale / of) : 0;
}

/* The members of an array that are objects: element `index`, or NULL where it is none. The array may be NULL. */
unsigned report_array_length(JsonArray *array);
JsonObject *report_element(JsonArray *array, unsigned index);

#endif
