/* The table of parameters, its text form, and every refusal. */
#include "machine/config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

static machine_config_t defaults(void)
{
    machine_config_t config;
    machine_config_init(&config);
    return config;
}

Test(machine_config, defaults_lie_in_their_ranges_and_make_a_machine)
{
    machine_config_t config = defaults();
    base_error_t error = {0};
    cr_expect_eq(machine_config_check(&config, &error), 0, "%s", error.text);
    size_t count = 0;
    const machine_parameter_t *rows = machine_parameters(&count);
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].key)
            continue;
        char *value = machine_config_value_text(&config, &rows[i]);
        cr_expect_eq(machine_config_set(&config, "test", rows[i].key, value, &error), 0, "%s", error.text);
        cr_expect(strlen(rows[i].description) > 10, "%s has no description", rows[i].key);
        g_free(value);
    }
}

Test(machine_config, no_two_parameters_share_a_key)
{
    size_t count = 0;
    const machine_parameter_t *rows = machine_parameters(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            cr_expect(!rows[i].key || !rows[j].key || strcmp(rows[i].key, rows[j].key) != 0, "%s twice", rows[i].key);
}

Test(machine_config, text_of_a_configuration_reads_back_as_itself)
{
    machine_config_t config = defaults(), back = defaults();
    base_error_t error = {0};
    cr_assert_eq(machine_config_set_pair(&config, "-C", "l2.size=256K", &error), 0);
    cr_assert_eq(machine_config_set_pair(&config, "-C", "link.system = 7.5ns", &error), 0);
    cr_assert_eq(machine_config_set_pair(&config, "-C", "cores.start=all", &error), 0);
    cr_assert_eq(machine_config_set_pair(&config, "-C", "l2.fetch_snoops=yes", &error), 0);
    cr_assert_eq(machine_config_set_pair(&config, "-C", "core.features=none", &error), 0);
    char *text = machine_config_text(&config);
    cr_assert_eq(machine_config_read(&back, "text", text, &error), 0, "%s", error.text);
    cr_expect_eq(memcmp(&config, &back, sizeof(config)), 0);
    cr_expect_eq(config.l2_size_bytes, 262144);
    cr_expect_eq(config.system_link_ps, 7500);
    g_free(text);
}

static void expect_refused(const char *pair, int result, const char *part)
{
    machine_config_t config = defaults(), before = config;
    base_error_t error = {0};
    cr_expect_eq(machine_config_set_pair(&config, "-C", pair, &error), result, "'%s' was taken", pair);
    cr_expect_not_null(strstr(error.text, part), "'%s' gave: %s", pair, error.text);
    cr_expect_null(strchr(error.text, '\n'), "'%s' gave more than one line", pair);
    cr_expect_eq(memcmp(&config, &before, sizeof(config)), 0, "'%s' changed something", pair);
}

Test(machine_config, unknown_key_names_the_nearest)
{
    expect_refused("l1d.sise=32K", -EINVAL, "did you mean l1d.size?");
    expect_refused("L1D.SIZE=32K", -EINVAL, "did you mean l1d.size?");
    expect_refused("core.count=4", -EINVAL, "did you mean cores.count?");
    expect_refused("=4", -EINVAL, "there is no parameter ''");
}

Test(machine_config, values_out_of_range_or_of_the_wrong_kind_are_refused)
{
    expect_refused("cores.count=0", -ERANGE, "cores.count takes 1 to 64");
    expect_refused("cores.count=65", -ERANGE, "cores.count takes 1 to 64");
    expect_refused("cores.count=many", -EINVAL, "give a number");
    expect_refused("cores.count", -EINVAL, "write key=value");
    expect_refused("cores.count=", -EINVAL, "no value");
    expect_refused("core.clock=2", -ERANGE, "core.clock takes 1MHz to 10GHz");
    expect_refused("cores.start=later", -EINVAL, "give psci or all");
    expect_refused("l2.fetch_snoops=2", -EINVAL, "give 1 or 0");
    expect_refused("l1d.size=99999999999999999999", -ERANGE, "out of range");
}

Test(machine_config, a_file_names_the_line_it_fails_in)
{
    machine_config_t config = defaults();
    base_error_t error = {0};
    cr_expect_eq(machine_config_read(&config, "my.conf", "# one\n\ncores.count = 8 # eight\nl2.ways\n", &error),
                 -EINVAL);
    cr_expect_not_null(strstr(error.text, "my.conf:4:"), "%s", error.text);
    cr_expect_eq(config.cores, 8);
}

static void expect_impossible(const char *text, const char *part)
{
    machine_config_t config = defaults();
    base_error_t error = {0};
    cr_assert_eq(machine_config_read(&config, "test", text, &error), 0, "%s", error.text);
    cr_expect_eq(machine_config_check(&config, &error), -EINVAL, "'%s' was taken", text);
    cr_expect_not_null(strstr(error.text, part), "'%s' gave: %s", text, error.text);
}

Test(machine_config, impossible_machines_are_refused_by_name)
{
    expect_impossible("l1d.size = 48K", "l1d.size");
    expect_impossible("l1d.ways = 3", "l1d.ways");
    expect_impossible("l1i.size = 64", "l1i.size a power of two times 192");
    expect_impossible("l1d.size = 65\nl1d.ways = 1", "l1d.size = 65");
    expect_impossible("l2.size = 16K", "which the L2 includes");
    expect_impossible("l2.size = 128M\nl2.ways = 1", "the most is 65536");
    expect_impossible("l1i.size=16K\nl1i.ways=4\nl2.replacement = plru\nl2.ways = 3\nl2.size = 192K", "PLRU");
    expect_impossible("tlb.l2 = 1000", "tlb.l2");
    expect_impossible("core.address_bits = 41", "core.address_bits");
    expect_impossible("core.address_bits = 32\nmemory.size = 4G", "raise core.address_bits");
    expect_impossible("memory.size = 2097153", "64K");
    expect_impossible("memory.banks = 12", "memory.banks");
    expect_impossible("gic.spis = 33", "gic.spis");
    expect_impossible("core.type = cortex-a99", "generic, cortex-a53");
    expect_impossible("core.features = crc33", "core.features");
}
