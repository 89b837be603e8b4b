/* Statistics from a file, which may be anybody's. */
#include "report/report.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define SIM "\"sim\": {\"end\": \"off\", \"ps\": 5000, \"instructions\": 7}"

static int read_text(const char *text, report_document_t *document, base_error_t *error)
{
    *error = (base_error_t){0};
    return report_document_read_memory(text, strlen(text), "s.json", document, error);
}

static void expect_refused(const char *text, const char *part)
{
    report_document_t document;
    base_error_t error;
    cr_expect_eq(read_text(text, &document, &error), -EINVAL, "%s", text);
    cr_expect(strstr(error.text, part), "'%s' lacks '%s'", error.text, part);
    cr_expect_null(strchr(error.text, '\n'));
}

static char *printed(const char *text)
{
    report_document_t document;
    base_error_t error;
    char *page = NULL;
    size_t bytes = 0;
    cr_assert_eq(read_text(text, &document, &error), 0, "%s", error.text);
    FILE *stream = open_memstream(&page, &bytes);
    report_print(&document, stream);
    fclose(stream);
    report_document_done(&document);
    return page;
}

Test(report_document, what_is_no_statistics_is_refused)
{
    expect_refused("", "no statistics");
    expect_refused("hello", "no JSON");
    expect_refused("[1, 2]", "no statistics");
    expect_refused("{}", "no statistics");
    expect_refused("{\"schema\": \"1\", " SIM "}", "no statistics");
    expect_refused("{\"schema\": 1, \"sim\": 5}", "no statistics");
    expect_refused("{\"schema\": 2, " SIM "}", "schema 2");
    expect_refused("{\"schema\": 1, " SIM "}", "0 cores");
    expect_refused("{\"schema\": 1, " SIM ", \"cores\": []}", "0 cores");
    expect_refused("{\"schema\": 1, " SIM ", \"cores\": [{}, 3]}", "core 1");
}

Test(report_document, nesting_is_limited_outside_of_strings)
{
    GString *text = g_string_new("{\"schema\": 1, " SIM ", \"cores\": [{\"x\": \"");
    for (unsigned i = 0; i < 1000; i++)
        g_string_append(text, "[\\\"{");
    g_string_append(text, "\"}]}");
    free(printed(text->str));
    g_string_assign(text, "");
    for (unsigned i = 0; i < 1000000; i++)
        g_string_append_c(text, '[');
    expect_refused(text->str, "nested too deeply");
    g_string_free(text, TRUE);
}

Test(report_document, members_of_another_type_read_as_nothing)
{
    char *page =
        printed("{\"schema\": 1, " SIM ", \"cores\": [{\"instructions\": \"many\", \"cycles\": [], \"l1d\": 7, "
                "\"loads\": -3, \"stalls\": {\"dsb\": 1}}], \"cluster\": null, \"profile\": {\"stalls\": "
                "{\"rows\": [1, {\"count\": true}], \"rest\": {}}, \"sharing\": {\"lines\": [null, {}]}}, "
                "\"guest_errors\": [4, {\"core\": {}}], \"guest_error_count\": 2, \"host\": {\"seconds\": {}}}");
    cr_expect(strstr(page, "off after 0.005 us"), "%s", page);
    cr_expect(strstr(page, "guest errors: 2"), "%s", page);
    cr_expect_null(strstr(page, "execution"), "no counter is above 0:\n%s", page);
    free(page);
}

Test(report_document, profile_adds_up_to_the_whole)
{
    char *page = printed(
        "{\"schema\": 1, " SIM ", \"cores\": [{}], \"profile\": {\"stalls\": {\"rows\": ["
        "{\"kind\": \"dsb\", \"cause\": \"dvm\", \"count\": 3, \"cycles\": 75, \"pc\": \"0x40\", \"symbol\": "
        "\"f+0x4\"},"
        "{\"kind\": \"plain\", \"cause\": \"fetch\", \"count\": 9, \"cycles\": 10, \"pc\": \"0x80\"}],"
        "\"rest\": [{\"kind\": \"dmb\", \"cause\": \"store_drain\", \"count\": 4, \"cycles\": 25, \"rows\": 6}]}}}");
    cr_expect(strstr(page, "by cost; 1 of 7 rows"), "%s", page);
    cr_expect(strstr(page, "75             3   75.0%  0x40                dsb: dvm                      f+0x4\n"), "%s",
              page);
    cr_expect(strstr(page, "25             4   25.0%  the others\n"), "%s", page);
    cr_expect(strstr(page, "10             9  100.0%  0x80                plain: fetch\n"), "%s", page);
    free(page);
}
