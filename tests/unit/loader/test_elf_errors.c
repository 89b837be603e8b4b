/* One line for each way an ELF file can be wrong. */
#include "elf_builder.h"
#include "loader/elf.h"
#include "scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Fails the test unless the file is refused with this errno and a line holding each text, the last one NULL. */
static void expect_refused(const elf_file_t *file, int negative_errno, const char *const texts[])
{
    loader_elf_t *elf = NULL;
    base_error_t error = {.text = ""};
    int result = loader_elf_from_memory(file->data, file->bytes, "hello.elf", test_memory(), &elf, &error);
    cr_assert_eq(result, negative_errno, "gave %d: %s", result, error.text);
    cr_assert_null(elf, "ret_elf must be untouched on failure");
    cr_expect(g_str_has_prefix(error.text, "hello.elf: "), "%s", error.text);
    cr_expect_null(strchr(error.text, '\n'));
    for (size_t i = 0; texts[i]; i++)
        cr_expect(strstr(error.text, texts[i]), "'%s' lacks '%s'", error.text, texts[i]);
}

#define EXPECT_REFUSED(file, negative_errno, ...)                                                                      \
    expect_refused(file, negative_errno, (const char *const[]){__VA_ARGS__, NULL})

Test(loader_elf_errors, takes_a_segment_that_ends_with_ram_and_refuses_one_byte_more)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, 0x40fffff0, 0x40fffff0, 0x10, 0x10);
    elf_file_t file = elf_builder_build(&builder);
    loader_elf_free(test_open_elf(&file));
    file.segments[0].p_memsz++;
    EXPECT_REFUSED(&file, -ERANGE, "segment 0 0x40fffff0-0x41000000 (17 bytes)",
                   "outside RAM 0x40000000-0x40ffffff (16 MiB)", "--mem");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_segments_that_overlap)
{
    elf_file_t file = test_two_segments();
    file.segments[0].p_memsz = 0x1000;
    loader_elf_free(test_open_elf(&file)); /* touching is fine */
    file.segments[0].p_memsz = 0x1001;
    EXPECT_REFUSED(&file, -EINVAL, "segment 0 0x40100000-0x40101000 (4097 bytes)", "overlaps",
                   "segment 1 0x40101000-0x4010101f (32 bytes)", "linker script");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_file_contents_that_overlap_even_when_packed)
{
    elf_file_t file = test_two_segments();
    file.segments[0].p_vaddr = 0x40800000;
    file.segments[0].p_paddr = 0x40100ff0;
    EXPECT_REFUSED(&file, -EINVAL, "overlaps");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_a_segment_below_ram)
{
    elf_file_t file = test_one_segment();
    file.segments[0].p_paddr = 0x400000;
    EXPECT_REFUSED(&file, -ERANGE, "segment 0 0x400000-0x40003f (64 bytes)",
                   "outside RAM 0x40000000-0x40ffffff (16 MiB)", "link the image");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_a_segment_on_a_device_and_names_it)
{
    elf_file_t file = test_one_segment();
    file.segments[0].p_paddr = 0x9000ff0;
    EXPECT_REFUSED(&file, -ERANGE, "pl011 0x9000000-0x9000fff (4 KiB)", "link the image for RAM 0x40000000");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_an_address_that_wraps)
{
    elf_file_t file = test_one_segment();
    file.segments[0].p_paddr = UINT64_MAX - 0x1f;
    EXPECT_REFUSED(&file, -ERANGE, "segment 0 at 0xffffffffffffffe0", "wraps");
    file.segments[0].p_paddr = 0x40100000;
    file.segments[0].p_memsz = UINT64_MAX;
    EXPECT_REFUSED(&file, -ERANGE, "segment 0 at 0x40100000", "wraps");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_an_absurd_size_without_allocating_it)
{
    elf_file_t file = test_one_segment();
    file.segments[0].p_memsz = UINT64_C(1) << 62;
    EXPECT_REFUSED(&file, -ERANGE, "segment 0", "outside RAM");
    file.segments[0].p_filesz = file.segments[0].p_memsz;
    EXPECT_REFUSED(&file, -ENOEXEC, "truncated", "segment 0");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_a_file_offset_that_wraps)
{
    elf_file_t file = test_one_segment();
    file.segments[0].p_offset = UINT64_MAX - 0xf;
    EXPECT_REFUSED(&file, -ENOEXEC, "truncated", "segment 0", "file offset 0xfffffffffffffff0");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_more_file_bytes_than_memory)
{
    elf_file_t file = test_one_segment();
    file.segments[0].p_memsz = 0x1f;
    EXPECT_REFUSED(&file, -ENOEXEC, "segment 0", "more bytes in the file (0x20) than in memory (0x1f)");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_every_truncation_of_a_good_file)
{
    elf_file_t file = test_two_segments();
    for (size_t bytes = 0; bytes < file.bytes; bytes++) {
        elf_file_t part = {.data = g_memdup2(file.data, bytes), .bytes = bytes};
        const char *said = bytes == 0 ? "empty" : bytes < SELFMAG ? "not an ELF" : "truncated";
        EXPECT_REFUSED(&part, -ENOEXEC, said);
        g_free(part.data);
    }
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_what_is_no_elf)
{
    elf_file_t text = {.data = (uint8_t *)(uintptr_t) "#!/bin/sh\necho hello\n", .bytes = 21};
    EXPECT_REFUSED(&text, -ENOEXEC, "not an ELF file", "give a 64-bit AArch64 ELF image");
}

Test(loader_elf_errors, refuses_a_32_bit_file)
{
    elf_file_t file = test_one_segment();
    file.header->e_ident[EI_CLASS] = ELFCLASS32;
    EXPECT_REFUSED(&file, -ENOEXEC, "32-bit ELF; mesim runs 64-bit AArch64 images");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_a_big_endian_file)
{
    elf_file_t file = test_one_segment();
    file.header->e_ident[EI_DATA] = ELFDATA2MSB;
    EXPECT_REFUSED(&file, -ENOEXEC, "big-endian ELF; mesim runs little-endian images");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_a_damaged_identification)
{
    elf_file_t file = test_one_segment();
    file.header->e_ident[EI_CLASS] = 9;
    EXPECT_REFUSED(&file, -ENOEXEC, "damaged ELF header (class 9, data 1, version 1)");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_another_machine_by_name)
{
    elf_file_t file = test_one_segment();
    file.header->e_machine = EM_X86_64;
    EXPECT_REFUSED(&file, -ENOEXEC, "built for x86-64 (ELF machine 62); mesim runs AArch64 images");
    file.header->e_machine = 0x1234;
    EXPECT_REFUSED(&file, -ENOEXEC, "another machine (ELF machine 4660)");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_files_that_are_no_executables)
{
    elf_file_t file = test_one_segment();
    file.header->e_type = ET_REL;
    EXPECT_REFUSED(&file, -ENOEXEC, "an object file; link it");
    file.header->e_type = ET_CORE;
    EXPECT_REFUSED(&file, -ENOEXEC, "ELF type 4 is not an executable");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_a_file_with_nothing_to_load)
{
    elf_file_t file = test_one_segment();
    file.segments[0].p_type = PT_NOTE;
    EXPECT_REFUSED(&file, -ENOEXEC, "no segment to load");
    file.header->e_phnum = 0;
    EXPECT_REFUSED(&file, -ENOEXEC, "no program headers");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_program_headers_it_cannot_read)
{
    elf_file_t file = test_one_segment();
    file.header->e_phentsize = 32;
    EXPECT_REFUSED(&file, -ENOEXEC, "unusable program headers (1 of 32 bytes, expected 56 bytes)");
    file.header->e_phentsize = sizeof(Elf64_Phdr);
    file.header->e_phnum = PN_XNUM;
    EXPECT_REFUSED(&file, -ENOEXEC, "unusable program headers");
    file.header->e_phnum = 4097;
    EXPECT_REFUSED(&file, -ENOEXEC, "unusable program headers (4097 of 56 bytes");
    file.header->e_phnum = 4096;
    EXPECT_REFUSED(&file, -ENOEXEC, "truncated: program header", "of 4096");
    file.header->e_phnum = 1;
    file.header->e_phoff = UINT64_MAX;
    EXPECT_REFUSED(&file, -ENOEXEC, "truncated: program header 0 of 1");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_an_entry_in_no_segment)
{
    elf_file_t file = test_one_segment();
    file.header->e_entry = 0x40100020; /* in the cleared part: nothing to execute */
    EXPECT_REFUSED(&file, -EINVAL, "entry 0x40100020 is in no loaded segment", "ENTRY()");
    file.header->e_entry = 0;
    EXPECT_REFUSED(&file, -EINVAL, "entry 0x0 is in no loaded segment");
    elf_file_done(&file);
}

Test(loader_elf_errors, refuses_an_entry_between_instructions)
{
    elf_file_t file = test_one_segment();
    file.header->e_entry = 0x40100002;
    EXPECT_REFUSED(&file, -EINVAL, "entry 0x40100002 is not on a 4-byte boundary");
    elf_file_done(&file);
}

static void expect_open_fails(const char *path, int negative_errno, const char *said)
{
    loader_elf_t *elf = NULL;
    base_error_t error = {.text = ""};
    cr_assert_eq(loader_elf_open(path, test_memory(), &elf, &error), negative_errno, "%s", error.text);
    cr_assert_null(elf);
    cr_expect(strstr(error.text, said), "%s", error.text);
}

Test(loader_elf_errors, refuses_a_missing_file)
{
    expect_open_fails("/no/such/hello.elf", -ENOENT, "/no/such/hello.elf: no such file; check the path");
}

Test(loader_elf_errors, refuses_a_directory)
{
    expect_open_fails("/tmp", -EISDIR, "/tmp: is a directory; name a file in it");
}

Test(loader_elf_errors, refuses_an_empty_file)
{
    char *path = scratch_file("", 0);
    expect_open_fails(path, -ENODATA, "the file is empty");
    scratch_remove(path);
}

Test(loader_elf_errors, refuses_a_device_and_a_fifo_without_waiting)
{
    expect_open_fails("/dev/zero", -EINVAL, "/dev/zero: not a regular file");
    char *path = scratch_file("", 0);
    unlink(path);
    cr_assert_eq(mkfifo(path, 0600), 0);
    expect_open_fails(path, -EINVAL, "not a regular file");
    scratch_remove(path);
}

Test(loader_elf_errors, refuses_a_huge_file_before_reading_it)
{
    char *path = scratch_file("\x7f"
                              "ELF",
                              4);
    cr_assert_eq(truncate(path, (off_t)LOADER_IMAGE_MAX_BYTES + 1024), 0); /* sparse */
    expect_open_fails(path, -EFBIG, "more than the 1 GiB accepted");
    scratch_remove(path);
}

Test(loader_elf_errors, keeps_the_reason_when_the_path_is_long)
{
    GString *path = g_string_new("/");
    while (path->len < 2000)
        g_string_append(path, "deep/");
    expect_open_fails(path->str, -ENOENT, "no such file; check the path");
    g_string_free(path, true);
}
