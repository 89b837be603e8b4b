/* The option table of `mesim litmus`. */
#include "cli/litmus_options.h"

#include "cli/cli.h"
#include "litmus/perturb.h"
#include "machine/presets.h"
#include "machine/units.h"

#include <errno.h>
#include <string.h>

enum { DEFAULT_RUNS = 100000, DEFAULT_PERTURB = 1 };

static int set_runs(void *target, const char *shown, const char *value, base_error_t *error)
{
    uint64_t *runs = &((cli_litmus_options_t *)target)->litmus.runs;
    if (machine_unit_parse(MACHINE_UNIT_COUNT, value, runs) == 0 && *runs)
        return 0;
    return base_fail(error, -EINVAL, "%s '%s' is no number of runs; give 1 or more", shown, value);
}

static int set_seed(void *target, const char *shown, const char *value, base_error_t *error)
{
    if (machine_unit_parse(MACHINE_UNIT_COUNT, value, &((cli_litmus_options_t *)target)->litmus.rig.seed) == 0)
        return 0;
    return base_fail(error, -EINVAL, "%s '%s' is no number", shown, value);
}

static int set_perturb(void *target, const char *shown, const char *value, base_error_t *error)
{
    uint64_t level;
    if (machine_unit_parse(MACHINE_UNIT_COUNT, value, &level) < 0 || level > LITMUS_MAX_PERTURB)
        return base_fail(error, -EINVAL, "%s '%s' is no level; give 0 to %d", shown, value, LITMUS_MAX_PERTURB);
    ((cli_litmus_options_t *)target)->litmus.rig.perturb = (unsigned)level;
    return 0;
}

static int set_memory(void *target, const char *shown, const char *value, base_error_t *error)
{
    if (litmus_memory_find(value, &((cli_litmus_options_t *)target)->litmus.rig.memory))
        return 0;
    return base_fail(error, -EINVAL, "%s '%s' is no type of memory; give cached, nc, gre, ngnre or mixed", shown,
                     value);
}

static int set_preset(void *target, const char *shown, const char *value, base_error_t *error)
{
    if (!value[0])
        return base_fail(error, -EINVAL, "%s needs a name; `mesim presets` lists them", shown);
    ((cli_litmus_options_t *)target)->preset = value;
    return 0;
}

static int add_setting(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)error;
    g_ptr_array_add(((cli_litmus_options_t *)target)->settings, (char *)value);
    return 0;
}

static int set_explain(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)value;
    (void)error;
    ((cli_litmus_options_t *)target)->explain = true;
    return 0;
}

static int set_quiet(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)value;
    (void)error;
    ((cli_litmus_options_t *)target)->quiet = true;
    return 0;
}

static int set_axiomatic(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)value;
    (void)error;
    ((cli_litmus_options_t *)target)->axiomatic = true;
    return 0;
}

static int set_compare(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    (void)value;
    (void)error;
    ((cli_litmus_options_t *)target)->compare = true;
    return 0;
}

#if MESIM_FAULTS
static int set_fault(void *target, const char *shown, const char *value, base_error_t *error)
{
    (void)shown;
    return machine_fault_find(value, &((cli_litmus_options_t *)target)->litmus.rig.fault, error);
}
#endif

const cli_option_t cli_litmus_option_table[] = {
    {.name = "OPTIONS"},
    {"runs", 'n', "RUNS", "How often each test is run; 100000 if not given.", set_runs},
    {"seed", 's', "N", "Seed of every random choice; 1 if not given.", set_seed},
    {"perturb", 'p', "LEVEL",
     "How hard the machine is shaken: 0, only start offsets and cache placement vary, to 3, long random delays of "
     "messages and of stores in the store buffer, and many evictions. 1 if not given.",
     set_perturb},
    {"memory", 'm', "TYPE",
     "Where the locations lie: cached, Normal Write-Back, if not given; nc, Normal Non-cacheable; gre or ngnre, Device "
     "memory; mixed, every second one Non-cacheable. Exclusives and atomics run in cached memory only.",
     set_memory},
    {"preset", 0, "NAME", "A machine description, as for `mesim run`. There is a core for each thread of a test.",
     set_preset},
    {"config", 'C', "KEY=VALUE", "Sets a parameter of the machine; may be repeated.", add_setting},
    {"explain", 'e', NULL,
     "Shows for the first run in which the condition's outcome was seen what happened, a line an event in the order "
     "of time: loads, stores, store buffers and coherence.",
     set_explain},
    {"axiomatic", 'a', NULL,
     "Runs nothing: lists the outcomes that the Arm memory model allows by its axioms, in the layout of herd7's logs.",
     set_axiomatic},
    {"compare", 'c', NULL,
     "Says how many of the outcomes that the Arm memory model allows were seen; one that it forbids ends in status 1.",
     set_compare},
    {"quiet", 'q', NULL, "No logs; of folders, only the table.", set_quiet},
#if MESIM_FAULTS
    {"inject", 0, "FAULT",
     "For tests: makes the mistake of that name (src/cpu/fault.h, src/cache/fault.h, src/mmu/mmu.h).", set_fault},
#endif
    {"help", 'h', NULL, "This page.", set_quiet /* taken before options are parsed */},
    {0},
};

static int add_path(void *target, const char *value, base_error_t *error)
{
    (void)error;
    g_ptr_array_add(((cli_litmus_options_t *)target)->paths, (char *)value);
    return 0;
}

static int apply_machine(cli_litmus_options_t *options, base_error_t *error)
{
    machine_config_t *config = &options->litmus.rig.config;
    int result = 0;
    machine_config_init(config);
    if (options->preset) {
        char *program = cli_program_path();
        char **folders = machine_preset_folders(program);
        result = machine_preset_apply(config, (const char *const *)folders, options->preset, error);
        g_strfreev(folders);
        g_free(program);
    }
    for (guint i = 0; i < options->settings->len && result == 0; i++) {
        char *where = g_strdup_printf("-C %s", (char *)options->settings->pdata[i]);
        result = machine_config_set_pair(config, where, options->settings->pdata[i], error);
        g_free(where);
    }
    return result == 0 ? machine_config_check(config, error) : result;
}

int cli_litmus_options_parse(int argc, char *const *argv, cli_litmus_options_t *ret_options, base_error_t *error)
{
    cli_litmus_options_t options = {
        .litmus = {.runs = DEFAULT_RUNS, .rig = {.seed = 1, .perturb = DEFAULT_PERTURB}},
        .paths = g_ptr_array_new(),
        .settings = g_ptr_array_new(),
    };
    int result = cli_options_parse(cli_litmus_option_table, &options, argc, argv, add_path, error);
    if (result == 0 && !options.paths->len)
        result = base_fail(error, -EINVAL, "litmus needs a test: mesim litmus FILE; `mesim help litmus` tells more");
    if (result == 0 && options.axiomatic && (options.compare || options.explain))
        result = base_fail(error, -EINVAL, "--axiomatic runs nothing; leave out --compare and --explain, or it");
    if (result == 0)
        result = apply_machine(&options, error);
    if (result < 0)
        cli_litmus_options_done(&options);
    else
        *ret_options = options;
    return result;
}

void cli_litmus_options_done(cli_litmus_options_t *options)
{
    g_ptr_array_free(options->paths, TRUE);
    g_ptr_array_free(options->settings, TRUE);
}
