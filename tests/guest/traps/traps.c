/* Runs the checks: all that this machine has cores for, or the one that the command line names (name=1). */
#include "traps.h"

#include "board.h"
#include "gic.h"
#include "image.h"
#include "print.h"
#include "timer.h"

typedef struct trap_row {
    const char *(*function)(void);
    unsigned cores;
} trap_row_t;

#define ROW(name, function, cores) {function, cores},
static const trap_row_t rows[] = {TRAPS(ROW)};
#undef ROW
enum { ROWS = sizeof rows / sizeof rows[0] };

/* In the order of the rows. */
#define OPTION(text, function, cores) {.name = text, .value = 0, .least = 0, .most = 1},
option_t image_options[] = {TRAPS(OPTION){.name = NULL}};
#undef OPTION

static void on_timer(uint32_t intid, void *data)
{
    (void)intid;
    (void)data;
    timer_interrupt_time = timer_now();
    timer_stop(); /* it asserts its line as long as the time is past */
    timer_interrupts++;
}

static void run(const char *name, const trap_row_t *row)
{
    if (row->cores > smp_cores()) {
        print("skip %s: needs %u cores\n", name, row->cores);
        return;
    }
    faults_on();
    const char *wrong = row->function();
    faults_off();
    if (image_check(wrong == NULL))
        print("ok %s\n", name);
    else
        print("FAIL %s: %s\n", name, wrong);
    if (gave_up())
        image_end_run(); /* a core hangs in its part */
}

void image_main(void)
{
    const uint32_t intid = board_get()->virtual_timer_intid;
    bool one = false;
    gic_set_handler(intid, on_timer, NULL);
    gic_enable_private(intid);
    for (unsigned i = 0; i < ROWS; i++)
        one |= image_options[i].value != 0;
    for (unsigned i = 0; i < ROWS; i++) {
        if (!one || image_options[i].value != 0)
            run(image_options[i].name, &rows[i]);
    }
}
