/* Symbol files: maps and ELF symbol tables. */
#include "fuzz.h"
#include "loader/symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    uint64_t offset, address;
    base_error_t error = {""};
    loader_symbols_t *symbols = loader_symbols_new();
    int result =
        loader_symbols_add_memory(symbols, data, bytes, &(loader_symbol_file_t){"input", UINT64_C(0x1000)}, &error);
    fuzz_expect_line(result, &error);
    fuzz_expect(result < 0 || bytes > 0);
    if (loader_symbols_lookup(symbols, "main", &address))
        fuzz_expect(loader_symbols_count(symbols) > 0);
    const char *name = loader_symbols_find(symbols, 0x2004, &offset);
    fuzz_expect(!name || *name);
    loader_symbols_free(symbols);
    return 0;
}
