#include "observe/output_file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>

typedef struct fixture {
    char *folder, *path;
    observe_output_file_t *file;
} fixture_t;

static fixture_t set_up(const char *contents)
{
    fixture_t fixture = {.folder = g_dir_make_tmp("mesim-output-XXXXXX", NULL)};
    cr_assert_not_null(fixture.folder);
    fixture.path = g_build_filename(fixture.folder, "result", NULL);
    if (contents)
        cr_assert(g_file_set_contents(fixture.path, contents, -1, NULL));
    base_error_t error;
    cr_assert_eq(observe_output_file_open(fixture.path, "result", &fixture.file, &error), 0, "%s", error.text);
    fputs("new", observe_output_file_stream(fixture.file));
    return fixture;
}

/* The folder has that file with these contents and no other; NULL: it is empty. */
static void expect_and_tear_down(fixture_t *fixture, const char *contents)
{
    char *there = NULL;
    cr_expect_eq(g_file_get_contents(fixture->path, &there, NULL, NULL), contents != NULL);
    if (contents && there)
        cr_expect_str_eq(there, contents);
    g_unlink(fixture->path);
    cr_expect_eq(g_rmdir(fixture->folder), 0, "something else is left: %s", g_strerror(errno));
    g_free(there);
    g_free(fixture->path);
    g_free(fixture->folder);
}

Test(output_file, appears_when_it_is_closed)
{
    fixture_t fixture = set_up("old");
    char *there = NULL;
    cr_assert(g_file_get_contents(fixture.path, &there, NULL, NULL));
    cr_expect_str_eq(there, "old", "before the end the former file stands");
    g_free(there);
    base_error_t error;
    cr_expect_eq(observe_output_file_close(fixture.file, &error), 0);
    expect_and_tear_down(&fixture, "new");
}

Test(output_file, when_abandoned_leaves_nothing)
{
    fixture_t fixture = set_up(NULL);
    observe_output_file_abandon(fixture.file);
    expect_and_tear_down(&fixture, NULL);
}

Test(output_file, when_abandoned_leaves_the_former_file)
{
    fixture_t fixture = set_up("old");
    observe_output_file_abandon(fixture.file);
    expect_and_tear_down(&fixture, "old");
}

Test(output_file, abandoning_or_closing_none_is_fine)
{
    base_error_t error;
    observe_output_file_abandon(NULL);
    cr_expect_eq(observe_output_file_close(NULL, &error), 0);
}
