/* Debug and performance registers as Linux gives them to user space: a hardware breakpoint, a hardware watchpoint and
 * single steps on a child process through ptrace, and cycles and instructions of a loop through perf_event_open. Prints
 * a line for each, as tests/linux/init does. Linked statically: the initramfs has no libraries. */
#include <asm/ptrace.h>
#include <elf.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Leaves the check with the text of the condition if that does not hold. */
#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return #condition;                                                                                         \
    } while (0)

/* DBGBCRn_EL1 and DBGWCRn_EL1: E, PMC or PAC of EL0, all bytes of a word or doubleword, and stores. */
enum { ENABLED = 1, OF_EL0 = 2 << 1, WORD = 0xf << 5, DOUBLEWORD = 0xff << 5, STORES = 2 << 3 };
enum { LOOPS = 50000 };

/* --- the child --- */

/* Adds 7 to X0, stores it to *X1 and returns it. */
uint64_t traced(uint64_t value, volatile uint64_t *place);
void traced_second(void), traced_store(void);
__asm__(".text\n .balign 64\n"
        ".globl traced, traced_second, traced_store\n"
        "traced: add x0, x0, #1\n"
        "traced_second: add x0, x0, #2\n"
        "add x0, x0, #4\n"
        "traced_store: str x0, [x1]\n"
        "ret\n");

static volatile uint64_t watched;

static _Noreturn void run_child(void)
{
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    _exit((int)traced(1, &watched));
}

/* --- the tracer --- */

/* Sets the first breakpoint (NT_ARM_HW_BREAK) or watchpoint (NT_ARM_HW_WATCH) of the child, and says how many there
 * are; -1 on failure. */
static int set_debug_register(pid_t child, int set, uintptr_t address, uint32_t control)
{
    struct user_hwdebug_state state = {0};
    struct iovec all = {&state, sizeof state};
    if (ptrace(PTRACE_GETREGSET, child, set, &all))
        return -1;
    const int count = (int)(state.dbg_info & 0xff);
    memset(state.dbg_regs, 0, sizeof state.dbg_regs);
    state.dbg_regs[0].addr = address;
    state.dbg_regs[0].ctrl = control;
    struct iovec first = {&state, offsetof(struct user_hwdebug_state, dbg_regs[1])};
    return ptrace(PTRACE_SETREGSET, child, set, &first) ? -1 : count;
}

static uint64_t pc_of(pid_t child)
{
    struct user_pt_regs registers;
    struct iovec all = {&registers, sizeof registers};
    return ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &all) ? 0 : registers.pc;
}

/* Lets the child go on by PTRACE_CONT or PTRACE_SINGLESTEP; true when it stops with SIGTRAP and this si_code. */
static bool stops(pid_t child, int request, int code, siginfo_t *ret_info)
{
    int status;
    if (ptrace(request, child, NULL, NULL) || waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
        return false;
    return WSTOPSIG(status) == SIGTRAP && !ptrace(PTRACE_GETSIGINFO, child, NULL, ret_info) &&
           ret_info->si_code == code;
}

static const char *breakpoint_stops(pid_t child)
{
    siginfo_t info;
    EXPECT(set_debug_register(child, NT_ARM_HW_BREAK, (uintptr_t)traced_second, ENABLED | OF_EL0 | WORD) == 6);
    EXPECT(stops(child, PTRACE_CONT, TRAP_HWBKPT, &info));
    EXPECT(pc_of(child) == (uintptr_t)traced_second && info.si_addr == (void *)traced_second);
    EXPECT(set_debug_register(child, NT_ARM_HW_BREAK, 0, 0) == 6);
    return NULL;
}

static const char *steps_go_on_by_one(pid_t child)
{
    siginfo_t info;
    for (unsigned step = 1; step <= 2; step++) {
        EXPECT(stops(child, PTRACE_SINGLESTEP, TRAP_TRACE, &info));
        EXPECT(pc_of(child) == (uintptr_t)traced_second + 4 * step);
    }
    return NULL;
}

static const char *watchpoint_stops(pid_t child)
{
    siginfo_t info;
    EXPECT(set_debug_register(child, NT_ARM_HW_WATCH, (uintptr_t)&watched, ENABLED | OF_EL0 | DOUBLEWORD | STORES) ==
           4);
    EXPECT(stops(child, PTRACE_CONT, TRAP_HWBKPT, &info));
    EXPECT(pc_of(child) == (uintptr_t)traced_store && info.si_addr == (void *)&watched);
    EXPECT(ptrace(PTRACE_PEEKDATA, child, (void *)&watched, NULL) == 0); /* nothing is stored yet */
    EXPECT(set_debug_register(child, NT_ARM_HW_WATCH, 0, 0) == 4);
    return NULL;
}

static const char *child_ends(pid_t child)
{
    int status;
    EXPECT(!ptrace(PTRACE_CONT, child, NULL, NULL) && waitpid(child, &status, 0) == child);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 8);
    return NULL;
}

/* --- performance monitors --- */

static int open_counter(uint64_t event, int group)
{
    struct perf_event_attr attributes = {.type = PERF_TYPE_HARDWARE,
                                         .size = sizeof attributes,
                                         .config = event,
                                         .disabled = group < 0,
                                         .exclude_kernel = 1,
                                         .read_format = PERF_FORMAT_GROUP};
    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, group, 0);
}

/* Two instructions a round; one cycle a round is the least that any of the machines takes, and ten are too many. */
static const char *loop_is_counted(void)
{
    struct {
        uint64_t number, instructions, cycles;
    } counts = {0};
    const int instructions = open_counter(PERF_COUNT_HW_INSTRUCTIONS, -1);
    const int cycles = open_counter(PERF_COUNT_HW_CPU_CYCLES, instructions);
    uint64_t rounds = LOOPS;
    EXPECT(instructions >= 0 && cycles >= 0);
    EXPECT(!ioctl(instructions, PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP));
    __asm__ volatile("1: subs %0, %0, #1\n b.ne 1b" : "+r"(rounds)::"cc");
    EXPECT(!ioctl(instructions, PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP));
    EXPECT(read(instructions, &counts, sizeof counts) == sizeof counts && counts.number == 2);
    EXPECT(counts.instructions >= 2 * LOOPS && counts.instructions < 2 * LOOPS + 1000);
    EXPECT(counts.cycles >= LOOPS && counts.cycles < 10 * LOOPS);
    return NULL;
}

static void report(const char *check, const char *wrong)
{
    printf("check %s %s%s\n", check, wrong ? "FAILED: " : "ok", wrong ? wrong : "");
}

int main(void)
{
    const pid_t child = fork();
    int status;
    if (child == 0)
        run_child();
    waitpid(child, &status, 0);
    report("ptrace-breakpoint", breakpoint_stops(child));
    report("ptrace-step", steps_go_on_by_one(child));
    report("ptrace-watchpoint", watchpoint_stops(child));
    report("ptrace-exit", child_ends(child));
    report("perf-event", loop_is_counted());
    return 0;
}
