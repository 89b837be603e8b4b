/* One TCP connection, as far as an echo needs it: every segment arrives, in order (RFC 9293). */
#ifndef MESIM_FIRMWARE_IMAGES_NETWORK_TCP_H
#define MESIM_FIRMWARE_IMAGES_NETWORK_TCP_H

#include <stdbool.h>

/* Takes a connection at port 7, sends back what comes in until the other side closes, and closes. */
bool tcp_echo(void);

#endif
