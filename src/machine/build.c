/* Makes the components and the links between them: the one place that knows who talks to whom. */
#include "cpu/exception.h"
#include "cpu/fault.h"
#include "gic/latency.h"
#include "machine/check.h"
#include "machine/core_types.h"
#include "machine/internal.h"

#include <errno.h>
#include <glib.h>

static uint64_t cycles_ps(const machine_t *machine, uint64_t cycles)
{
    return cycles * machine->period_ps;
}

static engine_link_t *link_new(machine_t *machine, engine_component_t *from, engine_component_t *to,
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

static uint64_t cores_on_at_start(const machine_t *machine)
{
    return machine->config.start == MACHINE_START_ALL ? bits_mask((unsigned)machine->config.cores) : 1;
}

/* --- the cores --- */

static cpu_cost_model_t cost_model(const machine_config_t *config)
{
    cpu_cost_model_t costs = cpu_cost_model_in_order;
    costs.width = (uint8_t)config->width;
    costs.per_cycle[CPU_UNIT_ALU] = (uint8_t)config->alus;
    costs.per_cycle[CPU_UNIT_MEMORY] = (uint8_t)config->memory_ports;
    costs.latency_cycles[COST_LOAD] = (uint8_t)config->load_cycles;
    costs.latency_cycles[COST_LOAD_PAIR] = (uint8_t)config->load_cycles;
    costs.latency_cycles[COST_ATOMIC] = (uint8_t)config->load_cycles;
    costs.latency_cycles[COST_MUL] = (uint8_t)config->multiply_cycles;
    costs.latency_cycles[COST_MUL_LONG] = (uint8_t)config->multiply_high_cycles;
    costs.latency_cycles[COST_DIV] = costs.busy_cycles[COST_DIV] = (uint8_t)config->divide_cycles;
    return costs;
}

static cache_l1d_config_t l1d_config(const machine_t *machine, unsigned core)
{
    const machine_config_t *config = &machine->config;
    return (cache_l1d_config_t){
        .size_bytes = (uint32_t)config->l1d_size_bytes,
        .ways = (uint32_t)config->l1d_ways,
        .mshrs = (uint32_t)config->l1d_mshrs,
        .write_back_entries = (uint32_t)config->l1d_write_backs,
        .snoop_response_cycles = (uint32_t)config->l1d_snoop_cycles,
        .replacement = (cache_replacement_t)config->l1d_replacement,
        .period_ps = machine->period_ps,
        .evict_seed = config->seed + core,
        .evict_interval = (uint32_t)config->perturb_evict,
        .fault = machine->options.fault.cache,
    };
}

static cpu_system_config_t registers_config(const machine_t *machine, unsigned core, cpu_features_t features)
{
    const machine_config_t *config = &machine->config;
    return (cpu_system_config_t){
        .features = features,
        .midr = machine_core_type_find(config->core_type)->midr,
        .mpidr = machine->cores[core].mpidr,
        .cores = (uint32_t)config->cores,
        .physical_address_bits = (uint8_t)config->address_bits,
        .dcache_coherent = config->icache_coherent != (machine->options.fault.cpu == CPU_INJECT_IDC_MISREPORTED),
        .gic_registers = true,
        .counter_hz = config->timer_hz,
        .l1i = {(uint32_t)config->l1i_size_bytes, (uint32_t)config->l1i_ways},
        .l1d = {(uint32_t)config->l1d_size_bytes, (uint32_t)config->l1d_ways},
        .l2 = {(uint32_t)config->l2_size_bytes, (uint32_t)config->l2_ways},
    };
}

static mmu_config_t mmu_config(const machine_t *machine)
{
    const machine_config_t *config = &machine->config;
    return (mmu_config_t){
        .micro_tlb_entries = (uint32_t)config->micro_tlb,
        .l2_tlb_entries = (uint32_t)config->l2_tlb,
        .l2_tlb_ways = (uint32_t)config->l2_tlb_ways,
        .l2_tlb_hit_cycles = (uint32_t)config->l2_tlb_cycles,
        .walk_step_cycles = (uint32_t)config->walk_cycles,
        .physical_address_bits = (uint8_t)config->address_bits,
        .defect = (uint8_t)machine->options.fault.mmu,
    };
}

static int build_core(machine_t *machine, unsigned core, cpu_features_t features, base_error_t *error)
{
    const machine_config_t *config = &machine->config;
    cpu_core_config_t core_config = {
        .index = core,
        .mpidr = machine->cores[core].mpidr,
        .period_ps = machine->period_ps,
        .l1i_size_bytes = (uint32_t)config->l1i_size_bytes,
        .l1i_ways = (uint32_t)config->l1i_ways,
        .load_queue_entries = (uint32_t)config->load_queue,
        .store_buffer_entries = (uint32_t)config->store_buffer,
        .drain_jitter_cycles = (uint32_t)config->perturb_drain_cycles,
        .drain_seed = config->seed + 64 + core,
        .trace_memory = machine->options.trace_memory,
        .mispredict_cycles = (uint32_t)config->mispredict_cycles,
        .isb_cycles = (uint32_t)config->isb_cycles,
        .exception_cycles = (uint32_t)config->exception_cycles,
        .exclusive_hold_cycles = (uint32_t)config->exclusive_hold_cycles,
        .atomic_cycles = (uint32_t)config->atomic_cycles,
        .fast_path = machine->options.fast_path,
        .on_store = machine->options.check ? machine_check_on_store : NULL,
        .checker = &machine->cores[core],
        .l2_size_bytes = (uint32_t)config->l2_size_bytes,
        .l2_ways = (uint32_t)config->l2_ways,
        .l1d = l1d_config(machine, core),
        .mmu = mmu_config(machine),
        .system = registers_config(machine, core, features),
    };
    int result = cpu_core_new(machine->engine, &core_config, machine->decoder, &machine->cores[core].cpu, error);
    if (result == 0) {
        machine->cores[core].cpu->guest_fault = machine->options.fault.cpu;
        machine->cores[core].cpu->last_to_run = &machine->last_to_run;
    }
    return result;
}

static int build_cores(machine_t *machine, base_error_t *error)
{
    cpu_features_t features;
    int result = machine_features(&machine->config, &features, error);
    cpu_cost_model_t costs = cost_model(&machine->config);
    if (result == 0)
        result = cpu_decoder_new(&features, &costs, &machine->decoder, error);
    for (unsigned core = 0; core < machine->config.cores && result == 0; core++)
        result = build_core(machine, core, features, error);
    return result;
}

/* --- the rest --- */

static int build_memory(machine_t *machine, base_error_t *error)
{
    const machine_config_t *config = &machine->config;
    cache_cluster_config_t cluster = {
        .cores = (unsigned)config->cores,
        .l2_size_bytes = (uint32_t)config->l2_size_bytes,
        .l2_ways = (uint32_t)config->l2_ways,
        .l2_tag_cycles = (uint32_t)config->l2_tag_cycles,
        .l2_data_cycles = (uint32_t)config->l2_data_cycles,
        .transactions = (uint32_t)config->l2_transactions,
        .period_ps = machine->period_ps,
        .fetch_snoops = config->icache_coherent,
        .plru = config->l2_replacement == CACHE_PLRU,
        .fault = machine->options.fault.cache,
    };
    interconnect_dram_config_t dram = {
        .base = BOARD_RAM_BASE,
        .size_bytes = config->ram_bytes,
        .banks = (uint32_t)config->dram_banks,
        .access_ps = config->dram_access_ps,
        .bank_busy_ps = config->dram_bank_busy_ps,
        .line_transfer_ps = config->dram_transfer_ps,
        .queue_entries = (uint32_t)config->dram_queue,
    };
    trace_port_t *port = trace_port_new(machine->trace, "scu0", cache_cluster_trace_names());
    int result = cache_cluster_new(machine->engine, &cluster, port, &machine->cluster, error);
    return result < 0 ? result : interconnect_system_new(machine->engine, &dram, &machine->system, error);
}

static void on_power_end(void *self, uint64_t now_ps, device_power_end_t end, unsigned core)
{
    machine_t *machine = self;
    (void)now_ps;
    machine->end = end == DEVICE_POWER_ENDED_OFF ? MACHINE_OFF : MACHINE_RESET;
    machine->end_core = core;
    engine_request_stop(machine->engine);
}

static void on_console(void *self, const char *bytes, size_t count)
{
    machine_t *machine = self;
    if (machine->host.console)
        machine->host.console(machine->host.self, bytes, count);
}

static int build_gic_and_power(machine_t *machine, base_error_t *error)
{
    const machine_config_t *config = &machine->config;
    uint64_t mpidr[CHI_MAX_CORES];
    for (unsigned core = 0; core < config->cores; core++)
        mpidr[core] = machine->cores[core].mpidr;
    gic_config_t gic = {
        .cores = (unsigned)config->cores,
        .mpidr = mpidr,
        .spis = (unsigned)config->gic_spis,
        .gicd_base = BOARD_GICD_BASE,
        .gicr_base = BOARD_GICR_BASE,
        .register_ps = config->gic_register_ps,
        .route_ps = config->gic_route_ps,
        .redistributor_ps = config->gic_redistributor_ps,
    };
    device_power_config_t power = {
        .cores = (unsigned)config->cores,
        .mpidr = mpidr,
        .on = cores_on_at_start(machine),
        .response_ps = config->power_response_ps,
        .power_up_ps = config->power_up_ps,
        .ended = on_power_end,
        .self = machine,
    };
    int result = gic_distributor_new(machine->engine, &gic, &machine->gic, error);
    return result < 0 ? result : device_power_new(machine->engine, &power, &machine->power, error);
}

static void build_devices(machine_t *machine)
{
    const machine_config_t *config = &machine->config;
    device_pl011_config_t uart = {
        .base = BOARD_UART_BASE,
        .access_ps = config->device_access_ps,
        .clock_hz = BOARD_APB_CLOCK_HZ,
        .timed = config->uart_timed,
        .output = on_console,
        .self = machine,
        .input_fd = machine->options.input_fd,
        .input_poll_ps = BOARD_INPUT_POLL_PS,
    };
    device_scu_config_t scu = {
        .base = BOARD_SCU_BASE,
        .access_ps = config->device_access_ps,
        .cores = (unsigned)config->cores,
        .cluster_cores = (unsigned)config->cores,
        .l2_kib = (uint32_t)(config->l2_size_bytes >> 10),
        .on = cores_on_at_start(machine),
    };
    machine->uart = device_pl011_new(machine->engine, "uart", &uart);
    machine->scu = device_scu_new(machine->engine, "scu-registers", &scu);
}

/* --- links --- */

static int wire_core(machine_t *machine, unsigned index, base_error_t *error)
{
    const machine_config_t *config = &machine->config;
    machine_core_t *core = &machine->cores[index];
    engine_component_t *cpu = core->cpu->component, *cluster = cache_cluster_component(machine->cluster);
    engine_component_t *gic = gic_distributor_component(machine->gic), *power = device_power_component(machine->power);
    uint64_t latency_ps = cycles_ps(machine, config->core_link_cycles);
    uint64_t flit_ps = cycles_ps(machine, config->core_flit_cycles);
    core->to_cluster = link_new(machine, cpu, cluster, latency_ps, flit_ps);
    core->from_cluster = link_new(machine, cluster, cpu, latency_ps, flit_ps);
    core->to_gic = link_new(machine, cpu, gic, config->gic_link_ps, 0);
    core->from_gic = link_new(machine, gic, cpu, config->gic_link_ps, 0);
    core->to_power = link_new(machine, cpu, power, config->power_link_ps, 0);
    core->from_power = link_new(machine, power, cpu, config->power_link_ps, 0);
    cache_cluster_attach_core(machine->cluster, index, core->from_cluster);
    gic_distributor_attach_core(machine->gic, index, core->from_gic);
    device_power_attach_core(machine->power, index, core->from_power);
    core->gic = gic_cpuif_new(index, core->mpidr, core->to_gic, port_new(machine, index, ".gic", &gic_trace_names));
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
    };
    return cpu_core_attach(core->cpu, &wiring, error);
}

/* A device's registers, on the way from the interconnect, and its answers on the way back. */
static int wire_port(machine_t *machine, device_port_t *port, base_error_t *error)
{
    engine_component_t *system = interconnect_system_component(machine->system), *device = device_port_component(port);
    uint64_t latency_ps = machine->config.device_link_ps;
    engine_link_t *requests = link_new(machine, system, device, latency_ps, 0);
    device_port_attach(port, link_new(machine, device, system, latency_ps, 0));
    return interconnect_system_attach_device(machine->system, device_port_base(port), device_port_size_bytes(port),
                                             requests, error);
}

/* Distributor and redistributors are one component with one way back; their windows differ. */
static int wire_gic(machine_t *machine, base_error_t *error)
{
    engine_component_t *gic = gic_distributor_component(machine->gic);
    engine_component_t *system = interconnect_system_component(machine->system);
    engine_link_t *requests = link_new(machine, system, gic, machine->config.device_link_ps, 0);
    gic_distributor_attach_system(machine->gic, link_new(machine, gic, system, machine->config.device_link_ps, 0));
    int result = interconnect_system_attach_device(machine->system, BOARD_GICD_BASE, GICD_FRAME_BYTES, requests, error);
    if (result == 0)
        result = interconnect_system_attach_device(machine->system, BOARD_GICR_BASE,
                                                   machine->config.cores * GICR_BYTES_PER_CORE, requests, error);
    return result;
}

static int wire_system(machine_t *machine, base_error_t *error)
{
    const machine_config_t *config = &machine->config;
    engine_component_t *cluster = cache_cluster_component(machine->cluster);
    engine_component_t *system = interconnect_system_component(machine->system);
    engine_component_t *gic = gic_distributor_component(machine->gic);
    device_port_t *uart = device_pl011_port(machine->uart), *scu = device_scu_port(machine->scu);
    cache_cluster_attach_system(machine->cluster,
                                link_new(machine, cluster, system, config->system_link_ps, config->system_flit_ps));
    interconnect_system_attach_cluster(
        machine->system, link_new(machine, system, cluster, config->system_link_ps, config->system_flit_ps));
    int result = wire_gic(machine, error);
    if (result == 0)
        result = wire_port(machine, uart, error);
    if (result == 0)
        result = wire_port(machine, scu, error);
    machine->uart_wire = (gic_wire_t){
        .to_distributor = link_new(machine, device_port_component(uart), gic, config->gic_link_ps, 0),
        .intid = BOARD_UART_INTID,
    };
    device_pl011_connect(machine->uart, (device_irq_t){.set = gic_wire_set, .self = &machine->uart_wire});
    device_power_attach_status(machine->power, link_new(machine, device_power_component(machine->power),
                                                        device_port_component(scu), config->power_link_ps, 0));
    return result;
}

int machine_build(machine_t *machine, base_error_t *error)
{
    for (unsigned core = 0; core < machine->config.cores; core++)
        machine->cores[core].mpidr = board_mpidr(&machine->config, core);
    int result = build_cores(machine, error);
    if (result == 0)
        result = build_memory(machine, error);
    if (result == 0)
        result = build_gic_and_power(machine, error);
    if (result < 0)
        return result;
    build_devices(machine);
    result = wire_system(machine, error);
    for (unsigned core = 0; core < machine->config.cores && result == 0; core++)
        result = wire_core(machine, core, error);
    return result;
}
