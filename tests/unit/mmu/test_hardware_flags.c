/* Access flag and dirty state kept by the walker (FEAT_HAFDBS, Arm ARM D8.5), and permissions of tables that do not
 * count (FEAT_HPDS). */
#include "mmu/walk.h"
#include "rig.h"

#include <criterion/criterion.h>
#include <errno.h>

enum { READ_ONLY = 2, PAGE = 0x1000, USER = 1 };

static void init(rig_t *rig, uint64_t tcr, unsigned wait_percent)
{
    mmu_config_t config = rig_config();
    rig_init(rig, 12, 39, &config);
    rig->context.tcr |= tcr;
    rig->wait_percent = wait_percent;
    rig_set_context(rig);
}

static int status_of(rig_t *rig, uint64_t va, mmu_access_t access, bool privileged)
{
    mmu_translation_t translation;
    mmu_fault_t fault;
    return rig_translate(rig, va, access, privileged, false, &translation, &fault) == MMU_OK ? -1 : fault.status_code;
}

static uint64_t flags(rig_t *rig, uint64_t va, unsigned level)
{
    return rig_read(rig, rig_descriptor(rig, va, level)) & (DESC_AF | DESC_AP(READ_ONLY));
}

Test(access_flag, is_set_by_the_first_access_of_each_kind_at_each_level)
{
    for (unsigned level = 1; level <= 3; level++) {
        for (mmu_access_t access = MMU_READ; access <= MMU_FETCH; access++) {
            rig_t rig;
            init(&rig, TCR_HA, 30);
            rig_map(&rig, 0, level, 0x40000000, DESC_SH(3));
            cr_expect_eq(status_of(&rig, 0, access, true), -1, "level %u", level);
            cr_expect_eq(flags(&rig, 0, level), DESC_AF);
            cr_expect_eq(status_of(&rig, 8, access, true), -1);
            cr_expect_eq(rig.updates, 1);
            rig_done(&rig);
        }
    }
}

Test(access_flag, faults_while_ha_is_clear)
{
    rig_t rig;
    init(&rig, TCR_HD, 0);
    rig_map(&rig, 0, 3, 0x5000, DESC_SH(3));
    cr_expect_eq(status_of(&rig, 0, MMU_READ, true), MMU_STATUS_ACCESS_FLAG + 3);
    cr_expect_eq(flags(&rig, 0, 3), 0);
    rig_done(&rig);
}

Test(access_flag, in_tables_that_are_not_cached_is_an_unsupported_update)
{
    rig_t rig;
    init(&rig, TCR_HA, 0);
    rig.context.tcr &= ~UINT64_C(0xf00); /* IRGN0, ORGN0: Non-cacheable */
    rig_set_context(&rig);
    rig_map(&rig, 0, 3, 0x5000, DESC_SH(3));
    cr_expect_eq(status_of(&rig, 0, MMU_READ, true), 0x31);
    rig_map(&rig, 0x1000, 3, 0x5000, DESC_SH(3) | DESC_AF);
    cr_expect_eq(status_of(&rig, 0x1000, MMU_READ, true), -1, "nothing to update");
    rig_done(&rig);
}

static void other_core_unmaps(rig_t *rig)
{
    rig_unmap(rig, 0, 3);
}

static void other_core_moves(rig_t *rig)
{
    rig_map(rig, 0, 3, 0x9000, DESC_SH(3));
}

/* Compare and write are one step: what another core writes in between is seen, not overwritten. */
Test(access_flag, update_never_undoes_what_another_core_wrote)
{
    rig_t rig;
    init(&rig, TCR_HA, 0);
    rig_map(&rig, 0, 3, 0x5000, DESC_SH(3));
    rig.before_update = other_core_unmaps;
    cr_expect_eq(status_of(&rig, 0, MMU_READ, true), MMU_STATUS_TRANSLATION + 3);
    cr_expect_eq(rig_read(&rig, rig_descriptor(&rig, 0, 3)), 0);
    rig_map(&rig, 0, 3, 0x5000, DESC_SH(3));
    rig.before_update = other_core_moves;
    cr_expect_eq(rig_physical(&rig, 0), 0x9000);
    cr_expect_eq(flags(&rig, 0, 3), DESC_AF);
    rig_done(&rig);
}

Test(dirty_state, first_write_marks_the_page_and_reads_do_not)
{
    for (unsigned level = 1; level <= 3; level++) {
        rig_t rig;
        init(&rig, TCR_HA | TCR_HD, 30);
        rig_map(&rig, 0, level, 0x40000000, DESC_SH(3) | DESC_AF | DESC_DBM | DESC_AP(READ_ONLY));
        cr_expect_eq(status_of(&rig, 0, MMU_READ, true), -1);
        cr_expect_eq(status_of(&rig, 0, MMU_FETCH, true), -1);
        cr_expect_eq(flags(&rig, 0, level), DESC_AF | DESC_AP(READ_ONLY));
        cr_expect_eq(status_of(&rig, 0, MMU_WRITE, true), -1, "known to the TLB as clean");
        cr_expect_eq(flags(&rig, 0, level), DESC_AF);
        cr_expect_eq(rig.updates, 1);
        uint64_t walks = mmu_stats(rig.mmu)->walks;
        cr_expect_eq(status_of(&rig, 16, MMU_WRITE, true), -1);
        cr_expect_eq(mmu_stats(rig.mmu)->walks, walks, "the TLB knows that it is marked");
        const mmu_stats_t *stats = mmu_stats(rig.mmu);
        cr_expect_eq(stats->micro_misses_data + stats->micro_misses_fetch, stats->l2_hits + stats->walks);
        rig_done(&rig);
    }
}

Test(dirty_state, write_without_a_read_before_sets_both_flags)
{
    rig_t rig;
    init(&rig, TCR_HA | TCR_HD, 50);
    rig_map(&rig, 0, 3, 0x5000, DESC_SH(3) | DESC_DBM | DESC_AP(READ_ONLY));
    cr_expect_eq(status_of(&rig, 0, MMU_WRITE, true), -1);
    cr_expect_eq(flags(&rig, 0, 3), DESC_AF);
    rig_done(&rig);
}

/* Every way in which a write is not allowed, whatever the mark says. */
Test(dirty_state, is_not_marked_where_the_write_faults)
{
    static const struct {
        const char *why;
        uint64_t tcr, leaf, table;
        bool privileged;
    } rows[] = {
        {"not DBM", TCR_HA | TCR_HD, DESC_AP(READ_ONLY), 0, true},
        {"HD is clear", TCR_HA, DESC_DBM | DESC_AP(READ_ONLY), 0, true},
        {"HA is clear", TCR_HD, DESC_DBM | DESC_AP(READ_ONLY), 0, true},
        {"EL0 has no access", TCR_HA | TCR_HD, DESC_DBM | DESC_AP(READ_ONLY), 0, false},
        {"the table forbids writes", TCR_HA | TCR_HD, DESC_DBM | DESC_AP(READ_ONLY), DESC_APTABLE(2), true},
        {"the table forbids EL0", TCR_HA | TCR_HD, DESC_DBM | DESC_AP(READ_ONLY | USER), DESC_APTABLE(1), false},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        rig_t rig;
        init(&rig, rows[i].tcr, 0);
        rig_map(&rig, 0, 3, 0x5000, DESC_SH(3) | DESC_AF | rows[i].leaf);
        uint64_t table = rig_descriptor(&rig, 0, 2);
        rig_write(&rig, table, rig_read(&rig, table) | rows[i].table);
        cr_expect_eq(status_of(&rig, 0, MMU_WRITE, rows[i].privileged), MMU_STATUS_PERMISSION + 3, "%s", rows[i].why);
        cr_expect_eq(rig.updates, 0, "%s", rows[i].why);
        rig_done(&rig);
    }
}

Test(dirty_state, a_page_that_another_core_marked_is_walked_again_and_not_updated)
{
    rig_t rig;
    init(&rig, TCR_HA | TCR_HD, 0);
    rig_map(&rig, 0, 3, 0x5000, DESC_SH(3) | DESC_AF | DESC_DBM | DESC_AP(READ_ONLY));
    cr_expect_eq(status_of(&rig, 0, MMU_READ, true), -1);
    rig_map(&rig, 0, 3, 0x5000, DESC_SH(3) | DESC_AF | DESC_DBM);
    cr_expect_eq(status_of(&rig, 0, MMU_WRITE, true), -1);
    cr_expect_eq(rig.update_tries, 0);
    rig_map(&rig, 0x1000, 3, 0x6000, DESC_SH(3) | DESC_AF | DESC_DBM | DESC_AP(READ_ONLY));
    cr_expect_eq(status_of(&rig, 0x1000, MMU_READ, true), -1);
    rig_map(&rig, 0x1000, 3, 0x6000, DESC_SH(3) | DESC_AF | DESC_AP(READ_ONLY));
    cr_expect_eq(status_of(&rig, 0x1000, MMU_WRITE, true), MMU_STATUS_PERMISSION + 3, "it is read-only now");
    rig_done(&rig);
}

Test(dirty_state, is_what_at_asks_about_and_does_not_change)
{
    rig_t rig;
    init(&rig, TCR_HA | TCR_HD, 0);
    rig_map(&rig, 0, 3, 0x5000, DESC_SH(3) | DESC_AF | DESC_DBM | DESC_AP(READ_ONLY));
    for (unsigned i = 0; i < 2; i++) {
        uint64_t par;
        uint32_t cycles;
        mmu_fault_t fault;
        cr_expect_eq(mmu_address_translate(rig.mmu, 0, 0, true, true, false, &par, &cycles, &fault), MMU_OK);
        cr_expect_eq(par & 1, 0, "no fault, %s", i ? "TLB" : "walk");
    }
    cr_expect_eq(flags(&rig, 0, 3), DESC_AF | DESC_AP(READ_ONLY));
    mmu_translation_t translation;
    mmu_fault_t fault;
    cr_expect_eq(rig_translate(&rig, 0, MMU_READ, true, false, &translation, &fault), MMU_OK);
    cr_expect_not(translation.writable, "the first write must be seen");
    rig_done(&rig);
}

Test(table_permissions, do_not_count_with_hpd)
{
    for (unsigned half = 0; half < 2; half++) {
        uint64_t va = half ? UINT64_C(0xffffff8000000000) : 0;
        for (unsigned disabled = 0; disabled < 2; disabled++) {
            rig_t rig;
            init(&rig, disabled ? half ? TCR_HPD1 : TCR_HPD0 : half ? TCR_HPD0 : TCR_HPD1, 0);
            rig_map(&rig, va, 3, 0x5000, DESC_SH(3) | DESC_AF | DESC_AP(USER));
            uint64_t table = rig_descriptor(&rig, va, 2);
            rig_write(&rig, table, rig_read(&rig, table) | DESC_APTABLE(3) | DESC_UXNTABLE | DESC_PXNTABLE);
            int limited = disabled ? -1 : MMU_STATUS_PERMISSION + 3;
            cr_expect_eq(status_of(&rig, va, MMU_WRITE, true), limited);
            cr_expect_eq(status_of(&rig, va, MMU_READ, false), limited);
            cr_expect_eq(status_of(&rig, va, MMU_FETCH, false), limited);
            rig_done(&rig);
        }
    }
}
