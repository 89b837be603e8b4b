/* The profile as JSON, for the statistics of a run. docs/profile.md says what stands in it. */
#ifndef MESIM_MACHINE_PROFILE_STATISTICS_H
#define MESIM_MACHINE_PROFILE_STATISTICS_H

#include "machine/machine.h"

#include <json-glib/json-glib.h>

/* The caller owns the object. */
JsonObject *machine_profile_object(const machine_t *machine);

#endif
