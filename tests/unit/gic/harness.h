/* A distributor with cores that only have a CPU interface, on the real engine: tests act as software on each core. With
 * an ITS there is RAM for its tables. */
#ifndef MESIM_TESTS_GIC_HARNESS_H
#define MESIM_TESTS_GIC_HARNESS_H

#include "engine/engine.h"
#include "gic/cpuif.h"
#include "gic/distributor.h"
#include "interconnect/chi.h"
#include "observe/guest_log.h"
#include "observe/trace.h"

#include <stdbool.h>
#include <stdint.h>

enum { GICD = 0x08000000, GITS = 0x08080000, GICR = 0x080a0000, SGI_BASE = 0x10000 };
enum { HARNESS_RAM = 0x40000000, HARNESS_RAM_BYTES = 0x400000 };

/* Register offsets used by more than one test. */
enum {
    GICD_CTLR = 0x0000,
    GICD_IGROUPR = 0x0080,
    GICD_ISENABLER = 0x0100,
    GICD_ICENABLER = 0x0180,
    GICD_ISPENDR = 0x0200,
    GICD_ICPENDR = 0x0280,
    GICD_ISACTIVER = 0x0300,
    GICD_ICACTIVER = 0x0380,
    GICD_IPRIORITYR = 0x0400,
    GICD_ICFGR = 0x0c00,
    GICD_IROUTER = 0x6000, /* + 8 * INTID */
    GICR_CTLR = 0x0000,
    GICR_TYPER = 0x0008,
    GICR_WAKER = 0x0014,
    GICR_PROPBASER = 0x0070,
    GICR_PENDBASER = 0x0078,
    GICR_IGROUPR0 = SGI_BASE + 0x0080,
    GICR_ISENABLER0 = SGI_BASE + 0x0100,
    GICR_ICENABLER0 = SGI_BASE + 0x0180,
    GICR_ISPENDR0 = SGI_BASE + 0x0200,
    GICR_ICPENDR0 = SGI_BASE + 0x0280,
    GICR_ISACTIVER0 = SGI_BASE + 0x0300,
    GICR_ICACTIVER0 = SGI_BASE + 0x0380,
    GICR_IPRIORITYR = SGI_BASE + 0x0400,
    GICR_ICFGR1 = SGI_BASE + 0x0c04,
};

typedef struct harness harness_t;

typedef struct harness_config {
    unsigned cores;
    unsigned spis; /* 0: 256 */
    bool its;
    unsigned cluster_cores; /* Aff1 = core / cluster_cores, Aff0 = core % cluster_cores; 0: flat, Aff0 = core */
    gic_fault_t fault;
    trace_t *trace; /* or NULL */
    uint64_t perturb_seed, perturb_ps;
} harness_config_t;

harness_t *harness_new(const harness_config_t *config);
void harness_free(harness_t *harness);

engine_t *harness_engine(harness_t *harness);
gic_distributor_t *harness_distributor(harness_t *harness);
gic_cpuif_t *harness_cpuif(harness_t *harness, unsigned core);
unsigned harness_cores(const harness_t *harness);
uint64_t harness_mpidr(const harness_t *harness, unsigned core);

/* The memory that the ITS sees, from HARNESS_RAM on. Other addresses answer with a decode error. */
uint8_t *harness_ram(harness_t *harness);

/* The present: nothing has happened after it. */
uint64_t harness_now_ps(const harness_t *harness);
/* Until every message has arrived. */
void harness_settle(harness_t *harness);
/* Whether no message is on its way. */
bool harness_is_idle(harness_t *harness);
/* Time goes on by exactly this much. */
void harness_run_ps(harness_t *harness, uint64_t ps);

/* System register accesses at the present; they take 1 ps and settle nothing. An UNDEFINED one fails the test. */
uint64_t icc_read(harness_t *harness, unsigned core, gic_icc_t reg);
void icc_write(harness_t *harness, unsigned core, gic_icc_t reg, uint64_t value);
/* The same register read by all cores in the same picosecond. */
void icc_read_all(harness_t *harness, gic_icc_t reg, uint64_t *ret_values);

/* Memory-mapped accesses; `address` is absolute. Settle. */
uint64_t mmio_read(harness_t *harness, uint64_t address, unsigned size_bytes);
void mmio_write(harness_t *harness, uint64_t address, unsigned size_bytes, uint64_t value);
/* Sends a write and does not wait. */
void mmio_post(harness_t *harness, uint64_t address, unsigned size_bytes, uint64_t value);
/* The last answer. */
const chi_message_t *mmio_answer(const harness_t *harness);

uint64_t gicr_address(unsigned core, uint64_t offset);

/* A peripheral's wire changes; spi_wire settles, spi_post does not wait. */
void spi_wire(harness_t *harness, uint32_t intid, bool level);
void spi_post(harness_t *harness, uint32_t intid, bool level);
void ppi_wire(harness_t *harness, unsigned core, uint32_t intid, bool level);

/* What a kernel does by the book, on all cores: wake the redistributor, all interrupts in Group 1 at priority 0xa0 and
 * enabled, mask 0xf0, group enabled, EOImode 0; and the distributor with Group 1 enabled. */
void harness_boot(harness_t *harness);
/* A new harness after that. */
harness_t *harness_booted(unsigned cores, unsigned cluster_cores, gic_fault_t fault);

/* ICC_SGI1R_EL1 that names `core` by its affinity. */
uint64_t sgi_to(const harness_t *harness, unsigned core, unsigned intid);

/* SGI `intid` of this priority becomes pending on core 1, sent by core 0. Settles. */
void pend_on_core_1(harness_t *harness, unsigned intid, uint8_t priority);

/* Cores whose IRQ line is up, a bit each. Settles first. */
uint64_t cores_with_irq(harness_t *harness);

/* Software on a core for random tests: called when its time has come or a packet has arrived; returns when it wants to
 * be called again. */
typedef uint64_t harness_agent_t(void *self, unsigned core, gic_cpuif_t *cpuif, uint64_t now_ps);
void harness_set_agent(harness_t *harness, unsigned core, harness_agent_t *agent, void *self, uint64_t first_ps);

#endif
