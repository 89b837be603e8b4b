/* Every core says hello, in the order of their numbers. */
#include "image.h"
#include "print.h"
#include "smp.h"

#include <stddef.h>

option_t image_options[] = {{0}};

static void say_hello(void *data)
{
    (void)data;
    smp_wait_for_turn();
    print("hello from core %u of %u\n", smp_self(), smp_cores());
    smp_pass_turn();
}

void image_main(void)
{
    smp_run_on_all(say_hello, NULL);
    print("%u cores\n", smp_cores());
}
