/* Two runs side by side. */
#include "report/compare.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static report_document_t document(const char *sim, const char *cores, const char *more)
{
    report_document_t made;
    base_error_t error = {0};
    char *text = g_strdup_printf("{\"schema\": 1, \"sim\": {%s}, \"cores\": [%s]%s}", sim, cores, more);
    int result = report_document_read_memory(text, strlen(text), "s.json", &made, &error);
    cr_assert_eq(result, 0, "%s", error.text);
    g_free(text);
    return made;
}

typedef struct pair {
    report_document_t first, second;
    report_comparison_t *comparison;
} pair_t;

static pair_t compare(report_document_t first, report_document_t second, report_filter_t filter)
{
    pair_t pair = {.first = first, .second = second};
    pair.comparison = report_comparison_new(&pair.first, &pair.second, &filter);
    return pair;
}

static char *printed(pair_t *pair)
{
    char *page = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&page, &bytes);
    /* The documents have moved with the pair. */
    report_comparison_free(pair->comparison);
    pair->comparison = report_comparison_new(&pair->first, &pair->second, &(report_filter_t){0});
    report_comparison_print(pair->comparison, stream);
    fclose(stream);
    return page;
}

static void done(pair_t *pair)
{
    report_comparison_free(pair->comparison);
    report_document_done(&pair->first);
    report_document_done(&pair->second);
}

static unsigned grown(pair_t *pair, double percent, const char *worst)
{
    const char *path = NULL;
    unsigned count = report_comparison_grown(pair->comparison, percent, &path);
    if (worst)
        cr_expect_str_eq(path, worst);
    else
        cr_expect_null(path, "untouched where nothing grew");
    return count;
}

Test(report_compare, largest_ratio_comes_first_and_cores_are_added_up)
{
    pair_t pair = compare(document("\"ps\": 1000, \"boots\": 1", "{\"loads\": 10}, {\"loads\": 30}", ""),
                          document("\"ps\": 1100, \"boots\": 1", "{\"loads\": 5}, {\"loads\": 15}, {\"new\": 1}", ""),
                          (report_filter_t){0});
    char *page = printed(&pair);
    const char *new = strstr(page, "cores[].new"), *loads = strstr(page, "cores[].loads"), *ps = strstr(page, "sim.ps");
    cr_assert(new &&loads &&ps, "%s", page);
    cr_expect(new < loads &&loads < ps, "%s", page);
    cr_expect(strstr(page, "40                20      0.500\n"), "%s", page);
    cr_expect(strstr(page, "1,000             1,100      1.100\n"), "%s", page);
    cr_expect(strstr(page, "3 of 4 counters differ"), "%s", page);
    cr_expect_null(strstr(page, "boots"), "what is equal is left out");
    free(page);
    done(&pair);
}

Test(report_compare, parameters_that_differ_are_named)
{
    pair_t pair =
        compare(document("", "{}", ", \"config\": {\"l1d\": {\"size\": 32768, \"ways\": 2}}"),
                document("", "{}", ", \"config\": {\"l1d\": {\"size\": 65536, \"ways\": 2}}"), (report_filter_t){0});
    char *page = printed(&pair);
    cr_expect(strstr(page, "l1d.size"), "%s", page);
    cr_expect_null(strstr(page, "l1d.ways"), "%s", page);
    cr_expect(strstr(page, "0 of 0 counters differ"), "a parameter is no counter: %s", page);
    free(page);
    done(&pair);
}

Test(report_compare, only_what_grew_by_more_than_the_limit_counts_as_grown)
{
    pair_t pair = compare(document("\"a\": 100, \"b\": 100, \"c\": 100, \"d\": 0", "{}", ""),
                          document("\"a\": 105, \"b\": 106, \"c\": 1, \"d\": 0", "{}", ""), (report_filter_t){0});
    cr_expect_eq(grown(&pair, 5, "sim.b"), 1);
    cr_expect_eq(grown(&pair, 0, "sim.b"), 2);
    cr_expect_eq(grown(&pair, 6, NULL), 0);
    done(&pair);
}

Test(report_compare, counter_that_grew_from_0_grew_by_more_than_any_limit)
{
    pair_t pair = compare(document("\"a\": 0", "{}", ""), document("\"a\": 1", "{}", ""), (report_filter_t){0});
    cr_expect_eq(grown(&pair, 1e9, "sim.a"), 1);
    done(&pair);
}

Test(report_compare, filter_takes_parts_of_names_and_a_least_value)
{
    pair_t pair = compare(document("\"near\": 1, \"far\": 1, \"further\": 100", "{}", ""),
                          document("\"near\": 9, \"far\": 9, \"further\": 900", "{}", ""),
                          (report_filter_t){.parts = (const char *const[]){"far", "fur", NULL}, .least = 100});
    cr_expect_eq(grown(&pair, 0, "sim.further"), 1);
    done(&pair);
}
