/* The list of system registers that the manual gives, sysreg_list.def, as a table. */
#ifndef MESIM_TESTS_CPU_SYSREG_LIST_H
#define MESIM_TESTS_CPU_SYSREG_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The columns are those of sysreg_list.def; stored: ones and zeros are known. */
typedef struct sysreg_listed {
    const char *name;
    unsigned key; /* CPU_SYS_KEY */
    const char *el1, *el0;
    bool stored;
    uint64_t ones, zeros;
} sysreg_listed_t;

extern const sysreg_listed_t sysreg_list[];
extern const size_t sysreg_list_count;

/* NULL when the list says that there is no such register. */
const sysreg_listed_t *sysreg_list_find(unsigned key);

#endif
