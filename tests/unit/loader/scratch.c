/* Temporary files and pretended RAM. */
#include "scratch.h"

#include <criterion/criterion.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

char *scratch_file(const void *data, size_t bytes)
{
    char *path = g_build_filename(g_get_tmp_dir(), "mesim-loader-XXXXXX", NULL);
    int fd = g_mkstemp(path);
    cr_assert(fd >= 0, "no temporary file %s", path);
    cr_assert_eq(write(fd, data, bytes), (ssize_t)bytes);
    close(fd);
    return path;
}

void scratch_remove(char *path)
{
    unlink(path);
    g_free(path);
}

scratch_ram_t scratch_ram_new(loader_range_t range)
{
    scratch_ram_t ram = {.range = range, .data = g_malloc(range.bytes)};
    memset(ram.data, 0xee, range.bytes);
    return ram;
}

void scratch_ram_done(scratch_ram_t *ram)
{
    g_free(ram->data);
}

uint8_t *scratch_at(const scratch_ram_t *ram, uint64_t address)
{
    return ram->data + (address - ram->range.base);
}

static void write_ram(void *context, uint64_t address, const void *data, size_t bytes)
{
    scratch_ram_t *ram = context;
    cr_assert(loader_range_contains(ram->range, (loader_range_t){address, bytes}));
    memcpy(scratch_at(ram, address), data, bytes);
}

static void zero_ram(void *context, uint64_t address, uint64_t bytes)
{
    scratch_ram_t *ram = context;
    cr_assert(loader_range_contains(ram->range, (loader_range_t){address, bytes}));
    memset(scratch_at(ram, address), 0, bytes);
}

loader_sink_t scratch_sink(scratch_ram_t *ram)
{
    return (loader_sink_t){.context = ram, .write = write_ram, .zero = zero_ram};
}

uint8_t *scratch_gzip(const void *data, size_t bytes, size_t *ret_bytes)
{
    GConverter *converter = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
    size_t room_bytes = bytes + 4096, used = 0;
    uint8_t *packed = g_malloc(room_bytes);
    GConverterResult state = g_converter_convert(converter, data, bytes, packed, room_bytes, G_CONVERTER_INPUT_AT_END,
                                                 &used, ret_bytes, NULL);
    cr_assert_eq(state, G_CONVERTER_FINISHED);
    g_object_unref(converter);
    return packed;
}
