/* Formats of Arm ARM C4.1, Loads and Stores. rd is Rt, ra Rt2, rn the base, rm the index or Rs.
 *
 * CONSTRAINED UNPREDICTABLE register overlaps (K1.2): loads whose base is written back and loaded, load pairs with one
 * register twice, and store exclusives whose status register is also base or data are UNDEFINED here, so that a guest
 * that contains one is told. Stores that write back the base and store it store the old value. */
#include "cpu/isa/fields.h"
#include "cpu/memory.h"

/* imm of exclusive, ordered and atomic accesses: bits 15:0 the access flags, 23:16 the size of an element in bytes,
 * 63:32 the offset. */
static int64_t pack_access(unsigned flags, unsigned size_bytes)
{
    return (int64_t)(flags | CPU_ACCESS_ORDERED | size_bytes << 16);
}

static int64_t with_offset(int64_t packed, uint32_t word)
{
    return packed | (int64_t)((uint64_t)field_signed(word, 12, 9) << 32);
}

static void base_register(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = source_sp(decoded, field_register(word, FIELD_N));
    decoded->base_sp = decoded->insn.rn == CPU_SP;
}

/* The base register is one of those transferred, and not SP. */
static bool base_is(uint32_t word, unsigned lsb)
{
    return field_register(word, FIELD_N) == field_register(word, lsb) && field_register(word, FIELD_N) != 31;
}

static unsigned size_bytes(uint32_t word)
{
    return 1u << (word >> 30);
}

/* Pairs of words (bit 30 clear) or doublewords in the exclusive groups. */
static unsigned pair_size_bytes(uint32_t word)
{
    return word >> 30 & 1 ? 8 : 4;
}

/* --- exclusives, ordered, atomics --- */

bool cpu_format_compare_and_swap_pair(uint32_t word, cpu_decoded_t *decoded)
{
    unsigned rs = field_register(word, FIELD_S), rt = field_register(word, FIELD_T);
    unsigned flags =
        CPU_ACCESS_ATOMIC | (word >> 22 & 1 ? CPU_ACCESS_ACQUIRE : 0) | (word >> 15 & 1 ? CPU_ACCESS_RELEASE : 0);
    if ((rs | rt) & 1)
        return false;
    base_register(word, decoded);
    source(decoded, rs + 1);
    source(decoded, rt + 1);
    destination(decoded, rs + 1);
    decoded->insn.rm = source(decoded, rs);
    decoded->insn.ra = destination(decoded, rs);
    decoded->insn.rd = source(decoded, rt);
    decoded->insn.imm = pack_access(flags, pair_size_bytes(word));
    return true;
}

/* rm: Rs, compared; ra: Rs, which gets the old value; rd: Rt, stored. */
bool cpu_format_compare_and_swap(uint32_t word, cpu_decoded_t *decoded)
{
    unsigned flags =
        CPU_ACCESS_ATOMIC | (word >> 22 & 1 ? CPU_ACCESS_ACQUIRE : 0) | (word >> 15 & 1 ? CPU_ACCESS_RELEASE : 0);
    base_register(word, decoded);
    decoded->insn.rm = source(decoded, field_register(word, FIELD_S));
    decoded->insn.ra = destination(decoded, field_register(word, FIELD_S));
    decoded->insn.rd = source(decoded, field_register(word, FIELD_T));
    decoded->insn.imm = pack_access(flags, size_bytes(word));
    return true;
}

static bool store_exclusive(uint32_t word, cpu_decoded_t *decoded, unsigned bytes)
{
    unsigned flags = CPU_ACCESS_EXCLUSIVE | (word >> 15 & 1 ? CPU_ACCESS_RELEASE : 0);
    if (base_is(word, FIELD_S) || field_register(word, FIELD_S) == field_register(word, FIELD_T))
        return false;
    base_register(word, decoded);
    decoded->insn.rm = destination(decoded, field_register(word, FIELD_S));
    decoded->insn.rd = source(decoded, field_register(word, FIELD_T));
    decoded->insn.imm = pack_access(flags, bytes);
    return true;
}

/* rm: Rs, the status. */
bool cpu_format_store_exclusive(uint32_t word, cpu_decoded_t *decoded)
{
    return store_exclusive(word, decoded, size_bytes(word));
}

bool cpu_format_store_exclusive_pair(uint32_t word, cpu_decoded_t *decoded)
{
    if (field_register(word, FIELD_S) == field_register(word, FIELD_U))
        return false;
    decoded->insn.ra = source(decoded, field_register(word, FIELD_U));
    return store_exclusive(word, decoded, pair_size_bytes(word));
}

bool cpu_format_load_exclusive(uint32_t word, cpu_decoded_t *decoded)
{
    unsigned flags = CPU_ACCESS_EXCLUSIVE | (word >> 15 & 1 ? CPU_ACCESS_ACQUIRE : 0);
    base_register(word, decoded);
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_T));
    decoded->insn.imm = pack_access(flags, size_bytes(word));
    return true;
}

bool cpu_format_load_exclusive_pair(uint32_t word, cpu_decoded_t *decoded)
{
    if (field_register(word, FIELD_T) == field_register(word, FIELD_U))
        return false;
    cpu_format_load_exclusive(word, decoded);
    decoded->insn.ra = destination(decoded, field_register(word, FIELD_U));
    decoded->insn.imm = pack_access((uint16_t)decoded->insn.imm, pair_size_bytes(word));
    return true;
}

/* STLLR has no weaker order than STLR where no LORegion is defined (C6.2, STLLR). */
bool cpu_format_store_ordered(uint32_t word, cpu_decoded_t *decoded)
{
    base_register(word, decoded);
    decoded->insn.rd = source(decoded, field_register(word, FIELD_T));
    decoded->insn.imm = pack_access(CPU_ACCESS_RELEASE, size_bytes(word));
    return true;
}

/* LDAR, LDLAR; LDAPR, which bit 29 tells apart. */
bool cpu_format_load_ordered(uint32_t word, cpu_decoded_t *decoded)
{
    base_register(word, decoded);
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_T));
    decoded->insn.imm = pack_access(word >> 29 & 1 ? CPU_ACCESS_ACQUIRE_PC : CPU_ACCESS_ACQUIRE, size_bytes(word));
    return true;
}

/* opc<1>: sign-extended, to 32 bits where opc<0> is set too; the element must be narrower than the register. */
bool cpu_format_load_ordered_unscaled(uint32_t word, cpu_decoded_t *decoded)
{
    unsigned flags = CPU_ACCESS_ACQUIRE_PC, bytes = size_bytes(word);
    bool is_signed = word >> 23 & 1, to_w = is_signed && word >> 22 & 1;
    if (is_signed && bytes >= (to_w ? 4 : 8))
        return false;
    flags |= (is_signed ? CPU_ACCESS_SIGNED : 0) | (to_w ? CPU_ACCESS_TO_W : 0);
    base_register(word, decoded);
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_T));
    decoded->insn.imm = with_offset(pack_access(flags, bytes), word);
    return true;
}

bool cpu_format_store_ordered_unscaled(uint32_t word, cpu_decoded_t *decoded)
{
    cpu_format_store_ordered(word, decoded);
    decoded->insn.imm = with_offset(decoded->insn.imm, word);
    return true;
}

/* rm: Rs, the operand. With Rt = XZR the value read is discarded, and acquire has no meaning (C6.2, LDADD). */
bool cpu_format_atomic(uint32_t word, cpu_decoded_t *decoded)
{
    bool acquire = word >> 23 & 1 && field_register(word, FIELD_T) != 31;
    unsigned flags = CPU_ACCESS_ATOMIC | (acquire ? CPU_ACCESS_ACQUIRE : 0) | (word >> 22 & 1 ? CPU_ACCESS_RELEASE : 0);
    base_register(word, decoded);
    decoded->insn.rd = destination(decoded, field_register(word, FIELD_T));
    decoded->insn.rm = source(decoded, field_register(word, FIELD_S));
    decoded->insn.imm = pack_access(flags, size_bytes(word));
    return true;
}

/* --- plain loads and stores; imm: the offset in bytes --- */

static void target(uint32_t word, cpu_decoded_t *decoded, bool load)
{
    unsigned rt = field_register(word, FIELD_T);
    decoded->insn.rd = load ? destination(decoded, rt) : source_late(decoded, rt);
}

bool cpu_format_literal(uint32_t word, cpu_decoded_t *decoded)
{
    target(word, decoded, true);
    decoded->insn.imm = field_signed(word, 5, 19) * 4;
    return true;
}

static void pair(uint32_t word, cpu_decoded_t *decoded, bool load)
{
    unsigned rt2 = field_register(word, FIELD_U);
    target(word, decoded, load);
    base_register(word, decoded);
    decoded->insn.ra = load ? destination(decoded, rt2) : source_late(decoded, rt2);
    decoded->insn.imm = field_signed(word, 15, 7) * (word >> 31 ? 8 : 4);
}

static void write_back(cpu_decoded_t *decoded)
{
    decoded->writes |= slot_bit(decoded->insn.rn);
}

bool cpu_format_load_pair(uint32_t word, cpu_decoded_t *decoded)
{
    pair(word, decoded, true);
    return field_register(word, FIELD_T) != field_register(word, FIELD_U);
}

bool cpu_format_store_pair(uint32_t word, cpu_decoded_t *decoded)
{
    pair(word, decoded, false);
    return true;
}

bool cpu_format_load_pair_write_back(uint32_t word, cpu_decoded_t *decoded)
{
    bool allowed = cpu_format_load_pair(word, decoded);
    write_back(decoded);
    return allowed && !base_is(word, FIELD_T) && !base_is(word, FIELD_U);
}

bool cpu_format_store_pair_write_back(uint32_t word, cpu_decoded_t *decoded)
{
    pair(word, decoded, false);
    write_back(decoded);
    return true;
}

static bool unscaled(uint32_t word, cpu_decoded_t *decoded, bool load)
{
    target(word, decoded, load);
    base_register(word, decoded);
    decoded->insn.imm = field_signed(word, 12, 9);
    return true;
}

bool cpu_format_load_unscaled(uint32_t word, cpu_decoded_t *decoded)
{
    return unscaled(word, decoded, true);
}

bool cpu_format_store_unscaled(uint32_t word, cpu_decoded_t *decoded)
{
    return unscaled(word, decoded, false);
}

bool cpu_format_load_write_back(uint32_t word, cpu_decoded_t *decoded)
{
    unscaled(word, decoded, true);
    write_back(decoded);
    return !base_is(word, FIELD_T);
}

bool cpu_format_store_write_back(uint32_t word, cpu_decoded_t *decoded)
{
    unscaled(word, decoded, false);
    write_back(decoded);
    return true;
}

/* rm: the index, shifted left by ra; imm: the sign bit of Wm where that is signed, as in extended operands. */
static bool indexed(uint32_t word, cpu_decoded_t *decoded, bool load)
{
    target(word, decoded, load);
    base_register(word, decoded);
    decoded->insn.rm = source(decoded, field_register(word, FIELD_M));
    decoded->insn.ra = (uint8_t)(word >> 12 & 1 ? word >> 30 : 0);
    decoded->insn.imm = field(word, 13, 3) == 6 ? INT64_C(1) << 31 : 0;
    return true;
}

bool cpu_format_load_register(uint32_t word, cpu_decoded_t *decoded)
{
    return indexed(word, decoded, true);
}

bool cpu_format_store_register(uint32_t word, cpu_decoded_t *decoded)
{
    return indexed(word, decoded, false);
}

static bool scaled(uint32_t word, cpu_decoded_t *decoded, bool load)
{
    target(word, decoded, load);
    base_register(word, decoded);
    decoded->insn.imm = (int64_t)field(word, 10, 12) * size_bytes(word);
    return true;
}

bool cpu_format_load_unsigned(uint32_t word, cpu_decoded_t *decoded)
{
    return scaled(word, decoded, true);
}

bool cpu_format_store_unsigned(uint32_t word, cpu_decoded_t *decoded)
{
    return scaled(word, decoded, false);
}

/* --- prefetches; rd: prfop. SP is not checked for alignment (C6.2, PRFM). --- */

static bool prefetch(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->late_reads = 0;
    decoded->base_sp = false;
    decoded->insn.rd = (uint8_t)field_register(word, FIELD_T);
    return true;
}

bool cpu_format_prefetch_literal(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.imm = field_signed(word, 5, 19) * 4;
    return prefetch(word, decoded);
}

bool cpu_format_prefetch_unscaled(uint32_t word, cpu_decoded_t *decoded)
{
    return unscaled(word, decoded, false) && prefetch(word, decoded);
}

bool cpu_format_prefetch_register(uint32_t word, cpu_decoded_t *decoded)
{
    return indexed(word, decoded, false) && prefetch(word, decoded);
}

bool cpu_format_prefetch_unsigned(uint32_t word, cpu_decoded_t *decoded)
{
    return scaled(word, decoded, false) && prefetch(word, decoded);
}
