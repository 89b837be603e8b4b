/* Holding a line against snoops for a bounded time, so that whoever got it makes use of it.
 *
 * Two reasons, each with a hold of its own: an exclusive store or atomic that waited for ownership runs once before the
 * line goes; a load-exclusive that found its line exclusive keeps it for the store-exclusive, `exclusive_hold_cycles`
 * at most. Without the second, cores whose upgrades failed take the line from each other for ever: their requests are
 * answered with ownership that their retried load-exclusives lose again before they store. */
#include "cpu/hold.h"

#include "base/time.h"
#include "cpu/core.h"

static bool in_force(const cpu_t *cpu, const cpu_hold_t *hold)
{
    return hold->active && cpu->cycle < hold->until_cycle;
}

void cpu_hold_line(cpu_t *cpu, cpu_hold_reason_t reason, uint64_t line_address, uint64_t until_cycle)
{
    cpu_hold_t *hold = &cpu->core->holds[reason];
    if (hold->deferred)
        return; /* somebody waits: a spinning load-exclusive must not keep the line for ever */
    hold->active = true;
    hold->line = line_address;
    hold->until_cycle = until_cycle;
}

void cpu_hold_expire(cpu_t *cpu, cpu_hold_reason_t reason)
{
    cpu->core->holds[reason].until_cycle = 0;
}

bool cpu_hold_defers(const cpu_t *cpu)
{
    return cpu->core->holds[CPU_HOLD_ATTEMPT].deferred || cpu->core->holds[CPU_HOLD_EXCLUSIVE].deferred;
}

static bool is_snoop(const chi_message_t *message)
{
    return message->opcode >= CHI_SNP_SHARED && message->opcode <= CHI_SNP_MAKE_INVALID;
}

bool cpu_hold_takes(cpu_t *cpu, const chi_message_t *message)
{
    for (unsigned i = 0; i < CPU_HOLD_REASONS; i++) {
        cpu_hold_t *hold = &cpu->core->holds[i];
        if (!in_force(cpu, hold) || hold->line != message->address || !is_snoop(message))
            continue;
        hold->deferred = true;
        hold->snoop = *message;
        return true;
    }
    return false;
}

void cpu_hold_release(cpu_t *cpu, cpu_hold_reason_t reason)
{
    cpu_hold_t *hold = &cpu->core->holds[reason];
    hold->active = false;
    if (!hold->deferred)
        return;
    hold->deferred = false;
    if (!cpu_hold_takes(cpu, &hold->snoop))
        cache_l1d_receive(cpu->core->l1d, cpu_ps(cpu, cpu->cycle), &hold->snoop);
}

uint64_t cpu_hold_next_event_ps(const cpu_t *cpu)
{
    const cpu_hold_t *hold = &cpu->core->holds[CPU_HOLD_EXCLUSIVE];
    return hold->deferred ? cpu_ps(cpu, hold->until_cycle) : TIME_NEVER;
}
