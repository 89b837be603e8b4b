#include "images/network/card.h"

#include "barrier.h"
#include "panic.h"
#include "timer.h"

enum { FEATURE_MAC = 1 << 5 };

uint64_t card_slot;
uint8_t card_mac[MAC_BYTES];
virtio_rings_t card_rings[2];
_Alignas(16) uint8_t card_buffers[CARD_BUFFERS][CARD_BUFFER_BYTES + 2];
_Alignas(16) uint8_t card_sent[4096];
static uint16_t submitted[2], taken;

void card_submit(unsigned queue, uint16_t head)
{
    card_rings[queue].available.entries[submitted[queue] % VIRTIO_QUEUE_SIZE] = head;
    dmb_ish(); /* the entry is there before the index says so; pairs with the order in which the device reads them */
    *(volatile uint16_t *)&card_rings[queue].available.index = ++submitted[queue];
    dsb_sy(); /* and both before the notification */
    mmio_write32(card_slot + VIRTIO_QUEUE_NOTIFY, queue);
}

static void set_up_queue(unsigned queue)
{
    card_rings[queue] = (virtio_rings_t){0};
    submitted[queue] = 0;
    mmio_write32(card_slot + VIRTIO_QUEUE_SEL, queue);
    mmio_write32(card_slot + VIRTIO_QUEUE_NUM, VIRTIO_QUEUE_SIZE);
    virtio_set_address(card_slot + VIRTIO_QUEUE_DESC_LOW, card_rings[queue].descriptors);
    virtio_set_address(card_slot + VIRTIO_QUEUE_DRIVER_LOW, &card_rings[queue].available);
    virtio_set_address(card_slot + VIRTIO_QUEUE_DEVICE_LOW, &card_rings[queue].used);
    dsb_sy(); /* the rings are as they should be before the device may look */
    mmio_write32(card_slot + VIRTIO_QUEUE_READY, 1);
}

void card_start(void)
{
    uint32_t offered;
    if (!virtio_negotiate(card_slot, FEATURE_MAC, 0, &offered))
        panic("the card does not take the features");
    taken = 0;
    set_up_queue(CARD_RECEIVE);
    set_up_queue(CARD_TRANSMIT);
    mmio_write32(card_slot + VIRTIO_STATUS, VIRTIO_STATUS_FEATURES_READY | VIRTIO_STATUS_DRIVER_OK);
    for (unsigned i = 0; i < MAC_BYTES; i++) {
        const uint32_t word = mmio_read32(card_slot + VIRTIO_CONFIG + (i & ~3u));
        card_mac[i] = (uint8_t)(word >> (i % 4 * 8));
    }
}

void card_offer_buffers(void)
{
    for (uint16_t i = 0; i < CARD_BUFFERS; i++) {
        virtio_describe(&card_rings[CARD_RECEIVE], i, card_buffers[i], CARD_BUFFER_BYTES, VIRTIO_WRITE);
        card_submit(CARD_RECEIVE, i);
    }
}

static bool wait_for_used(unsigned queue, uint16_t index, uint64_t microseconds)
{
    const uint64_t end = timer_now() + microseconds * (timer_hz() / 1000000);
    do {
        if (*(volatile uint16_t *)&card_rings[queue].used.index != index) {
            dmb_ish(); /* what the device wrote before the index is read after it */
            mmio_write32(card_slot + VIRTIO_INTERRUPT_ACK, mmio_read32(card_slot + VIRTIO_INTERRUPT_STATUS));
            return true;
        }
        cpu_relax();
    } while (timer_now() < end);
    return false;
}

/* False where the card does not take it. */
bool card_send(uint32_t bytes)
{
    const uint16_t before = card_rings[CARD_TRANSMIT].used.index;
    virtio_describe(&card_rings[CARD_TRANSMIT], 0, card_sent, CARD_HEADER_BYTES + bytes, 0);
    card_submit(CARD_TRANSMIT, 0);
    return wait_for_used(CARD_TRANSMIT, before, CARD_PATIENCE_US);
}

bool card_send_up_to(const uint8_t *end)
{
    return card_send((uint32_t)(end - card_sent) - CARD_HEADER_BYTES);
}

/* The next frame, or NULL when none comes in time; the buffer goes back with the next call. */
const uint8_t *card_next_frame(uint64_t microseconds)
{
    static int in_hand = -1;
    if (!taken)
        in_hand = -1;
    if (in_hand >= 0)
        card_submit(CARD_RECEIVE, (uint16_t)in_hand);
    in_hand = -1;
    if (!wait_for_used(CARD_RECEIVE, taken, microseconds))
        return NULL;
    in_hand = (int)((volatile uint32_t *)&card_rings[CARD_RECEIVE].used.entries[taken % VIRTIO_QUEUE_SIZE].id)[0];
    taken++;
    return card_buffers[in_hand] + CARD_HEADER_BYTES;
}
