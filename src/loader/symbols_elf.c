/* Symbols of ELF files: SHT_SYMTAB and its strings. Source: gABI chapter 4. */
#include "loader/elf_header.h"
#include "loader/file.h"
#include "loader/symbols_impl.h"

#include <errno.h>

typedef struct reader {
    const uint8_t *data;
    size_t bytes;
    uint64_t offset; /* added to each address */
    Elf64_Ehdr header;
    uint64_t section_count;
    Elf64_Shdr table;
    Elf64_Shdr strings;
} reader_t;

static bool read_section(const reader_t *reader, uint64_t index, Elf64_Shdr *section)
{
    uint64_t offset = reader->header.e_shoff + index * sizeof(*section);
    return index < reader->section_count && offset >= reader->header.e_shoff &&
           loader_elf_record(reader->data, reader->bytes, offset, ELF_T_SHDR, section, sizeof(*section));
}

/* gABI chapter 4: with 0xff00 sections or more, e_shnum is 0 and the count is the sh_size of section 0. */
static bool count_sections(reader_t *reader)
{
    Elf64_Shdr first;
    if (!reader->header.e_shoff)
        return true;
    reader->section_count = 1;
    if (reader->header.e_shentsize != sizeof(Elf64_Shdr) || !read_section(reader, 0, &first))
        return false;
    reader->section_count = reader->header.e_shnum ? reader->header.e_shnum : first.sh_size;
    return reader->section_count <= reader->bytes / sizeof(Elf64_Shdr);
}

/* 1 where there is a symbol table, 0 where the file was stripped, negative where it is damaged. */
static int find_table(reader_t *reader)
{
    loader_range_t file = {.base = 0, .bytes = reader->bytes};
    for (uint64_t i = 0; i < reader->section_count; i++) {
        if (!read_section(reader, i, &reader->table))
            return -ENOEXEC;
        if (reader->table.sh_type != SHT_SYMTAB)
            continue;
        if (!read_section(reader, reader->table.sh_link, &reader->strings) || reader->strings.sh_type != SHT_STRTAB ||
            reader->table.sh_entsize != sizeof(Elf64_Sym) || !reader->strings.sh_size)
            return -ENOEXEC;
        loader_range_t table = {reader->table.sh_offset, reader->table.sh_size};
        loader_range_t strings = {reader->strings.sh_offset, reader->strings.sh_size};
        return loader_range_contains(file, table) && loader_range_contains(file, strings) ? 1 : -ENOEXEC;
    }
    return 0;
}

/* The end of the section of an entry without a size, or the entry's own address where that is not known. */
static uint64_t section_end(const reader_t *reader, const Elf64_Sym *entry)
{
    Elf64_Shdr section;
    if (entry->st_shndx >= SHN_LORESERVE || !read_section(reader, entry->st_shndx, &section) ||
        entry->st_value - section.sh_addr >= section.sh_size)
        return entry->st_value;
    return section.sh_addr + section.sh_size;
}

static loader_symbol_kind_t kind_of(const Elf64_Sym *entry)
{
    switch (ELF64_ST_TYPE(entry->st_info)) {
    case STT_FUNC: return LOADER_SYMBOL_FUNCTION;
    case STT_OBJECT: return LOADER_SYMBOL_OBJECT;
    default: return LOADER_SYMBOL_LABEL;
    }
}

static loader_symbol_binding_t binding_of(const Elf64_Sym *entry)
{
    switch (ELF64_ST_BIND(entry->st_info)) {
    case STB_GLOBAL: return LOADER_SYMBOL_GLOBAL;
    case STB_WEAK: return LOADER_SYMBOL_WEAK;
    default: return LOADER_SYMBOL_LOCAL;
    }
}

static void add_entry(loader_symbols_t *symbols, const reader_t *reader, const Elf64_Sym *entry, const char *name)
{
    unsigned type = ELF64_ST_TYPE(entry->st_info);
    if (entry->st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_OBJECT && type != STT_NOTYPE))
        return;
    uint64_t end = entry->st_size ? entry->st_value + entry->st_size : section_end(reader, entry);
    uint64_t offset = entry->st_shndx == SHN_ABS ? 0 : reader->offset;
    loader_symbols_append(symbols, &(loader_symbol_t){.address = entry->st_value + offset,
                                                      .end = end + offset,
                                                      .name = name,
                                                      .kind = kind_of(entry),
                                                      .binding = binding_of(entry),
                                                      .has_size = entry->st_size != 0,
                                                      .is_absolute = entry->st_shndx == SHN_ABS});
}

static bool read_entries(loader_symbols_t *symbols, const reader_t *reader)
{
    uint64_t strings_bytes = reader->strings.sh_size;
    if (reader->data[reader->strings.sh_offset + strings_bytes - 1] != '\0')
        return false;
    char *strings = g_memdup2(reader->data + reader->strings.sh_offset, (size_t)strings_bytes);
    loader_symbols_own(symbols, strings);
    uint64_t count = reader->table.sh_size / sizeof(Elf64_Sym);
    for (uint64_t i = 0; i < count; i++) {
        Elf64_Sym entry;
        uint64_t offset = reader->table.sh_offset + i * sizeof(entry);
        if (!loader_elf_record(reader->data, reader->bytes, offset, ELF_T_SYM, &entry, sizeof(entry)) ||
            entry.st_name >= strings_bytes)
            return false;
        add_entry(symbols, reader, &entry, strings + entry.st_name);
    }
    return true;
}

int loader_symbols_read_elf(loader_symbols_t *symbols, const void *data, size_t bytes, uint64_t offset)
{
    reader_t reader = {.data = data, .bytes = bytes, .offset = offset};
    if (!loader_elf_record(data, bytes, 0, ELF_T_EHDR, &reader.header, sizeof(reader.header)) ||
        !count_sections(&reader))
        return -ENOEXEC;
    int found = find_table(&reader);
    return found > 0 && !read_entries(symbols, &reader) ? -ENOEXEC : found;
}

loader_symbols_t *loader_symbols_new_from_elf(const loader_elf_t *elf, const char *name, base_error_t *warning)
{
    loader_symbols_t *symbols = loader_symbols_new();
    if (warning)
        warning->text[0] = '\0';
    if (loader_symbols_read_elf(symbols, elf->data, elf->bytes, 0) < 0) {
        base_fail(warning, -ENOEXEC, "%s: the symbol table is damaged; reports show addresses without names",
                  loader_shown_name(name));
        loader_symbols_free(symbols);
        return loader_symbols_new();
    }
    loader_symbols_finish(symbols);
    for (size_t i = 0; i < elf->segment_count; i++) {
        const loader_segment_t *segment = &elf->segments[i];
        if (segment->virtual_address != segment->address)
            loader_symbols_move(symbols, (loader_range_t){segment->address, segment->memory_bytes},
                                segment->virtual_address);
    }
    return symbols;
}
