#include "images/network/frame.h"

#include "images/network/card.h"
#include "string.h"

uint8_t *frame_put(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
    return at + bytes;
}

uint32_t frame_get(const uint8_t *at, unsigned bytes)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | ((const volatile uint8_t *)at)[i];
    return value;
}

uint16_t frame_checksum(const uint8_t *at, unsigned bytes)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < bytes; i += 2)
        sum += frame_get(at + i, 2);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

uint8_t *frame_begin(const uint8_t *to, uint32_t type)
{
    memset(card_sent, 0, sizeof card_sent);
    uint8_t *at = card_sent + CARD_HEADER_BYTES;
    for (unsigned i = 0; i < MAC_BYTES; i++)
        *at++ = to ? to[i] : 0xff;
    memcpy(at, card_mac, MAC_BYTES);
    return frame_put(at + MAC_BYTES, type, 2);
}

uint8_t *frame_begin_packet(const uint8_t *to, uint32_t from, uint32_t destination, uint32_t protocol, uint32_t bytes)
{
    uint8_t *packet = frame_begin(to, FRAME_IP), *at = packet;
    at = frame_put(at, 0x4500, 2);
    at = frame_put(at, FRAME_IP_BYTES + bytes, 2);
    at = frame_put(at, 0, 4);
    at = frame_put(at, 64 << 8 | protocol, 2);
    at = frame_put(at, 0, 2);
    at = frame_put(at, from, 4);
    at = frame_put(at, destination, 4);
    frame_put(packet + 10, frame_checksum(packet, FRAME_IP_BYTES), 2);
    return at;
}
