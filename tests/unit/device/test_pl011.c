/* PL011: registers, output, input, FIFOs, interrupts, timing. */
#include "device/pl011.h"
#include "harness.h"
#include "uart_rows.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <unistd.h>

enum { DR = 0x000, FR = 0x018, IBRD = 0x024, FBRD = 0x028, LCR_H = 0x02c, CR = 0x030, IFLS = 0x034, IMSC = 0x038 };
enum { RIS = 0x03c, ICR = 0x044 };
enum { FEN = 1 << 4, BUSY = 1 << 3, RXFE = 1 << 4, TXFF = 1 << 5, RXFF = 1 << 6, TXFE = 1 << 7 };
enum { INT_RX = 1 << 4, INT_TX = 1 << 5, INT_RT = 1 << 6 };

/* 115200 baud of 24 MHz: 16 clocks times the divisor 13 + 1/64 are 8677083 ps a bit; 8N1 has ten bits. */
enum { BIT_PS = 8677083 };
#define CHARACTER_PS (UINT64_C(10) * BIT_PS)

typedef struct console {
    harness_t *h;
    device_pl011_t *uart;
    harness_wire_t wire;
    GString *text;
    unsigned calls;
} console_t;

static void take(void *self, const char *bytes, size_t count)
{
    console_t *console = self;
    g_string_append_len(console->text, bytes, (gssize)count);
    console->calls++;
}

static console_t *open_console(device_pl011_config_t config)
{
    console_t *console = g_new0(console_t, 1);
    console->h = harness_new();
    console->text = g_string_new(NULL);
    config.base = 0x09000000;
    config.access_ps = 1000;
    config.clock_hz = 24000000;
    config.output = take;
    config.self = console;
    config.irq = harness_wire_irq(&console->wire);
    console->uart = device_pl011_new(harness_engine(console->h), "uart0", &config);
    harness_attach(console->h, device_pl011_port(console->uart));
    mmio_write(console->h, CR, 4, 0x301);
    return console;
}

static void close_console(console_t *console)
{
    device_pl011_free(console->uart);
    harness_free(console->h);
    g_string_free(console->text, TRUE);
    g_free(console);
}

static void put(console_t *console, const char *text)
{
    for (; *text; text++)
        mmio_write(console->h, DR, 1, (uint8_t)*text);
}

static const observe_guest_log_t *log_of(console_t *console)
{
    return device_port_guest_log(device_pl011_port(console->uart));
}

/* --- registers --- */

Test(pl011_registers, have_the_reset_values_of_the_manual)
{
    cr_assert_null(wrong_reset_value(DEVICE_FAULT_NONE), "%s", wrong_reset_value(DEVICE_FAULT_NONE));
}

Test(pl011_registers, take_exactly_their_writable_bits)
{
    cr_assert_null(wrong_write_mask(DEVICE_FAULT_NONE), "%s", wrong_write_mask(DEVICE_FAULT_NONE));
}

Test(pl011_registers, that_are_reserved_or_read_only_are_logged)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1});
    mmio_read(console->h, 0x008, 4);
    mmio_write(console->h, 0x018, 4, 0);
    mmio_read(console->h, 0x044, 4);
    mmio_read(console->h, 0x019, 1);
    mmio_read(console->h, 0xfd0, 4);
    cr_assert_eq(log_of(console)->count, 5);
    close_console(console);
}

Test(pl011_interrupt, follows_its_causes_and_its_mask)
{
    cr_assert_null(wrong_interrupt_line(DEVICE_FAULT_NONE), "%s", wrong_interrupt_line(DEVICE_FAULT_NONE));
}

/* --- output --- */

Test(pl011_output, comes_by_lines)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1});
    put(console, "hello");
    cr_assert_eq(console->calls, 0);
    put(console, " world\nrest");
    cr_assert_eq(console->calls, 1);
    cr_assert_str_eq(console->text->str, "hello world\n");
    device_pl011_flush(console->uart);
    cr_assert_str_eq(console->text->str, "hello world\nrest");
    cr_assert_eq(device_pl011_stats(console->uart)->transmitted, 16);
    cr_assert_eq(log_of(console)->count, 0);
    close_console(console);
}

Test(pl011_output, of_a_very_long_line_is_not_lost)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1});
    for (unsigned i = 0; i < 1000; i++)
        mmio_write(console->h, DR, 4, 'a' + i % 26);
    device_pl011_flush(console->uart);
    cr_assert_eq(console->text->len, 1000);
    for (unsigned i = 0; i < 1000; i++)
        cr_assert_eq(console->text->str[i], (char)('a' + i % 26));
    close_console(console);
}

Test(pl011_output, unbuffered_comes_by_characters)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1, .unbuffered = true});
    put(console, "ab");
    cr_assert_eq(console->calls, 2);
    close_console(console);
}

Test(pl011_output, is_sent_while_disabled_and_logged_once)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1});
    mmio_write(console->h, CR, 4, 0);
    put(console, "ab\n");
    cr_assert_str_eq(console->text->str, "ab\n");
    cr_assert_eq(log_of(console)->count, 1);
    close_console(console);
}

Test(pl011_output, in_loopback_goes_to_the_receiver)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1});
    mmio_write(console->h, CR, 4, 0x381);
    put(console, "z");
    cr_assert_eq(mmio_read(console->h, DR, 4), 'z');
    device_pl011_flush(console->uart);
    cr_assert_eq(console->text->len, 0);
    close_console(console);
}

/* --- timed transmission --- */

Test(pl011_timed, keeps_a_character_for_ten_bits)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1, .timed = true});
    mmio_write(console->h, LCR_H, 4, 3 << 5); /* 8N1, no FIFO */
    put(console, "a");
    cr_assert_eq(mmio_read(console->h, FR, 4), BUSY | RXFE | TXFE);
    put(console, "b");
    cr_assert_eq(mmio_read(console->h, FR, 4), BUSY | RXFE | TXFF, "one in the shift register, one waits");
    harness_run_ps(console->h, CHARACTER_PS);
    cr_assert_eq(mmio_read(console->h, FR, 4), BUSY | RXFE | TXFE);
    harness_run_ps(console->h, CHARACTER_PS);
    cr_assert_eq(mmio_read(console->h, FR, 4), RXFE | TXFE);
    close_console(console);
}

Test(pl011_timed, loses_characters_written_to_a_full_fifo_and_logs_them)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1, .timed = true});
    mmio_write(console->h, LCR_H, 4, 3 << 5 | FEN);
    for (unsigned i = 0; i < 18; i++) /* 1 in the shift register, 16 in the FIFO */
        mmio_write(console->h, DR, 4, 'a' + i);
    device_pl011_flush(console->uart);
    cr_assert_str_eq(console->text->str, "abcdefghijklmnopq");
    cr_assert_eq(log_of(console)->count, 1);
    close_console(console);
}

Test(pl011_timed, interrupts_when_the_fifo_falls_to_its_trigger_level)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1, .timed = true});
    mmio_write(console->h, LCR_H, 4, 3 << 5 | FEN);
    mmio_write(console->h, IFLS, 4, 2); /* half: 8 */
    for (unsigned i = 0; i < 12; i++)
        mmio_write(console->h, DR, 4, 'a' + i);
    mmio_write(console->h, ICR, 4, INT_TX);
    mmio_write(console->h, IMSC, 4, INT_TX);
    uint64_t start_ps = harness_now_ps(console->h);
    cr_assert_not(console->wire.level);
    harness_run_ps(console->h, 4 * CHARACTER_PS);
    cr_assert(console->wire.level);
    /* 11 waited; the third to leave makes it 8. */
    cr_assert_leq(console->wire.changed_ps, start_ps + 3 * CHARACTER_PS);
    cr_assert_gt(console->wire.changed_ps, start_ps + 2 * CHARACTER_PS);
    put(console, "mnop");
    cr_assert_not(console->wire.level, "above the trigger level again");
    close_console(console);
}

/* --- input --- */

Test(pl011_input, typed_arrives_one_character_time_apart)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1});
    uint64_t start_ps = harness_now_ps(console->h);
    mmio_write(console->h, LCR_H, 4, 3 << 5 | FEN);
    device_pl011_type(console->uart, start_ps + 50000, "hey", 3);
    harness_run_ps(console->h, 100000);
    cr_assert_eq(mmio_read(console->h, DR, 4), 'h');
    cr_assert_eq(mmio_read(console->h, FR, 4) & RXFE, RXFE);
    harness_run_ps(console->h, CHARACTER_PS - 150000);
    cr_assert_eq(mmio_read(console->h, FR, 4) & RXFE, RXFE);
    harness_run_ps(console->h, 150000);
    cr_assert_eq(mmio_read(console->h, DR, 4), 'e');
    harness_run_ps(console->h, CHARACTER_PS);
    cr_assert_eq(mmio_read(console->h, DR, 4), 'y');
    close_console(console);
}

Test(pl011_input, beyond_the_fifo_waits_and_is_not_lost)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1});
    char text[40];
    for (unsigned i = 0; i < sizeof(text); i++)
        text[i] = (char)('A' + i);
    mmio_write(console->h, LCR_H, 4, 3 << 5 | FEN);
    device_pl011_type(console->uart, 0, text, sizeof(text));
    harness_run_ps(console->h, 60 * CHARACTER_PS);
    cr_assert_eq(mmio_read(console->h, FR, 4) & RXFF, RXFF);
    cr_assert_eq(device_pl011_stats(console->uart)->received, 16);
    for (unsigned i = 0; i < sizeof(text); i++) {
        cr_assert_eq(mmio_read(console->h, DR, 4), (uint8_t)text[i]);
        harness_run_ps(console->h, CHARACTER_PS);
    }
    cr_assert_eq(mmio_read(console->h, FR, 4) & RXFE, RXFE);
    close_console(console);
}

Test(pl011_input, interrupts_at_the_trigger_level_or_after_32_bits_of_silence)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1});
    mmio_write(console->h, LCR_H, 4, 3 << 5 | FEN);
    mmio_write(console->h, IFLS, 4, 1 << 3); /* receive trigger 1/4: 4 */
    uint64_t start_ps = harness_now_ps(console->h) + 10000;
    device_pl011_type(console->uart, start_ps, "123", 3);
    harness_run_ps(console->h, 10000 + 2 * CHARACTER_PS + 31 * BIT_PS);
    cr_assert_eq(mmio_read(console->h, RIS, 4), 0);
    harness_run_ps(console->h, 2 * BIT_PS);
    cr_assert_eq(mmio_read(console->h, RIS, 4), INT_RT);
    device_pl011_type(console->uart, harness_now_ps(console->h), "4", 1);
    harness_run_ps(console->h, 1000);
    cr_assert_eq(mmio_read(console->h, RIS, 4), INT_RX | INT_RT);
    for (unsigned i = 0; i < 4; i++)
        mmio_read(console->h, DR, 4);
    cr_assert_eq(mmio_read(console->h, RIS, 4), 0);
    close_console(console);
}

Test(pl011_input, from_the_host_is_read_until_its_end)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    console_t *console = open_console((device_pl011_config_t){.input_fd = ends[0], .input_poll_ps = 1000000});
    mmio_write(console->h, LCR_H, 4, 3 << 5 | FEN);
    harness_run_ps(console->h, 5000000);
    cr_assert_eq(mmio_read(console->h, FR, 4) & RXFE, RXFE);
    cr_assert_eq(write(ends[1], "ok", 2), 2);
    close(ends[1]);
    harness_run_ps(console->h, 2000000);
    cr_assert_eq(mmio_read(console->h, DR, 4), 'o');
    cr_assert_eq(mmio_read(console->h, DR, 4), 'k');
    harness_run_ps(console->h, 500 * (uint64_t)BIT_PS);
    cr_assert_eq(engine_run(harness_engine(console->h), UINT64_MAX), ENGINE_IDLE, "the end of input stops the polling");
    close(ends[0]);
    close_console(console);
}

Test(pl011_input, is_dropped_when_the_fifos_are_switched)
{
    console_t *console = open_console((device_pl011_config_t){.input_fd = -1});
    device_pl011_type(console->uart, 0, "x", 1);
    harness_run_ps(console->h, 1000);
    mmio_write(console->h, LCR_H, 4, 3 << 5 | FEN);
    cr_assert_eq(mmio_read(console->h, FR, 4) & RXFE, RXFE);
    close_console(console);
}
