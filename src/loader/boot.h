/* Everything a machine needs to start: image, initrd and device tree, each read, checked and placed.
 *
 * Preparing does all that can fail; copying only writes. The boot core starts at `entry` with `dtb.base` in x0 and
 * zeros in x1 to x3, as the arm64 boot protocol asks. Addresses are guest physical. */
#ifndef MESIM_LOADER_BOOT_H
#define MESIM_LOADER_BOOT_H

#include "base/error.h"
#include "loader/dtb.h"
#include "loader/image.h"
#include "loader/memory.h"
#include "loader/symbols.h"

typedef struct loader_boot_options {
    const char *image_path;
    loader_image_format_t image_format;
    const char *initrd_path;                  /* NULL: none */
    const char *dtb_path;                     /* NULL: the tree is built from the machine */
    const char *bootargs;                     /* NULL: those of the tree, if any */
    const loader_symbol_file_t *symbol_files; /* besides the image's own symbols */
    size_t symbol_file_count;
} loader_boot_options_t;

typedef struct loader_boot {
    loader_image_t *image;
    loader_symbols_t *symbols; /* never NULL */
    loader_file_t initrd_file;
    loader_dtb_t dtb_file;
    uint64_t entry;
    loader_range_t initrd; /* empty: none */
    loader_range_t dtb;
    base_error_t warning; /* "" or one line worth showing: the image runs, its symbols were dropped */
} loader_boot_t;

/* 0 and a boot to be freed, -E2BIG for more bootargs than Linux takes, or -errno and a line as the functions of
 * image.h, dtb.h and place.h give. `machine` gives the tree; its `chosen` is replaced by what the options say. */
int loader_boot_prepare(const loader_boot_options_t *options, const loader_memory_t *memory,
                        const loader_dtb_machine_t *machine, loader_boot_t **ret_boot, base_error_t *error);

/* Writes image, initrd and device tree. May be repeated, as for a reset. */
void loader_boot_copy(const loader_boot_t *boot, const loader_sink_t *sink);

void loader_boot_free(loader_boot_t *boot);

#endif
