/* A device tree from a file: checked as a whole before anything is read from it, then given the boot loader's part. */
#include "loader/dtb.h"
#include "loader/file.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <libfdt.h>
#include <string.h>

enum { CHOSEN_ROOM_BYTES = 4096 }; /* for the node and its three properties, without the text of the bootargs */

/* A big-endian number of one or two cells. */
static uint64_t read_cells(const fdt32_t *cells, int count)
{
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 32 | fdt32_ld(&cells[i]);
    return value;
}

static int check_memory_node(const void *blob, int node, const char *name, loader_range_t ram, base_error_t *error)
{
    char range_text[LOADER_TEXT_BYTES], ram_text[LOADER_TEXT_BYTES];
    int bytes = 0, address_cells = fdt_address_cells(blob, 0), size_cells = fdt_size_cells(blob, 0);
    const fdt32_t *reg = fdt_getprop(blob, node, "reg", &bytes);
    if (!reg || address_cells < 1 || address_cells > 2 || size_cells < 1 || size_cells > 2 || bytes <= 0 ||
        bytes % ((address_cells + size_cells) * (int)sizeof(*reg)))
        return base_fail(error, -EINVAL, "%s: the node %s has no usable reg; correct the device tree", name,
                         fdt_get_name(blob, node, NULL));
    for (const fdt32_t *end = reg + bytes / (int)sizeof(*reg); reg < end; reg += address_cells + size_cells) {
        loader_range_t range = {.base = read_cells(reg, address_cells),
                                .bytes = read_cells(reg + address_cells, size_cells)};
        if (range.bytes && range.base + (range.bytes - 1) < range.base)
            return base_fail(error, -EINVAL, "%s: memory at 0x%" PRIx64 " wraps; correct the device tree", name,
                             range.base);
        if (range.bytes && !loader_range_contains(ram, range))
            return base_fail(error, -ERANGE,
                             "%s: it gives memory %s but RAM is %s; use --mem or change the device tree", name,
                             loader_range_text(range_text, range), loader_range_text(ram_text, ram));
    }
    return 0;
}

/* A guest that trusts memory which is not there dies far from the cause, so the tree's claim is checked here. */
static int check_memory(const void *blob, const char *name, loader_range_t ram, base_error_t *error)
{
    int node, count = 0;
    fdt_for_each_subnode(node, blob, 0)
    {
        int bytes = 0;
        const char *type = fdt_getprop(blob, node, "device_type", &bytes);
        if (!type || bytes != sizeof("memory") || memcmp(type, "memory", sizeof("memory")) != 0)
            continue;
        count++;
        int result = check_memory_node(blob, node, name, ram, error);
        if (result < 0)
            return result;
    }
    if (!count)
        return base_fail(error, -EINVAL, "%s: no memory node; correct the device tree", name);
    return 0;
}

/* Versions before 16 (dtc of 2005) are refused: fdt_check_full of libfdt 1.6 reads through NULL where the root of such
 * a tree has no slash in its name. */
enum { OLDEST_VERSION = 16 };

static int check_blob(const void *data, size_t bytes, const char *name, base_error_t *error)
{
    if (bytes < sizeof(fdt32_t) || fdt_magic(data) != FDT_MAGIC)
        return base_fail(error, -EINVAL, "%s: not a device tree blob; compile the source with dtc", name);
    if (bytes > LOADER_DTB_MAX_BYTES)
        return base_fail(error, -EFBIG, "%s: the device tree exceeds 2 MiB; remove nodes", name);
    if (bytes >= sizeof(struct fdt_header) && fdt_version(data) < OLDEST_VERSION)
        return base_fail(error, -EINVAL, "%s: device tree version %u is too old; compile it again with dtc", name,
                         fdt_version(data));
    int fault = bytes < sizeof(struct fdt_header) ? -FDT_ERR_TRUNCATED : fdt_check_full(data, bytes);
    if (fault < 0)
        return base_fail(error, -EINVAL, "%s: damaged device tree (%s); compile it again with dtc", name,
                         fdt_strerror(fault));
    return 0;
}

/* Also packs the tree: a file may carry room for changes, and that need not take guest memory. */
static int write_chosen(void *blob, const loader_dtb_chosen_t *chosen)
{
    if (!chosen->bootargs && !chosen->initrd.bytes)
        return fdt_pack(blob);
    int node = fdt_subnode_offset(blob, 0, "chosen");
    if (node == -FDT_ERR_NOTFOUND)
        node = fdt_add_subnode(blob, 0, "chosen");
    int fault = node < 0 ? node : 0;
    if (!fault && chosen->bootargs)
        fault = fdt_setprop_string(blob, node, "bootargs", chosen->bootargs);
    if (!fault && chosen->initrd.bytes)
        fault = fdt_setprop_u64(blob, node, "linux,initrd-start", chosen->initrd.base);
    if (!fault && chosen->initrd.bytes)
        fault = fdt_setprop_u64(blob, node, "linux,initrd-end", loader_range_end(chosen->initrd));
    return fault ? fault : fdt_pack(blob);
}

static int copy_with_chosen(const void *data, const char *name, const loader_dtb_chosen_t *chosen,
                            loader_dtb_t *ret_dtb, base_error_t *error)
{
    size_t room_bytes = CHOSEN_ROOM_BYTES + (chosen->bootargs ? strlen(chosen->bootargs) : 0);
    if (room_bytes > LOADER_DTB_MAX_BYTES)
        return base_fail(error, -EFBIG, "%s: the device tree exceeds 2 MiB; shorten --append", name);
    size_t capacity_bytes = fdt_totalsize(data) + room_bytes;
    uint8_t *blob = g_malloc0(capacity_bytes);
    int fault = fdt_open_into(data, blob, (int)capacity_bytes);
    if (!fault)
        fault = write_chosen(blob, chosen);
    if (fault < 0) {
        g_free(blob);
        return base_fail(error, -EINVAL, "%s: the device tree cannot be changed (%s); compile it again with dtc", name,
                         fdt_strerror(fault));
    }
    if (fdt_totalsize(blob) > LOADER_DTB_MAX_BYTES) {
        g_free(blob);
        return base_fail(error, -EFBIG, "%s: the device tree exceeds 2 MiB; remove nodes or shorten --append", name);
    }
    *ret_dtb = (loader_dtb_t){.data = blob, .bytes = fdt_totalsize(blob)};
    return 0;
}

int loader_dtb_load_from_memory(const void *data, size_t bytes, const char *name, loader_range_t ram,
                                const loader_dtb_chosen_t *chosen, loader_dtb_t *ret_dtb, base_error_t *error)
{
    name = loader_shown_name(name);
    int result = check_blob(data, bytes, name, error);
    if (result == 0)
        result = check_memory(data, name, ram, error);
    return result < 0 ? result : copy_with_chosen(data, name, chosen, ret_dtb, error);
}

int loader_dtb_load_file(const char *path, loader_range_t ram, const loader_dtb_chosen_t *chosen, loader_dtb_t *ret_dtb,
                         base_error_t *error)
{
    loader_file_t file;
    int result = loader_file_read(path, LOADER_DTB_MAX_BYTES, &file, error);
    if (result < 0)
        return result;
    result = loader_dtb_load_from_memory(file.data, file.bytes, path, ram, chosen, ret_dtb, error);
    loader_file_done(&file);
    return result;
}
