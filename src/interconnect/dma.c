#include "interconnect/dma.h"

#include "base/bits.h"
#include "base/error.h"
#include "interconnect/send.h"

#include <glib.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

struct interconnect_dma {
    engine_link_t *to_system;
    uint32_t index;
    unsigned lines_in_flight;
    interconnect_dma_direct_t *direct;
    void *direct_self;

    GArray *transfers; /* interconnect_dma_transfer_t, the one in progress first */
    bool active;       /* the first one has begun */
    bool pumping;      /* transfers are being started further up the stack */
    uint32_t sent_bytes, in_flight;
    chi_error_t error; /* the first of the transfer in progress */
    /* By transaction: where in the transfer the bytes of a line in flight lie. */
    uint32_t at[INTERCONNECT_DMA_MAX_LINES];
    uint64_t free_slots; /* bit a transaction */
};

interconnect_dma_t *interconnect_dma_new(unsigned lines_in_flight)
{
    if (!lines_in_flight || lines_in_flight > INTERCONNECT_DMA_MAX_LINES)
        base_bug("dma: %u lines in flight", lines_in_flight);
    interconnect_dma_t *dma = g_new0(interconnect_dma_t, 1);
    dma->lines_in_flight = lines_in_flight;
    dma->free_slots = bits_mask(lines_in_flight);
    dma->transfers = g_array_new(FALSE, FALSE, sizeof(interconnect_dma_transfer_t));
    return dma;
}

void interconnect_dma_free(interconnect_dma_t *dma)
{
    if (!dma)
        return;
    g_array_unref(dma->transfers);
    g_free(dma);
}

void interconnect_dma_attach(interconnect_dma_t *dma, engine_link_t *to_system, uint32_t index)
{
    dma->to_system = to_system;
    dma->index = index;
}

uint32_t interconnect_dma_index(const interconnect_dma_t *dma)
{
    return dma->index;
}

void interconnect_dma_set_direct(interconnect_dma_t *dma, interconnect_dma_direct_t *access, void *self)
{
    dma->direct = access;
    dma->direct_self = self;
}

bool interconnect_dma_is_idle(const interconnect_dma_t *dma)
{
    return dma->transfers->len == 0;
}

static const interconnect_dma_transfer_t *first_of(const interconnect_dma_t *dma)
{
    return &g_array_index(dma->transfers, interconnect_dma_transfer_t, 0);
}

/* Bytes from `at` of the transfer to the end of their line, or of the transfer. */
static uint32_t piece_bytes(const interconnect_dma_transfer_t *transfer, uint32_t at)
{
    uint32_t to_line_end = CHI_LINE_BYTES - (uint32_t)((transfer->address + at) & (CHI_LINE_BYTES - 1));
    uint32_t rest = transfer->size_bytes - at;
    return rest < to_line_end ? rest : to_line_end;
}

static void send_line(interconnect_dma_t *dma, uint64_t now_ps, const interconnect_dma_transfer_t *transfer)
{
    unsigned slot = (unsigned)__builtin_ctzll(dma->free_slots);
    uint64_t address = transfer->address + dma->sent_bytes;
    uint32_t size_bytes = piece_bytes(transfer, dma->sent_bytes);
    unsigned offset = (unsigned)(address & (CHI_LINE_BYTES - 1));
    chi_message_t request = {
        .opcode = transfer->is_write ? CHI_WRITE_UNIQUE : CHI_READ_ONCE,
        .memory_type = CHI_NORMAL_WB,
        .shareability = CHI_OUTER_SHAREABLE,
        .source = CHI_SOURCE_IO,
        .size_bytes = CHI_LINE_BYTES,
        .transaction = slot,
        .reserved = dma->index,
        .address = chi_line(address),
        .operand = bits_mask(size_bytes) << offset,
        .pc = transfer->pc,
    };
    if (transfer->is_write)
        memcpy(request.data + offset, transfer->bytes + dma->sent_bytes, size_bytes);
    dma->free_slots &= dma->free_slots - 1;
    dma->at[slot] = dma->sent_bytes;
    dma->sent_bytes += size_bytes;
    dma->in_flight++;
    chi_send(dma->to_system, now_ps, 0, &request);
}

/* Sends what may be in flight. After an error no more of the transfer is sent. */
static void send_lines(interconnect_dma_t *dma, uint64_t now_ps)
{
    const interconnect_dma_transfer_t *transfer = first_of(dma);
    if (transfer->address + transfer->size_bytes < transfer->address)
        dma->error = CHI_DECERR;
    while (dma->free_slots && dma->error == CHI_OKAY && dma->sent_bytes < transfer->size_bytes)
        send_line(dma, now_ps, transfer);
}

static void complete(interconnect_dma_t *dma, uint64_t now_ps, chi_error_t error)
{
    interconnect_dma_transfer_t transfer = *first_of(dma);
    g_array_remove_index(dma->transfers, 0);
    dma->active = false;
    if (transfer.done)
        transfer.done(transfer.self, now_ps, error);
}

static chi_error_t move_directly(interconnect_dma_t *dma, uint64_t now_ps)
{
    const interconnect_dma_transfer_t *transfer = first_of(dma);
    const chi_message_t message = {
        .opcode = CHI_EVENT, .source = CHI_SOURCE_IO, .reserved = dma->index, .pc = transfer->pc};
    bool event = false;
    chi_error_t error = dma->direct(dma->direct_self, transfer->address, transfer->bytes, transfer->size_bytes,
                                    transfer->is_write, &event);
    if (event)
        chi_send(dma->to_system, now_ps, 0, &message);
    return error;
}

/* Starts transfers until one has to wait for answers. `done` may ask for more: those join the queue of this loop, so
 * that a long series of them does not nest. */
static void pump(interconnect_dma_t *dma, uint64_t now_ps)
{
    if (dma->pumping)
        return;
    dma->pumping = true;
    while (dma->transfers->len) {
        if (!dma->active && dma->direct) {
            complete(dma, now_ps, move_directly(dma, now_ps));
            continue;
        }
        if (!dma->active) {
            dma->active = true;
            dma->sent_bytes = 0;
            dma->error = CHI_OKAY;
        }
        send_lines(dma, now_ps);
        if (dma->in_flight)
            break;
        complete(dma, now_ps, dma->error);
    }
    dma->pumping = false;
}

void interconnect_dma_start(interconnect_dma_t *dma, uint64_t now_ps, const interconnect_dma_transfer_t *transfer)
{
    g_array_append_val(dma->transfers, *transfer);
    pump(dma, now_ps);
}

void interconnect_dma_cancel(interconnect_dma_t *dma)
{
    g_array_set_size(dma->transfers, dma->active ? 1 : 0);
    if (!dma->active)
        return;
    interconnect_dma_transfer_t *transfer = &g_array_index(dma->transfers, interconnect_dma_transfer_t, 0);
    transfer->done = NULL;
    dma->error = CHI_SLVERR; /* no further line is sent */
}

void interconnect_dma_receive(interconnect_dma_t *dma, uint64_t now_ps, const chi_message_t *answer)
{
    uint32_t slot = answer->transaction;
    if (!dma->active || slot >= dma->lines_in_flight || dma->free_slots >> slot & 1)
        base_bug("dma: answer to unknown transaction %" PRIu32 ", address %#" PRIx64, slot, answer->address);
    const interconnect_dma_transfer_t *transfer = first_of(dma);
    uint32_t at = dma->at[slot];
    if (answer->error != CHI_OKAY && dma->error == CHI_OKAY)
        dma->error = (chi_error_t)answer->error;
    if (answer->error == CHI_OKAY && !transfer->is_write && transfer->done) {
        unsigned offset = (unsigned)((transfer->address + at) & (CHI_LINE_BYTES - 1));
        memcpy(transfer->bytes + at, answer->data + offset, piece_bytes(transfer, at));
    }
    dma->free_slots |= UINT64_C(1) << slot;
    dma->in_flight--;
    pump(dma, now_ps);
}
