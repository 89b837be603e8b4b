/* How a run ends. */
#include "image.h"

#include "print.h"
#include "psci.h"

static unsigned failures;

bool image_check(bool ok)
{
    failures += !ok;
    return ok;
}

const char *image_verdict(bool ok)
{
    return image_check(ok) ? "right" : "WRONG";
}

_Noreturn void image_end_run(void)
{
    if (failures == 0)
        print("done\n");
    else
        print("FAILED checks: %u\n", failures);
    psci_system_off();
}
