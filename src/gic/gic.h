/* Numbers of the GICv3 architecture (IHI 0069) shared by distributor, redistributors and CPU interfaces.
 *
 * This machine implements one Security state (GICD_CTLR.DS is RAO/WI, as on QEMU virt without secure=on), affinity
 * routing always enabled (ARE is RAO/WI), system-register access always enabled (ICC_SRE_EL1.SRE is RAO/WI) and five
 * priority bits (32 levels, as GIC-500 and GIC-600). */
#ifndef MESIM_GIC_GIC_H
#define MESIM_GIC_GIC_H

enum {
    /* INTIDs, IHI 0069 section 2.2. */
    GIC_SGI_COUNT = 16,
    GIC_PPI_FIRST = 16,
    GIC_SPI_FIRST = 32,
    GIC_SPI_LIMIT = 1020, /* first INTID behind the SPIs */
    GIC_LPI_FIRST = 8192,
    GIC_LPI_LIMIT = 65536,    /* 16 INTID bits */
    GIC_SPECIAL_FIRST = 1020, /* 1020 to 1023 name no interrupt */
    GIC_INTID_SPURIOUS = 1023,
    GIC_INTID_NONE = GIC_INTID_SPURIOUS, /* "no interrupt" inside the model */

    /* Priorities, section 4.8: 0 is the highest; unimplemented low bits are RAZ/WI. */
    GIC_PRIORITY_BITS = 5,
    GIC_PRIORITY_SHIFT = 8 - GIC_PRIORITY_BITS,
    GIC_PRIORITY_MASK = 0xff & ~((1 << GIC_PRIORITY_SHIFT) - 1),
    GIC_PRIORITY_IDLE = 0xff, /* running priority with nothing active */

    GIC_BANK_INTERRUPTS = 32, /* a bit each in the set and clear registers */
    GIC_NO_CORE = 0xffff,     /* an interrupt that no core sent */

    GICD_FRAME_BYTES = 0x10000,
    GITS_FRAME_BYTES = 0x20000, /* the control frame, then that of GITS_TRANSLATER */
    GITS_TRANSLATER_FRAME = 0x10000,
    GICR_FRAME_BYTES = 0x10000,    /* RD_base, then SGI_base */
    GICR_BYTES_PER_CORE = 0x20000, /* section 12.10, without GICv4 frames */
};

typedef enum gic_group { GIC_GROUP_0 = 0, GIC_GROUP_1 = 1 } gic_group_t;

/* Faults that tests inject into a build with MESIM_FAULTS=1, to show that the test of each trap notices. A fault is
 * chosen when the object is made or by gic_cpuif_set_fault; other builds ignore the choice. */
/* GIC_FAULTS(X): X(identifier, "what goes wrong"); each is noticed by a row of tests/unit/gic/test_traps_faults.c. */
#define GIC_FAULTS(X)                                                                                                  \
    X(NO_RANGE_SELECTOR, "SGI: RS is taken for 0")                                                                     \
    X(NO_AFFINITY_1, "SGI: Aff1 is not compared")                                                                      \
    X(BROADCAST_TO_SELF, "SGI: IRM = 1 includes the sender")                                                           \
    X(ANY_GROUP, "SGI: the group of the target is not compared")                                                       \
    X(WAKES_SLEEPER, "redistributor: GICR_WAKER does not hold interrupts back")                                        \
    X(NO_WAKE_REQUEST, "redistributor: a sleeping one does not ask for its core")                                      \
    X(ACTIVE_NOT_REPENDED, "an edge while active is lost")                                                             \
    X(LEVEL_AS_EDGE, "a level that stays high does not pend again")                                                    \
    X(SPI_TO_ALL, "a 1-of-N SPI is presented to every core")                                                           \
    X(WRITE_MASK, "registers take bits that are RAZ/WI")                                                               \
    X(CLEAR_LOSES_ACTIVATE, "Activate is dropped when it crosses a Clear")                                             \
    X(EOI_DEACTIVATES, "CPU interface: EOImode is taken for 0")                                                        \
    X(DROP_ALL, "CPU interface: a priority drop forgets all active priorities")                                        \
    X(STRAY_EOI, "CPU interface: EOI without acknowledge drops and deactivates")                                       \
    X(NO_PRIORITY_MASK, "CPU interface: ICC_PMR_EL1 is not compared")                                                  \
    X(ACTIVE_FORWARDED, "what is active and pending is presented again")                                               \
    X(SPI_BY_AFF0, "SPI: of the route only Aff0 is compared")                                                          \
    X(NO_BINARY_POINT, "CPU interface: ICC_BPR*_EL1 are not applied")                                                  \
    X(INTERFACE_NOT_RESET, "CPU interface: a core that is turned on again finds ICC_* as they were")                   \
    X(LPI_PRIORITY_IGNORED, "LPI: all have the same priority")                                                         \
    X(LPI_LOST_WHILE_DISABLED, "LPI: an event of a disabled one is forgotten")                                         \
    X(LPI_STAYS_PENDING, "LPI: acknowledge leaves it pending")                                                         \
    X(PENDING_NOT_STORED, "LPI: the pending table is not written when LPIs are disabled")                              \
    X(MOVE_LEAVES_PENDING, "ITS: MOVI and MOVALL do not move what is pending")                                         \
    X(MAP_TO_WRONG_COLLECTION, "ITS: MAPTI and MAPI take another collection")                                          \
    X(DISCARD_KEEPS_PENDING, "ITS: DISCARD does not clear what is pending")                                            \
    X(INV_IGNORED, "ITS: INV and INVALL do not read the configuration again")                                          \
    X(TABLES_UNBOUNDED, "ITS: indices are not compared with the size of their table")                                  \
    X(QUEUE_NOT_WRAPPED, "ITS: GITS_CREADR runs past the end of the queue")

typedef enum gic_fault {
    GIC_FAULT_NONE,
#define GIC_FAULT_ENUM(id, text) GIC_FAULT_##id,
    GIC_FAULTS(GIC_FAULT_ENUM)
#undef GIC_FAULT_ENUM
        GIC_FAULT_COUNT
} gic_fault_t;

#if MESIM_FAULTS
#define GIC_HAS_FAULT(holder, which) ((holder)->fault == GIC_FAULT_##which)
#else
#define GIC_HAS_FAULT(holder, which) ((void)(holder), false)
#endif

#endif
