/* The packets between the redistributors and the CPU interfaces, named as in the GIC Stream Protocol (IHI 0069,
 * appendix A), and the wires of peripherals.
 *
 * The first byte of a packet is at least GIC_PACKET_FIRST, so a component whose inbox also carries memory-system
 * messages (interconnect/chi.h, whose opcodes are below) can tell them apart. */
#ifndef MESIM_GIC_STREAM_H
#define MESIM_GIC_STREAM_H

#include "engine/engine.h"
#include "interconnect/chi.h"

#include <stdbool.h>
#include <stdint.h>

#define GIC_PACKET_FIRST 0x80
#define GIC_PACKET_LAST  0x9f
_Static_assert((int)CHI_OPCODE_COUNT < GIC_PACKET_FIRST, "packet kinds must differ from CHI opcodes");

/* GIC_PACKETS(X): X(identifier, "Name") */
#define GIC_PACKETS(X)                                                                                                 \
    /* CPU interface to redistributor. */                                                                              \
    X(ACTIVATE, "Activate")                 /* the interrupt has been acknowledged */                                  \
    X(RELEASE, "Release")                   /* the interface gives a Set back: overridden, group disabled, quiesced */ \
    X(DEACTIVATE, "Deactivate")             /* end of interrupt */                                                     \
    X(GENERATE_SGI, "Generate SGI")         /* a write to ICC_SGI0R_EL1, ICC_SGI1R_EL1 or ICC_ASGI1R_EL1 */            \
    X(UPSTREAM_CONTROL, "Upstream Control") /* value: the group enables, bit 0 ICC_IGRPEN0, bit 1 ICC_IGRPEN1 */       \
    X(CLEAR_ACK, "Clear Acknowledge")                                                                                  \
    X(QUIESCE_ACK, "Quiesce Acknowledge")                                                                              \
    X(DOWNSTREAM_CONTROL_ACK, "Downstream Control Acknowledge")                                                        \
    /* Redistributor to CPU interface. */                                                                              \
    X(SET, "Set")                               /* the highest priority pending interrupt */                           \
    X(CLEAR, "Clear")                           /* withdraws a Set: no longer pending, enabled or routed here */       \
    X(QUIESCE, "Quiesce")                       /* GICR_WAKER.ProcessorSleep was set */                                \
    X(DOWNSTREAM_CONTROL, "Downstream Control") /* ProcessorSleep was cleared */                                       \
    X(WAKE_REQUEST, "Wake Request")             /* not a packet but the WakeRequest signal, IHI 0069 section 11.1 */   \
    X(ACTIVATE_ACK, "Activate Acknowledge")                                                                            \
    X(DEACTIVATE_ACK, "Deactivate Acknowledge")                                                                        \
    X(GENERATE_SGI_ACK, "Generate SGI Acknowledge") /* value: how many cores it was sent to */                         \
    X(UPSTREAM_CONTROL_ACK, "Upstream Control Acknowledge")                                                            \
    /* Not of the protocol: an interrupt wire of a peripheral or core timer has changed. */                            \
    X(WIRE, "Wire")

typedef enum gic_packet_kind {
    GIC_PACKET_BEFORE_FIRST = GIC_PACKET_FIRST - 1,
#define GIC_PACKET_ENUM(id, name) GIC_PACKET_##id,
    GIC_PACKETS(GIC_PACKET_ENUM)
#undef GIC_PACKET_ENUM
        GIC_PACKET_END
} gic_packet_kind_t;
_Static_assert(GIC_PACKET_END <= GIC_PACKET_LAST + 1, "packet kinds have outgrown their range");

typedef struct gic_packet {
    uint8_t kind;     /* gic_packet_kind_t; must stay first */
    uint8_t group;    /* gic_group_t, of Set and Generate SGI */
    uint8_t priority; /* of Set */
    bool level;       /* of Wire */
    uint16_t source;  /* upstream: the sending core, GIC_NO_CORE for a peripheral. Set: the core that sent the SGI */
    uint32_t intid;
    uint32_t value; /* as said beside the kinds */
    uint64_t sgi;   /* Generate SGI: the value written to the register */
    uint64_t pc;    /* Generate SGI, and its Set: of the write, for explanation */
    /* The way of an SGI, in Set when source is a core. */
    uint64_t sgi_write_ps;   /* the register write */
    uint64_t distributor_ps; /* arrival of Generate SGI at the distributor */
    uint64_t pending_ps;     /* pending in the redistributor of the target */
} gic_packet_t;
_Static_assert(sizeof(gic_packet_t) <= ENGINE_PAYLOAD_BYTES, "a packet must fit a message");

/* Whether a message payload is a packet. */
static inline bool gic_is_packet(const void *payload)
{
    uint8_t kind = *(const uint8_t *)payload;
    return kind >= GIC_PACKET_FIRST && kind < GIC_PACKET_END;
}

/* "Activate", ... */
const char *gic_packet_name(gic_packet_kind_t kind);

/* A peripheral's interrupt wire into the distributor. */
typedef struct gic_wire {
    engine_link_t *to_distributor; /* from the peripheral's component */
    uint32_t intid;                /* of an SPI */
} gic_wire_t;

/* Drives the wire; to be called only when the level changes. `wire` is a gic_wire_t (void, so that it fits the
 * interrupt callback of a device). */
void gic_wire_set(void *wire, uint64_t now_ps, bool level);

#endif
