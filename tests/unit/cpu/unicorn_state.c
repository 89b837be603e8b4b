#include "unicorn_state.h"

#include "cpu/accessors.h"
#include "cpu/flags.h"
#include "random_code.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static int unicorn_register(unsigned i)
{
    if (i < 29)
        return UC_ARM64_REG_X0 + (int)i;
    const int rest[] = {UC_ARM64_REG_X29, UC_ARM64_REG_X30, UC_ARM64_REG_SP, UC_ARM64_REG_NZCV};
    return rest[i - 29];
}

unicorn_state_t unicorn_state_read(uc_engine *uc)
{
    unicorn_state_t state = {0}; /* NZCV is read as 32 bits */
    int ids[UNICORN_REGISTERS];
    void *values[UNICORN_REGISTERS];
    for (unsigned i = 0; i < UNICORN_REGISTERS; i++) {
        ids[i] = unicorn_register(i);
        values[i] = &state.registers[i];
    }
    cr_assert_eq(uc_reg_read_batch(uc, ids, values, UNICORN_REGISTERS), UC_ERR_OK);
    cr_assert_eq(uc_reg_read(uc, UC_ARM64_REG_PC, &state.pc), UC_ERR_OK);
    return state;
}

void unicorn_state_write(uc_engine *uc, const unicorn_state_t *state)
{
    int ids[UNICORN_REGISTERS];
    void *values[UNICORN_REGISTERS];
    for (unsigned i = 0; i < UNICORN_REGISTERS; i++) {
        ids[i] = unicorn_register(i);
        values[i] = (void *)&state->registers[i];
    }
    cr_assert_eq(uc_reg_write_batch(uc, ids, values, UNICORN_REGISTERS), UC_ERR_OK);
}

unicorn_state_t unicorn_state_read_ours(const cpu_t *cpu)
{
    unicorn_state_t state = {.pc = cpu->pc};
    for (unsigned i = 0; i < 31; i++)
        state.registers[i] = get_x(cpu, i);
    state.registers[31] = get_x(cpu, CPU_SP);
    state.registers[32] = get_nzcv(cpu);
    return state;
}

void unicorn_state_write_ours(cpu_t *cpu, const unicorn_state_t *state)
{
    for (unsigned i = 0; i < 31; i++)
        set_x(cpu, i, state->registers[i]);
    set_x(cpu, CPU_SP, state->registers[31]);
    set_nzcv(cpu, state->registers[32]);
    cpu->pc = state->pc;
}

/* Corner values half of the time. */
static uint64_t random_value(base_random_t *random)
{
    static const uint64_t corners[] = {0,          1,          UINT64_MAX, INT64_MAX, (uint64_t)INT64_MIN,
                                       UINT32_MAX, INT32_MAX,  0x80000000, 0x7f,      0xff80,
                                       0x8000,     0xffffff80, 63,         64};
    uint64_t value = base_random_next(random);
    switch (base_random_below(random, 4)) {
    case 0: return corners[base_random_below(random, sizeof corners / sizeof *corners)];
    case 1: return value >> base_random_below(random, 64);
    default: return value;
    }
}

unicorn_state_t unicorn_state_random(base_random_t *random, uint64_t pc, uint64_t pointer)
{
    unicorn_state_t state = {.pc = pc};
    for (unsigned i = 0; i < 32; i++)
        state.registers[i] = random_value(random);
    state.registers[RANDOM_CODE_POINTER] = pointer;
    state.registers[32] = base_random_below(random, 16) << 28;
    return state;
}

uint64_t unicorn_option(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 0) : otherwise;
}
