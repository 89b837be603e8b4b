/* The run: slices of simulated time, and between them the question whether it still gets on. */
#include "base/time.h"
#include "machine/check.h"
#include "machine/internal.h"

/* A slice is long enough to cost nothing and short enough to answer Ctrl-C. Its length is simulated time, so that no
 * result depends on the host. */
#define SLICE_PS (TIME_PS_PER_SECOND / 10000)
/* While instructions are counted towards the end of functional mode. */
#define COUNTING_SLICE_PS (TIME_PS_PER_SECOND / 1000000)

/* So many exceptions in a slice, each taken by the first instruction of the vector of the one before. */
enum { CRASH_EXCEPTIONS = 64 };

const char *machine_end_text(machine_end_t end)
{
    switch (end) {
    case MACHINE_NOT_ENDED: return "the run has not ended";
    case MACHINE_OFF: return "the guest switched the machine off";
    case MACHINE_RESET: return "the guest asked for a reset";
    case MACHINE_EXITED: return "the guest ended the run";
    case MACHINE_ALL_OFF: return "every core switched itself off";
    case MACHINE_CRASHED: return "the guest crashed: a core takes exceptions at its vector for ever";
    case MACHINE_DEADLOCK: return "the guest hangs: every core waits and nothing can wake one";
    case MACHINE_LIVELOCK: return "the guest hangs: cores are awake and execute nothing";
    case MACHINE_VIOLATION: return "the simulator is wrong: a coherence invariant does not hold";
    case MACHINE_CYCLE_LIMIT: return "the run reached --max-cycles";
    case MACHINE_STOPPED: return "the run was stopped";
    }
    return "unknown";
}

static bool is_off(const cpu_t *cpu)
{
    return cpu->block == CPU_BLOCK_OFF || cpu->block == CPU_BLOCK_HALTED;
}

static bool is_awake(const cpu_t *cpu)
{
    return !is_off(cpu) && cpu->block != CPU_BLOCK_WFI && cpu->block != CPU_BLOCK_WFE;
}

/* A core whose every instruction ends in an exception, the first of its vector included, cannot leave that state by
 * itself. */
static bool find_crash(machine_t *machine)
{
    bool crashed = false;
    for (unsigned i = 0; i < machine->config.cores; i++) {
        machine_core_t *core = &machine->cores[i];
        uint64_t instructions = core->cpu->stats.instructions - core->seen_instructions;
        uint64_t exceptions = core->cpu->stats.exceptions - core->seen_exceptions;
        core->seen_instructions += instructions;
        core->seen_exceptions += exceptions;
        if (!crashed && exceptions >= CRASH_EXCEPTIONS && instructions <= exceptions) {
            crashed = true;
            machine->end_core = i;
        }
    }
    return crashed;
}

/* What shows that cores get on: instructions, and within a long semihosting call the bytes it moves. */
static uint64_t progress(const machine_t *machine)
{
    const semihosting_stats_t *calls = machine->semihosting ? semihosting_stats(machine->semihosting) : NULL;
    return machine_instructions(machine) + (calls ? calls->bytes_read + calls->bytes_written : 0);
}

/* Awake cores must get on within watchdog.silence. */
static bool find_silence(machine_t *machine)
{
    uint64_t seen = progress(machine);
    bool awake = false;
    for (unsigned i = 0; i < machine->config.cores; i++)
        awake |= is_awake(machine->cores[i].cpu);
    if (!awake || seen != machine->seen_progress) {
        machine->seen_progress = seen;
        machine->silent_since_ps = engine_now_ps(machine->engine);
    }
    return engine_now_ps(machine->engine) - machine->silent_since_ps >= machine->config.watchdog_ps;
}

/* Nothing is under way and every component sleeps. */
static machine_end_t judge_idle(const machine_t *machine)
{
    bool asleep = false, halted = false;
    for (unsigned i = 0; i < machine->config.cores; i++) {
        halted |= machine->cores[i].cpu->block == CPU_BLOCK_HALTED;
        asleep |= !is_off(machine->cores[i].cpu);
    }
    /* The power controller halts cores only to end the run; here the cycle limit did, and the others may wait for those
     * that it halted. */
    if (halted)
        return MACHINE_CYCLE_LIMIT;
    return asleep ? MACHINE_DEADLOCK : MACHINE_ALL_OFF;
}

static machine_end_t judge(machine_t *machine, engine_stop_t stop, bool at_limit)
{
    if (machine_violations(machine))
        return MACHINE_VIOLATION;
    if (machine->end != MACHINE_NOT_ENDED)
        return machine->end;
    if (stop == ENGINE_IDLE)
        return judge_idle(machine);
    if (at_limit)
        return MACHINE_CYCLE_LIMIT;
    if (find_crash(machine))
        return MACHINE_CRASHED;
    if (find_silence(machine))
        return MACHINE_LIVELOCK;
    if (machine->host.poll && machine->host.poll(machine->host.self, machine))
        return MACHINE_STOPPED;
    return MACHINE_NOT_ENDED;
}

static bool counting(const machine_t *machine)
{
    return machine->functional && !machine->switched && machine->timing_at_instructions != UINT64_MAX;
}

/* From a power-up to whatever ends it. */
static void run_boot(machine_t *machine, uint64_t max_cycles)
{
    uint64_t limit_ps = TIME_NEVER;
    if (max_cycles < TIME_NEVER / machine->period_ps) {
        limit_ps = max_cycles * machine->period_ps;
        for (unsigned i = 0; i < machine->config.cores; i++)
            cpu_core_limit(machine->cores[i].cpu, max_cycles);
    }
    uint64_t slice_end_ps = 0;
    while (machine->end == MACHINE_NOT_ENDED) {
        uint64_t slice_ps = counting(machine) ? COUNTING_SLICE_PS : SLICE_PS;
        slice_end_ps = slice_end_ps + slice_ps < limit_ps ? slice_end_ps + slice_ps : limit_ps;
        engine_stop_t stop = engine_run(machine->engine, slice_end_ps);
        machine->end = judge(machine, stop, slice_end_ps == limit_ps);
        machine_mode_update(machine);
        machine_pseudo_ops_perform(machine);
    }
    machine_check_finish(machine);
    if (machine_violations(machine))
        machine->end = MACHINE_VIOLATION;
    device_pl011_flush(machine->uart);
}

/* Whether a boot that ended is followed by another one. A guest that does nothing but reset can be stopped here. */
static bool boots_again(machine_t *machine)
{
    if (machine->end != MACHINE_RESET || !machine->options.reboot)
        return false;
    if (!machine->host.poll || !machine->host.poll(machine->host.self, machine))
        return true;
    machine->end = MACHINE_STOPPED;
    return false;
}

machine_end_t machine_run(machine_t *machine, uint64_t max_cycles)
{
    run_boot(machine, max_cycles);
    while (boots_again(machine)) {
        machine_reboot(machine);
        uint64_t past_cycles = machine->past.ps / machine->period_ps;
        if (past_cycles < max_cycles)
            run_boot(machine, max_cycles == UINT64_MAX ? UINT64_MAX : max_cycles - past_cycles);
        else
            machine->end = MACHINE_CYCLE_LIMIT;
    }
    machine_counters_settle(machine);
    return machine->end;
}
