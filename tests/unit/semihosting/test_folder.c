/* Nothing outside the folder, and nothing but regular files. */
#include "callers.h"
#include "semihosting/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder with a file inside, a file outside, and links of all kinds. */
static callers_t *world_new(bool is_writable)
{
    callers_t *world = callers_new(1, is_writable);
    callers_write_file(world, "file", "inside");
    callers_write_file(world, "../outside", "outside");
    cr_assert_eq(chdir(callers_path(world)), 0);
    cr_assert_eq(mkdir("sub", 0700), 0);
    callers_write_file(world, "sub/deep", "deep");
    cr_assert_eq(symlink("../file", "sub/link-in"), 0);
    cr_assert_eq(symlink("../outside", "link-out"), 0);
    cr_assert_eq(symlink("/etc/passwd", "link-absolute"), 0);
    cr_assert_eq(symlink("../nowhere", "link-dangling"), 0);
    cr_assert_eq(symlink("..", "link-up"), 0);
    cr_assert_eq(symlink("loop", "loop"), 0);
    cr_assert_eq(mkfifo("pipe", 0600), 0);
    return world;
}

static semihosting_folder_t *folder_new(const char *path, bool is_writable)
{
    base_error_t error;
    semihosting_folder_t *folder;
    cr_assert_eq(semihosting_folder_new(path, is_writable, &folder, &error), 0, "%s", error.text);
    return folder;
}

/* Of opening to read, with the descriptor closed again. */
static int outcome(const semihosting_folder_t *folder, const char *name, int flags)
{
    int result = semihosting_folder_open(folder, name, flags);
    if (result < 0)
        return result;
    close(result);
    return 0;
}

Test(semihosting_folder, opens_what_lies_in_it_however_it_is_named)
{
    callers_t *world = world_new(false);
    semihosting_folder_t *folder = folder_new(".", false);
    static const char *const names[] = {"file",        "./file",      "sub/deep",
                                        "sub/../file", "sub/link-in", "sub/./../sub/deep"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        cr_expect_eq(outcome(folder, names[i], O_RDONLY), 0, "%s", names[i]);
    semihosting_folder_free(folder);
    callers_free(world);
}

Test(semihosting_folder, refuses_what_leaves_it)
{
    callers_t *world = world_new(true);
    semihosting_folder_t *folder = folder_new(".", true);
    static const char *const names[] = {"../outside",    "sub/../../outside", "..",          "/",
                                        "/etc/passwd",   "link-out",          "link-up",     "link-up/outside",
                                        "link-absolute", "link-dangling",     "link-up/new", "../new"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        cr_expect_eq(outcome(folder, names[i], O_RDONLY), -EXDEV, "%s", names[i]);
        cr_expect_eq(outcome(folder, names[i], O_WRONLY | O_CREAT | O_TRUNC), -EXDEV, "%s to write", names[i]);
    }
    char *outside = callers_read_file(world, "../outside");
    cr_assert_str_eq(outside, "outside");
    cr_assert_null(callers_read_file(world, "../new"));
    cr_assert_null(callers_read_file(world, "../nowhere"));
    g_free(outside);
    semihosting_folder_free(folder);
    callers_free(world);
}

Test(semihosting_folder, refuses_an_absolute_name_of_its_own_file)
{
    callers_t *world = world_new(true);
    semihosting_folder_t *folder = folder_new(".", true);
    char *name = g_build_filename(callers_path(world), "file", NULL);
    cr_assert_eq(outcome(folder, name, O_RDONLY), -EXDEV);
    g_free(name);
    semihosting_folder_free(folder);
    callers_free(world);
}

Test(semihosting_folder, opens_regular_files_only_and_never_waits, .timeout = 20)
{
    callers_t *world = world_new(true);
    semihosting_folder_t *folder = folder_new(".", true), *devices = folder_new("/dev", true);
    cr_expect_eq(outcome(folder, "pipe", O_RDONLY), -EACCES);
    cr_expect_eq(outcome(folder, "pipe", O_WRONLY | O_CREAT), -EACCES);
    cr_expect_eq(outcome(folder, "sub", O_RDONLY), -EISDIR);
    cr_expect_eq(outcome(folder, ".", O_RDONLY), -EISDIR);
    cr_expect_eq(outcome(folder, "", O_RDONLY), -ENOENT);
    cr_expect_eq(outcome(folder, "loop", O_RDONLY), -ELOOP);
    cr_expect_eq(outcome(folder, "missing", O_RDONLY), -ENOENT);
    cr_expect_eq(outcome(folder, "file/below", O_RDONLY), -ENOTDIR);
    cr_expect_eq(outcome(devices, "null", O_RDONLY), -EACCES);
    cr_expect_eq(outcome(devices, "zero", O_RDWR), -EACCES);
    semihosting_folder_free(devices);
    semihosting_folder_free(folder);
    callers_free(world);
}

Test(semihosting_folder, does_not_follow_links_that_are_no_paths)
{
    semihosting_folder_t *self = folder_new("/proc/self", false);
    int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    char *name = g_strdup_printf("fd/%d", file);
    cr_assert_geq(file, 0);
    cr_expect_eq(outcome(self, name, O_RDONLY), -ELOOP, "%s: %d", name, outcome(self, name, O_RDONLY));
    cr_expect_eq(outcome(self, "exe", O_RDONLY), -ELOOP);
    cr_expect_eq(outcome(self, "cwd/etc/passwd", O_RDONLY), -ELOOP);
    cr_expect_eq(outcome(self, "root/etc/passwd", O_RDONLY), -ELOOP);
    g_free(name);
    close(file);
    semihosting_folder_free(self);
}

Test(semihosting_folder, is_changed_only_where_it_is_writable)
{
    callers_t *world = world_new(false);
    semihosting_folder_t *folder = folder_new(".", false);
    cr_expect_eq(outcome(folder, "file", O_RDWR), -EROFS);
    cr_expect_eq(outcome(folder, "new", O_WRONLY | O_CREAT | O_TRUNC), -EROFS);
    cr_expect_eq(outcome(folder, "file", O_WRONLY | O_CREAT | O_APPEND), -EROFS);
    cr_expect_eq(semihosting_folder_remove(folder, "file"), -EROFS);
    cr_expect_eq(semihosting_folder_rename(folder, "file", "other"), -EROFS);
    char *text = callers_read_file(world, "file");
    cr_assert_str_eq(text, "inside");
    g_free(text);
    semihosting_folder_free(folder);
    callers_free(world);
}

Test(semihosting_folder, removes_and_renames_within_itself_only)
{
    callers_t *world = world_new(true);
    semihosting_folder_t *folder = folder_new(".", true);
    static const char *const outside[] = {"../outside", "/etc/passwd", "link-up/outside", "..", "sub/.."};
    for (size_t i = 0; i < G_N_ELEMENTS(outside); i++) {
        cr_expect_eq(semihosting_folder_remove(folder, outside[i]), -EXDEV, "%s", outside[i]);
        cr_expect_eq(semihosting_folder_rename(folder, outside[i], "taken"), -EXDEV, "%s", outside[i]);
        cr_expect_eq(semihosting_folder_rename(folder, "file", outside[i]), -EXDEV, "%s", outside[i]);
    }
    cr_expect_eq(semihosting_folder_remove(folder, "sub"), -EISDIR);
    cr_expect_eq(semihosting_folder_remove(folder, "sub/"), -EISDIR);
    cr_expect_eq(semihosting_folder_remove(folder, ""), -EISDIR);
    cr_expect_eq(semihosting_folder_remove(folder, "link-out"), 0, "the link itself lies inside");
    cr_expect_eq(semihosting_folder_rename(folder, "file", "sub/moved"), 0);
    cr_expect_eq(semihosting_folder_remove(folder, "sub/deep"), 0);
    char *moved = callers_read_file(world, "sub/moved"), *left = callers_read_file(world, "../outside");
    cr_assert_str_eq(moved, "inside");
    cr_assert_str_eq(left, "outside");
    g_free(moved);
    g_free(left);
    semihosting_folder_free(folder);
    callers_free(world);
}

Test(semihosting_folder, stays_the_one_that_was_opened)
{
    callers_t *world = world_new(true);
    semihosting_folder_t *folder = folder_new("sub", true);
    cr_assert_eq(rename("sub", "moved"), 0);
    cr_assert_eq(symlink("..", "sub"), 0);
    cr_expect_eq(outcome(folder, "deep", O_RDONLY), 0);
    cr_expect_eq(outcome(folder, "outside", O_RDONLY), -ENOENT);
    semihosting_folder_free(folder);
    callers_free(world);
}

Test(semihosting_folder, says_why_it_cannot_be_used)
{
    callers_t *world = world_new(true);
    static const struct {
        const char *path;
        int error;
    } rows[] = {{"missing", -ENOENT}, {"file", -ENOTDIR}, {"loop", -ELOOP}, {"", -ENOENT}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        semihosting_folder_t *folder = NULL;
        base_error_t error = {0};
        cr_expect_eq(semihosting_folder_new(rows[i].path, false, &folder, &error), rows[i].error, "%s", rows[i].path);
        cr_expect_null(folder);
        cr_expect_neq(error.text[0], 0);
    }
    callers_free(world);
}
