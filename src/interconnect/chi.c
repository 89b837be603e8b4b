#include "interconnect/chi.h"

#include <stddef.h>

const char *chi_opcode_name(chi_opcode_t opcode)
{
    static const char *const names[CHI_OPCODE_COUNT] = {
#define CHI_NAME(id, name, channel) [CHI_##id] = name,
        CHI_OPCODES(CHI_NAME)
#undef CHI_NAME
    };
    return opcode < CHI_OPCODE_COUNT ? names[opcode] : "?";
}
