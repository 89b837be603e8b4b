/* Makes ELF64 files for the loader's tests, well-formed until a test damages them.
 *
 * The file is header, program headers, contents, symbols, strings, section headers. Section 1 is .text, at the virtual
 * address and of the size of the first segment; 2 the symbol table; 3 its strings. */
#ifndef MESIM_TESTS_LOADER_ELF_BUILDER_H
#define MESIM_TESTS_LOADER_ELF_BUILDER_H

#include "loader/elf.h"

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

enum { ELF_BUILDER_SEGMENTS = 8, ELF_BUILDER_SYMBOLS = 16, ELF_BUILDER_TEXT = 1, ELF_BUILDER_SYMTAB = 2 };

typedef struct elf_builder {
    Elf64_Ehdr header; /* e_entry, e_type and e_machine may be changed before building */
    Elf64_Phdr segments[ELF_BUILDER_SEGMENTS];
    size_t segment_count;
    Elf64_Sym symbols[ELF_BUILDER_SYMBOLS];
    const char *names[ELF_BUILDER_SYMBOLS];
    size_t symbol_count;
} elf_builder_t;

/* A built file. The pointers are into `data`, for damaging it; the records are little-endian, as is the host. */
typedef struct elf_file {
    uint8_t *data;
    size_t bytes;
    Elf64_Ehdr *header;
    Elf64_Phdr *segments;
    Elf64_Shdr *sections; /* NULL without symbols: such a file has no sections */
    Elf64_Sym *symbols;
    char *strings;
} elf_file_t;

/* An executable for AArch64 with no segment; its entry is that of the first one added. */
void elf_builder_init(elf_builder_t *builder);

/* Contents byte i of the segment numbered n are (n * 16 + i) mod 256. */
void elf_builder_segment(elf_builder_t *builder, uint64_t physical, uint64_t virtual_address, uint64_t file_bytes,
                         uint64_t memory_bytes);

/* info is ELF64_ST_INFO(bind, type). */
void elf_builder_symbol(elf_builder_t *builder, const char *name, uint64_t address, uint64_t bytes, unsigned char info,
                        uint16_t section);

elf_file_t elf_builder_build(const elf_builder_t *builder);
void elf_file_done(elf_file_t *file);

/* 0x20 bytes of contents and as many to clear, at 0x40100000. */
elf_file_t test_one_segment(void);

/* 0x20 bytes at 0x40100000 and at 0x40101000. */
elf_file_t test_two_segments(void);

/* Opens a file that must be good, in test_memory. */
loader_elf_t *test_open_elf(const elf_file_t *file);

/* RAM of 16 MiB at 0x40000000 with a UART at 0x9000000, for most tests. */
const loader_memory_t *test_memory(void);

#endif
