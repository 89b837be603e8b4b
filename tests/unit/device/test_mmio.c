/* The device port: answers, sizes, ranges, ticks. */
#include "base/time.h"
#include "harness.h"

#include <criterion/criterion.h>
#include <glib.h>

/* A device of one 64-bit register at 0x10 that counts its accesses. */
typedef struct box {
    device_port_t *port;
    uint64_t value;
    unsigned reads, writes, ticks, messages;
    uint64_t tick_ps, write_ps;
    device_access_t last;
} box_t;

static bool read_box(void *self, const device_access_t *access, uint64_t *ret_value)
{
    box_t *box = self;
    box->reads++;
    box->last = *access;
    if (access->offset != 0x10)
        return false;
    *ret_value = box->value;
    return true;
}

static bool write_box(void *self, const device_access_t *access, uint64_t value)
{
    box_t *box = self;
    box->writes++;
    box->last = *access;
    box->write_ps = access->now_ps;
    if (access->offset != 0x10)
        return false;
    box->value = value;
    device_port_wake_at(box->port, access->now_ps + 12345);
    return true;
}

static void tick_box(void *self, uint64_t now_ps)
{
    box_t *box = self;
    box->ticks++;
    box->tick_ps = now_ps;
}

enum { BASE = 0x09000000, SIZE = 0x100, ACCESS_PS = 2000 };

static harness_t *with_box(box_t *box)
{
    static const device_ops_t ops = {.access_bytes = 4 | 8, .read = read_box, .write = write_box, .tick = tick_box};
    harness_t *h = harness_new();
    box->port = device_port_new(harness_engine(h), "box", BASE, SIZE, ACCESS_PS, &ops, box);
    harness_attach(h, box->port);
    return h;
}

static void done(harness_t *h, box_t *box)
{
    device_port_free(box->port);
    harness_free(h);
}

Test(device_port, answers_with_what_identifies_the_request)
{
    box_t box = {.value = UINT64_C(0x1122334455667788)};
    harness_t *h = with_box(&box);
    mmio_request(h, &(chi_message_t){.opcode = CHI_READ_NO_SNOOP,
                                     .memory_type = CHI_DEVICE_nGnRE,
                                     .source = 3,
                                     .size_bytes = 8,
                                     .transaction = 0xabcd,
                                     .reserved = 5,
                                     .address = BASE + 0x10,
                                     .pc = 0x40001000});
    const chi_message_t *answer = mmio_answer(h);
    cr_assert_eq(answer->opcode, CHI_COMP_DATA);
    cr_assert_eq(answer->error, CHI_OKAY);
    cr_assert_eq(answer->source, 3);
    cr_assert_eq(answer->transaction, 0xabcd);
    cr_assert_eq(answer->reserved, 5);
    cr_assert_eq(answer->address, BASE + 0x10);
    cr_assert_eq(answer->data[0x10], 0x88);
    cr_assert_eq(answer->data[0x17], 0x11);
    cr_assert_eq(box.last.core, 3);
    cr_assert_eq(box.last.pc, 0x40001000);
    cr_assert_eq(mmio_answered_ps(h) - mmio_sent_ps(h), 2 * HARNESS_LINK_PS + ACCESS_PS);
    done(h, &box);
}

Test(device_port, performs_a_write_before_it_answers)
{
    box_t box = {0};
    harness_t *h = with_box(&box);
    chi_message_t write = {.opcode = CHI_WRITE_NO_SNOOP,
                           .flags = CHI_FLAG_PERFORMED,
                           .size_bytes = 4,
                           .address = BASE + 0x10,
                           .operand = UINT64_C(0xf) << 0x10};
    write.data[0x10] = 0x5a;
    mmio_request(h, &write);
    cr_assert_eq(mmio_answer(h)->opcode, CHI_COMP);
    cr_assert_eq(mmio_answer(h)->flags, CHI_FLAG_PERFORMED);
    cr_assert_eq(box.value, 0x5a);
    cr_assert_lt(box.write_ps, mmio_answered_ps(h));
    done(h, &box);
}

Test(device_port, makes_reserved_offsets_zero_and_logs_them)
{
    box_t box = {.value = 1};
    harness_t *h = with_box(&box);
    cr_assert_eq(mmio_read(h, 0x20, 4), 0);
    mmio_write(h, 0x20, 4, 9);
    cr_assert_eq(box.value, 1);
    const observe_guest_log_t *log = device_port_guest_log(box.port);
    cr_assert_eq(log->count, 2);
    cr_assert_str_eq(log->first[0].text, "box: read of 4 bytes at offset 0x20: reserved, reads as zero");
    cr_assert_str_eq(log->first[1].text, "box: write of 4 bytes at offset 0x20: reserved, ignored");
    cr_assert_eq(log->first[1].pc, 0x4000);
    done(h, &box);
}

Test(device_port, keeps_accesses_of_other_sizes_from_the_device)
{
    static const struct {
        uint64_t offset;
        unsigned size_bytes;
    } bad[] = {{0x10, 1}, {0x10, 2}, {0x12, 4}, {0x14, 8}, {0x10, 16}, {0x0, 64}};
    box_t box = {0};
    harness_t *h = with_box(&box);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        chi_message_t request = {
            .opcode = CHI_READ_NO_SNOOP, .size_bytes = (uint8_t)bad[i].size_bytes, .address = BASE + bad[i].offset};
        mmio_request(h, &request);
        cr_assert_eq(mmio_answer(h)->error, CHI_OKAY);
        request.opcode = CHI_WRITE_NO_SNOOP;
        mmio_request(h, &request);
        cr_assert_eq(device_port_guest_log(box.port)->count, 2 * (i + 1));
    }
    cr_assert_eq(box.reads + box.writes, 0);
    done(h, &box);
}

Test(device_port, answers_outside_its_window_with_a_decode_error)
{
    box_t box = {0};
    harness_t *h = with_box(&box);
    mmio_read(h, SIZE, 4);
    cr_assert_eq(mmio_answer(h)->error, CHI_DECERR);
    mmio_read(h, UINT64_C(0) - 4, 4);
    cr_assert_eq(mmio_answer(h)->error, CHI_DECERR);
    cr_assert_eq(box.reads, 0);
    done(h, &box);
}

Test(device_port, ticks_once_at_exactly_the_time_asked_for)
{
    box_t box = {0};
    harness_t *h = with_box(&box);
    mmio_write(h, 0x10, 4, 1);
    harness_run_ps(h, 100000);
    cr_assert_eq(box.ticks, 1);
    cr_assert_eq(box.tick_ps, box.write_ps + 12345);
    done(h, &box);
}
