/* What a core says it is: MIDR_EL1, and its name in the device tree. Timing comes from the other parameters. */
#ifndef MESIM_MACHINE_CORE_TYPES_H
#define MESIM_MACHINE_CORE_TYPES_H

#include "base/error.h"
#include "cpu/features.h"
#include "machine/config.h"

#include <stdint.h>

typedef struct machine_core_type {
    const char *name;       /* value of core.type */
    const char *compatible; /* of the device tree's cpu nodes */
    uint32_t midr;          /* MIDR_EL1 */
    uint8_t pmu_idcode;     /* PMCR_EL0.IDCODE; 0: none of its own */
} machine_core_type_t;

/* NULL when there is no such type. */
const machine_core_type_t *machine_core_type_find(const char *name);

/* "generic, cortex-a53, ...", to be freed with g_free. */
char *machine_core_type_names(void);

/* core.features as a set. */
int machine_features(const machine_config_t *config, cpu_features_t *ret_features, base_error_t *error);

#endif
