#include "interconnect/system.h"
#include "recorder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

enum { LINK_PS = 1000, RAM = 0x40000000, RAM_BYTES = 1 << 20, DEVICE = 0x9000000 };

typedef struct fixture {
    engine_t *engine;
    interconnect_system_t *system;
    recorder_t cluster, device;
} fixture_t;

static interconnect_dram_config_t dram_config(void)
{
    return (interconnect_dram_config_t){.base = RAM,
                                        .size_bytes = RAM_BYTES,
                                        .banks = 4,
                                        .access_ps = 30000,
                                        .bank_busy_ps = 40000,
                                        .line_transfer_ps = 5000,
                                        .queue_entries = 8};
}

static void set_up(fixture_t *fixture, const interconnect_dram_config_t *dram)
{
    base_error_t error = {""};
    fixture->engine = engine_new();
    cr_assert_eq(interconnect_system_new(fixture->engine, dram, &fixture->system, &error), 0, "%s", error.text);
    engine_component_t *system = interconnect_system_component(fixture->system);
    recorder_init(&fixture->cluster, fixture->engine, "cluster");
    recorder_init(&fixture->device, fixture->engine, "device");
    fixture->device.echo = true;
    fixture->cluster.out = engine_link_new(fixture->engine, "down", fixture->cluster.component, system, LINK_PS, 0);
    fixture->device.out = engine_link_new(fixture->engine, "answers", fixture->device.component, system, LINK_PS, 0);
    interconnect_system_attach_cluster(
        fixture->system, engine_link_new(fixture->engine, "up", system, fixture->cluster.component, LINK_PS, 0));
    engine_link_t *link = engine_link_new(fixture->engine, "requests", system, fixture->device.component, LINK_PS, 0);
    cr_assert_eq(interconnect_system_attach_device(fixture->system, DEVICE, 0x1000, link, &error), 0, "%s", error.text);
}

static void tear_down(fixture_t *fixture)
{
    interconnect_system_free(fixture->system);
    engine_free(fixture->engine);
}

static chi_message_t read_of(uint64_t address, unsigned size_bytes, uint32_t transaction)
{
    return (chi_message_t){.opcode = CHI_READ_NO_SNOOP,
                           .source = 3,
                           .size_bytes = (uint8_t)size_bytes,
                           .transaction = transaction,
                           .address = address};
}

static chi_message_t write_of(uint64_t address, unsigned size_bytes, uint8_t fill, uint32_t transaction)
{
    chi_message_t message = read_of(address, size_bytes, transaction);
    message.opcode = CHI_WRITE_NO_SNOOP;
    message.operand = (size_bytes == 64 ? UINT64_MAX : (UINT64_C(1) << size_bytes) - 1) << (address & 63);
    memset(message.data, fill, sizeof message.data);
    return message;
}

static void send(fixture_t *fixture, uint64_t when_ps, chi_message_t message)
{
    recorder_send(&fixture->cluster, when_ps, &message);
}

/* --- DRAM --- */

Test(system, a_read_takes_access_and_transfer_time_exactly)
{
    fixture_t fixture;
    interconnect_dram_config_t dram = dram_config();
    set_up(&fixture, &dram);
    interconnect_system_ram(fixture.system)[0x1005] = 0x5a;
    send(&fixture, 0, read_of(RAM + 0x1000, 64, 77));
    engine_run(fixture.engine, UINT64_MAX);
    cr_assert_eq(fixture.cluster.received, 1);
    const chi_message_t *answer = &fixture.cluster.messages[0];
    cr_expect_eq(answer->opcode, CHI_COMP_DATA);
    cr_expect_eq(answer->transaction, 77);
    cr_expect_eq(answer->source, 3);
    cr_expect_eq(answer->error, CHI_OKAY);
    cr_expect_eq(answer->data[5], 0x5a);
    cr_expect_eq(fixture.cluster.arrival_ps[0], LINK_PS + 30000 + 5000 + LINK_PS);
    cr_expect_eq(interconnect_system_stats(fixture.system)->dram_read_ps, 35000);
    cr_expect_eq(interconnect_system_stats(fixture.system)->dram_queue_ps, 0);
    tear_down(&fixture);
}

Test(system, reads_of_one_bank_wait_for_its_cycle_and_reads_of_others_only_for_the_bus)
{
    fixture_t fixture;
    interconnect_dram_config_t dram = dram_config();
    set_up(&fixture, &dram);
    send(&fixture, 0, read_of(RAM, 64, 0));
    send(&fixture, 0, read_of(RAM + 4 * 64, 64, 1)); /* the same of four banks */
    send(&fixture, 0, read_of(RAM + 64, 64, 2));     /* another */
    engine_run(fixture.engine, UINT64_MAX);
    cr_assert_eq(fixture.cluster.received, 3);
    const uint32_t order[] = {0, 2, 1};
    const uint64_t done_ps[] = {35000, 40000, 40000 + 35000};
    for (unsigned i = 0; i < 3; i++) {
        cr_expect_eq(fixture.cluster.messages[i].transaction, order[i]);
        cr_expect_eq(fixture.cluster.arrival_ps[i], 2 * LINK_PS + done_ps[i], "answer %u at %llu", i,
                     (unsigned long long)fixture.cluster.arrival_ps[i]);
    }
    cr_expect_eq(interconnect_system_stats(fixture.system)->dram_queue_ps, 5000 + 40000);
    tear_down(&fixture);
}

Test(system, a_full_queue_makes_requests_wait_in_order)
{
    fixture_t fixture;
    interconnect_dram_config_t dram = dram_config();
    dram.queue_entries = 1;
    set_up(&fixture, &dram);
    for (unsigned i = 0; i < 4; i++)
        send(&fixture, 0, read_of(RAM + i * 64, 64, i)); /* four banks, yet one after another */
    engine_run(fixture.engine, UINT64_MAX);
    cr_assert_eq(fixture.cluster.received, 4);
    for (unsigned i = 0; i < 4; i++) {
        cr_expect_eq(fixture.cluster.messages[i].transaction, i);
        cr_expect_eq(fixture.cluster.arrival_ps[i], 2 * LINK_PS + (i + 1) * 35000);
    }
    tear_down(&fixture);
}

Test(system, a_write_changes_the_bytes_of_its_mask_and_a_later_read_sees_it)
{
    fixture_t fixture;
    interconnect_dram_config_t dram = dram_config();
    set_up(&fixture, &dram);
    memset(interconnect_system_ram(fixture.system), 0x11, 128);
    send(&fixture, 0, read_of(RAM, 64, 0));
    send(&fixture, 0, write_of(RAM + 9, 2, 0x22, 1));
    send(&fixture, 0, read_of(RAM, 64, 2));
    send(&fixture, 0, write_of(RAM + 64, 64, 0x33, 3));
    engine_run(fixture.engine, UINT64_MAX);
    cr_assert_eq(fixture.cluster.received, 4);
    cr_expect_eq(fixture.cluster.messages[0].transaction, 1);
    cr_expect_eq(fixture.cluster.messages[0].opcode, CHI_COMP);
    cr_expect_eq(fixture.cluster.arrival_ps[0], 2 * LINK_PS, "answered as soon as the queue has it");
    for (unsigned i = 0; i < 4; i++) {
        const chi_message_t *message = &fixture.cluster.messages[i];
        if (message->transaction == 0)
            cr_expect_eq(message->data[9], 0x11, "the earlier read does not see the write");
        if (message->transaction != 2)
            continue;
        cr_expect_eq(message->data[8], 0x11);
        cr_expect_eq(message->data[9], 0x22);
        cr_expect_eq(message->data[10], 0x22);
        cr_expect_eq(message->data[11], 0x11);
    }
    cr_expect_eq(interconnect_system_ram(fixture.system)[127], 0x33);
    tear_down(&fixture);
}

Test(system, a_write_to_be_performed_is_answered_by_the_bank)
{
    fixture_t fixture;
    interconnect_dram_config_t dram = dram_config();
    set_up(&fixture, &dram);
    chi_message_t write = write_of(RAM, 8, 1, 0);
    write.flags = CHI_FLAG_PERFORMED;
    send(&fixture, 0, write);
    engine_run(fixture.engine, UINT64_MAX);
    cr_assert_eq(fixture.cluster.received, 1);
    cr_expect_eq(fixture.cluster.arrival_ps[0], 2 * LINK_PS + 35000);
    tear_down(&fixture);
}

/* --- devices --- */

Test(system, a_device_access_goes_to_its_owner_and_comes_back_under_the_requesters_transaction)
{
    fixture_t fixture;
    interconnect_dram_config_t dram = dram_config();
    set_up(&fixture, &dram);
    send(&fixture, 0, read_of(DEVICE + 0x10, 4, 1234));
    send(&fixture, 10, read_of(DEVICE + 0x20, 4, 4321));
    engine_run(fixture.engine, UINT64_MAX);
    cr_assert_eq(fixture.device.received, 2);
    cr_assert_eq(fixture.cluster.received, 2);
    cr_expect_eq(fixture.cluster.messages[0].transaction, 1234);
    cr_expect_eq(fixture.cluster.messages[0].source, 3);
    cr_expect_eq(fixture.cluster.messages[0].data[0x10], 0x10, "the device answers with the address");
    cr_expect_eq(fixture.cluster.messages[1].transaction, 4321);
    cr_expect_eq(fixture.cluster.arrival_ps[0], 4 * LINK_PS);
    cr_expect_eq(interconnect_system_stats(fixture.system)->device_reads, 2);
    tear_down(&fixture);
}

Test(system, a_posted_device_write_is_answered_once_and_early)
{
    for (unsigned performed = 0; performed < 2; performed++) {
        fixture_t fixture;
        interconnect_dram_config_t dram = dram_config();
        set_up(&fixture, &dram);
        chi_message_t write = write_of(DEVICE, 4, 9, 5);
        write.flags = performed ? CHI_FLAG_PERFORMED : 0;
        send(&fixture, 0, write);
        engine_run(fixture.engine, UINT64_MAX);
        cr_assert_eq(fixture.device.received, 1);
        cr_assert_eq(fixture.cluster.received, 1);
        cr_expect_eq(fixture.cluster.messages[0].opcode, CHI_COMP);
        cr_expect_eq(fixture.cluster.messages[0].transaction, 5);
        cr_expect_eq(fixture.cluster.arrival_ps[0], (performed ? 4 : 2) * LINK_PS);
        tear_down(&fixture);
    }
}

Test(system, an_address_that_nobody_owns_is_a_decode_error)
{
    fixture_t fixture;
    interconnect_dram_config_t dram = dram_config();
    set_up(&fixture, &dram);
    send(&fixture, 0, read_of(DEVICE + 0x1000, 8, 1));
    send(&fixture, 0, write_of(RAM + RAM_BYTES, 8, 0, 2));
    send(&fixture, 0, read_of(RAM - 1, 1, 3));
    engine_run(fixture.engine, UINT64_MAX);
    cr_assert_eq(fixture.cluster.received, 3);
    for (unsigned i = 0; i < 3; i++)
        cr_expect_eq(fixture.cluster.messages[i].error, CHI_DECERR);
    cr_expect_eq(fixture.cluster.messages[0].opcode, CHI_COMP_DATA);
    cr_expect_eq(fixture.cluster.messages[0].data[0], 0);
    cr_expect_eq(fixture.cluster.messages[1].opcode, CHI_COMP);
    cr_expect_eq(interconnect_system_stats(fixture.system)->decode_errors, 3);
    tear_down(&fixture);
}

/* --- configuration --- */

static void expect_refused(interconnect_dram_config_t dram, const char *word)
{
    engine_t *engine = engine_new();
    interconnect_system_t *system = NULL;
    base_error_t error = {""};
    cr_expect_eq(interconnect_system_new(engine, &dram, &system, &error), -EINVAL);
    cr_expect_null(system);
    cr_expect_not_null(strstr(error.text, word), "%s", error.text);
    cr_expect_null(strchr(error.text, '\n'));
    engine_free(engine);
}

Test(system, impossible_memory_is_refused_with_one_line)
{
    interconnect_dram_config_t dram = dram_config();
    dram.size_bytes = 0;
    expect_refused(dram, "multiples of 64");
    dram.size_bytes = 100;
    expect_refused(dram, "multiples of 64");
    dram = dram_config();
    dram.base = RAM + 1;
    expect_refused(dram, "multiples of 64");
    dram.base = UINT64_MAX - 63;
    expect_refused(dram, "2^64");
    dram = dram_config();
    dram.banks = 3;
    expect_refused(dram, "power of two");
    dram.banks = 0;
    expect_refused(dram, "power of two");
    dram = dram_config();
    dram.queue_entries = 0;
    expect_refused(dram, "queue");
}

Test(system, more_memory_than_the_host_has_costs_nothing_until_touched)
{
    fixture_t fixture;
    interconnect_dram_config_t dram = dram_config();
    dram.size_bytes = UINT64_C(1) << 38;
    set_up(&fixture, &dram);
    interconnect_system_ram(fixture.system)[dram.size_bytes - 1] = 1;
    tear_down(&fixture);
}

Test(system, a_device_over_memory_is_refused)
{
    fixture_t fixture;
    interconnect_dram_config_t dram = dram_config();
    base_error_t error = {""};
    set_up(&fixture, &dram);
    cr_expect_eq(interconnect_system_attach_device(fixture.system, RAM + 0x1000, 8, NULL, &error), -EEXIST);
    cr_expect_not_null(strstr(error.text, "overlaps"), "%s", error.text);
    tear_down(&fixture);
}
