/* The symbol table, sorted by address, with the farthest end of all earlier symbols kept beside each. */
#include "loader/symbols.h"

#include "loader/elf_header.h"
#include "loader/file.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES_MAX = 4096 };

typedef struct symbol {
    uint64_t address;
    uint64_t end;     /* the first address it no longer holds */
    uint64_t reach;   /* the largest end of this and all earlier symbols */
    const char *name; /* in loader_symbols.strings */
    unsigned rank;    /* among symbols at one address, the higher is the better name */
    bool has_size;
} symbol_t;

struct loader_symbols {
    GArray *table; /* of symbol_t */
    char *strings;
    GArray *lookup;             /* of symbol_t, in file order, absolute symbols too */
    GHashTable *by_name;        /* name -> index + 1 in `lookup` */
    loader_segment_t *segments; /* those loaded elsewhere than linked for */
    size_t segment_count;
};

/* What is being read, and where to. */
typedef struct reader {
    const loader_elf_t *elf;
    Elf64_Ehdr header;
    uint64_t section_count;
    Elf64_Shdr table;
    Elf64_Shdr strings;
} reader_t;

loader_symbols_t *loader_symbols_new(void)
{
    loader_symbols_t *symbols = g_new0(loader_symbols_t, 1);
    symbols->table = g_array_new(false, false, sizeof(symbol_t));
    symbols->lookup = g_array_new(false, false, sizeof(symbol_t));
    symbols->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    return symbols;
}

static bool read_section(const reader_t *reader, uint64_t index, Elf64_Shdr *section)
{
    const loader_elf_t *elf = reader->elf;
    uint64_t offset = reader->header.e_shoff + index * sizeof(*section);
    return index < reader->section_count && offset >= reader->header.e_shoff &&
           loader_elf_record(elf->data, elf->bytes, offset, ELF_T_SHDR, section, sizeof(*section));
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
    return reader->section_count <= reader->elf->bytes / sizeof(Elf64_Shdr);
}

/* 1 where there is a symbol table, 0 where the file was stripped, negative where it is damaged. */
static int find_table(reader_t *reader)
{
    loader_range_t file = {.base = 0, .bytes = reader->elf->bytes};
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

static bool is_mapping_symbol(const char *name)
{
    return name[0] == '$' && (name[1] == 'x' || name[1] == 'd') && (name[2] == '\0' || name[2] == '.');
}

static bool is_showable(const char *name)
{
    size_t i = 0;
    for (; name[i]; i++)
        if (i == NAME_BYTES_MAX || (unsigned char)name[i] <= ' ' || name[i] == 0x7f)
            return false;
    return i > 0;
}

/* A function says more than an object, a global more than a local, a size more than none. */
static unsigned rank_of(const Elf64_Sym *entry)
{
    unsigned type = ELF64_ST_TYPE(entry->st_info), bind = ELF64_ST_BIND(entry->st_info);
    unsigned by_type = type == STT_FUNC ? 2 : type == STT_OBJECT ? 1 : 0;
    unsigned by_bind = bind == STB_GLOBAL ? 2 : bind == STB_WEAK ? 1 : 0;
    return by_type * 6 + by_bind * 2 + (entry->st_size != 0);
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

static void add_entry(loader_symbols_t *symbols, const reader_t *reader, const Elf64_Sym *entry)
{
    unsigned type = ELF64_ST_TYPE(entry->st_info);
    const char *name = symbols->strings + entry->st_name;
    if (entry->st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_OBJECT && type != STT_NOTYPE) ||
        is_mapping_symbol(name) || !is_showable(name))
        return;
    uint64_t end = entry->st_size ? entry->st_value + entry->st_size : section_end(reader, entry);
    if (end <= entry->st_value) /* no known extent, or one that wraps: the address itself */
        end = entry->st_value == UINT64_MAX ? UINT64_MAX : entry->st_value + 1;
    symbol_t symbol = {
        .address = entry->st_value, .end = end, .name = name, .rank = rank_of(entry), .has_size = entry->st_size != 0};
    g_array_append_val(symbols->lookup, symbol);
    /* An absolute symbol is as often a constant as a place, so it never names an address. */
    if (entry->st_shndx != SHN_ABS)
        g_array_append_val(symbols->table, symbol);

    unsigned known = GPOINTER_TO_UINT(g_hash_table_lookup(symbols->by_name, name));
    if (!known || g_array_index(symbols->lookup, symbol_t, known - 1).rank < symbol.rank)
        g_hash_table_insert(symbols->by_name, (void *)(uintptr_t)name, GUINT_TO_POINTER(symbols->lookup->len));
}

static bool read_entries(loader_symbols_t *symbols, const reader_t *reader)
{
    const loader_elf_t *elf = reader->elf;
    uint64_t strings_bytes = reader->strings.sh_size;
    const uint8_t *strings = elf->data + reader->strings.sh_offset;
    if (strings[strings_bytes - 1] != '\0')
        return false;
    symbols->strings = g_memdup2(strings, (size_t)strings_bytes);
    uint64_t count = reader->table.sh_size / sizeof(Elf64_Sym);
    for (uint64_t i = 0; i < count; i++) {
        Elf64_Sym entry;
        uint64_t offset = reader->table.sh_offset + i * sizeof(entry);
        if (!loader_elf_record(elf->data, elf->bytes, offset, ELF_T_SYM, &entry, sizeof(entry)) ||
            entry.st_name >= strings_bytes)
            return false;
        add_entry(symbols, reader, &entry);
    }
    return true;
}

static int compare_symbols(const void *left, const void *right)
{
    const symbol_t *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return strcmp(b->name, a->name); /* of equals the alphabetically first is last, and so is found */
}

/* Sorts, ends each label without a size at the next symbol, and fills in the reach. */
static void finish_table(loader_symbols_t *symbols)
{
    symbol_t *table = (symbol_t *)(void *)symbols->table->data;
    size_t count = symbols->table->len;
    if (!count)
        return;
    qsort(table, count, sizeof(*table), compare_symbols);
    uint64_t next_address = UINT64_MAX;
    for (size_t i = count; i-- > 0;) {
        if (i + 1 < count && table[i + 1].address != table[i].address)
            next_address = table[i + 1].address;
        if (!table[i].has_size)
            table[i].end = MIN(table[i].end, next_address);
    }
    uint64_t reach = 0;
    for (size_t i = 0; i < count; i++)
        table[i].reach = reach = MAX(reach, table[i].end);
}

static void keep_moved_segments(loader_symbols_t *symbols, const loader_elf_t *elf)
{
    symbols->segments = g_new(loader_segment_t, elf->segment_count);
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf->segments[i].virtual_address != elf->segments[i].address)
            symbols->segments[symbols->segment_count++] = elf->segments[i];
}

/* False where the symbol table is damaged. */
static bool read_symbols(loader_symbols_t *symbols, const loader_elf_t *elf)
{
    reader_t reader = {.elf = elf};
    if (!loader_elf_record(elf->data, elf->bytes, 0, ELF_T_EHDR, &reader.header, sizeof(reader.header)) ||
        !count_sections(&reader))
        return false;
    int found = find_table(&reader);
    return found == 0 || (found > 0 && read_entries(symbols, &reader));
}

loader_symbols_t *loader_symbols_new_from_elf(const loader_elf_t *elf, const char *name, base_error_t *warning)
{
    loader_symbols_t *symbols = loader_symbols_new();
    if (warning)
        warning->text[0] = '\0';
    if (!read_symbols(symbols, elf)) {
        base_fail(warning, -ENOEXEC, "%s: the symbol table is damaged; reports show addresses without names",
                  loader_shown_name(name));
        loader_symbols_free(symbols);
        return loader_symbols_new();
    }
    finish_table(symbols);
    keep_moved_segments(symbols, elf);
    return symbols;
}

/* The number of symbols at or below the address. */
static size_t count_up_to(const loader_symbols_t *symbols, uint64_t address)
{
    size_t low = 0, high = symbols->table->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g_array_index(symbols->table, symbol_t, middle).address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const symbol_t *find_holder(const loader_symbols_t *symbols, uint64_t address)
{
    for (size_t i = count_up_to(symbols, address); i-- > 0;) {
        const symbol_t *symbol = &g_array_index(symbols->table, symbol_t, i);
        if (symbol->end > address)
            return symbol;
        if (symbol->reach <= address)
            return NULL;
    }
    return NULL;
}

const char *loader_symbols_find(const loader_symbols_t *symbols, uint64_t address, uint64_t *ret_offset_bytes)
{
    const symbol_t *symbol = find_holder(symbols, address);
    for (size_t i = 0; !symbol && i < symbols->segment_count; i++) {
        const loader_segment_t *segment = &symbols->segments[i];
        uint64_t offset = address - segment->address;
        if (offset >= segment->memory_bytes)
            continue;
        address = segment->virtual_address + offset;
        symbol = find_holder(symbols, address);
        break; /* segments do not overlap: no other holds the address */
    }
    if (!symbol)
        return NULL;
    if (ret_offset_bytes)
        *ret_offset_bytes = address - symbol->address;
    return symbol->name;
}

bool loader_symbols_lookup(const loader_symbols_t *symbols, const char *name, uint64_t *ret_address)
{
    unsigned known = GPOINTER_TO_UINT(g_hash_table_lookup(symbols->by_name, name));
    if (!known)
        return false;
    *ret_address = g_array_index(symbols->lookup, symbol_t, known - 1).address;
    return true;
}

size_t loader_symbols_count(const loader_symbols_t *symbols)
{
    return symbols->lookup->len;
}

void loader_symbols_free(loader_symbols_t *symbols)
{
    if (!symbols)
        return;
    g_array_free(symbols->table, true);
    g_array_free(symbols->lookup, true);
    g_hash_table_destroy(symbols->by_name);
    g_free(symbols->strings);
    g_free(symbols->segments);
    g_free(symbols);
}
