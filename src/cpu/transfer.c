/* Device and Non-cacheable accesses: they go to their endpoint one after another, never through a cache.
 *
 * A read, and a write that needs its endpoint's answer (nGnRnE), holds the core until the answer is there; reads that
 * may overlap do not come here (load_around.h). Other writes are posted: the core goes on, and barriers wait for their
 * completion; those that permit gathering wait in the write-combining buffer first. The path keeps a core's accesses in
 * order. */
#include "cpu/transfer.h"

#include "cpu/combine.h"
#include "cpu/core.h"
#include "cpu/exception.h"
#include "cpu/load_around.h"
#include "cpu/memory_trace.h"

#include <string.h>

void cpu_transfer_receive(cpu_transfer_t *transfer, const chi_message_t *message)
{
    transfer->arrived = true;
    transfer->error = message->error;
    memcpy(transfer->data, message->data, CHI_LINE_BYTES);
}

/* Device accesses are never merged (Arm ARM B2.3.3). */
unsigned cpu_transfer_pieces(const cpu_access_t *access, const cpu_part_t *parts, unsigned count)
{
    return parts[0].memory_type < CHI_NORMAL_NC ? access->elements : count;
}

cpu_part_t cpu_transfer_piece(const cpu_access_t *access, const cpu_part_t *parts, unsigned index)
{
    if (parts[0].memory_type >= CHI_NORMAL_NC)
        return parts[index];
    unsigned first = index * access->size_bytes;
    cpu_part_t piece = first < parts[0].length ? parts[0] : parts[1];
    piece.physical += first - piece.first;
    piece.first = (uint8_t)first;
    piece.length = access->size_bytes;
    return piece;
}

static chi_message_t message_for(const cpu_part_t *piece, chi_opcode_t opcode, uint64_t pc)
{
    return (chi_message_t){
        .opcode = (uint8_t)opcode,
        .memory_type = piece->memory_type,
        .shareability = piece->shareability,
        .size_bytes = piece->length,
        .transaction = CPU_TRANSACTION_TRANSFER,
        .address = piece->physical,
        .pc = pc,
    };
}

static void start_read(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_part_t *piece)
{
    chi_message_t message = message_for(piece, CHI_READ_NO_SNOOP, cpu_pc(cpu, in));
    cpu->core->transfer.active = true;
    cpu->core->transfer.address = piece->physical;
    cpu_send(cpu, now_cycles, &message);
}

static void start_write(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_part_t *piece,
                        const uint8_t *bytes, bool posted)
{
    chi_message_t message = message_for(piece, CHI_WRITE_NO_SNOOP, cpu_pc(cpu, in));
    unsigned offset = piece->physical & (CHI_LINE_BYTES - 1);
    message.operand = bits_mask(piece->length) << offset;
    memcpy(message.data + offset, bytes + piece->first, piece->length);
    cpu_trace_memory(cpu, now_cycles, CPU_MEMORY_STORE_LEAVES, piece->physical, message.pc, bytes + piece->first,
                     piece->length);
    if (posted) {
        message.transaction = CPU_TRANSACTION_POSTED_WRITE;
        cpu->core->writes_pending++;
    } else {
        message.flags = CHI_FLAG_PERFORMED;
        cpu->core->transfer.active = true;
        cpu->core->transfer.address = piece->physical;
    }
    cpu_send(cpu, now_cycles, &message);
}

/* The answer for the present piece: CPU_OK, or an external abort (Arm ARM D17.2.37, DFSC 0b010000). */
static cpu_status_t finish_piece(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, bool write)
{
    cpu_transfer_t *transfer = &cpu->core->transfer;
    transfer->active = transfer->arrived = false;
    if (transfer->error == CHI_OKAY)
        return CPU_OK;
    *transfer = (cpu_transfer_t){0};
    return cpu_exception_data_abort(cpu, in, now_cycles, va, write, CPU_FAULT_EXTERNAL, false, true);
}

void cpu_transfer_count(cpu_t *cpu, const cpu_part_t *parts)
{
    if (parts[0].memory_type < CHI_NORMAL_NC)
        cpu->stats.device_accesses += 1;
    else
        cpu->stats.noncacheable_accesses += 1;
}

cpu_status_t cpu_transfer_read(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                               const cpu_part_t *parts, unsigned count, uint8_t *ret_bytes)
{
    cpu_transfer_t *transfer = &cpu->core->transfer;
    unsigned pieces = cpu_transfer_pieces(access, parts, count);
    if (transfer->arrived) {
        cpu_part_t piece = cpu_transfer_piece(access, parts, transfer->part);
        memcpy(transfer->bytes + piece.first, transfer->data + (piece.physical & (CHI_LINE_BYTES - 1)), piece.length);
        cpu_status_t status = finish_piece(cpu, in, now_cycles, access->va + piece.first, false);
        if (status != CPU_OK)
            return status;
        transfer->part++;
    }
    if (transfer->part == pieces) {
        memcpy(ret_bytes, transfer->bytes, sizeof(transfer->bytes));
        *transfer = (cpu_transfer_t){0};
        cpu_transfer_count(cpu, parts);
        return CPU_OK;
    }
    if (!transfer->active) {
        cpu_part_t piece = cpu_transfer_piece(access, parts, transfer->part);
        cpu_combine_flush_line(cpu, now_cycles, piece.physical);
        start_read(cpu, in, now_cycles, &piece);
    }
    return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_DEVICE);
}

static cpu_status_t write_posted(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                 const cpu_part_t *parts, unsigned pieces, const uint8_t *bytes)
{
    if (cpu->core->writes_pending >= CPU_MAX_POSTED_WRITES)
        return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_STORE_BUFFER);
    for (unsigned i = 0; i < pieces; i++) {
        cpu_part_t piece = cpu_transfer_piece(access, parts, i);
        cpu_combine_flush_line(cpu, now_cycles, piece.physical);
        start_write(cpu, in, now_cycles, &piece, bytes, true);
    }
    cpu_transfer_count(cpu, parts);
    return CPU_OK;
}

cpu_status_t cpu_transfer_write(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                const cpu_part_t *parts, unsigned count, const uint8_t *bytes)
{
    cpu_transfer_t *transfer = &cpu->core->transfer;
    unsigned pieces = cpu_transfer_pieces(access, parts, count);
    cpu_load_around_before_write(cpu, now_cycles, parts, count);
    if (cpu_combine_takes(cpu, parts[0].memory_type)) {
        if (!cpu_combine_store(cpu, now_cycles, cpu_pc(cpu, in), parts, count, bytes))
            return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_STORE_BUFFER);
        cpu_transfer_count(cpu, parts);
        return CPU_OK;
    }
    if (parts[0].memory_type != CHI_DEVICE_nGnRnE)
        return write_posted(cpu, in, now_cycles, access, parts, pieces, bytes);
    if (transfer->arrived) {
        cpu_part_t piece = cpu_transfer_piece(access, parts, transfer->part);
        cpu_status_t status = finish_piece(cpu, in, now_cycles, access->va + piece.first, true);
        if (status != CPU_OK)
            return status;
        transfer->part++;
    }
    if (transfer->part == pieces) {
        *transfer = (cpu_transfer_t){0};
        cpu_transfer_count(cpu, parts);
        return CPU_OK;
    }
    if (!transfer->active) {
        cpu_part_t piece = cpu_transfer_piece(access, parts, transfer->part);
        start_write(cpu, in, now_cycles, &piece, bytes, false);
    }
    return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_DEVICE);
}
