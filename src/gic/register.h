/* Register tables of the GIC's memory-mapped frames: one row a register or array of registers, in the manual's order.
 * Private to src/gic. */
#ifndef MESIM_GIC_REGISTER_H
#define MESIM_GIC_REGISTER_H

#include "gic/internal.h"

#include <stddef.h>
#include <stdint.h>

/* A frame as an access sees it: the distributor's, or those of one core's redistributor. */
typedef struct gic_frame {
    gic_distributor_t *dist;
    unsigned core;
    uint64_t now_ps;
    const chi_message_t *request; /* the access */
} gic_frame_t;

typedef enum gic_register_kind {
    GIC_RW,
    GIC_RO,     /* writes are ignored and logged */
    GIC_WO,     /* reads give 0 and are logged */
    GIC_RAZ_WI, /* exists in the architecture, has no function in this configuration */
} gic_register_kind_t;

/* Reads and writes whole registers; `index` counts the registers of an array from 0. A write changes only the bits in
 * `lanes`: those bytes that the access covers, without what the write mask holds back. */
typedef uint64_t gic_register_read_t(const gic_frame_t *frame, unsigned index);
typedef void gic_register_write_t(const gic_frame_t *frame, unsigned index, uint64_t value, uint64_t lanes);

typedef struct gic_register {
    const char *name;
    uint32_t offset;
    uint16_t count;
    uint8_t width_bytes;  /* 4 or 8 */
    uint8_t access_bytes; /* the access sizes of IHI 0069 section 12.1.3, ORed: 4, 4|8, 1|4 */
    gic_register_kind_t kind;
    uint64_t write_mask; /* bits that are not RAZ/WI */
    gic_register_read_t *read;
    gic_register_write_t *write;
} gic_register_t;

typedef struct gic_register_table {
    const char *frame; /* "GICD", "GICR" */
    const gic_register_t *rows;
    size_t count;
} gic_register_table_t;

extern const gic_register_table_t gic_gicd_registers; /* gicd.c */
extern const gic_register_table_t gic_gicr_registers; /* gicr.c: RD_base, and SGI_base at +64 KB */

extern const gic_register_table_t gic_gits_registers; /* gits.c */

/* Logs what the guest did with a register as its error. */
void gic_register_complain(const gic_frame_t *frame, const char *complaint);

/* The identification registers from 0xffd0 to 0xfffc of both frames; `part` is PIDR0. */
uint64_t gic_identification(unsigned index, uint8_t part);

/* --- registers with a bit or byte an interrupt, the same in both frames: banks.c --- */
uint64_t gic_bank_read_edge(const gic_bank_t *bank, unsigned half);
void gic_bank_write_edge(gic_bank_t *bank, unsigned half, uint64_t value, uint64_t lanes);
uint64_t gic_bank_read_priority(const gic_bank_t *bank, unsigned word);
void gic_bank_write_priority(gic_bank_t *bank, unsigned word, uint64_t value, uint64_t lanes);

/* (old with the bits in lanes replaced by those of value) */
static inline uint64_t gic_register_merge(uint64_t old, uint64_t value, uint64_t lanes)
{
    return (old & ~lanes) | (value & lanes);
}

#endif
