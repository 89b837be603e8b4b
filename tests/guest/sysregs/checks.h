/* The checks, one function each: NULL, or what is not as it should be. */
#ifndef MESIM_GUEST_SYSREGS_CHECKS_H
#define MESIM_GUEST_SYSREGS_CHECKS_H

#include "sysregs.h"

bool same_name(const char *one, const char *other);

/* privileged.c */
const char *el1_reads_and_writes(const listed_t *reg);
const char *id_space_reads(void);

/* unprivileged.c: with every enable for EL0 off, and on; one control after another. */
const char *el0_is_shut_out(const listed_t *reg);
const char *el0_is_let_in(const listed_t *reg);
const char *enables_open_one_by_one(void);
const char *sctlr_opens_instructions(void);
const char *cpacr_opens_floating_point(void);

#endif
