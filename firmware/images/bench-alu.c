/* Arithmetic in registers and nothing else, on every core: the simulator's and the core model's best case. 16
 * instructions an iteration. */
#include "image.h"
#include "layout.h"
#include "print.h"
#include "smp.h"

#include <stddef.h>

option_t image_options[] = {
    {.name = "iterations", .value = 3125000, .least = 1, .most = 1000000000000},
    {.name = NULL},
};

enum { INSTRUCTIONS = 16 };

#define LCG_MULTIPLIER 6364136223846793005ull /* Knuth's MMIX */
#define LCG_INCREMENT  1442695040888963407ull

static struct {
    _Alignas(CACHE_LINE_BYTES) uint64_t random; /* a linear congruential sequence */
    uint64_t sum;                               /* of iterations to 1 */
    uint64_t parity;                            /* their exclusive or */
    uint64_t count;
    uint64_t errors; /* bits in which undoing a mix did not give back what was mixed */
} result[SMP_MAX_CPUS];

static void work(void *data)
{
    uint64_t random = smp_self(), sum = 0, parity = 0, count = 0, errors = 0;
    uint64_t i = *(const uint64_t *)data, mixed, back;
    smp_rendezvous();
    __asm__ volatile("1: madd %[random], %[random], %[multiplier], %[increment]\n"
                     "   add %[sum], %[sum], %[i]\n"
                     "   eor %[parity], %[parity], %[i]\n"
                     "   add %[count], %[count], #1\n"
                     "   ror %[mixed], %[random], #7\n"
                     "   eor %[mixed], %[mixed], %[sum]\n"
                     "   add %[mixed], %[mixed], %[parity]\n"
                     "   rbit %[mixed], %[mixed]\n"
                     "   rbit %[back], %[mixed]\n"
                     "   sub %[back], %[back], %[parity]\n"
                     "   eor %[back], %[back], %[sum]\n"
                     "   ror %[back], %[back], #57\n"
                     "   eor %[back], %[back], %[random]\n"
                     "   orr %[errors], %[errors], %[back]\n"
                     "   subs %[i], %[i], #1\n"
                     "   b.ne 1b"
                     : [random] "+r"(random), [sum] "+r"(sum), [parity] "+r"(parity), [count] "+r"(count),
                       [errors] "+r"(errors), [i] "+r"(i), [mixed] "=&r"(mixed), [back] "=&r"(back)
                     : [multiplier] "r"(LCG_MULTIPLIER), [increment] "r"(LCG_INCREMENT)
                     : "cc");
    const unsigned self = smp_self();
    result[self].random = random;
    result[self].sum = sum;
    result[self].parity = parity;
    result[self].count = count;
    result[self].errors = errors;
}

/* Where the sequence is after n steps, in log n: a step is x -> m x + c, and two of them are a step as well. */
static uint64_t lcg_after(uint64_t x, uint64_t n)
{
    uint64_t m = LCG_MULTIPLIER, c = LCG_INCREMENT;
    for (; n != 0; n >>= 1) {
        if (n & 1)
            x = m * x + c;
        c += m * c;
        m *= m;
    }
    return x;
}

static uint64_t parity_up_to(uint64_t n)
{
    const uint64_t by_remainder[4] = {n, 1, n + 1, 0};
    return by_remainder[n % 4];
}

void image_main(void)
{
    uint64_t n = options_get(image_options, "iterations");
    print("%u cores, %lu iterations of %u instructions each\n", smp_cores(), n, INSTRUCTIONS);
    smp_run_on_all(work, &n);
    for (unsigned core = 0; core < smp_cores(); core++) {
        const bool right = result[core].random == lcg_after(core, n) && result[core].sum == n * (n + 1) / 2 &&
                           result[core].parity == parity_up_to(n) && result[core].count == n &&
                           result[core].errors == 0;
        print("core %u: %016lx %s\n", core, result[core].random, image_verdict(right));
    }
}
