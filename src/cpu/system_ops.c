/* SYS: maintenance of caches and TLBs, address translation (Arm ARM C5.3 to C5.5). */
#include "cpu/core.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/guest_log.h"
#include "cpu/system.h"

enum { ACCESS_EL1, ACCESS_UCI, ACCESS_DZE, ACCESS_EnRCTX, CPU_FEAT_ALWAYS = CPU_FEAT_COUNT };
enum { DOMAIN_LOCAL, DOMAIN_INNER, DOMAIN_OUTER };

typedef enum operation_kind {
    KIND_CACHE,
    KIND_SET_WAY,
    KIND_ICACHE,
    KIND_TRANSLATE,
    KIND_TLB,
    KIND_PREDICTION
} operation_kind_t;

/* first, second, third: the columns of sysop.def after the feature. */
typedef struct operation {
    uint8_t kind, access, feature;
    uint8_t first, second, third;
} operation_t;

/* Every kind of row in terms of ROW(name, key without op0, kind, access, feature, first, second, third). */
#define KEY(op1, crn, crm, op2) (CPU_SYS_KEY(0, op1, crn, crm, op2))
#define CACHE(name, op1, crn, crm, op2, access, feature, operation)                                                    \
    ROW(name, KEY(op1, crn, crm, op2), KIND_CACHE, access, feature, operation, 0, 0)
#define SET_WAY(name, op1, crn, crm, op2, access, feature, clean, invalidate)                                          \
    ROW(name, KEY(op1, crn, crm, op2), KIND_SET_WAY, access, feature, clean, invalidate, 0)
#define ICACHE(name, op1, crn, crm, op2, access, feature, inner_shareable)                                             \
    ROW(name, KEY(op1, crn, crm, op2), KIND_ICACHE, access, feature, inner_shareable, 0, 0)
#define TRANSLATE(name, op1, crn, crm, op2, access, feature, write, privileged, pan)                                   \
    ROW(name, KEY(op1, crn, crm, op2), KIND_TRANSLATE, access, feature, write, privileged, pan)
#define TLB(name, op1, crn, crm, op2, access, feature, operation, domain)                                              \
    ROW(name, KEY(op1, crn, crm, op2), KIND_TLB, access, feature, operation, DOMAIN_##domain, 0)
#define PREDICTION(name, op1, crn, crm, op2, access, feature)                                                          \
    ROW(name, KEY(op1, crn, crm, op2), KIND_PREDICTION, access, feature, 0, 0, 0)

enum {
    OPERATION_NONE,
#define ROW(name, ...) OPERATION_##name,
#include "cpu/sysop.def"
#undef ROW
    OPERATION_COUNT
};

static const operation_t operations[OPERATION_COUNT] = {
#define ROW(name, key, kind, access, feature, first, second, third)                                                    \
    [OPERATION_##name] = {kind, ACCESS_##access, CPU_FEAT_##feature, first, second, third},
#include "cpu/sysop.def"
#undef ROW
};

/* Two rows with one encoding do not compile. */
#pragma GCC diagnostic error "-Woverride-init"
enum { OPERATION_KEYS = 1 << 14 };
static const uint8_t operation_of_key[OPERATION_KEYS] = {
#define ROW(name, key, ...) [key] = OPERATION_##name,
#include "cpu/sysop.def"
#undef ROW
};

/* AT: the result goes to PAR_EL1, faults included; only a bus error of the walk is an abort (AArch64.AT). */
static cpu_status_t translate(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const operation_t *operation,
                              uint64_t va)
{
    mmu_fault_t fault;
    uint32_t cycles;
    bool pan = operation->third && cpu->pstate.pan && !cpu_fault_injected(cpu, CPU_INJECT_AT_IGNORES_PAN);
    switch (mmu_address_translate(cpu->mmu, now_cycles * cpu->period_ps, va, operation->first, operation->second, pan,
                                  &cpu->sys.PAR_EL1, &cycles, &fault)) {
    case MMU_OK: cpu->delay_cycles += cycles; return CPU_LEAVE;
    case MMU_FAULT:
        return cpu_exception_data_abort(cpu, in, now_cycles, va, false, fault.status_code, true, fault.external);
    case MMU_WAIT: break;
    }
    return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_WALK);
}

/* The operation of a TLBI as the port wants it. No core is outside of the Inner Shareable domain. */
static unsigned tlb_operation(const cpu_t *cpu, const operation_t *operation)
{
    bool local = operation->second == DOMAIN_LOCAL ||
                 (operation->second == DOMAIN_OUTER && cpu_fault_injected(cpu, CPU_INJECT_TLBI_OS_STAYS_LOCAL));
    return operation->first | (local ? 0 : CPU_TLBI_INNER_SHAREABLE);
}

/* --- dispatch --- */

static cpu_status_t perform(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const operation_t *operation,
                            uint64_t value)
{
    const cpu_memory_port_t *port = cpu->port;
    switch ((operation_kind_t)operation->kind) {
    case KIND_CACHE: return port->cache_op(cpu, in, now_cycles, value, (cpu_cache_op_t)operation->first);
    case KIND_SET_WAY: return port->cache_op_set_way(cpu, in, now_cycles, value, operation->first, operation->second);
    case KIND_ICACHE: return port->invalidate_icache(cpu, in, now_cycles, operation->first);
    case KIND_TRANSLATE: return translate(cpu, in, now_cycles, operation, value);
    case KIND_TLB: return port->tlbi(cpu, in, now_cycles, tlb_operation(cpu, operation), value);
    case KIND_PREDICTION: return CPU_LEAVE;
    }
    return CPU_OK;
}

static cpu_status_t undefined(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key)
{
    cpu_log_guest_error(cpu, now_cycles, cpu_pc(cpu, in),
                        "system instruction op1 %u, C%u, C%u, op2 %u at EL%u: UNDEFINED", key >> 11 & 7, key >> 7 & 15,
                        key >> 3 & 15, key & 7, cpu->pstate.el);
    return cpu_exception_undefined_silently(cpu, in, now_cycles);
}

/* The control bit that opens an operation to EL0. */
static uint64_t opening_bit(const operation_t *operation)
{
    switch (operation->access) {
    case ACCESS_UCI: return CPU_SCTLR_UCI;
    case ACCESS_DZE: return CPU_SCTLR_DZE;
    case ACCESS_EnRCTX: return CPU_SCTLR_EnRCTX;
    default: return 0;
    }
}

cpu_status_t cpu_sys_sys(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, uint64_t value)
{
    const operation_t *operation = &operations[operation_of_key[key & (OPERATION_KEYS - 1)]];
    bool exists = operation != &operations[OPERATION_NONE] &&
                  (operation->feature == CPU_FEAT_ALWAYS || cpu_features_has(&cpu->features, operation->feature));
    if (!exists)
        return undefined(cpu, in, now_cycles, key);
    if (!cpu->pstate.el) {
        uint64_t bit = opening_bit(operation);
        if (!bit)
            return cpu_exception_undefined_silently(cpu, in, now_cycles);
        if (!(cpu->sys.SCTLR_EL1 & bit))
            return cpu_exception_sysreg_trap(cpu, in, now_cycles, key, in->rd < CPU_XZR ? in->rd : 31, false);
    }
    return perform(cpu, in, now_cycles, operation, value);
}

cpu_status_t cpu_sys_sysl(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, unsigned key, unsigned rt_slot)
{
    (void)rt_slot;
    return undefined(cpu, in, now_cycles, key);
}
