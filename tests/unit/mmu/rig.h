/* An MMU on a bench: fake physical memory that holds descriptors and may answer late or with an error, builders for
 * translation tables, and logs of the upcalls. */
#ifndef MESIM_TEST_MMU_RIG_H
#define MESIM_TEST_MMU_RIG_H

#include "base/random.h"
#include "mmu/mmu.h"

#include <stddef.h>

enum { RIG_WORDS = 1 << 19, RIG_LOG = 64, RIG_MAX_TRIES = 10000 };
#define RIG_MEMORY UINT64_C(0x40000000) /* physical address of word 0; reads outside are bus errors */

/* Bits of descriptors and registers, as the tests spell them. */
#define DESC_INVALID    UINT64_C(0)
#define DESC_BLOCK      UINT64_C(1)
#define DESC_TABLE      UINT64_C(3)
#define DESC_PAGE       UINT64_C(3)
#define DESC_ATTR(n)    ((uint64_t)(n) << 2)
#define DESC_AP(ap)     ((uint64_t)(ap) << 6)
#define DESC_SH(sh)     ((uint64_t)(sh) << 8)
#define DESC_AF         (UINT64_C(1) << 10)
#define DESC_NG         (UINT64_C(1) << 11)
#define DESC_DBM        (UINT64_C(1) << 51)
#define DESC_CONTIG     (UINT64_C(1) << 52)
#define DESC_PXN        (UINT64_C(1) << 53)
#define DESC_UXN        (UINT64_C(1) << 54)
#define DESC_PXNTABLE   (UINT64_C(1) << 59)
#define DESC_UXNTABLE   (UINT64_C(1) << 60)
#define DESC_APTABLE(a) ((uint64_t)(a) << 61)
#define SCTLR_M         (UINT64_C(1) << 0)
#define SCTLR_C         (UINT64_C(1) << 2)
#define SCTLR_I         (UINT64_C(1) << 12)
#define SCTLR_WXN       (UINT64_C(1) << 19)
#define SCTLR_EE        (UINT64_C(1) << 25)
#define TCR_EPD0        (UINT64_C(1) << 7)
#define TCR_A1          (UINT64_C(1) << 22)
#define TCR_EPD1        (UINT64_C(1) << 23)
#define TCR_IPS(n)      ((uint64_t)(n) << 32)
#define TCR_AS          (UINT64_C(1) << 36)
#define TCR_TBI0        (UINT64_C(1) << 37)
#define TCR_TBI1        (UINT64_C(1) << 38)
#define TCR_HA          (UINT64_C(1) << 39)
#define TCR_HD          (UINT64_C(1) << 40)
#define TCR_HPD0        (UINT64_C(1) << 41)
#define TCR_HPD1        (UINT64_C(1) << 42)
#define ASID(n)         ((uint64_t)(n) << 48)

/* MAIR of every rig: index 0 write-back, 1 Device-nGnRnE, 2 Non-cacheable, 3 write-through, 4 Device-GRE. */
#define RIG_MAIR UINT64_C(0x0cbb4400ff)

/* What a word held before it was overwritten at a time. */
typedef struct rig_past {
    uint64_t address, value, time;
} rig_past_t;

typedef struct rig_drop {
    bool fetch;
    uint64_t va, bytes;
} rig_drop_t;

typedef struct rig {
    mmu_t *mmu;
    mmu_config_t config;
    mmu_context_t context;
    unsigned granule_shift;
    unsigned start_level;

    uint64_t *words;
    uint64_t next_table; /* physical address of the next table to hand out */
    uint64_t now;        /* time of the history: the caller advances it */
    rig_past_t *past;
    size_t past_count, past_capacity;

    base_random_t random;
    unsigned wait_percent;                  /* chance that a descriptor read must wait */
    int answers_left;                       /* so many reads answer and the next ones wait; negative: no limit */
    uint64_t error_address;                 /* a read there is a bus error */
    uint64_t reads;                         /* descriptors given out */
    uint64_t update_tries, updates;         /* of descriptors by the walker */
    void (*before_update)(struct rig *rig); /* once, when not NULL: what another core does just before */
    uint64_t last_read;                     /* address of the last descriptor asked for */
    chi_memory_type_t last_type;
    chi_shareability_t last_shareability;

    rig_drop_t drops[RIG_LOG]; /* the first ones since rig_clear_logs */
    size_t drop_count;
    void (*on_drop)(void *self, bool fetch, uint64_t va, uint64_t bytes); /* also told, when not NULL */
    void *on_drop_self;
    size_t conflict_count;
    mmu_conflict_t last_conflict;
    uint64_t last_conflict_va;
} rig_t;

/* Small TLBs, 48-bit physical addresses, 16-bit ASIDs, TnSZ for input_bits and empty first tables in both halves. */
mmu_config_t rig_config(void);
void rig_init(rig_t *rig, unsigned granule_shift, unsigned input_bits, const mmu_config_t *config);
void rig_done(rig_t *rig);
/* What rig_init connects the MMU to. */
mmu_client_t rig_client(rig_t *rig);
void rig_set_context(rig_t *rig);
void rig_clear_logs(rig_t *rig);

uint64_t rig_read(const rig_t *rig, uint64_t physical);
void rig_write(rig_t *rig, uint64_t physical, uint64_t value);

/* Physical address of a new, empty, aligned table. */
uint64_t rig_new_table(rig_t *rig);
/* Physical address of the descriptor of `va` at `level`; tables on the way are made. */
uint64_t rig_descriptor(rig_t *rig, uint64_t va, unsigned level);
/* Writes a leaf: `bits` without type and address. */
void rig_map(rig_t *rig, uint64_t va, unsigned level, uint64_t output, uint64_t bits);
void rig_unmap(rig_t *rig, uint64_t va, unsigned level);
/* log2 of the bytes that a descriptor of `level` maps. */
unsigned rig_shift(const rig_t *rig, unsigned level);

/* Translates, trying again as long as it waits. */
mmu_result_t rig_translate(rig_t *rig, uint64_t va, mmu_access_t access, bool privileged, bool pan,
                           mmu_translation_t *ret_translation, mmu_fault_t *ret_fault);
/* Status code of the fault of a read by EL1, or -1 without a fault. */
int rig_status(rig_t *rig, uint64_t va);
/* Physical address of a read by EL1, which must not fault. */
uint64_t rig_physical(rig_t *rig, uint64_t va);
/* Whether an entry for `va` and `asid` is in the TLBs of that kind. */
bool rig_holds(const rig_t *rig, mmu_tlb_kind_t kind, uint64_t va, unsigned asid);

#endif
