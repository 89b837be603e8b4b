/* Runs the checks of checks.h. Options: confined=1 adds what mesim alone promises; NAME=1 runs one check. */
#include "checks.h"
#include "image.h"
#include "print.h"
#include "string.h"

uint8_t large[2][LARGE_BYTES + 64];
bool confined;

int64_t error_number(void)
{
    return call(SYS_ERRNO, 0);
}

bool file_holds(const char *name, const char *wanted)
{
    char text[64];
    const size_t count = strlen(wanted);
    const int64_t handle = sys_open(name, MODE_RB);
    if (handle <= 0 || call1(SYS_FLEN, (uint64_t)handle) != (int64_t)count)
        return false;
    const bool same = sys_read(handle, text, count) == 0 && memcmp(text, wanted, count) == 0;
    return call1(SYS_CLOSE, (uint64_t)handle) == 0 && same;
}

bool write_file(const char *name, uint64_t mode, const char *text)
{
    const int64_t handle = sys_open(name, mode);
    return handle > 0 && sys_write(handle, text, strlen(text)) == 0 && call1(SYS_CLOSE, (uint64_t)handle) == 0;
}

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
