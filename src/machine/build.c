/* Makes the components, each from its part of the configuration. */
#include "cpu/fault.h"
#include "machine/check.h"
#include "machine/core_types.h"
#include "machine/internal.h"

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
        .entry_base = BOARD_RAM_BASE,
        .entry_bytes = config->ram_bytes,
        .pmu_counters = (uint8_t)config->pmu_counters,
        .pmu_idcode = machine_core_type_find(config->core_type)->pmu_idcode,
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

static void on_mark(void *self, unsigned core)
{
    machine_t *machine = self;
    (void)core;
    machine->at_mark = true;
    engine_request_stop(machine->engine);
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
        .load_jitter_cycles = (uint32_t)config->perturb_load_cycles,
        .combine_entries = (uint32_t)config->combine_entries,
        .combine_age_cycles = (uint32_t)config->combine_age_cycles,
        .ram_base = BOARD_RAM_BASE,
        .ram_bytes = config->ram_bytes,
        .jitter_seed = config->seed + 64 + core,
        .mispredict_cycles = (uint32_t)config->mispredict_cycles,
        .isb_cycles = (uint32_t)config->isb_cycles,
        .exception_cycles = (uint32_t)config->exception_cycles,
        .exclusive_hold_cycles = (uint32_t)config->exclusive_hold_cycles,
        .atomics = (cpu_atomics_place_t)config->atomics,
        .atomic_cycles = (uint32_t)config->atomic_cycles,
        .fast_path = machine->options.fast_path,
        .on_store = machine->options.check ? machine_check_on_store : NULL,
        .on_load = machine->options.check ? machine_check_on_load : NULL,
        .checker = &machine->cores[core],
        .on_mark = on_mark,
        .on_pseudo_op = machine_on_pseudo_op,
        .machine = machine,
        .l2_size_bytes = (uint32_t)config->l2_size_bytes,
        .l2_ways = (uint32_t)config->l2_ways,
        .l1d = l1d_config(machine, core),
        .mmu = mmu_config(machine),
        .system = registers_config(machine, core, features),
    };
    int result = cpu_core_new(machine->engine, &core_config, machine->decoder, &machine->cores[core].cpu, error);
    if (result == 0) {
        machine->cores[core].cpu->guest_fault = machine->options.fault.cpu;
        machine->cores[core].cpu->row_counts = machine->options.row_counts;
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
        .atomic_cycles = (uint32_t)config->l2_atomic_cycles,
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
        .its_base = config->gic_its ? BOARD_ITS_BASE : 0,
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
        .entry_base = BOARD_RAM_BASE,
        .entry_bytes = config->ram_bytes,
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
        .unbuffered = machine->options.input_fd >= 0, /* a prompt ends no line */
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
    device_pl031_config_t rtc = {
        .base = BOARD_RTC_BASE,
        .access_ps = config->device_access_ps,
        .start_seconds = machine->past.clock_start_seconds,
        .age_ps = machine->past.ps,
    };
    device_pl061_config_t gpio = {
        .base = BOARD_GPIO_BASE,
        .access_ps = config->device_access_ps,
        .press_ps =
            config->power_key_press_ps > machine->past.ps ? config->power_key_press_ps - machine->past.ps : TIME_NEVER,
        .hold_ps = config->power_key_hold_ps,
    };
    machine->rtc = device_pl031_new(machine->engine, "rtc", &rtc);
    machine->gpio = device_pl061_new(machine->engine, "gpio", &gpio);
    machine->uart = device_pl011_new(machine->engine, "uart", &uart);
    machine->virtio = device_virtio_new(machine->engine, "virtio", BOARD_VIRTIO_BASE, board_virtio_slots(config),
                                        config->device_access_ps);
    machine->scu = device_scu_new(machine->engine, "scu-registers", &scu);
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
    return 0;
}
