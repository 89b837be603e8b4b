/* The links between the components: the one place that knows who talks to whom. */
#include "cpu/exception.h"
#include "cpu/memory_trace.h"
#include "machine/internal.h"

#include <glib.h>

static uint64_t cycles_ps(const machine_t *machine, uint64_t cycles)
{
    return cycles * machine->period_ps;
}

engine_link_t *machine_link_new(machine_t *machine, engine_component_t *from, engine_component_t *to,
                                uint64_t latency_ps, uint64_t flit_ps)
{
    char *name = g_strdup_printf("%s>%s", engine_component_name(from), engine_component_name(to));
    engine_link_t *link = engine_link_new(machine->engine, name, from, to, latency_ps, flit_ps);
    g_free(name);
    return link;
}

static trace_port_t *port_new(machine_t *machine, unsigned core, const char *part, const trace_names_t *names)
{
    char *name = g_strdup_printf("core%u%s", core, part);
    trace_port_t *port = trace_port_new(machine->trace, name, names);
    g_free(name);
    return port;
}

static int wire_core(machine_t *machine, unsigned index, base_error_t *error)
{
    const machine_config_t *config = &machine->config;
    machine_core_t *core = &machine->cores[index];
    engine_component_t *cpu = core->cpu->component, *cluster = cache_cluster_component(machine->cluster);
    engine_component_t *gic = gic_distributor_component(machine->gic), *power = device_power_component(machine->power);
    uint64_t latency_ps = cycles_ps(machine, config->core_link_cycles);
    uint64_t flit_ps = cycles_ps(machine, config->core_flit_cycles);
    core->to_cluster = machine_link_new(machine, cpu, cluster, latency_ps, flit_ps);
    core->from_cluster = machine_link_new(machine, cluster, cpu, latency_ps, flit_ps);
    core->to_gic = machine_link_new(machine, cpu, gic, config->gic_link_ps, 0);
    core->from_gic = machine_link_new(machine, gic, cpu, config->gic_link_ps, 0);
    core->to_power = machine_link_new(machine, cpu, power, config->power_link_ps, 0);
    core->from_power = machine_link_new(machine, power, cpu, config->power_link_ps, 0);
    cache_cluster_attach_core(machine->cluster, index, core->from_cluster);
    gic_distributor_attach_core(machine->gic, index, core->from_gic);
    device_power_attach_core(machine->power, index, core->from_power);
    core->gic = gic_cpuif_new(index, core->mpidr, core->to_gic, port_new(machine, index, ".gic", &gic_trace_names));
    bool trace_memory = machine->options.trace_memory;
    cpu_core_wiring_t wiring = {
        .to_cluster = core->to_cluster,
        .from_cluster = core->from_cluster,
        .to_gic = core->to_gic,
        .from_gic = core->from_gic,
        .to_power = core->to_power,
        .from_power = core->from_power,
        .gic = core->gic,
        .core_trace = port_new(machine, index, "", &cpu_exception_trace_names),
        .l1d_trace = port_new(machine, index, ".l1d", cache_l1d_trace_names()),
        .memory_trace = trace_memory ? port_new(machine, index, ".mem", &cpu_memory_trace_names) : NULL,
    };
    return cpu_core_attach(core->cpu, &wiring, error);
}

/* A device's registers, on the way from the interconnect, and its answers on the way back. */
static int wire_port(machine_t *machine, device_port_t *port, engine_link_t **ret_requests, base_error_t *error)
{
    engine_component_t *system = interconnect_system_component(machine->system), *device = device_port_component(port);
    uint64_t latency_ps = machine->config.device_link_ps;
    engine_link_t *requests = machine_link_new(machine, system, device, latency_ps, 0);
    *ret_requests = requests;
    device_port_attach(port, machine_link_new(machine, device, system, latency_ps, 0));
    return interconnect_system_attach_device(machine->system, device_port_base(port), device_port_size_bytes(port),
                                             requests, error);
}

/* Distributor and redistributors are one component with one way back; their windows differ. */
static int wire_gic(machine_t *machine, base_error_t *error)
{
    engine_component_t *gic = gic_distributor_component(machine->gic);
    engine_component_t *system = interconnect_system_component(machine->system);
    engine_link_t *requests = machine_link_new(machine, system, gic, machine->config.device_link_ps, 0);
    engine_link_t *answers = machine_link_new(machine, gic, system, machine->config.device_link_ps, 0);
    gic_distributor_attach_system(machine->gic, answers);
    if (machine->config.gic_its)
        gic_distributor_attach_memory(machine->gic, answers,
                                      interconnect_system_attach_requester(machine->system, requests));
    int result = interconnect_system_attach_device(machine->system, BOARD_GICD_BASE, GICD_FRAME_BYTES, requests, error);
    if (result == 0)
        result = interconnect_system_attach_device(machine->system, BOARD_GICR_BASE,
                                                   machine->config.cores * GICR_BYTES_PER_CORE, requests, error);
    if (result == 0 && machine->config.gic_its)
        result = interconnect_system_attach_device(machine->system, BOARD_ITS_BASE, GITS_FRAME_BYTES, requests, error);
    return result;
}

device_irq_t machine_wire_interrupt(machine_t *machine, device_port_t *port, uint32_t intid, gic_wire_t *wire)
{
    engine_component_t *gic = gic_distributor_component(machine->gic);
    *wire = (gic_wire_t){
        .to_distributor = machine_link_new(machine, device_port_component(port), gic, machine->config.gic_link_ps, 0),
        .intid = intid,
    };
    return (device_irq_t){.set = gic_wire_set, .self = wire};
}

static int wire_devices(machine_t *machine, base_error_t *error)
{
    device_port_t *uart = device_pl011_port(machine->uart), *rtc = device_pl031_port(machine->rtc);
    device_port_t *gpio = device_pl061_port(machine->gpio), *scu = device_scu_port(machine->scu);
    device_port_t *const ports[] = {uart, rtc, gpio, scu, device_virtio_port(machine->virtio)};
    for (unsigned i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        engine_link_t *requests;
        int result = wire_port(machine, ports[i], &requests, error);
        if (result < 0)
            return result;
        if (ports[i] == device_virtio_port(machine->virtio))
            machine->virtio_requests = requests;
    }
    device_pl011_connect(machine->uart, machine_wire_interrupt(machine, uart, BOARD_UART_INTID, &machine->uart_wire));
    device_pl031_connect(machine->rtc, machine_wire_interrupt(machine, rtc, BOARD_RTC_INTID, &machine->rtc_wire));
    device_pl061_connect(machine->gpio, machine_wire_interrupt(machine, gpio, BOARD_GPIO_INTID, &machine->gpio_wire));
    device_power_attach_status(machine->power,
                               machine_link_new(machine, device_power_component(machine->power),
                                                device_port_component(scu), machine->config.power_link_ps, 0));
    return 0;
}

static int wire_system(machine_t *machine, base_error_t *error)
{
    const machine_config_t *config = &machine->config;
    engine_component_t *cluster = cache_cluster_component(machine->cluster);
    engine_component_t *system = interconnect_system_component(machine->system);
    cache_cluster_attach_system(
        machine->cluster, machine_link_new(machine, cluster, system, config->system_link_ps, config->system_flit_ps));
    interconnect_system_attach_cluster(
        machine->system, machine_link_new(machine, system, cluster, config->system_link_ps, config->system_flit_ps));
    int result = wire_gic(machine, error);
    return result < 0 ? result : wire_devices(machine, error);
}

int machine_wire(machine_t *machine, base_error_t *error)
{
    int result = wire_system(machine, error);
    for (unsigned core = 0; core < machine->config.cores && result == 0; core++)
        result = wire_core(machine, core, error);
    return result;
}
