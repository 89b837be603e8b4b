/* The end of a run that went wrong. */
#ifndef MESIM_FIRMWARE_PANIC_H
#define MESIM_FIRMWARE_PANIC_H

/* Prints the reason and "FAILED", stops the other cores and switches the machine off. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For a report of several lines: panic_begin() leaves one core as the only one that prints, panic_end() switches off.
 * Between them print with panic_print(), which takes no lock. */
void panic_begin(void);
void panic_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void panic_end(void);

#endif
