/* A litmus test as its file tells it: initial state, the threads' instructions, and the condition on the final state.
 *
 * The format is that of herd7 and litmus7 for AArch64 (Alglave, Maranget, Tautschnig: "Herding Cats", 2014, and the
 * manual of the diy tool suite). A test is parsed once and never changes. Errors are one line that begins with
 * "file:line:column: ". */
#ifndef MESIM_LITMUS_TEST_H
#define MESIM_LITMUS_TEST_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LITMUS_MAX_THREADS = 8,
    LITMUS_MAX_CELLS = 14, /* elements of all locations together */
    LITMUS_REGISTERS = 31,
    LITMUS_LINE_BYTES = 128, /* each location has so much for itself: no two share a cache line */
    LITMUS_STRIDE_BYTES = 4096 + LITMUS_LINE_BYTES, /* from one to the next: no two share a page or a cache set */
    LITMUS_CELL_BYTES = 8,                          /* the largest element */
};

/* Where locations lie in the guest; an address in a register is told from a number by it. */
#define LITMUS_DATA_BASE UINT64_C(0x40100000)

/* How a value is read. */
typedef struct litmus_type {
    uint8_t size_bytes; /* 0: not declared; as int, or as int64_t where the value needs it */
    bool is_unsigned;
} litmus_type_t;

/* A number, or the address of a location plus a number. */
typedef struct litmus_value {
    int location; /* -1: a number */
    uint64_t number;
} litmus_value_t;

typedef struct litmus_location {
    char *name;
    litmus_type_t type;
    unsigned elements;
    bool is_array;
    unsigned first_cell;
    uint64_t offset_bytes; /* from LITMUS_DATA_BASE */
    litmus_value_t initial[LITMUS_MAX_CELLS];
} litmus_location_t;

typedef struct litmus_thread {
    litmus_value_t initial[LITMUS_REGISTERS];
    litmus_type_t types[LITMUS_REGISTERS];
    unsigned first_line, lines;
} litmus_thread_t;

/* An instruction; text lies in litmus_test_t.text and is not terminated. */
typedef struct litmus_line {
    const char *text;
    size_t length;
} litmus_line_t;

typedef struct litmus_label {
    const char *name;
    size_t length;
    unsigned thread;
    unsigned line; /* counted from the thread's first */
} litmus_label_t;

/* What belongs to the final state: a register of a thread or an element of a location. */
typedef struct litmus_observable {
    bool is_register;
    unsigned thread, number;
    unsigned location, element;
} litmus_observable_t;

typedef enum litmus_node_kind {
    LITMUS_TRUE,
    LITMUS_EQUAL,
    LITMUS_DIFFERENT,
    LITMUS_NOT,
    LITMUS_AND,
    LITMUS_OR,
    LITMUS_IMPLIES,
} litmus_node_kind_t;

/* A proposition; left and right are indices of litmus_test_t.nodes. */
typedef struct litmus_node {
    litmus_node_kind_t kind;
    unsigned left, right;
    unsigned observable;
    litmus_value_t value;
} litmus_node_t;

typedef enum litmus_quantifier { LITMUS_EXISTS, LITMUS_NOT_EXISTS, LITMUS_FORALL } litmus_quantifier_t;

typedef struct litmus_test {
    char *file;
    char *text; /* comments are blanks */
    char *name;
    char *hash; /* of the Hash= line, else MD5 of what follows the header */
    litmus_location_t *locations;
    unsigned location_count, cell_count;
    litmus_value_t cells[LITMUS_MAX_CELLS]; /* initial values */
    litmus_thread_t threads[LITMUS_MAX_THREADS];
    unsigned thread_count;
    litmus_line_t *lines;
    unsigned line_count;
    litmus_label_t *labels;
    unsigned label_count;
    litmus_observable_t *observed; /* registers by thread and number, then locations */
    unsigned observed_count;
    litmus_node_t *nodes;
    unsigned node_count;
    int filter; /* a node, or -1 */
    unsigned condition;
    litmus_quantifier_t quantifier;
    const char *condition_text; /* in text; its length follows */
    size_t condition_length;
} litmus_test_t;

/* Parses `text`, which is called `file` in messages. -EINVAL: not such a test, or one with something that mesim does
 * not do; -E2BIG: more threads or locations than there is room for. */
int litmus_test_parse(const char *file, const char *text, litmus_test_t **ret_test, base_error_t *error);
/* The same from a file. */
int litmus_test_read(const char *path, litmus_test_t **ret_test, base_error_t *error);
void litmus_test_free(litmus_test_t *test); /* NULL is fine */

/* A value as a register holds it. */
uint64_t litmus_value_raw(const litmus_test_t *test, litmus_value_t value);
/* The type of an observable, as declared. */
litmus_type_t litmus_observable_type(const litmus_test_t *test, const litmus_observable_t *observable);
/* `raw` as values of that type compare: sign- or zero-extended; addresses stay. */
uint64_t litmus_normalise(const litmus_test_t *test, litmus_type_t type, uint64_t raw);
/* The location in which the address lies, or -1. */
int litmus_location_at(const litmus_test_t *test, uint64_t address);
uint64_t litmus_cell_address(const litmus_test_t *test, unsigned cell, unsigned *ret_size_bytes);

/* Whether the node holds in the state `values`, one a test->observed, normalised. */
bool litmus_holds(const litmus_test_t *test, unsigned node, const uint64_t *values);

#endif
