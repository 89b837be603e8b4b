#include "cores.h"

#include "base/time.h"
#include "check.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

typedef struct fake_core {
    cores_t *cores;
    engine_component_t *component;
    engine_link_t *to_power;
    device_power_message_t request;
    bool request_waits;
    core_view_t view;
} fake_core_t;

struct cores {
    engine_t *engine;
    device_power_t *power;
    unsigned count;
    fake_core_t core[CORES_MAX];
    uint64_t mpidr[CORES_MAX];
    cores_end_t end;
    uint64_t now_ps; /* the present of the tests: nothing has happened after it */
};

static void receive(core_view_t *view, uint64_t now_ps, const device_power_message_t *message)
{
    switch (message->kind) {
    case DEVICE_POWER_RESULT:
        view->results++;
        view->result = message->result;
        view->result_ps = now_ps;
        break;
    case DEVICE_POWER_UP:
        view->starts++;
        view->entry = message->entry;
        view->context = message->context;
        view->start_ps = now_ps;
        break;
    case DEVICE_POWER_HALT:
        view->halts++;
        view->halt_ps = now_ps;
        break;
    default: cr_assert(false, "a core receives kind %u", message->kind);
    }
}

static void run_core(void *self, uint64_t end_ps)
{
    fake_core_t *core = self;
    cores_t *cores = core->cores;
    if (core->request_waits)
        engine_link_send(core->to_power, cores->now_ps, 0, &core->request, sizeof(core->request), 1);
    core->request_waits = false;
    const engine_message_t *message;
    while ((message = engine_inbox_take(core->component, end_ps))) {
        device_power_message_t payload;
        memcpy(&payload, message->payload, sizeof(payload));
        receive(&core->view, message->arrival_ps, &payload);
    }
    engine_component_wake_at(core->component, TIME_NEVER);
}

static void ended(void *self, uint64_t now_ps, device_power_end_t end, unsigned core)
{
    cores_t *cores = self;
    cores->end = (cores_end_t){.calls = cores->end.calls + 1, .core = core, .end = end, .now_ps = now_ps};
}

uint64_t cores_mpidr(unsigned core)
{
    return core / 4 << 8 | core % 4;
}

cores_t *cores_new(unsigned count, uint64_t on, device_fault_t fault)
{
    static const engine_component_ops_t ops = {.run = run_core};
    cores_t *cores = g_new0(cores_t, 1);
    cores->engine = engine_new();
    cores->count = count;
    for (unsigned i = 0; i < count; i++)
        cores->mpidr[i] = UINT64_C(1) << 31 | cores_mpidr(i);
    const device_power_config_t config = {.cores = count,
                                          .mpidr = cores->mpidr,
                                          .on = on,
                                          .response_ps = CORES_RESPONSE_PS,
                                          .power_up_ps = CORES_POWER_UP_PS,
                                          .entry_base = 0x40000000,
                                          .entry_bytes = 0x10000000,
                                          .ended = ended,
                                          .self = cores,
                                          .fault = fault};
    base_error_t error;
    cr_assert_eq(device_power_new(cores->engine, &config, &cores->power, &error), 0, "%s", error.text);
    engine_component_t *power = device_power_component(cores->power);
    for (unsigned i = 0; i < count; i++) {
        fake_core_t *core = &cores->core[i];
        core->cores = cores;
        core->component = engine_component_new(cores->engine, "core", &ops, core);
        core->to_power = engine_link_new(cores->engine, "core-power", core->component, power, CORES_LINK_PS, 0);
        device_power_attach_core(
            cores->power, i,
            engine_link_new(cores->engine, "power-core", power, core->component, CORES_LINK_PS + i, 0));
    }
    return cores;
}

void cores_free(cores_t *cores)
{
    device_power_free(cores->power);
    engine_free(cores->engine);
    g_free(cores);
}

device_power_t *cores_power(cores_t *cores)
{
    return cores->power;
}

const core_view_t *cores_view(const cores_t *cores, unsigned core)
{
    return &cores->core[core].view;
}

const cores_end_t *cores_end(const cores_t *cores)
{
    return &cores->end;
}

uint64_t cores_now_ps(cores_t *cores)
{
    return cores->now_ps;
}

void cores_send(cores_t *cores, unsigned index, device_power_message_t request)
{
    fake_core_t *core = &cores->core[index];
    request.source = (uint8_t)index;
    core->request = request;
    core->request_waits = true;
    engine_component_wake_at(core->component, cores->now_ps);
}

void cores_run_ps(cores_t *cores, uint64_t ps)
{
    engine_run(cores->engine, cores->now_ps + ps);
    cores->now_ps += ps;
}

void cores_settle(cores_t *cores)
{
    uint64_t until_ps = cores->now_ps + 10 * CORES_POWER_UP_PS;
    cr_assert_eq(engine_run(cores->engine, until_ps), ENGINE_IDLE);
    cores->now_ps = until_ps;
}

int64_t cores_cpu_on(cores_t *cores, unsigned core, unsigned target, uint64_t entry)
{
    unsigned before = cores->core[core].view.results;
    cores_send(cores, core,
               (device_power_message_t){
                   .kind = DEVICE_POWER_CPU_ON, .target = cores_mpidr(target), .entry = entry, .context = entry + 1});
    cores_run_ps(cores, 2 * CORES_LINK_PS + CORES_RESPONSE_PS + CORES_MAX + 1);
    cr_assert_eq(cores->core[core].view.results, before + 1);
    return cores->core[core].view.result;
}

int64_t cores_affinity_info(cores_t *cores, unsigned core, uint64_t target, unsigned level)
{
    unsigned before = cores->core[core].view.results;
    cores_send(cores, core,
               (device_power_message_t){.kind = DEVICE_POWER_AFFINITY_INFO, .target = target, .level = (uint8_t)level});
    cores_run_ps(cores, 2 * CORES_LINK_PS + CORES_RESPONSE_PS + CORES_MAX + 1);
    cr_assert_eq(cores->core[core].view.results, before + 1);
    return cores->core[core].view.result;
}

/* --- scenarios --- */

static device_power_message_t turn_on(unsigned target, uint64_t entry)
{
    return (device_power_message_t){.kind = DEVICE_POWER_CPU_ON, .target = cores_mpidr(target), .entry = entry};
}

const char *race_two_callers(device_fault_t fault)
{
    const char *wrong = NULL;
    cores_t *cores = cores_new(4, 7, fault);
    for (unsigned caller = 0; caller < 3; caller++) /* in the same picosecond */
        cores_send(cores, caller, turn_on(3, 0x40001000 + 0x1000 * caller));
    cores_settle(cores);
    unsigned successes = 0, pending = 0;
    uint64_t entry = 0;
    for (unsigned caller = 0; caller < 3; caller++) {
        int64_t result = cores_view(cores, caller)->result;
        successes += result == DEVICE_POWER_SUCCESS;
        pending += result == DEVICE_POWER_ON_PENDING;
        if (result == DEVICE_POWER_SUCCESS)
            entry = 0x40001000 + 0x1000 * caller;
    }
    CHECK(successes == 1);
    CHECK(pending == 2);
    CHECK(cores_view(cores, 3)->starts == 1);
    CHECK(cores_view(cores, 3)->entry == entry);
    cores_free(cores);
    return wrong;
}

const char *race_with_a_running_target(device_fault_t fault)
{
    const char *wrong = NULL;
    cores_t *cores = cores_new(2, 1, fault);
    CHECK(cores_cpu_on(cores, 0, 1, 0x40001000) == DEVICE_POWER_SUCCESS);
    CHECK(cores_cpu_on(cores, 0, 1, 0x40002000) == DEVICE_POWER_ON_PENDING);
    cores_settle(cores);
    cores_run_ps(cores, 1);
    CHECK(cores_cpu_on(cores, 0, 1, 0x40003000) == DEVICE_POWER_ALREADY_ON);
    cores_settle(cores);
    CHECK(cores_view(cores, 1)->starts == 1);
    CHECK(cores_view(cores, 1)->entry == 0x40001000);
    cores_free(cores);
    return wrong;
}

const char *halt_reaches_everybody(device_fault_t fault)
{
    const char *wrong = NULL;
    cores_t *cores = cores_new(4, 3, fault);
    uint64_t start_ps = cores_now_ps(cores);
    cores_send(cores, 1, (device_power_message_t){.kind = DEVICE_POWER_SYSTEM_OFF});
    cores_settle(cores);
    for (unsigned core = 0; core < 4; core++) {
        CHECK(cores_view(cores, core)->halts == 1);
        CHECK(cores_view(cores, core)->halt_ps == start_ps + 2 * CORES_LINK_PS + core);
    }
    CHECK(cores_end(cores)->calls == 1);
    CHECK(cores_end(cores)->core == 1);
    CHECK(cores_end(cores)->end == DEVICE_POWER_ENDED_OFF);
    CHECK(cores_end(cores)->now_ps == start_ps + 2 * CORES_LINK_PS + 3); /* with the last arrival */
    cores_free(cores);
    return wrong;
}

const char *off_and_on_again(device_fault_t fault)
{
    const char *wrong = NULL;
    cores_t *cores = cores_new(2, 3, fault);
    CHECK(cores_cpu_on(cores, 0, 1, 0x40000000) == DEVICE_POWER_ALREADY_ON);
    cores_send(cores, 1, (device_power_message_t){.kind = DEVICE_POWER_CPU_OFF});
    cores_settle(cores);
    CHECK(cores_view(cores, 1)->results == 0); /* CPU_OFF has no answer */
    CHECK(cores_affinity_info(cores, 0, cores_mpidr(1), 0) == DEVICE_POWER_IS_OFF);
    CHECK(device_power_on_mask(cores_power(cores), cores_now_ps(cores)) == 1);
    CHECK(cores_cpu_on(cores, 0, 1, 0x40000000) == DEVICE_POWER_SUCCESS);
    cores_settle(cores);
    CHECK(cores_view(cores, 1)->starts == 1);
    cores_free(cores);
    return wrong;
}
