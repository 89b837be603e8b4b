/* Register accesses: from the memory-system message to a row of a table and back. */
#include "gic/register.h"

#include "base/bits.h"
#include "interconnect/endpoint.h"
#include "interconnect/send.h"

#include <inttypes.h>

/* A register access on its way through a table. */
typedef struct access {
    const chi_message_t *request;
    uint64_t now_ps;
    const gic_register_table_t *table;
    gic_frame_t frame;
    uint64_t offset;
    bool is_write;
} access_t;

/* IHI 0069 section 12.1.3: reserved accesses are RAZ/WI. */
static void reject(const access_t *access, const char *name, const char *why)
{
    const chi_message_t *request = access->request;
    observe_guest_error(&access->frame.dist->log, access->now_ps, request->source, request->pc,
                        "%s of %u bytes at %s offset 0x%" PRIx64 "%s%s%s: %s", access->is_write ? "write" : "read",
                        request->size_bytes, access->table->frame, access->offset, *name ? " (" : "", name,
                        *name ? ")" : "", why);
}

void gic_register_complain(const gic_frame_t *frame, const char *complaint)
{
    observe_guest_error(&frame->dist->log, frame->now_ps, frame->request->source, frame->request->pc, "%s", complaint);
}

static const gic_register_t *find(const gic_register_table_t *table, uint64_t offset)
{
    for (size_t i = 0; i < table->count; i++) {
        const gic_register_t *row = &table->rows[i];
        if (offset >= row->offset && offset < row->offset + (uint64_t)row->count * row->width_bytes)
            return row;
    }
    return NULL;
}

static uint64_t read_row(const access_t *access, const gic_register_t *row, unsigned index, unsigned shift)
{
    if (row->kind == GIC_RAZ_WI)
        return 0;
    if (row->kind == GIC_WO) {
        reject(access, row->name, "write-only, reads as zero");
        return 0;
    }
    return bits_get(row->read(&access->frame, index), shift, access->request->size_bytes * 8u);
}

static void write_row(const access_t *access, const gic_register_t *row, unsigned index, unsigned shift)
{
    if (row->kind == GIC_RAZ_WI)
        return;
    if (row->kind == GIC_RO) {
        reject(access, row->name, "read-only, ignored");
        return;
    }
    uint64_t lanes = bits_mask(access->request->size_bytes * 8u) << shift;
    if (!GIC_HAS_FAULT(access->frame.dist, WRITE_MASK))
        lanes &= row->write_mask;
    row->write(&access->frame, index, (chi_endpoint_value(access->request) << shift) & lanes, lanes);
}

static uint64_t perform(const access_t *access)
{
    const chi_message_t *request = access->request;
    const gic_register_t *row = find(access->table, access->offset);
    if (!row) {
        reject(access, "", "reserved, read as zero and ignored on write");
        return 0;
    }
    if (!chi_endpoint_scalar(request) || !(request->size_bytes & row->access_bytes)) {
        reject(access, row->name, "of a size or alignment that it does not have, reads as zero, ignored on write");
        return 0;
    }
    unsigned index = (unsigned)(access->offset - row->offset) / row->width_bytes;
    unsigned shift = (unsigned)(access->offset - row->offset) % row->width_bytes * 8;
    if (!access->is_write)
        return read_row(access, row, index, shift);
    write_row(access, row, index, shift);
    return 0;
}

void gic_register_access(gic_distributor_t *dist, uint64_t now_ps, const chi_message_t *request)
{
    access_t access = {.request = request,
                       .now_ps = now_ps,
                       .table = &gic_gicd_registers,
                       .frame = {.dist = dist, .now_ps = now_ps, .request = request},
                       .offset = request->address - dist->config.gicd_base,
                       .is_write = request->opcode == CHI_WRITE_NO_SNOOP};
    if (!access.is_write && request->opcode != CHI_READ_NO_SNOOP)
        base_bug("the distributor receives %s", chi_opcode_name(request->opcode));
    uint64_t gicr_offset = request->address - dist->config.gicr_base;
    bool in_gicd = access.offset < GICD_FRAME_BYTES;
    bool in_gicr = gicr_offset < (uint64_t)dist->config.cores * GICR_BYTES_PER_CORE;
    if (in_gicr) {
        access.table = &gic_gicr_registers;
        access.frame.core = (unsigned)(gicr_offset / GICR_BYTES_PER_CORE);
        access.offset = gicr_offset % GICR_BYTES_PER_CORE;
    }
    uint64_t gits_offset = request->address - dist->config.its_base;
    bool in_gits = dist->config.its_base && gits_offset < GITS_FRAME_BYTES;
    if (in_gits) {
        access.table = &gic_gits_registers;
        access.offset = gits_offset;
    }
    access.is_write ? dist->stats.register_writes++ : dist->stats.register_reads++;
    uint64_t value = in_gicd || in_gicr || in_gits ? perform(&access) : 0;
    chi_message_t answer = chi_endpoint_answer(request, value);
    if (!in_gicd && !in_gicr && !in_gits)
        answer.error = CHI_DECERR;
    chi_send(dist->to_system, now_ps, dist->config.register_ps, &answer);
}

uint64_t gic_identification(unsigned index, uint8_t part)
{
    /* PIDR4 to 7, PIDR0 to 3, CIDR0 to 3, as GIC-500 has them (ARM DDI 0516, section 3.2.9): designer Arm, PIDR2 bits
     * 7:4 = 3 for GICv3 (IHI 0069 section 12.9, GICD_PIDR2). */
    static const uint8_t bytes[] = {0x44, 0, 0, 0, 0, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1};
    return index == 4 ? part : bytes[index];
}
