#include "register_map.h"

#include <stddef.h>

/* --- values --- */

#define CONSTANT(NAME, VALUE)                                                                                          \
    static uint64_t NAME(const map_machine_t *machine, unsigned index)                                                 \
    {                                                                                                                  \
        (void)machine, (void)index;                                                                                    \
        return VALUE;                                                                                                  \
    }

CONSTANT(iidr, 0x43b) /* Implementer: Arm's JEP106 code */
CONSTANT(all, 0xffffffff)
CONSTANT(priorities, 0xf8f8f8f8)
CONSTANT(edges, 0xaaaaaaaa)

/* Values of arrays that cover INTIDs: of private ones in GICD, and of those that are not there, nothing. */
static bool is_spi(const map_machine_t *machine, unsigned intid)
{
    return intid >= 32 && intid < 32 + machine->spis;
}

static uint64_t spi_bits(const map_machine_t *machine, unsigned index)
{
    return is_spi(machine, 32 * index) ? 0xffffffff : 0;
}

static uint64_t spi_priorities(const map_machine_t *machine, unsigned index)
{
    return is_spi(machine, 4 * index) ? 0xf8f8f8f8 : 0;
}

static uint64_t spi_edges(const map_machine_t *machine, unsigned index)
{
    return is_spi(machine, 16 * index) ? 0xaaaaaaaa : 0;
}

/* Aff3 39:32, Interrupt_Routing_Mode 31, Aff2 to Aff0 23:0; the first register of the array is that of INTID 32. */
static uint64_t routes(const map_machine_t *machine, unsigned index)
{
    return is_spi(machine, 32 + index) ? UINT64_C(0xff80ffffff) : 0;
}

/* PIDR4 to 7, PIDR0 to 3, CIDR0 to 3: JEP106 Arm, ArchRev 3 in PIDR2[7:4]; part 0x4b4 to 0x494 by frame as GIC-500. */
static uint64_t identification(unsigned index, unsigned part)
{
    static const uint8_t bytes[] = {0x44, 0, 0, 0, 0, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1};
    return index == 4 ? part : bytes[index];
}

#define IDENTIFICATION(NAME, PART)                                                                                     \
    static uint64_t NAME(const map_machine_t *machine, unsigned index)                                                 \
    {                                                                                                                  \
        (void)machine;                                                                                                 \
        return identification(index, PART);                                                                            \
    }
IDENTIFICATION(gicd_identification, 0x92)
IDENTIFICATION(gicr_identification, 0x93)
IDENTIFICATION(gits_identification, 0x94)

/* --- GICD --- */

CONSTANT(gicd_ctlr, 0x50)         /* ARE 4 and DS 6 are RAO/WI */
CONSTANT(gicd_ctlr_writable, 0x3) /* EnableGrp0, EnableGrp1; E1NWF is RAZ/WI */

/* ITLinesNumber 4:0; LPIS 17; IDbits 23:19 = 15; A3V 24; No1N 25 = 0; RSS 26. SecurityExtn 10 and MBIS 16 are 0, and
 * CPUNumber 7:5, as affinity routing cannot be switched off. */
static uint64_t gicd_typer(const map_machine_t *machine, unsigned index)
{
    (void)index;
    return machine->spis / 32 | (machine->its ? 1 << 17 : 0) | 15 << 19 | 1 << 24 | 1 << 26;
}

/* --- GICR, RD_base --- */

static uint64_t gicr_ctlr(const map_machine_t *machine, unsigned index)
{
    (void)index;
    return machine->its ? 2 : 0; /* CES */
}

/* EnableLPIs 0, DPG0 24, DPG1NS 25; DPG1S 26 is RAZ/WI with DS = 1. */
static uint64_t gicr_ctlr_writable(const map_machine_t *machine, unsigned index)
{
    (void)index;
    return 0x03000000 | (machine->its ? 1 : 0);
}

/* PLPIS 0, Last 4, DPGS 5, Processor_Number 23:8, CommonLPIAff 25:24 = 0 (all share a table), affinity 63:32. */
static uint64_t gicr_typer(const map_machine_t *machine, unsigned index)
{
    (void)index;
    unsigned cluster = machine->cluster_cores ? machine->cluster_cores : 256;
    uint64_t affinity = machine->core / cluster << 8 | machine->core % cluster;
    bool last = machine->core == machine->cores - 1;
    return affinity << 32 | machine->core << 8 | 1 << 5 | (last ? 1 << 4 : 0) | (machine->its ? 1 : 0);
}

CONSTANT(gicr_waker, 0x6)          /* ProcessorSleep 1, ChildrenAsleep 2 */
CONSTANT(gicr_waker_writable, 0x2) /* ChildrenAsleep follows it */

static uint64_t gicr_waker_after(uint64_t written)
{
    return written & 2 ? 6 : 0;
}

/* IDbits 4:0, InnerCache 9:7, Shareability 11:10, Physical_Address 51:12, OuterCache 58:56. */
static uint64_t propbaser(const map_machine_t *machine, unsigned index)
{
    (void)index;
    return machine->its ? UINT64_C(0x070fffffffffff9f) : 0;
}

/* InnerCache 9:7, Shareability 11:10, Physical_Address 51:16, OuterCache 58:56; PTZ 62 reads as 0. */
static uint64_t pendbaser(const map_machine_t *machine, unsigned index)
{
    (void)index;
    return machine->its ? UINT64_C(0x070fffffffff0f80) : 0;
}

/* --- GITS --- */

CONSTANT(gits_ctlr, UINT64_C(0x80000000)) /* Quiescent 31 */
CONSTANT(gits_ctlr_writable, 1)           /* Enabled 0 */

static uint64_t gits_ctlr_after(uint64_t written)
{
    return written & 1 ? 1 : UINT64_C(0x80000000);
}

/* Physical 0, ITT_entry_size 7:4 = 8 bytes, ID_bits 12:8 = 16, Devbits 17:13 = 16; PTA 19, HCC 31:24, CIL 36 are 0. */
CONSTANT(gits_typer, 1 | 7 << 4 | 15 << 8 | 15 << 13)
/* Valid 63, InnerCache 61:59, OuterCache 55:53, Physical_Address 51:12, Shareability 11:10, Size 7:0. */
CONSTANT(gits_cbaser_writable, UINT64_C(0xb8effffffffffcff))
CONSTANT(gits_cwriter_writable, 0xfffe0) /* Offset 19:5; Retry 0 has no effect as the queue never stalls */

/* Type 58:56 = 1 devices, 4 collections; Entry_Size 52:48 = 8 bytes. */
static uint64_t gits_baser(const map_machine_t *machine, unsigned index)
{
    (void)machine;
    const uint64_t type = index == 0 ? 1 : index == 1 ? 4 : 0;
    return type ? type << 56 | UINT64_C(7) << 48 : 0;
}

/* Valid 63, Indirect 62, InnerCache 61:59, OuterCache 55:53, Physical_Address 47:12, Shareability, Page_Size, Size. */
static uint64_t gits_baser_writable(const map_machine_t *machine, unsigned index)
{
    (void)machine;
    return index < 2 ? UINT64_C(0xf8e0ffffffffffff) : 0;
}

/* --- the map --- */

const map_row_t map_rows[] = {
    /* name, frame, offset, count, width, sizes, kind, reset, writable, after */
    {"GICD_CTLR", MAP_GICD, 0x0000, 1, 4, 4, MAP_RW, gicd_ctlr, gicd_ctlr_writable, NULL},
    {"GICD_TYPER", MAP_GICD, 0x0004, 1, 4, 4, MAP_RO, gicd_typer, NULL, NULL},
    {"GICD_IIDR", MAP_GICD, 0x0008, 1, 4, 4, MAP_RO, iidr, NULL, NULL},
    {"GICD_TYPER2", MAP_GICD, 0x000c, 1, 4, 4, MAP_NONE, NULL, NULL, NULL},
    {"GICD_STATUSR", MAP_GICD, 0x0010, 1, 4, 4, MAP_NONE, NULL, NULL, NULL},
    {"GICD_IGROUPR", MAP_GICD, 0x0080, 32, 4, 4, MAP_RW, NULL, spi_bits, NULL},
    {"GICD_ISENABLER", MAP_GICD, 0x0100, 32, 4, 4, MAP_SET, NULL, spi_bits, NULL},
    {"GICD_ICENABLER", MAP_GICD, 0x0180, 32, 4, 4, MAP_CLEAR, NULL, spi_bits, NULL},
    {"GICD_ISPENDR", MAP_GICD, 0x0200, 32, 4, 4, MAP_SET, NULL, spi_bits, NULL},
    {"GICD_ICPENDR", MAP_GICD, 0x0280, 32, 4, 4, MAP_CLEAR, NULL, spi_bits, NULL},
    {"GICD_ISACTIVER", MAP_GICD, 0x0300, 32, 4, 4, MAP_SET, NULL, spi_bits, NULL},
    {"GICD_ICACTIVER", MAP_GICD, 0x0380, 32, 4, 4, MAP_CLEAR, NULL, spi_bits, NULL},
    {"GICD_IPRIORITYR", MAP_GICD, 0x0400, 255, 4, 1 | 4, MAP_RW, NULL, spi_priorities, NULL},
    {"GICD_ITARGETSR", MAP_GICD, 0x0800, 255, 4, 1 | 4, MAP_NONE, NULL, NULL, NULL}, /* RAZ/WI with ARE */
    {"GICD_ICFGR", MAP_GICD, 0x0c00, 64, 4, 4, MAP_RW, NULL, spi_edges, NULL},
    {"GICD_IGRPMODR", MAP_GICD, 0x0d00, 32, 4, 4, MAP_NONE, NULL, NULL, NULL}, /* RAZ/WI with DS = 1 */
    {"GICD_NSACR", MAP_GICD, 0x0e00, 64, 4, 4, MAP_NONE, NULL, NULL, NULL},
    {"GICD_SGIR", MAP_GICD, 0x0f00, 1, 4, 4, MAP_NONE, NULL, NULL, NULL}, /* no function with ARE, as the next two */
    {"GICD_CPENDSGIR", MAP_GICD, 0x0f10, 4, 4, 1 | 4, MAP_NONE, NULL, NULL, NULL},
    {"GICD_SPENDSGIR", MAP_GICD, 0x0f20, 4, 4, 1 | 4, MAP_NONE, NULL, NULL, NULL},
    {"GICD_IROUTER", MAP_GICD, 0x6100, 988, 8, 4 | 8, MAP_RW, NULL, routes, NULL}, /* INTIDs 0 to 31: reserved */
    {"GICD_PIDR", MAP_GICD, 0xffd0, 12, 4, 4, MAP_RO, gicd_identification, NULL, NULL},

    {"GICR_CTLR", MAP_RD, 0x0000, 1, 4, 4, MAP_RW, gicr_ctlr, gicr_ctlr_writable, NULL},
    {"GICR_IIDR", MAP_RD, 0x0004, 1, 4, 4, MAP_RO, iidr, NULL, NULL},
    {"GICR_TYPER", MAP_RD, 0x0008, 1, 8, 4 | 8, MAP_RO, gicr_typer, NULL, NULL},
    {"GICR_STATUSR", MAP_RD, 0x0010, 1, 4, 4, MAP_NONE, NULL, NULL, NULL},
    {"GICR_WAKER", MAP_RD, 0x0014, 1, 4, 4, MAP_RW, gicr_waker, gicr_waker_writable, gicr_waker_after},
    {"GICR_PROPBASER", MAP_RD, 0x0070, 1, 8, 4 | 8, MAP_RW, NULL, propbaser, NULL},
    {"GICR_PENDBASER", MAP_RD, 0x0078, 1, 8, 4 | 8, MAP_RW, NULL, pendbaser, NULL},
    {"GICR_PIDR", MAP_RD, 0xffd0, 12, 4, 4, MAP_RO, gicr_identification, NULL, NULL},

    {"GICR_IGROUPR0", MAP_SGI, 0x0080, 1, 4, 4, MAP_RW, NULL, all, NULL},
    {"GICR_ISENABLER0", MAP_SGI, 0x0100, 1, 4, 4, MAP_SET, NULL, all, NULL},
    {"GICR_ICENABLER0", MAP_SGI, 0x0180, 1, 4, 4, MAP_CLEAR, NULL, all, NULL},
    {"GICR_ISPENDR0", MAP_SGI, 0x0200, 1, 4, 4, MAP_SET, NULL, all, NULL},
    {"GICR_ICPENDR0", MAP_SGI, 0x0280, 1, 4, 4, MAP_CLEAR, NULL, all, NULL},
    {"GICR_ISACTIVER0", MAP_SGI, 0x0300, 1, 4, 4, MAP_SET, NULL, all, NULL},
    {"GICR_ICACTIVER0", MAP_SGI, 0x0380, 1, 4, 4, MAP_CLEAR, NULL, all, NULL},
    {"GICR_IPRIORITYR", MAP_SGI, 0x0400, 8, 4, 1 | 4, MAP_RW, NULL, priorities, NULL},
    {"GICR_ICFGR0", MAP_SGI, 0x0c00, 1, 4, 4, MAP_RO, edges, NULL, NULL}, /* SGIs are edge-triggered */
    {"GICR_ICFGR1", MAP_SGI, 0x0c04, 1, 4, 4, MAP_RW, NULL, edges, NULL},
    {"GICR_IGRPMODR0", MAP_SGI, 0x0d00, 1, 4, 4, MAP_NONE, NULL, NULL, NULL},
    {"GICR_NSACR", MAP_SGI, 0x0e00, 1, 4, 4, MAP_NONE, NULL, NULL, NULL},

    {"GITS_CTLR", MAP_GITS, 0x0000, 1, 4, 4, MAP_RW, gits_ctlr, gits_ctlr_writable, gits_ctlr_after},
    {"GITS_IIDR", MAP_GITS, 0x0004, 1, 4, 4, MAP_RO, iidr, NULL, NULL},
    {"GITS_TYPER", MAP_GITS, 0x0008, 1, 8, 4 | 8, MAP_RO, gits_typer, NULL, NULL},
    {"GITS_STATUSR", MAP_GITS, 0x0040, 1, 4, 4, MAP_NONE, NULL, NULL, NULL},
    {"GITS_CBASER", MAP_GITS, 0x0080, 1, 8, 4 | 8, MAP_RW, NULL, gits_cbaser_writable, NULL},
    {"GITS_CWRITER", MAP_GITS, 0x0088, 1, 8, 4 | 8, MAP_RW, NULL, gits_cwriter_writable, NULL},
    {"GITS_CREADR", MAP_GITS, 0x0090, 1, 8, 4 | 8, MAP_RO, NULL, NULL, NULL},
    {"GITS_BASER0", MAP_GITS, 0x0100, 2, 8, 4 | 8, MAP_RW, gits_baser, gits_baser_writable, NULL},
    {"GITS_BASER2", MAP_GITS, 0x0110, 6, 8, 4 | 8, MAP_NONE, NULL, NULL, NULL}, /* Type 0: no table */
    {"GITS_PIDR", MAP_GITS, 0xffd0, 12, 4, 4, MAP_RO, gits_identification, NULL, NULL},
    {"GITS_TRANSLATER", MAP_TRANSLATION, 0x0040, 1, 4, 2 | 4, MAP_WO, NULL, NULL, NULL},
};
const unsigned map_row_count = sizeof(map_rows) / sizeof(map_rows[0]);

/* --- frames --- */

uint64_t map_frame_address(const map_machine_t *machine, map_frame_t frame)
{
    const uint64_t gicr = GICR + (uint64_t)machine->core * GICR_BYTES_PER_CORE;
    const uint64_t address[MAP_FRAMES] = {GICD, gicr, gicr + SGI_BASE, GITS, GITS + 0x10000};
    return address[frame];
}

bool map_has_frame(const map_machine_t *machine, map_frame_t frame)
{
    return machine->its || frame < MAP_GITS;
}

const map_row_t *map_find(map_frame_t frame, uint64_t offset)
{
    for (unsigned i = 0; i < map_row_count; i++) {
        const map_row_t *row = &map_rows[i];
        if (row->frame == frame && offset >= row->offset && offset - row->offset < row->count * row->width_bytes)
            return row;
    }
    return NULL;
}

/* --- judging --- */

uint64_t map_reset(const map_row_t *row, const map_machine_t *machine, unsigned index)
{
    return row->reset ? row->reset(machine, index) : 0;
}

uint64_t map_after(const map_row_t *row, const map_machine_t *machine, unsigned index, uint64_t written)
{
    const uint64_t reset = map_reset(row, machine, index);
    const uint64_t writable = row->writable ? row->writable(machine, index) : 0;
    if (row->after)
        return row->after(written);
    if (row->kind == MAP_CLEAR)
        return reset & ~(written & writable);
    return (reset & ~writable) | (written & writable);
}

harness_t *map_harness(const map_machine_t *machine, gic_fault_t fault)
{
    return harness_new(&(harness_config_t){.cores = machine->cores,
                                           .cluster_cores = machine->cluster_cores,
                                           .spis = machine->spis,
                                           .its = machine->its,
                                           .fault = fault});
}

static uint64_t address_of(const map_row_t *row, const map_machine_t *machine, unsigned index)
{
    return map_frame_address(machine, row->frame) + row->offset + (uint64_t)index * row->width_bytes;
}

const char *map_wrong_reset(const map_machine_t *machine, gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = map_harness(machine, fault);
    for (unsigned i = 0; i < 2 * map_row_count && !wrong; i++) { /* twice: no read changes anything */
        const map_row_t *row = &map_rows[i % map_row_count];
        for (unsigned index = 0; index < row->count && map_has_frame(machine, row->frame) && !wrong; index++)
            if (mmio_read(h, address_of(row, machine, index), row->width_bytes) != map_reset(row, machine, index))
                wrong = row->name;
    }
    harness_free(h);
    return wrong;
}

/* Set registers are brought back by their clear registers, 0x80 above them. */
static void restore(harness_t *h, const map_row_t *row, const map_machine_t *machine, unsigned index)
{
    if (row->kind == MAP_SET)
        mmio_write(h, address_of(row, machine, index) + 0x80, row->width_bytes, UINT64_MAX);
    else if (row->kind == MAP_RW)
        mmio_write(h, address_of(row, machine, index), row->width_bytes, map_reset(row, machine, index));
}

static bool takes(harness_t *h, const map_row_t *row, const map_machine_t *machine, unsigned index, uint64_t value)
{
    const uint64_t address = address_of(row, machine, index);
    mmio_write(h, address, row->width_bytes, value);
    bool right = mmio_read(h, address, row->width_bytes) == map_after(row, machine, index, value);
    restore(h, row, machine, index);
    return right && mmio_read(h, address, row->width_bytes) == map_reset(row, machine, index);
}

const char *map_wrong_write(const map_machine_t *machine, gic_fault_t fault)
{
    static const uint64_t patterns[] = {UINT64_MAX, 0, UINT64_C(0x5a5a5a5aa5a5a5a5), UINT64_C(0xa5a5a5a55a5a5a5a),
                                        UINT64_C(0x00ff00ff0ff00ff0)};
    const char *wrong = NULL;
    harness_t *h = map_harness(machine, fault);
    for (unsigned i = 0; i < map_row_count && !wrong; i++) {
        const map_row_t *row = &map_rows[i];
        for (unsigned index = 0; index < row->count && map_has_frame(machine, row->frame) && !wrong; index++)
            for (unsigned p = 0; p < sizeof(patterns) / sizeof(patterns[0]) && !wrong; p++)
                if (!takes(h, row, machine, index, patterns[p]))
                    wrong = row->name;
    }
    harness_free(h);
    return wrong;
}
