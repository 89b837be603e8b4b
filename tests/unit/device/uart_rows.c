#include "uart_rows.h"

#include "check.h"
#include "device/pl011.h"
#include "harness.h"

#include <stddef.h>

static const struct {
    const char *name;
    uint64_t offset;
    uint32_t reset, writable;
} rows[] = {
    {"UARTRSR", 0x004, 0, 0},          {"UARTFR", 0x018, 0x90, 0},        {"UARTILPR", 0x020, 0, 0xff},
    {"UARTIBRD", 0x024, 0, 0xffff},    {"UARTFBRD", 0x028, 0, 0x3f},      {"UARTLCR_H", 0x02c, 0, 0xff},
    {"UARTCR", 0x030, 0x300, 0xff87},  {"UARTIFLS", 0x034, 0x12, 0x3f},   {"UARTIMSC", 0x038, 0, 0x7ff},
    {"UARTRIS", 0x03c, 0, 0},          {"UARTMIS", 0x040, 0, 0},          {"UARTDMACR", 0x048, 0, 0x7},
    {"UARTPeriphID0", 0xfe0, 0x11, 0}, {"UARTPeriphID1", 0xfe4, 0x10, 0}, {"UARTPeriphID2", 0xfe8, 0x14, 0},
    {"UARTPeriphID3", 0xfec, 0, 0},    {"UARTPCellID0", 0xff0, 0x0d, 0},  {"UARTPCellID1", 0xff4, 0xf0, 0},
    {"UARTPCellID2", 0xff8, 0x05, 0},  {"UARTPCellID3", 0xffc, 0xb1, 0},
};

static device_pl011_t *make(harness_t *h, harness_wire_t *wire, device_fault_t fault)
{
    const device_pl011_config_t config = {.base = 0x09000000,
                                          .access_ps = 1000,
                                          .clock_hz = 24000000,
                                          .input_fd = -1,
                                          .irq = harness_wire_irq(wire),
                                          .fault = fault};
    device_pl011_t *uart = device_pl011_new(harness_engine(h), "uart0", &config);
    harness_attach(h, device_pl011_port(uart));
    return uart;
}

static const char *finish(harness_t *h, device_pl011_t *uart, const char *wrong)
{
    device_pl011_free(uart);
    harness_free(h);
    return wrong;
}

const char *wrong_reset_value(device_fault_t fault)
{
    const char *wrong = NULL;
    harness_wire_t wire = {0};
    harness_t *h = harness_new();
    device_pl011_t *uart = make(h, &wire, fault);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (mmio_read(h, rows[i].offset, 4) != rows[i].reset)
            wrong = rows[i].name;
    return finish(h, uart, wrong);
}

const char *wrong_write_mask(device_fault_t fault)
{
    static const uint32_t values[] = {0xffffffff, 0x5a5aa5a5, 0};
    const char *wrong = NULL;
    harness_wire_t wire = {0};
    harness_t *h = harness_new();
    device_pl011_t *uart = make(h, &wire, fault);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (unsigned v = 0; v < 3 && rows[i].writable; v++) {
            mmio_write(h, rows[i].offset, 4, values[v]);
            uint32_t expected = (values[v] & rows[i].writable);
            if (mmio_read(h, rows[i].offset, 4) != expected)
                wrong = rows[i].name;
        }
    return finish(h, uart, wrong);
}

const char *wrong_interrupt_line(device_fault_t fault)
{
    const char *wrong = NULL;
    harness_wire_t wire = {0};
    harness_t *h = harness_new();
    device_pl011_t *uart = make(h, &wire, fault);
    device_pl011_type(uart, 1000, "x", 1);
    harness_run_ps(h, 1000000);
    CHECK(mmio_read(h, 0x03c, 4) == 1 << 4); /* UARTRIS: RXRIS, without FIFO at the first character */
    CHECK(mmio_read(h, 0x040, 4) == 0);      /* UARTMIS */
    CHECK(!wire.level);
    mmio_write(h, 0x038, 4, 1 << 4); /* UARTIMSC */
    CHECK(mmio_read(h, 0x040, 4) == 1 << 4);
    CHECK(wire.level);
    CHECK(mmio_read(h, 0x000, 4) == 'x');
    CHECK(!wire.level);
    CHECK(mmio_read(h, 0x03c, 4) == 0);
    mmio_write(h, 0x038, 4, 1 << 5); /* transmit */
    mmio_write(h, 0x000, 4, 'y');
    CHECK(wire.level);
    mmio_write(h, 0x044, 4, 1 << 5); /* UARTICR */
    CHECK(!wire.level);
    CHECK(wire.rises == 2);
    return finish(h, uart, wrong);
}
