/* A walk that waits while software replaces the tables it has read and invalidates: it must not bring them back. */
#ifndef MESIM_TEST_MMU_INFLIGHT_H
#define MESIM_TEST_MMU_INFLIGHT_H

#include "rig.h"

enum { INFLIGHT_VA = 0x1000, INFLIGHT_OLD = 0x5000, INFLIGHT_NEW = 0x9000 };

/* 48-bit addresses, 4 KB granule, INFLIGHT_VA mapped to INFLIGHT_OLD. */
void inflight_init(rig_t *rig, const mmu_config_t *config);

/* Lets an access to INFLIGHT_VA begin its walk and wait for the descriptor of `level`; after that memory answers. */
void inflight_wait_at(rig_t *rig, mmu_access_t access, unsigned level);

/* Where the access ends that waited at `level` while its page moved to INFLIGHT_NEW by way of new tables, with the TLBI
 * or (MMU_TLBI_COUNT) without one. */
uint64_t inflight_physical(const mmu_config_t *config, unsigned level, mmu_tlbi_t operation, mmu_access_t access);

#endif
