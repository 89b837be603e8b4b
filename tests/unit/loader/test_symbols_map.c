/* Symbols from files of their own: nm, System.map, /proc/kallsyms and ELF. */
#include "elf_builder.h"
#include "loader/symbols.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

static const char kallsyms[] = "ffff800008010000 T _stext\n"
                               "ffff800008010000 t gic_handle_irq\n"
                               "ffff8000080101cc T __irqentry_text_end\n"
                               "ffff800009000000 D jiffies\n"
                               "ffff800000be0080 t __virtqueue_unbreak\t[virtio_ring]\n"
                               "0000000000000001 A _kernel_flags\n";

static int add(loader_symbols_t *symbols, const char *text, uint64_t offset, base_error_t *error)
{
    *error = (base_error_t){0};
    return loader_symbols_add_memory(symbols, text, strlen(text), &(loader_symbol_file_t){"map", offset}, error);
}

static loader_symbols_t *read_map(const char *text, uint64_t offset)
{
    loader_symbols_t *symbols = loader_symbols_new();
    base_error_t error;
    cr_assert_eq(add(symbols, text, offset, &error), 0, "%s", error.text);
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

static void expect_refused(const char *text, const char *part)
{
    loader_symbols_t *symbols = loader_symbols_new();
    base_error_t error;
    cr_expect_lt(add(symbols, text, 0, &error), 0, "%s", text);
    cr_expect(strstr(error.text, part), "'%s' lacks '%s'", error.text, part);
    loader_symbols_free(symbols);
}

Test(loader_symbols_map, lines_of_kallsyms_name_addresses)
{
    loader_symbols_t *symbols = read_map(kallsyms, 0);
    expect_at(symbols, UINT64_C(0xffff800008010000), "_stext", 0);
    expect_at(symbols, UINT64_C(0xffff8000080101c8), "_stext", 0x1c8);
    expect_at(symbols, UINT64_C(0xffff8000080101d0), "__irqentry_text_end", 4);
    expect_at(symbols, UINT64_C(0xffff800000be0084), "__virtqueue_unbreak", 4);
    expect_at(symbols, UINT64_C(0xffff800009000000), "jiffies", 0);
    loader_symbols_free(symbols);
}

Test(loader_symbols_map, symbol_without_size_reaches_one_mebibyte_at_most)
{
    loader_symbols_t *symbols = read_map(kallsyms, 0);
    expect_at(symbols, UINT64_C(0xffff8000090fffff), "jiffies", 0xfffff);
    cr_expect_null(loader_symbols_find(symbols, UINT64_C(0xffff800009100000), NULL));
    loader_symbols_free(symbols);
}

Test(loader_symbols_map, absolute_symbol_has_a_value_but_names_nothing)
{
    loader_symbols_t *symbols = read_map(kallsyms, 0x1000);
    uint64_t value = 0;
    cr_expect_null(loader_symbols_find(symbols, 1, NULL));
    cr_assert(loader_symbols_lookup(symbols, "_kernel_flags", &value));
    cr_expect_eq(value, 1, "a constant does not move");
    loader_symbols_free(symbols);
}

Test(loader_symbols_map, offset_moves_every_address)
{
    uint64_t slide = UINT64_C(0x12340000), address = 0;
    loader_symbols_t *symbols = read_map(kallsyms, slide);
    expect_at(symbols, UINT64_C(0xffff8000080101d0) + slide, "__irqentry_text_end", 4);
    cr_assert(loader_symbols_lookup(symbols, "jiffies", &address));
    cr_expect_eq(address, UINT64_C(0xffff800009000000) + slide);
    loader_symbols_free(symbols);
}

Test(loader_symbols_map, nm_with_sizes_undefined_symbols_and_crlf_is_read)
{
    loader_symbols_t *symbols = read_map("                 U puts\n"
                                         "0000000000001000 0000000000000010 T main\r\n"
                                         "0000000000001020 W weak_one\n",
                                         0);
    expect_at(symbols, 0x100f, "main", 0xf);
    cr_expect_null(loader_symbols_find(symbols, 0x1010, NULL), "main has a size");
    expect_at(symbols, 0x1020, "weak_one", 0);
    cr_expect_eq(loader_symbols_count(symbols), 2);
    loader_symbols_free(symbols);
}

Test(loader_symbols_map, files_add_up)
{
    loader_symbols_t *symbols = read_map(kallsyms, 0);
    base_error_t error;
    cr_assert_eq(add(symbols, "0000000000400000 T main\n0000000000400040 t helper\n", 0, &error), 0);
    expect_at(symbols, 0x40003c, "main", 0x3c);
    expect_at(symbols, UINT64_C(0xffff8000080101d0), "__irqentry_text_end", 4);
    loader_symbols_free(symbols);
}

Test(loader_symbols_map, memory_that_was_moved_is_found_by_its_virtual_name)
{
    loader_symbols_t *symbols = read_map(kallsyms, 0);
    loader_symbols_move(symbols, (loader_range_t){0x40200000, 0x20000}, UINT64_C(0xffff800008000000));
    expect_at(symbols, 0x40210008, "_stext", 8);
    cr_expect_null(loader_symbols_find(symbols, 0x40220000, NULL), "behind what was moved");
    loader_symbols_free(symbols);
}

Test(loader_symbols_map, elf_file_gives_its_symbols_moved)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, 0x40100000, 0x40100000, 0x100, 0x100);
    elf_builder_symbol(&builder, "main", 0x40100020, 0x10, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), ELF_BUILDER_TEXT);
    elf_file_t file = elf_builder_build(&builder);
    loader_symbols_t *symbols = loader_symbols_new();
    base_error_t error = {0};
    cr_assert_eq(
        loader_symbols_add_memory(symbols, file.data, file.bytes, &(loader_symbol_file_t){"a.elf", 0x1000}, &error), 0,
        "%s", error.text);
    expect_at(symbols, 0x40101024, "main", 4);
    cr_expect_null(loader_symbols_find(symbols, 0x40100024, NULL));
    loader_symbols_free(symbols);
    elf_file_done(&file);
}

Test(loader_symbols_map, what_is_no_map_is_refused_with_its_line)
{
    expect_refused("hello, world\n", "map:1: 'hello, world' is no line");
    expect_refused("0000000000001000 T main\n\n", "map:2: ''");
    expect_refused("0000000000001000 T\n", "map:1: '0000000000001000 T'");
    expect_refused("0000000000001000 main\n", "map:1:");
    expect_refused("00000000000010000 T main\n", "map:1:");
    expect_refused("-1 T main\n", "map:1:");
    expect_refused("0000000000001000 T operator new(unsigned long)\n", "map:1:");
    expect_refused("ffffffffffffffff B The real System.map is in the linux-image-6.1.0-dbg package\n", "map:1:");
    expect_refused("0000000000001000 T main", "map:1: the last line is cut off");
    expect_refused("0000000000000000 T _text\n0000000000000000 T main\n", "kptr_restrict");
    expect_refused("                 U puts\n", "no symbol with an address");
    expect_refused("", "no symbol with an address");
}

Test(loader_symbols_map, line_with_a_zero_byte_is_refused)
{
    static const char text[] = "0000000000001000 T ma\0in\n";
    loader_symbols_t *symbols = loader_symbols_new();
    base_error_t error = {0};
    cr_expect_eq(loader_symbols_add_memory(symbols, text, sizeof(text) - 1, &(loader_symbol_file_t){"map", 0}, &error),
                 -EINVAL);
    loader_symbols_free(symbols);
}

Test(loader_symbols_map, every_cut_of_a_map_is_read_or_refused)
{
    for (size_t bytes = 0; bytes < sizeof(kallsyms) - 1; bytes++) {
        loader_symbols_t *symbols = loader_symbols_new();
        base_error_t error = {0};
        int result = loader_symbols_add_memory(symbols, kallsyms, bytes, &(loader_symbol_file_t){"map", 0}, &error);
        bool whole_lines = bytes && kallsyms[bytes - 1] == '\n';
        cr_expect_eq(result == 0, whole_lines, "%zu bytes: %s", bytes, error.text);
        loader_symbols_free(symbols);
    }
}
