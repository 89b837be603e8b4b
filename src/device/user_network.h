/* A small IPv4 network in the host's user space, by libslirp: 10.0.2.0/24 as QEMU's "user" network has it. The gateway
 * 10.0.2.2 answers ARP and pings, and gives 10.0.2.15 by DHCP.
 *
 * Restricted, nothing leaves the process: no socket is opened, slirp's clock is simulated time, and only ARP, DHCP and
 * echo requests to the gateway reach slirp at all, at most 1000 a simulated second, so that no guest can grow the
 * host's memory. Such a network repeats. Unrestricted it opens sockets of the host for the guest's TCP, UDP and pings:
 * the network is looked at every millisecond of simulated time, which takes about that long on the host or longer, and
 * no run repeats. Addresses of the host itself (127.0.0.1) are not reached in either. Times are picoseconds. */
#ifndef MESIM_DEVICE_USER_NETWORK_H
#define MESIM_DEVICE_USER_NETWORK_H

#include "base/error.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum { DEVICE_USER_NETWORK_FORWARDS = 8, DEVICE_FRAME_MAX_BYTES = 1514 };

/* TCP connections to a port of the host go to the guest. */
typedef struct device_port_forward {
    struct in_addr host, guest; /* guest 0.0.0.0: the address that DHCP gives */
    uint16_t host_port, guest_port;
} device_port_forward_t;

typedef struct device_user_network_config {
    bool is_restricted;
    device_port_forward_t forwards[DEVICE_USER_NETWORK_FORWARDS]; /* none where it is restricted */
    unsigned forward_count;
} device_user_network_config_t;

typedef struct device_user_network device_user_network_t;

/* Whom the network talks to. */
typedef struct device_user_network_guest {
    void *self;
    /* A frame for the guest, of at most DEVICE_FRAME_MAX_BYTES. */
    void (*deliver)(void *self, uint64_t now_ps, const uint8_t *frame, unsigned bytes);
    /* The guest sent what makes no sense; `text` is one line. */
    void (*misuse)(void *self, uint64_t now_ps, const char *text);
} device_user_network_guest_t;

/* -EADDRINUSE or another -errno and one line: a port of the host cannot be listened at. */
int device_user_network_new(const device_user_network_config_t *config, device_user_network_t **ret_network,
                            base_error_t *error);
void device_user_network_free(device_user_network_t *network); /* NULL is fine */

/* Connects a guest, whose time begins at 0; NULL: nobody. The network's own time goes on over that, as its connections
 * do over a reset of the machine. */
void device_user_network_plug(device_user_network_t *network, const device_user_network_guest_t *guest);

/* A frame of the guest. Returns when device_user_network_poll is to be called; TIME_NEVER: not by itself. */
uint64_t device_user_network_send(device_user_network_t *network, uint64_t now_ps, const uint8_t *frame,
                                  unsigned bytes);
/* Lets the network work; returns as above. */
uint64_t device_user_network_poll(device_user_network_t *network, uint64_t now_ps);

#endif
