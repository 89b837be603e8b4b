/* ELF64 little-endian AArch64 images, loaded by program headers alone.
 *
 * Source: System V gABI chapters 4 and 5; ELF for the Arm 64-bit Architecture (IHI 0056). Each PT_LOAD goes to its
 * p_paddr, as QEMU's -kernel does; the bytes from p_filesz to p_memsz are cleared. ET_DYN is loaded at the addresses
 * it states: no relocation is applied. A segment outside RAM that holds only the ELF's own headers and notes is left
 * out. Opening validates everything, so that copying cannot fail. Addresses are guest physical unless called virtual.
 */
#ifndef MESIM_LOADER_ELF_H
#define MESIM_LOADER_ELF_H

#include "base/error.h"
#include "loader/memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest image file read. A kernel with full debug information stays below it. */
#define LOADER_IMAGE_MAX_BYTES (UINT64_C(1) << 30)

typedef struct loader_segment {
    uint64_t address;         /* p_paddr */
    uint64_t virtual_address; /* p_vaddr */
    uint64_t file_offset_bytes;
    uint64_t file_bytes;
    uint64_t memory_bytes; /* at least file_bytes */
    unsigned index;        /* of its program header, for messages */
    bool is_executable;
} loader_segment_t;

typedef struct loader_elf {
    const uint8_t *data;
    size_t bytes;
    uint8_t *owned;             /* data, where loader_elf_open read it; else NULL */
    loader_segment_t *segments; /* ascending address, never overlapping */
    size_t segment_count;
    uint64_t entry;       /* physical */
    loader_range_t range; /* from the lowest segment to the end of the highest */
} loader_elf_t;

/* 0 and an image to be freed, or -errno: those of loader_file_read, -ENOEXEC (not such an ELF, or damaged), -ERANGE
 * (a segment outside RAM or on a device), -EINVAL (segments overlap, entry in none of them). */
int loader_elf_open(const char *path, const loader_memory_t *memory, loader_elf_t **ret_elf, base_error_t *error);

/* The same from memory, which must outlive the image; `name` is for messages only. */
int loader_elf_from_memory(const void *data, size_t bytes, const char *name, const loader_memory_t *memory,
                           loader_elf_t **ret_elf, base_error_t *error);

/* Writes every segment. */
void loader_elf_copy(const loader_elf_t *elf, const loader_sink_t *sink);

void loader_elf_free(loader_elf_t *elf);

#endif
