/* The GITS registers (IHI 0069 sections 12.18 and 12.19): the control frame, and the frame of GITS_TRANSLATER. */
#include "base/bits.h"
#include "gic/its.h"
#include "gic/register.h"

#define GITS_CTLR_ENABLED   UINT32_C(1)
#define GITS_CTLR_QUIESCENT (UINT32_C(1) << 31)
/* Valid, cacheability, address, shareability and size; the type, and the size of an entry, are fixed. */
#define GITS_CBASER_MASK UINT64_C(0xb8effffffffffcff)
#define GITS_BASER_MASK  UINT64_C(0xf8e0ffffffffffff)
enum { TYPE_DEVICES = 1, TYPE_COLLECTIONS = 4 };

static gic_its_t *its_of(const gic_frame_t *frame)
{
    return &frame->dist->its;
}

static uint64_t read_CTLR(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return (its_of(frame)->enabled ? GITS_CTLR_ENABLED : 0) |
           (gic_its_is_quiescent(frame->dist) ? GITS_CTLR_QUIESCENT : 0);
}

static void write_CTLR(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    (void)index, (void)lanes;
    its_of(frame)->enabled = value & GITS_CTLR_ENABLED;
    gic_its_run(frame->dist, frame->now_ps);
}

static uint64_t read_IIDR(const gic_frame_t *frame, unsigned index)
{
    (void)frame, (void)index;
    return 0x43b;
}

/* Physical LPIs; collections and all else in memory (HCC = 0, CIL = 0); redistributors by number (PTA = 0). */
static uint64_t read_TYPER(const gic_frame_t *frame, unsigned index)
{
    (void)frame, (void)index;
    return 1 | (GIC_ITS_ENTRY_BYTES - 1) << 4 | (GIC_ITS_EVENT_BITS - 1) << 8 | (GIC_ITS_DEVICE_BITS - 1) << 13;
}

static uint64_t read_CBASER(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return its_of(frame)->cbaser;
}

/* Writes of the queue and the tables are UNPREDICTABLE while GITS_CTLR.Enabled is 1 or Quiescent is 0: ignored here. */
static bool is_fixed(const gic_frame_t *frame, const char *complaint)
{
    bool in_use = !gic_its_is_quiescent(frame->dist);
    if (in_use)
        gic_register_complain(frame, complaint);
    return in_use;
}

/* The queue begins anew. */
static void write_CBASER(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    gic_its_t *its = its_of(frame);
    (void)index;
    if (is_fixed(frame, "GITS_CBASER written while the ITS is enabled or not quiescent: ignored"))
        return;
    its->cbaser = gic_register_merge(its->cbaser, value, lanes);
    its->creadr = 0;
}

static uint64_t read_CWRITER(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return its_of(frame)->cwriter;
}

static void write_CWRITER(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    gic_its_t *its = its_of(frame);
    (void)index;
    its->cwriter = gic_register_merge(its->cwriter, value, lanes);
    if (its->cbaser & GITS_VALID && its->cwriter >= gic_its_queue_bytes(its))
        gic_register_complain(frame, "GITS_CWRITER written with an offset beyond the queue: no command is taken");
    gic_its_run(frame->dist, frame->now_ps);
}

static uint64_t read_CREADR(const gic_frame_t *frame, unsigned index)
{
    (void)index;
    return its_of(frame)->creadr;
}

static uint64_t read_BASER(const gic_frame_t *frame, unsigned index)
{
    uint64_t type = index == GIC_ITS_DEVICES ? TYPE_DEVICES : TYPE_COLLECTIONS;
    return its_of(frame)->baser[index] | type << 56 | (uint64_t)(GIC_ITS_ENTRY_BYTES - 1) << 48;
}

static void write_BASER(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    gic_its_t *its = its_of(frame);
    if (is_fixed(frame, "GITS_BASER written while the ITS is enabled or not quiescent: ignored"))
        return;
    its->baser[index] = gic_register_merge(its->baser[index], value, lanes);
}

static uint64_t read_identification(const gic_frame_t *frame, unsigned index)
{
    (void)frame;
    return gic_identification(index, 0x94);
}

/* A write by a core or device of this machine has DeviceID 0: nothing here has another one. */
static void write_TRANSLATER(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes)
{
    (void)index;
    if (!(lanes & 0xffff)) {
        gic_register_complain(frame, "halfword above GITS_TRANSLATER written: reserved, ignored");
        return;
    }
    if (!its_of(frame)->enabled)
        return;
    gic_its_add_work(frame->dist, (gic_its_work_t){.kind = GIC_ITS_EVENT, .event = (uint32_t)value});
    gic_its_run(frame->dist, frame->now_ps);
}

#define TRANSLATER GITS_TRANSLATER_FRAME

static const gic_register_t rows[] = {
    /* name, offset, count, width, accesses, kind, write mask, read, write */
    {"GITS_CTLR", 0x0000, 1, 4, 4, GIC_RW, GITS_CTLR_ENABLED, read_CTLR, write_CTLR},
    {"GITS_IIDR", 0x0004, 1, 4, 4, GIC_RO, 0, read_IIDR, NULL},
    {"GITS_TYPER", 0x0008, 1, 8, 4 | 8, GIC_RO, 0, read_TYPER, NULL},
    {"GITS_STATUSR", 0x0040, 1, 4, 4, GIC_RAZ_WI, 0, NULL, NULL}, /* optional: errors are in the guest log instead */
    {"GITS_CBASER", 0x0080, 1, 8, 4 | 8, GIC_RW, GITS_CBASER_MASK, read_CBASER, write_CBASER},
    {"GITS_CWRITER", 0x0088, 1, 8, 4 | 8, GIC_RW, GITS_OFFSET, read_CWRITER, write_CWRITER},
    {"GITS_CREADR", 0x0090, 1, 8, 4 | 8, GIC_RO, 0, read_CREADR, NULL},
    {"GITS_BASER", 0x0100, GIC_ITS_TABLES, 8, 4 | 8, GIC_RW, GITS_BASER_MASK, read_BASER, write_BASER},
    {"GITS_BASER", 0x0110, 8 - GIC_ITS_TABLES, 8, 4 | 8, GIC_RAZ_WI, 0, NULL, NULL}, /* type 0: no table */
    {"GITS_PIDR", 0xffd0, 12, 4, 4, GIC_RO, 0, read_identification, NULL},
    {"GITS_TRANSLATER", TRANSLATER + 0x0040, 1, 4, 2 | 4, GIC_WO, 0xffffffff, NULL, write_TRANSLATER},
};

const gic_register_table_t gic_gits_registers = {"GITS", rows, sizeof(rows) / sizeof(rows[0])};
