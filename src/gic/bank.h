/* The state of 32 interrupts, a bit each: SGIs and PPIs of one core in its redistributor, or 32 SPIs in the
 * distributor.
 *
 * IHI 0069 section 4.1.2: an interrupt is inactive, pending, active, or active and pending. An edge-triggered interrupt
 * is pending from its edge to its acknowledge (the latch); a level-sensitive one also as long as its wire is high. */
#ifndef MESIM_GIC_BANK_H
#define MESIM_GIC_BANK_H

#include "gic/gic.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gic_bank {
    uint32_t group; /* 1: Group 1 */
    uint32_t enabled;
    uint32_t latch; /* pending by an edge, an SGI, or a write to ISPENDR */
    uint32_t wire;  /* level of the input */
    uint32_t edge;  /* 1: edge-triggered */
    uint32_t active;
    uint32_t presented; /* a Set for it is with a CPU interface, not yet answered by Activate or Release */
    uint32_t clearing;  /* a Clear for it is not yet acknowledged */
    uint8_t priority[GIC_BANK_INTERRUPTS];
} gic_bank_t;

static inline uint32_t gic_bank_pending(const gic_bank_t *bank)
{
    return bank->latch | (bank->wire & ~bank->edge);
}

/* Enabled interrupts of the groups in `groups` (bit 0 Group 0, bit 1 Group 1). */
static inline uint32_t gic_bank_forwarding(const gic_bank_t *bank, unsigned groups)
{
    uint32_t of_group = (groups & 1 ? ~bank->group : 0) | (groups & 2 ? bank->group : 0);
    return bank->enabled & of_group;
}

/* What may be forwarded: pending, enabled, not active (section 4.8: active and pending waits for its deactivation). */
static inline uint32_t gic_bank_candidates(const gic_bank_t *bank, unsigned groups)
{
    return gic_bank_pending(bank) & gic_bank_forwarding(bank, groups) & ~bank->active;
}

/* A new level on the wires in `bits`. */
static inline void gic_bank_drive(gic_bank_t *bank, uint32_t bits, bool level)
{
    uint32_t rising = level ? bits & ~bank->wire : 0;
    bank->wire = level ? bank->wire | bits : bank->wire & ~bits;
    bank->latch |= rising & bank->edge;
}

#endif
