/* The transmitter of the PL011: output, and how long characters take. */
#include "base/time.h"
#include "device/pl011_internal.h"

/* Section 3.3.9, UARTIFLS.TXIFLSEL: the interrupt comes when the FIFO falls to 1/8, 1/4, 1/2, 3/4 or 7/8. Without FIFO:
 * when the holding register is empty. */
static unsigned trigger(const device_pl011_t *uart)
{
    static const uint8_t levels[8] = {2, 4, 8, 12, 14, 8, 8, 8};
    return device_pl011_fifo_depth(uart) == 1 ? 0 : levels[uart->ifls & 7];
}

/* --- output --- */

void device_pl011_flush(device_pl011_t *uart)
{
    if (uart->output_count && uart->config.output)
        uart->config.output(uart->config.self, uart->output, uart->output_count);
    uart->output_count = 0;
}

static void put(device_pl011_t *uart, uint8_t byte)
{
    uart->output[uart->output_count++] = (char)byte;
    if (byte == '\n' || uart->output_count == PL011_LINE || uart->config.unbuffered)
        device_pl011_flush(uart);
}

/* --- time --- */

/* Characters that have not left yet, with the one in the shift register. */
static uint64_t unsent(const device_pl011_t *uart, uint64_t now_ps)
{
    if (uart->tx_done_ps <= now_ps)
        return 0;
    uint64_t character_ps = device_pl011_character_ps(uart);
    return (uart->tx_done_ps - now_ps + character_ps - 1) / character_ps;
}

unsigned device_pl011_tx_level(const device_pl011_t *uart, uint64_t now_ps)
{
    uint64_t count = unsent(uart, now_ps);
    return count ? (unsigned)count - 1 : 0;
}

bool device_pl011_tx_busy(const device_pl011_t *uart, uint64_t now_ps)
{
    return unsent(uart, now_ps) != 0;
}

uint64_t device_pl011_tx_next_ps(const device_pl011_t *uart)
{
    if (!uart->tx_above)
        return TIME_NEVER;
    return uart->tx_done_ps - (trigger(uart) + 1) * device_pl011_character_ps(uart);
}

void device_pl011_tx_update(device_pl011_t *uart, uint64_t now_ps)
{
    if (!uart->tx_above || device_pl011_tx_level(uart, now_ps) > trigger(uart))
        return;
    uart->tx_above = false;
    uart->ris |= INT_TX;
}

static void start(device_pl011_t *uart, uint64_t now_ps)
{
    if (!uart->config.timed) {
        uart->ris |= INT_TX; /* at once through the FIFO and below its trigger level again */
        return;
    }
    uint64_t from_ps = uart->tx_done_ps > now_ps ? uart->tx_done_ps : now_ps;
    uart->tx_done_ps = from_ps + device_pl011_character_ps(uart);
    if (device_pl011_tx_level(uart, now_ps) > trigger(uart)) {
        uart->tx_above = true;
        uart->ris &= ~(uint32_t)INT_TX;
    } else {
        uart->ris |= INT_TX;
    }
}

void device_pl011_transmit(device_pl011_t *uart, const device_access_t *access, uint8_t byte)
{
    bool enabled = (uart->cr & (CR_UARTEN | CR_TXE)) == (CR_UARTEN | CR_TXE);
    if (!enabled && !uart->told_disabled) {
        uart->told_disabled = true;
        device_port_guest_error(
            uart->port, access,
            "character written while UARTCR (0x%x) does not enable the transmitter: sent all the same", uart->cr);
    }
    if (device_pl011_tx_level(uart, access->now_ps) >= device_pl011_fifo_depth(uart)) {
        device_port_guest_error(uart->port, access, "character 0x%02x written to a full FIFO: lost", byte);
        return;
    }
    uart->stats.transmitted++;
    start(uart, access->now_ps);
    if (uart->cr & CR_LBE)
        device_pl011_receive(uart, access->now_ps, byte);
    else
        put(uart, byte);
}
