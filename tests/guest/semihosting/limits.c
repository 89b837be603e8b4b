/* What a call does not reach, and what does not reach into a call. */
#include "board.h"
#include "checks.h"
#include "cpu.h"
#include "gic.h"
#include "layout.h"
#include "string.h"
#include "timer.h"
#include "user.h"
#include "vm.h"

static uint64_t interrupted_at;

static void on_timer(uint32_t intid, void *data)
{
    (void)intid;
    (void)data;
    interrupted_at = timer_now();
    timer_stop();
}

/* The timer is due while the call moves its bytes, and its interrupt is taken after. */
const char *interrupts_wait_for_the_end(void)
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

const char *nothing_outside_the_folder_is_reached(void)
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

const char *bad_memory_fails_the_call_alone(void)
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
const char *transfers_end_where_memory_ends(void)
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

/* HLT #0xF000, then SVC, in a page of its own. */
extern char el0_program[];
__asm__(".text\n"
        ".balign 4096\n"
        "el0_program: hlt #0xf000\n"
        "svc #0\n"
        ".balign 4096\n");

static int64_t call_at_el0(unsigned operation, uint64_t parameter)
{
    vm_map(&vm_kernel, window_page(2), (uintptr_t)el0_program, PAGE_BYTES, VM_USER_CODE);
    vm_map(&vm_kernel, window_page(3), test_page(1), PAGE_BYTES, VM_USER_DATA);
    frame_t frame = {.elr = window_page(2), .x = {operation, parameter}};
    user_run(&frame);
    vm_unmap(&vm_kernel, window_page(2), PAGE_BYTES);
    vm_unmap(&vm_kernel, window_page(3), PAGE_BYTES);
    return (int64_t)frame.x[0];
}

/* A program at EL0 can have its own memory moved, and not the kernel's. */
const char *calls_at_el0_reach_what_el0_reaches(void)
{
    static uint64_t kernel_block[3];
    uint64_t *const block = (uint64_t *)test_page(1);
    const int64_t handle = sys_open("user", MODE_W_PLUS);
    block[0] = (uint64_t)handle;
    block[1] = window_page(3) + 64;
    block[2] = 4;
    memcpy((char *)block + 64, "mine", 4);
    memcpy(kernel_block, block, sizeof kernel_block);
    EXPECT(call_at_el0(SYS_WRITE, window_page(3)) == 0);
    EXPECT(call_at_el0(SYS_WRITE, (uintptr_t)kernel_block) == -1);
    block[1] = (uintptr_t)kernel_block;
    EXPECT(call_at_el0(SYS_WRITE, window_page(3)) == 4);
    EXPECT(call2(SYS_SEEK, (uint64_t)handle, 0) == 0);
    EXPECT(call_at_el0(SYS_READ, window_page(3)) == 4);
    EXPECT(kernel_block[0] == (uint64_t)handle);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(file_holds("user", "mine"));
    EXPECT(sys_remove("user") == 0);
    return NULL;
}
