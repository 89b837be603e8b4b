/* The power controller: who is on, decided in order of arrival. */
#include "device/power.h"

#include "base/bits.h"
#include "base/time.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

enum { MAX_CORES = 64 };

typedef enum power_state { POWER_OFF, POWER_ON_PENDING, POWER_ON } power_state_t;

typedef struct power_core {
    uint32_t affinity; /* Aff3.Aff2.Aff1.Aff0, a byte each */
    engine_link_t *link;
    power_state_t state;
    uint64_t on_ps; /* ON_PENDING: when the release arrives and the core is on */
} power_core_t;

struct device_power {
    engine_component_t *component;
    engine_link_t *to_status;
    device_power_config_t config;
    device_fault_t fault;
    power_core_t core[MAX_CORES];
    bool ending;
    device_power_end_t end;
    unsigned end_core;
    uint64_t end_ps;
    device_power_stats_t stats;
};

const stats_counter_t device_power_counters[] = {
#define DEVICE_POWER_COUNTER(name, unit, description) STATS_COUNTER(device_power_stats_t, name, unit, description),
    DEVICE_POWER_STATS(DEVICE_POWER_COUNTER)
#undef DEVICE_POWER_COUNTER
        {0},
};

/* Affinities of MPIDR_EL1 packed into 32 bits. */
static uint32_t pack_affinity(uint64_t mpidr)
{
    return (uint32_t)((mpidr & 0xffffff) | ((mpidr >> 8) & 0xff000000));
}

/* Bits outside the affinity fields must be zero (DEN 0022 section 5.6: target_cpu). */
static bool is_affinity(uint64_t target)
{
    return !(target & ~UINT64_C(0xff00ffffff));
}

static power_state_t state_of(const power_core_t *core, uint64_t now_ps)
{
    return core->state == POWER_ON_PENDING && now_ps >= core->on_ps ? POWER_ON : core->state;
}

static uint64_t send(engine_link_t *link, uint64_t now_ps, uint64_t delay_ps, device_power_message_t message)
{
    return engine_link_send(link, now_ps, delay_ps, &message, sizeof(message), 1);
}

static void show_status(device_power_t *power, uint64_t now_ps, uint64_t delay_ps, uint64_t as_of_ps)
{
    if (power->to_status)
        send(power->to_status, now_ps, delay_ps,
             (device_power_message_t){.kind = DEVICE_POWER_STATUS, .context = device_power_on_mask(power, as_of_ps)});
}

/* --- CPU_ON, DEN 0022 section 5.6 --- */

static power_core_t *find(device_power_t *power, uint64_t target)
{
    for (unsigned i = 0; i < power->config.cores; i++)
        if (is_affinity(target) && power->core[i].affinity == pack_affinity(target))
            return &power->core[i];
    return NULL;
}

static bool valid_entry(const device_power_t *power, uint64_t entry)
{
    bool inside = !power->config.entry_bytes || entry - power->config.entry_base < power->config.entry_bytes;
    return inside && !(entry & 3);
}

static void release(device_power_t *power, uint64_t now_ps, power_core_t *target, const device_power_message_t *request)
{
    const device_power_message_t up = {.kind = DEVICE_POWER_UP, .entry = request->entry, .context = request->context};
    target->state = POWER_ON_PENDING;
    target->on_ps = send(target->link, now_ps, power->config.power_up_ps, up);
    power->stats.cpu_on_success++;
    show_status(power, now_ps, power->config.power_up_ps, target->on_ps);
}

static int64_t cpu_on(device_power_t *power, uint64_t now_ps, const device_power_message_t *request)
{
    power->stats.cpu_on++;
    power_core_t *target = find(power, request->target);
    if (!target)
        return DEVICE_POWER_INVALID_PARAMETERS;
    power_state_t state = state_of(target, now_ps);
    if (state == POWER_ON && !DEVICE_HAS_FAULT(power, CPU_ON_OF_RUNNING))
        return DEVICE_POWER_ALREADY_ON;
    if (state == POWER_ON_PENDING && !DEVICE_HAS_FAULT(power, CPU_ON_NOT_PENDING))
        return DEVICE_POWER_ON_PENDING;
    if (!valid_entry(power, request->entry))
        return DEVICE_POWER_INVALID_ADDRESS;
    release(power, now_ps, target, request);
    return DEVICE_POWER_SUCCESS;
}

/* --- AFFINITY_INFO, DEN 0022 section 5.7 --- */

/* Above level 0 an affinity instance is on when any of its cores is. */
static int64_t affinity_info(device_power_t *power, uint64_t now_ps, const device_power_message_t *request)
{
    power->stats.affinity_info++;
    if (request->level > 3 || !is_affinity(request->target))
        return DEVICE_POWER_INVALID_PARAMETERS;
    unsigned shift = request->level * 8u;
    uint32_t wanted = pack_affinity(request->target) >> shift;
    bool known = false, pending = false;
    for (unsigned i = 0; i < power->config.cores; i++) {
        const power_core_t *core = &power->core[i];
        if (core->affinity >> shift != wanted)
            continue;
        known = true;
        if (state_of(core, now_ps) == POWER_ON)
            return DEVICE_POWER_IS_ON;
        pending |= state_of(core, now_ps) == POWER_ON_PENDING;
    }
    if (!known)
        return DEVICE_POWER_INVALID_PARAMETERS;
    return pending ? DEVICE_POWER_IS_ON_PENDING : DEVICE_POWER_IS_OFF;
}

/* --- the others --- */

static void cpu_off(device_power_t *power, uint64_t now_ps, const device_power_message_t *request)
{
    power->stats.cpu_off++;
    if (!DEVICE_HAS_FAULT(power, CPU_OFF_STAYS_ON))
        power->core[request->source].state = POWER_OFF;
    show_status(power, now_ps, 0, now_ps);
}

/* SYSTEM_OFF and SYSTEM_RESET: the first one counts. The run ends when the last core has stopped. */
static void end_system(device_power_t *power, uint64_t now_ps, const device_power_message_t *request)
{
    power->ending = true;
    power->end = request->kind == DEVICE_POWER_SYSTEM_OFF ? DEVICE_POWER_ENDED_OFF : DEVICE_POWER_ENDED_RESET;
    power->end_core = request->source;
    for (unsigned i = 0; i < power->config.cores; i++) {
        if (i == request->source && DEVICE_HAS_FAULT(power, HALT_SKIPS_CALLER))
            continue;
        uint64_t arrival_ps = send(power->core[i].link, now_ps, 0, (device_power_message_t){.kind = DEVICE_POWER_HALT});
        if (arrival_ps > power->end_ps)
            power->end_ps = arrival_ps;
    }
}

static void answer(device_power_t *power, uint64_t now_ps, const device_power_message_t *request, int64_t result)
{
    const device_power_message_t message = {.kind = DEVICE_POWER_RESULT, .target = request->target, .result = result};
    send(power->core[request->source].link, now_ps, power->config.response_ps, message);
}

static void receive(device_power_t *power, uint64_t now_ps, const device_power_message_t *request)
{
    if (request->source >= power->config.cores)
        base_bug("power controller: request from core %u, of %u", request->source, power->config.cores);
    if (power->ending)
        return; /* every core is about to stop */
    switch (request->kind) {
    case DEVICE_POWER_CPU_ON: answer(power, now_ps, request, cpu_on(power, now_ps, request)); break;
    case DEVICE_POWER_AFFINITY_INFO: answer(power, now_ps, request, affinity_info(power, now_ps, request)); break;
    case DEVICE_POWER_CPU_OFF: cpu_off(power, now_ps, request); break;
    case DEVICE_POWER_SYSTEM_OFF:
    case DEVICE_POWER_SYSTEM_RESET: end_system(power, now_ps, request); break;
    default: base_bug("power controller: message of kind %u", request->kind);
    }
}

/* --- the component --- */

static void run(void *self, uint64_t end_ps)
{
    device_power_t *power = self;
    const engine_message_t *message;
    while ((message = engine_inbox_take(power->component, end_ps))) {
        device_power_message_t request;
        memcpy(&request, message->payload, sizeof(request));
        receive(power, message->arrival_ps, &request);
    }
    if (power->ending && power->end_ps < end_ps) {
        power->config.ended(power->config.self, power->end_ps, power->end, power->end_core);
        power->end_ps = TIME_NEVER;
    }
    engine_component_wake_at(power->component, power->ending ? power->end_ps : TIME_NEVER);
}

static int check(const device_power_config_t *config, base_error_t *error)
{
    if (config->cores < 1 || config->cores > MAX_CORES)
        return base_fail(error, -EINVAL, "power controller for %u cores; choose 1 to %d", config->cores, MAX_CORES);
    if (config->on & ~bits_mask(config->cores))
        return base_fail(error, -EINVAL, "cores are on at the start that do not exist; choose among %u", config->cores);
    for (unsigned i = 0; i < config->cores; i++)
        for (unsigned j = 0; j < i; j++)
            if (pack_affinity(config->mpidr[i]) == pack_affinity(config->mpidr[j]))
                return base_fail(error, -EINVAL, "cores %u and %u have the same affinity; make them different", j, i);
    return 0;
}

int device_power_new(engine_t *engine, const device_power_config_t *config, device_power_t **ret_power,
                     base_error_t *error)
{
    static const engine_component_ops_t ops = {.run = run};
    int result = check(config, error);
    if (result)
        return result;
    device_power_t *power = g_new0(device_power_t, 1);
    power->config = *config;
    power->config.mpidr = NULL;
    power->fault = config->fault;
    for (unsigned i = 0; i < config->cores; i++) {
        power->core[i].affinity = pack_affinity(config->mpidr[i]);
        power->core[i].state = bit_get(config->on, i) ? POWER_ON : POWER_OFF;
    }
    power->component = engine_component_new(engine, "power", &ops, power);
    *ret_power = power;
    return 0;
}

void device_power_free(device_power_t *power)
{
    g_free(power);
}

engine_component_t *device_power_component(device_power_t *power)
{
    return power->component;
}

void device_power_attach_core(device_power_t *power, unsigned index, engine_link_t *to_core)
{
    power->core[index].link = to_core;
}

void device_power_attach_status(device_power_t *power, engine_link_t *to_status)
{
    power->to_status = to_status;
}

const device_power_stats_t *device_power_stats(const device_power_t *power)
{
    return &power->stats;
}

uint64_t device_power_on_mask(const device_power_t *power, uint64_t now_ps)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < power->config.cores; i++)
        mask |= (uint64_t)(state_of(&power->core[i], now_ps) == POWER_ON) << i;
    return mask;
}
