/* Where entries of the tables in guest memory lie (IHI 0069 sections 5.2 and 6.1), and what they say.
 *
 * Entries of the ITS are 8 bytes, of a layout of this implementation's own (section 5.2.3):
 *   device       bit 63 valid, 51:8 address of the interrupt translation table, 4:0 EventID bits - 1
 *   collection   bit 63 valid, 15:0 the core
 *   translation  bit 63 valid, 47:32 ICID, 23:0 LPI */
#include "base/bits.h"
#include "gic/internal.h"
#include "gic/its.h"

/* --- GITS_BASER --- */

gic_its_result_t gic_its_entry_address(gic_distributor_t *dist, gic_its_table_t table, uint32_t index,
                                       uint64_t *ret_address)
{
    uint64_t baser = dist->its.baser[table];
    if (!(baser & GITS_VALID))
        return gic_its_bad(dist, "its table in GITS_BASER is not valid");
    unsigned size = (unsigned)bits_get(baser, 8, 2);
    uint64_t page_bytes = UINT64_C(0x1000) << 2 * (size > 2 ? 2 : size);
    uint64_t base = baser & UINT64_C(0xfffffffff000), bytes = (bits_get(baser, 0, 8) + 1) * page_bytes;
    base &= ~(page_bytes - 1);
    if (size >= 2) /* 64 KB pages: bits 15:12 are address bits 51:48 */
        base |= bits_get(baser, 12, 4) << 48;
    if (baser & GITS_BASER_INDIRECT) {
        uint64_t entries = page_bytes / GIC_ITS_ENTRY_BYTES, page = 0;
        if (index / entries >= bytes / GIC_ITS_ENTRY_BYTES && !GIC_HAS_FAULT(dist, TABLES_UNBOUNDED))
            return gic_its_bad(dist, "beyond its table");
        GIC_ITS_TRY(gic_its_read(dist, base + index / entries * GIC_ITS_ENTRY_BYTES, GIC_ITS_ENTRY_BYTES, &page));
        if (!(page & GITS_VALID))
            return gic_its_bad(dist, "its page of the two-level table is not valid");
        *ret_address = (page & GITS_ADDRESS & ~(page_bytes - 1)) + index % entries * GIC_ITS_ENTRY_BYTES;
        return GIC_ITS_OK;
    }
    if (index >= bytes / GIC_ITS_ENTRY_BYTES && !GIC_HAS_FAULT(dist, TABLES_UNBOUNDED))
        return gic_its_bad(dist, "beyond its table");
    *ret_address = base + (uint64_t)index * GIC_ITS_ENTRY_BYTES;
    return GIC_ITS_OK;
}

gic_its_result_t gic_its_device_entry(gic_distributor_t *dist, uint32_t device, uint64_t *ret_address)
{
    if (device >> GIC_ITS_DEVICE_BITS)
        return gic_its_bad(dist, "DeviceID with more bits than GITS_TYPER.Devbits");
    return gic_its_entry_address(dist, GIC_ITS_DEVICES, device, ret_address);
}

gic_its_result_t gic_its_translation_address(gic_distributor_t *dist, uint32_t device, uint32_t event,
                                             uint64_t *ret_address)
{
    uint64_t address = 0, entry = 0;
    GIC_ITS_TRY(gic_its_device_entry(dist, device, &address));
    GIC_ITS_TRY(gic_its_read(dist, address, GIC_ITS_ENTRY_BYTES, &entry));
    if (!(entry & GITS_VALID))
        return gic_its_bad(dist, "the device is not mapped");
    if ((uint64_t)event >> (bits_get(entry, 0, 5) + 1) && !GIC_HAS_FAULT(dist, TABLES_UNBOUNDED))
        return gic_its_bad(dist, "EventID beyond those of the device");
    *ret_address = (entry & GITS_ITT_ADDRESS) + (uint64_t)event * GIC_ITS_ENTRY_BYTES;
    return GIC_ITS_OK;
}

gic_its_result_t gic_its_collection_core(gic_distributor_t *dist, uint32_t icid, unsigned *ret_core)
{
    uint64_t address = 0, entry = 0;
    GIC_ITS_TRY(gic_its_entry_address(dist, GIC_ITS_COLLECTIONS, icid, &address));
    GIC_ITS_TRY(gic_its_read(dist, address, GIC_ITS_ENTRY_BYTES, &entry));
    if (!(entry & GITS_VALID))
        return gic_its_bad(dist, "the collection is not mapped");
    *ret_core = (unsigned)bits_get(entry, 0, 16);
    /* Memory is the guest's: what lies there need not be what MAPC wrote. */
    return *ret_core < dist->config.cores ? GIC_ITS_OK : gic_its_bad(dist, "the collection names no redistributor");
}

gic_its_result_t gic_its_translate(gic_distributor_t *dist, uint32_t device, uint32_t event, gic_its_translation_t *ret)
{
    GIC_ITS_TRY(gic_its_translation_address(dist, device, event, &ret->address));
    GIC_ITS_TRY(gic_its_read(dist, ret->address, GIC_ITS_ENTRY_BYTES, &ret->entry));
    if (!(ret->entry & GITS_VALID))
        return gic_its_bad(dist, "the event is not mapped");
    ret->lpi = (uint32_t)bits_get(ret->entry, 0, 24);
    if (ret->lpi < GIC_LPI_FIRST || ret->lpi >= GIC_LPI_LIMIT)
        return gic_its_bad(dist, "the event is mapped to no LPI");
    return gic_its_collection_core(dist, (uint32_t)bits_get(ret->entry, 32, 16), &ret->core);
}

/* --- GICR_PROPBASER --- */

uint32_t gic_lpi_limit(const gic_distributor_t *dist, unsigned core)
{
    unsigned bits = (unsigned)bits_get(dist->redist[core].propbaser, 0, 5) + 1;
    uint32_t limit = bits < 16 ? UINT32_C(1) << bits : GIC_LPI_LIMIT;
    return limit > GIC_LPI_FIRST ? limit : GIC_LPI_FIRST; /* fewer than 14 bits: no LPIs */
}

uint64_t gic_lpi_config_address(const gic_distributor_t *dist, unsigned core, uint32_t intid)
{
    const gic_redist_t *redist = &dist->redist[core];
    if (!(redist->ctlr & GICR_CTLR_ENABLE_LPIS) || intid >= gic_lpi_limit(dist, core))
        return 0;
    return (redist->propbaser & GITS_ADDRESS) + (intid - GIC_LPI_FIRST);
}
