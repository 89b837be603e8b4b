/* Every system register from a guest: instructions made for each encoding, run at EL1 and at EL0. */
#ifndef MESIM_GUEST_SYSREGS_H
#define MESIM_GUEST_SYSREGS_H

#include "images/selftest/selftest.h"
#include "sysreg.h"
#include "user.h"

/* All that PMCR_EL0.N can say: the machine must have as many. */
#define COUNTERS     31ull
#define COUNTER_BITS 0xffffffffull

/* As in an MRS or MSR, bits 20:5. */
#define KEY(op0, op1, crn, crm, op2)                                                                                   \
    ((unsigned)(op0) << 14 | (unsigned)(op1) << 11 | (unsigned)(crn) << 7 | (unsigned)(crm) << 3 | (unsigned)(op2))

/* A row of tests/unit/cpu/sysreg_list.def, whose columns these are. */
typedef struct listed {
    const char *name;
    unsigned key;
    const char *el1, *el0;
    bool stored;
    uint64_t ones, zeros;
} listed_t;
extern const listed_t listed[];
extern const unsigned listed_count;

bool allows(const char *access, char letter);

/* How an access ended: the syndrome of its exception or 0, and the register as it was read. */
typedef struct outcome {
    uint64_t esr, value;
} outcome_t;

/* Around all that follows: maps the page of code. */
void code_begin(void);
void code_end(void);

outcome_t read_el1(unsigned key);
outcome_t write_el1(unsigned key, uint64_t value);
outcome_t read_el0(unsigned key);
outcome_t write_el0(unsigned key, uint64_t value);
/* Runs two instructions at EL0, with X0 = operand; returns the syndrome, or 0. */
uint64_t run_el0(uint32_t first, uint32_t second, uint64_t operand);
#define NOP 0xd503201fu

/* Reads, writes values[0] and [1] and reads what they became, and restores: without an access to memory in between, so
 * that registers which this program needs can be tested as well. */
uint64_t exchange_el1(unsigned key, uint64_t values[2]);

/* The syndrome of a trapped MRS or MSR of X0. */
uint64_t trap_of(unsigned key, bool read);
/* The syndrome of one that is UNDEFINED: with FEAT_IDST reads of the ID space (op1 0, 1 or 3, CRn 0, CRm 0 to 7) are
 * trapped. */
uint64_t undefined_esr(unsigned key, bool read);

#endif
