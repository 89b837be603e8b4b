/* The GICv3 (ARM IHI 0069): distributor, redistributors, and the CPU interfaces in system registers.
 *
 * INTIDs 0-15 are SGIs (sent by cores), 16-31 PPIs (each core's own), 32-1019 SPIs (shared). All are in Group 1. */
#ifndef MESIM_FIRMWARE_GIC_H
#define MESIM_FIRMWARE_GIC_H

#include <stdbool.h>
#include <stdint.h>

enum { GIC_FIRST_SPI = 32, GIC_HANDLED_INTIDS = 64 };

/* Lower values are more urgent. The mask lets through what is more urgent than itself. */
enum { GIC_PRIORITY_URGENT = 0x40, GIC_PRIORITY_NORMAL = 0xa0, GIC_MASK_NOTHING = 0xff };

typedef void (*gic_handler_t)(uint32_t intid, void *data);

/* Once, on the boot core: finds nothing enabled and leaves SPIs off. */
void gic_init(void);

/* On each core: wakes its redistributor, turns SGIs on, opens the CPU interface. */
void gic_cpu_init(void);

/* On a core about to be switched off: nothing is signalled to it any more. */
void gic_cpu_off(void);

/* Who handles an INTID, on every core. It runs with interrupts masked. */
void gic_set_handler(uint32_t intid, gic_handler_t handler, void *data);

/* An SGI or PPI of the running core. */
void gic_enable_private(uint32_t intid);
void gic_disable_private(uint32_t intid);
void gic_set_private_priority(uint32_t intid, uint8_t priority);
bool gic_private_is_pending(uint32_t intid);

/* An SPI: sends it to one core. Making it pending is a way to test that. */
void gic_enable_spi(uint32_t intid, uint64_t mpidr);
void gic_disable_spi(uint32_t intid);
void gic_set_spi_pending(uint32_t intid);

/* The running core's priority mask. */
void gic_set_mask(uint8_t priority);

/* To one core, perhaps the running one; to all but the running one. What was stored before is seen by the receiver. */
void gic_send_sgi(uint32_t intid, uint64_t mpidr);
void gic_send_sgi_to_others(uint32_t intid);

/* The IRQ vector's work: acknowledge, handle, end. */
void gic_handle_interrupt(void);

#endif
