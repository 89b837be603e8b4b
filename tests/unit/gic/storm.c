#include "storm.h"

#include "base/random.h"
#include "base/time.h"
#include "harness.h"

#include <criterion/criterion.h>
#include <stddef.h>

enum { MAX_CORES = 16, SPI_FIRST = 32, SPI_LAST = 47, DEPTH = 40 };

typedef struct storm storm_t;

/* The software of one core. */
typedef struct agent {
    storm_t *storm;
    base_random_t random;
    uint64_t next_ps;
    uint32_t stack[DEPTH];
    unsigned depth;
    bool finishing;
} agent_t;

struct storm {
    harness_t *h;
    agent_t agent[MAX_CORES];
    unsigned cores;
    bool finish;
    bool active[SPI_LAST + 1]; /* SPIs being handled somewhere */
    const char *wrong;
};

static void fail(storm_t *storm, const char *wrong)
{
    if (!storm->wrong)
        storm->wrong = wrong;
}

/* --- software --- */

static void acknowledge(agent_t *agent, gic_cpuif_t *cpuif, uint64_t now_ps)
{
    uint64_t intid;
    gic_cpuif_read(cpuif, now_ps, ICC_IAR1_EL1, 0, &intid);
    if (intid == 1023 || agent->depth == DEPTH)
        return;
    if (intid >= SPI_FIRST) {
        if (agent->storm->active[intid])
            fail(agent->storm, "two cores handle one SPI");
        agent->storm->active[intid] = true;
    }
    for (unsigned i = 0; i < agent->depth; i++)
        if (agent->stack[i] == intid)
            fail(agent->storm, "an active interrupt is acknowledged again");
    agent->stack[agent->depth++] = (uint32_t)intid;
}

static void end(agent_t *agent, gic_cpuif_t *cpuif, uint64_t now_ps)
{
    if (!agent->depth)
        return;
    uint32_t intid = agent->stack[--agent->depth];
    if (intid >= SPI_FIRST)
        agent->storm->active[intid] = false;
    gic_cpuif_write(cpuif, now_ps, ICC_EOIR1_EL1, 0, intid);
}

static void send(agent_t *agent, gic_cpuif_t *cpuif, uint64_t now_ps)
{
    uint64_t random = base_random_next(&agent->random);
    uint64_t value = (random & 15) << 24;
    if (random >> 60)
        value |= UINT64_C(1) << (random >> 8) % agent->storm->cores;
    else
        value |= UINT64_C(1) << 40;
    gic_cpuif_write(cpuif, now_ps, ICC_SGI1R_EL1, 0, value);
}

static uint64_t finish(agent_t *agent, gic_cpuif_t *cpuif, uint64_t now_ps)
{
    if (!agent->finishing) {
        gic_cpuif_write(cpuif, now_ps, ICC_PMR_EL1, 0, 0xf0);
        gic_cpuif_write(cpuif, now_ps, ICC_IGRPEN1_EL1, 0, 1);
        agent->finishing = true;
    }
    if (gic_cpuif_irq(cpuif))
        acknowledge(agent, cpuif, now_ps);
    else if (agent->depth)
        end(agent, cpuif, now_ps);
    else
        return TIME_NEVER;
    return now_ps + 700;
}

static uint64_t act(void *self, unsigned core, gic_cpuif_t *cpuif, uint64_t now_ps)
{
    agent_t *agent = self;
    (void)core;
    if (agent->storm->finish)
        return finish(agent, cpuif, now_ps);
    if (now_ps < agent->next_ps)
        return agent->next_ps;
    uint64_t dice = base_random_below(&agent->random, 100);
    if (dice < 25)
        send(agent, cpuif, now_ps);
    else if (dice < 65 && gic_cpuif_irq(cpuif))
        acknowledge(agent, cpuif, now_ps);
    else if (dice < 90)
        end(agent, cpuif, now_ps);
    else if (dice < 95)
        gic_cpuif_write(cpuif, now_ps, ICC_PMR_EL1, 0, dice & 1 ? 0xf0 : 0x90);
    else
        gic_cpuif_write(cpuif, now_ps, ICC_IGRPEN1_EL1, 0, dice != 95);
    return agent->next_ps = now_ps + 500 + base_random_below(&agent->random, 5000);
}

/* --- peripherals and reconfiguration --- */

static void meddle(storm_t *storm, base_random_t *random)
{
    harness_t *h = storm->h;
    unsigned core = (unsigned)base_random_below(random, storm->cores);
    unsigned spi = SPI_FIRST + (unsigned)base_random_below(random, SPI_LAST - SPI_FIRST + 1);
    uint64_t bits = base_random_next(random) & 0xffff;
    switch (base_random_below(random, 10)) {
    case 0: mmio_post(h, gicr_address(core, GICR_ICENABLER0), 4, bits); break;
    case 1: mmio_post(h, gicr_address(core, GICR_ISENABLER0), 4, bits); break;
    case 2: mmio_post(h, GICD + GICD_ICENABLER + 4, 4, bits); break;
    case 3: mmio_post(h, GICD + GICD_ISENABLER + 4, 4, bits); break;
    case 4: mmio_post(h, gicr_address(core, GICR_WAKER), 4, bits & 2); break;
    case 5: mmio_post(h, gicr_address(core, GICR_IPRIORITYR + bits % 16), 1, bits >> 4 & 0xe0); break;
    case 6: mmio_post(h, GICD + GICD_IROUTER + 8 * spi, 8, bits & 1 ? UINT64_C(1) << 31 : core); break;
    case 7: mmio_post(h, GICD + GICD_CTLR, 4, bits & 7 ? 2 : 0); break;
    default:
        spi_post(h, spi, true);
        spi_post(h, spi, false);
        break;
    }
    harness_run_ps(h, 1 + base_random_below(random, 20000));
}

static void calm_down(storm_t *storm)
{
    harness_t *h = storm->h;
    storm->finish = true;
    harness_settle(h);
    for (unsigned core = 0; core < storm->cores; core++) {
        icc_write(h, core, ICC_PMR_EL1, 0xf0);
        mmio_write(h, gicr_address(core, GICR_WAKER), 4, 0);
        mmio_write(h, gicr_address(core, GICR_ISENABLER0), 4, 0xffffffff);
    }
    mmio_write(h, GICD + GICD_CTLR, 4, 2);
    mmio_write(h, GICD + GICD_ISENABLER + 4, 4, 0xffffffff);
}

/* --- what must hold --- */

static void check_quiet(storm_t *storm)
{
    harness_t *h = storm->h;
    if (mmio_read(h, GICD + GICD_ISPENDR + 4, 4) || mmio_read(h, GICD + GICD_ISACTIVER + 4, 4))
        fail(storm, "an SPI is left pending or active");
    if (mmio_read(h, GICD + GICD_CTLR, 4) >> 31)
        fail(storm, "GICD_CTLR.RWP is left set");
    for (unsigned core = 0; core < storm->cores; core++) {
        if (mmio_read(h, gicr_address(core, GICR_ISPENDR0), 4) || mmio_read(h, gicr_address(core, GICR_ISACTIVER0), 4))
            fail(storm, "an SGI is left pending or active");
        if (!gic_cpuif_synchronized(harness_cpuif(h, core)))
            fail(storm, "a packet is left without an answer");
        if (gic_cpuif_guest_log(harness_cpuif(h, core))->count)
            fail(storm, "a CPU interface takes correct software for wrong");
    }
}

static void check_conservation(storm_t *storm, storm_result_t *result)
{
    const gic_distributor_stats_t *dist = gic_distributor_stats(harness_distributor(storm->h));
    uint64_t sgi = 0, spi = 0, named = 0, timed = 0;
    for (unsigned core = 0; core < storm->cores; core++) {
        const gic_cpuif_stats_t *stats = gic_cpuif_stats(harness_cpuif(storm->h, core));
        sgi += stats->sgi_received;
        spi += stats->spi_received;
        named += stats->sgi_targets;
        timed += gic_cpuif_latency(harness_cpuif(storm->h, core))->phase[GIC_PHASE_TOTAL].count;
    }
    if (sgi + spi != dist->activates || dist->activates != dist->deactivates)
        fail(storm, "acknowledged, activated and deactivated differ");
    if (sgi != dist->sgi_deliveries - dist->sgi_merged)
        fail(storm, "an SGI is lost or delivered twice");
    if (named != dist->sgi_deliveries || timed != sgi)
        fail(storm, "senders and receivers count different SGIs");
    if (gic_distributor_guest_log(harness_distributor(storm->h))->count)
        fail(storm, "the distributor takes correct software for wrong");
    result->acknowledged = dist->activates;
    result->sgis = sgi;
    result->spis = spi;
    result->merged = dist->sgi_merged;
    result->releases = dist->releases;
    result->clears = dist->clears;
}

/* --- a run --- */

static void prepare(storm_t *storm, const storm_config_t *config, trace_t *trace)
{
    storm->cores = config->cores;
    storm->h = harness_new(&(harness_config_t){.cores = config->cores,
                                               .fault = config->fault,
                                               .trace = trace,
                                               .perturb_seed = config->seed,
                                               .perturb_ps = config->perturb_ps});
    engine_set_order(harness_engine(storm->h), config->order, config->seed);
    harness_boot(storm->h);
    for (unsigned word = 2; word <= 3; word++)
        mmio_write(storm->h, GICD + GICD_ICFGR + 4 * word, 4, 0xaaaaaaaa);
    mmio_write(storm->h, GICD + GICD_ISENABLER + 4, 4, 0xffffffff);
    uint64_t now_ps = harness_now_ps(storm->h);
    for (unsigned core = 0; core < config->cores; core++) {
        agent_t *agent = &storm->agent[core];
        agent->storm = storm;
        base_random_init(&agent->random, config->seed * 1000 + core);
        agent->next_ps = now_ps + 1 + core;
        harness_set_agent(storm->h, core, act, agent, agent->next_ps);
    }
}

storm_result_t storm_run(const storm_config_t *config)
{
    storm_t storm = {0};
    storm_result_t result = {0};
    base_random_t random;
    trace_t *trace = trace_new();
    base_random_init(&random, config->seed);
    cr_assert_leq(config->cores, MAX_CORES);
    prepare(&storm, config, trace);
    for (unsigned round = 0; round < config->rounds && !storm.wrong; round++)
        meddle(&storm, &random);
    if (!storm.wrong) {
        calm_down(&storm);
        check_quiet(&storm);
        check_conservation(&storm, &result);
    }
    result.wrong = storm.wrong;
    result.trace_hash = trace_hash(trace);
    harness_free(storm.h);
    trace_free(trace);
    return result;
}
