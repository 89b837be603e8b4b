#include "images/network/talk.h"

#include "image.h"
#include "images/network/card.h"
#include "images/network/frame.h"
#include "print.h"
#include "string.h"

#include <stddef.h>

enum {
    DHCP_BYTES = 240, /* with the cookie */
    DISCOVER = 1,
    OFFER = 2,
    REQUEST = 3,
    ACK = 5,
};

#define BROADCAST   UINT32_C(0xffffffff)
#define TRANSACTION UINT32_C(0x4d534d45)

uint8_t talk_gateway_mac[6];
uint32_t talk_address;

static const uint8_t *wait_for_arp(uint32_t operation)
{
    for (;;) {
        const uint8_t *frame = card_next_frame(CARD_PATIENCE_US);
        if (!frame ||
            (frame_get(frame + 12, 2) == FRAME_ARP && frame_get(frame + FRAME_ETHERNET_BYTES + 6, 2) == operation))
            return frame ? frame + FRAME_ETHERNET_BYTES : NULL;
    }
}

static void send_arp(uint32_t operation, const uint8_t *to, uint32_t of)
{
    uint8_t *at = frame_put(frame_begin(to, FRAME_ARP), UINT64_C(0x0001080006040000) | operation, 8);
    memcpy(at, card_mac, MAC_BYTES);
    at = frame_put(at + MAC_BYTES, talk_address, 4);
    if (to)
        memcpy(at, to, MAC_BYTES);
    card_send_up_to(frame_put(at + MAC_BYTES, of, 4));
}

bool talk_ask_for_gateway(void)
{
    send_arp(1, NULL, TALK_GATEWAY);
    const uint8_t *answer = wait_for_arp(2);
    if (!answer)
        return false;
    memcpy(talk_gateway_mac, answer + 8, MAC_BYTES);
    print("10.0.2.2 is at %04x%08x\n", frame_get(talk_gateway_mac, 2), frame_get(talk_gateway_mac + 2, 4));
    return frame_get(answer + 14, 4) == TALK_GATEWAY;
}

/* The gateway may ask for our address first. */
const uint8_t *talk_wait_for_packet(uint32_t protocol, uint64_t microseconds)
{
    for (;;) {
        const uint8_t *frame = card_next_frame(microseconds);
        if (!frame)
            return NULL;
        const uint8_t *packet = frame + FRAME_ETHERNET_BYTES;
        if (frame_get(frame + 12, 2) == FRAME_ARP && frame_get(packet + 6, 2) == 1 && talk_address &&
            frame_get(packet + 24, 4) == talk_address)
            send_arp(2, talk_gateway_mac, TALK_GATEWAY);
        else if (frame_get(frame + 12, 2) == FRAME_IP && packet[9] == protocol)
            return packet + FRAME_IP_BYTES;
    }
}

static uint32_t exchange_dhcp(uint32_t type, uint32_t expected, uint32_t requested)
{
    enum { OPTIONS_BYTES = 16 };
    uint8_t *at =
        frame_begin_packet(NULL, talk_address, BROADCAST, FRAME_UDP, FRAME_UDP_BYTES + DHCP_BYTES + OPTIONS_BYTES);
    at = frame_put(at, UINT64_C(68) << 16 | 67, 4);
    uint8_t *dhcp = frame_put(at, (uint64_t)(FRAME_UDP_BYTES + DHCP_BYTES + OPTIONS_BYTES) << 16, 4); /* no checksum */
    frame_put(dhcp, 0x01010600, 4);
    frame_put(dhcp + 4, TRANSACTION, 4);
    memcpy(dhcp + 28, card_mac, MAC_BYTES);
    frame_put(dhcp + 236, 0x63825363, 4);
    at = frame_put(dhcp + DHCP_BYTES, 0x350100 | type, 3);
    if (requested) {
        at = frame_put(frame_put(at, 0x3204, 2), requested, 4);
        at = frame_put(frame_put(at, 0x3604, 2), TALK_GATEWAY, 4);
    }
    frame_put(at, 0xff, 1);
    card_send_up_to(dhcp + DHCP_BYTES + OPTIONS_BYTES);
    const uint8_t *udp = talk_wait_for_packet(FRAME_UDP, CARD_PATIENCE_US);
    if (!udp)
        return 0;
    const uint8_t *answer = udp + FRAME_UDP_BYTES;
    if (frame_get(answer + 4, 4) != TRANSACTION || frame_get(answer + DHCP_BYTES, 3) != (0x350100 | expected))
        return 0;
    return frame_get(answer + 16, 4);
}

bool talk_ask_for_address(void)
{
    const uint32_t offered = exchange_dhcp(DISCOVER, OFFER, 0);
    const uint32_t given = offered ? exchange_dhcp(REQUEST, ACK, offered) : 0;
    talk_address = given;
    print("DHCP offers %x and gives %x\n", offered, given);
    return given && given == offered;
}

bool talk_ping(uint32_t destination, uint32_t number, uint64_t microseconds)
{
    enum { ICMP_BYTES = 40 };
    uint8_t *icmp = frame_begin_packet(talk_gateway_mac, talk_address, destination, FRAME_ICMP, ICMP_BYTES);
    frame_put(icmp, 0x0800, 2);
    frame_put(icmp + 4, UINT64_C(0x5a5a) << 16 | number, 4);
    for (unsigned i = 8; i < ICMP_BYTES; i++)
        icmp[i] = (uint8_t)(i * 3 + number);
    frame_put(icmp + 2, frame_checksum(icmp, ICMP_BYTES), 2);
    const uint32_t first = frame_get(icmp + 8, 4);
    if (!card_send_up_to(icmp + ICMP_BYTES))
        return false;
    const uint8_t *answer = talk_wait_for_packet(FRAME_ICMP, microseconds);
    return answer && frame_get(answer, 2) == 0 && frame_get(answer + 4, 4) == (UINT32_C(0x5a5a) << 16 | number) &&
           frame_get(answer + 8, 4) == first && frame_checksum(answer, ICMP_BYTES) == 0;
}
