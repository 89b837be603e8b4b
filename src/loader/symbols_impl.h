/* What the files that read symbols share: the table they fill. Nobody outside includes this. */
#ifndef MESIM_LOADER_SYMBOLS_IMPL_H
#define MESIM_LOADER_SYMBOLS_IMPL_H

#include "loader/symbols.h"

#include <glib.h>

/* What a symbol names. Of several at one address the greatest gives the name. */
typedef enum loader_symbol_kind {
    LOADER_SYMBOL_LABEL,
    LOADER_SYMBOL_OBJECT,
    LOADER_SYMBOL_FUNCTION,
} loader_symbol_kind_t;

typedef enum loader_symbol_binding {
    LOADER_SYMBOL_LOCAL,
    LOADER_SYMBOL_WEAK,
    LOADER_SYMBOL_GLOBAL,
} loader_symbol_binding_t;

typedef struct loader_symbol {
    uint64_t address;
    uint64_t end;     /* the first address it no longer holds; where it has no size, the farthest one possible */
    const char *name; /* in what loader_symbols_own took */
    loader_symbol_kind_t kind;
    loader_symbol_binding_t binding;
    bool has_size;
    bool is_absolute; /* as often a constant as a place, so it never names an address */
} loader_symbol_t;

/* Takes memory that names lie in; freed with the table. */
void loader_symbols_own(loader_symbols_t *symbols, void *strings);

/* Adds a symbol, unless its name is a mapping symbol or cannot be shown. */
void loader_symbols_append(loader_symbols_t *symbols, const loader_symbol_t *symbol);

/* Makes what was appended ready for searching. */
void loader_symbols_finish(loader_symbols_t *symbols);

/* symbols_elf.c: appends the SHT_SYMTAB of an ELF file, moved by `offset`. 1, 0 where the file has none, or -ENOEXEC
 * where it is damaged. */
int loader_symbols_read_elf(loader_symbols_t *symbols, const void *data, size_t bytes, uint64_t offset);

/* symbols_map.c: appends the lines of a symbol map, moved by `offset`; `text` has a NUL at its end, is changed, and
 * belongs to the table afterwards. 0, or -EINVAL and one line. */
int loader_symbols_read_map(loader_symbols_t *symbols, char *text, size_t bytes, uint64_t offset, const char *name,
                            base_error_t *error);

#endif
