/* Presets: compiled in, beside the program, or as a file. */
#include "machine/presets.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

Test(machine_presets, each_compiled_in_preset_makes_a_machine_and_has_a_summary)
{
    machine_preset_t *presets = machine_presets_list(NULL);
    unsigned count = 0;
    for (const machine_preset_t *preset = presets; preset->name; preset++, count++) {
        machine_config_t config;
        base_error_t error = {0};
        machine_config_init(&config);
        cr_expect_eq(machine_preset_apply(&config, NULL, preset->name, &error), 0, "%s", error.text);
        cr_expect_eq(machine_config_check(&config, &error), 0, "%s: %s", preset->name, error.text);
        cr_expect_str_eq(config.core_type, strcmp(preset->name, "max") ? preset->name : "generic");
        cr_expect(strlen(preset->summary) > 10, "%s has no summary", preset->name);
    }
    cr_expect_geq(count, 7);
    machine_presets_free(presets);
}

Test(machine_presets, generic_is_the_default_machine)
{
    machine_config_t config, plain;
    base_error_t error = {0};
    machine_config_init(&plain);
    machine_config_init(&config);
    cr_assert_eq(machine_preset_apply(&config, NULL, "generic", &error), 0, "%s", error.text);
    cr_expect_eq(memcmp(&config, &plain, sizeof(config)), 0);
}

Test(machine_presets, an_unknown_name_lists_those_there_are)
{
    machine_config_t config;
    base_error_t error = {0};
    machine_config_init(&config);
    cr_expect_eq(machine_preset_apply(&config, NULL, "cortex-a99", &error), -ENOENT);
    cr_expect_not_null(strstr(error.text, "cortex-a76, generic, max, neoverse-n1"), "%s", error.text);
}

Test(machine_presets, a_file_beside_the_program_comes_before_the_one_compiled_in)
{
    char *root = g_dir_make_tmp("mesim-XXXXXX", NULL);
    char *program = g_build_filename(root, "bin", "mesim", NULL);
    char *folder = g_build_filename(root, "share", "mesim", "presets", NULL);
    char *path = g_build_filename(folder, "cortex-a72.conf", NULL);
    cr_assert_eq(g_mkdir_with_parents(folder, 0700), 0);
    cr_assert(g_file_set_contents(path, "# mine\nl2.ways = 8\n", -1, NULL));

    char **folders = machine_preset_folders(program);
    machine_config_t config;
    base_error_t error = {0};
    machine_config_init(&config);
    cr_expect_eq(machine_preset_apply(&config, (const char *const *)folders, "cortex-a72", &error), 0, "%s",
                 error.text);
    cr_expect_eq(config.l2_ways, 8);
    cr_expect_eq(machine_preset_apply(&config, NULL, path, &error), 0, "%s", error.text);
    machine_preset_t *presets = machine_presets_list((const char *const *)folders);
    for (const machine_preset_t *preset = presets; preset->name; preset++)
        if (!strcmp(preset->name, "cortex-a72"))
            cr_expect_str_eq(preset->summary, "mine");
    machine_presets_free(presets);

    g_strfreev(folders);
    g_remove(path);
    g_free(path);
    g_free(folder);
    g_free(program);
    g_free(root);
}

Test(machine_presets, a_file_that_is_missing_or_no_text_is_refused_by_name)
{
    machine_config_t config;
    base_error_t error = {0};
    machine_config_init(&config);
    cr_expect_eq(machine_preset_apply(&config, NULL, "./nowhere.conf", &error), -ENOENT);
    cr_expect_not_null(strstr(error.text, "nowhere.conf"), "%s", error.text);
    cr_assert(g_file_set_contents("binary.conf", "l2.ways = 8\0\n", 13, NULL));
    cr_expect_eq(machine_preset_apply(&config, NULL, "./binary.conf", &error), -EINVAL);
    cr_expect_not_null(strstr(error.text, "no preset"), "%s", error.text);
    g_remove("binary.conf");
}
