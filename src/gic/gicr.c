/* The GICR registers of one core (IHI 0069 section 12.10 and 12.11): RD_base, and SGI_base 64 KB above it. */
#include "base/bits.h"
#include "gic/register.h"

static gic_redist_t *redist_of(const gic_frame_t *frame)
{
    return &frame->dist->redist[frame->core];
}

static bool has_lpis(const gic_frame_t *frame)
{
    return frame->dist->config.its_base;
}

/* --- RD_base --- */

static uint64_t read_CTLR(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return redist_of(frame)->ctlr | (has_lpis(frame) ? GICR_CTLR_CES : 0) |
           (gic_redist_write_pending(frame->dist, frame->core) ? GICR_CTLR_RWP : 0);
}

/* CES is 1: EnableLPIs can be cleared. RWP is 1 until the LPIs have been withdrawn and the pending table is written;
 * software must wait for that before it sets EnableLPIs or moves the tables, and is ignored before. */
static void write_enable_lpis(const gic_frame_t *frame, bool enable)
{
    gic_distributor_t *dist = frame->dist;
    dist->its.now_ps = frame->now_ps;
    if (enable && redist_of(frame)->lpis_stop != GIC_LPIS_STOPPED) {
        gic_register_complain(frame, "GICR_CTLR.EnableLPIs set while RWP is 1: ignored");
        return;
    }
    enable ? gic_lpi_enable(dist, frame->core) : gic_lpi_disable(dist, frame->core);
    gic_its_run(dist, frame->now_ps);
}

static void write_CTLR(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    (void)index;
    const uint32_t dpg = GICR_CTLR_DPG0 | GICR_CTLR_DPG1NS;
    gic_redist_t *redist = redist_of(frame);
    uint32_t before = redist->ctlr, written = (uint32_t)gic_register_merge(before, value, lanes);
    redist->ctlr = (written & ~GICR_CTLR_ENABLE_LPIS) | (before & GICR_CTLR_ENABLE_LPIS);
    if (has_lpis(frame) && ((written ^ before) & GICR_CTLR_ENABLE_LPIS))
        write_enable_lpis(frame, written & GICR_CTLR_ENABLE_LPIS);
    gic_redist_refresh_all(frame->dist, frame->now_ps); /* 1-of-N interrupts may move */
    if (written & ~before & dpg)
        redist->declining = redist->clears != 0;
}

static uint64_t read_IIDR(const gic_frame_t *frame, unsigned index)
{
    (void)frame, (void)index;
    return 0x43b;
}

static uint64_t read_TYPER(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    bool last = frame->core + 1 == frame->dist->config.cores;
    return (uint64_t)redist_of(frame)->affinity << 32 | (uint64_t)frame->core << 8 /* Processor_Number */ |
           UINT64_C(1) << 5 /* DPGS */ | (uint64_t)last << 4 | has_lpis(frame) /* PLPIS */;
}

static uint64_t read_WAKER(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    const gic_redist_t *redist = redist_of(frame);
    bool children_asleep = redist->power == GIC_REDIST_ASLEEP || redist->power == GIC_REDIST_WAKING;
    return (redist->processor_sleep ? GICR_WAKER_SLEEP : 0) | (children_asleep ? GICR_WAKER_CHILDREN : 0);
}

static void write_WAKER(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    (void)index;
    if (lanes & GICR_WAKER_SLEEP)
        redist_of(frame)->processor_sleep = value & GICR_WAKER_SLEEP;
    gic_redist_follow_sleep(frame->dist, frame->core, frame->now_ps);
}

/* The tables of LPIs: writes while LPIs are enabled, or RWP is 1 for them, are UNPREDICTABLE and ignored here. */
static bool tables_are_fixed(const gic_frame_t *frame, const char *complaint)
{
    const gic_redist_t *redist = redist_of(frame);
    if (!has_lpis(frame))
        return true;
    bool in_use = redist->ctlr & GICR_CTLR_ENABLE_LPIS || redist->lpis_stop != GIC_LPIS_STOPPED;
    if (in_use)
        gic_register_complain(frame, complaint);
    return in_use;
}

static uint64_t read_PROPBASER(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return redist_of(frame)->propbaser;
}

static void write_PROPBASER(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    (void)index;
    if (!tables_are_fixed(frame, "GICR_PROPBASER written while LPIs are enabled: ignored"))
        redist_of(frame)->propbaser = gic_register_merge(redist_of(frame)->propbaser, value, lanes);
}

static uint64_t read_PENDBASER(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return redist_of(frame)->pendbaser; /* PTZ is write-only */
}

static void write_PENDBASER(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    gic_redist_t *redist = redist_of(frame);
    (void)index;
    if (tables_are_fixed(frame, "GICR_PENDBASER written while LPIs are enabled: ignored"))
        return;
    if (lanes & GICR_PENDBASER_PTZ)
        redist->pending_table_zero = value & GICR_PENDBASER_PTZ;
    redist->pendbaser = gic_register_merge(redist->pendbaser, value, lanes & ~GICR_PENDBASER_PTZ);
}

static uint64_t read_identification(const gic_frame_t *frame, unsigned index)
{
    (void)frame;
    return gic_identification(index, 0x93);
}

/* --- SGI_base --- */

static uint64_t read_IGROUPR0(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return redist_of(frame)->bank.group;
}

static uint64_t read_IENABLER0(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return redist_of(frame)->bank.enabled;
}

static uint64_t read_IPENDR0(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return gic_bank_pending(&redist_of(frame)->bank);
}

static uint64_t read_IACTIVER0(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return redist_of(frame)->bank.active;
}

/* Defines write_<NAME>, which performs `statement` on the bank with the written ones in `bits`. */
#define WRITE_BITS(NAME, statement)                                                                                    \
    static void write_##NAME(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)                 \
    {                                                                                                                  \
        gic_redist_t *redist = redist_of(frame);                                                                       \
        gic_bank_t *bank = &redist->bank;                                                                              \
        uint32_t bits = (uint32_t)(value & lanes);                                                                     \
        (void)index;                                                                                                   \
        statement;                                                                                                     \
        gic_redist_refresh(frame->dist, frame->core, frame->now_ps, 0);                                                \
    }
WRITE_BITS(IGROUPR0, bank->group = (uint32_t)gic_register_merge(bank->group, bits, lanes))
WRITE_BITS(ISENABLER0, bank->enabled |= bits)
WRITE_BITS(ICENABLER0, bank->enabled &= ~bits)
WRITE_BITS(ICPENDR0, bank->latch &= ~bits)
WRITE_BITS(ISACTIVER0, bank->active |= bits)
WRITE_BITS(ICACTIVER0, bank->active &= ~bits)
WRITE_BITS(ICFGR1, gic_bank_write_edge(bank, 1, bits, lanes))

/* An SGI made pending this way has no sender whose latency could be counted. */
static void write_ISPENDR0(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    (void)index;
    gic_redist_t *redist = redist_of(frame);
    uint32_t fresh = (uint32_t)(value & lanes) & ~redist->bank.latch;
    for (unsigned sgi = 0; sgi < GIC_SGI_COUNT; sgi++)
        if (bit_get(fresh, sgi))
            redist->sgi[sgi] = (gic_sgi_origin_t){.source = GIC_NO_CORE};
    redist->bank.latch |= fresh;
    gic_redist_refresh(frame->dist, frame->core, frame->now_ps, 0);
}

static uint64_t read_IPRIORITYR(const gic_frame_t *frame, unsigned index)
{
    return gic_bank_read_priority(&redist_of(frame)->bank, index);
}

static void write_IPRIORITYR(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    gic_bank_write_priority(&redist_of(frame)->bank, index, value, lanes);
    gic_redist_refresh(frame->dist, frame->core, frame->now_ps, 0);
}

static uint64_t read_ICFGR0(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return gic_bank_read_edge(&redist_of(frame)->bank, 0);
}

static uint64_t read_ICFGR1(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return gic_bank_read_edge(&redist_of(frame)->bank, 1);
}

/* --- the table --- */

#define SGI_BASE            GICR_FRAME_BYTES
#define ALL_BITS            0xffffffff
#define GICR_PROPBASER_MASK UINT64_C(0x070fffffffffff9f)
#define GICR_PENDBASER_MASK UINT64_C(0x470fffffffff0f80)

static const gic_register_t rows[] = {
    /* name, offset, count, width, accesses, kind, write mask, read, write */
    {"GICR_CTLR", 0x0000, 1, 4, 4, GIC_RW, GICR_CTLR_DPG0 | GICR_CTLR_DPG1NS | GICR_CTLR_ENABLE_LPIS, read_CTLR,
     write_CTLR},
    {"GICR_IIDR", 0x0004, 1, 4, 4, GIC_RO, 0, read_IIDR, NULL},
    {"GICR_TYPER", 0x0008, 1, 8, 4 | 8, GIC_RO, 0, read_TYPER, NULL},
    {"GICR_STATUSR", 0x0010, 1, 4, 4, GIC_RAZ_WI, 0, NULL, NULL}, /* optional: errors are in the guest log instead */
    {"GICR_WAKER", 0x0014, 1, 4, 4, GIC_RW, GICR_WAKER_SLEEP, read_WAKER, write_WAKER},
    /* GICR_SETLPIR to GICR_SYNCR, 0x0040 to 0x00c0, are reserved while GICR_TYPER.DirectLPI is 0, but for the tables.
     */
    {"GICR_PROPBASER", 0x0070, 1, 8, 4 | 8, GIC_RW, GICR_PROPBASER_MASK, read_PROPBASER, write_PROPBASER},
    {"GICR_PENDBASER", 0x0078, 1, 8, 4 | 8, GIC_RW, GICR_PENDBASER_MASK, read_PENDBASER, write_PENDBASER},
    {"GICR_PIDR", 0xffd0, 12, 4, 4, GIC_RO, 0, read_identification, NULL},
    {"GICR_IGROUPR0", SGI_BASE + 0x0080, 1, 4, 4, GIC_RW, ALL_BITS, read_IGROUPR0, write_IGROUPR0},
    {"GICR_ISENABLER0", SGI_BASE + 0x0100, 1, 4, 4, GIC_RW, ALL_BITS, read_IENABLER0, write_ISENABLER0},
    {"GICR_ICENABLER0", SGI_BASE + 0x0180, 1, 4, 4, GIC_RW, ALL_BITS, read_IENABLER0, write_ICENABLER0},
    {"GICR_ISPENDR0", SGI_BASE + 0x0200, 1, 4, 4, GIC_RW, ALL_BITS, read_IPENDR0, write_ISPENDR0},
    {"GICR_ICPENDR0", SGI_BASE + 0x0280, 1, 4, 4, GIC_RW, ALL_BITS, read_IPENDR0, write_ICPENDR0},
    {"GICR_ISACTIVER0", SGI_BASE + 0x0300, 1, 4, 4, GIC_RW, ALL_BITS, read_IACTIVER0, write_ISACTIVER0},
    {"GICR_ICACTIVER0", SGI_BASE + 0x0380, 1, 4, 4, GIC_RW, ALL_BITS, read_IACTIVER0, write_ICACTIVER0},
    {"GICR_IPRIORITYR", SGI_BASE + 0x0400, 8, 4, 1 | 4, GIC_RW, 0xf8f8f8f8, read_IPRIORITYR, write_IPRIORITYR},
    {"GICR_ICFGR0", SGI_BASE + 0x0c00, 1, 4, 4, GIC_RO, 0, read_ICFGR0, NULL}, /* SGIs are always edge-triggered */
    {"GICR_ICFGR1", SGI_BASE + 0x0c04, 1, 4, 4, GIC_RW, 0xaaaaaaaa, read_ICFGR1, write_ICFGR1},
    {"GICR_IGRPMODR0", SGI_BASE + 0x0d00, 1, 4, 4, GIC_RAZ_WI, 0, NULL, NULL}, /* one Security state */
    {"GICR_NSACR", SGI_BASE + 0x0e00, 1, 4, 4, GIC_RAZ_WI, 0, NULL, NULL},     /* one Security state */
};

const gic_register_table_t gic_gicr_registers = {"GICR", rows, sizeof(rows) / sizeof(rows[0])};
