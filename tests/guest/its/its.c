/* The ITS and LPIs (IHI 0069 chapters 5 and 6): tables, queue and configuration lie in cacheable memory and are never
 * cleaned, as the ITS is coherent. Nothing of this machine makes MSIs, so INT commands and GITS_TRANSLATER do. Cores
 * take LPIs by polling, with interrupts masked. */
#include "board.h"
#include "cpu.h"
#include "gic.h"
#include "image.h"
#include "images/selftest/selftest.h"
#include "layout.h"
#include "mmio.h"
#include "print.h"
#include "smp.h"
#include "string.h"
#include "sysreg.h"
#include "timer.h"
#include "vm.h"

#define ITS UINT64_C(0x08080000)
enum {
    ITS_BYTES = 0x20000,
    GITS_CTLR = 0x0000,
    GITS_TYPER = 0x0008,
    GITS_CBASER = 0x0080,
    GITS_CWRITER = 0x0088,
    GITS_CREADR = 0x0090,
    GITS_BASER0 = 0x0100,
    GITS_BASER1 = 0x0108,
    GITS_TRANSLATER = 0x10040,
    GICR_CTLR = 0x0000,
    GICR_TYPER = 0x0008,
    GICR_PROPBASER = 0x0070,
    GICR_PENDBASER = 0x0078,
    GICD_TYPER = 0x0004,
};
enum {
    MOVI = 1,
    INT = 3,
    CLEAR = 4,
    SYNC = 5,
    MAPD = 8,
    MAPC = 9,
    MAPTI = 10,
    MAPI = 11,
    INV = 12,
    INVALL = 13,
    MOVALL = 14
};
enum { ENABLE_LPIS = 1, CES = 2, RWP = 8 }; /* GICR_CTLR */
enum { DISCARD = 15, FIRST_LPI = 8192, SPURIOUS = 1023, PAGE_4K = 4096, PAGE_64K = 65536 };
#define VALID    (UINT64_C(1) << 63)
#define INDIRECT (UINT64_C(1) << 62)
#define PTZ      (UINT64_C(1) << 62)
#define INNER    (UINT64_C(1) << 10)

/* The devices of the checks; the last one has its entry on the second page of a two-level table. */
enum { NOBODY = 7, DEVICE = 3, FAR_DEVICE = 700, EVENT_BITS = 5 };

static _Alignas(PAGE_64K) uint8_t configuration[PAGE_64K];
static _Alignas(PAGE_64K) uint8_t pending[2][PAGE_64K];
static _Alignas(PAGE_64K) uint64_t devices[PAGE_4K / 8 * 2], device_page[2][PAGE_4K / 8], collections[PAGE_4K / 8];
static _Alignas(PAGE_64K) uint64_t queue[PAGE_4K / 8];
static _Alignas(256) uint64_t translations[3][1 << EVENT_BITS];
static uint32_t written; /* GITS_CWRITER */

static uint64_t its_read(uint64_t offset)
{
    return mmio_read64(ITS + offset);
}

static void command(uint64_t number, uint64_t device, uint64_t word1, uint64_t word2, uint64_t word3)
{
    volatile uint64_t *slot = &queue[written / 8];
    slot[0] = number | device << 32;
    slot[1] = word1;
    slot[2] = word2;
    slot[3] = word3;
    written = (written + 32) % PAGE_4K;
}

/* False: the ITS does not come to the end of its queue. */
static bool run_commands(void)
{
    const uint64_t deadline = timer_now() + timer_hz() / 100;
    command(SYNC, 0, 0, 0, 0);
    dsb_ishst(); /* the commands are there before the ITS looks for them */
    mmio_write64(ITS + GITS_CWRITER, written);
    while (its_read(GITS_CREADR) != written && timer_now() < deadline)
        cpu_relax();
    return its_read(GITS_CREADR) == written;
}

static void map(uint64_t device, uint64_t event, uint64_t lpi, uint64_t collection)
{
    command(MAPTI, device, event | lpi << 32, collection, 0);
}

static void configure(uint32_t lpi, uint8_t priority, bool enabled)
{
    *(volatile uint8_t *)&configuration[lpi - FIRST_LPI] = priority | enabled;
}

/* Takes one interrupt on the running core, which does not have it unmasked; SPURIOUS: none comes. */
static uint32_t take(void)
{
    const uint64_t deadline = timer_now() + 1000;
    uint32_t intid;
    do {
        intid = (uint32_t)read_sysreg(icc_iar1_el1);
    } while (intid == SPURIOUS && timer_now() < deadline);
    dsb_sy();
    if (intid != SPURIOUS) {
        write_sysreg(icc_eoir1_el1, intid);
        isb();
    }
    return intid;
}

/* The partner masks interrupts, so that LPIs wait for it, and takes one when it is asked to. */
static uint32_t taken;

static void listen(void *data)
{
    (void)data;
    interrupts_off();
    say_step(1);
    wait_for_step(2);
    taken = take();
    interrupts_on();
}

static void partner_listens(void)
{
    begin_on_partner(listen, NULL);
    wait_for_step(1);
}

static uint32_t taken_by_partner(void)
{
    say_step(2);
    join_partner();
    return taken;
}

/* --- checks; interrupts are masked on the boot core --- */

static const char *registers_say_what_is_there(void)
{
    EXPECT(mmio_read32(board_get()->gicd.base + GICD_TYPER) >> 17 & 1);
    EXPECT(mmio_read64(cpu_self()->gicr_base + GICR_TYPER) & 1);
    EXPECT(its_read(GITS_TYPER) == (1 | 7 << 4 | 15 << 8 | 15 << 13));
    EXPECT(its_read(GITS_BASER0) == (UINT64_C(1) << 56 | UINT64_C(7) << 48));
    EXPECT(its_read(GITS_BASER1) == (UINT64_C(4) << 56 | UINT64_C(7) << 48));
    EXPECT(its_read(GITS_BASER1 + 8) == 0);
    EXPECT(mmio_read32(ITS + GITS_CTLR) == 0x80000000);
    EXPECT(mmio_read32(ITS + 0xffe8) >> 4 == 3);
    mmio_write64(ITS + GITS_BASER0, ~UINT64_C(0));
    EXPECT(its_read(GITS_BASER0) == UINT64_C(0xf9e7ffffffffffff));
    mmio_write64(ITS + GITS_CREADR, ~UINT64_C(0));
    EXPECT(its_read(GITS_CREADR) == 0);
    return NULL;
}

static void enable_lpis(unsigned core, uint64_t zero)
{
    const uint64_t base = cpu_get(core)->gicr_base;
    mmio_write64(base + GICR_PROPBASER, (uintptr_t)configuration | INNER | 15);
    mmio_write64(base + GICR_PENDBASER, (uintptr_t)pending[core] | INNER | zero);
    mmio_write32(base + GICR_CTLR, mmio_read32(base + GICR_CTLR) | 1);
}

/* The partner has an LPI pending in memory before its redistributor is told of the table. */
static const char *pending_table_is_read(void)
{
    configure(FIRST_LPI + 11, 0xa0, true);
    pending[1][FIRST_LPI / 8 + 1] = 1 << 3;
    dsb_ishst();
    partner_listens();
    enable_lpis(0, PTZ);
    enable_lpis(1, 0);
    EXPECT(mmio_read64(cpu_self()->gicr_base + GICR_PROPBASER) == ((uintptr_t)configuration | INNER | 15));
    EXPECT(mmio_read64(cpu_self()->gicr_base + GICR_PENDBASER) == ((uintptr_t)pending[0] | INNER));
    EXPECT(taken_by_partner() == FIRST_LPI + 11);
    return NULL;
}

static void set_tables(bool two_level)
{
    mmio_write32(ITS + GITS_CTLR, 0);
    memset(devices, 0, sizeof devices);
    memset(device_page, 0, sizeof device_page);
    memset(collections, 0, sizeof collections);
    memset(translations, 0, sizeof translations);
    if (two_level) {
        devices[0] = (uintptr_t)device_page[0] | VALID;
        devices[FAR_DEVICE / 512] = (uintptr_t)device_page[1] | VALID;
    }
    dsb_ishst();
    mmio_write64(ITS + GITS_BASER0, (uintptr_t)devices | VALID | INNER | (two_level ? INDIRECT : 1));
    mmio_write64(ITS + GITS_BASER1, (uintptr_t)collections | VALID | INNER);
    mmio_write64(ITS + GITS_CBASER, (uintptr_t)queue | VALID | INNER);
    written = 0;
    mmio_write64(ITS + GITS_CWRITER, 0);
    mmio_write32(ITS + GITS_CTLR, 1);
    for (uint64_t core = 0; core < 2; core++)
        command(MAPC, 0, 0, VALID | core << 16 | core, 0);
    command(MAPD, 0, EVENT_BITS - 1, VALID | (uintptr_t)translations[0], 0);
    command(MAPD, DEVICE, EVENT_BITS - 1, VALID | (uintptr_t)translations[1], 0);
    command(MAPD, FAR_DEVICE, EVENT_BITS - 1, VALID | (uintptr_t)translations[2], 0);
}

static const char *int_reaches_the_core_of_its_collection(void)
{
    for (unsigned two_level = 0; two_level < 2; two_level++) {
        set_tables(two_level);
        configure(FIRST_LPI + 1, 0xa0, true);
        configure(FIRST_LPI + 2, 0xa0, true);
        map(DEVICE, 4, FIRST_LPI + 1, 0);
        map(FAR_DEVICE, 31, FIRST_LPI + 2, 1);
        command(INT, DEVICE, 4, 0, 0);
        EXPECT(run_commands());
        EXPECT(take() == FIRST_LPI + 1);
        EXPECT(take() == SPURIOUS);
        partner_listens();
        command(INT, FAR_DEVICE, 31, 0, 0);
        EXPECT(run_commands());
        EXPECT(taken_by_partner() == FIRST_LPI + 2);
        EXPECT(take() == SPURIOUS);
    }
    return NULL;
}

static const char *translater_raises_the_event_written(void)
{
    configure(FIRST_LPI + 3, 0xa0, true);
    map(0, 9, FIRST_LPI + 3, 0);
    EXPECT(run_commands());
    mmio_write32(ITS + GITS_TRANSLATER, 9);
    EXPECT(take() == FIRST_LPI + 3);
    EXPECT(take() == SPURIOUS);
    return NULL;
}

static const char *mapi_takes_the_event_for_the_lpi(void)
{
    configure(FIRST_LPI, 0xa0, true);
    command(MAPI, DEVICE, FIRST_LPI, 0, 0); /* beyond the events of the device: ignored */
    EXPECT(run_commands());
    command(INT, DEVICE, FIRST_LPI, 0, 0);
    EXPECT(run_commands());
    EXPECT(take() == SPURIOUS);
    return NULL;
}

static const char *configuration_is_read_again_after_inv(void)
{
    configure(FIRST_LPI + 4, 0xa0, false);
    map(DEVICE, 1, FIRST_LPI + 4, 0);
    command(INT, DEVICE, 1, 0, 0);
    EXPECT(run_commands());
    EXPECT(take() == SPURIOUS); /* disabled, and its configuration is now cached */
    configure(FIRST_LPI + 4, 0xa0, true);
    dsb_ishst();
    EXPECT(take() == SPURIOUS);
    command(INV, DEVICE, 1, 0, 0);
    EXPECT(run_commands());
    EXPECT(take() == FIRST_LPI + 4);
    configure(FIRST_LPI + 4, 0xa0, false);
    command(INVALL, 0, 0, 0, 0);
    command(INT, DEVICE, 1, 0, 0);
    EXPECT(run_commands());
    EXPECT(take() == SPURIOUS);
    command(CLEAR, DEVICE, 1, 0, 0);
    EXPECT(run_commands());
    return NULL;
}

static const char *priorities_decide_which_comes_first(void)
{
    configure(FIRST_LPI + 5, 0xa0, true);
    configure(FIRST_LPI + 6, 0x40, true);
    map(DEVICE, 5, FIRST_LPI + 5, 0);
    map(DEVICE, 6, FIRST_LPI + 6, 0);
    command(INT, DEVICE, 5, 0, 0);
    command(INT, DEVICE, 6, 0, 0);
    EXPECT(run_commands());
    EXPECT(take() == FIRST_LPI + 6);
    EXPECT(take() == FIRST_LPI + 5);
    return NULL;
}

/* The LPI is with the CPU interface of the boot core, which does not take it, when it moves. */
static const char *pending_lpi_moves_with_movi_and_movall(void)
{
    configure(FIRST_LPI + 7, 0xa0, true);
    map(DEVICE, 7, FIRST_LPI + 7, 0);
    command(INT, DEVICE, 7, 0, 0);
    EXPECT(run_commands());
    partner_listens();
    command(MOVI, DEVICE, 7, 1, 0);
    EXPECT(run_commands());
    EXPECT(taken_by_partner() == FIRST_LPI + 7);
    EXPECT(take() == SPURIOUS);
    partner_listens();
    command(INT, DEVICE, 7, 0, 0);
    EXPECT(run_commands());
    command(MOVALL, 0, 0, 1 << 16, 0);
    EXPECT(run_commands());
    EXPECT(take() == FIRST_LPI + 7);
    EXPECT(taken_by_partner() == SPURIOUS);
    return NULL;
}

static const char *clear_and_discard_withdraw_it(void)
{
    configure(FIRST_LPI + 8, 0xa0, true);
    map(DEVICE, 8, FIRST_LPI + 8, 0);
    command(INT, DEVICE, 8, 0, 0);
    EXPECT(run_commands());
    command(CLEAR, DEVICE, 8, 0, 0);
    EXPECT(run_commands());
    EXPECT(take() == SPURIOUS);
    command(INT, DEVICE, 8, 0, 0);
    EXPECT(run_commands());
    command(DISCARD, DEVICE, 8, 0, 0);
    command(INT, DEVICE, 8, 0, 0); /* ignored: not mapped any more */
    EXPECT(run_commands());
    EXPECT(take() == SPURIOUS);
    return NULL;
}

/* Each is ignored, and the command behind it is done. */
static const char *commands_in_error_do_not_stop_the_queue(void)
{
    configure(FIRST_LPI + 9, 0xa0, true);
    map(DEVICE, 9, FIRST_LPI + 9, 0);
    command(0x55, 0, 0, 0, 0);
    command(INT, NOBODY, 0, 0, 0);
    command(INT, UINT32_MAX, 0, 0, 0);
    command(INT, DEVICE, 1 << EVENT_BITS, 0, 0);
    command(MAPTI, DEVICE, UINT64_C(100) << 32, 0, 0);
    command(MAPC, 0, 0, VALID | UINT64_C(999) << 16 | 5, 0);
    command(MAPD, DEVICE, 31, VALID, 0);
    command(MAPD, NOBODY, EVENT_BITS - 1, VALID | UINT64_C(0x9000000), 0);
    command(INT, NOBODY, 0, 0, 0); /* its table lies in the UART */
    command(INT, DEVICE, 9, 0, 0);
    EXPECT(run_commands());
    EXPECT(take() == FIRST_LPI + 9);
    return NULL;
}

/* The LPI is with the CPU interface, which does not take it, when LPIs are disabled (GICR_CTLR.CES is 1). */
static const char *disabled_lpis_are_in_the_pending_table(void)
{
    const uint64_t ctlr = cpu_self()->gicr_base + GICR_CTLR, deadline = timer_now() + timer_hz() / 100;
    volatile uint8_t *bits = &pending[0][(FIRST_LPI + 12) / 8];
    configure(FIRST_LPI + 12, 0xa0, true);
    map(DEVICE, 12, FIRST_LPI + 12, 0);
    command(INT, DEVICE, 12, 0, 0);
    EXPECT(run_commands());
    EXPECT(mmio_read32(ctlr) == (ENABLE_LPIS | CES));
    EXPECT(*bits == 0);
    mmio_write32(ctlr, 0);
    while (mmio_read32(ctlr) & RWP && timer_now() < deadline)
        cpu_relax();
    EXPECT(mmio_read32(ctlr) == CES);
    EXPECT(*bits == 1 << 4);
    EXPECT(take() == SPURIOUS);
    enable_lpis(0, 0);
    EXPECT(take() == FIRST_LPI + 12);
    EXPECT(take() == SPURIOUS);
    return NULL;
}

/* Core 2 has not enabled LPIs. */
static const char *lpi_for_a_core_without_lpis_is_lost(void)
{
    command(MAPC, 0, 0, VALID | UINT64_C(2) << 16 | 2, 0);
    map(DEVICE, 10, FIRST_LPI + 10, 2);
    command(INT, DEVICE, 10, 0, 0);
    EXPECT(run_commands());
    EXPECT(take() == SPURIOUS);
    return NULL;
}

#define CHECKS(X)                                                                                                      \
    X("registers-say-what-is-there", registers_say_what_is_there)                                                      \
    X("pending-table-is-read", pending_table_is_read)                                                                  \
    X("int-reaches-the-core-of-its-collection", int_reaches_the_core_of_its_collection)                                \
    X("translater-raises-the-event-written", translater_raises_the_event_written)                                      \
    X("mapi-takes-the-event-for-the-lpi", mapi_takes_the_event_for_the_lpi)                                            \
    X("configuration-is-read-again-after-inv", configuration_is_read_again_after_inv)                                  \
    X("priorities-decide-which-comes-first", priorities_decide_which_comes_first)                                      \
    X("pending-lpi-moves-with-movi-and-movall", pending_lpi_moves_with_movi_and_movall)                                \
    X("clear-and-discard-withdraw-it", clear_and_discard_withdraw_it)                                                  \
    X("commands-in-error-do-not-stop-the-queue", commands_in_error_do_not_stop_the_queue)                              \
    X("disabled-lpis-are-in-the-pending-table", disabled_lpis_are_in_the_pending_table)                                \
    X("lpi-for-a-core-without-lpis-is-lost", lpi_for_a_core_without_lpis_is_lost)

option_t image_options[] = {{.name = NULL}};

void image_main(void)
{
#define ROW(name, function) {name, function},
    static const struct {
        const char *name;
        const char *(*function)(void);
    } rows[] = {CHECKS(ROW)};
#undef ROW
    vm_map(&vm_kernel, ITS, ITS, ITS_BYTES, VM_DEVICE);
    interrupts_off();
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *wrong = rows[i].function();
        if (image_check(wrong == NULL))
            print("ok %s\n", rows[i].name);
        else
            print("FAIL %s: %s\n", rows[i].name, wrong);
    }
    interrupts_on();
}
