/* Synchronous exceptions: expected ones are recorded, those of EL0 end user_run(), the rest end the run. */
#include "exception.h"

#include "cpu.h"
#include "gic.h"
#include "panic.h"
#include "user.h"

#include <stddef.h>

_Static_assert(offsetof(frame_t, sp) == FRAME_SP, "vectors.S");
_Static_assert(offsetof(frame_t, elr) == FRAME_ELR, "vectors.S");
_Static_assert(offsetof(frame_t, spsr) == FRAME_SPSR, "vectors.S");
_Static_assert(offsetof(frame_t, esr) == FRAME_ESR, "vectors.S");
_Static_assert(offsetof(frame_t, far) == FRAME_FAR, "vectors.S");
_Static_assert(sizeof(frame_t) == FRAME_BYTES && FRAME_BYTES % 16 == 0, "vectors.S");

static unsigned exception_class(const frame_t *frame)
{
    return frame->esr >> ESR_EC_SHIFT & 0x3f;
}

static const char *exception_class_name(unsigned exception_class)
{
    switch (exception_class) {
    case ESR_EC_UNKNOWN: return "undefined instruction";
    case ESR_EC_WFX: return "trapped WFI or WFE";
    case 0x07: return "trapped FP or SIMD";
    case ESR_EC_BRANCH_TARGET: return "branch target";
    case 0x0e: return "illegal execution state";
    case ESR_EC_SVC64: return "SVC";
    case ESR_EC_SYSREG: return "trapped system register";
    case ESR_EC_IABORT_LOWER: return "instruction abort from EL0";
    case ESR_EC_IABORT: return "instruction abort";
    case ESR_EC_PC_ALIGNMENT: return "PC alignment";
    case ESR_EC_DABORT_LOWER: return "data abort from EL0";
    case ESR_EC_DABORT: return "data abort";
    case ESR_EC_SP_ALIGNMENT: return "SP alignment";
    case 0x2f: return "SError";
    case ESR_EC_BRK64: return "BRK";
    default: return "see DDI 0487, ESR_EL1";
    }
}

void trap_arm(trap_t *trap)
{
    *trap = (trap_t){0};
    cpu_self()->trap = trap;
}

void trap_disarm(void)
{
    cpu_self()->trap = NULL;
}

void exception_kernel_sync(frame_t *frame)
{
    cpu_t *cpu = cpu_self();
    trap_t *trap = cpu->trap;
    if (trap == NULL)
        exception_unexpected(frame, "synchronous exception");
    cpu->trap = NULL;
    *trap = (trap_t){.taken = true, .esr = frame->esr, .elr = frame->elr, .far = frame->far};

    switch (exception_class(frame)) {
    case ESR_EC_BRANCH_TARGET: frame->spsr &= ~(uint64_t)SPSR_BTYPE; /* fall through */
    case ESR_EC_IABORT:
    case ESR_EC_PC_ALIGNMENT: frame->elr = frame->x[30]; break;
    case ESR_EC_SVC64: break; /* ELR is behind it already */
    default: frame->elr += 4; break;
    }
}

void exception_user_sync(frame_t *frame)
{
    cpu_t *cpu = cpu_self();
    if (cpu->user_frame == NULL)
        exception_unexpected(frame, "synchronous exception from EL0");
    *cpu->user_frame = *frame;
    cpu->user_frame = NULL;
    user_leave(cpu->user_sp);
}

void exception_irq(frame_t *frame)
{
    (void)frame;
    gic_handle_interrupt();
}

_Noreturn void exception_unexpected(frame_t *frame, const char *vector)
{
    panic_begin();
    const unsigned class = exception_class(frame);
    panic_print("core %u: %s: %s\n", cpu_self()->number, vector, exception_class_name(class));
    panic_print("ESR %016lx (EC %02x)  ELR %016lx  FAR %016lx  SPSR %08lx\n", frame->esr, class, frame->elr, frame->far,
                frame->spsr);
    for (unsigned i = 0; i < 31; i++)
        panic_print("x%-2u %016lx%s", i, frame->x[i], i % 4 == 3 ? "\n" : "  ");
    panic_print("sp  %016lx\n", frame->sp);
    panic_end();
}
