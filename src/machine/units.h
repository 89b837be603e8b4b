/* Numbers with units as people write them: 48K, 62.5MHz, 90ns. Exact: what is no whole number of the base unit is an
 * error, never rounded. */
#ifndef MESIM_MACHINE_UNITS_H
#define MESIM_MACHINE_UNITS_H

#include "machine/config.h"

#include <stdint.h>

/* 0; -EINVAL: not a number with a suffix of that unit, or no whole number of the base unit; -ERANGE: beyond 64 bits. */
int machine_unit_parse(machine_unit_t unit, const char *text, uint64_t *ret_value);

enum { MACHINE_UNIT_TEXT_BYTES = 40 };

/* The shortest exact text. Returns `text`. */
const char *machine_unit_print(char text[MACHINE_UNIT_TEXT_BYTES], machine_unit_t unit, uint64_t value);

/* The suffixes, for messages: "a size such as 48K or 2M". */
const char *machine_unit_example(machine_unit_t unit);

#endif
