/* What the guest did that the architecture forbids, from the logs of all components. */
#ifndef MESIM_MACHINE_GUEST_ERRORS_H
#define MESIM_MACHINE_GUEST_ERRORS_H

#include "machine/machine.h"
#include "observe/guest_log.h"

/* Visits the texts that were kept, component by component; `where` names the component. */
typedef void machine_guest_error_visit_t(void *self, const char *where, const observe_guest_error_t *error);
void machine_each_guest_error(const machine_t *machine, machine_guest_error_visit_t *visit, void *self);

/* All, also those whose text was not kept. */
uint64_t machine_guest_errors(const machine_t *machine);

#endif
