#include "cpu/flags.h"

static bool holds(unsigned condition, bool n, bool z, bool c, bool v)
{
    bool result = true;
    switch (condition >> 1) {
    case 0: result = z; break;            /* EQ, NE */
    case 1: result = c; break;            /* CS, CC */
    case 2: result = n; break;            /* MI, PL */
    case 3: result = v; break;            /* VS, VC */
    case 4: result = c && !z; break;      /* HI, LS */
    case 5: result = n == v; break;       /* GE, LT */
    case 6: result = n == v && !z; break; /* GT, LE */
    case 7: return true;                  /* AL, and NV which is the same */
    }
    return result != (condition & 1);
}

uint16_t flags_condition_set(unsigned condition)
{
    unsigned set = 0;
    for (unsigned nzcv = 0; nzcv < 16; nzcv++)
        set |= (unsigned)holds(condition, nzcv & 8, nzcv & 4, nzcv & 2, nzcv & 1) << nzcv;
    return (uint16_t)set;
}
