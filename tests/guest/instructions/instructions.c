/* Runs the checks, all of them. */
#include "instructions.h"

#include "image.h"
#include "print.h"

option_t image_options[] = {
    {.name = "strict", .value = 0, .least = 0, .most = 1}, /* 1: also what QEMU does not do */
    {.name = NULL},
};

static void run(const char *name, const char *(*function)(void))
{
    write_sysreg(tpidrro_el0, 1); /* brings an injected fault into force (src/cpu/fault.h) */
    const char *wrong = function();
    write_sysreg(tpidrro_el0, 0);
    if (image_check(wrong == NULL))
        print("ok %s\n", name);
    else
        print("FAIL %s: %s\n", name, wrong);
}

void image_main(void)
{
#define RUN(name, function) run(name, function);
    INSTRUCTIONS(RUN)
#undef RUN
}
