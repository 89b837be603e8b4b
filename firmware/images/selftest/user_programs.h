/* Code for EL0, in pages of its own (kernel.ld), to be mapped in the window. */
#ifndef MESIM_FIRMWARE_USER_PROGRAMS_H
#define MESIM_FIRMWARE_USER_PROGRAMS_H

extern char user_text_start[], user_text_end[];

extern char user_svc[];       /* x0 = x0 + 1; SVC 0x123 */
extern char user_load[];      /* x0 = *x0; SVC 0 */
extern char user_store[];     /* *x0 = x1; SVC 0 */
extern char user_mask[];      /* masks interrupts, or tries to */
extern char user_undefined[]; /* UDF */
extern char user_spoil_sp[];  /* SP -= 8; x0 = *SP; SVC 0 */
extern char user_spin[];      /* x1 = *x0 (32 bits) once that is not 0, or after a million looks; SVC 0 */

#endif
