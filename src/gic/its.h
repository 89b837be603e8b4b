/* The Interrupt Translation Service and the LPIs of the redistributors (IHI 0069, chapters 5 and 6). Private to
 * src/gic.
 *
 * The ITS turns (DeviceID, EventID) into an LPI and a collection into a redistributor. Its command queue and its
 * device, collection and interrupt translation tables lie in guest memory, which it reaches by messages through the
 * system interconnect (interconnect/dma.h) and caches nothing of. Redistributors cache the configuration byte of an LPI
 * until INV or INVALL, as section 6.1.1 permits, and keep pending LPIs to themselves until EnableLPIs is cleared.
 *
 * Work is done one operation after another: a command, a translation, or a load of a redistributor. So everything
 * before a SYNC is complete when the SYNC is taken. An operation is a function that is called again from its beginning
 * each time an access to memory has come back; the accesses before that are answered from the record of the operation.
 * It changes nothing but memory before its last access. */
#ifndef MESIM_GIC_ITS_H
#define MESIM_GIC_ITS_H

#include "gic/gic.h"
#include "interconnect/dma.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct gic_distributor;

/* An LPI that a redistributor has something to do with. LPIs have no active state. */
typedef struct gic_lpi {
    uint32_t intid;
    bool pending;
    bool presented;     /* a Set for it is with the CPU interface */
    bool clearing;      /* a Clear for it is not yet acknowledged */
    uint16_t moving_to; /* the redistributor that gets it once it is withdrawn here, or GIC_NO_CORE */
} gic_lpi_t;

/* What the ITS does beside the commands of its queue. */
typedef enum gic_its_work_kind {
    GIC_ITS_EVENT,         /* a write to GITS_TRANSLATER: device, event */
    GIC_ITS_LOAD_CONFIG,   /* the configuration byte of the LPI `event`, for core */
    GIC_ITS_LOAD_PENDING,  /* the pending table of a core whose GICR_CTLR.EnableLPIs was set */
    GIC_ITS_STORE_PENDING, /* that of a core whose EnableLPIs was cleared */
} gic_its_work_kind_t;

typedef struct gic_its_work {
    gic_its_work_kind_t kind;
    unsigned core;
    uint32_t device, event;
} gic_its_work_t;

enum {
    GIC_ITS_RECORD = 8,        /* accesses of an operation at most */
    GIC_ITS_EVENTS_MAX = 4096, /* translations that wait; more are lost and logged */
    GIC_LPI_COUNT = GIC_LPI_LIMIT - GIC_LPI_FIRST,
    GIC_ITS_BUFFER_BYTES = GIC_LPI_LIMIT / 8, /* the largest access: a pending table */
    GIC_ITS_COMMAND_BYTES = 32,
    GIC_ITS_ENTRY_BYTES = 8, /* of a device, collection and interrupt translation table */
    GIC_ITS_DEVICE_BITS = 16,
    GIC_ITS_EVENT_BITS = 16,
};

typedef enum gic_its_table { GIC_ITS_DEVICES, GIC_ITS_COLLECTIONS, GIC_ITS_TABLES } gic_its_table_t;

typedef struct gic_its {
    interconnect_dma_t *dma;
    uint64_t now_ps;

    /* Registers. */
    bool enabled;
    uint64_t cbaser, cwriter, creadr;
    uint64_t baser[GIC_ITS_TABLES];

    /* The operation in progress. */
    bool busy, pumping;
    bool waiting;  /* for memory */
    bool fetching; /* what is awaited is the next command */
    bool failed;   /* memory answered with an error */
    bool is_command;
    gic_its_work_t work;
    uint64_t command[GIC_ITS_COMMAND_BYTES / 8];
    uint64_t record[GIC_ITS_RECORD]; /* what its reads gave */
    unsigned recorded, repeated;
    const char *why; /* it cannot be done */
    uint8_t buffer[GIC_ITS_BUFFER_BYTES];

    GArray *works;        /* gic_its_work_t that wait, behind those that are done */
    unsigned works_taken; /* the done ones */
    unsigned events;      /* GIC_ITS_EVENT that wait or are in progress */
    uint16_t *lpi_known;  /* by INTID - 8192: CONFIG_KNOWN and the configuration byte, or 0 */
} gic_its_t;

#define GIC_LPI_CONFIG_KNOWN   0x100
#define GIC_LPI_CONFIG_ENABLED 1

/* GITS_BASER, section 12.19 */
#define GITS_VALID          (UINT64_C(1) << 63)
#define GITS_BASER_INDIRECT (UINT64_C(1) << 62)
#define GITS_ADDRESS        UINT64_C(0x000ffffffffff000) /* bits 51:12 */
#define GITS_OFFSET         UINT64_C(0xfffe0)            /* GITS_CWRITER and GITS_CREADR */

/* --- its.c --- */
void gic_its_init(struct gic_distributor *dist);
void gic_its_done(struct gic_distributor *dist);
void gic_its_add_work(struct gic_distributor *dist, gic_its_work_t work);
/* Does what can be done at now_ps; called whenever there may be something. */
void gic_its_run(struct gic_distributor *dist, uint64_t now_ps);
bool gic_its_is_quiescent(const struct gic_distributor *dist);
/* Of the command queue, by GITS_CBASER. */
uint64_t gic_its_queue_bytes(const gic_its_t *its);

/* What an operation, or a part of it, comes to. */
typedef enum gic_its_result {
    GIC_ITS_OK,
    GIC_ITS_WAIT, /* for memory: return, and be called again */
    GIC_ITS_BAD,  /* its->why says what the guest did wrong */
} gic_its_result_t;

/* An access of up to GIC_ITS_BUFFER_BYTES bytes; the first 8 are *value. Larger reads leave their bytes in its->buffer.
 */
gic_its_result_t gic_its_read(struct gic_distributor *dist, uint64_t address, uint32_t size_bytes, uint64_t *ret_value);
gic_its_result_t gic_its_write(struct gic_distributor *dist, uint64_t address, uint64_t value);
gic_its_result_t gic_its_write_bytes(struct gic_distributor *dist, uint64_t address, const void *bytes,
                                     uint32_t size_bytes);
gic_its_result_t gic_its_bad(struct gic_distributor *dist, const char *why);

/* Leaves the function with the result of a part that is not done. */
#define GIC_ITS_TRY(call)                                                                                              \
    do {                                                                                                               \
        gic_its_result_t result_ = (call);                                                                             \
        if (result_ != GIC_ITS_OK)                                                                                     \
            return result_;                                                                                            \
    } while (0)

/* --- its_table.c --- */
#define GITS_ITT_ADDRESS UINT64_C(0x000fffffffffff00) /* bits 51:8 of MAPD, and of a device's entry */

/* Where an event goes. */
typedef struct gic_its_translation {
    uint64_t address, entry; /* of the translation */
    uint32_t lpi;
    unsigned core;
} gic_its_translation_t;

/* The address of the entry of a device or collection, in a flat table or by way of a table of pages. */
gic_its_result_t gic_its_entry_address(struct gic_distributor *dist, gic_its_table_t table, uint32_t index,
                                       uint64_t *ret_address);
gic_its_result_t gic_its_device_entry(struct gic_distributor *dist, uint32_t device, uint64_t *ret_address);
/* The address of the translation of an event. */
gic_its_result_t gic_its_translation_address(struct gic_distributor *dist, uint32_t device, uint32_t event,
                                             uint64_t *ret_address);
gic_its_result_t gic_its_collection_core(struct gic_distributor *dist, uint32_t icid, unsigned *ret_core);
gic_its_result_t gic_its_translate(struct gic_distributor *dist, uint32_t device, uint32_t event,
                                   gic_its_translation_t *ret);
/* Where the configuration byte of an LPI lies; 0: the core does not have the LPI. */
uint64_t gic_lpi_config_address(const struct gic_distributor *dist, unsigned core, uint32_t intid);
/* The INTID after the last LPI of a core, by GICR_PROPBASER.IDbits; GIC_LPI_FIRST: none. */
uint32_t gic_lpi_limit(const struct gic_distributor *dist, unsigned core);

/* --- its_command.c --- */
/* The operation in progress. */
gic_its_result_t gic_its_perform(struct gic_distributor *dist);
/* "MAPTI", ..., for messages. */
const char *gic_its_operation_name(const gic_its_t *its);

/* --- lpi.c --- */
/* Makes an LPI pending, or no longer pending, in a redistributor. Lost where EnableLPIs is 0. */
void gic_lpi_pend(struct gic_distributor *dist, unsigned core, uint32_t intid);
void gic_lpi_clear(struct gic_distributor *dist, unsigned core, uint32_t intid);
/* MOVI, MOVALL: what is pending goes along. */
void gic_lpi_move(struct gic_distributor *dist, unsigned from, unsigned to, uint32_t intid);
void gic_lpi_move_all(struct gic_distributor *dist, unsigned from, unsigned to);
/* The configuration byte as memory has it now. */
void gic_lpi_set_config(struct gic_distributor *dist, uint32_t intid, uint8_t config);
/* INVALL: all configuration is read again when it is next needed. */
void gic_lpi_forget_config(struct gic_distributor *dist);
/* GICR_CTLR.EnableLPIs was set, or cleared. */
void gic_lpi_enable(struct gic_distributor *dist, unsigned core);
void gic_lpi_disable(struct gic_distributor *dist, unsigned core);
/* A bit an LPI from GIC_LPI_FIRST on, as in a pending table; `bytes` has place for those below gic_lpi_limit. */
void gic_lpi_pending_bits(const struct gic_distributor *dist, unsigned core, uint8_t *bytes);
/* The pending table said so. Presented by the next gic_redist_refresh. */
void gic_lpi_load(struct gic_distributor *dist, unsigned core, uint32_t intid);
/* The pending table has been written, or cannot be. */
void gic_lpi_stored(struct gic_distributor *dist, unsigned core);

#endif
