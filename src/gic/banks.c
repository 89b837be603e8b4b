/* Registers with a field an interrupt that are wider than a bit: GICD_ICFGR, GICD_IPRIORITYR and their twins in GICR.
 */
#include "gic/register.h"

enum { ICFGR_INTERRUPTS = 16, IPRIORITYR_INTERRUPTS = 4 };

/* ICFGR: two bits an interrupt, the upper one says edge (IHI 0069 section 12.9.9). */
uint64_t gic_bank_read_edge(const gic_bank_t *bank, unsigned half)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < ICFGR_INTERRUPTS; i++)
        if (bank->edge >> (half * ICFGR_INTERRUPTS + i) & 1)
            value |= UINT64_C(2) << (2 * i);
    return value;
}

void gic_bank_write_edge(gic_bank_t *bank, unsigned half, uint64_t value, uint64_t lanes)
{
    for (unsigned i = 0; i < ICFGR_INTERRUPTS; i++) {
        uint32_t bit = UINT32_C(1) << (half * ICFGR_INTERRUPTS + i);
        if (!(lanes >> (2 * i + 1) & 1))
            continue;
        bank->edge = value >> (2 * i + 1) & 1 ? bank->edge | bit : bank->edge & ~bit;
    }
}

uint64_t gic_bank_read_priority(const gic_bank_t *bank, unsigned word)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < IPRIORITYR_INTERRUPTS; i++)
        value |= (uint64_t)bank->priority[word * IPRIORITYR_INTERRUPTS + i] << (8 * i);
    return value;
}

void gic_bank_write_priority(gic_bank_t *bank, unsigned word, uint64_t value, uint64_t lanes)
{
    for (unsigned i = 0; i < IPRIORITYR_INTERRUPTS; i++) {
        uint8_t *priority = &bank->priority[word * IPRIORITYR_INTERRUPTS + i];
        *priority = (uint8_t)gic_register_merge(*priority, value >> (8 * i), lanes >> (8 * i));
    }
}
