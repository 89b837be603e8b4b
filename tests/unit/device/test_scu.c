/* The register block of the snoop control unit. */
#include "device/power.h"
#include "device/scu.h"
#include "harness.h"

#include <criterion/criterion.h>

enum {
    CONTROL,
    CONFIGURATION,
    CPU_STATUS,
    INVALIDATE_ALL,
    FILTERING_START,
    FILTERING_END,
    SAC,
    SNSAC,
    CPU_STATUS_HIGH
};

static device_scu_t *make(harness_t *h, unsigned cores, uint64_t on)
{
    device_scu_t *scu = device_scu_new(
        harness_engine(h), "scu",
        &(device_scu_config_t){
            .base = 0x0b000000, .access_ps = 1000, .cores = cores, .cluster_cores = 2, .l2_kib = 512, .on = on});
    harness_attach(h, device_scu_port(scu));
    return scu;
}

static uint32_t get(harness_t *h, unsigned reg)
{
    return (uint32_t)mmio_read(h, reg * UINT64_C(4), 4);
}

static void set(harness_t *h, unsigned core, unsigned reg, uint32_t value)
{
    mmio_write_by(h, core, reg * UINT64_C(4), 4, value);
}

Test(scu_registers, tell_what_the_machine_is)
{
    harness_t *h = harness_new();
    device_scu_t *scu = make(h, 4, 1);
    static const uint32_t reset[] = {1, 512u << 16 | 1 << 8 | 3, 1, 0, 0, 0, 0xf, 0, 0};
    for (unsigned reg = 0; reg <= CPU_STATUS_HIGH; reg++)
        cr_assert_eq(get(h, reg), reset[reg], "register %u", reg);
    for (unsigned reg = 0; reg <= CPU_STATUS_HIGH; reg++)
        if (reg != SAC)
            set(h, 0, reg, 0xffffffff);
    for (unsigned reg = 0; reg <= CPU_STATUS_HIGH; reg++)
        cr_assert_eq(get(h, reg), reset[reg], "register %u after a write", reg);
    cr_assert_eq(device_port_guest_log(device_scu_port(scu))->count, 3, "the three read-only registers");
    mmio_read(h, 0x24, 4);
    mmio_read(h, 0x00, 8);
    cr_assert_eq(device_port_guest_log(device_scu_port(scu))->count, 5);
    device_scu_free(scu);
    harness_free(h);
}

Test(scu_sac, decides_which_cores_may_write)
{
    harness_t *h = harness_new();
    device_scu_t *scu = make(h, 4, 1);
    set(h, 0, SAC, 0xfffffffd); /* all but core 1; cores that do not exist stay 0 */
    cr_assert_eq(get(h, SAC), 0xd);
    set(h, 1, SAC, 0xf);
    cr_assert_eq(get(h, SAC), 0xd);
    cr_assert_eq(device_port_guest_log(device_scu_port(scu))->count, 1);
    set(h, 2, SAC, 0xf);
    cr_assert_eq(get(h, SAC), 0xf);
    device_scu_free(scu);
    harness_free(h);
}

/* --- with the power controller --- */

typedef struct sender {
    engine_component_t *component;
    engine_link_t *to_power;
    unsigned source, target;
    bool waits;
    uint64_t now_ps;
} sender_t;

static void run_sender(void *self, uint64_t end_ps)
{
    sender_t *sender = self;
    const device_power_message_t request = {
        .kind = DEVICE_POWER_CPU_ON, .source = (uint8_t)sender->source, .target = sender->target, .entry = 0x40000000};
    if (sender->waits)
        engine_link_send(sender->to_power, sender->now_ps, 0, &request, sizeof(request), 1);
    sender->waits = false;
    while (engine_inbox_take(sender->component, end_ps))
        ;
    engine_component_wake_at(sender->component, UINT64_MAX);
}

static void no_end(void *self, uint64_t now_ps, device_power_end_t end, unsigned core)
{
    (void)self, (void)now_ps, (void)end, (void)core;
}

Test(scu_cpu_status, follows_the_power_controller)
{
    static const engine_component_ops_t ops = {.run = run_sender};
    uint64_t mpidr[40];
    harness_t *h = harness_new();
    device_scu_t *scu = make(h, 40, 1);
    for (unsigned i = 0; i < 40; i++)
        mpidr[i] = i;
    device_power_t *power;
    device_power_config_t config = {.cores = 40, .mpidr = mpidr, .on = 1, .power_up_ps = 20000, .ended = no_end};
    cr_assert_eq(device_power_new(harness_engine(h), &config, &power, NULL), 0);
    engine_component_t *controller = device_power_component(power);
    sender_t sender = {.target = 35};
    sender.component = engine_component_new(harness_engine(h), "cores", &ops, &sender);
    sender.to_power = engine_link_new(harness_engine(h), "core-power", sender.component, controller, 5000, 0);
    engine_link_t *back = engine_link_new(harness_engine(h), "power-core", controller, sender.component, 5000, 0);
    for (unsigned i = 0; i < 40; i++)
        device_power_attach_core(power, i, back);
    device_power_attach_status(power, engine_link_new(harness_engine(h), "power-scu", controller,
                                                      device_port_component(device_scu_port(scu)), 5000, 0));
    cr_assert_eq(get(h, CPU_STATUS_HIGH), 0);
    sender.waits = true;
    sender.now_ps = harness_now_ps(h);
    engine_component_wake_at(sender.component, sender.now_ps);
    harness_run_ps(h, 100000);
    cr_assert_eq(get(h, CPU_STATUS), 1);
    cr_assert_eq(get(h, CPU_STATUS_HIGH), 1 << 3);
    device_power_free(power);
    device_scu_free(scu);
    harness_free(h);
}
