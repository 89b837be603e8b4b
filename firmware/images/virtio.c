/* A disk over virtio-mmio: every core in turn reads sectors through the same queue, all look at the same ones, then one
 * is written and read back.
 *
 * With bad=N the boot core instead makes the queue wrong in the way of that number (0: in each), expects that the
 * device asks for a reset, and reads a sector after it. */
#include "virtio.h"

#include "atomic.h"
#include "barrier.h"
#include "board.h"
#include "image.h"
#include "panic.h"
#include "print.h"
#include "smp.h"

#include <stddef.h>

enum {
    CAPACITY = VIRTIO_CONFIG,
    ID_BLOCK = 2,
    FEATURE_READ_ONLY = 1 << 5,
    FEATURE_INDIRECT = 1 << 28,
    REQUEST_IN = 0,
    REQUEST_OUT = 1,
    SECTOR_BYTES = 512,
};

static virtio_rings_t rings;

static struct {
    uint32_t type, reserved;
    uint64_t sector;
} header;
static _Alignas(16) uint8_t sector_data[SECTOR_BYTES];
static _Alignas(16) virtio_descriptor_t indirect_table[4];
static uint8_t request_status;
static uint64_t slot;
static uint16_t submitted;

enum { BAD_CASES = 14, WAIT_READS = 500000000, WAIT_STATUS_READS = 100000 };

option_t image_options[] = {
    {.name = "sectors", .value = 4, .least = 1, .most = 65536},
    {.name = "bad", .value = BAD_CASES + 1, .least = 0, .most = BAD_CASES + 1},
    {.name = "sleep", .value = 0, .least = 0, .most = 1},
    {.name = NULL},
};

/* --- the device --- */

static bool start_device(uint32_t queue_size, const void *available)
{
    uint32_t offered;
    if (!virtio_negotiate(slot, FEATURE_INDIRECT, FEATURE_READ_ONLY, &offered))
        panic("the disk does not take the features");
    rings.available.index = rings.available.flags = rings.used.index = submitted = 0;
    mmio_write32(slot + VIRTIO_QUEUE_SEL, 0);
    if (mmio_read32(slot + VIRTIO_QUEUE_NUM_MAX) < VIRTIO_QUEUE_SIZE)
        panic("the disk's queue is too short");
    mmio_write32(slot + VIRTIO_QUEUE_NUM, queue_size);
    virtio_set_address(slot + VIRTIO_QUEUE_DESC_LOW, rings.descriptors);
    virtio_set_address(slot + VIRTIO_QUEUE_DRIVER_LOW, available);
    virtio_set_address(slot + VIRTIO_QUEUE_DEVICE_LOW, &rings.used);
    dsb_sy(); /* the rings are as they should be before the device may look */
    mmio_write32(slot + VIRTIO_QUEUE_READY, 1);
    mmio_write32(slot + VIRTIO_STATUS, VIRTIO_STATUS_FEATURES_READY | VIRTIO_STATUS_DRIVER_OK);
    return offered & FEATURE_READ_ONLY;
}

/* --- a request --- */

static void describe_request(uint32_t type, uint64_t sector)
{
    header.type = type;
    header.sector = sector;
    request_status = 0xff;
    virtio_describe(&rings, 0, &header, sizeof header, VIRTIO_NEXT);
    virtio_describe(&rings, 1, sector_data, SECTOR_BYTES, VIRTIO_NEXT | (type == REQUEST_IN ? VIRTIO_WRITE : 0));
    virtio_describe(&rings, 2, &request_status, 1, VIRTIO_WRITE);
}

static void submit(uint16_t head)
{
    rings.available.entries[submitted % VIRTIO_QUEUE_SIZE] = head;
    dmb_ish(); /* the entry is there before the index says so; pairs with the order in which the device reads them */
    *(volatile uint16_t *)&rings.available.index = ++submitted;
    dsb_sy(); /* and both before the notification */
    mmio_write32(slot + VIRTIO_QUEUE_NOTIFY, 0);
}

/* The status byte, or -1 when nothing comes. With sleep=1 the core sleeps in WFE until the device writes the index. */
static int wait_for_answer(void)
{
    if (options_get(image_options, "sleep"))
        atomic_wait_equal_acquire((const uint32_t *)&rings.used, (uint32_t)submitted << 16);
    for (unsigned i = 0; i < WAIT_READS; i++) {
        if (*(volatile uint16_t *)&rings.used.index == submitted) {
            dmb_ish(); /* what the device wrote before the index is read after it */
            mmio_write32(slot + VIRTIO_INTERRUPT_ACK, mmio_read32(slot + VIRTIO_INTERRUPT_STATUS));
            return *(volatile uint8_t *)&request_status;
        }
        cpu_relax();
    }
    return -1;
}

static int transfer(uint32_t type, uint64_t sector)
{
    describe_request(type, sector);
    submit(0);
    return wait_for_answer();
}

static uint32_t sum_of_sector(void)
{
    uint32_t sum = 1;
    for (unsigned i = 0; i < SECTOR_BYTES; i++)
        sum = sum * 31 + ((volatile uint8_t *)sector_data)[i];
    return sum;
}

/* --- every core reads --- */

static void read_sectors(void *data)
{
    smp_wait_for_turn();
    const uint64_t sectors = *(const uint64_t *)data;
    for (uint64_t i = 0; i < sectors; i++) {
        const uint64_t sector = smp_self() * sectors + i;
        const int status = transfer(REQUEST_IN, sector);
        print("core %u, sector %lu: status %u, sum %x\n", smp_self(), sector, status, sum_of_sector());
    }
    smp_pass_turn();
}

/* All cores hold the sector when the device writes the next one over it. */
static uint32_t sums[SMP_MAX_CPUS];

static void sum_on_core(void *data)
{
    (void)data;
    sums[smp_self()] = sum_of_sector();
}

static void share_sectors(void)
{
    for (unsigned sector = 0; sector < 3; sector++) {
        const int status = transfer(REQUEST_IN, sector);
        smp_run_on_all(sum_on_core, NULL);
        bool same = true;
        for (unsigned core = 1; core < smp_cores(); core++)
            same = same && sums[core] == sums[0];
        print("all cores, sector %u: status %u, sum %x, %s\n", sector, status, sums[0], image_verdict(same));
    }
}

static void write_and_read_back(void)
{
    for (unsigned i = 0; i < SECTOR_BYTES; i++)
        sector_data[i] = (uint8_t)(i * 7 + 1);
    const uint32_t sum = sum_of_sector();
    print("write: status %u\n", transfer(REQUEST_OUT, 1));
    for (unsigned i = 0; i < SECTOR_BYTES; i++)
        sector_data[i] = 0;
    const int status = transfer(REQUEST_IN, 1);
    print("read back: status %u, %s\n", status, image_verdict(sum_of_sector() == sum));
}

/* --- what a guest must not do --- */

static void *const not_ram = (void *)0x4000000000, *const uart = (void *)0x09000000;

/* Makes one thing wrong, in a queue that is otherwise good, and submits. */
static void misuse(unsigned number)
{
    describe_request(REQUEST_IN, 0);
    uint16_t head = 0;
    switch (number) {
    case 1:
        rings.descriptors[2].flags |= VIRTIO_NEXT;
        rings.descriptors[2].next = 1;
        break;
    case 2: head = VIRTIO_QUEUE_SIZE; break;
    case 3: rings.descriptors[0].next = VIRTIO_QUEUE_SIZE; break;
    case 4: virtio_describe(&rings, 1, uart, SECTOR_BYTES, VIRTIO_NEXT | VIRTIO_WRITE); break;
    case 5: virtio_describe(&rings, 1, not_ram, SECTOR_BYTES, VIRTIO_NEXT | VIRTIO_WRITE); break;
    case 6: virtio_describe(&rings, 0, indirect_table, 0, VIRTIO_INDIRECT); break;
    case 7: virtio_describe(&rings, 0, indirect_table, sizeof indirect_table, VIRTIO_INDIRECT | VIRTIO_NEXT); break;
    case 8: submitted += VIRTIO_QUEUE_SIZE; break;
    case 9:
        virtio_describe(&rings, 1, sector_data, 0xffffffff, VIRTIO_NEXT | VIRTIO_WRITE);
        virtio_describe(&rings, 2, sector_data, 0xffffffff, VIRTIO_WRITE);
        break;
    case 10: virtio_describe(&rings, 1, sector_data, SECTOR_BYTES, 0); break; /* no status byte */
    case 11: virtio_describe(&rings, 0, &header, 8, VIRTIO_NEXT); break;      /* half a header */
    default: break;                                                           /* the queue itself is wrong */
    }
    submit(head);
}

static void check_misuse(unsigned number)
{
    const void *available = number == 12 ? not_ram : (const void *)&rings.available;
    start_device(number == 13 ? 0 : number == 14 ? 6 : VIRTIO_QUEUE_SIZE, available);
    misuse(number);
    uint32_t status = 0;
    for (unsigned i = 0; i < WAIT_STATUS_READS && !(status & VIRTIO_STATUS_NEEDS_RESET); i++)
        status = mmio_read32(slot + VIRTIO_STATUS);
    print("bad %u: %s", number, image_verdict(status & VIRTIO_STATUS_NEEDS_RESET));
    start_device(VIRTIO_QUEUE_SIZE, &rings.available);
    print(", then a read: %s\n", image_verdict(transfer(REQUEST_IN, 0) == 0));
}

void image_main(void)
{
    slot = virtio_find(ID_BLOCK);
    if (!slot)
        panic("no modern virtio-mmio slot has a disk");
    const bool read_only = start_device(VIRTIO_QUEUE_SIZE, &rings.available);
    print("a disk of %lu sectors%s\n", (uint64_t)mmio_read32(slot + CAPACITY + 4) << 32 | mmio_read32(slot + CAPACITY),
          read_only ? ", read-only" : "");
    uint64_t bad = options_get(image_options, "bad"), sectors = options_get(image_options, "sectors");
    if (bad <= BAD_CASES) {
        for (unsigned number = 1; number <= BAD_CASES; number++)
            if (!bad || bad == number)
                check_misuse(number);
        return;
    }
    smp_run_on_all(read_sectors, &sectors);
    share_sectors();
    if (read_only)
        print("write: %s\n", image_verdict(transfer(REQUEST_OUT, 1) == 1));
    else
        write_and_read_back();
}
