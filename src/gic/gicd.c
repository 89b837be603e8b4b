/* The GICD registers (IHI 0069 section 12.8 and 12.9), with affinity routing enabled: registers of SGIs and PPIs (word
 * 0 of each array) are RAZ/WI here and live in the redistributors. */
#include "base/bits.h"
#include "gic/register.h"

/* The SPI bank behind word `index` of an array with a bit an interrupt; NULL: not implemented, RAZ/WI. */
static gic_bank_t *spi_bank(const gic_frame_t *frame, unsigned index)
{
    unsigned banks = frame->dist->config.spis / GIC_BANK_INTERRUPTS;
    return index >= 1 && index <= banks ? &frame->dist->spi[index - 1] : NULL;
}

/* --- GICD_CTLR and identification --- */

static uint64_t read_CTLR(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    const gic_distributor_t *dist = frame->dist;
    return dist->ctlr | GICD_CTLR_ARE | GICD_CTLR_DS | (gic_dist_write_pending(dist) ? GICD_CTLR_RWP : 0);
}

static void write_CTLR(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    (void)index;
    frame->dist->ctlr = (uint32_t)gic_register_merge(frame->dist->ctlr, value, lanes);
    gic_redist_refresh_all(frame->dist, frame->now_ps);
}

static bool dist_has_lpis(const gic_frame_t *frame)
{
    return frame->dist->config.its_base;
}

static uint64_t read_TYPER(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    uint64_t lines = frame->dist->config.spis / GIC_BANK_INTERRUPTS; /* ITLinesNumber: INTIDs up to 32 * (N + 1) - 1 */
    uint64_t lpis = dist_has_lpis(frame) ? UINT64_C(1) << 17 : 0;    /* LPIS */
    return lines | lpis | UINT64_C(15) << 19 /* IDbits: 16 */ | UINT64_C(1) << 24 /* A3V */ |
           UINT64_C(1) << 26 /* RSS */;
}

static uint64_t read_IIDR(const gic_frame_t *frame, unsigned index)
{
    (void)frame, (void)index;
    return 0x43b; /* implementer Arm, product 0, as QEMU */
}

static uint64_t read_identification(const gic_frame_t *frame, unsigned index)
{
    (void)frame;
    return gic_identification(index, 0x92);
}

/* --- a bit an interrupt --- */

static uint64_t read_IGROUPR(const gic_frame_t *frame, unsigned index)
{
    const gic_bank_t *bank = spi_bank(frame, index);
    return bank ? bank->group : 0;
}

static uint64_t read_IENABLER(const gic_frame_t *frame, unsigned index)
{
    const gic_bank_t *bank = spi_bank(frame, index);
    return bank ? bank->enabled : 0;
}

static uint64_t read_IPENDR(const gic_frame_t *frame, unsigned index)
{
    const gic_bank_t *bank = spi_bank(frame, index);
    return bank ? gic_bank_pending(bank) : 0;
}

static uint64_t read_IACTIVER(const gic_frame_t *frame, unsigned index)
{
    const gic_bank_t *bank = spi_bank(frame, index);
    return bank ? bank->active : 0;
}

/* Defines write_<NAME>, which performs `statement` on the bank with the written ones in `bits`. */
#define WRITE_BITS(NAME, statement)                                                                                    \
    static void write_##NAME(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)                 \
    {                                                                                                                  \
        gic_bank_t *bank = spi_bank(frame, index);                                                                     \
        uint32_t bits = (uint32_t)(value & lanes);                                                                     \
        if (!bank)                                                                                                     \
            return;                                                                                                    \
        statement;                                                                                                     \
        gic_redist_refresh_all(frame->dist, frame->now_ps);                                                            \
    }
WRITE_BITS(IGROUPR, bank->group = (uint32_t)gic_register_merge(bank->group, bits, lanes))
WRITE_BITS(ISENABLER, bank->enabled |= bits)
WRITE_BITS(ICENABLER, bank->enabled &= ~bits)
WRITE_BITS(ISPENDR, bank->latch |= bits)
WRITE_BITS(ICPENDR, bank->latch &= ~bits)
WRITE_BITS(ISACTIVER, bank->active |= bits)
WRITE_BITS(ICACTIVER, bank->active &= ~bits)

/* --- wider fields --- */

static uint64_t read_IPRIORITYR(const gic_frame_t *frame, unsigned index)
{
    const gic_bank_t *bank = spi_bank(frame, index / 8);
    return bank ? gic_bank_read_priority(bank, index % 8) : 0;
}

static void write_IPRIORITYR(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    gic_bank_t *bank = spi_bank(frame, index / 8);
    if (!bank)
        return;
    gic_bank_write_priority(bank, index % 8, value, lanes);
    gic_redist_refresh_all(frame->dist, frame->now_ps);
}

static uint64_t read_ICFGR(const gic_frame_t *frame, unsigned index)
{
    const gic_bank_t *bank = spi_bank(frame, index / 2);
    return bank ? gic_bank_read_edge(bank, index % 2) : 0;
}

static void write_ICFGR(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    gic_bank_t *bank = spi_bank(frame, index / 2);
    if (!bank)
        return;
    gic_bank_write_edge(bank, index % 2, value, lanes);
    gic_redist_refresh_all(frame->dist, frame->now_ps);
}

static uint64_t read_IROUTER(const gic_frame_t *frame, unsigned index)
{
    return index < frame->dist->config.spis ? frame->dist->irouter[index] : 0;
}

static void write_IROUTER(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    if (index >= frame->dist->config.spis)
        return;
    frame->dist->irouter[index] = gic_register_merge(frame->dist->irouter[index], value, lanes);
    gic_redist_refresh_all(frame->dist, frame->now_ps);
}

/* --- the table --- */

enum { SPI_ROUTES = 1020 - GIC_SPI_FIRST };

static const gic_register_t rows[] = {
    /* name, offset, count, width, accesses, kind, write mask, read, write */
    {"GICD_CTLR", 0x0000, 1, 4, 4, GIC_RW, 0x3, read_CTLR, write_CTLR},
    {"GICD_TYPER", 0x0004, 1, 4, 4, GIC_RO, 0, read_TYPER, NULL},
    {"GICD_IIDR", 0x0008, 1, 4, 4, GIC_RO, 0, read_IIDR, NULL},
    {"GICD_TYPER2", 0x000c, 1, 4, 4, GIC_RAZ_WI, 0, NULL, NULL},  /* no virtual-SGI or extended features */
    {"GICD_STATUSR", 0x0010, 1, 4, 4, GIC_RAZ_WI, 0, NULL, NULL}, /* optional: errors are in the guest log instead */
    /* GICD_SETSPI_*, GICD_CLRSPI_* 0x0040 to 0x0058 are reserved while GICD_TYPER.MBIS is 0. */
    {"GICD_IGROUPR", 0x0080, 32, 4, 4, GIC_RW, 0xffffffff, read_IGROUPR, write_IGROUPR},
    {"GICD_ISENABLER", 0x0100, 32, 4, 4, GIC_RW, 0xffffffff, read_IENABLER, write_ISENABLER},
    {"GICD_ICENABLER", 0x0180, 32, 4, 4, GIC_RW, 0xffffffff, read_IENABLER, write_ICENABLER},
    {"GICD_ISPENDR", 0x0200, 32, 4, 4, GIC_RW, 0xffffffff, read_IPENDR, write_ISPENDR},
    {"GICD_ICPENDR", 0x0280, 32, 4, 4, GIC_RW, 0xffffffff, read_IPENDR, write_ICPENDR},
    {"GICD_ISACTIVER", 0x0300, 32, 4, 4, GIC_RW, 0xffffffff, read_IACTIVER, write_ISACTIVER},
    {"GICD_ICACTIVER", 0x0380, 32, 4, 4, GIC_RW, 0xffffffff, read_IACTIVER, write_ICACTIVER},
    {"GICD_IPRIORITYR", 0x0400, 255, 4, 1 | 4, GIC_RW, 0xf8f8f8f8, read_IPRIORITYR, write_IPRIORITYR},
    {"GICD_ITARGETSR", 0x0800, 255, 4, 1 | 4, GIC_RAZ_WI, 0, NULL, NULL}, /* of no use with affinity routing */
    {"GICD_ICFGR", 0x0c00, 64, 4, 4, GIC_RW, 0xaaaaaaaa, read_ICFGR, write_ICFGR},
    {"GICD_IGRPMODR", 0x0d00, 32, 4, 4, GIC_RAZ_WI, 0, NULL, NULL}, /* one Security state */
    {"GICD_NSACR", 0x0e00, 64, 4, 4, GIC_RAZ_WI, 0, NULL, NULL},    /* one Security state */
    {"GICD_SGIR", 0x0f00, 1, 4, 4, GIC_RAZ_WI, 0, NULL, NULL},      /* affinity routing: SGIs come from ICC_SGI*R */
    {"GICD_CPENDSGIR", 0x0f10, 4, 4, 1 | 4, GIC_RAZ_WI, 0, NULL, NULL},
    {"GICD_SPENDSGIR", 0x0f20, 4, 4, 1 | 4, GIC_RAZ_WI, 0, NULL, NULL},
    {"GICD_IROUTER", 0x6100, SPI_ROUTES, 8, 4 | 8, GIC_RW, GICD_IROUTER_MASK, read_IROUTER, write_IROUTER},
    {"GICD_PIDR", 0xffd0, 12, 4, 4, GIC_RO, 0, read_identification, NULL},
};

const gic_register_table_t gic_gicd_registers = {"GICD", rows, sizeof(rows) / sizeof(rows[0])};
