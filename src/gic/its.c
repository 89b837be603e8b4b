/* The ITS: one operation after another, and its accesses to memory. */
#include "gic/its.h"

#include "base/bits.h"
#include "gic/internal.h"

#include <inttypes.h>
#include <string.h>

enum { DMA_LINES = 8 };

void gic_its_init(gic_distributor_t *dist)
{
    gic_its_t *its = &dist->its;
    its->dma = interconnect_dma_new(DMA_LINES);
    its->works = g_array_new(FALSE, FALSE, sizeof(gic_its_work_t));
    its->lpi_known = g_new0(uint16_t, GIC_LPI_COUNT);
    for (unsigned core = 0; core < dist->config.cores; core++) {
        dist->redist[core].lpis = g_array_new(FALSE, FALSE, sizeof(gic_lpi_t));
        dist->redist[core].lpi_place = g_new0(uint16_t, GIC_LPI_COUNT);
    }
}

void gic_its_done(gic_distributor_t *dist)
{
    gic_its_t *its = &dist->its;
    interconnect_dma_free(its->dma);
    if (its->works)
        g_array_unref(its->works);
    g_free(its->lpi_known);
    for (unsigned core = 0; core < dist->config.cores; core++) {
        if (dist->redist[core].lpis)
            g_array_unref(dist->redist[core].lpis);
        g_free(dist->redist[core].lpi_place);
    }
}

/* --- memory --- */

static void pump(gic_distributor_t *dist);

static void on_memory(void *self, uint64_t now_ps, chi_error_t error)
{
    gic_distributor_t *dist = self;
    gic_its_t *its = &dist->its;
    its->now_ps = now_ps;
    its->waiting = false;
    its->failed = error != CHI_OKAY;
    if (its->fetching) {
        its->fetching = false;
        its->busy = its->is_command = true;
        its->recorded = 0;
        for (unsigned i = 0; i < GIC_ITS_COMMAND_BYTES / 8; i++)
            memcpy(&its->command[i], its->buffer + 8 * i, 8);
    } else {
        memcpy(&its->record[its->recorded++], its->buffer, 8);
    }
    pump(dist);
}

static void start(gic_distributor_t *dist, uint64_t address, uint32_t size_bytes, bool is_write)
{
    gic_its_t *its = &dist->its;
    its->waiting = true;
    interconnect_dma_start(its->dma, its->now_ps,
                           &(interconnect_dma_transfer_t){.address = address,
                                                          .size_bytes = size_bytes,
                                                          .is_write = is_write,
                                                          .bytes = its->buffer,
                                                          .done = on_memory,
                                                          .self = dist});
}

gic_its_result_t gic_its_read(gic_distributor_t *dist, uint64_t address, uint32_t size_bytes, uint64_t *ret_value)
{
    gic_its_t *its = &dist->its;
    if (its->repeated < its->recorded) {
        *ret_value = its->record[its->repeated++];
        return GIC_ITS_OK;
    }
    memset(its->buffer, 0, 8);
    start(dist, address, size_bytes, false);
    return GIC_ITS_WAIT;
}

gic_its_result_t gic_its_write_bytes(gic_distributor_t *dist, uint64_t address, const void *bytes, uint32_t size_bytes)
{
    gic_its_t *its = &dist->its;
    if (its->repeated < its->recorded) {
        its->repeated++;
        return GIC_ITS_OK;
    }
    memcpy(its->buffer, bytes, size_bytes);
    start(dist, address, size_bytes, true);
    return GIC_ITS_WAIT;
}

gic_its_result_t gic_its_write(gic_distributor_t *dist, uint64_t address, uint64_t value)
{
    return gic_its_write_bytes(dist, address, &value, sizeof(value));
}

gic_its_result_t gic_its_bad(gic_distributor_t *dist, const char *why)
{
    dist->its.why = why;
    return GIC_ITS_BAD;
}

/* --- operations --- */

uint64_t gic_its_queue_bytes(const gic_its_t *its)
{
    return (bits_get(its->cbaser, 0, 8) + 1) << 12;
}

static bool has_command(const gic_its_t *its)
{
    return its->enabled && its->cbaser & GITS_VALID && its->creadr != its->cwriter &&
           its->cwriter < gic_its_queue_bytes(its);
}

static unsigned works_waiting(const gic_its_t *its)
{
    return its->works->len - its->works_taken;
}

/* False: there is nothing to do. */
static bool take_next(gic_distributor_t *dist)
{
    gic_its_t *its = &dist->its;
    if (works_waiting(its)) {
        its->work = g_array_index(its->works, gic_its_work_t, its->works_taken++);
        if (!works_waiting(its)) {
            g_array_set_size(its->works, 0);
            its->works_taken = 0;
        }
        its->busy = true;
        its->is_command = false;
        its->recorded = 0;
        return true;
    }
    if (!has_command(its))
        return false;
    its->fetching = true;
    start(dist, (its->cbaser & GITS_ADDRESS) + its->creadr, GIC_ITS_COMMAND_BYTES, false);
    return true;
}

/* Section 5.3.1: without SEIs a command in error is ignored, and the queue goes on. */
static void finish(gic_distributor_t *dist, gic_its_result_t result)
{
    gic_its_t *its = &dist->its;
    if (result == GIC_ITS_BAD && its->is_command)
        observe_guest_error(&dist->log, its->now_ps, -1, 0, "ITS: %s at offset 0x%" PRIx64 " of the queue: %s: ignored",
                            gic_its_operation_name(its), its->creadr, its->why);
    else if (result == GIC_ITS_BAD)
        observe_guest_error(&dist->log, its->now_ps, -1, 0, "ITS: %s: %s: ignored", gic_its_operation_name(its),
                            its->why);
    if (!its->is_command && its->work.kind == GIC_ITS_STORE_PENDING)
        gic_lpi_stored(dist, its->work.core);
    its->events -= !its->is_command && its->work.kind == GIC_ITS_EVENT;
    if (its->is_command) {
        dist->stats.its_commands++;
        its->creadr += GIC_ITS_COMMAND_BYTES;
        if (its->creadr >= gic_its_queue_bytes(its) && !GIC_HAS_FAULT(dist, QUEUE_NOT_WRAPPED))
            its->creadr = 0;
    }
    its->busy = false;
    its->failed = false;
}

static void pump(gic_distributor_t *dist)
{
    gic_its_t *its = &dist->its;
    if (its->pumping)
        return;
    its->pumping = true;
    while (!its->waiting && (its->busy || take_next(dist))) {
        if (!its->busy)
            continue; /* the command is on its way */
        its->repeated = 0;
        gic_its_result_t result = its->failed ? gic_its_bad(dist, "memory outside RAM") : gic_its_perform(dist);
        if (result != GIC_ITS_WAIT)
            finish(dist, result);
    }
    its->pumping = false;
}

void gic_its_run(gic_distributor_t *dist, uint64_t now_ps)
{
    dist->its.now_ps = now_ps;
    pump(dist);
}

void gic_its_add_work(gic_distributor_t *dist, gic_its_work_t work)
{
    gic_its_t *its = &dist->its;
    if (work.kind == GIC_ITS_EVENT && its->events >= GIC_ITS_EVENTS_MAX) {
        observe_guest_error(&dist->log, its->now_ps, -1, 0, "ITS: event %u of device %u comes while %u wait: lost",
                            work.event, work.device, its->events);
        return;
    }
    its->events += work.kind == GIC_ITS_EVENT;
    g_array_append_val(its->works, work);
}

bool gic_its_is_quiescent(const gic_distributor_t *dist)
{
    const gic_its_t *its = &dist->its;
    bool in_command = its->fetching || (its->busy && its->is_command);
    return !its->enabled && !in_command && !its->events; /* the tables of LPIs are the redistributors' */
}
