/* Any boot image: ELF, Linux Image (also in an EFI zboot kernel), raw binary, each also packed with gzip.
 *
 * What is none of the others is a raw binary, unless it is surely no code. An ELF says where it goes. A Linux Image
 * (Documentation/arch/arm64/booting.rst) goes to its text_offset above a 2 MiB boundary, a raw binary to 0x80000 above
 * the base of RAM: the places QEMU's virt machine chooses. Addresses are guest physical. */
#ifndef MESIM_LOADER_IMAGE_H
#define MESIM_LOADER_IMAGE_H

#include "base/error.h"
#include "loader/elf.h"
#include "loader/file.h"
#include "loader/memory.h"
#include "loader/symbols.h"

#include <stddef.h>
#include <stdint.h>

typedef enum loader_image_kind {
    LOADER_IMAGE_ELF,
    LOADER_IMAGE_LINUX,
    LOADER_IMAGE_RAW,
} loader_image_kind_t;

/* How to read a file: by what it begins with, or as code from its first byte on whatever it looks like. */
typedef enum loader_image_format {
    LOADER_FORMAT_DETECT,
    LOADER_FORMAT_RAW,
} loader_image_format_t;

typedef struct loader_image {
    loader_image_kind_t kind;
    char *name; /* the path, for messages */
    loader_file_t file;
    loader_elf_t *elf; /* NULL for the other kinds */
    uint64_t entry;
    loader_range_t range; /* all memory the image needs, its cleared part too */
} loader_image_t;

/* 0 and an image to be freed, or -errno as loader_elf_open and loader_gzip_unpack give. */
int loader_image_open(const char *path, loader_image_format_t format, const loader_memory_t *memory,
                      loader_image_t **ret_image, base_error_t *error);

/* The same from memory, which is copied; `name` is for messages. */
int loader_image_from_memory(const void *data, size_t bytes, const char *name, loader_image_format_t format,
                             const loader_memory_t *memory, loader_image_t **ret_image, base_error_t *error);

void loader_image_copy(const loader_image_t *image, const loader_sink_t *sink);

/* Never NULL; empty for all but ELF. `warning` as in loader_symbols_new_from_elf. */
loader_symbols_t *loader_image_symbols(const loader_image_t *image, base_error_t *warning);

void loader_image_free(loader_image_t *image);

#endif
