/* GICD, GICR and GITS against the map of the specification: values, masks, access sizes, reserved offsets, errors. */
#include "register_map.h"

#include <criterion/criterion.h>

static const map_machine_t machines[] = {
    {.cores = 1, .spis = 32, .core = 0},
    {.cores = 3, .spis = 256, .its = true, .core = 1},
    {.cores = 5, .cluster_cores = 2, .spis = 960, .its = true, .core = 4},
};
enum { MACHINES = sizeof(machines) / sizeof(machines[0]) };

static uint64_t errors(harness_t *h)
{
    return gic_distributor_guest_log(harness_distributor(h))->count;
}

Test(gic_register_map, rows_have_their_own_offsets_and_widths)
{
    for (unsigned i = 0; i < map_row_count; i++) {
        const map_row_t *row = &map_rows[i];
        cr_assert_eq(row->offset % row->width_bytes, 0, "%s", row->name);
        cr_assert_eq(map_find(row->frame, row->offset), row, "%s", row->name);
        cr_assert_eq(map_find(row->frame, row->offset + (uint64_t)row->count * row->width_bytes - 1), row, "%s",
                     row->name);
    }
}

Test(gic_register_map, says_what_registers_read_at_reset)
{
    for (unsigned m = 0; m < MACHINES; m++) {
        const char *wrong = map_wrong_reset(&machines[m], GIC_FAULT_NONE);
        cr_assert_null(wrong, "machine %u: %s", m, wrong);
    }
}

Test(gic_register_map, says_which_bits_registers_take)
{
    for (unsigned m = 0; m < MACHINES; m++) {
        const char *wrong = map_wrong_write(&machines[m], GIC_FAULT_NONE);
        cr_assert_null(wrong, "machine %u: %s", m, wrong);
    }
}

/* --- errors --- */

static bool read_is_error(const map_row_t *row, unsigned size_bytes)
{
    return !row || !(row->sizes_bytes & size_bytes) || row->kind == MAP_WO;
}

static bool write_is_error(const map_row_t *row, unsigned size_bytes)
{
    return !row || !(row->sizes_bytes & size_bytes) || row->kind == MAP_RO;
}

static uint64_t bytes_of(uint64_t value, unsigned at, unsigned size_bytes)
{
    return value >> 8 * at & (size_bytes == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size_bytes) - 1);
}

/* An aligned read of any size, in the reset state: the bytes of the register, or 0 and a guest error. */
static void check_read(harness_t *h, const map_machine_t *machine, map_frame_t frame, uint64_t offset,
                       unsigned size_bytes)
{
    const map_row_t *row = map_find(frame, offset);
    const uint64_t address = map_frame_address(machine, frame) + offset, before = errors(h);
    const bool is_error = read_is_error(row, size_bytes);
    uint64_t wanted = 0;
    if (!is_error) {
        unsigned in_row = (unsigned)(offset - row->offset);
        wanted = bytes_of(map_reset(row, machine, in_row / row->width_bytes), in_row % row->width_bytes, size_bytes);
    }
    cr_assert_eq(mmio_read(h, address, size_bytes), wanted, "read of %u bytes at 0x%lx", size_bytes, address);
    cr_assert_eq(mmio_answer(h)->error, CHI_OKAY);
    cr_assert_eq(errors(h) - before, is_error, "read of %u bytes at 0x%lx: %lu errors", size_bytes, address,
                 errors(h) - before);
}

Test(gic_register_map, every_aligned_read_gives_the_bytes_or_is_a_logged_error, .timeout = 120)
{
    const map_machine_t *machine = &machines[1];
    harness_t *h = map_harness(machine, GIC_FAULT_NONE);
    for (map_frame_t frame = 0; frame < MAP_FRAMES; frame++)
        for (unsigned size_bytes = 1; size_bytes <= 8; size_bytes *= 2)
            for (uint64_t offset = 0; offset < 0x10000; offset += size_bytes) {
                /* Where nothing is, words do. */
                if (size_bytes < 4 && !map_find(frame, offset))
                    continue;
                check_read(h, machine, frame, offset, size_bytes);
            }
    harness_free(h);
}

Test(gic_register_map, reserved_and_read_only_offsets_ignore_writes_and_log_them, .timeout = 120)
{
    const map_machine_t *machine = &machines[1];
    harness_t *h = map_harness(machine, GIC_FAULT_NONE);
    for (map_frame_t frame = 0; frame < MAP_FRAMES; frame++)
        for (uint64_t offset = 0; offset < 0x10000; offset += 4) {
            if (!write_is_error(map_find(frame, offset), 4))
                continue;
            const uint64_t address = map_frame_address(machine, frame) + offset, before = errors(h);
            mmio_write(h, address, 4, UINT64_MAX);
            cr_assert_eq(mmio_answer(h)->error, CHI_OKAY);
            cr_assert_eq(errors(h) - before, 1, "write at 0x%lx: %lu errors", address, errors(h) - before);
        }
    for (unsigned i = 0; i < map_row_count; i++)
        for (unsigned index = 0; index < map_rows[i].count; index++)
            check_read(h, machine, map_rows[i].frame, map_rows[i].offset + index * map_rows[i].width_bytes,
                       map_rows[i].width_bytes);
    harness_free(h);
}

/* A write of part of a register changes those bytes alone; one of a size that it does not have changes nothing. */
static void check_partial_write(harness_t *h, const map_row_t *row, const map_machine_t *machine, unsigned index,
                                unsigned at, unsigned size_bytes)
{
    const uint64_t whole = map_frame_address(machine, row->frame) + row->offset + (uint64_t)index * row->width_bytes;
    const bool is_error = write_is_error(row, size_bytes);
    const uint64_t before = errors(h);
    const uint64_t lanes = bytes_of(UINT64_MAX, 0, size_bytes) << 8 * at;
    mmio_write(h, whole + at, size_bytes, UINT64_C(0x3c3c3c3c3c3c3c3c));
    cr_assert_eq(errors(h) - before, is_error, "%s[%u]: %u bytes at byte %u", row->name, index, size_bytes, at);
    uint64_t wanted = is_error ? map_reset(row, machine, index)
                               : map_after(row, machine, index, lanes & UINT64_C(0x3c3c3c3c3c3c3c3c));
    cr_assert_eq(mmio_read(h, whole, row->width_bytes), wanted, "%s[%u]: %u bytes at byte %u", row->name, index,
                 size_bytes, at);
    mmio_write(h, whole, row->width_bytes, map_reset(row, machine, index));
}

Test(gic_register_map, writes_of_part_of_a_register_change_that_part)
{
    const map_machine_t *machine = &machines[1];
    harness_t *h = map_harness(machine, GIC_FAULT_NONE);
    for (unsigned i = 0; i < map_row_count; i++) {
        const map_row_t *row = &map_rows[i];
        if (row->kind != MAP_RW || row->after)
            continue;
        const unsigned index = row->count > 9 ? 9 : row->count - 1; /* of an SPI, where there are several */
        for (unsigned size_bytes = 1; size_bytes <= row->width_bytes; size_bytes *= 2)
            for (unsigned at = 0; at < row->width_bytes; at += size_bytes)
                check_partial_write(h, row, machine, index, at, size_bytes);
    }
    harness_free(h);
}

/* --- pairs --- */

/* A set register and its clear register, 0x80 above it, show the same state, which each changes by ones. */
static void check_pair(harness_t *h, const map_row_t *row, const map_machine_t *machine, unsigned index)
{
    const uint64_t set = map_frame_address(machine, row->frame) + row->offset + 4 * index, clear = set + 0x80;
    const uint64_t there = row->writable(machine, index);
    mmio_write(h, set, 4, 0xf0f00f0f);
    mmio_write(h, set, 4, 0);
    cr_assert_eq(mmio_read(h, set, 4), 0xf0f00f0f & there, "%s[%u]", row->name, index);
    cr_assert_eq(mmio_read(h, clear, 4), 0xf0f00f0f & there, "%s[%u]", row->name, index);
    mmio_write(h, clear, 4, 0xf000000f);
    mmio_write(h, clear, 4, 0);
    cr_assert_eq(mmio_read(h, set, 4), 0x00f00f00 & there, "%s[%u]", row->name, index);
    cr_assert_eq(mmio_read(h, clear, 4), 0x00f00f00 & there, "%s[%u]", row->name, index);
}

Test(gic_register_map, set_and_clear_pairs_act_on_ones_and_read_alike)
{
    for (unsigned m = 0; m < MACHINES; m++) {
        harness_t *h = map_harness(&machines[m], GIC_FAULT_NONE);
        for (unsigned i = 0; i < map_row_count; i++)
            for (unsigned index = 0; map_rows[i].kind == MAP_SET && index < map_rows[i].count; index++)
                check_pair(h, &map_rows[i], &machines[m], index);
        cr_assert_eq(errors(h), 0);
        harness_free(h);
    }
}

Test(gic_register_map, frames_of_one_core_leave_the_others_alone)
{
    const map_machine_t *machine = &machines[1];
    map_machine_t other = *machine;
    harness_t *h = map_harness(machine, GIC_FAULT_NONE);
    for (unsigned i = 0; i < map_row_count; i++) {
        const map_row_t *row = &map_rows[i];
        if ((row->frame == MAP_RD || row->frame == MAP_SGI) && (row->kind == MAP_RW || row->kind == MAP_SET))
            mmio_write(h, map_frame_address(machine, row->frame) + row->offset, row->width_bytes, UINT64_MAX);
    }
    for (other.core = 0; other.core < other.cores; other.core += 2)
        for (unsigned i = 0; i < map_row_count; i++)
            if (map_rows[i].frame == MAP_RD || map_rows[i].frame == MAP_SGI)
                check_read(h, &other, map_rows[i].frame, map_rows[i].offset, map_rows[i].width_bytes);
    harness_free(h);
}
