/* DRAM: banks with a busy time, one shared data bus, a bounded queue, and the bytes themselves.
 *
 * Requests to one line go to one bank in arrival order and take effect in that order: a read is sampled and a write
 * applied when the bank is ready with it. Answers to different banks overtake each other. Owned by the system
 * interconnect (interconnect/system.h), which calls it and sends what it answers. Times in picoseconds. */
#ifndef MESIM_INTERCONNECT_DRAM_H
#define MESIM_INTERCONNECT_DRAM_H

#include "base/error.h"
#include "interconnect/chi.h"
#include "interconnect/system.h"

#include <stdint.h>

typedef struct interconnect_dram interconnect_dram_t;

/* Where answers go. */
typedef struct interconnect_dram_client {
    void *self;
    void (*answer)(void *self, uint64_t now_ps, const chi_message_t *answer);
} interconnect_dram_client_t;

/* stats belongs to the caller and is counted into. */
int interconnect_dram_new(const interconnect_dram_config_t *config, const interconnect_dram_client_t *client,
                          interconnect_system_stats_t *stats, interconnect_dram_t **ret_dram, base_error_t *error);
void interconnect_dram_free(interconnect_dram_t *dram); /* NULL is fine */

/* A ReadNoSnoop or WriteNoSnoop inside the DRAM's range. A write is answered as soon as the queue has taken it (later
 * reads come after it), or with CHI_FLAG_PERFORMED when the bank has it. */
void interconnect_dram_request(interconnect_dram_t *dram, uint64_t now_ps, const chi_message_t *request);

/* The time of the next thing to do, TIME_NEVER when idle; interconnect_dram_step does it. */
uint64_t interconnect_dram_next_ps(const interconnect_dram_t *dram);
void interconnect_dram_step(interconnect_dram_t *dram);

uint8_t *interconnect_dram_bytes(interconnect_dram_t *dram);

#endif
