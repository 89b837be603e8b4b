/* The ELF header and the reading of single records, for the parts of the loader that look into ELF files.
 *
 * Records are decoded by libelf's translation functions at offsets checked here, never through its section iterators: a
 * file whose section headers are damaged still boots, since only program headers matter to that. Source: System V gABI
 * chapter 4. */
#ifndef MESIM_LOADER_ELF_HEADER_H
#define MESIM_LOADER_ELF_HEADER_H

#include "base/error.h"

#include <elf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>

/* More program headers than this are taken for damage; linkers write about ten. */
enum { LOADER_ELF_PROGRAMS_MAX = 4096 };

/* True where the bytes begin with the ELF magic. */
bool loader_elf_detect(const void *data, size_t bytes);

/* 0 and the header of a little-endian ELF64 executable for AArch64, or -ENOEXEC and a line. The program headers are
 * counted but not read. */
int loader_elf_header(const void *data, size_t bytes, const char *name, Elf64_Ehdr *ret_header, base_error_t *error);

/* Decodes one record (ELF_T_EHDR, _PHDR, _SHDR, _SYM of ELF64, little-endian) at an offset into its host struct;
 * false where it does not lie within the data. */
bool loader_elf_record(const void *data, size_t bytes, uint64_t offset_bytes, Elf_Type type, void *record,
                       size_t record_bytes);

#endif
