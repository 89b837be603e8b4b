/* Loads and stores (DDI 0487, C4.1.88). */
#include "axiomatic/walk.h"
#include "base/bits.h"

#include <string.h>

/* Whether the bytes are a location's, and aligned as the checker wants them. */
static bool is_good(axiomatic_walk_t *walk, const axiomatic_access_t *access)
{
    uint64_t address = access->address.bits;
    int index = litmus_location_at(walk->test, address);
    if (address & (access->bytes - 1)) {
        axiomatic_walk_fail(walk, "it takes no unaligned access");
        return false;
    }
    if (index >= 0) {
        const litmus_location_t *location = &walk->test->locations[index];
        uint64_t end = LITMUS_DATA_BASE + location->offset_bytes + location->elements * location->type.size_bytes;
        if (address + access->bytes <= end)
            return true;
    }
    axiomatic_walk_fail(walk, "this access may leave its location; declare the location as large as it is used");
    return false;
}

/* The event of the access that `kind` says; NULL: it cannot be. */
static axiomatic_event_t *begin(axiomatic_walk_t *walk, axiomatic_kind_t kind, const axiomatic_access_t *access)
{
    if (walk->result < 0 || !is_good(walk, access))
        return NULL;
    axiomatic_event_t *event = axiomatic_walk_event(walk, kind);
    if (!event)
        return NULL;
    event->acquire = access->acquire;
    event->acquire_pc = access->acquire_pc;
    event->release = access->release;
    event->discards = access->discards;
    event->atomic = access->atomic;
    event->pair = access->pair;
    event->address = access->address.bits;
    event->bytes = access->bytes;
    event->for_address = access->address.from;
    return event;
}

/* The last write before the read to a byte of it. */
static const axiomatic_event_t *own_write(const axiomatic_walk_t *walk, const axiomatic_event_t *read)
{
    for (const axiomatic_event_t *event = read; event-- > walk->events;)
        if (event->kind == AXIOMATIC_WRITE && axiomatic_overlap(event, read))
            return event;
    return NULL;
}

axiomatic_event_t *axiomatic_read(axiomatic_walk_t *walk, const axiomatic_access_t *access)
{
    axiomatic_event_t *event = begin(walk, AXIOMATIC_READ, access);
    if (!event)
        return NULL;
    GArray *values = axiomatic_writes_values(walk->writes, event->address, event->bytes);
    unsigned chosen = axiomatic_walk_choose(walk, values->len);
    memcpy(event->value, values->data + chosen * AXIOMATIC_ACCESS_BYTES, event->bytes);
    g_array_free(values, TRUE);
    const axiomatic_event_t *write = own_write(walk, event);
    event->picked_memory = write ? write->for_data.pick : 0;
    return event;
}

axiomatic_event_t *axiomatic_write(axiomatic_walk_t *walk, const axiomatic_access_t *access,
                                   axiomatic_sources_t data_from, const uint64_t data[2])
{
    axiomatic_event_t *event = begin(walk, AXIOMATIC_WRITE, access);
    if (!event)
        return NULL;
    memcpy(event->value, data, access->bytes);
    event->for_data = data_from;
    return event;
}

uint64_t axiomatic_event_bits(const axiomatic_event_t *event, unsigned offset, unsigned width)
{
    uint64_t bits = 0;
    memcpy(&bits, event->value + offset, width);
    return bits;
}

axiomatic_sources_t axiomatic_read_source(const axiomatic_walk_t *walk, const axiomatic_event_t *event)
{
    uint64_t self = UINT64_C(1) << (event - walk->events);
    return (axiomatic_sources_t){self, self | event->picked_memory};
}

/* --- instructions --- */

static void load(axiomatic_walk_t *walk, const axiomatic_access_t *access, unsigned rt, bool sign_extends, bool wide)
{
    const axiomatic_event_t *event = axiomatic_read(walk, access);
    if (!event)
        return;
    uint64_t bits = axiomatic_event_bits(event, 0, access->bytes);
    if (sign_extends)
        bits = (uint64_t)bits_sign_extend(bits, access->bytes * 8);
    axiomatic_walk_set(walk, rt, wide, (axiomatic_value_t){bits, axiomatic_read_source(walk, event)});
}

static void store(axiomatic_walk_t *walk, const axiomatic_access_t *access, unsigned rt)
{
    axiomatic_value_t value = axiomatic_walk_get(walk, rt, true);
    axiomatic_write(walk, access, value.from, (uint64_t[]){value.bits, 0});
}

/* By opc, bits 23:22: store, load, load and sign-extend to 64 or 32 bits. size 3 with opc 2 is PRFM. */
static void load_store(axiomatic_walk_t *walk, uint32_t word, const axiomatic_access_t *access)
{
    unsigned opc = (unsigned)bits_get(word, 22, 2), rt = word & 31;
    if (opc == 0)
        store(walk, access, rt);
    else if (opc == 1 || access->bytes < 8)
        load(walk, access, rt, opc >= 2, opc != 3);
}

static axiomatic_access_t plain_access(const axiomatic_walk_t *walk, uint32_t word)
{
    return (axiomatic_access_t){.address = axiomatic_walk_get(walk, (unsigned)bits_get(word, 5, 5), true),
                                .bytes = 1u << bits_get(word, 30, 2),
                                .pair = -1};
}

/* SP is no base here. */
static bool has_base(axiomatic_walk_t *walk, uint32_t word)
{
    if (bits_get(word, 5, 5) == 31)
        axiomatic_walk_fail(walk, "it does not know SP");
    return walk->result == 0;
}

static void move_base(axiomatic_walk_t *walk, uint32_t word, uint64_t offset)
{
    axiomatic_value_t base = axiomatic_walk_get(walk, (unsigned)bits_get(word, 5, 5), true);
    base.bits += offset;
    axiomatic_walk_set(walk, (unsigned)bits_get(word, 5, 5), true, base);
}

void axiomatic_load_store_offset(axiomatic_walk_t *walk, uint32_t word)
{
    axiomatic_access_t access = plain_access(walk, word);
    access.address.bits += bits_get(word, 10, 12) * access.bytes;
    if (has_base(walk, word))
        load_store(walk, word, &access);
}

/* Unscaled, post-index and pre-index. */
void axiomatic_load_store_unscaled(axiomatic_walk_t *walk, uint32_t word)
{
    unsigned index = (unsigned)bits_get(word, 10, 2);
    uint64_t offset = (uint64_t)bits_sign_extend(bits_get(word, 12, 9), 9);
    axiomatic_access_t access = plain_access(walk, word);
    if (index == 2)
        axiomatic_walk_fail(walk, "it knows no unprivileged access");
    if (!has_base(walk, word))
        return;
    access.address.bits += index == 1 ? 0 : offset;
    load_store(walk, word, &access);
    if (index)
        move_base(walk, word, offset);
}

void axiomatic_load_store_indexed(axiomatic_walk_t *walk, uint32_t word)
{
    unsigned option = (unsigned)bits_get(word, 13, 3), scale = (unsigned)bits_get(word, 30, 2);
    axiomatic_access_t access = plain_access(walk, word);
    axiomatic_value_t index = axiomatic_walk_get(walk, (unsigned)bits_get(word, 16, 5), true);
    if (!(option & 1))
        index.bits = option & 4 ? (uint64_t)bits_sign_extend(index.bits, 32) : (uint32_t)index.bits;
    access.address.bits += index.bits << (bit_get(word, 12) ? scale : 0);
    access.address.from = axiomatic_join(access.address.from, index.from);
    if (has_base(walk, word))
        load_store(walk, word, &access);
}

/* LDAPUR and STLUR. */
void axiomatic_load_acquire_pc_unscaled(axiomatic_walk_t *walk, uint32_t word)
{
    axiomatic_access_t access = plain_access(walk, word);
    access.address.bits += (uint64_t)bits_sign_extend(bits_get(word, 12, 9), 9);
    access.release = !bits_get(word, 22, 2);
    access.acquire_pc = !access.release;
    if (has_base(walk, word))
        load_store(walk, word, &access);
}

/* LDP, STP, LDPSW: two accesses, each atomic on its own. */
void axiomatic_pair(axiomatic_walk_t *walk, uint32_t word)
{
    unsigned index = (unsigned)bits_get(word, 23, 2), opc = (unsigned)bits_get(word, 30, 2);
    axiomatic_access_t access = plain_access(walk, word);
    access.bytes = opc == 2 ? 8 : 4;
    uint64_t offset = (uint64_t)bits_sign_extend(bits_get(word, 15, 7), 7) * access.bytes;
    if (!has_base(walk, word))
        return;
    access.address.bits += index == 1 ? 0 : offset;
    if (index & 1)
        move_base(walk, word, offset);
    for (unsigned i = 0; i < 2; i++) {
        unsigned rt = (unsigned)(i ? bits_get(word, 10, 5) : word & 31);
        if (bit_get(word, 22))
            load(walk, &access, rt, opc == 1, opc == 1 || opc == 2);
        else
            store(walk, &access, rt);
        access.address.bits += access.bytes;
    }
}
