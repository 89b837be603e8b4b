#include "litmus/perturb.h"

static const litmus_perturb_t levels[LITMUS_MAX_PERTURB + 1] = {
    {0, 0, 0, 0, 128, 3, "only start offsets and cache placement vary"},
    {10000, 64, 128, 0, 192, 4,
     "messages late by up to 10 ns, stores drain up to 64 and loads miss up to 128 cycles late"},
    {50000, 256, 512, 16, 384, 5, "up to 50 ns, 256 and 512 cycles, one miss in 16 evicts another line"},
    {200000, 1024, 2048, 4, 1024, 6, "up to 200 ns, 1024 and 2048 cycles, one miss in 4 evicts another line"},
};

const litmus_perturb_t *litmus_perturb_level(unsigned level)
{
    return &levels[level];
}
