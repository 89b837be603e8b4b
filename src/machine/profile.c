#include "machine/profile.h"

#include "cpu/core.h"
#include "machine/internal.h"

#include <inttypes.h>

/* --- rows by instruction --- */

typedef struct collector {
    GArray *rows;
    unsigned core;
} collector_t;

static void collect(void *self, const observe_tally_entry_t *entry)
{
    collector_t *collector = self;
    machine_profile_row_t row = {.pc = entry->pc,
                                 .what = entry->what,
                                 .count = entry->count,
                                 .amount = entry->amount,
                                 .cores = UINT64_C(1) << collector->core};
    g_array_append_val(collector->rows, row);
}

static int compare(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_key(const void *left, const void *right)
{
    const machine_profile_row_t *a = left, *b = right;
    return a->pc != b->pc ? compare(a->pc, b->pc) : compare(a->what, b->what);
}

static int by_cost(const void *left, const void *right)
{
    const machine_profile_row_t *a = left, *b = right;
    if (a->amount != b->amount)
        return compare(b->amount, a->amount);
    return a->count != b->count ? compare(b->count, a->count) : by_key(left, right);
}

/* Rows of one key are neighbours: they become one. */
static void merge_rows(GArray *rows)
{
    guint kept = 0;
    for (guint i = 0; i < rows->len; i++) {
        machine_profile_row_t row = g_array_index(rows, machine_profile_row_t, i);
        machine_profile_row_t *last = kept ? &g_array_index(rows, machine_profile_row_t, kept - 1) : NULL;
        if (last && by_key(last, &row) == 0) {
            last->count += row.count;
            last->amount += row.amount;
            last->cores |= row.cores;
        } else {
            g_array_index(rows, machine_profile_row_t, kept++) = row;
        }
    }
    g_array_set_size(rows, kept);
}

static const observe_tally_t *tally_of(const machine_t *machine, unsigned core, machine_profile_part_t part)
{
    const cpu_profile_t *profile = &machine->cores[core].cpu->core->profile;
    switch (part) {
    case MACHINE_PROFILE_STALLS: return &profile->stalls;
    case MACHINE_PROFILE_FAILURES: return &profile->failures;
    case MACHINE_PROFILE_MISSES: break;
    }
    return &profile->misses;
}

GArray *machine_profile_rows(const machine_t *machine, machine_profile_part_t part)
{
    collector_t collector = {.rows = g_array_new(FALSE, FALSE, sizeof(machine_profile_row_t))};
    for (; collector.core < machine->config.cores; collector.core++)
        observe_tally_each(tally_of(machine, collector.core, part), collect, &collector);
    g_array_sort(collector.rows, by_key);
    merge_rows(collector.rows);
    g_array_sort(collector.rows, by_cost);
    return collector.rows;
}

/* --- lines that go from core to core --- */

typedef struct sharing_collector {
    GArray *accesses;
    unsigned core;
} sharing_collector_t;

static void collect_access(void *self, const observe_tally_entry_t *entry)
{
    sharing_collector_t *collector = self;
    machine_sharing_access_t access = {
        .core = collector->core, .physical = entry->place, .pc = entry->pc, .what = entry->what, .count = entry->count};
    g_array_append_val(collector->accesses, access);
}

static int by_line(const void *left, const void *right)
{
    const machine_sharing_access_t *a = left, *b = right;
    if (chi_line(a->physical) != chi_line(b->physical))
        return compare(a->physical, b->physical);
    if (a->count != b->count)
        return compare(b->count, a->count);
    if (a->core != b->core)
        return compare(a->core, b->core);
    if (a->physical != b->physical)
        return compare(a->physical, b->physical);
    return a->pc != b->pc ? compare(a->pc, b->pc) : compare(a->what, b->what);
}

static int by_transfers(const void *left, const void *right)
{
    const machine_shared_line_t *a = left, *b = right;
    return a->count != b->count ? compare(b->count, a->count) : compare(a->address, b->address);
}

static uint64_t bytes_of(const machine_sharing_access_t *access)
{
    return bits_mask(access->what / CPU_SHARING_ACCESSES) << (access->physical & (CHI_LINE_BYTES - 1));
}

static bool cores_share_no_byte(const machine_sharing_access_t *accesses, unsigned count)
{
    uint64_t of_core[CHI_MAX_CORES] = {0}, seen = 0;
    for (unsigned i = 0; i < count; i++)
        of_core[accesses[i].core] |= bytes_of(&accesses[i]);
    for (unsigned core = 0; core < CHI_MAX_CORES; core++) {
        if (seen & of_core[core])
            return false;
        seen |= of_core[core];
    }
    return true;
}

static void add_line(machine_sharing_t *sharing, unsigned first, unsigned count)
{
    const machine_sharing_access_t *accesses = &g_array_index(sharing->accesses, machine_sharing_access_t, first);
    bool rest = accesses->physical == OBSERVE_TALLY_REST;
    machine_shared_line_t line = {
        .address = rest ? OBSERVE_TALLY_REST : chi_line(accesses->physical), .first = first, .accesses = count};
    for (unsigned i = 0; i < count; i++) {
        line.count += accesses[i].count;
        line.cores |= UINT64_C(1) << accesses[i].core;
    }
    line.false_sharing = !rest && (line.cores & (line.cores - 1)) && cores_share_no_byte(accesses, count);
    g_array_append_val(sharing->lines, line);
}

void machine_sharing_init(machine_sharing_t *sharing, const machine_t *machine)
{
    sharing_collector_t collector = {.accesses = g_array_new(FALSE, FALSE, sizeof(machine_sharing_access_t))};
    *sharing = (machine_sharing_t){.lines = g_array_new(FALSE, FALSE, sizeof(machine_shared_line_t)),
                                   .accesses = collector.accesses};
    for (; collector.core < machine->config.cores; collector.core++)
        observe_tally_each(&machine->cores[collector.core].cpu->core->profile.sharing, collect_access, &collector);
    g_array_sort(sharing->accesses, by_line);
    const machine_sharing_access_t *accesses = (const machine_sharing_access_t *)(void *)sharing->accesses->data;
    for (unsigned first = 0, next; first < sharing->accesses->len; first = next) {
        for (next = first + 1; next < sharing->accesses->len; next++)
            if (chi_line(accesses[next].physical) != chi_line(accesses[first].physical))
                break;
        add_line(sharing, first, next - first);
    }
    g_array_sort(sharing->lines, by_transfers);
}

void machine_sharing_done(machine_sharing_t *sharing)
{
    g_array_free(sharing->lines, TRUE);
    g_array_free(sharing->accesses, TRUE);
}

char *machine_symbol_text(const machine_t *machine, uint64_t address)
{
    uint64_t offset = 0;
    const char *symbol = machine->boot ? loader_symbols_find(machine->boot->symbols, address, &offset) : NULL;
    return symbol ? g_strdup_printf("%s+0x%" PRIx64, symbol, offset) : g_strdup("");
}
