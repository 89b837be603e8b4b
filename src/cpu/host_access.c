#include "cpu/host_access.h"

#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/functional.h"
#include "cpu/timing_port.h"

#include <string.h>

/* What an access of that kind meets: part is filled in, or *ret_failed set, on CPU_OK. */
static cpu_status_t translate(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, unsigned count,
                              mmu_access_t direction, cpu_part_t *ret_part, bool *ret_failed)
{
    mmu_translation_t translation;
    mmu_fault_t fault;
    cpu->pc = cpu_pc(cpu, in); /* for the walk's requests */
    mmu_result_t result = mmu_translate(cpu->mmu, cpu_ps(cpu, now_cycles), va, direction, cpu->pstate.el > 0,
                                        cpu->pstate.pan, &translation, &fault);
    *ret_failed = result == MMU_FAULT;
    if (result == MMU_WAIT)
        return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_WALK);
    if (result == MMU_OK) {
        cpu->delay_cycles += translation.cycles;
        *ret_part = (cpu_part_t){.physical = translation.physical,
                                 .length = (uint8_t)count,
                                 .memory_type = translation.memory_type,
                                 .shareability = translation.shareability,
                                 .writable = translation.writable};
    }
    return CPU_OK;
}

/* An access of the widest elements that the address permits to Device memory. */
static cpu_access_t access_of(uint64_t va, unsigned count)
{
    uint64_t low = va | count | sizeof(uint64_t);
    unsigned size_bytes = (unsigned)(low & -low);
    return (cpu_access_t){.va = va, .size_bytes = (uint8_t)size_bytes, .elements = (uint8_t)(count / size_bytes)};
}

/* An error that came back for the access under way: an external abort, had it been an instruction's. */
static bool transfer_failed(cpu_t *cpu)
{
    cpu_transfer_t *transfer = &cpu->core->transfer;
    if (!transfer->arrived || transfer->error == CHI_OKAY)
        return false;
    *transfer = (cpu_transfer_t){0};
    return true;
}

/* Functional mode: where the bytes are, if they are in RAM. */
static uint8_t *place_of(const cpu_t *cpu, const cpu_part_t *part)
{
    return cpu->core->functional ? cpu_functional_ram(cpu->core->functional, part->physical, part->length) : NULL;
}

static bool by_caches(const cpu_t *cpu, const cpu_part_t *part)
{
    return !cpu->core->functional && part->memory_type >= CHI_NORMAL_WT;
}

/* --- reading --- */

static cpu_status_t read_cached(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_part_t *part,
                                uint8_t *ret_bytes, bool *ret_failed)
{
    cache_line_t *line = cache_l1d_lookup(cpu->core->l1d, part->physical);
    if (!line && cpu_take_line_failure(cpu, part->physical)) {
        *ret_failed = true;
        return CPU_OK;
    }
    if (!line) {
        cache_l1d_request(cpu->core->l1d, cpu_ps(cpu, now_cycles), part->physical, CACHE_WANT_READ, part->shareability,
                          cpu_pc(cpu, in));
        return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_LOADS);
    }
    line->last_use = now_cycles;
    memcpy(ret_bytes, line->data + (part->physical & (CHI_LINE_BYTES - 1)), part->length);
    cpu_show_load(cpu, now_cycles, part->physical, ret_bytes, part->length);
    return CPU_OK;
}

static cpu_status_t read_uncached(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va,
                                  const cpu_part_t *part, uint8_t *ret_bytes, bool *ret_failed)
{
    uint8_t bytes[CPU_ACCESS_MAX_BYTES];
    cpu_access_t access = access_of(va, part->length);
    *ret_failed = transfer_failed(cpu);
    if (*ret_failed)
        return CPU_OK;
    cpu_status_t status = cpu_transfer_read(cpu, in, now_cycles, &access, part, 1, bytes);
    if (status == CPU_OK)
        memcpy(ret_bytes, bytes, part->length);
    return status;
}

cpu_status_t cpu_host_read(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, uint8_t *ret_bytes,
                           unsigned count, bool *ret_failed)
{
    cpu_part_t part;
    cpu_status_t status = translate(cpu, in, now_cycles, va, count, MMU_READ, &part, ret_failed);
    if (status != CPU_OK || *ret_failed)
        return status;
    const uint8_t *place = place_of(cpu, &part);
    if (place) {
        memcpy(ret_bytes, place, count);
        return CPU_OK;
    }
    if (by_caches(cpu, &part) && !cpu_fault_injected(cpu, CPU_INJECT_HOST_READS_BEHIND_CACHES))
        return read_cached(cpu, in, now_cycles, &part, ret_bytes, ret_failed);
    return read_uncached(cpu, in, now_cycles, va, &part, ret_bytes, ret_failed);
}

/* --- writing --- */

static cpu_status_t write_cached(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va,
                                 const cpu_part_t *part, const uint8_t *bytes, bool *ret_failed)
{
    cache_line_t *line;
    uint8_t data[CHI_LINE_BYTES];
    unsigned offset = part->physical & (CHI_LINE_BYTES - 1);
    cpu_access_t access = access_of(va, part->length);
    if (!cache_l1d_lookup(cpu->core->l1d, part->physical) && cpu_take_line_failure(cpu, part->physical)) {
        *ret_failed = true;
        return CPU_OK;
    }
    cpu_status_t status = cpu_own_line(cpu, in, now_cycles, &access, part, CPU_STALL_PLAIN, &line);
    if (status != CPU_OK)
        return status;
    memcpy(data + offset, bytes, part->length);
    cpu_store_write(cpu, cpu_ps(cpu, now_cycles), line, bits_mask(part->length) << offset, data);
    return CPU_OK;
}

static cpu_status_t write_uncached(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va,
                                   const cpu_part_t *part, const uint8_t *bytes, bool *ret_failed)
{
    cpu_access_t access = access_of(va, part->length);
    *ret_failed = transfer_failed(cpu);
    return *ret_failed ? CPU_OK : cpu_transfer_write(cpu, in, now_cycles, &access, part, 1, bytes);
}

cpu_status_t cpu_host_write(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, const uint8_t *bytes,
                            unsigned count, bool *ret_failed)
{
    cpu_part_t part;
    cpu_status_t status = translate(cpu, in, now_cycles, va, count, MMU_WRITE, &part, ret_failed);
    if (status != CPU_OK || *ret_failed)
        return status;
    uint8_t *place = place_of(cpu, &part);
    if (place) {
        memcpy(place, bytes, count);
        cpu_functional_store_done(cpu, now_cycles, part.physical);
        return CPU_OK;
    }
    if (by_caches(cpu, &part))
        return write_cached(cpu, in, now_cycles, va, &part, bytes, ret_failed);
    return write_uncached(cpu, in, now_cycles, va, &part, bytes, ret_failed);
}
