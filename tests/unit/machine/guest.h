/* Guests of a few instructions, as raw images, and machines that run them. */
#ifndef MESIM_TESTS_MACHINE_GUEST_H
#define MESIM_TESTS_MACHINE_GUEST_H

#include "machine/machine.h"

#include <stdint.h>

/* Encodings that the guests are made of. */
enum {
    GUEST_WFI = 0xd503207f,
    GUEST_NOP = 0xd503201f,
    GUEST_BRANCH_TO_SELF = 0x14000000,
    GUEST_BRANCH_BACK = 0x17ffffff, /* one instruction */
    GUEST_BRK = 0xd4200000,
    GUEST_HVC = 0xd4000002,
    GUEST_PSCI = 0x52b08000,         /* MOVZ W0, #0x8400, LSL #16 */
    GUEST_CPU_OFF = 0x72800040,      /* MOVK W0, #2 */
    GUEST_SYSTEM_OFF = 0x72800100,   /* MOVK W0, #8 */
    GUEST_SYSTEM_RESET = 0x72800120, /* MOVK W0, #9 */
};

/* What the guest wrote to its console. */
typedef struct guest_console {
    char text[256];
    size_t count;
} guest_console_t;

/* Writes the words to a file of the test's folder, and gives its name. */
const char *guest_write(const uint32_t *words, size_t count);

/* A machine, and one with an image loaded; `settings` as in a preset. They fail the test where it cannot be made. */
machine_t *guest_new(const char *settings, machine_options_t options, guest_console_t *console);
machine_t *guest_machine(const char *image, const char *settings, machine_options_t options, guest_console_t *console);
machine_options_t guest_options(void);

/* Loads, runs to the end or 1,000,000 cycles. */
#define GUEST_RUN(machine) machine_run(machine, 1000000)

#endif
