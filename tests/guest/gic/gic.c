/* What the registers of the interrupt controller read: as they are, after ones, and after zeros were written; a line
 * each, to compare with another machine. They are of an SPI that no device has, or of the boot core, and get back what
 * they held. */
#include "barrier.h"
#include "board.h"
#include "cpu.h"
#include "image.h"
#include "mmio.h"
#include "print.h"
#include "sysreg.h"
#include "vm.h"

#define ITS UINT64_C(0x08080000)
enum { ITS_BYTES = 0x20000, WORD = 5 /* INTIDs 160 to 191 */, SGI_BASE = 0x10000 };

typedef enum row_frame { GICD, GICR, GITS } row_frame_t;

typedef struct row {
    const char *name;
    row_frame_t frame;
    uint32_t offset;
    uint8_t width_bytes;
    bool is_written;
    uint32_t cleared_by; /* the offset of the register that clears what it sets, or 0 */
} row_t;

#define GICD_PAIR(name, set)                                                                                           \
    {                                                                                                                  \
        name, GICD, (set) + 4 * WORD, 4, true, (set) + 0x80 + 4 * WORD                                                 \
    }

static const row_t rows[] = {
    {"GICD_CTLR", GICD, 0x0000, 4, false, 0},
    {"GICD_TYPER", GICD, 0x0004, 4, true, 0},
    {"GICD_IIDR", GICD, 0x0008, 4, true, 0},
    {"GICD_STATUSR", GICD, 0x0010, 4, false, 0},
    {"GICD_IGROUPR0", GICD, 0x0080, 4, true, 0},
    {"GICD_IGROUPR5", GICD, 0x0080 + 4 * WORD, 4, true, 0},
    {"GICD_ISENABLER0", GICD, 0x0100, 4, true, 0},
    GICD_PAIR("GICD_ISENABLER5", 0x0100),
    GICD_PAIR("GICD_ISPENDR5", 0x0200),
    GICD_PAIR("GICD_ISACTIVER5", 0x0300),
    {"GICD_IPRIORITYR0", GICD, 0x0400, 4, true, 0},
    {"GICD_IPRIORITYR40", GICD, 0x0400 + 32 * WORD, 4, true, 0},
    {"GICD_ITARGETSR40", GICD, 0x0800 + 32 * WORD, 4, true, 0},
    {"GICD_ICFGR0", GICD, 0x0c00, 4, true, 0},
    {"GICD_ICFGR10", GICD, 0x0c00 + 8 * WORD, 4, true, 0},
    {"GICD_IGRPMODR5", GICD, 0x0d00 + 4 * WORD, 4, true, 0},
    {"GICD_NSACR10", GICD, 0x0e00 + 8 * WORD, 4, true, 0},
    {"GICD_IROUTER160", GICD, 0x6000 + 8 * 32 * WORD, 8, true, 0},
    {"GICD_IROUTER1000", GICD, 0x6000 + 8 * 1000, 8, true, 0},
    {"GICD_PIDR4", GICD, 0xffd0, 4, true, 0},
    {"GICD_PIDR0", GICD, 0xffe0, 4, true, 0},
    {"GICD_PIDR1", GICD, 0xffe4, 4, true, 0},
    {"GICD_PIDR2", GICD, 0xffe8, 4, true, 0},
    {"GICD_CIDR0", GICD, 0xfff0, 4, true, 0},
    {"GICD_CIDR3", GICD, 0xfffc, 4, true, 0},
    {"GICR_CTLR", GICR, 0x0000, 4, false, 0},
    {"GICR_IIDR", GICR, 0x0004, 4, true, 0},
    {"GICR_TYPER", GICR, 0x0008, 8, true, 0},
    {"GICR_WAKER", GICR, 0x0014, 4, false, 0},
    {"GICR_PROPBASER", GICR, 0x0070, 8, true, 0},
    {"GICR_PENDBASER", GICR, 0x0078, 8, true, 0},
    {"GICR_PIDR0", GICR, 0xffe0, 4, true, 0},
    {"GICR_PIDR2", GICR, 0xffe8, 4, true, 0},
    {"GICR_IGROUPR0", GICR, SGI_BASE + 0x0080, 4, true, 0},
    {"GICR_ISENABLER0", GICR, SGI_BASE + 0x0100, 4, true, SGI_BASE + 0x0180},
    {"GICR_ISACTIVER0", GICR, SGI_BASE + 0x0300, 4, true, SGI_BASE + 0x0380},
    {"GICR_IPRIORITYR0", GICR, SGI_BASE + 0x0400, 4, true, 0},
    {"GICR_IPRIORITYR7", GICR, SGI_BASE + 0x041c, 4, true, 0},
    {"GICR_ICFGR0", GICR, SGI_BASE + 0x0c00, 4, true, 0},
    {"GICR_ICFGR1", GICR, SGI_BASE + 0x0c04, 4, true, 0},
    {"GICR_IGRPMODR0", GICR, SGI_BASE + 0x0d00, 4, true, 0},
    {"GICR_NSACR", GICR, SGI_BASE + 0x0e00, 4, true, 0},
    {"GITS_CTLR", GITS, 0x0000, 4, false, 0},
    {"GITS_IIDR", GITS, 0x0004, 4, true, 0},
    {"GITS_TYPER", GITS, 0x0008, 8, true, 0},
    {"GITS_CBASER", GITS, 0x0080, 8, true, 0},
    {"GITS_CWRITER", GITS, 0x0088, 8, true, 0},
    {"GITS_CREADR", GITS, 0x0090, 8, true, 0},
    {"GITS_BASER0", GITS, 0x0100, 8, true, 0},
    {"GITS_BASER1", GITS, 0x0108, 8, true, 0},
    {"GITS_BASER2", GITS, 0x0110, 8, true, 0},
    {"GITS_PIDR0", GITS, 0xffe0, 4, true, 0},
    {"GITS_PIDR2", GITS, 0xffe8, 4, true, 0},
};

static uint64_t read_row(uint64_t address, const row_t *row)
{
    return row->width_bytes == 8 ? mmio_read64(address) : mmio_read32(address);
}

static void write_row(uint64_t address, const row_t *row, uint64_t value)
{
    row->width_bytes == 8 ? mmio_write64(address, value) : mmio_write32(address, (uint32_t)value);
}

static void show(uint64_t base, const row_t *row)
{
    const uint64_t address = base + row->offset, before = read_row(address, row);
    if (!row->is_written) {
        print("%s %lx\n", row->name, before);
        return;
    }
    write_row(address, row, UINT64_MAX);
    const uint64_t ones = read_row(address, row);
    write_row(address, row, 0);
    const uint64_t zeros = read_row(address, row);
    if (row->cleared_by != 0)
        write_row(base + row->cleared_by, row, ~before);
    else
        write_row(address, row, before);
    print("%s %lx, %lx after ones, %lx after zeros, %lx at last\n", row->name, before, ones, zeros,
          read_row(address, row));
}

/* --- ICC --- */

#define SHOW_ICC(register, name)                                                                                       \
    do {                                                                                                               \
        const uint64_t before = read_sysreg(register);                                                                 \
        write_sysreg(register, UINT64_MAX);                                                                            \
        isb();                                                                                                         \
        const uint64_t ones = read_sysreg(register);                                                                   \
        write_sysreg(register, 0);                                                                                     \
        isb();                                                                                                         \
        const uint64_t zeros = read_sysreg(register);                                                                  \
        write_sysreg(register, before);                                                                                \
        isb();                                                                                                         \
        print("%s %lx, %lx after ones, %lx after zeros\n", name, before, ones, zeros);                                 \
    } while (0)

static void show_interface(void)
{
    SHOW_ICC(icc_pmr_el1, "ICC_PMR_EL1");
    SHOW_ICC(icc_bpr0_el1, "ICC_BPR0_EL1");
    SHOW_ICC(icc_bpr1_el1, "ICC_BPR1_EL1");
    SHOW_ICC(icc_ctlr_el1, "ICC_CTLR_EL1");
    SHOW_ICC(icc_sre_el1, "ICC_SRE_EL1");
    SHOW_ICC(icc_igrpen0_el1, "ICC_IGRPEN0_EL1");
    SHOW_ICC(icc_igrpen1_el1, "ICC_IGRPEN1_EL1");
    SHOW_ICC(icc_ap0r0_el1, "ICC_AP0R0_EL1");
    SHOW_ICC(icc_ap1r0_el1, "ICC_AP1R0_EL1");
    print("ICC_RPR_EL1 %lx\n", read_sysreg(icc_rpr_el1));
    print("ICC_HPPIR0_EL1 %lx\n", read_sysreg(icc_hppir0_el1));
    print("ICC_HPPIR1_EL1 %lx\n", read_sysreg(icc_hppir1_el1));
    print("ICC_IAR0_EL1 %lx\n", read_sysreg(icc_iar0_el1));
    print("ICC_IAR1_EL1 %lx\n", read_sysreg(icc_iar1_el1));
}

option_t image_options[] = {{.name = NULL}};

void image_main(void)
{
    const uint64_t base[] = {
        [GICD] = board_get()->gicd.base,
        [GICR] = cpu_self()->gicr_base,
        [GITS] = ITS,
    };
    vm_map(&vm_kernel, ITS, ITS, ITS_BYTES, VM_DEVICE);
    interrupts_off();
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        show(base[rows[i].frame], &rows[i]);
    show_interface();
    interrupts_on();
}
