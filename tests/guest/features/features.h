/* Checks of optional features, one function for a core that has the feature and one for a core that has not. Each
 * returns NULL, or the text of the condition that does not hold. */
#ifndef MESIM_GUEST_FEATURES_H
#define MESIM_GUEST_FEATURES_H

#include "images/selftest/selftest.h"
#include "sysreg.h"

/* name(): the 4-bit field at `lsb` of an ID register is at least `least`. */
#define ID_FIELD(name, reg, lsb, least)                                                                                \
    static bool name(void)                                                                                             \
    {                                                                                                                  \
        const uint64_t value = read_sysreg(reg) >> (lsb)&0xf;                                                          \
        return value != 0xf && value >= (least);                                                                       \
    }

/* name(): the instruction is UNDEFINED; its operand %1 is the address of memory. */
#define UNDEFINED_WITHOUT(name, instruction)                                                                           \
    const char *name(void)                                                                                             \
    {                                                                                                                  \
        const probe_t probe = PROBE(instruction, test_page(0));                                                        \
        EXPECT(probe_trapped(&probe, esr_of(ESR_EC_UNKNOWN, 0)));                                                      \
        return NULL;                                                                                                   \
    }

#define STATIC_UNDEFINED_WITHOUT(name, instruction) static UNDEFINED_WITHOUT(name, instruction)

/* access.c */
const char *pan_works(void);
const char *no_pan(void);
const char *pan2_works(void);
const char *no_pan2(void);
const char *uao_works(void);
const char *no_uao(void);
const char *lse2_works(void);
const char *no_lse2(void);
const char *lrcpc2_works(void);
const char *no_lrcpc2(void);
const char *lor_works(void);
const char *no_lor(void);

/* branches.c */
const char *bti_works(void);
const char *no_bti(void);

#endif
