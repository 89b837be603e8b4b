/* What the boot core does in C before its MMU is on. */
#ifndef MESIM_FIRMWARE_BOOT_H
#define MESIM_FIRMWARE_BOOT_H

#include <stdint.h>

/* Finds the device tree, given what was in x0 at the entry, builds the boot map and returns the tree's address. */
uintptr_t boot_prepare(uint64_t x0);

#endif
