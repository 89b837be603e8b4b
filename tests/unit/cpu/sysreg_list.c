#include "sysreg_list.h"

#include "cpu/sysreg.h"
#include "system_bench.h"

enum { ID_SPACE_FIRST = 0xc008, ID_SPACE_LAST = 0xc03f };

/* The bench has BENCH_PMU_COUNTERS event counters. */
#define COUNTERS     ((uint64_t)BENCH_PMU_COUNTERS)
#define COUNTER_BITS (UINT64_C(1) << 31 | ((UINT64_C(1) << COUNTERS) - 1))

#define STORED(name, op0, op1, crn, crm, op2, el1, el0, ones, zeros)                                                   \
    {#name, CPU_SYS_KEY(op0, op1, crn, crm, op2), el1, el0, true, ones, zeros},
#define OTHER(name, op0, op1, crn, crm, op2, el1, el0)                                                                 \
    {#name, CPU_SYS_KEY(op0, op1, crn, crm, op2), el1, el0, false, 0, 0},
#define EXISTS(n) (n) < BENCH_PMU_COUNTERS
#define COUNTER(n, crm, op2)                                                                                           \
    {"PMEVCNTR" #n "_EL0", CPU_SYS_KEY(3, 3, 14, crm, op2), EXISTS(n) ? "rw" : "", "RW", EXISTS(n), 0xffffffff, 0},    \
        {"PMEVTYPER" #n "_EL0",                                                                                        \
         CPU_SYS_KEY(3, 3, 14, (crm) + 4, op2),                                                                        \
         EXISTS(n) ? "rw" : "",                                                                                        \
         "RW",                                                                                                         \
         EXISTS(n),                                                                                                    \
         0xc000ffff,                                                                                                   \
         0},

const sysreg_listed_t sysreg_list[] = {
#include "sysreg_list.def"
};
const size_t sysreg_list_count = sizeof(sysreg_list) / sizeof(sysreg_list[0]);

const sysreg_listed_t *sysreg_list_find(unsigned key)
{
    static const sysreg_listed_t reserved = {.name = "reserved ID register", .el1 = "r", .el0 = ""};
    for (size_t i = 0; i < sysreg_list_count; i++)
        if (sysreg_list[i].key == key)
            return &sysreg_list[i];
    return key >= ID_SPACE_FIRST && key <= ID_SPACE_LAST ? &reserved : NULL;
}
