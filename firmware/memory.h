/* The RAM after the image, handed out from the bottom and never taken back. */
#ifndef MESIM_FIRMWARE_MEMORY_H
#define MESIM_FIRMWARE_MEMORY_H

#include <stddef.h>

/* On the boot core. `alignment` is a power of two. The contents are whatever was there. A panic if there is too
 * little. */
void *memory_take(size_t bytes, size_t alignment);

/* How much is left. */
size_t memory_left(void);

#endif
