/* Cache maintenance: the local part, and the requests that carry it to the cluster. */
#include "cache/l1d.h"
#include "cache/l1d_impl.h"
#include "cache/protocol.h"
#include "interconnect/send.h"

#include <stddef.h>
#include <string.h>

static void send_maintenance(cache_l1d_t *l1d, uint64_t now_ps, chi_opcode_t opcode, uint64_t address, unsigned flags,
                             uint64_t pc)
{
    chi_message_t request;
    memset(&request, 0, offsetof(chi_message_t, data));
    request.opcode = (uint8_t)opcode;
    request.memory_type = CHI_NORMAL_WB;
    request.shareability = CHI_INNER_SHAREABLE;
    request.source = (uint8_t)l1d->core;
    request.size_bytes = CHI_LINE_BYTES;
    request.flags = (uint8_t)flags;
    request.transaction = L1_TRANSACTION_MAINTENANCE;
    request.address = address;
    request.pc = pc;
    l1d->maintenance_requests++;
    l1d->stats.requests[opcode]++;
    chi_send(l1d->link, now_ps, 0, &request);
}

/* The table decides whether the line may go now; false: try again. */
static bool give_up_for_maintenance(cache_l1d_t *l1d, uint64_t now_ps, cache_line_t *line, l1_event_t event,
                                    unsigned flags, uint64_t pc)
{
    l1_step_t step = {.l1d = l1d, .now_ps = now_ps, .address = line->address, .pc = pc, .line = line};
    return cache_l1d_plan(&step, line->state, event) == CACHE_CELL_RULE &&
           cache_l1d_give_up(l1d, now_ps, line, event, flags, pc);
}

cache_outcome_t cache_l1d_maintain(cache_l1d_t *l1d, uint64_t now_ps, chi_opcode_t opcode, uint64_t address,
                                   unsigned flags, uint64_t pc)
{
    address = chi_line(address);
    cache_line_t *line = cache_array_find(&l1d->array, address);
    /* A clean of a shareable line is left to the snoop that it causes. Nobody snoops a private line, so that one goes
     * first. What is invalidated goes at once: the core's next accesses must not find it. */
    bool private = line && l1d->line_flags[cache_array_index(&l1d->array, line)] & L1_LINE_PRIVATE;
    l1_event_t event = opcode == CHI_MAKE_INVALID ? L1_EVENT_DROP : L1_EVENT_REPLACE;
    if (line && (opcode != CHI_CLEAN_SHARED || private) && !give_up_for_maintenance(l1d, now_ps, line, event, 0, pc))
        return CACHE_FULL;
    send_maintenance(l1d, now_ps, opcode, address, flags, pc);
    return CACHE_MISS;
}

cache_outcome_t cache_l1d_maintain_set_way(cache_l1d_t *l1d, uint64_t now_ps, unsigned set, unsigned way, bool clean,
                                           bool invalidate)
{
    if (set >= l1d->array.sets || way >= l1d->array.ways)
        return CACHE_HIT;
    cache_line_t *line = &l1d->array.lines[set * l1d->array.ways + way];
    if (line->address == CACHE_NO_ADDRESS || (!clean && !invalidate))
        return CACHE_HIT;
    if (invalidate) {
        l1_event_t event = clean ? L1_EVENT_REPLACE : L1_EVENT_DROP;
        bool gone = give_up_for_maintenance(l1d, now_ps, line, event, L1_LINE_MAINTENANCE, 0);
        return gone ? CACHE_MISS : CACHE_FULL;
    }
    if (l1_is_stable(line->state) && line->state != L1_M)
        return CACHE_HIT;
    return cache_l1d_maintain(l1d, now_ps, CHI_CLEAN_SHARED, line->address, CHI_FLAG_TO_POU, 0);
}

unsigned cache_l1d_maintenance_pending(const cache_l1d_t *l1d)
{
    return l1d->maintenance_requests + l1d->maintenance_entries;
}
