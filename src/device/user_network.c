#include "device/user_network.h"

#include "base/time.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <poll.h>
#include <slirp/libslirp.h>
#include <string.h>

#define PS_PER_MS (TIME_PS_PER_SECOND / 1000)
#define POLL_PS   PS_PER_MS

enum {
    FRAMES_A_SECOND = 1000,
    ETHERNET_BYTES = 14,
    ARP_BYTES = 28,
    IPV4_BYTES = 20,
    TYPE_IPV4 = 0x0800,
    TYPE_ARP = 0x0806,
    PROTOCOL_ICMP = 1,
    PROTOCOL_UDP = 17,
    DHCP_SERVER_PORT = 67,
};
#define NETWORK UINT32_C(0x0a000200) /* 10.0.2.0 */
#define GATEWAY (NETWORK + 2)

struct device_user_network {
    device_user_network_guest_t guest;
    bool is_restricted;
    Slirp *slirp;
    uint64_t start_ps; /* of the guest, in the network's time */
    uint64_t now_ps;   /* of the guest */
    uint64_t second;   /* of simulated time, in which so many frames were let through */
    unsigned frames;
    GArray *fds;        /* struct pollfd: what slirp waits for */
    gint64 released_us; /* host time at which simulated time was last let go on */
};

/* --- what slirp asks of us --- */

static ssize_t on_packet(const void *frame, size_t bytes, void *opaque)
{
    device_user_network_t *network = opaque;
    if (network->guest.deliver && bytes <= DEVICE_FRAME_MAX_BYTES)
        network->guest.deliver(network->guest.self, network->now_ps, frame, (unsigned)bytes);
    return (ssize_t)bytes;
}

static void on_guest_error(const char *text, void *opaque)
{
    device_user_network_t *network = opaque;
    if (network->guest.misuse)
        network->guest.misuse(network->guest.self, network->now_ps, text);
}

static int64_t on_clock(void *opaque)
{
    const device_user_network_t *network = opaque;
    return (int64_t)((network->start_ps + network->now_ps) / 1000);
}

/* Timers are of router advertisements alone, and there is no IPv6. */
static void *on_timer_new(SlirpTimerCb callback, void *callback_opaque, void *opaque)
{
    (void)callback;
    (void)callback_opaque;
    (void)opaque;
    base_bug("slirp makes a timer without IPv6");
}

static void on_timer_free(void *timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

static void on_timer_mod(void *timer, int64_t expire_ms, void *opaque)
{
    (void)timer;
    (void)expire_ms;
    (void)opaque;
}

static void on_fd(int fd, void *opaque)
{
    (void)fd;
    (void)opaque;
}

static void on_notify(void *opaque)
{
    (void)opaque;
}

/* slirp's bits are not those of poll(2). */
static const struct {
    int slirp;
    short host;
} event_bits[] = {
    {SLIRP_POLL_IN, POLLIN},   {SLIRP_POLL_OUT, POLLOUT}, {SLIRP_POLL_PRI, POLLPRI},
    {SLIRP_POLL_ERR, POLLERR}, {SLIRP_POLL_HUP, POLLHUP},
};

static int on_add_poll(int fd, int events, void *opaque)
{
    device_user_network_t *network = opaque;
    struct pollfd entry = {.fd = fd};
    for (size_t i = 0; i < G_N_ELEMENTS(event_bits); i++)
        if (events & event_bits[i].slirp)
            entry.events |= event_bits[i].host;
    g_array_append_val(network->fds, entry);
    return (int)network->fds->len - 1;
}

static int on_get_events(int index, void *opaque)
{
    const device_user_network_t *network = opaque;
    int events = 0;
    if (index < 0 || (guint)index >= network->fds->len)
        return 0;
    short host = g_array_index(network->fds, struct pollfd, index).revents;
    for (size_t i = 0; i < G_N_ELEMENTS(event_bits); i++)
        if (host & event_bits[i].host)
            events |= event_bits[i].slirp;
    return events;
}

/* --- what a restricted guest can say --- */

static unsigned big_endian_16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static bool is_for_us_ipv4(const uint8_t *packet, unsigned bytes)
{
    unsigned header_bytes = (packet[0] & 15u) * 4;
    if (packet[0] >> 4 != 4 || header_bytes < IPV4_BYTES || bytes < header_bytes + 4 ||
        big_endian_16(packet + 6) & 0x3fff) /* a fragment */
        return false;
    uint32_t destination = big_endian_16(packet + 16) << 16 | big_endian_16(packet + 18);
    if (packet[9] == PROTOCOL_ICMP)
        return destination == GATEWAY;
    return packet[9] == PROTOCOL_UDP && big_endian_16(packet + header_bytes + 2) == DHCP_SERVER_PORT;
}

static bool is_for_us(const uint8_t *frame, unsigned bytes)
{
    if (bytes < ETHERNET_BYTES + IPV4_BYTES)
        return false;
    switch (big_endian_16(frame + 12)) {
    case TYPE_ARP: return bytes >= ETHERNET_BYTES + ARP_BYTES;
    case TYPE_IPV4: return is_for_us_ipv4(frame + ETHERNET_BYTES, bytes - ETHERNET_BYTES);
    default: return false;
    }
}

static bool may_pass(device_user_network_t *network, const uint8_t *frame, unsigned bytes)
{
    uint64_t second = (network->start_ps + network->now_ps) / TIME_PS_PER_SECOND;
    if (!network->is_restricted)
        return true;
    if (!is_for_us(frame, bytes))
        return false;
    if (second != network->second)
        network->frames = 0;
    network->second = second;
    return network->frames++ < FRAMES_A_SECOND;
}

/* --- time --- */

/* Looks at the sockets, and waits for them where POLL_PS of the host have not passed since the last time. */
static void wait_for_host(device_user_network_t *network)
{
    gint64 due_us = network->released_us + (gint64)(POLL_PS / 1000000);
    int wait_ms = g_get_monotonic_time() < due_us ? (int)(POLL_PS / PS_PER_MS) : 0;
    if (poll((struct pollfd *)(void *)network->fds->data, network->fds->len, wait_ms) < 0)
        g_array_set_size(network->fds, 0); /* interrupted: nothing is known of any */
    network->released_us = g_get_monotonic_time();
}

uint64_t device_user_network_poll(device_user_network_t *network, uint64_t now_ps)
{
    uint32_t timeout_ms = UINT32_MAX;
    network->now_ps = now_ps;
    g_array_set_size(network->fds, 0);
    slirp_pollfds_fill(network->slirp, &timeout_ms, on_add_poll, network);
    if (!network->is_restricted)
        wait_for_host(network);
    slirp_pollfds_poll(network->slirp, 0, on_get_events, network);
    if (!network->is_restricted)
        return now_ps + POLL_PS;
    return timeout_ms == UINT32_MAX ? TIME_NEVER : now_ps + MAX(timeout_ms, 1) * PS_PER_MS;
}

uint64_t device_user_network_send(device_user_network_t *network, uint64_t now_ps, const uint8_t *frame, unsigned bytes)
{
    network->now_ps = now_ps;
    if (may_pass(network, frame, bytes))
        slirp_input(network->slirp, frame, (int)bytes);
    return device_user_network_poll(network, now_ps);
}

/* --- life --- */

static Slirp *new_slirp(device_user_network_t *network)
{
    static const SlirpCb callbacks = {
        .send_packet = on_packet,
        .guest_error = on_guest_error,
        .clock_get_ns = on_clock,
        .timer_new = on_timer_new,
        .timer_free = on_timer_free,
        .timer_mod = on_timer_mod,
        .register_poll_fd = on_fd,
        .unregister_poll_fd = on_fd,
        .notify = on_notify,
    };
    SlirpConfig config = {
        .version = 3,
        .restricted = network->is_restricted,
        .in_enabled = true,
        .vnetwork.s_addr = htonl(NETWORK),
        .vnetmask.s_addr = htonl(0xffffff00),
        .vhost.s_addr = htonl(GATEWAY),
        .vnameserver.s_addr = htonl(NETWORK + 3),
        .vdhcp_start.s_addr = htonl(NETWORK + 15),
        .disable_host_loopback = true,
        .disable_dns = network->is_restricted,
    };
    return slirp_new(&config, &callbacks, network);
}

static int add_forward(device_user_network_t *network, const device_port_forward_t *forward, base_error_t *error)
{
    char host[INET_ADDRSTRLEN];
    if (slirp_add_hostfwd(network->slirp, false, forward->host, forward->host_port, forward->guest,
                          forward->guest_port) == 0)
        return 0;
    int failed = errno ? errno : EADDRINUSE;
    inet_ntop(AF_INET, &forward->host, host, sizeof(host));
    return base_fail(error, -failed, "port %u of %s cannot be listened at: %s; choose another", forward->host_port,
                     host, g_strerror(failed));
}

int device_user_network_new(const device_user_network_config_t *config, device_user_network_t **ret_network,
                            base_error_t *error)
{
    device_user_network_t *network = g_new0(device_user_network_t, 1);
    network->is_restricted = config->is_restricted;
    network->fds = g_array_new(FALSE, FALSE, sizeof(struct pollfd));
    network->slirp = new_slirp(network);
    int result =
        network->slirp ? 0 : base_fail(error, -ENOTSUP, "libslirp makes no network; is its version 4.1 or later?");
    for (unsigned i = 0; i < config->forward_count && result == 0; i++)
        result = add_forward(network, &config->forwards[i], error);
    if (result < 0)
        device_user_network_free(network);
    else
        *ret_network = network;
    return result;
}

void device_user_network_plug(device_user_network_t *network, const device_user_network_guest_t *guest)
{
    network->guest = guest ? *guest : (device_user_network_guest_t){0};
    network->start_ps += network->now_ps;
    network->now_ps = 0;
}

void device_user_network_free(device_user_network_t *network)
{
    if (!network)
        return;
    if (network->slirp)
        slirp_cleanup(network->slirp);
    g_array_free(network->fds, TRUE);
    g_free(network);
}
