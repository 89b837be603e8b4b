/* The C half of a visit to EL0. */
#include "user.h"

#include "cpu.h"

void user_run(frame_t *frame)
{
    interrupts_push_off();
    cpu_t *cpu = cpu_self();
    cpu->user_frame = frame;
    user_enter(frame, &cpu->user_sp);
    interrupts_pop();
}
