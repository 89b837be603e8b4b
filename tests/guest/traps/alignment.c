/* Alignment that no SCTLR_EL1 bit lifts: of the PC, and of exclusive and ordered accesses (DDI 0487 D1.3.8, B2.5.2). */
#include "traps.h"

__attribute__((noinline)) static void nothing(void)
{
    __asm__ volatile("");
}

/* A function two bytes on: the branch goes there, and the fetch faults. */
const char *misaligned_branch_faults(void)
{
    const uint64_t address = (uint64_t)(uintptr_t)nothing + 2;
    const probe_t probe = PROBE("blr %1", address);
    EXPECT(probe.trap.taken && probe.trap.elr == address && probe.trap.far == address);
    EXPECT(probe.trap.esr == esr_of(ESR_EC_PC_ALIGNMENT, 0));
    return NULL;
}

const char *misaligned_exclusive_faults(void)
{
    static word_line_t line;
    const uint64_t address =
        (uint64_t)(uintptr_t)&line + 12; /* across 16 bytes, which FEAT_LSE2 does not allow either */
    const probe_t exclusive = PROBE("ldxr x9, [%1]", address), store = PROBE("stxr w9, xzr, [%1]", address);
    const probe_t acquire = PROBE("ldar x9, [%1]", address), release = PROBE("stlr xzr, [%1]", address);
    const uint64_t read = esr_of(ESR_EC_DABORT, FSC_ALIGNMENT),
                   write = esr_of(ESR_EC_DABORT, ESR_ISS_WNR | FSC_ALIGNMENT);
    EXPECT(probe_aborted(&exclusive, read, address) && probe_aborted(&store, write, address));
    EXPECT(probe_aborted(&acquire, read, address) && probe_aborted(&release, write, address));
    return NULL;
}
