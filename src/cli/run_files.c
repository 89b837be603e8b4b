/* Options of `mesim run` whose argument is a file or folder with suboptions: FILE[,NAME[=VALUE]]... */
#include "cli/run_setters.h"
#include "cli/suboptions.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

/* target: a bool. */
static int set_writable(void *target, const char *name, const char *value)
{
    bool is_writable = !strcmp(name, "writable");
    if (value || (!is_writable && strcmp(name, "readonly") != 0))
        return -EINVAL;
    *(bool *)target = is_writable;
    return 0;
}

int cli_set_drive(void *target, const char *shown, const char *value, base_error_t *error)
{
    cli_run_options_t *options = target;
    if (options->boot.drive_count == MACHINE_MAX_DRIVES)
        return base_fail(error, -EINVAL, "%s: there is room for %d drives", shown, MACHINE_MAX_DRIVES);
    cli_suboptions_t form = {shown, "a file", "readonly or writable", set_writable};
    machine_drive_t *drive = &options->boot.drives[options->boot.drive_count];
    char **path = &options->drive_paths[options->boot.drive_count];
    drive->is_writable = false;
    int result = cli_suboptions_parse(&form, value, &drive->is_writable, path, error);
    if (result < 0)
        return result;
    drive->path = *path;
    options->boot.drive_count++;
    return 0;
}

int cli_set_semihosting(void *target, const char *shown, const char *value, base_error_t *error)
{
    cli_run_options_t *options = target;
    cli_suboptions_t form = {shown, "a folder", "readonly or writable", set_writable};
    char *path;
    options->boot.semihosting_writable = false;
    int result = cli_suboptions_parse(&form, value, &options->boot.semihosting_writable, &path, error);
    if (result < 0)
        return result;
    g_free(options->semihosting_path);
    options->boot.semihosting_path = options->semihosting_path = path;
    return 0;
}

/* 0x and hexadecimal digits, or a decimal number. */
static int parse_offset(const char *text, uint64_t *ret_offset)
{
    bool is_hex = g_str_has_prefix(text, "0x");
    return g_ascii_string_to_unsigned(text + (is_hex ? 2 : 0), is_hex ? 16 : 10, 0, UINT64_MAX, ret_offset, NULL)
               ? 0
               : -EINVAL;
}

static int set_symbols_suboption(void *target, const char *name, const char *value)
{
    loader_symbol_file_t *file = target;
    return !strcmp(name, "offset") && value ? parse_offset(value, &file->offset) : -EINVAL;
}

int cli_set_symbols(void *target, const char *shown, const char *value, base_error_t *error)
{
    cli_run_options_t *options = target;
    if (options->boot.symbol_file_count == MACHINE_MAX_SYMBOL_FILES)
        return base_fail(error, -EINVAL, "%s: there is room for %d files", shown, MACHINE_MAX_SYMBOL_FILES);
    cli_suboptions_t form = {shown, "a file", "offset=0x... or a decimal number", set_symbols_suboption};
    loader_symbol_file_t *file = &options->boot.symbol_files[options->boot.symbol_file_count];
    char **path = &options->symbol_paths[options->boot.symbol_file_count];
    file->offset = 0;
    int result = cli_suboptions_parse(&form, value, file, path, error);
    if (result < 0)
        return result;
    file->path = *path;
    options->boot.symbol_file_count++;
    return 0;
}

int cli_set_virtio_console(void *target, const char *shown, const char *value, base_error_t *error)
{
    cli_run_options_t *options = target;
    if (!*value)
        return base_fail(error, -EINVAL, "%s needs a file, or - for standard output", shown);
    options->boot.has_virtio_console = true;
    options->virtio_console_path = strcmp(value, "-") != 0 ? value : NULL;
    return 0;
}
