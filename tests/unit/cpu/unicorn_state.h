/* What both sides of a duel have: general registers, SP, flags and PC. */
#ifndef MESIM_TESTS_CPU_UNICORN_STATE_H
#define MESIM_TESTS_CPU_UNICORN_STATE_H

#include "base/random.h"
#include "cpu/cpu.h"

#include <unicorn/unicorn.h>

enum { UNICORN_REGISTERS = 33 /* X0 to X30, SP, NZCV */ };

typedef struct unicorn_state {
    uint64_t registers[UNICORN_REGISTERS];
    uint64_t pc;
} unicorn_state_t;

unicorn_state_t unicorn_state_read(uc_engine *uc);
void unicorn_state_write(uc_engine *uc, const unicorn_state_t *state);
unicorn_state_t unicorn_state_read_ours(const cpu_t *cpu);
void unicorn_state_write_ours(cpu_t *cpu, const unicorn_state_t *state);

/* Random values, corner values half of the time; pc and the pointer of random code as given. */
unicorn_state_t unicorn_state_random(base_random_t *random, uint64_t pc, uint64_t pointer);

/* The number that an environment variable holds. */
uint64_t unicorn_option(const char *name, uint64_t otherwise);

#endif
