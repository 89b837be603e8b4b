#include "machine/check.h"

#include "cache/checker.h"
#include "cpu/core.h"

void machine_check_on_store(void *self, uint64_t now_ps, uint64_t line_address, uint64_t mask, const uint8_t *data)
{
    const machine_core_t *core = self;
    cache_checker_t *checker = core->machine->checker;
    while (checker && mask) {
        unsigned first = (unsigned)__builtin_ctzll(mask);
        uint64_t rest = ~(mask >> first);
        unsigned length = rest ? (unsigned)__builtin_ctzll(rest) : CHI_LINE_BYTES;
        cache_checker_store(checker, core->cpu->index, now_ps, line_address + first, data + first, length);
        mask &= ~(bits_mask(length) << first);
    }
}

void machine_check_on_load(void *self, uint64_t now_ps, uint64_t address, const uint8_t *bytes, unsigned size_bytes)
{
    const machine_core_t *core = self;
    if (core->machine->checker)
        cache_checker_load(core->machine->checker, core->cpu->index, now_ps, address, bytes, size_bytes);
}

int machine_check_attach(machine_t *machine, base_error_t *error)
{
    int result = cache_checker_new(BOARD_RAM_BASE, machine->config.ram_bytes, interconnect_system_ram(machine->system),
                                   &machine->checker, error);
    if (result < 0)
        return result;
    for (unsigned i = 0; i < machine->config.cores; i++)
        cache_checker_attach_l1d(machine->checker, i, machine->cores[i].cpu->core->l1d);
    cache_checker_attach_cluster(machine->checker, machine->cluster);
    return 0;
}

void machine_check_finish(machine_t *machine)
{
    if (machine->checker)
        cache_checker_verify_all(machine->checker, engine_now_ps(machine->engine));
}

uint64_t machine_violations(const machine_t *machine)
{
    return machine->checker ? cache_checker_violations(machine->checker) : 0;
}

const char *machine_first_violation(const machine_t *machine)
{
    return machine->checker ? cache_checker_first(machine->checker) : "";
}
