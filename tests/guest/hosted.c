/* A program as a C library for semihosting makes it: it begins with nothing but a PC, with the MMU off, asks for its
 * memory and its arguments, uses the console and files, and ends with a status.
 *
 *     hosted copy FROM TO    FROM to TO in capitals, standard input behind it; tells how many bytes
 *     hosted exit N          ends with N
 *     hosted stop REASON     ends with that reason (hexadecimal) instead of an application's exit */
#include "semihosting/call.h"

enum { MAX_ARGUMENTS = 8, PART_BYTES = 777 };

_Noreturn void begin(const uint64_t heap[4]);

/* The stack goes where SYS_HEAPINFO says. */
__asm__(".globl _start\n"
        "_start: adr x1, 1f\n"
        "mov w0, #0x16\n"
        "hlt #0xf000\n"
        "adr x0, 2f\n"
        "ldr x1, [x0, #16]\n"
        "and sp, x1, #~15\n"
        "b begin\n"
        ".balign 8\n"
        "1: .quad 2f\n"
        "2: .quad 0, 0, 0, 0\n");

static int64_t output;

static void put(const char *text)
{
    sys_write(output, text, length_of(text));
}

static void put_number(uint64_t number)
{
    char digits[24];
    unsigned at = sizeof digits;
    digits[--at] = 0;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    put(digits + at);
}

static uint64_t number_of(const char *text, unsigned base)
{
    uint64_t number = 0;
    for (; *text; text++)
        number = number * base + (unsigned)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
    return number;
}

static _Noreturn void end(uint64_t reason, uint64_t status)
{
    call2(SYS_EXIT_EXTENDED, reason, status);
    for (;;)
        ;
}

static void require(int condition, const char *what)
{
    if (condition)
        return;
    put("hosted: ");
    put(what);
    put("\n");
    end(0x20026, 1);
}

/* Copies to the end of `from`; the bytes go by way of the heap. */
static uint64_t copy_all(int64_t from, int64_t to, char *heap)
{
    uint64_t copied = 0;
    for (;;) {
        int64_t missing = sys_read(from, heap, PART_BYTES);
        int64_t count = PART_BYTES - missing;
        for (int64_t i = 0; i < count; i++)
            if (heap[i] >= 'a' && heap[i] <= 'z')
                heap[i] = (char)(heap[i] - 'a' + 'A');
        require(sys_write(to, heap, (size_t)count) == 0, "cannot write");
        copied += (uint64_t)count;
        if (missing)
            return copied;
    }
}

static void copy(const char *from_name, const char *to_name, char *heap)
{
    const int64_t from = sys_open(from_name, MODE_RB), to = sys_open(to_name, MODE_W);
    require(from > 0, "cannot read");
    require(to > 0, "cannot make");
    uint64_t copied = copy_all(from, to, heap + 3); /* anywhere, as a buffer may be */
    copied += copy_all(sys_open(":tt", MODE_R), to, heap + 3);
    require(call1(SYS_CLOSE, (uint64_t)to) == 0, "cannot close");
    put_number(copied);
    put(" bytes\n");
}

static int same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static unsigned split(char *line, char *ret_argument[MAX_ARGUMENTS])
{
    unsigned count = 0;
    for (; *line; line++) {
        if (count < MAX_ARGUMENTS)
            ret_argument[count++] = line;
        while (*line && *line != ' ')
            line++;
        if (!*line)
            break;
        *line = 0;
    }
    return count;
}

void begin(const uint64_t heap[4])
{
    static char line[256];
    char *argument[MAX_ARGUMENTS];
    output = sys_open(":tt", MODE_W);
    require(call2(SYS_GET_CMDLINE, (uintptr_t)line, sizeof line) == 0, "no command line");
    const unsigned count = split(line, argument);
    if (count == 4 && same(argument[1], "copy"))
        copy(argument[2], argument[3], (char *)heap[0]);
    else if (count == 3 && same(argument[1], "exit"))
        end(0x20026, number_of(argument[2], 10));
    else if (count == 3 && same(argument[1], "stop"))
        end(number_of(argument[2], 16), 7);
    else
        require(0, "wrong arguments");
    end(0x20026, 0);
}
