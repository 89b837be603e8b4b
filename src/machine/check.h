/* --check: the invariant checker of the caches, fed by the cores. */
#ifndef MESIM_MACHINE_CHECK_H
#define MESIM_MACHINE_CHECK_H

#include "base/error.h"
#include "machine/internal.h"

/* What a core is given to report its stores to. */
void machine_check_on_store(void *core, uint64_t now_ps, uint64_t line_address, uint64_t mask, const uint8_t *data);

/* And what a load or atomic got from its L1D; never across a line. */
void machine_check_on_load(void *core, uint64_t now_ps, uint64_t address, const uint8_t *bytes, unsigned size_bytes);

/* Attaches the checker to all caches; -ENOMEM and one line where it has no room. */
int machine_check_attach(machine_t *machine, base_error_t *error);

/* Looks at every line, at the end of the run. */
void machine_check_finish(machine_t *machine);

#endif
