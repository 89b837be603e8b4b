/* All values that writes of a test may leave where: what a load could return in some execution, and more. Nobody
 * outside src/axiomatic includes this. */
#ifndef MESIM_AXIOMATIC_WRITES_H
#define MESIM_AXIOMATIC_WRITES_H

#include "axiomatic/event.h"

#include <glib.h>

typedef struct axiomatic_write {
    uint64_t address;
    unsigned bytes;
    uint8_t value[AXIOMATIC_ACCESS_BYTES];
} axiomatic_write_t;

typedef struct axiomatic_writes {
    GArray *all; /* axiomatic_write_t, each once */
} axiomatic_writes_t;

/* With the initial values of the test's cells. */
void axiomatic_writes_init(axiomatic_writes_t *writes, const litmus_test_t *test);
void axiomatic_writes_done(axiomatic_writes_t *writes);

/* False: it is there already. */
bool axiomatic_writes_add(axiomatic_writes_t *writes, const axiomatic_write_t *write);

/* The values that a load of these bytes may return: AXIOMATIC_ACCESS_BYTES each; more than one write may have a part in
 * one. To be freed with g_array_free. */
GArray *axiomatic_writes_values(const axiomatic_writes_t *writes, uint64_t address, unsigned bytes);

#endif
