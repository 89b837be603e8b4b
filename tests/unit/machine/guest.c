#include "guest.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

const char *guest_write(const uint32_t *words, size_t count)
{
    static const char name[] = "guest.bin";
    cr_assert(g_file_set_contents(name, (const char *)words, (gssize)(count * sizeof(*words)), NULL));
    return name;
}

static void on_console(void *self, const char *bytes, size_t count)
{
    guest_console_t *console = self;
    if (!console)
        return;
    cr_assert_leq(console->count + count, sizeof(console->text));
    memcpy(console->text + console->count, bytes, count);
    console->count += count;
}

machine_options_t guest_options(void)
{
    return (machine_options_t){.order = ENGINE_FORWARD, .fast_path = true, .input_fd = -1};
}

machine_t *guest_new(const char *settings, machine_options_t options, guest_console_t *console)
{
    machine_config_t config;
    base_error_t error = {0};
    machine_t *machine = NULL;
    machine_host_t host = {.self = console, .console = on_console};
    machine_config_init(&config);
    cr_assert_eq(machine_config_read(&config, "settings", settings, &error), 0, "%s", error.text);
    cr_assert_eq(machine_config_check(&config, &error), 0, "%s", error.text);
    cr_assert_eq(machine_new(&config, &options, &host, &machine, &error), 0, "%s", error.text);
    return machine;
}

machine_t *guest_machine(const char *image, const char *settings, machine_options_t options, guest_console_t *console)
{
    machine_t *machine = guest_new(settings, options, console);
    machine_boot_options_t boot = {.image_path = image, .raw = true};
    base_error_t error = {0}, warning;
    cr_assert_eq(machine_load(machine, &boot, &warning, &error), 0, "%s", error.text);
    return machine;
}
