/* Boot images of every kind: told apart, placed, unpacked, or refused with a line. */
#include "base/random.h"
#include "elf_builder.h"
#include "loader/gzip.h"
#include "loader/image.h"
#include "scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

typedef struct linux_image {
    uint8_t data[256];
} linux_image_t;

static void put_le64(uint8_t *bytes, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (i * 8));
}

/* The 64-byte header of Documentation/arch/arm64/booting.rst and some code. */
static linux_image_t new_linux(uint64_t text_offset, uint64_t image_bytes, uint64_t flags)
{
    linux_image_t image;
    memset(image.data, 0x5a, sizeof(image.data));
    put_le64(image.data + 8, text_offset);
    put_le64(image.data + 16, image_bytes);
    put_le64(image.data + 24, flags);
    memcpy(image.data + 56, "ARM\x64", 4);
    return image;
}

static loader_image_t *open_good(const void *data, size_t bytes, loader_image_format_t format)
{
    loader_image_t *image = NULL;
    base_error_t error;
    int result = loader_image_from_memory(data, bytes, "Image", format, test_memory(), &image, &error);
    cr_assert_eq(result, 0, "%s", error.text);
    return image;
}

static void expect_refused(const void *data, size_t bytes, int negative_errno, const char *said)
{
    loader_image_t *image = NULL;
    base_error_t error = {.text = ""};
    int result = loader_image_from_memory(data, bytes, "Image", LOADER_FORMAT_DETECT, test_memory(), &image, &error);
    cr_expect_eq(result, negative_errno, "gave %d: %s", result, error.text);
    cr_expect(g_str_has_prefix(error.text, "Image: "), "%s", error.text);
    cr_expect(strstr(error.text, said), "'%s' lacks '%s'", error.text, said);
    cr_expect_null(image);
}

/* Copies the image and fails the test unless RAM from its start on holds `data`, then zeros up to its end. */
static void expect_copied(const loader_image_t *image, const void *data, size_t bytes)
{
    scratch_ram_t ram = scratch_ram_new(test_memory()->ram);
    loader_sink_t sink = scratch_sink(&ram);
    loader_image_copy(image, &sink);
    uint8_t *start = scratch_at(&ram, image->range.base);
    cr_expect_eq(memcmp(start, data, bytes), 0);
    for (uint64_t i = bytes; i < image->range.bytes; i++)
        cr_assert_eq(start[i], 0);
    cr_expect_eq(start[image->range.bytes], 0xee);
    scratch_ram_done(&ram);
}

Test(loader_image, elf_is_taken_where_it_says_with_its_symbols)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, 0x40100000, 0x40100000, 0x20, 0x40);
    elf_builder_symbol(&builder, "_start", 0x40100000, 0x20, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), ELF_BUILDER_TEXT);
    elf_file_t file = elf_builder_build(&builder);
    loader_image_t *image = open_good(file.data, file.bytes, LOADER_FORMAT_DETECT);
    cr_expect_eq(image->kind, LOADER_IMAGE_ELF);
    cr_expect_eq(image->entry, 0x40100000);
    cr_expect_eq(image->range.bytes, 0x40);
    loader_symbols_t *symbols = loader_image_symbols(image, NULL);
    cr_expect_str_eq(loader_symbols_find(symbols, 0x4010001c, NULL), "_start");
    loader_symbols_free(symbols);
    expect_copied(image, file.data + file.segments[0].p_offset, 0x20);
    loader_image_free(image);
    elf_file_done(&file);
}

Test(loader_image, linux_image_goes_to_its_text_offset_and_claims_its_image_size)
{
    linux_image_t file = new_linux(0x80000, 3 * MIB, 0);
    loader_image_t *image = open_good(file.data, sizeof(file.data), LOADER_FORMAT_DETECT);
    cr_expect_eq(image->kind, LOADER_IMAGE_LINUX);
    cr_expect_eq(image->entry, 0x40080000);
    cr_expect_eq(image->range.base, 0x40080000);
    cr_expect_eq(image->range.bytes, 3 * MIB);
    expect_copied(image, file.data, sizeof(file.data));
    base_error_t warning;
    loader_symbols_t *symbols = loader_image_symbols(image, &warning);
    cr_expect_eq(loader_symbols_count(symbols), 0);
    cr_expect_str_eq(warning.text, "");
    loader_symbols_free(symbols);
    loader_image_free(image);
}

Test(loader_image, linux_image_at_offset_0_moves_up_by_2_mib_as_on_qemu)
{
    linux_image_t file = new_linux(0, 3 * MIB, 0xa);
    loader_image_t *image = open_good(file.data, sizeof(file.data), LOADER_FORMAT_DETECT);
    cr_expect_eq(image->entry, 0x40200000);
    loader_image_free(image);
    file = new_linux(0x1000, 3 * MIB, 0xa);
    image = open_good(file.data, sizeof(file.data), LOADER_FORMAT_DETECT);
    cr_expect_eq(image->entry, 0x40001000);
    loader_image_free(image);
}

Test(loader_image, old_linux_image_without_size_goes_to_the_default_offset)
{
    linux_image_t file = new_linux(0x12345678, 0, 0);
    loader_image_t *image = open_good(file.data, sizeof(file.data), LOADER_FORMAT_DETECT);
    cr_expect_eq(image->entry, 0x40080000);
    cr_expect_eq(image->range.bytes, sizeof(file.data));
    loader_image_free(image);
}

Test(loader_image, linux_image_that_ends_beyond_ram_is_refused_by_size)
{
    linux_image_t file = new_linux(0x80000, 16 * MIB - 0x80000, 0);
    loader_image_free(open_good(file.data, sizeof(file.data), LOADER_FORMAT_DETECT));
    file = new_linux(0x80000, 16 * MIB - 0x80000 + 1, 0);
    expect_refused(file.data, sizeof(file.data), -ERANGE,
                   "the image 0x40080000-0x41000000 (16252929 bytes) is outside RAM 0x40000000-0x40ffffff (16 MiB); "
                   "give the machine more with --mem");
}

Test(loader_image, linux_image_with_absurd_fields_is_refused)
{
    linux_image_t file = new_linux(UINT64_MAX - 0xfff, 3 * MIB, 0);
    expect_refused(file.data, sizeof(file.data), -ENOEXEC, "absurd text offset 0xfffffffffffff000");
    file = new_linux(0x80000, UINT64_MAX, 0);
    expect_refused(file.data, sizeof(file.data), -ERANGE, "wraps");
    file = new_linux(0x80000, 3 * MIB, 1);
    expect_refused(file.data, sizeof(file.data), -ENOEXEC, "big-endian kernel; mesim runs little-endian images");
}

static void expect_raw(const void *code, size_t bytes, loader_image_format_t format)
{
    loader_image_t *image = open_good(code, bytes, format);
    cr_expect_eq(image->kind, LOADER_IMAGE_RAW);
    cr_expect_eq(image->entry, 0x40080000);
    cr_expect_eq(image->range.bytes, bytes);
    expect_copied(image, code, bytes);
    loader_image_free(image);
}

Test(loader_image, what_is_no_other_format_is_raw_code)
{
    static const char code[] = "\x1f\x20\x03\xd5 no header";
    expect_raw(code, sizeof(code), LOADER_FORMAT_DETECT);
    expect_raw(code, sizeof(code), LOADER_FORMAT_RAW);
}

Test(loader_image, code_that_looks_like_something_else_is_raw_when_asked_for)
{
    expect_raw("MZ\0\0", 4, LOADER_FORMAT_RAW);
    expect_raw("#!/bin/sh\n", 10, LOADER_FORMAT_RAW);
    expect_refused("#!/bin/sh\n", 10, -ENOEXEC, "a text file; give an ELF");
}

/* An EFI program with `bytes` of packed data behind its header. */
static uint8_t *new_zboot(const char *method, const uint8_t *packed, size_t bytes)
{
    uint8_t *file = g_malloc0(64 + bytes);
    memcpy(file, "MZ\0\0zimg", 8);
    file[8] = 64;
    for (unsigned i = 0; i < 4; i++)
        file[12 + i] = (uint8_t)(bytes >> 8 * i);
    memcpy(file + 24, method, strlen(method));
    memcpy(file + 64, packed, bytes);
    return file;
}

Test(loader_image, efi_zboot_kernel_is_unpacked)
{
    linux_image_t linux_image = new_linux(0x80000, MIB, 0);
    size_t bytes = 0;
    uint8_t *packed = scratch_gzip(linux_image.data, sizeof(linux_image.data), &bytes);
    uint8_t *file = new_zboot("gzip", packed, bytes);
    loader_image_t *image = open_good(file, 64 + bytes, LOADER_FORMAT_DETECT);
    cr_expect_eq(image->kind, LOADER_IMAGE_LINUX);
    expect_copied(image, linux_image.data, sizeof(linux_image.data));
    loader_image_free(image);
    expect_refused(file, 64 + bytes - 1, -ENOEXEC, "truncated EFI zboot kernel");
    expect_refused(file, 63, -ENOEXEC, "an EFI program");
    memset(file + 8, 0xff, 8);
    expect_refused(file, 64 + bytes, -ENOEXEC, "truncated EFI zboot kernel");
    g_free(file);
    file = new_zboot("zstd", packed, bytes);
    expect_refused(file, 64 + bytes, -ENOEXEC, "packed with something else than gzip");
    g_free(file);
    g_free(packed);
}

Test(loader_image, known_foreign_formats_are_named)
{
    expect_refused("\x27\x05\x19\x56 uimage", 11, -ENOEXEC, "a U-Boot uImage");
    expect_refused("MZ\0\0", 4, -ENOEXEC, "an EFI program");
    expect_refused("\xfd\x37zXZ\0", 6, -ENOEXEC, "compressed with xz; unpack it");
    expect_refused("\xd0\x0d\xfe\xed", 4, -ENOEXEC, "a device tree");
    expect_refused("!<arch>\n", 8, -ENOEXEC, "an archive of object files");
    expect_refused("M", 1, -ENOEXEC, "a text file");
}

Test(loader_image, gzip_is_unpacked_and_told_apart_again)
{
    linux_image_t file = new_linux(0x80000, MIB, 0);
    size_t bytes = 0;
    uint8_t *packed = scratch_gzip(file.data, sizeof(file.data), &bytes);
    loader_image_t *image = open_good(packed, bytes, LOADER_FORMAT_DETECT);
    cr_expect_eq(image->kind, LOADER_IMAGE_LINUX);
    expect_copied(image, file.data, sizeof(file.data));
    loader_image_free(image);
    g_free(packed);

    elf_file_t elf = test_one_segment();
    packed = scratch_gzip(elf.data, elf.bytes, &bytes);
    image = open_good(packed, bytes, LOADER_FORMAT_DETECT);
    cr_expect_eq(image->kind, LOADER_IMAGE_ELF);
    expect_copied(image, elf.data + elf.segments[0].p_offset, 0x20);
    loader_image_free(image);
    g_free(packed);
    elf_file_done(&elf);
}

Test(loader_image, damaged_gzip_is_refused)
{
    linux_image_t file = new_linux(0x80000, MIB, 0);
    size_t bytes = 0;
    uint8_t *packed = scratch_gzip(file.data, sizeof(file.data), &bytes);
    for (size_t part = 2; part < bytes; part++) {
        uint8_t *copy = g_memdup2(packed, part);
        expect_refused(copy, part, -ENOEXEC, "truncated gzip file");
        g_free(copy);
    }
    packed[bytes - 6] ^= 1; /* the checksum */
    expect_refused(packed, bytes, -ENOEXEC, "damaged gzip file");
    packed[2] = 99; /* no such method */
    expect_refused(packed, bytes, -ENOEXEC, "damaged gzip file");
    g_free(packed);

    packed = scratch_gzip("", 0, &bytes);
    expect_refused(packed, bytes, -ENOEXEC, "the image is empty");
    g_free(packed);
}

Test(loader_image, gzip_output_stops_at_its_cap)
{
    size_t packed_bytes = 0, bytes = 4 << 20;
    uint8_t *zeros = g_malloc0(bytes);
    uint8_t *packed = scratch_gzip(zeros, bytes, &packed_bytes);
    loader_file_t file = {0};
    base_error_t error;
    cr_expect_lt(packed_bytes, 10000);
    cr_assert_eq(loader_gzip_unpack(packed, packed_bytes, bytes - 1, "bomb.gz", &file, &error), -EFBIG);
    cr_expect_str_eq(error.text, "bomb.gz: unpacks to more than the 4194303 bytes accepted here; give a smaller image");
    cr_expect_null(file.data);
    cr_assert_eq(loader_gzip_unpack(packed, packed_bytes, bytes, "bomb.gz", &file, &error), 0, "%s", error.text);
    cr_expect_eq(file.bytes, bytes);
    cr_expect_eq(memcmp(file.data, zeros, bytes), 0);
    loader_file_done(&file);
    g_free(packed);
    g_free(zeros);
}

Test(loader_image, gzip_members_are_joined_and_padding_ignored)
{
    size_t first_bytes = 0, second_bytes = 0;
    uint8_t *first = scratch_gzip("hello ", 6, &first_bytes), *second = scratch_gzip("world", 5, &second_bytes);
    GByteArray *both = g_byte_array_new();
    g_byte_array_append(both, first, (guint)first_bytes);
    g_byte_array_append(both, second, (guint)second_bytes);
    g_byte_array_append(both, (const guint8 *)"\0\0\0\0", 4);
    loader_file_t file = {0};
    base_error_t error;
    cr_assert_eq(loader_gzip_unpack(both->data, both->len, MIB, "x.gz", &file, &error), 0, "%s", error.text);
    cr_assert_eq(file.bytes, 11);
    cr_expect_eq(memcmp(file.data, "hello world", 11), 0);
    loader_file_done(&file);
    g_byte_array_free(both, true);
    g_free(first);
    g_free(second);
}

Test(loader_image, elf_errors_come_through)
{
    elf_file_t file = test_one_segment();
    file.header->e_machine = EM_RISCV;
    expect_refused(file.data, file.bytes, -ENOEXEC, "built for RISC-V");
    elf_file_done(&file);
}

Test(loader_image, survives_random_damage_to_a_linux_header)
{
    base_random_t random;
    base_random_init(&random, 13);
    unsigned accepted = 0, refused = 0;
    for (int round = 0; round < 20000; round++) {
        linux_image_t file = new_linux(0x80000, MIB, 0);
        for (uint64_t n = base_random_below(&random, 3) + 1; n; n--)
            file.data[base_random_below(&random, 64)] = (uint8_t)base_random_next(&random);
        loader_image_t *image = NULL;
        base_error_t error = {.text = ""};
        if (loader_image_from_memory(file.data, sizeof(file.data), "x", LOADER_FORMAT_DETECT, test_memory(), &image,
                                     &error) == 0) {
            cr_assert(loader_range_contains(test_memory()->ram, image->range));
            accepted++;
        } else {
            cr_assert_neq(error.text[0], '\0');
            refused++;
        }
        loader_image_free(image);
    }
    cr_expect_gt(accepted, 100);
    cr_expect_gt(refused, 100);
}
