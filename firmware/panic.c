/* One core reports, the others stop. */
#include "panic.h"

#include "arch_smp.h"
#include "atomic.h"
#include "barrier.h"
#include "cpu.h"
#include "print.h"
#include "psci.h"

#include <stdarg.h>
#include <stdint.h>

static uint32_t reporting; /* by core number + 1 */

void panic_begin(void)
{
    interrupts_off();
    if ((read_sysreg(sctlr_el1) & SCTLR_M) == 0)
        return; /* alone, and exclusives need not work without the MMU */
    const uint32_t self = cpu_self()->number + 1;
    if (!atomic_compare_and_swap_relaxed(&reporting, 0, self)) {
        if (read_once(&reporting) == self)
            psci_system_off(); /* the report itself went wrong */
        while (true)
            wfi(); /* somebody else's report came first */
    }
    if (arch_smp_is_enabled((int32_t)self - 1))
        arch_smp_send_broadcast_ici_interrupts_disabled(ICI_CPU_STOP);
}

void panic_print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_unlocked(format, arguments);
    va_end(arguments);
}

_Noreturn void panic_end(void)
{
    panic_print("FAILED\n");
    psci_system_off();
}

_Noreturn void panic(const char *format, ...)
{
    panic_begin();
    panic_print("panic on core %u: ", cpu_self()->number);
    va_list arguments;
    va_start(arguments, format);
    print_unlocked(format, arguments);
    va_end(arguments);
    panic_print("\n");
    panic_end();
}
