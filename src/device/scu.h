/* The register block of the snoop control unit, laid out as arm64_scu_regs_t of the SMP architecture document, in a
 * free window of the board. It tells; it hardly does: coherence in this machine is always on.
 *
 *   offset  register         what it is here
 *   0x00    control          bit 0 (SCU enable) is RAO/WI, all else RAZ/WI
 *   0x04    configuration    read-only: bits 7:0 cores - 1, bits 15:8 cores of a cluster - 1, bits 31:16 L2 in KB
 *   0x08    cpu_status       read-only: bit n = core n is on, cores 0 to 31, told by the power controller
 *   0x0c    invalidate_all   reads as zero; writes do nothing: the duplicate tags are always exact
 *   0x10    filtering_start  RAZ/WI: there is one port to memory, so nothing to filter
 *   0x14    filtering_end    RAZ/WI
 *   0x18    sac              bit n: core n may write this block, cores 0 to 31; a write by another is ignored and
 * logged 0x1c    snsac            RAZ/WI: the machine has one Security state 0x20    cpu_status_high  as cpu_status,
 * cores 32 to 63 (not in the document, which ends at four cores)
 *
 * All registers are 32 bits and take accesses of 4 bytes. */
#ifndef MESIM_DEVICE_SCU_H
#define MESIM_DEVICE_SCU_H

#include "device/fault.h"
#include "device/mmio.h"
#include "engine/engine.h"

#include <stdint.h>

enum { DEVICE_SCU_BYTES = 0x1000 };

typedef struct device_scu_config {
    uint64_t base;
    uint64_t access_ps;
    unsigned cores;         /* 1 to 64 */
    unsigned cluster_cores; /* cores that share an L2 */
    uint32_t l2_kib;
    uint64_t on;          /* cores that are on at the start, a bit each */
    device_fault_t fault; /* honoured only in a build with MESIM_FAULTS */
} device_scu_config_t;

typedef struct device_scu device_scu_t;

/* The block also takes DEVICE_POWER_STATUS messages (device_power_attach_status). */
device_scu_t *device_scu_new(engine_t *engine, const char *name, const device_scu_config_t *config);
void device_scu_free(device_scu_t *scu); /* NULL is fine */
device_port_t *device_scu_port(device_scu_t *scu);

#endif
