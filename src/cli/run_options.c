/* `mesim run`'s command line as a whole: what holds between its options. */
#include "cli/run_options.h"

#include "cli/cli.h"
#include "cli/run_setters.h"
#include "machine/presets.h"

#include <errno.h>
#include <glib.h>

static int set_image(void *target, const char *value, base_error_t *error)
{
    cli_run_options_t *options = target;
    if (options->boot.image_path)
        return base_fail(error, -EINVAL, "run takes one image, got '%s' as well as '%s'", value,
                         options->boot.image_path);
    options->boot.image_path = value;
    return 0;
}

static int apply_settings(cli_run_options_t *options, base_error_t *error)
{
    for (unsigned i = 0; i < options->setting_count; i++) {
        const cli_setting_t *setting = &options->settings[i];
        char *where = setting->key ? g_strdup(setting->shown) : g_strdup_printf("-C %s", setting->value);
        int result = setting->key ? machine_config_set(&options->config, where, setting->key, setting->value, error)
                                  : machine_config_set_pair(&options->config, where, setting->value, error);
        g_free(where);
        if (result < 0)
            return result;
    }
    return 0;
}

static int apply_preset(cli_run_options_t *options, base_error_t *error)
{
    if (!options->preset)
        return 0;
    char *program = cli_program_path();
    char **folders = machine_preset_folders(program);
    int result = machine_preset_apply(&options->config, (const char *const *)folders, options->preset, error);
    g_strfreev(folders);
    g_free(program);
    return result;
}

/* --timing-from says functional mode; what watches the caches has nothing to watch there. */
static int check_mode(machine_options_t *options, base_error_t *error)
{
    if (options->timing_from)
        options->mode = MACHINE_FUNCTIONAL;
    if (options->mode == MACHINE_FUNCTIONAL && options->check)
        return base_fail(error, -EINVAL, "--check watches caches, which functional mode does not have; leave one out");
    return 0;
}

int cli_run_options_parse(int argc, char *const *argv, cli_run_options_t *ret_options, base_error_t *error)
{
    cli_run_options_t options = {
        .max_cycles = UINT64_MAX,
        .timeout_seconds = UINT64_MAX,
        .host_statistics = true,
        .machine = {.order = ENGINE_FORWARD, .fast_path = true, .reboot = true, .input_fd = -1}};
    machine_config_init(&options.config);
    int result = cli_options_parse(cli_run_option_table, &options, argc, argv, set_image, error);
    if (result == 0 && options.boot.virtio_console_path && !options.boot.has_virtio_console)
        result = base_fail(error, -EINVAL, "--virtio-input needs --virtio-console");
    if (result == 0)
        result = apply_preset(&options, error);
    if (result == 0)
        result = apply_settings(&options, error);
    if (result == 0)
        result = machine_config_check(&options.config, error);
    if (result == 0)
        result = check_mode(&options.machine, error);
    if (result == 0 && !options.boot.image_path && !options.dump_config && !options.dump_dtb_path)
        result = base_fail(error, -EINVAL, "run needs an image: mesim run IMAGE; `mesim help run` tells more");
    if (result < 0) {
        cli_run_options_done(&options);
        return result;
    }
    *ret_options = options;
    return 0;
}

void cli_run_options_done(cli_run_options_t *options)
{
    g_free(options->settings);
    options->settings = NULL;
    for (unsigned i = 0; i < options->boot.drive_count; i++)
        g_free(options->drive_paths[i]);
    options->boot.drive_count = 0;
    for (unsigned i = 0; i < options->boot.symbol_file_count; i++)
        g_free(options->symbol_paths[i]);
    options->boot.symbol_file_count = 0;
    g_clear_pointer(&options->semihosting_path, g_free);
}
