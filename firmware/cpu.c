/* Per-core data and the nesting of interrupt masks. */
#include "cpu.h"

#include "atomic.h"
#include "barrier.h"
#include "panic.h"

#include <stddef.h>

_Static_assert(offsetof(cpu_t, stack_top) == CPU_STACK_TOP, "start.S reads the stack pointer here");

cpu_t cpus[SMP_MAX_CPUS];

cpu_t *cpu_get(unsigned number)
{
    if (number >= SMP_MAX_CPUS)
        panic("there is no core %u", number);
    return &cpus[number];
}

void cpu_become(unsigned number)
{
    cpu_t *cpu = cpu_get(number);
    cpu->number = number;
    write_sysreg(tpidr_el1, (uintptr_t)cpu);
}

void interrupts_push_off(void)
{
    const bool were_on = interrupts_are_on();
    interrupts_off();
    cpu_t *cpu = cpu_self();
    if (cpu->interrupt_disable_count++ == 0)
        cpu->interrupts_were_on = were_on;
}

void interrupts_pop(void)
{
    cpu_t *cpu = cpu_self();
    if (interrupts_are_on() || cpu->interrupt_disable_count == 0)
        panic("interrupts_pop without interrupts_push_off");
    if (--cpu->interrupt_disable_count == 0 && cpu->interrupts_were_on)
        interrupts_on();
}

void interrupts_sleep_until(const uint32_t *word, uint32_t value)
{
    interrupts_off(); /* or the handler could run between the look and the WFI, and the WFI would wait for nothing */
    while (read_once(word) != value) {
        wfi(); /* ends when an interrupt is pending, masked or not */
        interrupts_on();
        isb(); /* and here it is taken, not some time later */
        interrupts_off();
    }
    interrupts_on();
}
