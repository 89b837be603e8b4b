/* Faults that tests inject to show that the checks find them. Compiled in only with MESIM_FAULTS=1; otherwise the
 * `fault` field of the configurations is ignored and costs nothing. */
#ifndef MESIM_CACHE_FAULT_H
#define MESIM_CACHE_FAULT_H

#ifndef MESIM_FAULTS
#define MESIM_FAULTS 0
#endif

/* CACHE_FAULTS(X): X(identifier, "what goes wrong") */
#define CACHE_FAULTS(X)                                                                                                \
    X(NONE, "nothing")                                                                                                 \
    /* in an L1D */                                                                                                    \
    X(L1_LOSES_DIRTY_DATA, "a snooped dirty line is answered without data")                                            \
    X(L1_KEEPS_INVALIDATED_LINE, "an invalidation is acknowledged but the line stays shared")                          \
    X(L1_EVICTS_DIRTY_AS_CLEAN, "a dirty line is given up with Evict")                                                 \
    X(L1_WRITE_BACK_RACE, "a line in the write-back buffer answers snoops without its data")                           \
    X(L1_UPGRADE_RACE, "the copy lost during an upgrade is kept")                                                      \
    X(L1_WRITES_SHARED_LINE, "a store writes a shared line without asking")                                            \
    X(L1_KEEPS_OWNERSHIP, "a snooped owner answers shared and stays exclusive")                                        \
    /* in the L2 */                                                                                                    \
    X(L2_FORGETS_SHARER, "a shared grant is not recorded")                                                             \
    X(L2_GRANTS_E_TWICE, "a second reader is granted E")                                                               \
    X(L2_SKIPS_INVALIDATION, "one sharer is not snooped")                                                              \
    X(L2_SKIPS_OWNER_SNOOP, "a read is answered from the L2 while a core owns the line")                               \
    X(L2_NO_BACK_INVALIDATION, "a line leaves the L2 while L1s hold it")                                               \
    X(L2_DROPS_DIRTY_VICTIM, "a dirty line leaves the L2 without a write to memory")                                   \
    X(L2_TAKES_STALE_WRITE_BACK, "a write-back overtaken by a snoop overwrites newer data")                            \
    X(L2_STALE_UPGRADE, "CleanUnique is granted without data though the copy was lost")                                \
    X(L2_DROPS_SNOOP_DATA, "the dirty line a snoop returned is not kept")                                              \
    X(L2_DEVICE_READS_STALE, "a device reads the L2 while a core owns the line")                                       \
    X(L2_DEVICE_WRITE_KEEPS_SHARERS, "a device writes a line and its sharers are not snooped")                         \
    X(L2_ATOMIC_KEEPS_REQUESTER, "a far atomic leaves the requester's own copy")                                       \
    X(L2_ATOMIC_READS_EARLY, "a far atomic computes with what the L2 had before the snoop's data came")                \
    X(L2_ATOMIC_ANSWERED_EARLY, "an AtomicStore is answered before the other copies are gone")                         \
    X(L2_LOST_ACKNOWLEDGEMENT, "a write-back is not acknowledged")

typedef enum cache_fault {
#define CACHE_FAULT_ENUM(id, text) CACHE_FAULT_##id,
    CACHE_FAULTS(CACHE_FAULT_ENUM)
#undef CACHE_FAULT_ENUM
        CACHE_FAULT_COUNT
} cache_fault_t;

/* Whether the controller (with a `config.fault`) is to make this mistake. */
#define cache_has_fault(controller, id) (MESIM_FAULTS && (controller)->config.fault == CACHE_FAULT_##id)

#endif
