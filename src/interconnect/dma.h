/* A requester without caches of its own, by which a device reads and writes guest memory (an I/O coherent request node,
 * RN-I, in IHI 0050).
 *
 * It turns a transfer of any size and alignment into ReadOnce and WriteUnique requests of one line each, sends them to
 * the system interconnect over its owner's link, and gathers the answers. The cluster snoops the cores, so a transfer
 * sees what they have stored and they see what it wrote, without any cache maintenance of the guest.
 *
 * Transfers are carried out one after another in the order they were asked for; the lines of one transfer overlap, up
 * to lines_in_flight. The next transfer begins when the one before is complete, so that what was written first is
 * visible first. A transfer that leaves RAM fails with CHI_DECERR; lines of it that lie in RAM may have been moved.
 *
 * An owner is one component with a link to the system interconnect and one back: it gives interconnect_dma_receive
 * each answer (chi_message_t of opcode Comp or CompData with source CHI_SOURCE_IO). Where time does not matter,
 * interconnect_dma_set_direct makes the same transfers reach memory at once by a function instead of messages. */
#ifndef MESIM_INTERCONNECT_DMA_H
#define MESIM_INTERCONNECT_DMA_H

#include "engine/engine.h"
#include "interconnect/chi.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct interconnect_dma interconnect_dma_t;

enum { INTERCONNECT_DMA_MAX_LINES = 64 };

/* A transfer is complete: at now_ps, with the first error that a line of it met. May ask for the next one. */
typedef void interconnect_dma_done_t(void *self, uint64_t now_ps, chi_error_t error);

typedef struct interconnect_dma_transfer {
    uint64_t address;    /* guest physical, of the first byte; address + size_bytes may pass 2^64: an error, no more */
    uint32_t size_bytes; /* 0: complete at once */
    bool is_write;       /* to guest memory */
    uint8_t *bytes;      /* of the owner; must stay until the transfer is done */
    uint64_t pc;         /* of the guest instruction that set the device to work, for explanation */
    interconnect_dma_done_t *done;
    void *self; /* of done */
} interconnect_dma_transfer_t;

/* lines_in_flight: 1 to INTERCONNECT_DMA_MAX_LINES. */
interconnect_dma_t *interconnect_dma_new(unsigned lines_in_flight);
void interconnect_dma_free(interconnect_dma_t *dma); /* NULL is fine */

/* index: what interconnect_system_attach_requester returned for the link back. */
void interconnect_dma_attach(interconnect_dma_t *dma, engine_link_t *to_system, uint32_t index);

/* That index. */
uint32_t interconnect_dma_index(const interconnect_dma_t *dma);

/* Asks for a transfer at now_ps, the owner's present. With direct access `done` is called before this returns, unless
 * this is called by `done` itself: then after that has returned. */
void interconnect_dma_start(interconnect_dma_t *dma, uint64_t now_ps, const interconnect_dma_transfer_t *transfer);
/* An answer. May call `done`. */
void interconnect_dma_receive(interconnect_dma_t *dma, uint64_t now_ps, const chi_message_t *answer);
/* Forgets all transfers: none of their `done` is called, and bytes of the owner are left alone from here on. Lines of a
 * write that are on their way still arrive; what is asked for next begins after them. */
void interconnect_dma_cancel(interconnect_dma_t *dma);
/* Whether no transfer is in progress. */
bool interconnect_dma_is_idle(const interconnect_dma_t *dma);

/* Moves bytes between memory and the owner, all or nothing, and says CHI_DECERR for what is not RAM. *ret_event, false
 * before: a core may sleep until these bytes are written, so an event shall go to all. */
typedef chi_error_t interconnect_dma_direct_t(void *self, uint64_t address, void *bytes, uint32_t size_bytes,
                                              bool is_write, bool *ret_event);
/* From the next transfer on; access NULL: by messages again. */
void interconnect_dma_set_direct(interconnect_dma_t *dma, interconnect_dma_direct_t *access, void *self);

#endif
