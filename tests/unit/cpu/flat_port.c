#include "flat_port.h"

#include "cpu/core.h"
#include "cpu/isa/isa.h"
#include "cpu/memory_inline.h"
#include "cpu/row_counts.h"
#include "cpu/step.h"
#include "interconnect/atomic.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static flat_memory_t *memory_of(const cpu_t *cpu)
{
    return cpu->port_state;
}

/* The bytes of the access, or NULL with *ret_status saying why not. */
static uint8_t *begin(cpu_t *cpu, const cpu_access_t *access, cpu_status_t *ret_status)
{
    flat_memory_t *memory = memory_of(cpu);
    uint64_t length = (uint64_t)access->size_bytes * access->elements, offset = access->va - memory->base;
    memory->access = *access;
    if (memory->retry) {
        memory->retry = false;
        *ret_status = CPU_RETRY;
        return NULL;
    }
    bool misaligned = access->flags & CPU_ACCESS_ORDERED && access->va & (length - 1);
    if (misaligned || offset >= memory->size_bytes || memory->size_bytes - offset < length) {
        memory->faults++;
        *ret_status = CPU_JUMP;
        return NULL;
    }
    *ret_status = memory->accepted;
    return memory->bytes + offset;
}

static cpu_status_t load(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access)
{
    (void)in;
    (void)now_cycles;
    cpu_status_t status;
    const uint8_t *bytes = begin(cpu, access, &status);
    if (!bytes)
        return status;
    if (access->flags & CPU_ACCESS_EXCLUSIVE) {
        flat_memory_t *memory = memory_of(cpu);
        memory->monitor_armed = true;
        memory->monitor_va = access->va;
        memory->monitor_bytes = (unsigned)access->size_bytes * access->elements;
    }
    memory_deliver_all(cpu, access, bytes);
    return status;
}

static cpu_status_t store(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                          const uint64_t *values)
{
    (void)in;
    (void)now_cycles;
    cpu_status_t status;
    uint8_t *bytes = begin(cpu, access, &status);
    if (bytes)
        memory_bytes(access, values, bytes);
    return status;
}

static cpu_status_t store_exclusive(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                    const uint64_t *values)
{
    (void)in;
    (void)now_cycles;
    flat_memory_t *memory = memory_of(cpu);
    cpu_status_t status;
    uint8_t *bytes = begin(cpu, access, &status);
    if (!bytes)
        return status;
    bool stored = memory->monitor_armed && memory->monitor_va == access->va &&
                  memory->monitor_bytes == (unsigned)access->size_bytes * access->elements;
    memory->monitor_armed = false;
    if (stored)
        memory_bytes(access, values, bytes);
    set_x(cpu, access->rs, !stored);
    return status;
}

static cpu_status_t atomic(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                           chi_atomic_op_t op, uint64_t operand)
{
    (void)in;
    (void)now_cycles;
    cpu_status_t status;
    uint8_t *bytes = begin(cpu, access, &status);
    if (!bytes)
        return status;
    uint64_t old = memory_raw(bytes, access->size_bytes);
    uint64_t value = chi_atomic_apply(op, old, operand, access->size_bytes);
    memory_bytes(access, &value, bytes);
    set_x(cpu, access->rt, old);
    return status;
}

static cpu_status_t compare_and_swap(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const cpu_access_t *access,
                                     const uint64_t *compare, const uint64_t *values)
{
    (void)in;
    (void)now_cycles;
    cpu_status_t status;
    uint8_t *bytes = begin(cpu, access, &status);
    if (!bytes)
        return status;
    uint8_t old[32], expected[32];
    size_t length = (size_t)access->size_bytes * access->elements;
    memcpy(old, bytes, length);
    memory_bytes(access, compare, expected);
    if (memcmp(old, expected, length) == 0)
        memory_bytes(access, values, bytes);
    memory_deliver_all(cpu, access, old);
    return status;
}

static cpu_status_t prefetch(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, uint64_t va, bool for_store)
{
    (void)in;
    (void)now_cycles;
    flat_memory_t *memory = memory_of(cpu);
    memory->prefetches++;
    memory->prefetch_va = va;
    memory->prefetch_for_store = for_store;
    return CPU_OK;
}

static cpu_status_t barrier(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, cpu_barrier_t kind,
                            cpu_barrier_types_t types, unsigned domain)
{
    (void)in;
    (void)now_cycles;
    flat_memory_t *memory = memory_of(cpu);
    memory->barriers++;
    memory->barrier = kind;
    memory->barrier_types = types;
    memory->barrier_domain = domain;
    return CPU_OK;
}

static cpu_status_t isb(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    (void)in;
    (void)now_cycles;
    memory_of(cpu)->isbs++;
    return CPU_OK;
}

static void clear_exclusive(cpu_t *cpu, bool exception_return)
{
    (void)exception_return;
    memory_of(cpu)->monitor_armed = false;
}

static void send_event(cpu_t *cpu, uint64_t now_cycles)
{
    (void)now_cycles;
    memory_of(cpu)->events++;
}

static void context_changed(cpu_t *cpu)
{
    (void)cpu;
}

/* Cache and TLB maintenance have nothing to act on here, and no test asks for them. */
const cpu_memory_port_t flat_port = {
    .load = load,
    .store = store,
    .store_exclusive = store_exclusive,
    .atomic = atomic,
    .compare_and_swap = compare_and_swap,
    .prefetch = prefetch,
    .barrier = barrier,
    .isb = isb,
    .clear_exclusive = clear_exclusive,
    .send_event = send_event,
    .context_changed = context_changed,
};

void flat_cpu_clear_l0(cpu_t *cpu)
{
    for (unsigned i = 0; i < CPU_L0_ENTRIES; i++)
        cpu->l0[i].read_tag = cpu->l0[i].write_tag = CPU_L0_NONE;
}

cpu_t *flat_cpu_new(flat_memory_t *memory)
{
    cpu_t *cpu = calloc(1, sizeof *cpu + CPU_L0_ENTRIES * sizeof(cache_line_t));
    cpu->core = calloc(1, sizeof *cpu->core); /* handlers leave notes there */
    cpu->port = &flat_port;
    cpu->port_state = memory;
    cpu->pstate.el = 1;
    cpu->pstate.sp_select = true;
    cpu->sys.CPACR_EL1 = CPU_CPACR_FPEN;
    cpu->limit_cycles = UINT64_MAX;
    flat_cpu_clear_l0(cpu);
    for (unsigned i = 0; i < CPU_FETCH_L0_ENTRIES; i++)
        cpu->fetch_l0[i].tag = CPU_L0_NONE;
    return cpu;
}

static cpu_row_counts_t row_counts;

void flat_count_row(cpu_opcode_t row, unsigned times)
{
    row_counts.rows[row] += times;
}

static void write_row_counts(void)
{
    const char *path = getenv("MESIM_ROW_COUNTS");
    base_error_t error;
    if (path)
        cr_assert_eq(cpu_row_counts_append(&row_counts, path, &error), 0, "%s", error.text);
    memset(&row_counts, 0, sizeof row_counts);
}

void flat_cpu_free(cpu_t *cpu)
{
    write_row_counts();
    free(cpu->core);
    free(cpu);
}

void flat_cpu_fill_l0(cpu_t *cpu, uint64_t va)
{
    cache_line_t *lines = (cache_line_t *)(cpu + 1);
    for (uint64_t tag = va >> CHI_LINE_SHIFT; tag < (va >> CHI_LINE_SHIFT) + CPU_L0_ENTRIES; tag++) {
        unsigned index = tag & (CPU_L0_ENTRIES - 1);
        cpu->l0[index].read_tag = cpu->l0[index].write_tag = tag;
        cpu->l0[index].line = &lines[index];
        cpu->l0[index].data = memory_of(cpu)->bytes + ((tag << CHI_LINE_SHIFT) - memory_of(cpu)->base);
    }
}

cpu_status_t flat_cpu_step(cpu_t *cpu, const cpu_insn_t *in, uint64_t pc, uint64_t *ret_next)
{
    const cpu_exec_t *exec = &cpu_exec_table[in->opcode];
    cpu_status_t status = CPU_OK;
    cpu->line_pc = pc;
    cpu->line_insns = in;
    *ret_next = pc + 4;
    switch (exec->kind) {
    case CPU_KIND_ALU:
    case CPU_KIND_FP: exec->alu(cpu, in); break;
    case CPU_KIND_BRANCH:
        if (exec->branch(cpu, in))
            *ret_next = pc + (uint64_t)in->imm;
        break;
    case CPU_KIND_BRANCH_REG: *ret_next = exec->branch_reg(cpu, in); break;
    case CPU_KIND_MEMORY:
    case CPU_KIND_FP_MEMORY: status = exec->memory(cpu, in, 0); break;
    default: status = exec->system(cpu, in, 0); break;
    }
    if (status == CPU_OK || status == CPU_LEAVE || exec->kind == CPU_KIND_SYSTEM)
        flat_count_row(in->opcode, 1);
    return status;
}

const cpu_insn_t *flat_stop(cpu_t *cpu, const cpu_insn_t *in, uint64_t base)
{
    cpu_count_segment(cpu, in);
    cpu->pc = cpu_pc(cpu, in);
    cpu->next = NULL;
    cpu->base_cycles = base;
    return NULL;
}

void flat_cpu_enter(cpu_t *cpu, const cpu_insn_t *insns, unsigned index, uint64_t pc)
{
    const cpu_insn_t *in = &insns[index];
    cpu->line_pc = pc;
    cpu->line_insns = insns;
    cpu->segment = in;
    cpu->next = NULL;
#if MESIM_THREADED
    in->handler(cpu, in, 0);
#else
    cpu->base_cycles = 0;
    while (in)
        in = in->handler(cpu, in, cpu->base_cycles);
#endif
}
