/* docs/protocol.md, written from the tables. */
#include "cache/cluster_impl.h"
#include "cache/l1d_impl.h"
#include "cache/protocol.h"

#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char introduction[] =
    "# The coherence protocol\n"
    "\n"
    "This page is written by mesim from the tables it runs (`src/cache/protocol_l1.def`, `src/cache/protocol_l2.def`); "
    "a\n"
    "test compares them. It is a directory MESI in the manner of Sorin, Hill and Wood, *A Primer on Memory Consistency "
    "and\n"
    "Cache Coherence*, 2nd edition, chapter 8, with the message names of AMBA CHI (IHI 0050).\n"
    "\n"
    "- Each core has a private L1 data cache. The cores of a cluster share an inclusive L2 whose directory knows, for "
    "each\n"
    "  line, its sharers or its owner. The directory is the snoop filter and the point of ordering: it handles the "
    "requests\n"
    "  to one line one at a time, in arrival order, and collects all snoop responses itself.\n"
    "- All messages from a core to the cluster travel over one ordered link, and all messages back over another. So a "
    "grant\n"
    "  arrives before a later snoop of the same line, and a write-back before a later request.\n"
    "- A core sends no request for a line that is still in its write-back buffer.\n"
    "- ReadShared is granted E when no other core holds the line. E becomes M silently.\n"
    "- Dirty data that a snoop finds go to the requester through the snoop control unit and stay in the L2, dirty.\n"
    "- MakeUnique (DC ZVA, whole-line stores) does not read memory: the L2 line stays hollow, without data, until its "
    "owner\n"
    "  gives them back.\n"
    "- A far atomic (AtomicStore, AtomicLoad, AtomicSwap, AtomicCompare) is performed by the L2. Its cluster first "
    "snoops\n"
    "  every copy away, the requester's too (CHI: SnoopMe), so its L1 needs no state for it: it sends the request "
    "whatever\n"
    "  it holds, and loses its copy by a snoop that comes before the answer. The line stays in the L2 without a "
    "holder.\n"
    "- Non-shareable accesses are cached without snooping anybody. Their holders are recorded as private, so that the "
    "L2\n"
    "  stays inclusive, and are snooped for nothing else: such mappings are incoherent, as the architecture allows.\n"
    "- Outer Shareable is handled as Inner Shareable, Write-Through as Write-Back.\n"
    "- Non-cacheable and Device accesses go around all caches.\n"
    "\n"
    "A cell names the actions in order and the next state. *hit*: nothing to do. *merge*: the request in flight will "
    "do.\n"
    "*stall*: the requester waits or tries again. Events that cannot happen are listed with the reason; meeting one "
    "stops\n"
    "the simulation with time, core, line, state and event.\n";

typedef struct page {
    GString *text;
    cache_controller_t controller;
    const char *state;
    bool never; /* this pass lists the NEVER cells */
    const char *why;
} page_t;

static void add_terms(page_t *page, const char *title, const cache_protocol_term_t *terms)
{
    g_string_append_printf(page->text, "\n| %s | meaning |\n| --- | --- |\n", title);
    for (; terms->name; terms++)
        g_string_append_printf(page->text, "| %s | %s |\n", terms->name, terms->meaning);
}

static void add_cell(page_t *page, const cache_protocol_row_t *row)
{
    static const char *const words[] = {
        [CACHE_CELL_HIT] = "*hit*", [CACHE_CELL_MERGE] = "*merge*", [CACHE_CELL_STALL] = "*stall*"};
    if (row->kind == CACHE_CELL_RULE)
        g_string_append_printf(page->text, "| %s | %s | %s |\n", row->event, row->actions, row->next);
    else
        g_string_append_printf(page->text, "| %s | %s | |\n", row->event, words[row->kind]);
}

static void add_never(page_t *page, const cache_protocol_row_t *row)
{
    bool same = page->why && !strcmp(page->why, row->why);
    if (!page->why)
        g_string_append_printf(page->text, "\nNever: %s", row->event);
    else if (same)
        g_string_append_printf(page->text, ", %s", row->event);
    else
        g_string_append_printf(page->text, " (%s); %s", page->why, row->event);
    page->why = row->why;
}

static void visit(void *self, const cache_protocol_row_t *row)
{
    page_t *page = self;
    if (row->controller != page->controller || strcmp(row->state, page->state) ||
        page->never != (row->kind == CACHE_CELL_NEVER))
        return;
    if (page->never)
        add_never(page, row);
    else
        add_cell(page, row);
}

static void add_state(page_t *page, const char *state)
{
    page->state = state;
    g_string_append_printf(page->text, "\n### %s\n\n| event | actions | next |\n| --- | --- | --- |\n", state);
    page->never = false;
    cache_protocol_each_row(visit, page);
    page->never = true;
    page->why = NULL;
    cache_protocol_each_row(visit, page);
    if (page->why)
        g_string_append_printf(page->text, " (%s).\n", page->why);
}

/* --- the grid --- */

enum { GRID_MAX = 64 };
typedef struct grid {
    cache_controller_t controller;
    const char *cells[GRID_MAX][GRID_MAX]; /* by event and state */
} grid_t;

static void place(void *self, const cache_protocol_row_t *row)
{
    static const char *const words[] = {[CACHE_CELL_HIT] = "hit",
                                        [CACHE_CELL_MERGE] = "merge",
                                        [CACHE_CELL_STALL] = "stall",
                                        [CACHE_CELL_NEVER] = "",
                                        [CACHE_CELL_MISSING] = "?"};
    grid_t *grid = self;
    if (row->controller == grid->controller)
        grid->cells[row->event_number][row->state_number] = row->kind == CACHE_CELL_RULE ? row->next : words[row->kind];
}

/* Next states of the first `columns` states. */
static void add_grid(page_t *page, unsigned columns)
{
    grid_t grid = {.controller = page->controller};
    cache_protocol_each_row(place, &grid);
    const cache_protocol_term_t *states = cache_protocol_states(page->controller);
    const cache_protocol_term_t *events = cache_protocol_events(page->controller);
    g_string_append(page->text, "\nNext states:\n\n| event |");
    for (unsigned state = 0; state < columns; state++)
        g_string_append_printf(page->text, " %s |", states[state].name);
    g_string_append(page->text, "\n| --- |");
    for (unsigned state = 0; state < columns; state++)
        g_string_append(page->text, " --- |");
    for (unsigned event = 0; events[event].name; event++) {
        g_string_append_printf(page->text, "\n| %s |", events[event].name);
        for (unsigned state = 0; state < columns; state++)
            g_string_append_printf(page->text, " %s |", grid.cells[event][state]);
    }
    g_string_append(page->text, "\n");
}

static void add_controller(page_t *page, cache_controller_t controller, const char *title, unsigned grid_columns)
{
    page->controller = controller;
    g_string_append_printf(page->text, "\n## %s\n", title);
    add_terms(page, "state", cache_protocol_states(controller));
    add_terms(page, "event", cache_protocol_events(controller));
    add_grid(page, grid_columns);
    for (const cache_protocol_term_t *state = cache_protocol_states(controller); state->name; state++)
        add_state(page, state->name);
}

char *cache_protocol_page(void)
{
    page_t page = {.text = g_string_new(introduction)};
    add_controller(&page, CACHE_PROTOCOL_L1, "L1 data cache", L1_STATES);
    add_controller(&page, CACHE_PROTOCOL_L2, "L2 with directory", L2_LAST_STABLE + 1);
    return g_string_free(page.text, FALSE);
}
