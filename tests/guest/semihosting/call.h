/* Semihosting calls (Arm, "Semihosting for AArch32 and AArch64"), one function an operation. */
#ifndef MESIM_GUEST_SEMIHOSTING_CALL_H
#define MESIM_GUEST_SEMIHOSTING_CALL_H

#include <stddef.h>
#include <stdint.h>

enum {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITEC = 0x03,
    SYS_WRITE0 = 0x04,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_READC = 0x07,
    SYS_ISERROR = 0x08,
    SYS_ISTTY = 0x09,
    SYS_SEEK = 0x0a,
    SYS_FLEN = 0x0c,
    SYS_TMPNAM = 0x0d,
    SYS_REMOVE = 0x0e,
    SYS_RENAME = 0x0f,
    SYS_CLOCK = 0x10,
    SYS_TIME = 0x11,
    SYS_SYSTEM = 0x12,
    SYS_ERRNO = 0x13,
    SYS_GET_CMDLINE = 0x15,
    SYS_HEAPINFO = 0x16,
    SYS_EXIT = 0x18,
    SYS_EXIT_EXTENDED = 0x20,
    SYS_ELAPSED = 0x30,
    SYS_TICKFREQ = 0x31,
};

/* Modes of SYS_OPEN. */
enum { MODE_R = 0, MODE_RB = 1, MODE_R_PLUS = 2, MODE_W = 4, MODE_W_PLUS = 6, MODE_A = 8, MODE_A_PLUS = 10 };

static inline int64_t call(unsigned operation, uint64_t parameter)
{
    register uint64_t x0 __asm__("x0") = operation;
    register uint64_t x1 __asm__("x1") = parameter;
    __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
    return (int64_t)x0;
}

static inline int64_t call1(unsigned operation, uint64_t a)
{
    uint64_t block[1] = {a};
    return call(operation, (uintptr_t)block);
}

static inline int64_t call2(unsigned operation, uint64_t a, uint64_t b)
{
    uint64_t block[2] = {a, b};
    return call(operation, (uintptr_t)block);
}

static inline int64_t call3(unsigned operation, uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t block[3] = {a, b, c};
    return call(operation, (uintptr_t)block);
}

static inline size_t length_of(const char *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    return length;
}

static inline int64_t sys_open(const char *name, uint64_t mode)
{
    return call3(SYS_OPEN, (uintptr_t)name, mode, length_of(name));
}

static inline int64_t sys_write(int64_t handle, const void *bytes, size_t count)
{
    return call3(SYS_WRITE, (uint64_t)handle, (uintptr_t)bytes, count);
}

static inline int64_t sys_read(int64_t handle, void *bytes, size_t count)
{
    return call3(SYS_READ, (uint64_t)handle, (uintptr_t)bytes, count);
}

static inline int64_t sys_remove(const char *name)
{
    return call2(SYS_REMOVE, (uintptr_t)name, length_of(name));
}

static inline int64_t sys_rename(const char *from, const char *to)
{
    uint64_t block[4] = {(uintptr_t)from, length_of(from), (uintptr_t)to, length_of(to)};
    return call(SYS_RENAME, (uintptr_t)block);
}

#endif
