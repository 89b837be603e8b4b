/* Sizes and choices from the kernel command line: name=number pairs, such as "iterations=1000 rounds=0x10". A number
 * may end in k or m (times 1024 and 1048576). */
#ifndef MESIM_FIRMWARE_OPTIONS_H
#define MESIM_FIRMWARE_OPTIONS_H

#include <stdint.h>

typedef struct option {
    const char *name; /* NULL ends a list */
    uint64_t value;   /* the default, until options_parse() finds another */
    uint64_t least;
    uint64_t most;
} option_t;

/* Sets the values of a list from bootargs. What is not in the list, not a number or out of range is a panic that
 * says what would be right: a size mistyped must not become the default. */
void options_parse(option_t *options, const char *bootargs);

/* The value of an option of the list. */
uint64_t options_get(const option_t *options, const char *name);

#endif
