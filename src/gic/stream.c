/* Packet names, and wires. */
#include "gic/stream.h"

#include "gic/gic.h"

#include <stddef.h>

const char *gic_packet_name(gic_packet_kind_t kind)
{
    static const char *const names[] = {
#define GIC_PACKET_NAME(id, name) name,
        GIC_PACKETS(GIC_PACKET_NAME)
#undef GIC_PACKET_NAME
    };
    return kind >= GIC_PACKET_FIRST && kind < GIC_PACKET_END ? names[kind - GIC_PACKET_FIRST] : "?";
}

void gic_wire_set(void *wire, uint64_t now_ps, bool level)
{
    const gic_wire_t *self = wire;
    const gic_packet_t packet = {.kind = GIC_PACKET_WIRE, .level = level, .source = GIC_NO_CORE, .intid = self->intid};
    engine_link_send(self->to_distributor, now_ps, 0, &packet, sizeof(packet), 1);
}
