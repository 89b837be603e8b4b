/* Firmware calls: what concerns this core is answered here, the rest by the power controller. */
#include "cpu/psci.h"

#include "cpu/core.h"
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "cpu/system.h"
#include "device/power.h"

#include <string.h>

enum { PSCI_1_1 = 1 << 16 | 1, SMCCC_1_1 = 1 << 16 | 1, MIGRATION_NOT_REQUIRED = 2 };
enum { ARGUMENT_REGISTERS = 0xf /* X0 to X3, as cpu_insn_t.registers */ };

/* Function identifiers of SMC64 calls have bit 30; arguments of the others are W registers (DEN 0028, 2.5). */
static uint64_t argument(const cpu_t *cpu, unsigned number)
{
    return bit_get(cpu->x[0], 30) ? cpu->x[number] : (uint32_t)cpu->x[number];
}

static cpu_status_t answer(cpu_t *cpu, int64_t result)
{
    cpu->x[0] = (uint64_t)result;
    return CPU_LEAVE;
}

static void send(cpu_t *cpu, uint64_t now_cycles, device_power_message_t message)
{
    message.source = (uint8_t)cpu->index;
    engine_link_send(cpu->to_power, now_cycles * cpu->period_ps, 0, &message, sizeof(message), 1);
}

/* Sends a request and waits for its result. */
static cpu_status_t ask(cpu_t *cpu, uint64_t now_cycles, device_power_message_t message)
{
    send(cpu, now_cycles, message);
    if (cpu_fault_injected(cpu, CPU_INJECT_CPU_ON_WAITS_FOR_NONE))
        return answer(cpu, PSCI_SUCCESS);
    cpu->block = CPU_BLOCK_PSCI;
    return CPU_LEAVE;
}

static cpu_status_t cpu_on(cpu_t *cpu, uint64_t now_cycles)
{
    return ask(cpu, now_cycles,
               (device_power_message_t){.kind = DEVICE_POWER_CPU_ON,
                                        .target = argument(cpu, 1),
                                        .entry = argument(cpu, 2),
                                        .context = argument(cpu, 3)});
}

/* A level beyond 3 has no affinity field. */
static cpu_status_t affinity_info(cpu_t *cpu, uint64_t now_cycles)
{
    uint64_t level = argument(cpu, 2);
    if (level > 3)
        return answer(cpu, PSCI_INVALID_PARAMETERS);
    return ask(cpu, now_cycles,
               (device_power_message_t){
                   .kind = DEVICE_POWER_AFFINITY_INFO, .target = argument(cpu, 1), .level = (uint8_t)level});
}

/* No answer: the core is off until the power controller releases it. Its timers lose power with it. */
static cpu_status_t cpu_off(cpu_t *cpu, uint64_t now_cycles)
{
    cpu_timer_reset(cpu, now_cycles * cpu->period_ps);
    send(cpu, now_cycles, (device_power_message_t){.kind = DEVICE_POWER_CPU_OFF});
    cpu->block = CPU_BLOCK_OFF;
    return CPU_LEAVE;
}

static cpu_status_t system_end(cpu_t *cpu, uint64_t now_cycles, device_power_kind_t kind)
{
    send(cpu, now_cycles, (device_power_message_t){.kind = (uint8_t)kind});
    cpu->block = CPU_BLOCK_HALTED;
    return CPU_LEAVE;
}

static bool valid_entry(const cpu_t *cpu, uint64_t entry)
{
    const cpu_suspend_t *suspend = &cpu->suspend;
    bool inside = !suspend->entry_bytes || entry - suspend->entry_base < suspend->entry_bytes;
    return inside && !(entry & 3);
}

/* The core sleeps and loses its registers; what wakes it starts it at its entry. When something to wake for is pending
 * already nothing is lost and the call returns, as DEN 0022 section 5.4.5 permits. */
static cpu_status_t power_down(cpu_t *cpu)
{
    cpu->suspend.entry = argument(cpu, 2);
    cpu->suspend.context = argument(cpu, 3);
    if (!valid_entry(cpu, cpu->suspend.entry))
        return answer(cpu, PSCI_INVALID_ADDRESS);
    answer(cpu, PSCI_SUCCESS);
    cpu_wait_for_power(cpu);
    return CPU_LEAVE;
}

/* power_state: StateType is bit 16 in the original format; bits outside StateID 15:0, 16 and PowerLevel 25:24 are zero
 * (DEN 0022, 5.4). */
static cpu_status_t cpu_suspend(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    enum { STATE_POWERDOWN = 1 << 16, STATE_BITS = 0x0301ffff };
    uint64_t state = (uint32_t)cpu->x[1];
    if (state & ~(uint64_t)STATE_BITS)
        return answer(cpu, PSCI_INVALID_PARAMETERS);
    if (state & STATE_POWERDOWN)
        return power_down(cpu);
    answer(cpu, PSCI_SUCCESS);
    return cpu_wait_for_interrupt(cpu, in, now_cycles);
}

static bool is_implemented(uint64_t function)
{
    switch (function) {
    case PSCI_VERSION:
    case PSCI_CPU_SUSPEND:
    case PSCI_CPU_SUSPEND_64:
    case PSCI_CPU_OFF:
    case PSCI_CPU_ON:
    case PSCI_CPU_ON_64:
    case PSCI_AFFINITY_INFO:
    case PSCI_AFFINITY_INFO_64:
    case PSCI_MIGRATE_INFO_TYPE:
    case PSCI_SYSTEM_OFF:
    case PSCI_SYSTEM_RESET:
    case PSCI_FEATURES:
    case SMCCC_VERSION: return true;
    default: return false;
    }
}

cpu_status_t cpu_psci_call(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    if (cpu->pending & ARGUMENT_REGISTERS)
        return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_LOAD_VALUE);
    uint64_t function = (uint32_t)cpu->x[0];
    switch (function) {
    case PSCI_VERSION: return answer(cpu, PSCI_1_1);
    case PSCI_CPU_SUSPEND:
    case PSCI_CPU_SUSPEND_64: return cpu_suspend(cpu, in, now_cycles);
    case PSCI_CPU_OFF: return cpu_off(cpu, now_cycles);
    case PSCI_CPU_ON:
    case PSCI_CPU_ON_64: return cpu_on(cpu, now_cycles);
    case PSCI_AFFINITY_INFO:
    case PSCI_AFFINITY_INFO_64: return affinity_info(cpu, now_cycles);
    case PSCI_MIGRATE_INFO_TYPE: return answer(cpu, MIGRATION_NOT_REQUIRED);
    case PSCI_SYSTEM_OFF: return system_end(cpu, now_cycles, DEVICE_POWER_SYSTEM_OFF);
    case PSCI_SYSTEM_RESET: return system_end(cpu, now_cycles, DEVICE_POWER_SYSTEM_RESET);
    case PSCI_FEATURES: return answer(cpu, is_implemented((uint32_t)cpu->x[1]) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED);
    case SMCCC_VERSION: return answer(cpu, SMCCC_1_1);
    case SMCCC_ARCH_FEATURES:
        /* Only of the two functions that every implementation has (DEN 0028, 7.3); no workaround is offered. */
        return answer(cpu, argument(cpu, 1) == SMCCC_VERSION || argument(cpu, 1) == SMCCC_ARCH_FEATURES
                               ? PSCI_SUCCESS
                               : PSCI_NOT_SUPPORTED);
    default: return answer(cpu, PSCI_NOT_SUPPORTED); /* asking is how callers find out */
    }
}

void cpu_psci_receive(cpu_t *cpu, uint64_t now_ps, const void *payload)
{
    device_power_message_t message;
    memcpy(&message, payload, sizeof(message));
    switch (message.kind) {
    case DEVICE_POWER_RESULT:
        if (cpu->block != CPU_BLOCK_PSCI)
            break; /* halted meanwhile */
        cpu->x[0] = (uint64_t)message.result;
        cpu->block = CPU_RUNNING;
        break;
    case DEVICE_POWER_UP: cpu_power_up(cpu, now_ps, message.entry, message.context); break;
    case DEVICE_POWER_HALT: cpu->block = CPU_BLOCK_HALTED; break;
    default: base_bug("core %u: message of kind %#x from the power controller", cpu->index, message.kind);
    }
}
