/* A virtio network card (virtio 1.2, section 5.1), driven by polling. */
#ifndef MESIM_FIRMWARE_IMAGES_NETWORK_CARD_H
#define MESIM_FIRMWARE_IMAGES_NETWORK_CARD_H

#include "virtio.h"

enum {
    CARD_ID = 1,
    CARD_RECEIVE = 0,
    CARD_TRANSMIT = 1,
    CARD_HEADER_BYTES = 12, /* before each frame */
    CARD_BUFFER_BYTES = 1526,
    CARD_BUFFERS = 4,
    MAC_BYTES = 6,
    CARD_PATIENCE_US = 20000000, /* for what must come: QEMU on a busy host takes its time */
};

extern uint64_t card_slot; /* its registers */
extern uint8_t card_mac[MAC_BYTES];
extern virtio_rings_t card_rings[2];
extern uint8_t card_buffers[CARD_BUFFERS][CARD_BUFFER_BYTES + 2];
extern uint8_t card_sent[4096]; /* the frame to be sent, with its header */

/* Resets the card at card_slot and sets up its queues, without buffers to receive. */
void card_start(void);
void card_offer_buffers(void);

/* Makes a descriptor chain available and says so. */
void card_submit(unsigned queue, uint16_t head);

/* Sends so many bytes of card_sent besides the header; false where the card does not take them. */
bool card_send(uint32_t bytes);
bool card_send_up_to(const uint8_t *end);

/* The next frame, or NULL when none comes in time; its buffer goes back with the next call. */
const uint8_t *card_next_frame(uint64_t microseconds);

#endif
