/* What the files of the semihosting host share: a call in progress and the steps it takes.
 *
 * An operation is a chain of functions. Each does what can be done at once and ends with one of: fetch or deliver,
 * which move bytes of the guest and then go on with the next function of the chain, or finish. */
#ifndef MESIM_SEMIHOSTING_INTERNAL_H
#define MESIM_SEMIHOSTING_INTERNAL_H

#include "semihosting/message.h"
#include "semihosting/semihosting.h"

#include <glib.h>

typedef struct semihosting_call semihosting_call_t;
typedef void semihosting_step_t(semihosting_t *host, semihosting_call_t *call);

typedef struct semihosting_operation {
    uint8_t number;
    uint8_t parameters; /* fields of the parameter block that are read first */
    const char *name;
    semihosting_step_t *step;
} semihosting_operation_t;

enum { SEMIHOSTING_MAX_PARAMETERS = 4 };

struct semihosting_call {
    engine_link_t *to_core;
    unsigned core;
    bool active;
    int error; /* the last one of this core: SYS_ERRNO */
    uint64_t now_ps, pc;
    uint64_t block; /* X1 */
    const semihosting_operation_t *operation;
    uint64_t parameter[SEMIHOSTING_MAX_PARAMETERS];
    GByteArray *bytes; /* fetched, or to be delivered */
    char *name;        /* of the file, or of the first of two */
    uint64_t done;     /* bytes of SYS_WRITE, SYS_WRITE0 or SYS_READ moved before `bytes` */

    /* What is being moved, and what then. */
    uint64_t address;
    size_t moved, count;
    bool is_write;
    semihosting_step_t *next, *unreachable;
};

struct semihosting {
    engine_component_t *component;
    semihosting_config_t config;
    semihosting_files_t *files;
    observe_guest_log_t log;
    semihosting_call_t call[SEMIHOSTING_MAX_CORES];
    semihosting_stats_t stats;
};

/* calls.c: NULL for a number that no operation has. */
const semihosting_operation_t *semihosting_find_operation(uint64_t number);

/* Puts `count` bytes of the guest into call->bytes, in place of what it held. Where the guest has no such memory, the
 * call ends with a guest error and, unless call->unreachable says otherwise, -1. */
void semihosting_fetch(semihosting_t *host, semihosting_call_t *call, uint64_t address, size_t count,
                       semihosting_step_t *next);
/* Puts call->bytes to `address`. */
void semihosting_deliver(semihosting_t *host, semihosting_call_t *call, uint64_t address, semihosting_step_t *next);
/* Ends the call: X0. */
void semihosting_finish(semihosting_t *host, semihosting_call_t *call, int64_t result);
/* Ends it with 0. */
semihosting_step_t semihosting_succeed;
/* Ends it with -1, and the error for SYS_ERRNO. */
void semihosting_fail(semihosting_t *host, semihosting_call_t *call, int error);
/* A guest error of this call; the name of the operation comes before the text. */
void semihosting_complain(semihosting_t *host, const semihosting_call_t *call, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* calls_system.c */
semihosting_step_t semihosting_call_writec, semihosting_call_write0, semihosting_call_readc, semihosting_call_iserror,
    semihosting_call_clock, semihosting_call_time, semihosting_call_elapsed, semihosting_call_tickfreq,
    semihosting_call_system, semihosting_call_errno, semihosting_call_get_cmdline, semihosting_call_heapinfo,
    semihosting_call_exit;

#endif
