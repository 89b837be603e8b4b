/* The messages of the memory system, with the names of AMBA 5 CHI (IHI 0050) and, where CHI has none, of
 * AMBA ACE (IHI 0022): requests, snoops, responses and data between a core complex (request node), its
 * cluster's snoop control unit with the L2, the system interconnect (home, DRAM, MMIO) and devices.
 *
 * All messages between two components travel over one ordered link a direction, so data granted to a core
 * always arrives before a later snoop of the same line. A line is 64 bytes. */
#ifndef MESIM_INTERCONNECT_CHI_H
#define MESIM_INTERCONNECT_CHI_H

#include <stdbool.h>
#include <stdint.h>

enum { CHI_LINE_BYTES = 64, CHI_LINE_SHIFT = 6, CHI_MAX_CORES = 64 };

/* CHI_OPCODES(X): X(identifier, "Name", channel) */
#define CHI_OPCODES(X)                                                                                                 \
    /* Requests, toward memory. */                                                                                     \
    X(READ_SHARED, "ReadShared", REQ)   /* a load miss: any valid state */                                             \
    X(READ_UNIQUE, "ReadUnique", REQ)   /* a store miss: data and ownership */                                         \
    X(CLEAN_UNIQUE, "CleanUnique", REQ) /* S to M upgrade: ownership, data only if the copy was lost */                \
    X(MAKE_UNIQUE, "MakeUnique", REQ)   /* whole line will be written: ownership without data */                       \
    X(READ_ONCE, "ReadOnce", REQ)       /* fetch, or a device reads: a snapshot, not tracked by the snoop filter */    \
    X(WRITE_UNIQUE, "WriteUnique", REQ) /* a device writes: byte mask; no cache but the L2 keeps the line */           \
    X(ATOMIC_STORE, "AtomicStore", REQ) /* a far atomic whose old value nobody wants; answered by Comp */              \
    X(ATOMIC_LOAD, "AtomicLoad", REQ)   /* one that wants it; answered by CompData, which grants nothing */            \
    X(ATOMIC_SWAP, "AtomicSwap", REQ)                                                                                  \
    X(ATOMIC_COMPARE, "AtomicCompare", REQ)                                                                            \
    X(WRITE_BACK, "WriteBack", REQ)        /* dirty line given up, with data */                                        \
    X(EVICT, "Evict", REQ)                 /* clean line given up */                                                   \
    X(READ_NO_SNOOP, "ReadNoSnoop", REQ)   /* Non-cacheable or Device read, size bytes */                              \
    X(WRITE_NO_SNOOP, "WriteNoSnoop", REQ) /* Non-cacheable or Device write, byte mask */                              \
    X(CLEAN_SHARED, "CleanShared", REQ)    /* DC CVAC, CVAU: write dirty data back, copies stay */                     \
    X(CLEAN_INVALID, "CleanInvalid", REQ)  /* DC CIVAC */                                                              \
    X(MAKE_INVALID, "MakeInvalid", REQ)    /* DC IVAC: copies dropped, dirty data lost */                              \
    X(DVM_OP, "DVMOp", REQ)                /* TLBI, IC broadcast; payload in operand */                                \
    X(DVM_SYNC, "DVMSync", REQ)            /* a DSB waits for earlier DVMOps everywhere */                             \
    X(EVENT, "EVENTO", REQ)                /* SEV: to every core's event register */                                   \
    /* Snoops, toward cores. */                                                                                        \
    X(SNP_SHARED, "SnpShared", SNP)                                                                                    \
    X(SNP_UNIQUE, "SnpUnique", SNP)                                                                                    \
    X(SNP_CLEAN_SHARED, "SnpCleanShared", SNP)                                                                         \
    X(SNP_CLEAN_INVALID, "SnpCleanInvalid", SNP) /* also the back-invalidation of an L2 eviction */                    \
    X(SNP_MAKE_INVALID, "SnpMakeInvalid", SNP)                                                                         \
    X(SNP_DVM_OP, "SnpDVMOp", SNP)                                                                                     \
    X(SNP_DVM_SYNC, "SnpDVMSync", SNP)                                                                                 \
    X(SNP_EVENT, "EVENTI", SNP)                                                                                        \
    /* Responses. */                                                                                                   \
    X(COMP, "Comp", RSP)          /* request complete, no data */                                                      \
    X(COMP_DATA, "CompData", DAT) /* request complete with data; state says what is granted */                         \
    X(SNP_RESP, "SnpResp", RSP)                                                                                        \
    X(SNP_RESP_DATA, "SnpRespData", DAT) /* with the dirty line */                                                     \
    X(SNP_DVM_RESP, "SnpDVMResp", RSP)   /* this core has performed the DVM operation or sync */

typedef enum chi_opcode {
#define CHI_ENUM(id, name, channel) CHI_##id,
    CHI_OPCODES(CHI_ENUM)
#undef CHI_ENUM
        CHI_OPCODE_COUNT
} chi_opcode_t;

/* What a CompData or Comp grants, and what a snoop response leaves behind (CHI Resp field names). */
typedef enum chi_state { CHI_I, CHI_SC, CHI_UC, CHI_UD } chi_state_t;

/* What an AtomicLoad or AtomicStore does with the old value and its operand (Arm ARM C3.2.12). */
typedef enum chi_atomic_op {
    CHI_OP_ADD,
    CHI_OP_CLR,
    CHI_OP_EOR,
    CHI_OP_SET,
    CHI_OP_SMAX,
    CHI_OP_SMIN,
    CHI_OP_UMAX,
    CHI_OP_UMIN,
    CHI_OP_SWP,
} chi_atomic_op_t;

/* Memory type of the access, resolved from MAIR (Arm ARM D8.6). */
typedef enum chi_memory_type {
    CHI_DEVICE_nGnRnE,
    CHI_DEVICE_nGnRE,
    CHI_DEVICE_nGRE,
    CHI_DEVICE_GRE,
    CHI_NORMAL_NC,
    CHI_NORMAL_WT, /* cached write-back style but never dirty outside the cluster's write-through path */
    CHI_NORMAL_WB,
} chi_memory_type_t;

typedef enum chi_shareability {
    CHI_NON_SHAREABLE = 0,
    CHI_OUTER_SHAREABLE = 2,
    CHI_INNER_SHAREABLE = 3
} chi_shareability_t;

typedef enum chi_error { CHI_OKAY, CHI_SLVERR, CHI_DECERR } chi_error_t;

/* The payload of every memory-system message. */
typedef struct chi_message {
    uint8_t opcode; /* chi_opcode_t */
    union {
        uint8_t state;     /* chi_state_t, in responses */
        uint8_t atomic_op; /* chi_atomic_op_t, in AtomicLoad and AtomicStore */
    };
    uint8_t memory_type;  /* chi_memory_type_t */
    uint8_t shareability; /* chi_shareability_t */
    uint8_t source;       /* index of the core that asked (requests, and the snoops and responses they cause), or
                             CHI_SOURCE_IO, CHI_SOURCE_CLUSTER */
    uint8_t size_bytes;   /* ReadNoSnoop / WriteNoSnoop: 1 to 64, never across a line; far atomics and their answers: of
                             the data sent; DVMOp: which (mmu/tlbi.h) */
    uint8_t error;        /* chi_error_t, in responses */
    uint8_t flags;        /* CHI_FLAG_* */
    uint32_t transaction; /* chosen by the requester, returned in the response */
    uint32_t reserved;    /* index of the requester cluster, between cluster and system (interconnect/system.h); of the
                             requester with CHI_SOURCE_IO */
    uint64_t address;     /* physical; line-aligned for cacheable requests and snoops, exact for NoSnoop */
    uint64_t operand;     /* WriteNoSnoop, WriteUnique, WriteBack: byte-valid mask of data; far atomics: mask of the
                             bytes they access (interconnect/atomic.h); DVMOp: Xt of the TLBI */
    uint64_t pc;          /* of the guest instruction that caused the request, for explanation only */
    uint8_t data[CHI_LINE_BYTES]; /* indexed by address bits <5:0>; NoSnoop data sits at its place in the line */
} chi_message_t;

enum {
    CHI_SOURCE_IO = 0xfe,      /* a requester without caches behind the system interconnect (interconnect/dma.h) */
    CHI_SOURCE_CLUSTER = 0xff, /* what the cluster does for its own sake */
};

enum {
    CHI_FLAG_CACHE_TO_CACHE = 1, /* CompData: another core's L1 supplied the line */
    CHI_FLAG_L2_HIT = 2,         /* CompData: the L2 supplied it; neither flag: from DRAM */
    CHI_FLAG_PERFORMED = 4,      /* WriteNoSnoop: respond only when the endpoint has it (nGnRnE) */
    CHI_FLAG_TO_POU = 8,         /* CleanShared: to the point of unification (the L2) only: DC CVAU */
    CHI_FLAG_COPY_LOST = 16,     /* SnpResp: the core no longer had the line */
    CHI_FLAG_FETCH = 32,         /* ReadOnce, ReadNoSnoop: an instruction fetch */
    CHI_FLAG_SET_WAY = 64,       /* CleanShared, CleanInvalid, MakeInvalid: address is set << 8 | way of the L2 */
};

/* "ReadShared", ... */
const char *chi_opcode_name(chi_opcode_t opcode);

/* Whether it is a request for a far atomic. */
static inline bool chi_is_atomic(unsigned opcode)
{
    return opcode >= CHI_ATOMIC_STORE && opcode <= CHI_ATOMIC_COMPARE;
}

static inline uint64_t chi_line(uint64_t address)
{
    return address & ~(uint64_t)(CHI_LINE_BYTES - 1);
}

#endif
