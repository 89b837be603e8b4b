/* Messages between cores.
 *
 * An SGI is a doorbell, not a queue: several of one number that arrive before the first is acknowledged are one
 * interrupt. So the messages are counted in the receiver's memory, and the receiver takes the whole count with one
 * atomic exchange before it handles any. A message sent meanwhile raises the count again and rings again. */
#include "arch_smp.h"

#include "atomic.h"
#include "barrier.h"
#include "cpu.h"
#include "gic.h"
#include "memory.h"
#include "panic.h"
#include "vm.h"

extern char boot_stack_top[];

#include <stddef.h>

static struct {
    arch_smp_handler_t function;
    void *data;
} handlers[ICI_MESSAGES];

static void stop_this_core(void *data)
{
    (void)data;
    while (true)
        wfi(); /* interrupts are masked: for good */
}

static void handle_sgi(uint32_t intid, void *data)
{
    (void)data;
    cpu_t *cpu = cpu_self();
    /* Acquire: pairs with the release in post(). */
    const uint32_t count = atomic_exchange_acquire(&cpu->ici_pending[intid], 0);
    if (count > 0 && handlers[intid].function == NULL)
        panic("nobody handles message %u", intid);
    for (uint32_t i = 0; i < count; i++)
        handlers[intid].function(handlers[intid].data);
    cpu->ici_received += count;
}

void arch_smp_init(const board_t *board)
{
    (void)board;
    for (uint32_t message = 0; message < ICI_MESSAGES; message++)
        gic_set_handler(message, handle_sgi, NULL);
    arch_smp_set_handler(ICI_CPU_STOP, stop_this_core, NULL);
}

void arch_smp_per_cpu_init(const board_t *board, int32_t number)
{
    cpu_t *cpu = cpu_get((unsigned)number);
    cpu->number = (uint32_t)number;
    cpu->mpidr = board->mpidr[number];
    if (number == arch_smp_get_current_cpu()) {
        cpu->stack_top = (uintptr_t)boot_stack_top;
    } else {
        /* Every second slot stays unmapped, so that a stack that overflows faults. */
        const uint64_t bottom = VM_STACKS + (uint64_t)(2 * number + 1) * STACK_BYTES;
        vm_map(&vm_kernel, bottom, (uintptr_t)memory_take(STACK_BYTES, PAGE_BYTES), STACK_BYTES, VM_DATA);
        cpu->stack_top = bottom + STACK_BYTES;
    }
}

void arch_smp_cpu_init(const board_t *board)
{
    (void)board;
    gic_cpu_init();
    arch_smp_set_enabled(arch_smp_get_current_cpu(), true);
    interrupts_on();
}

void arch_smp_set_handler(int32_t message, arch_smp_handler_t handler, void *data)
{
    if (message < 0 || message >= ICI_MESSAGES)
        panic("there is no message %d", message);
    handlers[message].data = data;
    handlers[message].function = handler;
    dsb_ish(); /* before the first message; pairs with the acquire in handle_sgi() */
}

/* Release: what the message is about is stored first. Pairs with the acquire in handle_sgi(). */
static void post(cpu_t *target, int32_t message)
{
    atomic_fetch_add_release(&target->ici_pending[message], 1);
    cpu_self()->ici_sent++;
}

void arch_smp_send_ici(int32_t target_cpu, int32_t message)
{
    cpu_t *target = cpu_get((unsigned)target_cpu);
    if (message < 0 || message >= ICI_MESSAGES || !read_once(&target->enabled))
        panic("core %d cannot take message %d", target_cpu, message);
    interrupts_push_off(); /* or a message sent by a handler could come between the two halves of ici_sent++ */
    post(target, message);
    gic_send_sgi((uint32_t)message, target->mpidr);
    interrupts_pop();
}

void arch_smp_send_broadcast_ici(int32_t message)
{
    arch_smp_send_broadcast_ici_interrupts_disabled(message);
}

void arch_smp_send_broadcast_ici_interrupts_disabled(int32_t message)
{
    interrupts_push_off();
    const uint32_t self = cpu_self()->number;
    for (unsigned i = 0; i < board_get()->cores; i++) {
        if (i != self && read_once(&cpu_get(i)->enabled))
            post(cpu_get(i), message);
    }
    gic_send_sgi_to_others((uint32_t)message); /* a core that is not enabled finds no message and goes on */
    interrupts_pop();
}

void arch_smp_set_enabled(int32_t cpu, bool enabled)
{
    write_once(&cpu_get((unsigned)cpu)->enabled, enabled);
}

bool arch_smp_is_enabled(int32_t cpu)
{
    return read_once(&cpu_get((unsigned)cpu)->enabled);
}

int32_t arch_smp_get_current_cpu(void)
{
    return (int32_t)cpu_self()->number;
}
