/* PL011 driver (ARM DDI 0183 chapter 3). */
#include "uart.h"

#include "barrier.h"
#include "layout.h"
#include "mmio.h"

enum {
    UARTDR = 0x000,
    UARTFR = 0x018,
    UARTIBRD = 0x024,
    UARTFBRD = 0x028,
    UARTLCR_H = 0x02c,
    UARTCR = 0x030,
    UARTIMSC = 0x038,
};

enum { UARTFR_BUSY = 1 << 3, UARTFR_TXFF = 1 << 5 };
enum { UARTLCR_H_FEN = 1 << 4, UARTLCR_H_WLEN_8 = 3 << 5 };
enum { UARTCR_UARTEN = 1 << 0, UARTCR_TXE = 1 << 8, UARTCR_RXE = 1 << 9 };

/* 115200 baud from the board's 24 MHz clock: 24e6 / (16 * 115200) = 13 + 1.3/64. */
enum { BAUD_INTEGER = 13, BAUD_FRACTION = 1 };

static uint64_t uart_base = UART_FALLBACK;

void uart_init(uint64_t base)
{
    uart_drain(); /* the settings may not change while it sends */
    uart_base = base;
    mmio_write32(uart_base + UARTCR, 0);
    mmio_write32(uart_base + UARTIMSC, 0);
    mmio_write32(uart_base + UARTIBRD, BAUD_INTEGER);
    mmio_write32(uart_base + UARTFBRD, BAUD_FRACTION);
    mmio_write32(uart_base + UARTLCR_H, UARTLCR_H_WLEN_8 | UARTLCR_H_FEN); /* also latches the baud rate */
    mmio_write32(uart_base + UARTCR, UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE);
}

void uart_put(char c)
{
    while (mmio_read32(uart_base + UARTFR) & UARTFR_TXFF)
        cpu_relax();
    mmio_write32(uart_base + UARTDR, (uint8_t)c);
}

void uart_drain(void)
{
    while (mmio_read32(uart_base + UARTFR) & UARTFR_BUSY)
        cpu_relax();
}
