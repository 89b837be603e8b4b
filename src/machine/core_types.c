/* Part numbers and revisions from the cores' Technical Reference Manuals, MIDR_EL1; device-tree names from the binding
 * arm,cpus of the Linux kernel. */
#include "machine/core_types.h"

#include <glib.h>
#include <string.h>

/* MIDR_EL1 (Arm ARM D17.2.92): implementer 31:24, variant 23:20, architecture 19:16 (0xf: see the ID registers), part
 * number 15:4, revision 3:0. Implementer 0 is reserved for software; no operating system has errata for it. */
#define MIDR(implementer, variant, part, revision)                                                                     \
    (UINT32_C(implementer) << 24 | UINT32_C(variant) << 20 | UINT32_C(0xf) << 16 | UINT32_C(part) << 4 | (revision))

static const machine_core_type_t types[] = {
    {"generic", "arm,armv8", MIDR(0x00, 0, 0x001, 0), 0},
    {"cortex-a53", "arm,cortex-a53", MIDR(0x41, 0, 0xd03, 4), 0x03},
    {"cortex-a57", "arm,cortex-a57", MIDR(0x41, 1, 0xd07, 3), 0x01},
    {"cortex-a72", "arm,cortex-a72", MIDR(0x41, 0, 0xd08, 3), 0x02},
    {"cortex-a76", "arm,cortex-a76", MIDR(0x41, 4, 0xd0b, 1), 0x0b},
    {"neoverse-n1", "arm,neoverse-n1", MIDR(0x41, 4, 0xd0c, 1), 0x0c},
};

const machine_core_type_t *machine_core_type_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (!strcmp(types[i].name, name))
            return &types[i];
    return NULL;
}

char *machine_core_type_names(void)
{
    GString *names = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        g_string_append_printf(names, "%s%s", i ? ", " : "", types[i].name);
    return g_string_free(names, FALSE);
}

int machine_features(const machine_config_t *config, cpu_features_t *ret_features, base_error_t *error)
{
    int result = 0;
    if (strcmp(config->core_features, "all") != 0)
        result = cpu_features_parse(config->core_features, ret_features, error);
    else
        *ret_features = cpu_features_implemented();
    if (result == 0 && config->m5ops)
        ret_features->set |= CPU_FEATURE_BIT(CPU_FEAT_M5OPS);
    return result;
}
