/* Where the initrd and the device tree go, once the image has its place. Addresses are guest physical.
 *
 * Sources: the arm64 boot protocol (Documentation/arch/arm64/booting.rst): a device tree of at most 2 MiB crosses no
 * 2 MiB boundary; and the choices of QEMU's virt machine, so that addresses compare. */
#ifndef MESIM_LOADER_PLACE_H
#define MESIM_LOADER_PLACE_H

#include "base/error.h"
#include "loader/image.h"
#include "loader/memory.h"

#include <stdint.h>

/* Half-way up RAM but at most 128 MiB up, or after the image where that reaches farther or the rest is too small;
 * on a page boundary. -ENOSPC where RAM has no room. `name` is the initrd's file. */
int loader_place_initrd(const loader_memory_t *memory, const char *name, loader_range_t image, uint64_t initrd_bytes,
                        loader_range_t *ret_initrd, base_error_t *error);

/* For an ELF the base of RAM where the image leaves it free; else after image and initrd, on a 2 MiB boundary, or on a
 * 64 KiB one where that does not fit. -ENOSPC where RAM has no room. */
int loader_place_dtb(const loader_memory_t *memory, const loader_image_t *image, loader_range_t initrd,
                     uint64_t dtb_bytes, loader_range_t *ret_dtb, base_error_t *error);

#endif
