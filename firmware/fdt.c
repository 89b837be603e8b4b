/* The flattened tree is a stream of big-endian tokens; every read of it is checked against its end. */
#include "fdt.h"

#include "string.h"

enum { FDT_MAGIC = (int)0xd00dfeed, FDT_VERSION_COMPATIBLE = 16, FDT_HEADER_BYTES = 40 };
enum { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_NOP = 4, FDT_END = 9 };
enum { FDT_MAX_DEPTH = 16, FDT_MAX_BYTES = 2 << 20 };

/* The tree is aligned to 8 bytes, and all that is read as a number inside it to 4. */
static uint32_t big_endian(const uint8_t *bytes)
{
    typedef uint32_t __attribute__((may_alias)) word_t;
    return __builtin_bswap32(*(const word_t *)bytes);
}

size_t fdt_total_bytes(const void *at)
{
    const uint8_t *bytes = at;
    return (uintptr_t)at % 8 == 0 && big_endian(bytes) == (uint32_t)FDT_MAGIC ? big_endian(bytes + 4) : 0;
}

bool fdt_open(fdt_t *tree, const void *at)
{
    const uint8_t *bytes = at;
    const size_t total = fdt_total_bytes(at);
    if (total < FDT_HEADER_BYTES || total > FDT_MAX_BYTES || big_endian(bytes + 24) > FDT_VERSION_COMPATIBLE)
        return false;
    *tree = (fdt_t){.bytes = bytes, .struct_offset = big_endian(bytes + 8), .strings_offset = big_endian(bytes + 12)};
    const uint32_t strings_bytes = big_endian(bytes + 32), struct_bytes = big_endian(bytes + 36);
    tree->struct_end = tree->struct_offset + struct_bytes;
    tree->strings_end = tree->strings_offset + strings_bytes;
    if (tree->struct_offset % 4 != 0 || tree->struct_offset > total || struct_bytes > total - tree->struct_offset)
        return false;
    if (tree->strings_offset > total || strings_bytes > total - tree->strings_offset || strings_bytes == 0)
        return false;
    return bytes[tree->strings_end - 1] == '\0'; /* so every name that begins among the strings ends there */
}

/* The length of the string at an offset, or -1 if it does not end before `end`. */
static int64_t string_length(const fdt_t *tree, uint32_t offset, uint32_t end)
{
    for (uint32_t i = offset; i < end; i++) {
        if (tree->bytes[i] == '\0')
            return i - offset;
    }
    return -1;
}

/* One token and what it carries. */
typedef struct token {
    uint32_t kind;
    uint32_t next;     /* the offset after it */
    const char *name;  /* of the node or property */
    fdt_value_t value; /* of the property */
} token_t;

static bool read_property(const fdt_t *tree, uint32_t offset, token_t *ret)
{
    if (tree->struct_end - offset < 8)
        return false;
    const uint32_t bytes = big_endian(tree->bytes + offset), name = big_endian(tree->bytes + offset + 4);
    offset += 8;
    if (bytes > tree->struct_end - offset || name >= tree->strings_end - tree->strings_offset)
        return false;
    ret->name = (const char *)tree->bytes + tree->strings_offset + name;
    ret->value = (fdt_value_t){.data = tree->bytes + offset, .bytes = bytes};
    ret->next = offset + ((bytes + 3) & ~3u);
    return true;
}

static bool read_token(const fdt_t *tree, uint32_t offset, token_t *ret)
{
    if (offset > tree->struct_end || tree->struct_end - offset < 4)
        return false;
    *ret = (token_t){.kind = big_endian(tree->bytes + offset), .next = offset + 4};
    if (ret->kind == FDT_PROP)
        return read_property(tree, offset + 4, ret);
    if (ret->kind == FDT_BEGIN_NODE) {
        const int64_t length = string_length(tree, offset + 4, tree->struct_end);
        if (length < 0)
            return false;
        ret->name = (const char *)tree->bytes + offset + 4;
        ret->next = offset + 4 + (((uint32_t)length + 1 + 3) & ~3u);
        return true;
    }
    return ret->kind == FDT_END_NODE || ret->kind == FDT_NOP || ret->kind == FDT_END;
}

fdt_value_t fdt_property(const fdt_node_t *node, const char *name)
{
    token_t token;
    for (uint32_t offset = node->properties_offset; read_token(node->tree, offset, &token); offset = token.next) {
        if (token.kind == FDT_PROP && strcmp(token.name, name) == 0)
            return token.value;
        if (token.kind != FDT_PROP && token.kind != FDT_NOP)
            break; /* a node's properties come before its children */
    }
    return (fdt_value_t){0};
}

static bool is_usable(const fdt_node_t *node)
{
    return fdt_property(node, "status").data == NULL || fdt_has_string(node, "status", "okay") ||
           fdt_has_string(node, "status", "ok");
}

/* The cell counts a node sets for its children. */
static uint32_t cells_for_children(const fdt_node_t *node, const char *property, uint32_t otherwise)
{
    const fdt_value_t value = fdt_property(node, property);
    return value.bytes == 4 ? fdt_cell(value, 0) : otherwise;
}

bool fdt_walk(const fdt_t *tree, void (*visit)(const fdt_node_t *node, void *context), void *context)
{
    struct {
        uint32_t address, size;
    } cells[FDT_MAX_DEPTH + 1] = {{2, 1}}; /* what the children of each open node use */
    unsigned depth = 0;
    token_t token;
    for (uint32_t offset = tree->struct_offset; read_token(tree, offset, &token); offset = token.next) {
        if (token.kind == FDT_BEGIN_NODE) {
            if (depth == FDT_MAX_DEPTH)
                return false;
            const fdt_node_t node = {.tree = tree,
                                     .name = token.name,
                                     .depth = depth,
                                     .properties_offset = token.next,
                                     .address_cells = cells[depth].address,
                                     .size_cells = cells[depth].size};
            if (is_usable(&node))
                visit(&node, context);
            depth++;
            cells[depth].address = cells_for_children(&node, "#address-cells", 2);
            cells[depth].size = cells_for_children(&node, "#size-cells", 1);
        } else if (token.kind == FDT_END_NODE) {
            if (depth-- == 0)
                return false;
        } else if (token.kind == FDT_END) {
            return depth == 0;
        }
    }
    return false;
}

uint32_t fdt_cell(fdt_value_t value, unsigned n)
{
    return value.bytes / 4 > n ? big_endian(value.data + 4 * n) : 0;
}

uint64_t fdt_number(fdt_value_t value, unsigned n, unsigned cells)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < cells; i++)
        number = number << 32 | fdt_cell(value, n + i);
    return number;
}

bool fdt_reg(const fdt_node_t *node, unsigned index, uint64_t *ret_address, uint64_t *ret_size)
{
    if (node->address_cells > 2 || node->size_cells > 2)
        return false;
    const fdt_value_t reg = fdt_property(node, "reg");
    const unsigned entry_cells = node->address_cells + node->size_cells;
    if (reg.bytes / 4 < (index + 1) * entry_cells)
        return false;
    *ret_address = fdt_number(reg, index * entry_cells, node->address_cells);
    *ret_size = fdt_number(reg, index * entry_cells + node->address_cells, node->size_cells);
    return true;
}

bool fdt_has_string(const fdt_node_t *node, const char *property, const char *text)
{
    const fdt_value_t value = fdt_property(node, property);
    const uint32_t length = (uint32_t)strlen(text) + 1; /* the list's strings keep their final zeros */
    for (uint32_t at = 0; at < value.bytes;) {
        uint32_t end = at;
        while (end < value.bytes && value.data[end] != '\0')
            end++;
        if (end < value.bytes && end + 1 - at == length && memcmp(value.data + at, text, length) == 0)
            return true;
        at = end + 1;
    }
    return false;
}
