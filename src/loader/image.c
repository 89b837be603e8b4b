/* Tells boot images apart and finds where those that are no ELF go. */
#include "loader/image.h"

#include "loader/elf_header.h"
#include "loader/gzip.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

#define TWO_MIB                  (UINT64_C(2) << 20)
#define DEFAULT_TEXT_OFFSET      UINT64_C(0x80000)
#define LINUX_HEADER_BYTES       64
#define LINUX_TEXT_OFFSET_OFFSET 8
#define LINUX_IMAGE_SIZE_OFFSET  16
#define LINUX_FLAGS_OFFSET       24
#define LINUX_MAGIC_OFFSET       56
#define LINUX_FLAG_BIG_ENDIAN    UINT64_C(1)

/* struct linux_efi_zboot_header (drivers/firmware/efi/libstub/zboot-header.S) */
#define ZBOOT_HEADER_BYTES   64
#define ZBOOT_MAGIC_OFFSET   4
#define ZBOOT_PAYLOAD_OFFSET 8
#define ZBOOT_PAYLOAD_BYTES  12
#define ZBOOT_METHOD_OFFSET  24
#define ZBOOT_METHOD_BYTES   32

/* QEMU keeps its boot code in the first page of RAM and so moves an Image that asks for that page up by 2 MiB, which
 * the boot protocol allows. The same is done here, to have the same addresses as there. */
#define LOWEST_TEXT_OFFSET UINT64_C(0x1000)

typedef struct foreign_format {
    size_t offset;
    const char *magic;
    size_t magic_bytes;
    const char *message;
} foreign_format_t;

#define MAGIC(text) text, sizeof(text) - 1

static const foreign_format_t foreign_formats[] = {
    {0, MAGIC("MZ"), "an EFI program; give an ELF or a Linux Image"},
    {0, MAGIC("\x27\x05\x19\x56"), "a U-Boot uImage; give the image inside it"},
    {0, MAGIC("\xd0\x0d\xfe\xed"), "a device tree or FIT image; give an ELF or a Linux Image, or use --dtb"},
    {0, MAGIC("!<arch>\n"), "an archive of object files; link it into an executable first"},
    {0, MAGIC("\xfd\x37zXZ"), "compressed with xz; unpack it with unxz first"},
    {0, MAGIC("\x28\xb5\x2f\xfd"), "compressed with zstd; unpack it with unzstd first"},
    {0, MAGIC("BZh"), "compressed with bzip2; unpack it with bunzip2 first"},
};

static uint32_t read_le32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint64_t read_le64(const uint8_t *bytes)
{
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

static bool is_linux_image(const loader_file_t *file)
{
    return file->bytes >= LINUX_HEADER_BYTES && memcmp(file->data + LINUX_MAGIC_OFFSET, "ARM\x64", 4) == 0;
}

/* A script, a source file or an error page in place of an image: not one byte that is no text. */
static bool is_text(const loader_file_t *file)
{
    for (size_t i = 0; i < file->bytes; i++)
        if (!g_ascii_isprint(file->data[i]) && !g_ascii_isspace(file->data[i]))
            return false;
    return true;
}

/* What is no image, for certain. The rest is code from its first byte on, as on QEMU. */
static int check_raw(const loader_image_t *image, base_error_t *error)
{
    const char *name = loader_shown_name(image->name);
    for (size_t i = 0; i < G_N_ELEMENTS(foreign_formats); i++) {
        const foreign_format_t *format = &foreign_formats[i];
        if (image->file.bytes >= format->offset + format->magic_bytes &&
            memcmp(image->file.data + format->offset, format->magic, format->magic_bytes) == 0)
            return base_fail(error, -ENOEXEC, "%s: %s", name, format->message);
    }
    if (is_text(&image->file))
        return base_fail(error, -ENOEXEC, "%s: a text file; give an ELF, a Linux Image or machine code", name);
    return 0;
}

static int set_elf(loader_image_t *image, const loader_memory_t *memory, base_error_t *error)
{
    int result = loader_elf_from_memory(image->file.data, image->file.bytes, image->name, memory, &image->elf, error);
    if (result < 0)
        return result;
    image->kind = LOADER_IMAGE_ELF;
    image->entry = image->elf->entry;
    image->range = image->elf->range;
    return 0;
}

/* Places plain code `offset` above the first 2 MiB boundary in RAM and enters it at its first byte. */
static int set_plain(loader_image_t *image, loader_image_kind_t kind, uint64_t offset, uint64_t needed_bytes,
                     const loader_memory_t *memory, base_error_t *error)
{
    uint64_t base = (memory->ram.base + TWO_MIB - 1) & ~(TWO_MIB - 1);
    if (base + offset < base)
        return base_fail(error, -ENOEXEC, "%s: absurd text offset 0x%" PRIx64 "; the file is damaged, build it again",
                         loader_shown_name(image->name), offset);
    image->kind = kind;
    image->range = (loader_range_t){.base = base + offset, .bytes = MAX(needed_bytes, image->file.bytes)};
    image->entry = image->range.base;
    return loader_memory_check(memory, image->name, "the image", image->range, error);
}

/* An image_size of 0 is that of kernels before 3.17, whose text_offset field has no meaning. */
static int set_linux(loader_image_t *image, const loader_memory_t *memory, base_error_t *error)
{
    const uint8_t *header = image->file.data;
    uint64_t text_offset = read_le64(header + LINUX_TEXT_OFFSET_OFFSET);
    uint64_t image_bytes = read_le64(header + LINUX_IMAGE_SIZE_OFFSET);
    if (read_le64(header + LINUX_FLAGS_OFFSET) & LINUX_FLAG_BIG_ENDIAN)
        return base_fail(error, -ENOEXEC, "%s: big-endian kernel; mesim runs little-endian images",
                         loader_shown_name(image->name));
    if (!image_bytes)
        text_offset = DEFAULT_TEXT_OFFSET;
    else if (text_offset < LOWEST_TEXT_OFFSET)
        text_offset += TWO_MIB;
    return set_plain(image, LOADER_IMAGE_LINUX, text_offset, image_bytes, memory, error);
}

/* Replaces the file by what is packed in `bytes` of it from `offset` on. */
static int unpack(loader_image_t *image, size_t offset, size_t bytes, base_error_t *error)
{
    loader_file_t unpacked;
    int result =
        loader_gzip_unpack(image->file.data + offset, bytes, LOADER_IMAGE_MAX_BYTES, image->name, &unpacked, error);
    if (result < 0)
        return result;
    loader_file_done(&image->file);
    image->file = unpacked;
    return 0;
}

static bool is_zboot(const loader_file_t *file)
{
    return file->bytes >= ZBOOT_HEADER_BYTES && memcmp(file->data, "MZ", 2) == 0 &&
           memcmp(file->data + ZBOOT_MAGIC_OFFSET, "zimg", 4) == 0;
}

/* An EFI program that carries a packed Image; the loader's part of it is done here. */
static int unpack_zboot(loader_image_t *image, base_error_t *error)
{
    const char *name = loader_shown_name(image->name);
    const uint8_t *header = image->file.data;
    uint64_t offset = read_le32(header + ZBOOT_PAYLOAD_OFFSET), bytes = read_le32(header + ZBOOT_PAYLOAD_BYTES);
    const char *method = (const char *)header + ZBOOT_METHOD_OFFSET;
    if (strncmp(method, "gzip", ZBOOT_METHOD_BYTES) != 0)
        return base_fail(error, -ENOEXEC,
                         "%s: an EFI zboot kernel packed with something else than gzip; give the Image "
                         "it was made from",
                         name);
    if (offset + bytes > image->file.bytes)
        return base_fail(error, -ENOEXEC, "%s: truncated EFI zboot kernel; build or copy it again", name);
    return unpack(image, (size_t)offset, (size_t)bytes, error);
}

static int parse(loader_image_t *image, loader_image_format_t format, const loader_memory_t *memory,
                 base_error_t *error)
{
    int result = 0;
    if (format == LOADER_FORMAT_DETECT && loader_gzip_detect(image->file.data, image->file.bytes))
        result = unpack(image, 0, image->file.bytes, error);
    else if (format == LOADER_FORMAT_DETECT && is_zboot(&image->file))
        result = unpack_zboot(image, error);
    if (result < 0)
        return result;
    if (!image->file.bytes)
        return base_fail(error, -ENOEXEC, "%s: the image is empty; build or copy it again",
                         loader_shown_name(image->name));
    if (format == LOADER_FORMAT_DETECT && loader_elf_detect(image->file.data, image->file.bytes))
        return set_elf(image, memory, error);
    if (format == LOADER_FORMAT_DETECT && is_linux_image(&image->file))
        return set_linux(image, memory, error);
    if (format == LOADER_FORMAT_DETECT && (result = check_raw(image, error)) < 0)
        return result;
    return set_plain(image, LOADER_IMAGE_RAW, DEFAULT_TEXT_OFFSET, 0, memory, error);
}

/* Takes the file, also on failure. */
static int new_image(loader_file_t file, const char *name, loader_image_format_t format, const loader_memory_t *memory,
                     loader_image_t **ret_image, base_error_t *error)
{
    loader_image_t *image = g_new0(loader_image_t, 1);
    image->file = file;
    image->name = g_strdup(name);
    int result = parse(image, format, memory, error);
    if (result < 0)
        loader_image_free(image);
    else
        *ret_image = image;
    return result;
}

int loader_image_open(const char *path, loader_image_format_t format, const loader_memory_t *memory,
                      loader_image_t **ret_image, base_error_t *error)
{
    loader_file_t file;
    int result = loader_file_read(path, LOADER_IMAGE_MAX_BYTES, &file, error);
    return result < 0 ? result : new_image(file, path, format, memory, ret_image, error);
}

int loader_image_from_memory(const void *data, size_t bytes, const char *name, loader_image_format_t format,
                             const loader_memory_t *memory, loader_image_t **ret_image, base_error_t *error)
{
    loader_file_t file = {.data = g_memdup2(data, bytes), .bytes = bytes};
    return new_image(file, name, format, memory, ret_image, error);
}

void loader_image_copy(const loader_image_t *image, const loader_sink_t *sink)
{
    if (image->kind == LOADER_IMAGE_ELF) {
        loader_elf_copy(image->elf, sink);
        return;
    }
    sink->write(sink->context, image->range.base, image->file.data, image->file.bytes);
    if (sink->zero && image->range.bytes > image->file.bytes)
        sink->zero(sink->context, image->range.base + image->file.bytes, image->range.bytes - image->file.bytes);
}

loader_symbols_t *loader_image_symbols(const loader_image_t *image, base_error_t *warning)
{
    if (image->kind == LOADER_IMAGE_ELF)
        return loader_symbols_new_from_elf(image->elf, image->name, warning);
    if (warning)
        warning->text[0] = '\0';
    return loader_symbols_new();
}

void loader_image_free(loader_image_t *image)
{
    if (!image)
        return;
    loader_elf_free(image->elf);
    loader_file_done(&image->file);
    g_free(image->name);
    g_free(image);
}
