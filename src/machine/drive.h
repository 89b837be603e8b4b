/* Cores driven from the host, as an external debugger would: for experiments that run a few instructions very often.
 *
 * Code and data are put into RAM before the start. Then every core sleeps in WFI, is given registers and an address to
 * go on at, runs until it sleeps again, and its registers are read. Nothing else of the machine is touched, so what the
 * caches, buffers and predictors hold is what the instructions left there. Of the functions of machine/machine.h,
 * machine_new, machine_free and the ones that only read may be used with these. */
#ifndef MESIM_MACHINE_DRIVE_H
#define MESIM_MACHINE_DRIVE_H

#include "machine/machine.h"
#include "observe/trace.h"

enum { MACHINE_REGISTERS = 31 };

/* Copies bytes into RAM; before machine_drive_start. -EINVAL when they do not lie in RAM. */
int machine_drive_place(machine_t *machine, uint64_t physical, const void *bytes, size_t count, base_error_t *error);

/* Releases every core at `entry` at EL1 with the MMU off. */
void machine_drive_start(machine_t *machine, uint64_t entry);

/* The cycle at or after which a core can go on: none has been simulated further. */
uint64_t machine_drive_now_cycles(const machine_t *machine);

/* Lets a sleeping core go on at `pc` at that cycle, with X0 to X30 and NZCV clear. */
void machine_drive_go(machine_t *machine, unsigned core, uint64_t pc, const uint64_t x[MACHINE_REGISTERS],
                      uint64_t cycle);

/* Runs until every core sleeps and nothing is under way, or for so many cycles. False: at that limit. */
bool machine_drive_settle(machine_t *machine, uint64_t limit_cycles);

/* Of a core that sleeps: a register, and the address behind its WFI. */
uint64_t machine_drive_x(const machine_t *machine, unsigned core, unsigned number);
uint64_t machine_drive_pc(const machine_t *machine, unsigned core);
/* Whether it sleeps in WFI. */
bool machine_drive_sleeps(const machine_t *machine, unsigned core);
/* ESR_EL1 and ELR_EL1: the last exception taken. */
void machine_drive_exception(const machine_t *machine, unsigned core, uint64_t *ret_syndrome, uint64_t *ret_address);

/* The machine's trace, to listen to. */
trace_t *machine_drive_trace(machine_t *machine);

#endif
