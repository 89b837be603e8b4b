/* The registers and the interrupt line of the PL011. */
#include "device/pl011.h"

#include "base/time.h"
#include "device/pl011_internal.h"

#include <glib.h>

const stats_counter_t device_pl011_counters[] = {
#define DEVICE_PL011_COUNTER(name, unit, description) STATS_COUNTER(device_pl011_stats_t, name, unit, description),
    DEVICE_PL011_STATS(DEVICE_PL011_COUNTER)
#undef DEVICE_PL011_COUNTER
        {0},
};

/* TRM table 3-1. */
enum {
    UARTDR = 0x000,
    UARTRSR = 0x004, /* UARTECR on write */
    UARTFR = 0x018,
    UARTILPR = 0x020,
    UARTIBRD = 0x024,
    UARTFBRD = 0x028,
    UARTLCR_H = 0x02c,
    UARTCR = 0x030,
    UARTIFLS = 0x034,
    UARTIMSC = 0x038,
    UARTRIS = 0x03c,
    UARTMIS = 0x040,
    UARTICR = 0x044,
    UARTDMACR = 0x048,
    UARTPERIPHID0 = 0xfe0,
    UARTPCELLID3 = 0xffc,
};

/* --- time --- */

unsigned device_pl011_fifo_depth(const device_pl011_t *uart)
{
    return uart->lcr_h & LCR_H_FEN ? PL011_FIFO : 1;
}

/* One bit takes 16 periods of UARTCLK times the divisor (IBRD + FBRD / 64), section 3.3.6. A guest that never sets the
 * divisor gets 115200 baud of 24 MHz. */
static uint64_t bit_ps(const device_pl011_t *uart)
{
    uint64_t divisor_64ths = uart->ibrd ? uart->ibrd * UINT64_C(64) + uart->fbrd : 13 * 64 + 1;
    return divisor_64ths * TIME_PS_PER_SECOND / (4 * uart->config.clock_hz);
}

uint64_t device_pl011_character_ps(const device_pl011_t *uart)
{
    uint64_t data = 5 + (uart->lcr_h >> 5 & 3); /* WLEN */
    uint64_t parity = uart->lcr_h & LCR_H_PEN ? 1 : 0;
    uint64_t stop = uart->lcr_h & LCR_H_STP2 ? 2 : 1;
    return (1 + data + parity + stop) * bit_ps(uart);
}

/* --- interrupts --- */

static uint32_t masked(const device_pl011_t *uart)
{
    return DEVICE_HAS_FAULT(uart, MASK_IGNORED) ? uart->ris : uart->ris & uart->imsc;
}

static void drive_line(device_pl011_t *uart, uint64_t now_ps)
{
    bool level = masked(uart) != 0;
    if (level == uart->line || (uart->line && DEVICE_HAS_FAULT(uart, LINE_NOT_LOWERED)))
        return;
    uart->line = level;
    uart->stats.interrupts += level;
    if (uart->config.irq.set)
        uart->config.irq.set(uart->config.irq.self, now_ps, level);
}

/* Section 3.4: the receive timeout interrupt comes when the FIFO is not empty and nothing has come for 32 bit times. */
static uint64_t timeout_ps(const device_pl011_t *uart)
{
    return uart->rx_count && !(uart->ris & INT_RT) ? uart->rx_last_ps + 32 * bit_ps(uart) : TIME_NEVER;
}

void device_pl011_update(device_pl011_t *uart, uint64_t now_ps)
{
    device_pl011_tx_update(uart, now_ps);
    device_pl011_rx_update(uart, now_ps);
    if (now_ps >= timeout_ps(uart))
        uart->ris |= INT_RT;
    drive_line(uart, now_ps);

    uint64_t wake_ps = device_pl011_tx_next_ps(uart);
    wake_ps = MIN(wake_ps, device_pl011_rx_next_ps(uart));
    wake_ps = MIN(wake_ps, timeout_ps(uart));
    device_port_wake_at(uart->port, wake_ps);
}

/* --- registers --- */

static uint32_t read_fr(const device_pl011_t *uart, uint64_t now_ps)
{
    unsigned depth = device_pl011_fifo_depth(uart), level = device_pl011_tx_level(uart, now_ps);
    uint32_t fr = device_pl011_tx_busy(uart, now_ps) ? FR_BUSY : 0;
    fr |= level ? 0 : FR_TXFE;
    fr |= level >= depth ? FR_TXFF : 0;
    fr |= uart->rx_count ? 0 : FR_RXFE;
    fr |= uart->rx_count >= depth ? FR_RXFF : 0;
    return fr;
}

static uint32_t read_identification(uint64_t offset)
{
    /* UARTPeriphID0 to 3: part 0x011, designer Arm, revision 1 (16-byte FIFOs); UARTPCellID0 to 3. */
    static const uint8_t bytes[] = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
    return bytes[(offset - UARTPERIPHID0) / 4];
}

static bool read_register(void *self, const device_access_t *access, uint64_t *ret_value)
{
    device_pl011_t *uart = self;
    switch (access->offset) {
    case UARTDR: *ret_value = device_pl011_take(uart); break;
    case UARTRSR: *ret_value = 0; break; /* the line has no errors */
    case UARTFR: *ret_value = read_fr(uart, access->now_ps); break;
    case UARTILPR: *ret_value = uart->ilpr; break;
    case UARTIBRD: *ret_value = uart->ibrd; break;
    case UARTFBRD: *ret_value = uart->fbrd; break;
    case UARTLCR_H: *ret_value = uart->lcr_h; break;
    case UARTCR: *ret_value = uart->cr; break;
    case UARTIFLS: *ret_value = uart->ifls; break;
    case UARTIMSC: *ret_value = uart->imsc; break;
    case UARTRIS: *ret_value = uart->ris; break;
    case UARTMIS: *ret_value = masked(uart); break;
    case UARTDMACR: *ret_value = uart->dmacr; break;
    default:
        if (access->offset < UARTPERIPHID0 || access->offset > UARTPCELLID3 || access->offset % 4)
            return false;
        *ret_value = read_identification(access->offset);
    }
    device_pl011_update(uart, access->now_ps);
    return true;
}

/* UARTLCR_H.FEN: switching the FIFOs empties the receiver, as QEMU does and drivers expect. */
static void write_lcr_h(device_pl011_t *uart, uint32_t value)
{
    if ((uart->lcr_h ^ value) & LCR_H_FEN) {
        uart->rx_count = 0;
        uart->ris &= ~(uint32_t)(INT_RX | INT_RT);
    }
    uart->lcr_h = value;
}

/* Write masks of section 3.3: bits outside are RAZ/WI. */
static uint32_t write_mask(const device_pl011_t *uart, uint64_t offset)
{
    if (DEVICE_HAS_FAULT(uart, WRITE_MASK))
        return UINT32_MAX;
    switch (offset) {
    case UARTIBRD: return 0xffff;
    case UARTFBRD: return 0x3f;
    case UARTCR: return 0xff87;
    case UARTIFLS: return 0x3f;
    case UARTIMSC:
    case UARTICR: return 0x7ff;
    case UARTDMACR: return 0x7;
    default: return 0xff;
    }
}

static bool write_register(void *self, const device_access_t *access, uint64_t raw)
{
    device_pl011_t *uart = self;
    uint32_t value = (uint32_t)raw & write_mask(uart, access->offset);
    switch (access->offset) {
    case UARTDR: device_pl011_transmit(uart, access, (uint8_t)value); break;
    case UARTRSR: break; /* clears errors, of which there are none */
    case UARTILPR: uart->ilpr = value; break;
    case UARTIBRD: uart->ibrd = value; break;
    case UARTFBRD: uart->fbrd = value; break;
    case UARTLCR_H: write_lcr_h(uart, value); break;
    case UARTCR: uart->cr = value; break;
    case UARTIFLS: uart->ifls = value; break;
    case UARTIMSC: uart->imsc = value; break;
    case UARTICR: uart->ris &= ~value; break;
    case UARTDMACR: uart->dmacr = value; break; /* no DMA controller listens */
    default: return false;
    }
    device_pl011_update(uart, access->now_ps);
    return true;
}

static void tick(void *self, uint64_t now_ps)
{
    device_pl011_update(self, now_ps);
}

/* --- life --- */

device_pl011_t *device_pl011_new(engine_t *engine, const char *name, const device_pl011_config_t *config)
{
    static const device_ops_t ops = {
        .access_bytes = 1 | 2 | 4, .read = read_register, .write = write_register, .tick = tick};
    device_pl011_t *uart = g_new0(device_pl011_t, 1);
    uart->config = *config;
    uart->fault = config->fault;
    uart->cr = CR_TXE | CR_RXE; /* reset values of table 3-1 */
    uart->ifls = 0x12;
    uart->input_open = config->input_fd >= 0;
    uart->input_poll_ps = config->input_poll_ps;
    uart->port = device_port_new(engine, name, config->base, DEVICE_PL011_BYTES, config->access_ps, &ops, uart);
    if (uart->input_open)
        device_port_wake_at(uart->port, uart->input_poll_ps);
    return uart;
}

void device_pl011_free(device_pl011_t *uart)
{
    if (!uart)
        return;
    device_pl011_flush(uart);
    device_port_free(uart->port);
    g_free(uart->typed);
    g_free(uart);
}

device_port_t *device_pl011_port(device_pl011_t *uart)
{
    return uart->port;
}

void device_pl011_connect(device_pl011_t *uart, device_irq_t irq)
{
    uart->config.irq = irq;
}

const device_pl011_stats_t *device_pl011_stats(const device_pl011_t *uart)
{
    return &uart->stats;
}
