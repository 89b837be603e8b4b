/* gzip through GIO's converter. */
#include "loader/gzip.h"

#include "loader/memory.h"

#include <errno.h>
#include <gio/gio.h>

enum { FIRST_ROOM_BYTES = 64 << 10 };

typedef struct unpacker {
    const char *name;
    GConverter *converter;
    const uint8_t *in; /* what is left to read */
    size_t in_bytes;
    uint8_t *out;
    size_t out_bytes;
    size_t room_bytes;
    uint64_t max_bytes;
} unpacker_t;

bool loader_gzip_detect(const void *data, size_t bytes)
{
    const uint8_t *magic = data;
    return bytes >= 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

/* Doubles the room, up to one byte over the cap: that byte tells "exactly the cap" from "more". */
static int grow(unpacker_t *unpacker, base_error_t *error)
{
    char limit[LOADER_TEXT_BYTES];
    if (unpacker->out_bytes > unpacker->max_bytes)
        return base_fail(error, -EFBIG, "%s: unpacks to more than the %s accepted here; give a smaller image",
                         unpacker->name, loader_size_text(limit, unpacker->max_bytes));
    uint64_t room_bytes = unpacker->room_bytes ? (uint64_t)unpacker->room_bytes * 2 : FIRST_ROOM_BYTES;
    room_bytes = MIN(room_bytes, unpacker->max_bytes + 1);
    uint8_t *out = g_try_realloc(unpacker->out, (size_t)room_bytes);
    if (!out)
        return base_fail(error, -ENOMEM, "%s: not enough host memory to unpack it", unpacker->name);
    unpacker->out = out;
    unpacker->room_bytes = (size_t)room_bytes;
    return 0;
}

/* Unpacks one member; 0 at its end. */
static int unpack_member(unpacker_t *unpacker, base_error_t *error)
{
    for (;;) {
        size_t in_used = 0, out_used = 0;
        GError *fault = NULL;
        if (unpacker->out_bytes == unpacker->room_bytes || unpacker->out_bytes > unpacker->max_bytes) {
            int result = grow(unpacker, error);
            if (result < 0)
                return result;
        }
        GConverterResult state = g_converter_convert(
            unpacker->converter, unpacker->in, unpacker->in_bytes, unpacker->out + unpacker->out_bytes,
            unpacker->room_bytes - unpacker->out_bytes, G_CONVERTER_INPUT_AT_END, &in_used, &out_used, &fault);
        if (state == G_CONVERTER_ERROR) {
            bool is_short = g_error_matches(fault, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
            g_error_free(fault);
            return base_fail(error, -ENOEXEC, "%s: %s gzip file; build or copy it again", unpacker->name,
                             is_short ? "truncated" : "damaged");
        }
        unpacker->in += in_used;
        unpacker->in_bytes -= in_used;
        unpacker->out_bytes += out_used;
        if (state == G_CONVERTER_FINISHED)
            return unpacker->out_bytes > unpacker->max_bytes ? grow(unpacker, error) : 0;
    }
}

int loader_gzip_unpack(const void *data, size_t bytes, uint64_t max_bytes, const char *name, loader_file_t *ret_file,
                       base_error_t *error)
{
    unpacker_t unpacker = {.name = loader_shown_name(name),
                           .converter = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP)),
                           .in = data,
                           .in_bytes = bytes,
                           .max_bytes = max_bytes};
    int result = 0;
    do {
        g_converter_reset(unpacker.converter);
        result = unpack_member(&unpacker, error);
    } while (result == 0 && loader_gzip_detect(unpacker.in, unpacker.in_bytes));
    g_object_unref(unpacker.converter);
    if (result < 0)
        g_free(unpacker.out);
    else
        *ret_file = (loader_file_t){.data = unpacker.out, .bytes = unpacker.out_bytes};
    return result;
}
