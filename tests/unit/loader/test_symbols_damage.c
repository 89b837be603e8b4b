/* Symbol tables that are none: dropped with a warning, and never a reason to stop. */
#include "base/random.h"
#include "elf_builder.h"
#include "loader/symbols.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#define FUNC  ELF64_ST_INFO(STB_GLOBAL, STT_FUNC)
#define LABEL ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE)
#define BASE  UINT64_C(0x40100000)

static elf_builder_t new_builder(void)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, BASE, BASE, 0x100, 0x100);
    return builder;
}

/* A table damaged by `damage` is dropped, and a line says so. */
static void expect_dropped(void (*damage)(elf_file_t *file))
{
    elf_builder_t builder = new_builder();
    elf_builder_symbol(&builder, "main", BASE, 0x10, FUNC, ELF_BUILDER_TEXT);
    elf_file_t file = elf_builder_build(&builder);
    damage(&file);
    loader_elf_t *elf = test_open_elf(&file);
    base_error_t warning;
    loader_symbols_t *symbols = loader_symbols_new_from_elf(elf, "hello.elf", &warning);
    cr_expect_str_eq(warning.text, "hello.elf: the symbol table is damaged; reports show addresses without names");
    cr_expect_eq(loader_symbols_count(symbols), 0);
    cr_expect_null(loader_symbols_find(symbols, BASE, NULL));
    loader_symbols_free(symbols);
    loader_elf_free(elf);
    elf_file_done(&file);
}

static void table_beyond_the_file(elf_file_t *file)
{
    file->sections[ELF_BUILDER_SYMTAB].sh_size += 1 << 20;
}
static void table_offset_wraps(elf_file_t *file)
{
    file->sections[ELF_BUILDER_SYMTAB].sh_offset = UINT64_MAX;
}
static void entry_size_wrong(elf_file_t *file)
{
    file->sections[ELF_BUILDER_SYMTAB].sh_entsize = 0;
}
static void strings_missing(elf_file_t *file)
{
    file->sections[ELF_BUILDER_SYMTAB].sh_link = 99;
}
static void strings_of_wrong_type(elf_file_t *file)
{
    file->sections[ELF_BUILDER_SYMTAB].sh_link = 1;
}
static void strings_empty(elf_file_t *file)
{
    file->sections[3].sh_size = 0;
}
static void strings_unterminated(elf_file_t *file)
{
    file->sections[3].sh_size--;
}
static void name_beyond_strings(elf_file_t *file)
{
    file->symbols[1].st_name = 1 << 20;
}
static void headers_beyond_the_file(elf_file_t *file)
{
    file->header->e_shoff = file->bytes - 8;
}
static void headers_offset_wraps(elf_file_t *file)
{
    file->header->e_shoff = UINT64_MAX - 8;
}
static void header_size_wrong(elf_file_t *file)
{
    file->header->e_shentsize = 1;
}

static void section_count_absurd(elf_file_t *file)
{
    file->header->e_shnum = 0;
    file->sections[0].sh_size = UINT64_MAX;
}

Test(loader_symbols_damage, damaged_table_is_dropped_with_a_warning)
{
    void (*const damages[])(elf_file_t *) = {
        table_beyond_the_file, table_offset_wraps, entry_size_wrong,        strings_missing,
        strings_of_wrong_type, strings_empty,      strings_unterminated,    name_beyond_strings,
        headers_offset_wraps,  header_size_wrong,  headers_beyond_the_file, section_count_absurd,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(damages); i++)
        expect_dropped(damages[i]);
}

Test(loader_symbols_damage, survives_random_damage)
{
    elf_builder_t builder = new_builder();
    elf_builder_symbol(&builder, "main", BASE, 0x10, FUNC, ELF_BUILDER_TEXT);
    elf_builder_symbol(&builder, "label", BASE + 0x20, 0, LABEL, ELF_BUILDER_TEXT);
    elf_file_t file = elf_builder_build(&builder);
    loader_elf_t *elf = test_open_elf(&file);
    size_t first = (size_t)((uint8_t *)file.symbols - file.data);
    base_random_t random;
    base_random_init(&random, 11);
    unsigned dropped = 0, kept = 0;
    for (int round = 0; round < 20000; round++) {
        uint8_t *copy = g_memdup2(file.data, file.bytes);
        for (uint64_t n = base_random_below(&random, 4) + 1; n; n--)
            copy[first + base_random_below(&random, file.bytes - first)] = (uint8_t)base_random_next(&random);
        loader_elf_t damaged = *elf;
        damaged.data = copy;
        base_error_t warning;
        loader_symbols_t *symbols = loader_symbols_new_from_elf(&damaged, "x", &warning);
        g_free(copy); /* the table must not point into the file */
        loader_symbols_find(symbols, BASE + base_random_below(&random, 0x200), NULL);
        *(warning.text[0] ? &dropped : &kept) += 1;
        loader_symbols_free(symbols);
    }
    cr_expect_gt(dropped, 100);
    cr_expect_gt(kept, 100);
    loader_elf_free(elf);
    elf_file_done(&file);
}
