/* The command line of `mesim run`. */
#include "cli/run_options.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

static int parse(const char *line, cli_run_options_t *ret_options, base_error_t *error)
{
    static char *argv[32]; /* options point into it */
    int argc = 0;
    char **words = g_strsplit(line, " ", -1);
    for (; words[argc]; argc++)
        argv[argc] = words[argc];
    *error = (base_error_t){0};
    int result = cli_run_options_parse(argc, argv, ret_options, error);
    g_free(words);
    return result;
}

Test(cli_run_options, settings_apply_in_the_order_written_and_after_the_preset)
{
    cli_run_options_t options;
    base_error_t error;
    cr_assert_eq(
        parse("x.elf -C l2.ways=8 --cores 2 --preset cortex-a53 -C cores.count=7 --mem 256M", &options, &error), 0,
        "%s", error.text);
    cr_expect_eq(options.config.cores, 7);
    cr_expect_eq(options.config.l2_ways, 8);
    cr_expect_eq(options.config.ram_bytes, 256 << 20);
    cr_expect_str_eq(options.config.core_type, "cortex-a53");
    cr_expect_str_eq(options.boot.image_path, "x.elf");
    cr_expect_eq(options.max_cycles, UINT64_MAX);
    cr_expect(options.machine.fast_path);
    cli_run_options_done(&options);
}

Test(cli_run_options, every_option_reaches_its_place)
{
    cli_run_options_t options;
    base_error_t error;
    cr_assert_eq(parse("--trace t --stats s --append a=1 --initrd i --dtb d --input - --raw --check --no-fast-path "
                       "--no-host-stats -q --max-cycles 5 --timeout 6 --order backward --seed 9 --start all x",
                       &options, &error),
                 0, "%s", error.text);
    cr_expect_str_eq(options.trace_path, "t");
    cr_expect_str_eq(options.stats_path, "s");
    cr_expect_str_eq(options.boot.bootargs, "a=1");
    cr_expect_str_eq(options.boot.initrd_path, "i");
    cr_expect_str_eq(options.boot.dtb_path, "d");
    cr_expect_str_eq(options.boot.input_path, "-");
    cr_expect(options.boot.raw && options.machine.check && options.quiet);
    cr_expect(!options.machine.fast_path && !options.host_statistics);
    cr_expect_eq(options.max_cycles, 5);
    cr_expect_eq(options.timeout_seconds, 6);
    cr_expect_eq(options.machine.order, ENGINE_BACKWARD);
    cr_expect_eq(options.config.seed, 9);
    cr_expect_eq(options.config.start, MACHINE_START_ALL);
    cli_run_options_done(&options);
}

static void expect_refused(const char *line, const char *part)
{
    cli_run_options_t options;
    base_error_t error;
    cr_expect_lt(parse(line, &options, &error), 0, "'%s' was taken", line);
    cr_expect_not_null(strstr(error.text, part), "'%s' gave: %s", line, error.text);
}

Test(cli_run_options, what_is_wrong_is_named_as_it_was_written)
{
    expect_refused("--cores 2", "needs an image");
    expect_refused("a b", "got 'b' as well as 'a'");
    expect_refused("a --cores 0", "--cores: 0 is out of range; cores.count takes 1 to 64");
    expect_refused("a --cores 65", "1 to 64");
    expect_refused("a -C l1d.sise=4K", "did you mean l1d.size?");
    expect_refused("a -C l1d.size=48K", "l1d.size = 49152");
    expect_refused("a --mode fast", "give timing or functional");
    expect_refused("a --mode functional --check", "--check watches caches");
    expect_refused("a --order sideways", "forward, backward or shuffled");
    expect_refused("a --timeout 0", "--timeout '0'");
    expect_refused("a --max-cycles -5", "--max-cycles '-5'");
    expect_refused("a --preset nosuch", "there is no preset 'nosuch'");
    expect_refused("a --trace=", "--trace needs an argument");
}
