/* What is said on the network: ARP (RFC 826), DHCP (RFC 2131), echo requests (RFC 792). The addresses are those of
 * QEMU's user network. */
#ifndef MESIM_FIRMWARE_IMAGES_NETWORK_TALK_H
#define MESIM_FIRMWARE_IMAGES_NETWORK_TALK_H

#include <stdbool.h>
#include <stdint.h>

#define TALK_GATEWAY UINT32_C(0x0a000202)

extern uint8_t talk_gateway_mac[6]; /* by ARP */
extern uint32_t talk_address;       /* ours, once DHCP gave it */

bool talk_ask_for_gateway(void);
bool talk_ask_for_address(void);

/* Whether the answer comes in time and is right. */
bool talk_ping(uint32_t destination, uint32_t number, uint64_t microseconds);

/* The contents of the next packet of a protocol, behind its IPv4 header of 20 bytes; NULL when none comes in time. */
const uint8_t *talk_wait_for_packet(uint32_t protocol, uint64_t microseconds);

#endif
