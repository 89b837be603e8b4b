#include "images/network/tcp.h"

#include "images/network/card.h"
#include "images/network/frame.h"
#include "images/network/talk.h"
#include "print.h"

#include <stddef.h>
#include <stdint.h>

enum { PORT = 7, TCP_BYTES = 20, FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

typedef struct connection {
    uint32_t peer, peer_port;
    uint32_t next, acknowledged; /* of ours to be sent; of theirs that came */
} connection_t;

/* The checksum is also of the addresses, the protocol and the length, which stand before the segment for a moment. */
static void send_segment(connection_t *connection, unsigned flags, const uint8_t *data, uint32_t bytes)
{
    uint8_t *segment =
        frame_begin_packet(talk_gateway_mac, talk_address, connection->peer, FRAME_TCP, TCP_BYTES + bytes);
    uint8_t *at = frame_put(frame_put(segment, PORT, 2), connection->peer_port, 2);
    at = frame_put(frame_put(at, connection->next, 4), connection->acknowledged, 4);
    frame_put(frame_put(frame_put(at, 0x5000 | flags, 2), 8192, 2), 0, 4);
    for (uint32_t i = 0; i < bytes; i++)
        segment[TCP_BYTES + i] = ((const volatile uint8_t *)data)[i];
    const uint64_t before = (uint64_t)frame_get(segment - 12, 4) << 32 | frame_get(segment - 8, 4);
    const uint32_t last = frame_get(segment - 4, 4);
    frame_put(frame_put(segment - 12, (uint64_t)talk_address << 32 | connection->peer, 8),
              FRAME_TCP << 16 | (TCP_BYTES + bytes), 4);
    const uint16_t checksum = frame_checksum(segment - 12, 12 + TCP_BYTES + ((bytes + 1) & ~1u));
    frame_put(frame_put(segment - 12, before, 8), last, 4);
    frame_put(segment + 16, checksum, 2);
    card_send_up_to(segment + TCP_BYTES + bytes);
    connection->next += bytes + !!(flags & (SYN | FIN));
}

/* False when the connection is over or broken. */
static bool take_segment(connection_t *connection, const uint8_t *segment, uint32_t bytes)
{
    const unsigned flags = segment[13];
    const uint32_t header_bytes = (segment[12] >> 4) * 4u, data_bytes = bytes - header_bytes;
    if (flags & RST)
        return false;
    connection->acknowledged = frame_get(segment + 4, 4) + data_bytes + !!(flags & (SYN | FIN));
    if (flags & SYN) {
        connection->peer = frame_get(segment - 8, 4);
        connection->peer_port = frame_get(segment, 2);
        send_segment(connection, SYN | ACK, NULL, 0);
    } else if (data_bytes || flags & FIN) {
        send_segment(connection, ACK | (data_bytes ? PSH : 0) | (flags & FIN), segment + header_bytes, data_bytes);
        print("echoed %u bytes%s\n", data_bytes, flags & FIN ? ", closed" : "");
    }
    return !(flags & FIN);
}

bool tcp_echo(void)
{
    connection_t connection = {.next = 1000};
    print("listening\n");
    for (;;) {
        const uint8_t *segment = talk_wait_for_packet(FRAME_TCP, CARD_PATIENCE_US);
        if (!segment || frame_get(segment + 2, 2) != PORT)
            return false;
        if (!take_segment(&connection, segment, frame_get(segment - FRAME_IP_BYTES + 2, 2) - FRAME_IP_BYTES))
            return !(segment[13] & RST);
    }
}
