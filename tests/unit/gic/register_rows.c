#include "register_rows.h"

#include "harness.h"

#define GICR1 (GICR + GICR_BYTES_PER_CORE)
#define SGI1  (GICR1 + SGI_BASE)

const register_row_t register_rows[] = {
    /* 12.9. ARE bit 4 and DS bit 6 are RAO/WI; EnableGrp0 and EnableGrp1 are writable. */
    {"GICD_CTLR", GICD + 0x0000, 4, 0x50, 0x3},
    /* ITLinesNumber 8 (256 SPIs), IDbits 15, A3V, RSS; no LPIs, no message-based SPIs, 1 of N supported. */
    {"GICD_TYPER", GICD + 0x0004, 4, 0x05780008, 0},
    {"GICD_IIDR", GICD + 0x0008, 4, 0x43b, 0},
    {"GICD_TYPER2", GICD + 0x000c, 4, 0, 0},
    {"GICD_STATUSR", GICD + 0x0010, 4, 0, 0},
    {"GICD_IGROUPR0", GICD + 0x0080, 4, 0, 0}, /* private interrupts: RAZ/WI with affinity routing */
    {"GICD_IGROUPR1", GICD + 0x0084, 4, 0, 0xffffffff},
    {"GICD_IGROUPR8", GICD + 0x00a0, 4, 0, 0xffffffff},
    {"GICD_IGROUPR9", GICD + 0x00a4, 4, 0, 0}, /* beyond the implemented SPIs */
    {"GICD_ISENABLER0", GICD + 0x0100, 4, 0, 0},
    {"GICD_ISPENDR0", GICD + 0x0200, 4, 0, 0},
    {"GICD_ISACTIVER0", GICD + 0x0300, 4, 0, 0},
    {"GICD_IPRIORITYR0", GICD + 0x0400, 4, 0, 0},
    {"GICD_IPRIORITYR8", GICD + 0x0420, 4, 0, 0xf8f8f8f8},
    {"GICD_IPRIORITYR71", GICD + 0x051c, 4, 0, 0xf8f8f8f8},
    {"GICD_IPRIORITYR72", GICD + 0x0520, 4, 0, 0},
    {"GICD_ITARGETSR8", GICD + 0x0820, 4, 0, 0},
    {"GICD_ICFGR0", GICD + 0x0c00, 4, 0, 0},
    {"GICD_ICFGR2", GICD + 0x0c08, 4, 0, 0xaaaaaaaa},
    {"GICD_ICFGR17", GICD + 0x0c44, 4, 0, 0xaaaaaaaa},
    {"GICD_ICFGR18", GICD + 0x0c48, 4, 0, 0},
    {"GICD_IGRPMODR1", GICD + 0x0d04, 4, 0, 0},
    {"GICD_NSACR2", GICD + 0x0e08, 4, 0, 0},
    {"GICD_SGIR", GICD + 0x0f00, 4, 0, 0},
    {"GICD_CPENDSGIR0", GICD + 0x0f10, 4, 0, 0},
    {"GICD_SPENDSGIR0", GICD + 0x0f20, 4, 0, 0},
    {"GICD_IROUTER32", GICD + 0x6100, 8, 0, 0xff80ffffff},
    {"GICD_IROUTER287", GICD + 0x68f8, 8, 0, 0xff80ffffff},
    {"GICD_IROUTER288", GICD + 0x6900, 8, 0, 0},
    {"GICD_PIDR2", GICD + 0xffe8, 4, 0x3b, 0},
    {"GICD_CIDR0", GICD + 0xfff0, 4, 0x0d, 0},
    /* 12.11, RD_base. DPG0 and DPG1NS. */
    {"GICR_CTLR", GICR1 + 0x0000, 4, 0, 0x03000000},
    {"GICR_IIDR", GICR1 + 0x0004, 4, 0x43b, 0},
    /* Aff0 1, Processor_Number 1, DPGS; core 2 is the last. */
    {"GICR_TYPER", GICR1 + 0x0008, 8, 0x0000000100000120, 0},
    {"GICR_STATUSR", GICR1 + 0x0010, 4, 0, 0},
    {"GICR_PROPBASER", GICR1 + 0x0070, 8, 0, 0},
    {"GICR_PENDBASER", GICR1 + 0x0078, 8, 0, 0},
    {"GICR_PIDR2", GICR1 + 0xffe8, 4, 0x3b, 0},
    /* 12.11, SGI_base. */
    {"GICR_IGROUPR0", SGI1 + 0x0080, 4, 0, 0xffffffff},
    {"GICR_IPRIORITYR0", SGI1 + 0x0400, 4, 0, 0xf8f8f8f8},
    {"GICR_IPRIORITYR7", SGI1 + 0x041c, 4, 0, 0xf8f8f8f8},
    {"GICR_ICFGR0", SGI1 + 0x0c00, 4, 0xaaaaaaaa, 0}, /* SGIs are edge-triggered */
    {"GICR_ICFGR1", SGI1 + 0x0c04, 4, 0, 0xaaaaaaaa},
    {"GICR_IGRPMODR0", SGI1 + 0x0d00, 4, 0, 0},
    {"GICR_NSACR", SGI1 + 0x0e00, 4, 0, 0},
};
const unsigned register_row_count = sizeof(register_rows) / sizeof(register_rows[0]);

const char *wrong_reset_value(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_new(&(harness_config_t){.cores = 3, .fault = fault});
    for (unsigned i = 0; i < register_row_count && !wrong; i++) {
        const register_row_t *row = &register_rows[i];
        if (mmio_read(h, row->address, row->size_bytes) != row->reset)
            wrong = row->name;
    }
    harness_free(h);
    return wrong;
}

static bool takes(harness_t *h, const register_row_t *row, uint64_t value)
{
    mmio_write(h, row->address, row->size_bytes, value);
    uint64_t expected = (row->reset & ~row->writable) | (value & row->writable);
    return mmio_read(h, row->address, row->size_bytes) == expected;
}

const char *wrong_write_mask(gic_fault_t fault)
{
    const char *wrong = NULL;
    harness_t *h = harness_new(&(harness_config_t){.cores = 3, .fault = fault});
    for (unsigned i = 0; i < register_row_count && !wrong; i++) {
        const register_row_t *row = &register_rows[i];
        if (!takes(h, row, UINT64_MAX) || !takes(h, row, UINT64_C(0x5a5a5a5aa5a5a5a5)) || !takes(h, row, 0))
            wrong = row->name;
    }
    harness_free(h);
    return wrong;
}
