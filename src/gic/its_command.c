/* The commands of the ITS (IHI 0069 section 5.3), and what else it does. */
#include "base/bits.h"
#include "gic/internal.h"
#include "gic/its.h"

enum {
    MOVI = 0x01,
    INT = 0x03,
    CLEAR = 0x04,
    SYNC = 0x05,
    MAPD = 0x08,
    MAPC = 0x09,
    MAPTI = 0x0a,
    MAPI = 0x0b,
    INV = 0x0c,
    INVALL = 0x0d,
    MOVALL = 0x0e,
    DISCARD = 0x0f,
};

/* --- fields of a command --- */

static uint32_t device_of(const gic_its_t *its)
{
    return (uint32_t)bits_get(its->command[0], 32, 32);
}

static uint32_t event_of(const gic_its_t *its)
{
    return (uint32_t)bits_get(its->command[1], 0, 32);
}

static uint32_t icid_of(const gic_its_t *its)
{
    return (uint32_t)bits_get(its->command[2], 0, 16);
}

/* GITS_TYPER.PTA = 0: a redistributor is named by its GICR_TYPER.Processor_Number. */
static gic_its_result_t core_of(gic_distributor_t *dist, unsigned word, unsigned *ret_core)
{
    *ret_core = (unsigned)MIN(bits_get(dist->its.command[word], 16, 35), UINT_MAX);
    return *ret_core < dist->config.cores ? GIC_ITS_OK : gic_its_bad(dist, "no such redistributor");
}

/* --- commands --- */

static gic_its_result_t perform_mapd(gic_distributor_t *dist)
{
    const uint64_t *command = dist->its.command;
    uint64_t address = 0, valid = command[2] & GITS_VALID, size = bits_get(command[1], 0, 5);
    if (valid && size >= GIC_ITS_EVENT_BITS)
        return gic_its_bad(dist, "more EventID bits than GITS_TYPER.ID_bits");
    GIC_ITS_TRY(gic_its_device_entry(dist, device_of(&dist->its), &address));
    return gic_its_write(dist, address, valid ? valid | (command[2] & GITS_ITT_ADDRESS) | size : 0);
}

static gic_its_result_t perform_mapc(gic_distributor_t *dist)
{
    uint64_t address = 0, valid = dist->its.command[2] & GITS_VALID;
    unsigned core = 0;
    if (valid)
        GIC_ITS_TRY(core_of(dist, 2, &core));
    GIC_ITS_TRY(gic_its_entry_address(dist, GIC_ITS_COLLECTIONS, icid_of(&dist->its), &address));
    return gic_its_write(dist, address, valid ? valid | core : 0);
}

static gic_its_result_t perform_map(gic_distributor_t *dist, uint32_t lpi)
{
    gic_its_t *its = &dist->its;
    uint64_t address = 0;
    uint32_t icid = icid_of(its);
    if (lpi < GIC_LPI_FIRST || lpi >= GIC_LPI_LIMIT)
        return gic_its_bad(dist, "the INTID is no LPI");
    GIC_ITS_TRY(gic_its_entry_address(dist, GIC_ITS_COLLECTIONS, icid, &address)); /* it need not be mapped yet */
    GIC_ITS_TRY(gic_its_translation_address(dist, device_of(its), event_of(its), &address));
    icid ^= GIC_HAS_FAULT(dist, MAP_TO_WRONG_COLLECTION);
    return gic_its_write(dist, address, GITS_VALID | (uint64_t)icid << 32 | lpi);
}

static gic_its_result_t perform_movi(gic_distributor_t *dist)
{
    gic_its_t *its = &dist->its;
    gic_its_translation_t old = {0};
    unsigned core = 0;
    GIC_ITS_TRY(gic_its_translate(dist, device_of(its), event_of(its), &old));
    GIC_ITS_TRY(gic_its_collection_core(dist, icid_of(its), &core));
    GIC_ITS_TRY(gic_its_write(dist, old.address, GITS_VALID | (uint64_t)icid_of(its) << 32 | old.lpi));
    gic_lpi_move(dist, old.core, core, old.lpi);
    return GIC_ITS_OK;
}

static gic_its_result_t perform_movall(gic_distributor_t *dist)
{
    unsigned from = 0, to = 0;
    GIC_ITS_TRY(core_of(dist, 2, &from));
    GIC_ITS_TRY(core_of(dist, 3, &to));
    gic_lpi_move_all(dist, from, to);
    return GIC_ITS_OK;
}

static gic_its_result_t perform_event(gic_distributor_t *dist, uint32_t device, uint32_t event)
{
    gic_its_translation_t translation = {0};
    GIC_ITS_TRY(gic_its_translate(dist, device, event, &translation));
    gic_lpi_pend(dist, translation.core, translation.lpi);
    return GIC_ITS_OK;
}

static gic_its_result_t perform_clear(gic_distributor_t *dist, bool discard)
{
    gic_its_t *its = &dist->its;
    gic_its_translation_t translation = {0};
    GIC_ITS_TRY(gic_its_translate(dist, device_of(its), event_of(its), &translation));
    if (discard)
        GIC_ITS_TRY(gic_its_write(dist, translation.address, 0));
    if (!discard || !GIC_HAS_FAULT(dist, DISCARD_KEEPS_PENDING))
        gic_lpi_clear(dist, translation.core, translation.lpi);
    return GIC_ITS_OK;
}

static gic_its_result_t load_config(gic_distributor_t *dist, unsigned core, uint32_t lpi)
{
    uint64_t address = gic_lpi_config_address(dist, core, lpi), config = 0;
    if (!address)
        return gic_its_bad(dist, "the LPI has no place in the table of GICR_PROPBASER");
    GIC_ITS_TRY(gic_its_read(dist, address, 1, &config));
    gic_lpi_set_config(dist, lpi, (uint8_t)config);
    return GIC_ITS_OK;
}

static gic_its_result_t perform_inv(gic_distributor_t *dist)
{
    gic_its_t *its = &dist->its;
    gic_its_translation_t translation = {0};
    GIC_ITS_TRY(gic_its_translate(dist, device_of(its), event_of(its), &translation));
    if (GIC_HAS_FAULT(dist, INV_IGNORED))
        return GIC_ITS_OK;
    return load_config(dist, translation.core, translation.lpi);
}

static gic_its_result_t perform_invall(gic_distributor_t *dist)
{
    unsigned core = 0;
    GIC_ITS_TRY(gic_its_collection_core(dist, icid_of(&dist->its), &core));
    if (!GIC_HAS_FAULT(dist, INV_IGNORED))
        gic_lpi_forget_config(dist);
    return GIC_ITS_OK;
}

static gic_its_result_t perform_sync(gic_distributor_t *dist)
{
    unsigned core = 0;
    return core_of(dist, 2, &core); /* what came before is complete */
}

static gic_its_result_t perform_command(gic_distributor_t *dist)
{
    gic_its_t *its = &dist->its;
    switch (bits_get(its->command[0], 0, 8)) {
    case MOVI: return perform_movi(dist);
    case INT: return perform_event(dist, device_of(its), event_of(its));
    case CLEAR: return perform_clear(dist, false);
    case SYNC: return perform_sync(dist);
    case MAPD: return perform_mapd(dist);
    case MAPC: return perform_mapc(dist);
    case MAPTI: return perform_map(dist, (uint32_t)bits_get(its->command[1], 32, 32));
    case MAPI: return perform_map(dist, event_of(its));
    case INV: return perform_inv(dist);
    case INVALL: return perform_invall(dist);
    case MOVALL: return perform_movall(dist);
    case DISCARD: return perform_clear(dist, true);
    default: return gic_its_bad(dist, "no such command");
    }
}

/* --- what else is done --- */

/* Section 6.1.2: a bit an INTID; those of LPIs begin at byte 1024. *ret_bytes is 0 where a core has no LPIs. */
static uint64_t pending_table(const gic_distributor_t *dist, unsigned core, uint32_t *ret_bytes)
{
    *ret_bytes = (gic_lpi_limit(dist, core) - GIC_LPI_FIRST) / 8;
    return (dist->redist[core].pendbaser & GITS_ADDRESS & ~UINT64_C(0xffff)) + GIC_LPI_FIRST / 8;
}

static gic_its_result_t load_pending(gic_distributor_t *dist, unsigned core)
{
    const uint8_t *bytes = dist->its.buffer;
    uint32_t size_bytes;
    uint64_t table = pending_table(dist, core, &size_bytes), first;
    if (!size_bytes)
        return GIC_ITS_OK;
    GIC_ITS_TRY(gic_its_read(dist, table, size_bytes, &first));
    for (uint32_t i = 0; i < 8 * size_bytes; i++)
        if (bit_get(bytes[i / 8], i % 8))
            gic_lpi_load(dist, core, GIC_LPI_FIRST + i);
    gic_redist_refresh(dist, core, dist->its.now_ps, 0);
    return GIC_ITS_OK;
}

static gic_its_result_t store_pending(gic_distributor_t *dist, unsigned core)
{
    uint8_t bytes[GIC_ITS_BUFFER_BYTES] = {0};
    uint32_t size_bytes;
    uint64_t table = pending_table(dist, core, &size_bytes);
    if (!size_bytes || GIC_HAS_FAULT(dist, PENDING_NOT_STORED))
        return GIC_ITS_OK;
    gic_lpi_pending_bits(dist, core, bytes);
    return gic_its_write_bytes(dist, table, bytes, size_bytes);
}

/* LPIs may have been disabled since it was asked for. */
static gic_its_result_t load_config_if_enabled(gic_distributor_t *dist, unsigned core, uint32_t lpi)
{
    return gic_lpi_config_address(dist, core, lpi) ? load_config(dist, core, lpi) : GIC_ITS_OK;
}

gic_its_result_t gic_its_perform(gic_distributor_t *dist)
{
    const gic_its_work_t *work = &dist->its.work;
    if (dist->its.is_command)
        return perform_command(dist);
    switch (work->kind) {
    case GIC_ITS_EVENT: return perform_event(dist, work->device, work->event);
    case GIC_ITS_LOAD_CONFIG: return load_config_if_enabled(dist, work->core, work->event);
    case GIC_ITS_LOAD_PENDING: return load_pending(dist, work->core);
    case GIC_ITS_STORE_PENDING: return store_pending(dist, work->core);
    }
    return GIC_ITS_OK;
}

const char *gic_its_operation_name(const gic_its_t *its)
{
    static const char *const commands[] = {
        [MOVI] = "MOVI", [INT] = "INT",       [CLEAR] = "CLEAR",   [SYNC] = "SYNC",
        [MAPD] = "MAPD", [MAPC] = "MAPC",     [MAPTI] = "MAPTI",   [MAPI] = "MAPI",
        [INV] = "INV",   [INVALL] = "INVALL", [MOVALL] = "MOVALL", [DISCARD] = "DISCARD"};
    static const char *const works[] = {[GIC_ITS_EVENT] = "an event",
                                        [GIC_ITS_LOAD_CONFIG] = "reading the configuration of an LPI",
                                        [GIC_ITS_LOAD_PENDING] = "reading a pending table",
                                        [GIC_ITS_STORE_PENDING] = "writing a pending table"};
    if (!its->is_command)
        return works[its->work.kind];
    uint64_t number = bits_get(its->command[0], 0, 8);
    return number < G_N_ELEMENTS(commands) && commands[number] ? commands[number] : "a command";
}
