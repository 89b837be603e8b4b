#include "cache/protocol.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct census {
    unsigned char *met[CACHE_PROTOCOL_COUNT];
    size_t rows[CACHE_PROTOCOL_COUNT];
} census_t;

static void count(void *self, const cache_protocol_row_t *row)
{
    census_t *census = self;
    cr_assert_lt(row->cell, cache_protocol_cells(row->controller));
    cr_expect_not(census->met[row->controller][row->cell], "(%s, %s) has two cells", row->state, row->event);
    census->met[row->controller][row->cell] = 1;
    census->rows[row->controller]++;
    cr_expect(row->kind != CACHE_CELL_NEVER || *row->why, "(%s, %s) says never without a reason", row->state,
              row->event);
}

Test(cache_protocol, every_state_and_event_has_exactly_one_cell)
{
    census_t census = {.rows = {0}};
    for (cache_controller_t i = 0; i < CACHE_PROTOCOL_COUNT; i++)
        census.met[i] = calloc(cache_protocol_cells(i), 1);
    cache_protocol_each_row(count, &census);
    for (cache_controller_t i = 0; i < CACHE_PROTOCOL_COUNT; i++) {
        cr_expect_eq(census.rows[i], cache_protocol_cells(i));
        for (size_t cell = 0; cell < cache_protocol_cells(i); cell++)
            cr_expect(census.met[i][cell], "controller %u: cell %zu is missing", i, cell);
        free(census.met[i]);
    }
}

static void check_names(void *self, const cache_protocol_row_t *row)
{
    (void)self;
    cr_expect_str_eq(cache_protocol_states(row->controller)[row->state_number].name, row->state);
    cr_expect_str_eq(cache_protocol_events(row->controller)[row->event_number].name, row->event);
}

Test(cache_protocol, rows_are_named_as_the_states_and_events_are)
{
    cache_protocol_each_row(check_names, NULL);
}

/* With MESIM_REGENERATE=1 the page is written instead. */
Test(cache_protocol, the_page_in_docs_is_the_page_the_tables_give)
{
    const char *source = getenv("SRC_DIR");
    cr_assert_not_null(source, "run by ctest, which sets SRC_DIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/docs/protocol.md", source);
    char *page = cache_protocol_page();
    size_t length = strlen(page);
    bool regenerate = getenv("MESIM_REGENERATE");
    FILE *file = fopen(path, regenerate ? "wb" : "rb");
    cr_assert_not_null(file, "%s", path);
    if (regenerate) {
        cr_assert_eq(fwrite(page, 1, length, file), length);
    } else {
        char *written = calloc(length + 2, 1);
        size_t bytes = fread(written, 1, length + 1, file);
        cr_expect(bytes == length && !memcmp(written, page, length),
                  "docs/protocol.md is not what the tables say; MESIM_REGENERATE=1 writes it anew");
        free(written);
    }
    cr_assert_eq(fclose(file), 0);
    free(page);
}
