/* What an image is: a function that the boot core runs once all cores are up, and the options it takes. */
#ifndef MESIM_FIRMWARE_IMAGE_H
#define MESIM_FIRMWARE_IMAGE_H

#include "options.h"

#include <stdbool.h>

/* Each file in images/ that has an image_main() makes one ELF file. */
extern option_t image_options[];
void image_main(void);

/* On the boot core: remembers whether ok is false, so that the run ends in "FAILED" instead of "done". Returns ok. */
bool image_check(bool ok);

/* Prints the last line and switches the machine off. */
_Noreturn void image_end_run(void);

/* "right" or "WRONG", for a line that shows a number beside what it should be. Counts as image_check(). */
const char *image_verdict(bool ok);

#endif
