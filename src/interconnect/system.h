/* The system interconnect of this machine: home node, DRAM and the way to devices, as one component.
 *
 * It answers ReadNoSnoop and WriteNoSnoop: by address either from DRAM (banks with a busy time, a shared
 * data bus with finite bandwidth, a queue) or by forwarding to the link of the device that owns the window.
 * An address that nobody owns is answered with CHI_DECERR.
 *
 * It takes ReadOnce and WriteUnique of requesters without caches (interconnect/dma.h) and has cluster 0, which knows
 * every copy of a line, perform them. They reach DRAM alone: any other address is answered with CHI_DECERR, so no
 * device works on the registers of another.
 *
 * A requester cluster puts its index (the order of interconnect_system_attach_cluster) into `reserved` of its
 * requests and finds it there in the answers. Toward a device `transaction` is the system's own; the device
 * returns it, and the requester gets its own back. A device write without CHI_FLAG_PERFORMED is answered when the
 * home has it; what the device then answers is dropped. Accesses to one device stay in order. */
#ifndef MESIM_INTERCONNECT_SYSTEM_H
#define MESIM_INTERCONNECT_SYSTEM_H

#include "base/error.h"
#include "engine/engine.h"
#include "interconnect/chi.h"
#include "observe/stats.h"

#include <stddef.h>
#include <stdint.h>

typedef struct interconnect_system interconnect_system_t;

typedef struct interconnect_dram_config {
    uint64_t base;             /* physical address of the first byte */
    uint64_t size_bytes;       /* multiple of 64 */
    uint32_t banks;            /* power of two; consecutive lines go to consecutive banks */
    uint64_t access_ps;        /* from arrival at the bank to data */
    uint64_t bank_busy_ps;     /* the bank's cycle time: the next access to it starts no earlier */
    uint64_t line_transfer_ps; /* of the shared data bus, one line */
    uint32_t queue_entries;    /* requests accepted before new ones wait in order */
} interconnect_dram_config_t;

typedef struct interconnect_system_stats {
    uint64_t dram_reads, dram_writes, device_reads, device_writes, decode_errors;
    uint64_t dram_read_ps;                    /* summed over reads: arrival to answer */
    uint64_t dram_queue_ps;                   /* part of it spent waiting for bank, bus or queue */
    uint64_t io_reads, io_writes, io_refused; /* lines that requesters without caches read, wrote, might not */
} interconnect_system_stats_t;

/* -EINVAL with one line in error when the configuration is impossible, -ENOMEM when memory is short. */
int interconnect_system_new(engine_t *engine, const interconnect_dram_config_t *dram,
                            interconnect_system_t **ret_system, base_error_t *error);
void interconnect_system_free(interconnect_system_t *system); /* NULL is fine */
engine_component_t *interconnect_system_component(interconnect_system_t *system);
/* The way back to requester cluster `index` (responses to a request that came over any link of that cluster). */
void interconnect_system_attach_cluster(interconnect_system_t *system, engine_link_t *to_cluster);
/* Requests to [base, base + size_bytes) go over to_device; its answers come back and pass to the requester. */
int interconnect_system_attach_device(interconnect_system_t *system, uint64_t base, uint64_t size_bytes,
                                      engine_link_t *to_device, base_error_t *error);
/* The way back to a requester without caches; returns the index that it puts into `reserved` of its requests. */
uint32_t interconnect_system_attach_requester(interconnect_system_t *system, engine_link_t *to_requester);
const interconnect_system_stats_t *interconnect_system_stats(const interconnect_system_t *system);
/* The table that describes interconnect_system_stats_t, for stats_add_group. */
const stats_counter_t *interconnect_system_counters(void);

/* Host view of DRAM, for the loader before the first cycle and for checkers. */
uint8_t *interconnect_system_ram(interconnect_system_t *system);

#endif
