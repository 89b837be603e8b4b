/* Generic timers: conditions are computed from simulated time when somebody looks. */
#include "cpu/timer.h"

#include "base/time.h"
#include "cpu/cpu.h"
#include "cpu/fault.h"

static const uint32_t timer_intid[CPU_TIMER_COUNT] = {
    [CPU_TIMER_PHYSICAL] = CPU_TIMER_PHYSICAL_INTID,
    [CPU_TIMER_VIRTUAL] = CPU_TIMER_VIRTUAL_INTID,
};

uint64_t cpu_counter_at(uint64_t hz, uint64_t now_ps)
{
    return (uint64_t)((unsigned __int128)now_ps * hz / TIME_PS_PER_SECOND);
}

uint64_t cpu_counter_time_ps(uint64_t hz, uint64_t count)
{
    unsigned __int128 ps = ((unsigned __int128)count * TIME_PS_PER_SECOND + hz - 1) / hz;
    return ps < TIME_NEVER ? (uint64_t)ps : TIME_NEVER;
}

uint64_t cpu_timer_count(const cpu_t *cpu, uint64_t now_ps)
{
    uint64_t skew = cpu_fault_injected(cpu, CPU_INJECT_COUNTER_SKEWED) ? cpu->index : 0;
    return cpu_counter_at(cpu->timer.hz, now_ps) + skew;
}

/* TimerConditionMet (D11.2.4): count >= CVAL, both unsigned 64-bit numbers. */
static bool condition_met(const cpu_t *cpu, const cpu_timer_channel_t *channel, uint64_t now_ps)
{
    if (cpu_fault_injected(cpu, CPU_INJECT_CVAL_SIGNED))
        return (int64_t)(cpu_timer_count(cpu, now_ps) - channel->cval) >= 0;
    return now_ps >= channel->met_ps && channel->met_ps != TIME_NEVER;
}

static void set_cval(cpu_t *cpu, cpu_timer_channel_t *channel, uint64_t value)
{
    channel->cval = value;
    channel->met_ps = cpu_counter_time_ps(cpu->timer.hz, value);
}

static bool unmasked(const cpu_timer_channel_t *channel)
{
    return (channel->ctl & (CPU_TIMER_ENABLE | CPU_TIMER_IMASK)) == CPU_TIMER_ENABLE;
}

static void drive_line(cpu_t *cpu, cpu_timer_id_t id, uint64_t now_ps)
{
    cpu_timer_channel_t *channel = &cpu->timer.channel[id];
    bool level = unmasked(channel) && condition_met(cpu, channel, now_ps);
    if (level == channel->line)
        return;
    channel->line = level;
    if (cpu->gic)
        gic_cpuif_wire(cpu->gic, now_ps, timer_intid[id], level);
}

void cpu_timer_reset(cpu_t *cpu, uint64_t now_ps)
{
    cpu_timer_t *timer = &cpu->timer;
    timer->CNTFRQ_EL0 = timer->hz;
    timer->CNTKCTL_EL1 = 0;
    timer->event_count = cpu_timer_count(cpu, now_ps);
    for (unsigned i = 0; i < CPU_TIMER_COUNT; i++) {
        timer->channel[i].ctl = 0;
        set_cval(cpu, &timer->channel[i], 0);
        drive_line(cpu, (cpu_timer_id_t)i, now_ps);
    }
}

/* --- registers --- */

/* While disabled ISTATUS is UNKNOWN: 0 here. */
uint64_t cpu_timer_read_ctl(const cpu_t *cpu, cpu_timer_id_t id, uint64_t now_ps)
{
    const cpu_timer_channel_t *channel = &cpu->timer.channel[id];
    bool met = (channel->ctl & CPU_TIMER_ENABLE) && condition_met(cpu, channel, now_ps);
    return channel->ctl | (met ? CPU_TIMER_ISTATUS : 0);
}

uint64_t cpu_timer_read_tval(const cpu_t *cpu, cpu_timer_id_t id, uint64_t now_ps)
{
    return (uint32_t)(cpu->timer.channel[id].cval - cpu_timer_count(cpu, now_ps));
}

void cpu_timer_write_ctl(cpu_t *cpu, cpu_timer_id_t id, uint64_t now_ps, uint64_t value)
{
    cpu->timer.channel[id].ctl = value & (CPU_TIMER_ENABLE | CPU_TIMER_IMASK);
    drive_line(cpu, id, now_ps);
}

void cpu_timer_write_cval(cpu_t *cpu, cpu_timer_id_t id, uint64_t now_ps, uint64_t value)
{
    set_cval(cpu, &cpu->timer.channel[id], value);
    if (!cpu_fault_injected(cpu, CPU_INJECT_REARM_KEEPS_LINE))
        drive_line(cpu, id, now_ps);
}

void cpu_timer_write_tval(cpu_t *cpu, cpu_timer_id_t id, uint64_t now_ps, uint64_t value)
{
    uint64_t distance = (uint64_t)bits_sign_extend(value, 32);
    if (cpu_fault_injected(cpu, CPU_INJECT_TVAL_UNSIGNED))
        distance = (uint32_t)value;
    cpu_timer_write_cval(cpu, id, now_ps, cpu_timer_count(cpu, now_ps) + distance);
}

/* --- event stream (D11.2.5): an edge of one of the counter's low 16 bits sets the event register --- */

enum { CNTKCTL_WRITABLE = 0x3ff, EVNTEN = 2, EVNTDIR = 3, EVNTI = 4 };

/* Edges happen at counts phase, phase + period, ... */
typedef struct edges {
    uint64_t period, phase;
} edges_t;

static edges_t edges_of(uint64_t cntkctl)
{
    uint64_t half = UINT64_C(1) << bits_get(cntkctl, EVNTI, 4);
    return (edges_t){.period = 2 * half, .phase = bit_get(cntkctl, EVNTDIR) ? 0 : half};
}

static uint64_t edges_until(edges_t edges, uint64_t count)
{
    return (count + edges.period - edges.phase) / edges.period;
}

void cpu_timer_sync_events(cpu_t *cpu, uint64_t now_ps)
{
    cpu_timer_t *timer = &cpu->timer;
    if (!bit_get(timer->CNTKCTL_EL1, EVNTEN))
        return;
    edges_t edges = edges_of(timer->CNTKCTL_EL1);
    uint64_t count = cpu_timer_count(cpu, now_ps);
    if (edges_until(edges, count) > edges_until(edges, timer->event_count) &&
        !cpu_fault_injected(cpu, CPU_INJECT_EVENT_STREAM_LOST))
        cpu->sys.event_register = true;
    timer->event_count = count;
}

void cpu_timer_write_cntkctl(cpu_t *cpu, uint64_t now_ps, uint64_t value)
{
    cpu_timer_sync_events(cpu, now_ps);
    cpu->timer.CNTKCTL_EL1 = value & CNTKCTL_WRITABLE;
    cpu->timer.event_count = cpu_timer_count(cpu, now_ps);
}

/* --- the core's loop --- */

static uint64_t earlier(uint64_t a_ps, uint64_t b_ps)
{
    return a_ps < b_ps ? a_ps : b_ps;
}

uint64_t cpu_timer_next_event_ps(const cpu_t *cpu)
{
    const cpu_timer_t *timer = &cpu->timer;
    uint64_t next_ps = TIME_NEVER;
    for (unsigned i = 0; i < CPU_TIMER_COUNT; i++) {
        const cpu_timer_channel_t *channel = &timer->channel[i];
        if (unmasked(channel) && !channel->line)
            next_ps = earlier(next_ps, channel->met_ps);
    }
    if (cpu->block == CPU_BLOCK_WFE && bit_get(timer->CNTKCTL_EL1, EVNTEN) && !cpu->sys.event_register) {
        edges_t edges = edges_of(timer->CNTKCTL_EL1);
        uint64_t edge = edges.phase + edges_until(edges, timer->event_count) * edges.period;
        next_ps = earlier(next_ps, cpu_counter_time_ps(timer->hz, edge));
    }
    return next_ps;
}

void cpu_timer_update(cpu_t *cpu, uint64_t now_ps)
{
    cpu_timer_sync_events(cpu, now_ps);
    for (unsigned i = 0; i < CPU_TIMER_COUNT; i++)
        drive_line(cpu, (cpu_timer_id_t)i, now_ps);
}
