/* The semihosting host: serves what programs ask of the debugger by HLT #0xF000 (Arm, "Semihosting for AArch32 and
 * AArch64", 2023Q3), with 64-bit fields as A64 has them.
 *
 * One component for the machine, with a link to and from each core. Calls of different cores are served in the order
 * in which they arrive, piece by piece; handles belong to the machine, the error number that SYS_ERRNO tells to the
 * core. It reads and writes memory only by asking the calling core (semihosting/message.h), and looks at no clock but
 * that of the simulation. */
#ifndef MESIM_SEMIHOSTING_SEMIHOSTING_H
#define MESIM_SEMIHOSTING_SEMIHOSTING_H

#include "engine/engine.h"
#include "observe/guest_log.h"
#include "observe/stats.h"
#include "semihosting/files.h"

enum { SEMIHOSTING_MAX_CORES = 64 };

/* What SYS_EXIT gives as the reason of an orderly end. */
#define SEMIHOSTING_APPLICATION_EXIT UINT64_C(0x20026)

typedef struct semihosting_config {
    unsigned cores;
    const semihosting_folder_t *folder; /* must outlive the host, as the strings do */
    semihosting_console_t console;
    const char *command_line;     /* of SYS_GET_CMDLINE */
    uint64_t heap_base, heap_end; /* free memory, of SYS_HEAPINFO */
    uint64_t clock_start_seconds; /* since 1970, when age_ps was 0 */
    uint64_t age_ps;              /* of the run, when the component's time is 0 */
    /* The guest ended the run; the core stays where it is. */
    void (*ended)(void *self, unsigned core, uint64_t reason, uint64_t subcode);
    void *self;
} semihosting_config_t;

#define SEMIHOSTING_STATS(X)                                                                                           \
    X(calls, "count", "semihosting calls")                                                                             \
    X(failed, "count", "semihosting calls that failed or moved less than they were asked to")                          \
    X(bytes_read, "bytes", "guest memory read by semihosting calls, parameters included")                              \
    X(bytes_written, "bytes", "guest memory written by semihosting calls")

typedef struct semihosting_stats {
#define SEMIHOSTING_STATS_FIELD(name, unit, description) uint64_t name;
    SEMIHOSTING_STATS(SEMIHOSTING_STATS_FIELD)
#undef SEMIHOSTING_STATS_FIELD
} semihosting_stats_t;

extern const stats_counter_t semihosting_counters[];

typedef struct semihosting semihosting_t;

semihosting_t *semihosting_new(engine_t *engine, const semihosting_config_t *config);
void semihosting_free(semihosting_t *host); /* closes all files; NULL is fine */

engine_component_t *semihosting_component(semihosting_t *host);
/* The link to core `index`; all must be attached before the first call. */
void semihosting_attach_core(semihosting_t *host, unsigned index, engine_link_t *to_core);

const semihosting_stats_t *semihosting_stats(const semihosting_t *host);
const observe_guest_log_t *semihosting_guest_log(const semihosting_t *host);
/* How much of the console's input was read, with what was before. */
size_t semihosting_input_read(const semihosting_t *host);

/* "ADP_Stopped_RunTimeErrorUnknown"; NULL for a number that is no reason. */
const char *semihosting_reason_name(uint64_t reason);

#endif
