/* Every semihosting operation as a guest sees it, on mesim and on QEMU with the host's files in the present folder.
 * Options: confined=1 adds what mesim alone promises: the folder, the console, bad arguments. NAME=1 runs one check. */
#include "barrier.h"
#include "board.h"
#include "call.h"
#include "cpu.h"
#include "gic.h"
#include "image.h"
#include "images/selftest/selftest.h"
#include "layout.h"
#include "print.h"
#include "smp.h"
#include "string.h"
#include "sysreg.h"
#include "timer.h"
#include "vm.h"

enum { NOT_FOUND = 2, BAD_HANDLE = 9, BAD_ADDRESS = 14, LEAVES = 18, NO_ACCESS = 13, IS_FOLDER = 21 };
enum { LARGE_BYTES = 1 << 20 };

static uint8_t large[2][LARGE_BYTES + 64];

static bool confined; /* on mesim */

static int64_t error_number(void)
{
    return call(SYS_ERRNO, 0);
}

static bool file_holds(const char *name, const char *wanted)
{
    char text[64];
    const size_t count = strlen(wanted);
    const int64_t handle = sys_open(name, MODE_RB);
    if (handle <= 0 || call1(SYS_FLEN, (uint64_t)handle) != (int64_t)count)
        return false;
    const bool same = sys_read(handle, text, count) == 0 && memcmp(text, wanted, count) == 0;
    return call1(SYS_CLOSE, (uint64_t)handle) == 0 && same;
}

static bool write_file(const char *name, uint64_t mode, const char *text)
{
    const int64_t handle = sys_open(name, mode);
    return handle > 0 && sys_write(handle, text, strlen(text)) == 0 && call1(SYS_CLOSE, (uint64_t)handle) == 0;
}

/* --- files --- */

static const char *features_are_told(void)
{
    uint8_t bytes[8] = {0};
    const int64_t handle = sys_open(":semihosting-features", MODE_R);
    EXPECT(handle > 0);
    EXPECT(call1(SYS_FLEN, (uint64_t)handle) == 5);
    EXPECT(call1(SYS_ISTTY, (uint64_t)handle) == 0);
    EXPECT(sys_read(handle, bytes, 8) == 3);
    EXPECT(memcmp(bytes, "SHFB", 4) == 0);
    EXPECT((bytes[4] & 3) == 3);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 1) == 0);
    EXPECT(sys_read(handle, bytes, 1) == 0 && bytes[0] == 'H');
    EXPECT(sys_write(handle, bytes, 1) == 1);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    return NULL;
}

static const char *modes_are_those_of_fopen(void)
{
    EXPECT(write_file("modes", MODE_W, "first second"));
    EXPECT(file_holds("modes", "first second"));
    EXPECT(write_file("modes", MODE_R_PLUS, "FIRST"));
    EXPECT(file_holds("modes", "FIRST second"));
    EXPECT(write_file("modes", MODE_W_PLUS, "new"));
    EXPECT(file_holds("modes", "new"));
    const int64_t reader = sys_open("modes", MODE_R);
    EXPECT(sys_write(reader, "x", 1) == 1);
    EXPECT(call1(SYS_CLOSE, (uint64_t)reader) == 0);
    EXPECT(sys_open("modes", 12) == -1);
    EXPECT(sys_remove("modes") == 0);
    return NULL;
}

/* QEMU writes at the beginning. */
static const char *appending_goes_to_the_end(void)
{
    EXPECT(write_file("appended", MODE_W, "first"));
    EXPECT(write_file("appended", MODE_A, " second"));
    EXPECT(file_holds("appended", "first second"));
    const int64_t both = sys_open("appended", MODE_A_PLUS);
    char text[8] = {0};
    EXPECT(both > 0);
    EXPECT(call2(SYS_SEEK, (uint64_t)both, 0) == 0);
    EXPECT(sys_read(both, text, 5) == 0 && memcmp(text, "first", 5) == 0);
    EXPECT(sys_write(both, "!", 1) == 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)both) == 0);
    EXPECT(file_holds("appended", "first second!"));
    EXPECT(sys_remove("appended") == 0);
    return NULL;
}

static const char *files_are_read_and_sought(void)
{
    char text[16] = {0};
    EXPECT(write_file("letters", MODE_W, "abcdefgh"));
    const int64_t handle = sys_open("letters", MODE_RB);
    EXPECT(handle > 0);
    EXPECT(call1(SYS_ISTTY, (uint64_t)handle) == 0);
    EXPECT(call1(SYS_FLEN, (uint64_t)handle) == 8);
    EXPECT(sys_read(handle, text, 3) == 0 && memcmp(text, "abc", 3) == 0);
    EXPECT(sys_read(handle, text, 8) == 3 && memcmp(text, "defgh", 5) == 0);
    EXPECT(sys_read(handle, text, 8) == 8);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 6) == 0);
    EXPECT(sys_read(handle, text, 2) == 0 && memcmp(text, "gh", 2) == 0);
    EXPECT(sys_read(handle, text, 0) == 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(sys_remove("letters") == 0);
    return NULL;
}

static const char *files_are_renamed_and_removed(void)
{
    EXPECT(write_file("one", MODE_W, "1"));
    EXPECT(sys_rename("one", "two") == 0);
    EXPECT(sys_open("one", MODE_R) == -1);
    EXPECT(error_number() == NOT_FOUND);
    EXPECT(file_holds("two", "1"));
    EXPECT(sys_remove("two") == 0);
    EXPECT(sys_remove("two") == -1);
    EXPECT(error_number() == NOT_FOUND);
    EXPECT(sys_rename("one", "two") == -1);
    return NULL;
}

static const char *handles_end_with_close(void)
{
    EXPECT(write_file("closed", MODE_W, "1"));
    const int64_t handle = sys_open("closed", MODE_R);
    uint8_t byte;
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == -1);
    EXPECT(error_number() == BAD_HANDLE);
    EXPECT(sys_read(handle, &byte, 1) == 1);
    EXPECT(sys_write(handle, &byte, 1) == 1);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 0) == -1);
    EXPECT(call1(SYS_FLEN, (uint64_t)handle) == -1);
    EXPECT(call1(SYS_CLOSE, 12345) == -1);
    EXPECT(call1(SYS_ISERROR, (uint64_t)-1) != 0);
    EXPECT(call1(SYS_ISERROR, 1) == 0);
    EXPECT(sys_remove("closed") == 0);
    return NULL;
}

/* At odd addresses, so that pieces have all lengths. */
static const char *large_transfers_are_whole(void)
{
    uint8_t *out = large[0] + 13, *in = large[1] + 38;
    for (unsigned i = 0; i < LARGE_BYTES; i++)
        out[i] = (uint8_t)(i ^ i >> 8 ^ i >> 16);
    const int64_t handle = sys_open("large", MODE_W_PLUS);
    EXPECT(handle > 0);
    EXPECT(sys_write(handle, out, LARGE_BYTES) == 0);
    EXPECT(call1(SYS_FLEN, (uint64_t)handle) == LARGE_BYTES);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 0) == 0);
    EXPECT(sys_read(handle, in, LARGE_BYTES) == 0);
    EXPECT(memcmp(in, out, LARGE_BYTES) == 0);
    EXPECT(in[-1] == 0 && in[LARGE_BYTES] == 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(sys_remove("large") == 0);
    return NULL;
}

static const char *temporary_names_are_given(void)
{
    char name[64];
    memset(name, 'x', sizeof name);
    EXPECT(call3(SYS_TMPNAM, (uintptr_t)name, 7, sizeof name) == 0);
    const size_t length = strlen(name);
    EXPECT(length > 0 && length < sizeof name);
    if (confined) /* QEMU takes the low 8 bits */
        EXPECT(call3(SYS_TMPNAM, (uintptr_t)name, 256, sizeof name) == -1);
    EXPECT(call3(SYS_TMPNAM, (uintptr_t)name, 7, 3) == -1);
    return NULL;
}

/* --- time and surroundings --- */

static const char *time_goes_on(void)
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

static const char *command_line_is_told(void)
{
    char line[256];
    uint64_t block[2] = {(uintptr_t)line, sizeof line};
    EXPECT(call(SYS_GET_CMDLINE, (uintptr_t)block) == 0);
    EXPECT(block[1] == strlen(line) && block[1] > 0);
    block[1] = 3;
    EXPECT(call(SYS_GET_CMDLINE, (uintptr_t)block) == -1);
    return NULL;
}

static const char *heap_is_free_memory(void)
{
    static uint64_t heap[4];
    EXPECT(call1(SYS_HEAPINFO, (uintptr_t)heap) == 0);
    EXPECT(heap[0] >= RAM_BASE && heap[1] > heap[0] + (1 << 20));
    EXPECT(heap[2] <= heap[1] && heap[3] >= heap[0]);
    EXPECT(heap[0] > (uintptr_t)large || heap[1] < (uintptr_t)large);
    return NULL;
}

/* --- several cores --- */

static uint32_t wrong_on[SMP_MAX_CPUS];

/* QEMU has one error number for all cores. */
static unsigned wrong_errors(void)
{
    unsigned wrong = sys_open("missing", MODE_R) != -1 || (confined && error_number() != NOT_FOUND);
    return wrong + (call1(SYS_CLOSE, 999) != -1 || (confined && error_number() != BAD_HANDLE));
}

static void use_files(void *data)
{
    (void)data;
    char name[] = "core-?", text[2];
    const unsigned self = smp_self();
    name[5] = (char)('a' + self);
    const int64_t handle = sys_open(name, MODE_W_PLUS);
    for (unsigned i = 0; i < 20; i++) {
        const char own[] = {(char)('a' + self), (char)('a' + i)};
        wrong_on[self] += sys_write(handle, own, 2) != 0;
        wrong_on[self] += wrong_errors();
    }
    wrong_on[self] += call2(SYS_SEEK, (uint64_t)handle, 0) != 0;
    for (unsigned i = 0; i < 20; i++)
        wrong_on[self] += sys_read(handle, text, 2) != 0 || text[0] != (char)('a' + self) || text[1] != (char)('a' + i);
    wrong_on[self] += call1(SYS_CLOSE, (uint64_t)handle) != 0;
    wrong_on[self] += sys_remove(name) != 0;
}

static const char *cores_do_not_disturb_each_other(void)
{
    smp_run_on_all(use_files, NULL);
    for (unsigned i = 0; i < smp_cores(); i++)
        EXPECT(wrong_on[i] == 0);
    return NULL;
}

/* A line that the partner has, and then stores to before the call: what the call sees is the last of all. */
static _Alignas(64) char shared[64];

static void fill_shared(void *data)
{
    memset(shared, *(const char *)data, sizeof shared);
}

static const char *stores_before_the_call_are_seen(void)
{
    const int64_t handle = sys_open("stores", MODE_W);
    write_sysreg(tpidrro_el0, 1); /* injected faults are in force */
    isb();
    for (char letter = 'a'; letter <= 'j'; letter++) {
        if (smp_cores() > 1) {
            begin_on_partner(fill_shared, &letter);
            join_partner();
        }
        shared[5] = letter;
        shared[6] = 'Z';
        sys_write(handle, shared + 5, 2);
        shared[6] = 'z';
        sys_write(handle, shared + 6, 1);
    }
    write_sysreg(tpidrro_el0, 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(file_holds("stores", "aZzbZzcZzdZzeZzfZzgZzhZziZzjZz"));
    EXPECT(sys_remove("stores") == 0);
    return NULL;
}

/* What a call wrote is seen by this core and by its partner, which had the line. */
static void look_at_shared(void *data)
{
    *(char *)data = shared[9];
}

static const char *what_a_call_wrote_is_seen(void)
{
    char seen[2] = {0};
    EXPECT(write_file("seen", MODE_W, "0123456789"));
    const int64_t handle = sys_open("seen", MODE_R);
    if (smp_cores() > 1) {
        begin_on_partner(look_at_shared, &seen[0]);
        join_partner();
    }
    EXPECT(sys_read(handle, shared, 10) == 0);
    if (smp_cores() > 1) {
        begin_on_partner(look_at_shared, &seen[1]);
        join_partner();
        EXPECT(seen[1] == '9');
    }
    EXPECT(memcmp(shared, "0123456789", 10) == 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(sys_remove("seen") == 0);
    return NULL;
}

/* --- what mesim alone promises --- */

static uint64_t interrupted_at;

static void on_timer(uint32_t intid, void *data)
{
    (void)intid;
    (void)data;
    interrupted_at = timer_now();
    timer_stop();
}

/* The timer is due while the call moves its bytes, and its interrupt is taken after. */
static const char *interrupts_wait_for_the_end(void)
{
    const uint32_t intid = board_get()->virtual_timer_intid;
    const int64_t handle = sys_open("interrupted", MODE_W);
    gic_set_handler(intid, on_timer, NULL);
    gic_enable_private(intid);
    const uint64_t begun = timer_now();
    timer_set(begun + timer_hz() / 100000);
    EXPECT(sys_write(handle, large[0], 64 << 10) == 0);
    const uint64_t deadline = deadline_from_now();
    while (interrupted_at == 0 && timer_now() < deadline)
        cpu_relax();
    const uint64_t took = timer_now() - begun;
    gic_disable_private(intid);
    EXPECT(took > timer_hz() / 20000); /* several times as long as the timer */
    EXPECT(interrupted_at - begun > took / 10 * 9);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(sys_remove("interrupted") == 0);
    return NULL;
}

static bool refused(const char *name, int64_t error)
{
    return sys_open(name, MODE_R) == -1 && error_number() == error;
}

static const char *nothing_outside_the_folder_is_reached(void)
{
    EXPECT(refused("../outside", LEAVES));
    EXPECT(refused("sub/../../outside", LEAVES));
    EXPECT(refused("/etc/passwd", LEAVES));
    EXPECT(refused("link-out", LEAVES));
    EXPECT(refused("link-up/outside", LEAVES));
    EXPECT(refused("pipe", NO_ACCESS));
    EXPECT(refused("sub", IS_FOLDER));
    EXPECT(sys_open("../made", MODE_W) == -1);
    EXPECT(sys_open("link-dangling", MODE_W) == -1);
    EXPECT(sys_remove("../outside") == -1);
    EXPECT(sys_rename("sub/inside", "../stolen") == -1);
    EXPECT(sys_rename("../outside", "stolen") == -1);
    EXPECT(file_holds("sub/inside", "inside"));
    EXPECT(file_holds("link-in", "inside"));
    EXPECT(file_holds("sub/../sub/inside", "inside"));
    return NULL;
}

static const char *bad_memory_fails_the_call_alone(void)
{
    const uint64_t wild = 0x7000000000, text = (uintptr_t)bad_memory_fails_the_call_alone & ~7ul;
    const uint64_t first = *(const uint64_t *)text;
    char buffer[8];
    const int64_t handle = sys_open("memory", MODE_W_PLUS);
    EXPECT(handle > 0);
    EXPECT(call(SYS_OPEN, wild) == -1 && error_number() == BAD_ADDRESS);
    EXPECT(call(SYS_OPEN, UINT64_MAX) == -1);
    EXPECT(call3(SYS_OPEN, wild, 0, 4) == -1 && error_number() == BAD_ADDRESS);
    EXPECT(call3(SYS_OPEN, (uintptr_t) "x", 0, UINT64_MAX) == -1);
    EXPECT(call(SYS_WRITE0, wild) == -1);
    EXPECT(call(SYS_WRITEC, wild) == -1);
    EXPECT(call(SYS_ELAPSED, wild) == -1);
    EXPECT(call1(SYS_HEAPINFO, wild) == -1);
    EXPECT(call2(SYS_GET_CMDLINE, wild, 1000) == -1);
    EXPECT(sys_write(handle, (const void *)wild, 100) == 100);
    EXPECT(sys_write(handle, "12345678", 8) == 0);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 0) == 0);
    EXPECT(sys_read(handle, (void *)wild, 8) == 8);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 0) == 0);
    EXPECT(sys_read(handle, (void *)text, 8) == 8); /* read-only */
    EXPECT(*(const uint64_t *)text == first);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 0) == 0);
    EXPECT(sys_read(handle, buffer, 8) == 0 && memcmp(buffer, "12345678", 8) == 0);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, UINT64_MAX) == -1);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(sys_remove("memory") == 0);
    return NULL;
}

/* The first page of the window is there, the next one not: what lies in the first is moved. */
static const char *transfers_end_where_memory_ends(void)
{
    const uint64_t page = window_page(0);
    uint8_t byte;
    vm_map(&vm_kernel, page, test_page(0), PAGE_BYTES, VM_DATA);
    memset((void *)page, 'm', PAGE_BYTES);
    const int64_t handle = sys_open("edge", MODE_W_PLUS);
    EXPECT(sys_write(handle, (void *)(page + PAGE_BYTES - 100), 150) == 150); /* within a block: nothing was written */
    EXPECT(sys_write(handle, (void *)(page + PAGE_BYTES - 100), 100) == 0);
    EXPECT(sys_write(handle, (void *)page, UINT64_C(1) << 62) == INT64_C(1) << 62);
    EXPECT(call1(SYS_FLEN, (uint64_t)handle) == 100);
    memset((void *)page, 0, PAGE_BYTES);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 0) == 0);
    EXPECT(sys_read(handle, (void *)(page + PAGE_BYTES - 50), 100) == 100);
    EXPECT(((uint8_t *)page)[PAGE_BYTES - 51] == 0);
    EXPECT(sys_read(handle, &byte, 1) == 1);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(sys_remove("edge") == 0);
    vm_unmap(&vm_kernel, page, PAGE_BYTES);
    return NULL;
}

static const char *commands_and_unknown_operations_are_refused(void)
{
    const char *command = "touch ran";
    EXPECT(call2(SYS_SYSTEM, (uintptr_t)command, strlen(command)) == -1);
    EXPECT(call(0x99, 0) == -1);
    EXPECT(call(0, 0) == -1);
    EXPECT(sys_open("ran", MODE_R) == -1);
    return NULL;
}

static const char *console_has_three_files(void)
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

#define CHECKS(X)                                                                                                      \
    X("features-are-told", features_are_told, 0)                                                                       \
    X("modes-are-those-of-fopen", modes_are_those_of_fopen, 0)                                                         \
    X("appending-goes-to-the-end", appending_goes_to_the_end, 1)                                                       \
    X("files-are-read-and-sought", files_are_read_and_sought, 0)                                                       \
    X("files-are-renamed-and-removed", files_are_renamed_and_removed, 0)                                               \
    X("handles-end-with-close", handles_end_with_close, 0)                                                             \
    X("large-transfers-are-whole", large_transfers_are_whole, 0)                                                       \
    X("temporary-names-are-given", temporary_names_are_given, 0)                                                       \
    X("time-goes-on", time_goes_on, 0)                                                                                 \
    X("command-line-is-told", command_line_is_told, 0)                                                                 \
    X("heap-is-free-memory", heap_is_free_memory, 0)                                                                   \
    X("cores-do-not-disturb-each-other", cores_do_not_disturb_each_other, 0)                                           \
    X("stores-before-the-call-are-seen", stores_before_the_call_are_seen, 0)                                           \
    X("what-a-call-wrote-is-seen", what_a_call_wrote_is_seen, 0)                                                       \
    X("nothing-outside-the-folder-is-reached", nothing_outside_the_folder_is_reached, 1)                               \
    X("bad-memory-fails-the-call-alone", bad_memory_fails_the_call_alone, 1)                                           \
    X("transfers-end-where-memory-ends", transfers_end_where_memory_ends, 1)                                           \
    X("interrupts-wait-for-the-end", interrupts_wait_for_the_end, 1)                                                   \
    X("commands-and-unknown-operations-are-refused", commands_and_unknown_operations_are_refused, 1)                   \
    X("console-has-three-files", console_has_three_files, 1)

#define OPTION(text, function, mesim) {.name = text, .value = 0, .least = 0, .most = 1},
option_t image_options[] = {CHECKS(OPTION){.name = "confined", .value = 0, .least = 0, .most = 1}, {.name = NULL}};
#undef OPTION

void image_main(void)
{
    static const struct {
        const char *(*function)(void);
        bool mesim; /* promises it alone */
    } rows[] = {
#define ROW(name, function, mesim) {function, mesim},
        CHECKS(ROW)
#undef ROW
    };
    const unsigned count = sizeof rows / sizeof rows[0];
    confined = image_options[count].value != 0;
    bool one = false;
    for (unsigned i = 0; i < count; i++)
        one |= image_options[i].value != 0;
    for (unsigned i = 0; i < count; i++) {
        if ((one && image_options[i].value == 0) || (rows[i].mesim && !confined))
            continue;
        const char *wrong = rows[i].function();
        if (image_check(wrong == NULL))
            print("ok %s\n", image_options[i].name);
        else
            print("FAIL %s: %s\n", image_options[i].name, wrong);
    }
}
