/* A network card over virtio-mmio: asks the gateway for its address by ARP, for an address of its own by DHCP, and for
 * an echo; then says what a restricted network must not answer.
 *
 * With echo=1 it takes a TCP connection at port 7 instead, as an unrestricted network lets the host make one, and sends
 * back what comes in. With bad=N the queues or frames are wrong in the way of that number (0: in each); a ping goes
 * through after it. */
#include "image.h"
#include "images/network/card.h"
#include "images/network/frame.h"
#include "images/network/talk.h"
#include "images/network/tcp.h"
#include "panic.h"
#include "print.h"

#include <stddef.h>

enum { BAD_CASES = 4, WAIT_STATUS_READS = 100000 };

#define ELSEWHERE UINT32_C(0x08080808)

option_t image_options[] = {
    {.name = "pings", .value = 3, .least = 1, .most = 1000},
    {.name = "echo", .value = 0, .least = 0, .most = 1},
    {.name = "bad", .value = BAD_CASES + 1, .least = 0, .most = BAD_CASES + 1},
    {.name = NULL},
};

/* A restricted network answers none of these, but for a reset of the connection. */
static void try_elsewhere(void)
{
    uint8_t *at = frame_begin_packet(talk_gateway_mac, talk_address, TALK_GATEWAY + 1, FRAME_UDP, FRAME_UDP_BYTES + 4);
    card_send_up_to(frame_put(at, UINT64_C(0x10000035000c0000), 8) + 4);
    const bool name = talk_wait_for_packet(FRAME_UDP, 500);
    uint8_t *tcp = frame_begin_packet(talk_gateway_mac, talk_address, ELSEWHERE, FRAME_TCP, 20);
    frame_put(frame_put(frame_put(tcp, 0x10000050, 4), 1, 8), 0x50022000, 4); /* SYN to port 80 */
    card_send_up_to(tcp + 20);
    const uint8_t *answer = talk_wait_for_packet(FRAME_TCP, 500);
    const bool connected = answer && !(answer[13] & 4);
    print("elsewhere: a ping %s, a name server %s, a connection %s\n", image_verdict(!talk_ping(ELSEWHERE, 99, 500)),
          image_verdict(!name), image_verdict(!connected));
}

/* --- what a guest must not do --- */

static void misuse(unsigned number)
{
    switch (number) {
    case 1:
        virtio_describe(&card_rings[CARD_RECEIVE], 0, card_buffers[0], 100, VIRTIO_WRITE);
        card_submit(CARD_RECEIVE, 0);
        break;
    case 2: card_submit(CARD_TRANSMIT, 0); break; /* a descriptor of no bytes */
    case 3:
        virtio_describe(&card_rings[CARD_TRANSMIT], 0, card_sent, sizeof card_sent, 0);
        card_submit(CARD_TRANSMIT, 0);
        break;
    default:
        virtio_describe(&card_rings[CARD_TRANSMIT], 0, (void *)0x4000000000, 100, 0);
        card_submit(CARD_TRANSMIT, 0);
        break;
    }
}

static void check_misuse(unsigned number)
{
    card_start();
    misuse(number);
    uint32_t status = 0;
    for (unsigned i = 0; i < WAIT_STATUS_READS && !(status & VIRTIO_STATUS_NEEDS_RESET); i++)
        status = mmio_read32(card_slot + VIRTIO_STATUS);
    print("bad %u: %s", number, image_verdict(status & VIRTIO_STATUS_NEEDS_RESET));
    card_start();
    card_offer_buffers();
    print(", then a ping: %s\n", image_verdict(talk_ping(TALK_GATEWAY, number, CARD_PATIENCE_US)));
}

/* Fields of offloads that were not negotiated: the frame is lost, the card goes on. */
static void check_offload(void)
{
    frame_begin_packet(talk_gateway_mac, talk_address, TALK_GATEWAY, FRAME_ICMP, 40);
    card_sent[0] = 1;
    print("an offload that was not offered: %s", image_verdict(card_send(FRAME_ETHERNET_BYTES + FRAME_IP_BYTES + 40)));
    print(", then a ping: %s\n", image_verdict(talk_ping(TALK_GATEWAY, 50, CARD_PATIENCE_US)));
}

static void talk(void)
{
    if (options_get(image_options, "echo"))
        image_check(tcp_echo());
    else
        try_elsewhere();
}

void image_main(void)
{
    card_slot = virtio_find(CARD_ID);
    if (!card_slot)
        panic("no modern virtio-mmio slot has a network card");
    card_start();
    card_offer_buffers();
    print("a network card, %04x%08x\n", frame_get(card_mac, 2), frame_get(card_mac + 2, 4));
    image_check(talk_ask_for_gateway());
    image_check(talk_ask_for_address());
    const uint64_t bad = options_get(image_options, "bad"), pings = options_get(image_options, "pings");
    for (uint32_t i = 0; i < pings; i++)
        print("ping %u: %s\n", i, image_verdict(talk_ping(TALK_GATEWAY, i, CARD_PATIENCE_US)));
    if (bad > BAD_CASES) {
        talk();
        return;
    }
    check_offload();
    for (unsigned number = 1; number <= BAD_CASES; number++)
        if (!bad || bad == number)
            check_misuse(number);
}
