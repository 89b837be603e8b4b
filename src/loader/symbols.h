/* Guest symbols, for reports: an address becomes "name+offset".
 *
 * Functions, objects and untyped labels of SHT_SYMTAB; not the mapping symbols $x and $d (IHI 0056, section 5.5.5), nor
 * names a terminal or a column of a trace could not show. A file without symbols gives an empty table. Nothing here
 * can stop a run: a damaged symbol table is dropped with a warning. Addresses are those of the symbol table, virtual.
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

/* The name of what holds the address and the distance from its start, or NULL. A symbol with a size holds that many
 * bytes; one without reaches to the next symbol or the end of its section. An address that is only known as physical
 * (MMU off) is also tried at the virtual address its segment was linked for. The name lives as long as the table. */
const char *loader_symbols_find(const loader_symbols_t *symbols, uint64_t address, uint64_t *ret_offset_bytes);

/* False where there is no such name. Also finds absolute symbols. */
bool loader_symbols_lookup(const loader_symbols_t *symbols, const char *name, uint64_t *ret_address);

size_t loader_symbols_count(const loader_symbols_t *symbols);

void loader_symbols_free(loader_symbols_t *symbols);

#endif
