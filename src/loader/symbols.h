/* Guest symbols, for reports: an address becomes "name+offset".
 *
 * Functions, objects and untyped labels of an ELF file's SHT_SYMTAB or of a symbol map; not the mapping symbols $x and
 * $d (IHI 0056, section 5.5.5), nor names a terminal or a column of a trace could not show. An image without symbols
 * gives an empty table, and a damaged one is dropped with a warning: neither stops a run. A file that was named for its
 * symbols must have them. Addresses are those of the symbol table, virtual.
 */
#ifndef MESIM_LOADER_SYMBOLS_H
#define MESIM_LOADER_SYMBOLS_H

#include "base/error.h"
#include "loader/elf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct loader_symbols loader_symbols_t;

/* A table with no symbols. */
loader_symbols_t *loader_symbols_new(void);

/* The symbols of an image; copies what it needs from it. Never NULL. `warning` gets "" or one line on why the table was
 * dropped; `name` is the file. */
loader_symbols_t *loader_symbols_new_from_elf(const loader_elf_t *elf, const char *name, base_error_t *warning);

/* A file that has names for addresses. */
typedef struct loader_symbol_file {
    const char *path;
    uint64_t offset; /* added to each address in it, modulo 2^64 */
} loader_symbol_file_t;

/* Adds those of a file: an AArch64 ELF, or a map with lines ADDRESS [SIZE] TYPE NAME [MODULE] as nm, System.map and
 * /proc/kallsyms have them. 0, or -errno and one line: those of loader_file_read and loader_elf_header, -ENOEXEC
 * (damaged), -ENODATA (an ELF without symbols), -EINVAL (no map). The table may then hold a part of them. */
int loader_symbols_add_file(loader_symbols_t *symbols, const loader_symbol_file_t *file, base_error_t *error);
/* The same from memory, which is copied; file->path is for messages. */
int loader_symbols_add_memory(loader_symbols_t *symbols, const void *data, size_t bytes,
                              const loader_symbol_file_t *file, base_error_t *error);

/* Says that memory at `range` was linked for `virtual_address`. */
void loader_symbols_move(loader_symbols_t *symbols, loader_range_t range, uint64_t virtual_address);

/* The name of what holds the address and the distance from its start, or NULL. A symbol with a size holds that many
 * bytes; one without reaches to the next symbol or the end of its section, in a map at most 1 MiB. An address that is
 * only known as physical (MMU off) is also tried at the virtual address its memory was linked for. The name lives as
 * long as the table. */
const char *loader_symbols_find(const loader_symbols_t *symbols, uint64_t address, uint64_t *ret_offset_bytes);

/* False where there is no such name. Also finds absolute symbols. */
bool loader_symbols_lookup(const loader_symbols_t *symbols, const char *name, uint64_t *ret_address);

size_t loader_symbols_count(const loader_symbols_t *symbols);

void loader_symbols_free(loader_symbols_t *symbols);

#endif
