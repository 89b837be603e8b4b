/* The symbol table, sorted by address, with the farthest end of all earlier symbols kept beside each. */
#include "loader/symbols_impl.h"

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

/* Memory that is not where it was linked for. */
typedef struct moved {
    loader_range_t range;
    uint64_t virtual_address; /* of its first byte */
} moved_t;

struct loader_symbols {
    GArray *table;       /* of symbol_t */
    GPtrArray *strings;  /* blocks that names lie in */
    GArray *lookup;      /* of symbol_t, in file order, absolute symbols too */
    GHashTable *by_name; /* name -> index + 1 in `lookup` */
    GArray *moved;       /* of moved_t */
};

loader_symbols_t *loader_symbols_new(void)
{
    loader_symbols_t *symbols = g_new0(loader_symbols_t, 1);
    symbols->table = g_array_new(false, false, sizeof(symbol_t));
    symbols->strings = g_ptr_array_new_with_free_func(g_free);
    symbols->lookup = g_array_new(false, false, sizeof(symbol_t));
    symbols->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    symbols->moved = g_array_new(false, false, sizeof(moved_t));
    return symbols;
}

void loader_symbols_own(loader_symbols_t *symbols, void *strings)
{
    g_ptr_array_add(symbols->strings, strings);
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
static unsigned rank_of(const loader_symbol_t *symbol)
{
    return symbol->kind * 6u + symbol->binding * 2u + symbol->has_size;
}

void loader_symbols_append(loader_symbols_t *symbols, const loader_symbol_t *given)
{
    if (is_mapping_symbol(given->name) || !is_showable(given->name))
        return;
    uint64_t end = given->end;
    if (end <= given->address) /* no known extent, or one that wraps: the address itself */
        end = given->address == UINT64_MAX ? UINT64_MAX : given->address + 1;
    symbol_t symbol = {.address = given->address,
                       .end = end,
                       .name = given->name,
                       .rank = rank_of(given),
                       .has_size = given->has_size};
    g_array_append_val(symbols->lookup, symbol);
    if (!given->is_absolute)
        g_array_append_val(symbols->table, symbol);

    unsigned known = GPOINTER_TO_UINT(g_hash_table_lookup(symbols->by_name, symbol.name));
    if (!known || g_array_index(symbols->lookup, symbol_t, known - 1).rank < symbol.rank)
        g_hash_table_insert(symbols->by_name, (void *)(uintptr_t)symbol.name, GUINT_TO_POINTER(symbols->lookup->len));
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
void loader_symbols_finish(loader_symbols_t *symbols)
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

void loader_symbols_move(loader_symbols_t *symbols, loader_range_t range, uint64_t virtual_address)
{
    moved_t moved = {.range = range, .virtual_address = virtual_address};
    g_array_append_val(symbols->moved, moved);
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
    for (guint i = 0; !symbol && i < symbols->moved->len; i++) {
        const moved_t *moved = &g_array_index(symbols->moved, moved_t, i);
        uint64_t offset = address - moved->range.base;
        if (offset >= moved->range.bytes)
            continue;
        address = moved->virtual_address + offset;
        symbol = find_holder(symbols, address);
        break; /* they do not overlap: no other holds the address */
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
    g_ptr_array_free(symbols->strings, true);
    g_array_free(symbols->moved, true);
    g_free(symbols);
}
