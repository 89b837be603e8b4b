/* The whole of a core's MMU, shared by the files of this folder. */
#ifndef MESIM_MMU_STATE_H
#define MESIM_MMU_STATE_H

#include "mmu/micro_tlb.h"
#include "mmu/mmu.h"
#include "mmu/regime.h"
#include "mmu/tlb.h"
#include "mmu/walk.h"
#include "mmu/walk_cache.h"

struct mmu {
    mmu_regime_t regime;
    mmu_micro_tlb_t micro[2]; /* of data and of fetches */
    mmu_walk_t walks[2];      /* likewise */
    mmu_tlb_t l2;
    mmu_walk_cache_t walk_cache;
    mmu_config_t config;
    mmu_client_t client;
    mmu_context_t context;
    mmu_stats_t stats;
};

#endif
