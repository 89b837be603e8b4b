/* How imm of a structure load or store packs its access: bit positions. Private to cpu/isa. */
#ifndef MESIM_CPU_ISA_FORMAT_STRUCTURE_H
#define MESIM_CPU_ISA_FORMAT_STRUCTURE_H

enum {
    STRUCTURE_SIZE = 0,       /* of an element, in bytes: 8 bits */
    STRUCTURE_ELEMENTS = 8,   /* 8 bits */
    STRUCTURE_LAYOUT = 16,    /* cpu_structure_layout_t: 4 bits */
    STRUCTURE_REGISTERS = 20, /* 4 bits */
    STRUCTURE_LANE = 24,      /* 8 bits */
    STRUCTURE_VECTOR = 32,    /* bytes of a register: 8 bits */
    STRUCTURE_OFFSET = 40,    /* bytes added to the base when post-indexed by an immediate: 8 bits */
};

#endif
