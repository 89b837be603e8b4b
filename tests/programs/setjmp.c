/* Jumps out of deep calls, again and again; floating-point registers that a call must keep come back. */
#include "program.h"

static jump_t outer, inner;
static unsigned jumps;

static unsigned __attribute__((noinline)) dive(unsigned depth, unsigned until)
{
    volatile double local = depth * 1.5;
    if (depth > 1000)
        return 0;
    if (depth == until) {
        jumps++;
        jump_to(&outer, (int)depth);
    }
    return dive(depth + 1, until) + (unsigned)local;
}

static int __attribute__((noinline)) keeps(double a, double b, double c)
{
    volatile int count = 0;
    double x = a * b, y = b + c, z = c / a;
    int value = jump_set(&inner);
    count++;
    if (value < 5) {
        __asm__ volatile("fmov d8, xzr\n fmov d9, xzr\n fmov d10, xzr" ::: "v8", "v9", "v10");
        jump_to(&inner, value + 1);
    }
    put("kept %g %g %g after %d rounds\n", x, y, z, count);
    return value;
}

void program(void)
{
    volatile unsigned total = 0;
    for (volatile unsigned until = 1; until < 200; until += 7) {
        int value = jump_set(&outer);
        if (value == 0)
            total += dive(0, until);
        else
            total += (unsigned)value;
    }
    put("%u jumps, %u in all\n", jumps, total);
    put("value %d\n", keeps(1.25, 2.5, 1e10));
    int zero = jump_set(&outer);
    static int rounds;
    if (rounds++ == 0)
        jump_to(&outer, 0);
    put("a jump with 0 gives %d\n", zero);
}
