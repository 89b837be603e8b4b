/* The ELF loader: program headers, contents, symbols. */
#include "fuzz_ram.h"
#include "loader/elf.h"
#include "loader/symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    loader_memory_t memory = fuzz_memory();
    loader_elf_t *elf;
    base_error_t error = {""};
    int result = loader_elf_from_memory(data, bytes, "input", &memory, &elf, &error);
    fuzz_expect_line(result, &error);
    if (result < 0)
        return 0;
    uint8_t *ram = g_malloc(FUZZ_RAM_BYTES);
    loader_sink_t sink = fuzz_sink(ram);
    loader_elf_copy(elf, &sink);
    base_error_t warning = {""};
    loader_symbols_t *symbols = loader_symbols_new_from_elf(elf, "input", &warning);
    uint64_t offset, address;
    loader_symbols_find(symbols, elf->entry, &offset);
    loader_symbols_lookup(symbols, "main", &address);
    loader_symbols_free(symbols);
    g_free(ram);
    loader_elf_free(elf);
    return 0;
}
