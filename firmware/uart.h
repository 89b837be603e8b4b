/* The PL011 (ARM DDI 0183), output only, polled. */
#ifndef MESIM_FIRMWARE_UART_H
#define MESIM_FIRMWARE_UART_H

#include <stdint.h>

/* Until this is called characters go to UART_FALLBACK, which works if a loader has set it up. */
void uart_init(uint64_t base);

void uart_put(char c);

/* Waits until the last character has left. */
void uart_drain(void);

#endif
