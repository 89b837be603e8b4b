/* Symbols from a file of their own: an ELF file or a symbol map, by what it begins with. */
#include "loader/elf_header.h"
#include "loader/file.h"
#include "loader/symbols_impl.h"

#include <errno.h>
#include <string.h>

static int read_elf(loader_symbols_t *symbols, const void *data, size_t bytes, uint64_t offset, const char *name,
                    base_error_t *error)
{
    Elf64_Ehdr header;
    int result = loader_elf_header(data, bytes, name, &header, error);
    if (result < 0)
        return result;
    result = loader_symbols_read_elf(symbols, data, bytes, offset);
    if (result < 0)
        return base_fail(error, result, "%s: the symbol table is damaged; build or copy the file again", name);
    return result > 0
               ? 0
               : base_fail(error, -ENODATA, "%s: has no symbol table; give the file as it was before strip", name);
}

int loader_symbols_add_memory(loader_symbols_t *symbols, const void *data, size_t bytes,
                              const loader_symbol_file_t *file, base_error_t *error)
{
    const char *name = loader_shown_name(file->path);
    int result;
    if (loader_elf_detect(data, bytes)) {
        result = read_elf(symbols, data, bytes, file->offset, name, error);
    } else {
        char *text = g_malloc(bytes + 1);
        memcpy(text, data, bytes);
        text[bytes] = '\0';
        result = loader_symbols_read_map(symbols, text, bytes, file->offset, name, error);
    }
    loader_symbols_finish(symbols);
    return result;
}

int loader_symbols_add_file(loader_symbols_t *symbols, const loader_symbol_file_t *file, base_error_t *error)
{
    loader_file_t contents;
    int result = loader_file_read(file->path, LOADER_IMAGE_MAX_BYTES, &contents, error);
    if (result < 0)
        return result;
    result = loader_symbols_add_memory(symbols, contents.data, contents.bytes, file, error);
    loader_file_done(&contents);
    return result;
}
