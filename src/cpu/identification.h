/* The identification registers, computed from features and configuration. Private to cpu/system*.c and its tests. */
#ifndef MESIM_CPU_IDENTIFICATION_H
#define MESIM_CPU_IDENTIFICATION_H

#include "cpu/sysreg.h"
#include "cpu/system.h"

/* Fails with -EINVAL when a value has no encoding. */
int cpu_identify(const cpu_system_config_t *config, cpu_id_registers_t *ret_id, base_error_t *error);

#endif
