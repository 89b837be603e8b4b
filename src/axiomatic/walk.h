/* A walk through one thread: its instructions executed one after another, where each load takes a value that somebody
 * may have written. Nobody outside src/axiomatic includes this.
 *
 * The words are those of litmus/assemble.h. Executed are the instructions that litmus/mnemonics.def assembles, but for
 * those that axiomatic_walk_step refuses. Semantics: DDI 0487, C6.2; dependencies: B2.3.2. */
#ifndef MESIM_AXIOMATIC_WALK_H
#define MESIM_AXIOMATIC_WALK_H

#include "axiomatic/event.h"
#include "axiomatic/writes.h"

enum { AXIOMATIC_MAX_CHOICES = 64, AXIOMATIC_MAX_TURNS = 2 /* backward branches taken in one walk */ };

/* What is in a register. */
typedef struct axiomatic_value {
    uint64_t bits;
    axiomatic_sources_t from;
} axiomatic_value_t;

/* A choice that a walk makes: one of `options`. Those taken before are given; the rest take 0. */
typedef struct axiomatic_choices {
    unsigned taken[AXIOMATIC_MAX_CHOICES], options[AXIOMATIC_MAX_CHOICES];
    unsigned count;
} axiomatic_choices_t;

typedef struct axiomatic_walk {
    const litmus_test_t *test;
    unsigned thread, line;
    const axiomatic_writes_t *writes;
    axiomatic_choices_t *choices;
    unsigned next_choice;
    axiomatic_value_t x[LITMUS_REGISTERS];
    axiomatic_value_t flags; /* NZCV in bits 31:28 */
    axiomatic_sources_t control;
    int exclusive; /* the event of the load-exclusive that is open, or -1 */
    unsigned turns;
    bool cut; /* more turns than are followed */
    axiomatic_event_t events[AXIOMATIC_MAX_EVENTS];
    unsigned count;
    int result;
    base_error_t *error;
} axiomatic_walk_t;

/* One instruction; sets walk->result and the error where it cannot. */
void axiomatic_walk_step(axiomatic_walk_t *walk, uint32_t word);

/* An option below `options`, which is not 0. */
unsigned axiomatic_walk_choose(axiomatic_walk_t *walk, unsigned options);
/* "file:line:column: ..." at the instruction under way. */
void axiomatic_walk_fail(axiomatic_walk_t *walk, const char *what);

axiomatic_value_t axiomatic_walk_get(const axiomatic_walk_t *walk, unsigned number, bool wide);
void axiomatic_walk_set(axiomatic_walk_t *walk, unsigned number, bool wide, axiomatic_value_t value);
axiomatic_sources_t axiomatic_join(axiomatic_sources_t a, axiomatic_sources_t b);
bool axiomatic_condition_holds(uint64_t flags, unsigned condition);

/* The next event, filled by the caller; NULL and walk->result when there is no room. */
axiomatic_event_t *axiomatic_walk_event(axiomatic_walk_t *walk, axiomatic_kind_t kind);

/* A function executes the words of one encoding group. */
typedef void axiomatic_execute_t(axiomatic_walk_t *walk, uint32_t word);

/* data.c */
axiomatic_execute_t axiomatic_add_sub_immediate, axiomatic_logical_immediate, axiomatic_move_wide, axiomatic_bitfield,
    axiomatic_extract, axiomatic_logical_shifted, axiomatic_add_sub_shifted, axiomatic_add_sub_extended,
    axiomatic_select, axiomatic_two_sources, axiomatic_multiply_add;
/* memory.c */
axiomatic_execute_t axiomatic_pair, axiomatic_load_store_unscaled, axiomatic_load_store_indexed,
    axiomatic_load_store_offset, axiomatic_load_acquire_pc_unscaled;
/* atomics.c */
axiomatic_execute_t axiomatic_exclusive_group, axiomatic_atomic_group;

/* memory.c: one access. Reads return the value, zero-extended, with the read as its source. */
typedef struct axiomatic_access {
    axiomatic_value_t address;
    unsigned bytes;
    bool acquire, acquire_pc, release, discards, atomic;
    int pair;
} axiomatic_access_t;

axiomatic_event_t *axiomatic_read(axiomatic_walk_t *walk, const axiomatic_access_t *access);
axiomatic_event_t *axiomatic_write(axiomatic_walk_t *walk, const axiomatic_access_t *access,
                                   axiomatic_sources_t data_from, const uint64_t data[2]);
/* `width` bytes of the event's value from `offset` on. */
uint64_t axiomatic_event_bits(const axiomatic_event_t *event, unsigned offset, unsigned width);
axiomatic_sources_t axiomatic_read_source(const axiomatic_walk_t *walk, const axiomatic_event_t *event);

#endif
