/* What a test program may use: formatted output, threads, jumps. The same source is built for Linux and for the bare
 * machine (tests/programs/CMakeLists.txt); what it prints must not depend on time or on the order of threads. */
#ifndef MESIM_PROGRAM_H
#define MESIM_PROGRAM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each program has one. */
void program(void);

/* --- output (format.c) --- */

/* %d %u %x %o %c %s %p with 0, -, +, space, # flags, width, precision, hh h l ll z; %f %e %g of double, exact. */
void put(const char *format, ...) __attribute__((format(printf, 1, 2)));
int put_to(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int put_to_list(char *buffer, size_t size, const char *format, va_list arguments);

/* FNV-1a over values, for results too many to print. */
typedef struct hash {
    uint64_t value;
} hash_t;
#define HASH_INIT                                                                                                      \
    {                                                                                                                  \
        UINT64_C(0xcbf29ce484222325)                                                                                   \
    }
void hash_bytes(hash_t *hash, const void *data, size_t bytes);
#define HASH(hash, object) hash_bytes((hash), &(object), sizeof(object))

/* The same numbers everywhere (xorshift). */
uint64_t random_next(uint64_t *state);

/* --- jumps (jump.S): as setjmp and longjmp --- */

typedef struct jump {
    uint64_t words[22];
} jump_t;
int jump_set(jump_t *jump) __attribute__((returns_twice));
_Noreturn void jump_to(jump_t *jump, int value);

/* --- the platform (bare/, linux/) --- */

void platform_write(const char *bytes, size_t count);
/* How many threads there are: cores of the bare machine. */
unsigned thread_count(void);
/* Runs function(0) to function(count - 1) at the same time, the first on the caller; count is at most thread_count().
 */
void threads(unsigned count, void (*function)(unsigned thread));
/* Memory that is never freed, aligned to 64 bytes and zeroed. */
void *allocate(size_t bytes);

#endif
