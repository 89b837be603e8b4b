/* Random translation tables: a few tables a level, two entries of each in use. */
#include "base/bits.h"
#include "world_state.h"

static uint64_t random_leaf(world_t *world, unsigned level)
{
    uint64_t output = (1 + world_below(world, 3)) << 33;
    if (world_chance(world, 3))
        output |= UINT64_C(1) << 46; /* beyond IPS */
    return output | (level == 3 ? DESC_PAGE : DESC_BLOCK) | (world_chance(world, 92) ? DESC_AF : 0) |
           (world_chance(world, 60) ? DESC_NG : 0) | DESC_AP(world_below(world, 4)) |
           (world_chance(world, 25) ? DESC_UXN : 0) | (world_chance(world, 25) ? DESC_PXN : 0) |
           DESC_SH(world_below(world, 4)) | DESC_ATTR(world_below(world, 5));
}

static uint64_t random_descriptor(world_t *world, unsigned level)
{
    if (world_chance(world, 6))
        return base_random_next(&world->random) & ~UINT64_C(1);
    bool block_exists = level == 2 || (level == 1 && world->rig.granule_shift == 12);
    if (level == 3 || world_chance(world, block_exists ? 30 : 4))
        return random_leaf(world, level);
    uint64_t table = world->tables[level + 1][world_below(world, WORLD_TABLES)];
    if (world_chance(world, 2))
        table |= UINT64_C(1) << 46;
    if (world_chance(world, 2))
        table = 0; /* nothing there: a bus error */
    uint64_t limits = 0;
    if (world_chance(world, 15))
        limits = DESC_APTABLE(world_below(world, 4)) | (world_chance(world, 50) ? DESC_UXNTABLE : 0) |
                 (world_chance(world, 50) ? DESC_PXNTABLE : 0);
    return table | DESC_TABLE | limits;
}

static unsigned first_table_bits(const world_t *world)
{
    return 48 - rig_shift(&world->rig, world->rig.start_level);
}

/* Two entries of each table are in use: the second and the last. */
static uint64_t used_index(const world_t *world, unsigned level, unsigned which)
{
    unsigned bits = level == world->rig.start_level ? first_table_bits(world) : world->rig.granule_shift - 3;
    return which ? bits_mask(bits) : bits > 1;
}

static void change_descriptor(world_t *world, uint64_t table, unsigned level, unsigned which)
{
    rig_write(&world->rig, table + used_index(world, level, which) * 8, random_descriptor(world, level));
}

void world_change_something(world_t *world)
{
    rig_t *rig = &world->rig;
    rig->now += 1;
    unsigned level = rig->start_level + (unsigned)world_below(world, 4 - rig->start_level);
    uint64_t table = world->tables[level][world_below(world, WORLD_TABLES)];
    if (level == rig->start_level) {
        uint64_t which = world_below(world, WORLD_SPACES + 1);
        table = which == WORLD_SPACES ? bits_get(rig->context.ttbr1, 0, 48) : world->roots[which];
    }
    change_descriptor(world, table, level, (unsigned)world_below(world, 2));
}

void world_make_tables(world_t *world)
{
    rig_t *rig = &world->rig;
    for (unsigned level = 3; level > rig->start_level; level--) {
        for (unsigned i = 0; i < WORLD_TABLES; i++) {
            world->tables[level][i] = rig_new_table(rig);
            for (unsigned which = 0; which < 2; which++)
                change_descriptor(world, world->tables[level][i], level, which);
        }
    }
    for (unsigned space = 0; space <= WORLD_SPACES; space++) {
        uint64_t root = space == WORLD_SPACES ? bits_get(rig->context.ttbr1, 0, 48) : rig_new_table(rig);
        if (space < WORLD_SPACES)
            world->roots[space] = root;
        for (unsigned which = 0; which < 2; which++)
            change_descriptor(world, root, rig->start_level, which);
    }
    rig->past_count = 0;
}

void world_make_pages(world_t *world)
{
    unsigned levels = 4 - world->rig.start_level;
    for (unsigned choice = 0; choice < 2u << levels; choice++) {
        uint64_t va = choice >> levels ? UINT64_MAX << 48 : 0;
        for (unsigned i = 0; i < levels; i++) {
            unsigned level = world->rig.start_level + i;
            va |= used_index(world, level, choice >> i & 1) << rig_shift(&world->rig, level);
        }
        world->pages[world->page_count++] = va;
    }
}
