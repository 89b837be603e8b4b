/* Formats of Arm ARM C4.1, Loads and Stores of V registers. rd is Vt, ra Vt2, rn the base, rm the index; imm the offset
 * in bytes, or a packed structure access (format_structure.h). */
#include "cpu/isa/fields.h"
#include "cpu/isa/format_structure.h"
#include "cpu/memory.h"
#include "cpu/structure.h"

static void base_register(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rn = source_sp(decoded, field_register(word, FIELD_N));
    decoded->base_sp = decoded->insn.rn == CPU_SP;
}

static uint8_t target(cpu_decoded_t *decoded, unsigned number, bool load)
{
    if (load)
        decoded->writes |= vector_bit(number);
    else
        decoded->late_reads |= vector_bit(number);
    return (uint8_t)number;
}

static void write_back(cpu_decoded_t *decoded)
{
    decoded->writes |= slot_bit(decoded->insn.rn);
}

/* Single registers: opc<1> makes Q of size 00. */
static unsigned size_log2(uint32_t word)
{
    return word >> 23 & 1 ? 4 : word >> 30;
}

bool cpu_format_literal_v(uint32_t word, cpu_decoded_t *decoded)
{
    decoded->insn.rd = target(decoded, field_register(word, FIELD_T), true);
    decoded->insn.imm = field_signed(word, 5, 19) * 4;
    return true;
}

static bool pair(uint32_t word, cpu_decoded_t *decoded, bool load)
{
    decoded->insn.rd = target(decoded, field_register(word, FIELD_T), load);
    decoded->insn.ra = target(decoded, field_register(word, FIELD_U), load);
    base_register(word, decoded);
    decoded->insn.imm = field_signed(word, 15, 7) * (4 << (word >> 30));
    return !load || decoded->insn.rd != decoded->insn.ra; /* CONSTRAINED UNPREDICTABLE, as for X registers */
}

bool cpu_format_load_pair_v(uint32_t word, cpu_decoded_t *decoded)
{
    return pair(word, decoded, true);
}

bool cpu_format_store_pair_v(uint32_t word, cpu_decoded_t *decoded)
{
    return pair(word, decoded, false);
}

bool cpu_format_load_pair_v_write_back(uint32_t word, cpu_decoded_t *decoded)
{
    bool allowed = pair(word, decoded, true);
    write_back(decoded);
    return allowed;
}

bool cpu_format_store_pair_v_write_back(uint32_t word, cpu_decoded_t *decoded)
{
    pair(word, decoded, false);
    write_back(decoded);
    return true;
}

static void unscaled(uint32_t word, cpu_decoded_t *decoded, bool load)
{
    decoded->insn.rd = target(decoded, field_register(word, FIELD_T), load);
    base_register(word, decoded);
    decoded->insn.imm = field_signed(word, 12, 9);
}

bool cpu_format_load_v_unscaled(uint32_t word, cpu_decoded_t *decoded)
{
    unscaled(word, decoded, true);
    return true;
}

bool cpu_format_store_v_unscaled(uint32_t word, cpu_decoded_t *decoded)
{
    unscaled(word, decoded, false);
    return true;
}

bool cpu_format_load_v_write_back(uint32_t word, cpu_decoded_t *decoded)
{
    unscaled(word, decoded, true);
    write_back(decoded);
    return true;
}

bool cpu_format_store_v_write_back(uint32_t word, cpu_decoded_t *decoded)
{
    unscaled(word, decoded, false);
    write_back(decoded);
    return true;
}

/* rm: the index, shifted left by ra; imm: the sign bit of Wm where that is signed. */
static bool indexed(uint32_t word, cpu_decoded_t *decoded, bool load)
{
    decoded->insn.rd = target(decoded, field_register(word, FIELD_T), load);
    base_register(word, decoded);
    decoded->insn.rm = source(decoded, field_register(word, FIELD_M));
    decoded->insn.ra = (uint8_t)(word >> 12 & 1 ? size_log2(word) : 0);
    decoded->insn.imm = field(word, 13, 3) == 6 ? INT64_C(1) << 31 : 0;
    return true;
}

bool cpu_format_load_v_register(uint32_t word, cpu_decoded_t *decoded)
{
    return indexed(word, decoded, true);
}

bool cpu_format_store_v_register(uint32_t word, cpu_decoded_t *decoded)
{
    return indexed(word, decoded, false);
}

static bool scaled(uint32_t word, cpu_decoded_t *decoded, bool load)
{
    decoded->insn.rd = target(decoded, field_register(word, FIELD_T), load);
    base_register(word, decoded);
    decoded->insn.imm = (int64_t)field(word, 10, 12) << size_log2(word);
    return true;
}

bool cpu_format_load_v_unsigned(uint32_t word, cpu_decoded_t *decoded)
{
    return scaled(word, decoded, true);
}

bool cpu_format_store_v_unsigned(uint32_t word, cpu_decoded_t *decoded)
{
    return scaled(word, decoded, false);
}

/* --- structures --- */

static void pack(cpu_decoded_t *decoded, const cpu_access_t *access)
{
    const cpu_structure_t *structure = &access->structure;
    decoded->insn.imm =
        (int64_t)access->size_bytes << STRUCTURE_SIZE | (int64_t)access->elements << STRUCTURE_ELEMENTS |
        (int64_t)structure->layout << STRUCTURE_LAYOUT | (int64_t)structure->registers << STRUCTURE_REGISTERS |
        (int64_t)structure->lane << STRUCTURE_LANE | (int64_t)structure->vector_bytes << STRUCTURE_VECTOR;
}

static void structure_registers(uint32_t word, cpu_decoded_t *decoded, const cpu_access_t *access, bool load)
{
    uint64_t registers = cpu_structure_registers(field_register(word, FIELD_T), access->structure.registers);
    if (!load)
        decoded->late_reads |= registers;
    else
        decoded->writes |= registers;
    if (load && access->structure.layout == CPU_STRUCTURE_LANE)
        decoded->reads |= registers;
    decoded->insn.rd = (uint8_t)field_register(word, FIELD_T);
    decoded->insn.rm = CPU_XZR;
    base_register(word, decoded);
    pack(decoded, access);
}

/* opcode<15:12> says which; the registers of one structure and how often it is repeated (selem, rpt of the manual). */
static bool structures(uint32_t word, cpu_decoded_t *decoded, bool load)
{
    static const struct {
        uint8_t repeats, registers;
    } shapes[16] = {[0] = {1, 4}, [2] = {4, 1}, [4] = {1, 3}, [6] = {3, 1}, [7] = {1, 1}, [8] = {1, 2}, [10] = {2, 1}};
    unsigned opcode = field(word, 12, 4), size = field(word, 10, 2), q = field(word, 30, 1);
    unsigned count = (unsigned)shapes[opcode].repeats * shapes[opcode].registers;
    bool interleaved = shapes[opcode].registers > 1;
    if (!count || (size == 3 && !q && interleaved))
        return false;
    unsigned vector_bytes = q ? 16 : 8;
    cpu_access_t access = {
        .size_bytes = (uint8_t)(1 << size),
        .elements = (uint8_t)(count * vector_bytes >> size),
        .structure = {.layout = interleaved ? CPU_STRUCTURE_INTERLEAVED : CPU_STRUCTURE_SEQUENTIAL,
                      .registers = (uint8_t)count,
                      .vector_bytes = (uint8_t)vector_bytes},
    };
    structure_registers(word, decoded, &access, load);
    if (load && count <= 2)
        decoded->cost = COST_LOAD_VECTOR;
    return true;
}

/* opcode<2:1> is the size, or 0b11: replicate, with the size in bits 11:10. Q:S:size is the lane, in bytes for size 0.
 */
static bool single(uint32_t word, cpu_decoded_t *decoded, bool load)
{
    unsigned opcode = field(word, 13, 3), size = field(word, 10, 2), s = field(word, 12, 1), q = field(word, 30, 1);
    unsigned registers = (opcode & 1) << 1 | field(word, 21, 1), scale = opcode >> 1, lane = q << 3 | s << 2 | size;
    bool replicate = scale == 3;
    if (replicate) {
        if (!load || s)
            return false;
        scale = size;
        lane = 0;
    } else if ((scale == 1 && size & 1) || (scale == 2 && (size & 2 || (size & 1 && s)))) {
        return false;
    } else if (scale == 2 && size & 1) {
        scale = 3;
    }
    cpu_access_t access = {
        .size_bytes = (uint8_t)(1 << scale),
        .elements = (uint8_t)(registers + 1),
        .structure = {.layout = replicate ? CPU_STRUCTURE_REPLICATED : CPU_STRUCTURE_LANE,
                      .registers = (uint8_t)(registers + 1),
                      .lane = (uint8_t)(lane >> scale),
                      .vector_bytes = replicate && !q ? 8 : 16},
    };
    structure_registers(word, decoded, &access, load);
    return true;
}

/* Rm = 31 adds the bytes transferred. */
static bool post_indexed(uint32_t word, cpu_decoded_t *decoded)
{
    uint64_t packed = (uint64_t)decoded->insn.imm;
    unsigned bytes = (unsigned)(bits_get(packed, STRUCTURE_SIZE, 8) * bits_get(packed, STRUCTURE_ELEMENTS, 8));
    decoded->insn.rm = source(decoded, field_register(word, FIELD_M));
    if (decoded->insn.rm == CPU_XZR)
        decoded->insn.imm |= (int64_t)bytes << STRUCTURE_OFFSET;
    write_back(decoded);
    return true;
}

bool cpu_format_structures_load(uint32_t word, cpu_decoded_t *decoded)
{
    return structures(word, decoded, true);
}

bool cpu_format_structures_store(uint32_t word, cpu_decoded_t *decoded)
{
    return structures(word, decoded, false);
}

bool cpu_format_structures_load_post(uint32_t word, cpu_decoded_t *decoded)
{
    return structures(word, decoded, true) && post_indexed(word, decoded);
}

bool cpu_format_structures_store_post(uint32_t word, cpu_decoded_t *decoded)
{
    return structures(word, decoded, false) && post_indexed(word, decoded);
}

bool cpu_format_single_load(uint32_t word, cpu_decoded_t *decoded)
{
    return single(word, decoded, true);
}

bool cpu_format_single_store(uint32_t word, cpu_decoded_t *decoded)
{
    return single(word, decoded, false);
}

bool cpu_format_single_load_post(uint32_t word, cpu_decoded_t *decoded)
{
    return single(word, decoded, true) && post_indexed(word, decoded);
}

bool cpu_format_single_store_post(uint32_t word, cpu_decoded_t *decoded)
{
    return single(word, decoded, false) && post_indexed(word, decoded);
}
