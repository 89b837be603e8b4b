/* Cores that know nothing but how to make semihosting calls and to move bytes of a flat memory, on the real engine,
 * with a folder of the host that exists as long as they do. */
#ifndef MESIM_TESTS_SEMIHOSTING_CALLERS_H
#define MESIM_TESTS_SEMIHOSTING_CALLERS_H

#include "semihosting/semihosting.h"

#include <stdbool.h>
#include <stdint.h>

enum { CALLERS_LINK_PS = 5000, CALLERS_MAX = 4 };
enum { CALLERS_MEMORY_BASE = 0x1000, CALLERS_MEMORY_BYTES = 1 << 20 }; /* of each core its own */

typedef struct callers callers_t;

callers_t *callers_new(unsigned cores, bool is_writable);
void callers_free(callers_t *callers);

semihosting_t *callers_host(callers_t *callers);
const char *callers_path(const callers_t *callers);    /* of the folder */
const char *callers_console(const callers_t *callers); /* all that was printed */
/* Asked for by SYS_EXIT. */
typedef struct callers_end {
    unsigned calls, core;
    uint64_t reason, subcode;
} callers_end_t;
const callers_end_t *callers_end(const callers_t *callers);

/* A core's memory at a guest address, for the test to fill and to look at. */
uint8_t *callers_memory(callers_t *callers, unsigned core, uint64_t address);

/* Begins a call at the present; several cores may before time goes on. */
void callers_begin(callers_t *callers, unsigned core, uint64_t operation, uint64_t parameter);
/* Until nothing is under way. */
void callers_settle(callers_t *callers);
/* The results that a core has got, and the last of them. */
unsigned callers_results(const callers_t *callers, unsigned core);
int64_t callers_result(const callers_t *callers, unsigned core);

/* By core 0: a whole call; its parameter block lies at the base of memory. */
int64_t callers_call(callers_t *callers, uint64_t operation, uint64_t parameter);
int64_t callers_call_block(callers_t *callers, uint64_t operation, unsigned count, const uint64_t *fields);
#define CALLERS_CALL(callers, operation, ...)                                                                          \
    callers_call_block(callers, operation, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t),                 \
                       (const uint64_t[]){__VA_ARGS__})
/* The same of a name, which is put into memory. */
int64_t callers_open(callers_t *callers, const char *name, uint64_t mode);
/* Puts a string with its NUL where calls of the test find it: returns its address. */
uint64_t callers_put(callers_t *callers, uint64_t address, const char *text);

/* A file beside or in the folder. */
void callers_write_file(const callers_t *callers, const char *name, const char *text);
/* Its contents, to be freed; NULL: there is none. */
char *callers_read_file(const callers_t *callers, const char *name);

#endif
