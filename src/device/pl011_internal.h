/* What the PL011's files share. Nobody outside src/device includes this. */
#ifndef MESIM_DEVICE_PL011_INTERNAL_H
#define MESIM_DEVICE_PL011_INTERNAL_H

#include "device/pl011.h"

#include <stdbool.h>
#include <stdint.h>

enum { PL011_FIFO = 16, PL011_LINE = 256 };

/* UARTFR, TRM section 3.3.3. */
enum { FR_BUSY = 1 << 3, FR_RXFE = 1 << 4, FR_TXFF = 1 << 5, FR_RXFF = 1 << 6, FR_TXFE = 1 << 7 };
/* UARTLCR_H, section 3.3.7. */
enum { LCR_H_PEN = 1 << 1, LCR_H_STP2 = 1 << 3, LCR_H_FEN = 1 << 4 };
/* UARTCR, section 3.3.8. */
enum { CR_UARTEN = 1 << 0, CR_LBE = 1 << 7, CR_TXE = 1 << 8, CR_RXE = 1 << 9 };
/* UARTIMSC, UARTRIS, UARTMIS, UARTICR, sections 3.3.10 to 3.3.13. */
enum { INT_RX = 1 << 4, INT_TX = 1 << 5, INT_RT = 1 << 6 };

struct device_pl011 {
    device_port_t *port;
    device_pl011_config_t config;
    device_fault_t fault;

    uint32_t ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, dmacr;
    bool line; /* UARTINTR */
    bool told_disabled;

    /* Transmitter: characters have gone to the output when they are written; what is timed is their way out. */
    uint64_t tx_done_ps; /* when the last one has left the shift register */
    bool tx_above;       /* the FIFO is above its trigger level: the interrupt comes when it falls to it */

    /* Receiver. */
    uint8_t rx[PL011_FIFO];
    unsigned rx_first, rx_count;
    uint64_t rx_last_ps; /* when the last character came */
    uint64_t rx_next_ps; /* when the next can */

    /* Typed input, and the host's. */
    struct device_pl011_typed {
        uint64_t at_ps;
        char byte;
    } * typed;
    size_t typed_count, typed_next;
    bool input_open;
    uint64_t input_poll_ps; /* next look at input_fd */

    char output[PL011_LINE];
    size_t output_count;
    device_pl011_stats_t stats;
};

/* --- pl011.c --- */
/* Brings flags and interrupt line in line with time, and asks for the next tick. */
void device_pl011_update(device_pl011_t *uart, uint64_t now_ps);
unsigned device_pl011_fifo_depth(const device_pl011_t *uart);
uint64_t device_pl011_character_ps(const device_pl011_t *uart);

/* --- pl011_transmit.c --- */
void device_pl011_transmit(device_pl011_t *uart, const device_access_t *access, uint8_t byte);
/* Characters in the transmit FIFO, without the one in the shift register. */
unsigned device_pl011_tx_level(const device_pl011_t *uart, uint64_t now_ps);
bool device_pl011_tx_busy(const device_pl011_t *uart, uint64_t now_ps);
void device_pl011_tx_update(device_pl011_t *uart, uint64_t now_ps);
/* When the transmitter next changes an interrupt, or TIME_NEVER. */
uint64_t device_pl011_tx_next_ps(const device_pl011_t *uart);

/* --- pl011_receive.c --- */
void device_pl011_receive(device_pl011_t *uart, uint64_t now_ps, uint8_t byte);
uint8_t device_pl011_take(device_pl011_t *uart);
/* Takes what has been typed up to now and what the host has. */
void device_pl011_rx_update(device_pl011_t *uart, uint64_t now_ps);
uint64_t device_pl011_rx_next_ps(const device_pl011_t *uart);

#endif
