/* Exclusives, load-acquire and store-release, and the atomic instructions of LSE (DDI 0487, C4.1.88). */
#include "axiomatic/walk.h"
#include "base/bits.h"

static axiomatic_access_t base_access(const axiomatic_walk_t *walk, uint32_t word)
{
    return (axiomatic_access_t){.address = axiomatic_walk_get(walk, (unsigned)bits_get(word, 5, 5), true),
                                .bytes = 1u << bits_get(word, 30, 2),
                                .pair = -1};
}

static int index_of(const axiomatic_walk_t *walk, const axiomatic_event_t *event)
{
    return (int)(event - walk->events);
}

static unsigned rs_of(uint32_t word)
{
    return (unsigned)bits_get(word, 16, 5);
}

/* --- LDAR, STLR, LDXR, STXR and pairs of W registers --- */

static void load_ordered(axiomatic_walk_t *walk, uint32_t word, bool acquires, bool exclusive, bool pair)
{
    axiomatic_access_t access = base_access(walk, word);
    unsigned width = access.bytes;
    access.bytes <<= pair;
    access.acquire = acquires;
    const axiomatic_event_t *event = axiomatic_read(walk, &access);
    if (!event)
        return;
    for (unsigned i = 0; i <= pair; i++) {
        axiomatic_value_t value = {axiomatic_event_bits(event, i * width, width), axiomatic_read_source(walk, event)};
        axiomatic_walk_set(walk, (unsigned)(i ? bits_get(word, 10, 5) : word & 31), true, value);
    }
    if (exclusive)
        walk->exclusive = index_of(walk, event);
}

static void store_release(axiomatic_walk_t *walk, uint32_t word)
{
    axiomatic_access_t access = base_access(walk, word);
    axiomatic_value_t value = axiomatic_walk_get(walk, word & 31, true);
    access.release = true;
    axiomatic_write(walk, &access, value.from, (uint64_t[]){value.bits, 0});
}

/* Succeeds or fails as it likes; without a load-exclusive of the same bytes it fails. */
static void store_exclusive(axiomatic_walk_t *walk, uint32_t word, bool pair)
{
    axiomatic_access_t access = base_access(walk, word);
    unsigned width = access.bytes;
    const axiomatic_event_t *opened = walk->exclusive >= 0 ? &walk->events[walk->exclusive] : NULL;
    axiomatic_value_t first = axiomatic_walk_get(walk, word & 31, true), second = {0};
    access.bytes <<= pair;
    access.release = bit_get(word, 15);
    access.pair = walk->exclusive;
    walk->exclusive = -1;
    bool fails = true;
    if (opened && opened->address == access.address.bits && opened->bytes == access.bytes)
        fails = axiomatic_walk_choose(walk, 2);
    axiomatic_walk_set(walk, rs_of(word), false, (axiomatic_value_t){.bits = fails});
    if (fails)
        return;
    if (pair) {
        second = axiomatic_walk_get(walk, (unsigned)bits_get(word, 10, 5), true);
        first.bits = bits_get(first.bits, 0, width * 8) | second.bits << (width * 8);
    }
    axiomatic_write(walk, &access, axiomatic_join(first.from, second.from), (uint64_t[]){first.bits, 0});
}

/* --- CAS and CASP --- */

/* What two registers or one hold, as they lie in memory. */
static axiomatic_sources_t gather(const axiomatic_walk_t *walk, unsigned number, unsigned count, unsigned width,
                                  uint64_t ret_data[2])
{
    axiomatic_value_t first = axiomatic_walk_get(walk, number, true), second = {0};
    if (count == 2)
        second = axiomatic_walk_get(walk, number + 1, true);
    ret_data[0] = bits_get(first.bits, 0, width * 8);
    ret_data[1] = bits_get(second.bits, 0, width * 8);
    if (width < 8)
        ret_data[0] |= ret_data[1] << (width * 8);
    return axiomatic_join(first.from, second.from);
}

/* Whether memory holds what Rs says. */
static bool matches(const axiomatic_event_t *read, const uint64_t expected[2])
{
    unsigned low_bytes = read->bytes < 8 ? read->bytes : 8;
    return axiomatic_event_bits(read, 0, low_bytes) == expected[0] &&
           (read->bytes <= 8 || axiomatic_event_bits(read, 8, read->bytes - 8) == expected[1]);
}

/* A CAS that fails is a load. One that stores may leave in Rs what it loaded, or leave Rs alone as the value is the
 * same; then the comparison picks the value, and Rs depends on what it held (B2.3.2: dependencies of CAS). */
static void set_compared(axiomatic_walk_t *walk, uint32_t word, const axiomatic_event_t *read, unsigned width,
                         axiomatic_sources_t compared, bool equal)
{
    axiomatic_sources_t result = axiomatic_read_source(walk, read);
    if (rs_of(word) == 31)
        return;
    if (equal && axiomatic_walk_choose(walk, 2))
        result = (axiomatic_sources_t){compared.full, compared.pick | result.pick};
    for (unsigned i = 0; i * width < read->bytes; i++)
        axiomatic_walk_set(walk, rs_of(word) + i, true,
                           (axiomatic_value_t){axiomatic_event_bits(read, i * width, width), result});
}

static void compare_and_swap(axiomatic_walk_t *walk, uint32_t word, unsigned width, unsigned count)
{
    axiomatic_access_t access = base_access(walk, word);
    uint64_t expected[2], desired[2];
    access.bytes = width * count;
    access.atomic = true;
    access.discards = rs_of(word) == 31;
    access.acquire = bit_get(word, 22) && !access.discards;
    const axiomatic_event_t *read = axiomatic_read(walk, &access);
    if (!read)
        return;
    axiomatic_sources_t compared = gather(walk, rs_of(word), count, width, expected);
    axiomatic_sources_t stored = gather(walk, word & 31, count, width, desired);
    bool equal = matches(read, expected);
    set_compared(walk, word, read, width, compared, equal);
    if (!equal)
        return;
    stored.pick |= compared.pick;
    access.acquire = access.discards = false;
    access.release = bit_get(word, 15);
    access.pair = index_of(walk, read);
    axiomatic_write(walk, &access, stored, desired);
}

/* By o2:L:o1:o0, bits 23, 22, 21 and 15. */
void axiomatic_exclusive_group(axiomatic_walk_t *walk, uint32_t word)
{
    bool loads = bit_get(word, 22), second = bit_get(word, 21), ordered = bit_get(word, 15);
    if (bits_get(word, 5, 5) == 31)
        axiomatic_walk_fail(walk, "it does not know SP");
    else if (bit_get(word, 23) && second)
        compare_and_swap(walk, word, 1u << bits_get(word, 30, 2), 1);
    else if (bit_get(word, 23) && loads)
        load_ordered(walk, word, true, false, false);
    else if (bit_get(word, 23))
        store_release(walk, word);
    else if (second && !bit_get(word, 31))
        compare_and_swap(walk, word, bit_get(word, 30) ? 8 : 4, 2);
    else if (second && bit_get(word, 30))
        axiomatic_walk_fail(walk, "it takes no exclusive pair of X registers");
    else if (loads)
        load_ordered(walk, word, ordered, true, second);
    else
        store_exclusive(walk, word, second);
}

/* --- SWP, LDADD and its kin, LDAPR --- */

static uint64_t operate(unsigned opc, uint64_t old, uint64_t operand, unsigned width)
{
    int64_t left = bits_sign_extend(old, width), right = bits_sign_extend(operand, width);
    switch (opc) {
    case 0: return old + operand;
    case 1: return old & ~operand;
    case 2: return old ^ operand;
    case 3: return old | operand;
    case 4: return left > right ? old : operand;
    case 5: return left < right ? old : operand;
    case 6: return old > operand ? old : operand;
    default: return old < operand ? old : operand;
    }
}

static void load_acquire_pc(axiomatic_walk_t *walk, uint32_t word, axiomatic_access_t *access)
{
    access->acquire_pc = true;
    const axiomatic_event_t *event = axiomatic_read(walk, access);
    if (event)
        axiomatic_walk_set(
            walk, word & 31, true,
            (axiomatic_value_t){axiomatic_event_bits(event, 0, access->bytes), axiomatic_read_source(walk, event)});
}

void axiomatic_atomic_group(axiomatic_walk_t *walk, uint32_t word)
{
    unsigned opc = (unsigned)bits_get(word, 12, 3), rt = word & 31;
    bool swaps = bit_get(word, 15);
    axiomatic_access_t access = base_access(walk, word);
    if (bits_get(word, 5, 5) == 31)
        axiomatic_walk_fail(walk, "it does not know SP");
    if (swaps && opc == 4) {
        load_acquire_pc(walk, word, &access);
        return;
    }
    access.atomic = true;
    access.discards = rt == 31;
    access.acquire = bit_get(word, 23) && !access.discards;
    const axiomatic_event_t *read = axiomatic_read(walk, &access);
    if (!read)
        return;
    uint64_t old = axiomatic_event_bits(read, 0, access.bytes);
    axiomatic_value_t operand = axiomatic_walk_get(walk, rs_of(word), true);
    axiomatic_walk_set(walk, rt, true, (axiomatic_value_t){old, axiomatic_read_source(walk, read)});
    operand.bits = bits_get(operand.bits, 0, access.bytes * 8);
    uint64_t fresh = swaps ? operand.bits : operate(opc, old, operand.bits, access.bytes * 8);
    access.acquire = access.discards = false;
    access.release = bit_get(word, 22);
    access.pair = index_of(walk, read);
    axiomatic_write(walk, &access, operand.from, (uint64_t[]){fresh, 0});
}
