/* Time, what a program is told of its surroundings, and the console. */
#include "checks.h"
#include "layout.h"
#include "string.h"

const char *time_goes_on(void)
{
    uint64_t ticks[2];
    const int64_t clock = call(SYS_CLOCK, 0), seconds = call(SYS_TIME, 0);
    EXPECT(call(SYS_ELAPSED, (uintptr_t)&ticks[0]) == 0);
    EXPECT(call(SYS_ELAPSED, (uintptr_t)&ticks[1]) == 0);
    EXPECT(ticks[1] > ticks[0]);
    EXPECT(call(SYS_TICKFREQ, 0) == 1000000000);
    EXPECT(clock >= 0 && call(SYS_CLOCK, 0) >= clock);
    EXPECT(seconds > 1000000000 && call(SYS_TIME, 0) >= seconds);
    return NULL;
}

const char *command_line_is_told(void)
{
    char line[256];
    uint64_t block[2] = {(uintptr_t)line, sizeof line};
    EXPECT(call(SYS_GET_CMDLINE, (uintptr_t)block) == 0);
    EXPECT(block[1] == strlen(line) && block[1] > 0);
    block[1] = 3;
    EXPECT(call(SYS_GET_CMDLINE, (uintptr_t)block) == -1);
    return NULL;
}

const char *heap_is_free_memory(void)
{
    static uint64_t heap[4];
    EXPECT(call1(SYS_HEAPINFO, (uintptr_t)heap) == 0);
    EXPECT(heap[0] >= RAM_BASE && heap[1] > heap[0] + (1 << 20));
    EXPECT(heap[2] <= heap[1] && heap[3] >= heap[0]);
    EXPECT(heap[0] > (uintptr_t)large || heap[1] < (uintptr_t)large);
    return NULL;
}

const char *commands_and_unknown_operations_are_refused(void)
{
    const char *command = "touch ran";
    EXPECT(call2(SYS_SYSTEM, (uintptr_t)command, strlen(command)) == -1);
    EXPECT(call(0x99, 0) == -1);
    EXPECT(call(0, 0) == -1);
    EXPECT(sys_open("ran", MODE_R) == -1);
    return NULL;
}

const char *console_has_three_files(void)
{
    const int64_t in = sys_open(":tt", MODE_R), out = sys_open(":tt", MODE_W), err = sys_open(":tt", MODE_A);
    char text[16] = {0};
    EXPECT(in > 0 && out > 0 && err > 0 && in != out && out != err);
    EXPECT(call1(SYS_ISTTY, (uint64_t)out) == 1);
    EXPECT(call1(SYS_FLEN, (uint64_t)out) == -1);
    EXPECT(sys_write(out, "out ", 4) == 0);
    EXPECT(sys_write(err, "err ", 4) == 0);
    EXPECT(call(SYS_WRITEC, (uintptr_t) "c") == 0);
    EXPECT(call(SYS_WRITE0, (uintptr_t) " string\n") == 0);
    EXPECT(sys_write(in, "x", 1) == 1);
    EXPECT(sys_read(out, text, 1) == 1);
    EXPECT(call(SYS_READC, 0) == 't');
    EXPECT(sys_read(in, text, 16) == 11 && memcmp(text, "yped\n", 5) == 0);
    EXPECT(call(SYS_READC, 0) == -1);
    EXPECT(sys_read(in, text, 4) == 4);
    return NULL;
}
