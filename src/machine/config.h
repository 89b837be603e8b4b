/* The machine's parameters: one struct, described by one table (machine/config.def).
 *
 * Every parameter has a dotted key. Its value comes from the table's default, then a preset or file, then `-C
 * key=value`, each overwriting the last. Values are text in the units people write (48K, 2GHz, 90ns); members hold
 * bytes, hertz, picoseconds, cycles of the core clock, or plain counts, as their names say. Errors are one line that
 * names the key. */
#ifndef MESIM_MACHINE_CONFIG_H
#define MESIM_MACHINE_CONFIG_H

#include "base/error.h"
#include "base/time.h"
#include "cache/l1d.h"
#include "interconnect/chi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MACHINE_TEXT_BYTES = 256 };

typedef enum machine_start { MACHINE_START_PSCI, MACHINE_START_ALL } machine_start_t;
typedef enum machine_protocol { MACHINE_PROTOCOL_MESI } machine_protocol_t;

typedef struct machine_config {
#define SECTION(text)
#define NUMBER(member, key, unit, default_value, least, most, description) uint64_t member;
#define SWITCH(member, key, default_value, description)                    uint64_t member;
#define CHOICE(member, key, names, default_value, description)             uint64_t member;
#define TEXT(member, key, default_value, description)                      char member[MACHINE_TEXT_BYTES];
#include "machine/config.def"
#undef SECTION
#undef NUMBER
#undef SWITCH
#undef CHOICE
#undef TEXT
} machine_config_t;

/* The unit of a number, and with it the suffixes its text may have. */
typedef enum machine_unit {
    MACHINE_UNIT_COUNT,  /* no suffix */
    MACHINE_UNIT_BYTES,  /* B, K, M, G: powers of 1024 */
    MACHINE_UNIT_HZ,     /* Hz, kHz, MHz, GHz */
    MACHINE_UNIT_PS,     /* ps, ns, us, ms, s; a bare number is picoseconds */
    MACHINE_UNIT_CYCLES, /* of the core clock */
} machine_unit_t;

typedef enum machine_kind { MACHINE_NUMBER, MACHINE_SWITCH, MACHINE_CHOICE, MACHINE_TEXT } machine_kind_t;

/* A row of the table. */
typedef struct machine_parameter {
    const char *section; /* heads a group: set in its first parameter only */
    const char *key;
    machine_kind_t kind;
    machine_unit_t unit;
    uint64_t default_value, least, most;
    const char *default_text; /* MACHINE_TEXT */
    const char *const *names; /* MACHINE_CHOICE; ends with NULL */
    const char *description;
    size_t offset; /* of the member: a uint64_t, or char[MACHINE_TEXT_BYTES] */
} machine_parameter_t;

const machine_parameter_t *machine_parameters(size_t *ret_count);

/* The defaults. */
void machine_config_init(machine_config_t *config);

/* Sets one parameter. `where` begins the message ("-C l2.size=3", "my.conf:12"). -EINVAL: no such key, or not a value
 * of it; -ERANGE: a number out of range. */
int machine_config_set(machine_config_t *config, const char *where, const char *key, const char *value,
                       base_error_t *error);

/* The same from "key=value". */
int machine_config_set_pair(machine_config_t *config, const char *where, const char *pair, base_error_t *error);

/* Reads lines `key = value`; # starts a comment. `name` is for messages. */
int machine_config_read(machine_config_t *config, const char *name, const char *text, base_error_t *error);

/* Whether a machine can have these values together; machine_config_set has looked at each alone. */
int machine_config_check(const machine_config_t *config, base_error_t *error);

/* One parameter's value as text that machine_config_set takes; to be freed with g_free. */
char *machine_config_value_text(const machine_config_t *config, const machine_parameter_t *parameter);

/* The whole configuration in the form that machine_config_read takes, with comments; to be freed with g_free. */
char *machine_config_text(const machine_config_t *config);

/* The name of a unit for tables: "bytes", "ps", ... */
const char *machine_unit_name(machine_unit_t unit);

/* The parameter whose key is most like `key`. */
const machine_parameter_t *machine_parameter_nearest(const char *key);

#endif
