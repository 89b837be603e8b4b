/* Guest symbols: from address to name and back. */
#include "base/random.h"
#include "elf_builder.h"
#include "loader/symbols.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#define FUNC   ELF64_ST_INFO(STB_GLOBAL, STT_FUNC)
#define OBJECT ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT)
#define LABEL  ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE)
#define BASE   UINT64_C(0x40100000)

static elf_builder_t new_builder(uint64_t virtual_address)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, BASE, virtual_address, 0x100, 0x100);
    return builder;
}

/* The symbols of the file, which must be undamaged; frees the file. */
static loader_symbols_t *read_symbols(const elf_builder_t *builder)
{
    elf_file_t file = elf_builder_build(builder);
    loader_elf_t *elf = test_open_elf(&file);
    base_error_t warning;
    loader_symbols_t *symbols = loader_symbols_new_from_elf(elf, "hello.elf", &warning);
    cr_assert_str_eq(warning.text, "");
    loader_elf_free(elf);
    elf_file_done(&file);
    return symbols;
}

static void expect_at(const loader_symbols_t *symbols, uint64_t address, const char *name, uint64_t offset_bytes)
{
    uint64_t offset = 12345;
    const char *found = loader_symbols_find(symbols, address, &offset);
    cr_assert(found, "nothing at %#lx", address);
    cr_expect_str_eq(found, name, "at %#lx is %s, not %s", address, found, name);
    cr_expect_eq(offset, offset_bytes);
}

static void expect_nothing_at(const loader_symbols_t *symbols, uint64_t address)
{
    uint64_t offset = 12345;
    const char *found = loader_symbols_find(symbols, address, &offset);
    cr_expect_null(found, "at %#lx is %s", address, found);
    cr_expect_eq(offset, 12345, "ret_ must be untouched");
}

Test(loader_symbols, finds_a_function_from_first_to_last_byte_only)
{
    elf_builder_t builder = new_builder(BASE);
    elf_builder_symbol(&builder, "second", BASE + 0x20, 0x10, FUNC, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "first", BASE + 0x08, 0x10, FUNC, ELF_BUILDER_TEXT);
    loader_symbols_t *symbols = read_symbols(&builder);
    expect_nothing_at(symbols, BASE + 0x07);
    expect_at(symbols, BASE + 0x08, "first", 0);
    expect_at(symbols, BASE + 0x17, "first", 0xf);
    expect_nothing_at(symbols, BASE + 0x18);
    expect_at(symbols, BASE + 0x2f, "second", 0xf);
    expect_nothing_at(symbols, BASE + 0x30);
    cr_expect_not_null(loader_symbols_find(symbols, BASE + 0x20, NULL), "the offset may be left out");
    loader_symbols_free(symbols);
}

Test(loader_symbols, label_without_size_reaches_to_the_next_symbol)
{
    elf_builder_t builder = new_builder(BASE);
    elf_builder_symbol(&builder, "_start", BASE, 0, LABEL, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "main", BASE + 0x40, 0x10, FUNC, ELF_BUILDER_TEXT);
    loader_symbols_t *symbols = read_symbols(&builder);
    expect_at(symbols, BASE + 0x3c, "_start", 0x3c);
    expect_at(symbols, BASE + 0x40, "main", 0);
    expect_nothing_at(symbols, BASE + 0x50);
    loader_symbols_free(symbols);
}

Test(loader_symbols, last_label_reaches_to_the_end_of_its_section)
{
    elf_builder_t builder = new_builder(BASE);
    elf_builder_symbol(&builder, "tail", BASE + 0x80, 0, LABEL, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "_end", BASE + 0x100, 0, LABEL, ELF_BUILDER_TEXT);
    loader_symbols_t *symbols = read_symbols(&builder);
    expect_at(symbols, BASE + 0xff, "tail", 0x7f);
    expect_at(symbols, BASE + 0x100, "_end", 0);
    expect_nothing_at(symbols, BASE + 0x101);
    loader_symbols_free(symbols);
}

Test(loader_symbols, inner_label_yields_to_its_function_after_its_end)
{
    elf_builder_t builder = new_builder(BASE);
    elf_builder_symbol(&builder, "outer", BASE, 0x80, FUNC, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "inner", BASE + 0x10, 0x8, FUNC, ELF_BUILDER_TEXT);
    loader_symbols_t *symbols = read_symbols(&builder);
    expect_at(symbols, BASE + 0x14, "inner", 4);
    expect_at(symbols, BASE + 0x18, "outer", 0x18);
    loader_symbols_free(symbols);
}

Test(loader_symbols, function_wins_over_a_label_at_the_same_address)
{
    elf_builder_t builder = new_builder(BASE);
    elf_builder_symbol(&builder, "function", BASE, 0x10, FUNC, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "text_start", BASE, 0, LABEL, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "zz_alias", BASE, 0x10, FUNC, ELF_BUILDER_TEXT);
    loader_symbols_t *symbols = read_symbols(&builder);
    expect_at(symbols, BASE, "function", 0);
    loader_symbols_free(symbols);
}

Test(loader_symbols, physical_address_is_found_by_its_virtual_name)
{
    uint64_t high = UINT64_C(0xffff000000080000);
    elf_builder_t builder = new_builder(high);
    elf_builder_symbol(&builder, "_start", high + 0x10, 0x10, FUNC, ELF_BUILDER_TEXT);
    loader_symbols_t *symbols = read_symbols(&builder);
    expect_at(symbols, high + 0x14, "_start", 4);
    expect_at(symbols, BASE + 0x14, "_start", 4);
    expect_nothing_at(symbols, BASE + 0x20);
    loader_symbols_free(symbols);
}

Test(loader_symbols, mapping_symbols_and_unshowable_names_are_left_out)
{
    elf_builder_t builder = new_builder(BASE);
    elf_builder_symbol(&builder, "code", BASE, 0, LABEL, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "$x", BASE + 4, 0, LABEL, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "$d.7", BASE + 8, 0, LABEL, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "red\033[31m", BASE + 12, 0, LABEL, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "", BASE + 16, 0, LABEL, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "boot.c", 0, 0, ELF64_ST_INFO(STB_LOCAL, STT_FILE), SHN_ABS);
    elf_builder_symbol(&builder, "missing", 0, 0, LABEL, SHN_UNDEF);
    elf_builder_symbol(&builder, "$xyz", BASE + 0x20, 0, LABEL, ELF_BUILDER_TEXT);
    loader_symbols_t *symbols = read_symbols(&builder);
    expect_at(symbols, BASE + 0x1f, "code", 0x1f);
    expect_at(symbols, BASE + 0x20, "$xyz", 0);
    cr_expect_eq(loader_symbols_count(symbols), 2);
    loader_symbols_free(symbols);
}

Test(loader_symbols, absolute_symbol_has_a_value_but_names_no_address)
{
    elf_builder_t builder = new_builder(BASE);
    elf_builder_symbol(&builder, "STACK_BYTES", BASE + 0x10, 0, LABEL, SHN_ABS);
    loader_symbols_t *symbols = read_symbols(&builder);
    uint64_t address = 0;
    cr_expect(loader_symbols_lookup(symbols, "STACK_BYTES", &address));
    cr_expect_eq(address, BASE + 0x10);
    expect_nothing_at(symbols, BASE + 0x10);
    loader_symbols_free(symbols);
}

Test(loader_symbols, name_leads_back_to_the_global_of_that_name)
{
    elf_builder_t builder = new_builder(BASE);
    elf_builder_symbol(&builder, "lock", BASE + 0x10, 8, ELF64_ST_INFO(STB_LOCAL, STT_OBJECT), ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "lock", BASE + 0x20, 8, OBJECT, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "lock", BASE + 0x30, 8, ELF64_ST_INFO(STB_LOCAL, STT_OBJECT), ELF_BUILDER_TEXT);
    loader_symbols_t *symbols = read_symbols(&builder);
    uint64_t address = 77;
    cr_expect(loader_symbols_lookup(symbols, "lock", &address));
    cr_expect_eq(address, BASE + 0x20);
    address = 77;
    cr_expect_not(loader_symbols_lookup(symbols, "unlock", &address));
    cr_expect_eq(address, 77);
    loader_symbols_free(symbols);
}

Test(loader_symbols, symbol_at_the_top_of_the_address_space_does_not_wrap)
{
    elf_builder_t builder = new_builder(BASE);
    elf_builder_symbol(&builder, "top", UINT64_MAX - 7, 0x100, OBJECT, ELF_BUILDER_TEXT);
    loader_symbols_t *symbols = read_symbols(&builder);
    expect_at(symbols, UINT64_MAX - 7, "top", 0);
    expect_nothing_at(symbols, 0x10);
    loader_symbols_free(symbols);
}

Test(loader_symbols, stripped_file_gives_an_empty_table_and_no_warning)
{
    elf_builder_t builder = new_builder(BASE);
    loader_symbols_t *symbols = read_symbols(&builder);
    cr_expect_eq(loader_symbols_count(symbols), 0);
    expect_nothing_at(symbols, BASE);
    loader_symbols_free(symbols);
}

Test(loader_symbols, extended_section_count_is_read_from_section_0)
{
    elf_builder_t builder = new_builder(BASE);
    elf_builder_symbol(&builder, "main", BASE, 0x10, FUNC, ELF_BUILDER_TEXT);
    elf_file_t file = elf_builder_build(&builder);
    file.header->e_shnum = 0;
    file.sections[0].sh_size = 4;
    loader_elf_t *elf = test_open_elf(&file);
    loader_symbols_t *symbols = loader_symbols_new_from_elf(elf, "hello.elf", NULL);
    expect_at(symbols, BASE, "main", 0);
    loader_symbols_free(symbols);
    loader_elf_free(elf);
    elf_file_done(&file);
}

/* Compares the search with a plain scan over many random tables of sized symbols. */
Test(loader_symbols, finds_what_a_plain_scan_finds)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    base_random_t random;
    base_random_init(&random, 3);
    for (int round = 0; round < 500; round++) {
        elf_builder_t builder = new_builder(BASE);
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
            elf_builder_symbol(&builder, names[i], BASE + base_random_below(&random, 64),
                               1 + base_random_below(&random, 16), FUNC, ELF_BUILDER_TEXT);
        loader_symbols_t *symbols = read_symbols(&builder);
        for (uint64_t address = BASE; address < BASE + 96; address++) {
            const Elf64_Sym *best = NULL; /* the nearest start among those that hold the address */
            for (size_t i = 1; i < builder.symbol_count; i++) {
                const Elf64_Sym *symbol = &builder.symbols[i];
                if (address - symbol->st_value < symbol->st_size && (!best || symbol->st_value > best->st_value))
                    best = symbol;
            }
            if (best) {
                uint64_t offset = 0;
                cr_assert_not_null(loader_symbols_find(symbols, address, &offset));
                cr_assert_eq(address - offset, best->st_value);
            } else {
                cr_assert_null(loader_symbols_find(symbols, address, NULL));
            }
        }
        loader_symbols_free(symbols);
    }
}
