/* PSCI 0.2 and later: function numbers are fixed, the way in is what the device tree says. */
#include "psci.h"

#include "barrier.h"
#include "board.h"
#include "uart.h"

#include <stdbool.h>

enum psci_function {
    PSCI_VERSION = (int)0x84000000,
    PSCI_CPU_OFF = (int)0x84000002,
    PSCI_CPU_ON = (int)0xc4000003, /* the 64-bit calls, for 64-bit addresses */
    PSCI_AFFINITY_INFO = (int)0xc4000004,
    PSCI_SYSTEM_OFF = (int)0x84000008,
};

/* SMC calling convention 1.0 (ARM DEN 0028): x0 to x17 may change. */
static int32_t call(enum psci_function function, uint64_t a, uint64_t b, uint64_t c)
{
    const psci_conduit_t conduit = board_get()->psci_conduit; /* no function call once the registers are set */
    register uint64_t x0 __asm__("x0") = (uint32_t)function;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = b;
    register uint64_t x3 __asm__("x3") = c;
#define PSCI_CALL(instruction)                                                                                         \
    __asm__ volatile(instruction " #0"                                                                                 \
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",       \
                       "x12", "x13", "x14", "x15", "x16", "x17", "memory")
    if (conduit == PSCI_CONDUIT_SMC)
        PSCI_CALL("smc");
    else
        PSCI_CALL("hvc"); /* also before the tree has been read: a panic then has nothing better to try */
#undef PSCI_CALL
    return (int32_t)x0;
}

uint32_t psci_version(void)
{
    return (uint32_t)call(PSCI_VERSION, 0, 0, 0);
}

int psci_cpu_on(uint64_t mpidr, uintptr_t entry, uintptr_t context)
{
    dsb_ishst(); /* what the new core will read is there before the core is */
    return call(PSCI_CPU_ON, mpidr, entry, context);
}

int psci_cpu_off(void)
{
    return call(PSCI_CPU_OFF, 0, 0, 0);
}

int psci_affinity_info(uint64_t mpidr)
{
    return call(PSCI_AFFINITY_INFO, mpidr, 0, 0);
}

_Noreturn void psci_system_off(void)
{
    uart_drain();
    call(PSCI_SYSTEM_OFF, 0, 0, 0);
    while (true)
        wfi(); /* nobody switched us off; the output is out all the same */
}
