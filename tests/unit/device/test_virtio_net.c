/* The network card, and what a restricted network lets through. */
#include "base/time.h"
#include "device/virtio_net.h"
#include "virtio_guest.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

enum { RECEIVE, TRANSMIT, HEADER_BYTES = 12, ARP_FRAME_BYTES = 42, ANSWER = GUEST_DATA, SENT = 0x2000 };
#define FEATURES (UINT64_C(1) << 32 | UINT64_C(1) << 16 | UINT64_C(1) << 5)

/* Who has 10.0.2.2? says 10.0.2.15. */
static const uint8_t arp_request[ARP_FRAME_BYTES] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0,    0x12, 0x34, 0x56, 0x08, 0x06,                  /* Ethernet */
    0,    1,    0x08, 0,    6,    4,    0,    1,    0x52, 0x54, 0,    0x12, 0x34, 0x56, 10, 0, 2, 15, 0, /* ARP */
    0,    0,    0,    0,    0,    10,   0,    2,    2};

static guest_t *with_card(void)
{
    guest_t *guest = guest_new();
    device_user_network_config_t network = {.is_restricted = true};
    base_error_t error = {0};
    cr_assert_eq(device_user_network_new(&network, &guest->network, &error), 0, "%s", error.text);
    device_virtio_net_config_t config = {.network = guest->network, .latency_ps = GUEST_LATENCY_PS};
    int added = device_virtio_net_add(guest->virtio, &config, &error);
    guest_connect(guest, added);
    return guest;
}

static uint64_t lost(const guest_t *guest)
{
    return device_virtio_stats(guest->virtio)->frames_lost;
}

/* Puts a frame with a header of zeros where it is sent from. */
static void put_frame(guest_t *guest, const uint8_t *frame, unsigned bytes)
{
    memset(guest->ram + SENT, 0, HEADER_BYTES);
    memcpy(guest->ram + SENT + HEADER_BYTES, frame, bytes);
}

static void send_frame(guest_t *guest, const uint8_t *frame, unsigned bytes)
{
    put_frame(guest, frame, bytes);
    guest_describe(guest, GUEST_DESCRIPTORS, GUEST_RAM_BASE + SENT, HEADER_BYTES + bytes, 0, 0);
    guest_make_available(guest, 0);
    guest_notify(guest, TRANSMIT);
}

/* A second queue, at the places of the first one moved up by 0x800; its one buffer is ANSWER. */
static void start_receiving(guest_t *guest, unsigned bytes)
{
    guest_set(guest, 0x030, RECEIVE);
    guest_set(guest, 0x038, GUEST_SIZE);
    guest_set(guest, 0x080, GUEST_RAM_BASE + 0x800 + GUEST_DESCRIPTORS);
    guest_set(guest, 0x090, GUEST_RAM_BASE + 0x800 + GUEST_AVAILABLE);
    guest_set(guest, 0x0a0, GUEST_RAM_BASE + 0x800 + GUEST_USED);
    guest_set(guest, 0x044, 1);
    guest_describe(guest, 0x800 + GUEST_DESCRIPTORS, GUEST_RAM_BASE + ANSWER, bytes, GUEST_WRITE, 0);
    guest_put(guest, 0x800 + GUEST_AVAILABLE + 4, 0, 2);
    guest_put(guest, 0x800 + GUEST_AVAILABLE + 2, 1, 2);
    guest_notify(guest, RECEIVE);
}

static unsigned received(const guest_t *guest)
{
    return guest_get16(guest, 0x800 + GUEST_USED + 2);
}

Test(virtio_net, says_its_address_and_that_the_link_is_up)
{
    guest_t *guest = with_card();
    cr_expect_eq(guest_get(guest, 0x008), 1);
    cr_expect_eq(guest_get(guest, 0x100), 0x12005452);
    cr_expect_eq(guest_get(guest, 0x104) & 0xffff, 0x5634);
    cr_expect_eq(guest_get(guest, 0x104) >> 16, 1);
    guest_free(guest);
}

Test(virtio_net, gateway_answers_who_it_is)
{
    guest_t *guest = with_card();
    guest_start(guest, FEATURES, TRANSMIT);
    start_receiving(guest, 1526);
    cr_expect_eq(received(guest), 0, "nothing comes by itself");
    send_frame(guest, arp_request, sizeof arp_request);
    cr_assert_eq(received(guest), 1);
    const uint8_t *answer = guest->ram + ANSWER;
    cr_expect_arr_eq(answer, ((const uint8_t[HEADER_BYTES]){[10] = 1}), HEADER_BYTES);
    cr_expect_arr_eq(answer + HEADER_BYTES, arp_request + 6, 6, "to who asked");
    cr_expect_arr_eq(answer + HEADER_BYTES + 20, ((const uint8_t[]){0, 2}), 2, "a reply");
    cr_expect_arr_eq(answer + HEADER_BYTES + 28, ((const uint8_t[]){10, 0, 2, 2}), 4);
    cr_expect_geq(guest_get16(guest, 0x800 + GUEST_USED + 8), HEADER_BYTES + ARP_FRAME_BYTES);
    cr_expect_eq(guest_errors(guest), 0);
    guest_free(guest);
}

Test(virtio_net, frames_wait_for_a_buffer_and_64_of_them_at_most)
{
    guest_t *guest = with_card();
    guest_start(guest, FEATURES, TRANSMIT);
    for (unsigned i = 0; i < 66; i++)
        send_frame(guest, arp_request, sizeof arp_request);
    cr_expect_eq(lost(guest), 2);
    start_receiving(guest, 1526);
    cr_expect_eq(received(guest), 1);
    guest_free(guest);
}

Test(virtio_net, a_simulated_second_has_1000_frames)
{
    guest_t *guest = with_card();
    guest_start(guest, FEATURES, TRANSMIT);
    for (unsigned i = 0; i < 1100; i++)
        send_frame(guest, arp_request, sizeof arp_request);
    cr_expect_eq(lost(guest), 1000 - 64, "each frame has an answer, and 64 of them wait");
    harness_run_ps(guest->h, TIME_PS_PER_SECOND);
    send_frame(guest, arp_request, sizeof arp_request);
    cr_expect_eq(lost(guest), 1000 - 64 + 1, "the next second has others");
    guest_free(guest);
}

Test(virtio_net, what_is_not_for_the_gateway_is_not_let_through)
{
    /* Too short, IPv6, a fragment of a ping, TCP, UDP to another port, a ping elsewhere, a bad header length. */
    static const struct {
        unsigned bytes;
        uint8_t type[2], version, fragment, protocol, destination, port;
    } frames[] = {
        {10, {8, 6}, 0, 0, 0, 0, 0},      {60, {0x86, 0xdd}, 0x60, 0, 0, 0, 0}, {60, {8, 0}, 0x45, 0x20, 1, 2, 0},
        {60, {8, 0}, 0x45, 0, 6, 2, 80},  {60, {8, 0}, 0x45, 0, 17, 2, 53},     {60, {8, 0}, 0x45, 0, 1, 9, 0},
        {60, {8, 0}, 0x4f, 0, 17, 2, 67}, {34, {8, 0}, 0x45, 0, 17, 2, 67},
    };
    guest_t *guest = with_card();
    guest_start(guest, FEATURES, TRANSMIT);
    start_receiving(guest, 1526);
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        uint8_t frame[64] = {0};
        memcpy(frame + 12, frames[i].type, 2);
        frame[14] = frames[i].version;
        frame[20] = frames[i].fragment;
        frame[23] = frames[i].protocol;
        memcpy(frame + 30, ((const uint8_t[]){10, 0, 2, frames[i].destination}), 4);
        frame[37] = frames[i].port;
        send_frame(guest, frame, frames[i].bytes);
        cr_expect_eq(received(guest), 0, "frame %zu is answered", i);
    }
    cr_expect_eq(guest_errors(guest), 0, "nothing of it is slirp's to judge");
    guest_free(guest);
}

Test(virtio_net, buffers_and_frames_of_no_possible_size_stop_the_card)
{
    guest_t *guest = with_card();
    guest_start(guest, FEATURES, TRANSMIT);
    start_receiving(guest, 1525);
    cr_expect_eq(guest_get(guest, GUEST_STATUS) & 64, 64, "a receive buffer of 1525 bytes");
    guest_free(guest);
    for (unsigned i = 0; i < 2; i++) {
        guest = with_card();
        guest_start(guest, FEATURES, TRANSMIT);
        guest_describe(guest, GUEST_DESCRIPTORS, GUEST_RAM_BASE + SENT, i ? HEADER_BYTES - 1 : HEADER_BYTES + 1515, 0,
                       0);
        guest_make_available(guest, 0);
        guest_notify(guest, TRANSMIT);
        cr_expect_eq(guest_get(guest, GUEST_STATUS) & 64, 64, "frame %u", i);
        cr_expect_eq(guest_errors(guest), 1);
        guest_free(guest);
    }
}

Test(virtio_net, reset_forgets_buffers_and_frames)
{
    guest_t *guest = with_card();
    guest_start(guest, FEATURES, TRANSMIT);
    send_frame(guest, arp_request, sizeof arp_request);
    guest_set(guest, GUEST_STATUS, 0);
    memset(guest->ram, 0, sizeof guest->ram);
    guest->submitted = 0;
    guest_start(guest, FEATURES, TRANSMIT);
    start_receiving(guest, 1526);
    cr_expect_eq(received(guest), 0, "the frame of before the reset is gone");
    send_frame(guest, arp_request, sizeof arp_request);
    cr_expect_eq(received(guest), 1);
    guest_free(guest);
}
