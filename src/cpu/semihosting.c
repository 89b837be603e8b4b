#include "cpu/semihosting.h"

#include "cpu/core.h"
#include "cpu/fault.h"
#include "cpu/host_access.h"
#include "cpu/maintenance.h"

#include <string.h>

enum { PARAMETER_REGISTERS = 3 }; /* X0 and X1, as cpu_insn_t.registers */

static void send(cpu_t *cpu, uint64_t now_cycles, semihosting_message_t *message)
{
    message->core = (uint8_t)cpu->index;
    engine_link_send(cpu->to_semihosting, cpu_ps(cpu, now_cycles), 0, message, sizeof(*message), 1);
}

static cpu_status_t wait_for_host(cpu_t *cpu)
{
    return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_SEMIHOSTING);
}

/* Everything before the call is performed first, so that what the host then has read is what the program stored. */
static cpu_status_t begin(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    if (cpu->pending & PARAMETER_REGISTERS)
        return cpu_retry(cpu, CPU_STALL_PLAIN, CPU_BLOCK_LOAD_VALUE);
    cpu_block_t cause = cpu_barrier_waits(cpu, now_cycles);
    if (cause != CPU_RUNNING && !cpu_fault_injected(cpu, CPU_INJECT_HOST_CALL_PASSES_STORES))
        return cpu_retry(cpu, CPU_STALL_PLAIN, cause);
    semihosting_message_t call = {
        .kind = SEMIHOSTING_CALL, .value = (uint32_t)cpu->x[0], .address = cpu->x[1], .pc = cpu_pc(cpu, in)};
    cpu->core->semihosting = (cpu_semihosting_t){.active = true};
    send(cpu, now_cycles, &call);
    return wait_for_host(cpu);
}

static cpu_status_t serve(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles, const semihosting_message_t *request)
{
    semihosting_message_t answer = {.kind = SEMIHOSTING_MOVED, .size_bytes = request->size_bytes};
    cpu_status_t status =
        request->kind == SEMIHOSTING_READ
            ? cpu_host_read(cpu, in, now_cycles, request->address, answer.data, request->size_bytes, &answer.failed)
            : cpu_host_write(cpu, in, now_cycles, request->address, request->data, request->size_bytes, &answer.failed);
    if (status != CPU_OK)
        return status;
    cpu->core->semihosting.asked = false;
    send(cpu, now_cycles, &answer);
    return wait_for_host(cpu);
}

cpu_status_t cpu_semihosting_call(cpu_t *cpu, const cpu_insn_t *in, uint64_t now_cycles)
{
    cpu_semihosting_t *state = &cpu->core->semihosting;
    if (!state->active)
        return begin(cpu, in, now_cycles);
    if (!state->asked)
        return wait_for_host(cpu);
    if (state->request.kind != SEMIHOSTING_RESULT)
        return serve(cpu, in, now_cycles, &state->request);
    cpu->x[0] = state->request.value;
    state->active = state->asked = false;
    return CPU_LEAVE;
}

void cpu_semihosting_receive(cpu_t *cpu, const void *payload)
{
    cpu_semihosting_t *state = &cpu->core->semihosting;
    memcpy(&state->request, payload, sizeof(state->request));
    state->asked = true;
}
