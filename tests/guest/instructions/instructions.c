/* Runs the checks, all of them. */
#include "instructions.h"

#include "image.h"
#include "print.h"

option_t image_options[] = {{.name = NULL}};

static void run(const char *name, const char *(*function)(void))
{
    const char *wrong = function();
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
