/* The receiver of the PL011: typed input, the host's input, and the FIFO. */
#include "base/time.h"
#include "device/pl011_internal.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <unistd.h>

/* Section 3.3.9, UARTIFLS.RXIFLSEL: the interrupt comes when the FIFO rises to 1/8, 1/4, 1/2, 3/4 or 7/8. */
static unsigned trigger(const device_pl011_t *uart)
{
    static const uint8_t levels[8] = {2, 4, 8, 12, 14, 8, 8, 8};
    return device_pl011_fifo_depth(uart) == 1 ? 1 : levels[uart->ifls >> 3 & 7];
}

static bool full(const device_pl011_t *uart)
{
    return uart->rx_count >= device_pl011_fifo_depth(uart);
}

void device_pl011_receive(device_pl011_t *uart, uint64_t now_ps, uint8_t byte)
{
    if (full(uart))
        return; /* only a guest in loopback can come here; typed and host input waits */
    uart->rx[(uart->rx_first + uart->rx_count++) % PL011_FIFO] = byte;
    uart->rx_last_ps = now_ps;
    uart->rx_next_ps = now_ps + device_pl011_character_ps(uart);
    uart->stats.received++;
    if (uart->rx_count >= trigger(uart))
        uart->ris |= INT_RX;
}

uint8_t device_pl011_take(device_pl011_t *uart)
{
    if (!uart->rx_count)
        return 0;
    uint8_t byte = uart->rx[uart->rx_first];
    uart->rx_first = (uart->rx_first + 1) % PL011_FIFO;
    uart->rx_count--;
    if (uart->rx_count < trigger(uart))
        uart->ris &= ~(uint32_t)INT_RX;
    if (!uart->rx_count)
        uart->ris &= ~(uint32_t)INT_RT;
    return byte;
}

/* --- typed input --- */

void device_pl011_type(device_pl011_t *uart, uint64_t at_ps, const char *bytes, size_t count)
{
    uart->typed = g_renew(struct device_pl011_typed, uart->typed, uart->typed_count + count);
    for (size_t i = 0; i < count; i++)
        uart->typed[uart->typed_count++] = (struct device_pl011_typed){.at_ps = at_ps, .byte = bytes[i]};
    device_pl011_update(uart, 0);
}

size_t device_pl011_typed(const device_pl011_t *uart)
{
    return uart->typed_next;
}

static uint64_t typed_next_ps(const device_pl011_t *uart)
{
    if (uart->typed_next == uart->typed_count || full(uart))
        return TIME_NEVER;
    return MAX(uart->typed[uart->typed_next].at_ps, uart->rx_next_ps);
}

/* --- host input --- */

/* Not deterministic: what the host has by now depends on when it is asked. */
static void look_at_host(device_pl011_t *uart, uint64_t now_ps)
{
    struct pollfd descriptor = {.fd = uart->config.input_fd, .events = POLLIN};
    while (!full(uart) && poll(&descriptor, 1, 0) > 0) {
        char byte;
        ssize_t got = read(uart->config.input_fd, &byte, 1);
        if (got == 1) {
            device_pl011_receive(uart, now_ps, (uint8_t)byte);
            continue;
        }
        uart->input_open = got < 0 && (errno == EINTR || errno == EAGAIN);
        return;
    }
}

void device_pl011_rx_update(device_pl011_t *uart, uint64_t now_ps)
{
    while (typed_next_ps(uart) <= now_ps)
        device_pl011_receive(uart, now_ps, (uint8_t)uart->typed[uart->typed_next++].byte);
    if (uart->input_open && now_ps >= uart->input_poll_ps) {
        uart->input_poll_ps = now_ps + uart->config.input_poll_ps;
        look_at_host(uart, now_ps);
    }
}

uint64_t device_pl011_rx_next_ps(const device_pl011_t *uart)
{
    uint64_t host_ps = uart->input_open ? uart->input_poll_ps : TIME_NEVER;
    return MIN(typed_next_ps(uart), host_ps);
}
