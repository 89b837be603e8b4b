/* Ethernet frames and IPv4 packets, put together in card_sent. Numbers are big-endian. */
#ifndef MESIM_FIRMWARE_IMAGES_NETWORK_FRAME_H
#define MESIM_FIRMWARE_IMAGES_NETWORK_FRAME_H

#include <stdint.h>

enum {
    FRAME_ETHERNET_BYTES = 14,
    FRAME_IP_BYTES = 20,
    FRAME_UDP_BYTES = 8,
    FRAME_IP = 0x0800, /* types */
    FRAME_ARP = 0x0806,
    FRAME_ICMP = 1, /* protocols */
    FRAME_TCP = 6,
    FRAME_UDP = 17,
};

/* Returns where the next number goes. */
uint8_t *frame_put(uint8_t *at, uint64_t value, unsigned bytes);
uint32_t frame_get(const uint8_t *at, unsigned bytes);

/* The Internet checksum (RFC 1071) of an even number of bytes. */
uint16_t frame_checksum(const uint8_t *at, unsigned bytes);

/* Begins a frame, to all where `to` is NULL; returns where its contents go. */
uint8_t *frame_begin(const uint8_t *to, uint32_t type);
/* The same of a packet with so many bytes of contents. */
uint8_t *frame_begin_packet(const uint8_t *to, uint32_t from, uint32_t destination, uint32_t protocol, uint32_t bytes);

#endif
