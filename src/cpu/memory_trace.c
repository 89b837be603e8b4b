#include "cpu/memory_trace.h"

#include "cpu/core.h"

#include <string.h>

static const char *const event_names[] = {
#define CPU_MEMORY_EVENT(id, text) text,
    CPU_MEMORY_EVENTS(CPU_MEMORY_EVENT)
#undef CPU_MEMORY_EVENT
        NULL};
static const char *const no_states[] = {"-", NULL};

const trace_names_t cpu_memory_trace_names = {.events = event_names, .states = no_states};

void cpu_trace_memory_slow(cpu_t *cpu, uint64_t now_cycles, cpu_memory_event_t event, uint64_t address, uint64_t pc,
                           const uint8_t *bytes, unsigned length)
{
    trace_record_t record = {.time_ps = cpu_ps(cpu, now_cycles),
                             .address = address,
                             .cause_pc = pc,
                             .event = (uint16_t)event,
                             .cause_core = (int16_t)cpu->index};
    if (bytes)
        memcpy(&record.value, bytes, length < sizeof(record.value) ? length : sizeof(record.value));
    trace_emit(cpu->core->memory_trace, &record);
}
