/* ELF images: what loads, where, and that random damage does no harm. */
#include "base/random.h"
#include "elf_builder.h"
#include "loader/elf.h"
#include "scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

Test(loader_elf, copies_file_bytes_and_clears_the_rest)
{
    elf_file_t file = test_one_segment();
    loader_elf_t *elf = test_open_elf(&file);
    cr_expect_eq(elf->entry, 0x40100000);
    cr_expect_eq(elf->range.base, 0x40100000);
    cr_expect_eq(elf->range.bytes, 0x40);

    scratch_ram_t ram = scratch_ram_new(test_memory()->ram);
    loader_sink_t sink = scratch_sink(&ram);
    loader_elf_copy(elf, &sink);
    uint8_t *start = scratch_at(&ram, 0x40100000);
    cr_expect_eq(start[-1], 0xee);
    for (int i = 0; i < 0x20; i++)
        cr_expect_eq(start[i], i);
    for (int i = 0x20; i < 0x40; i++)
        cr_expect_eq(start[i], 0);
    cr_expect_eq(start[0x40], 0xee);
    scratch_ram_done(&ram);
    loader_elf_free(elf);
    elf_file_done(&file);
}

Test(loader_elf, opens_a_file_by_its_path)
{
    elf_file_t file = test_one_segment();
    char *path = scratch_file(file.data, file.bytes);
    loader_elf_t *elf = NULL;
    base_error_t error;
    cr_assert_eq(loader_elf_open(path, test_memory(), &elf, &error), 0, "%s", error.text);
    cr_expect_eq(elf->segment_count, 1);
    loader_elf_free(elf);
    scratch_remove(path);
    elf_file_done(&file);
}

Test(loader_elf, loads_a_shared_object_at_its_stated_addresses)
{
    elf_file_t file = test_one_segment();
    file.header->e_type = ET_DYN;
    loader_elf_t *elf = test_open_elf(&file);
    cr_expect_eq(elf->entry, 0x40100000);
    loader_elf_free(elf);
    elf_file_done(&file);
}

Test(loader_elf, sorts_segments_and_spans_them_all)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, 0x40200000, 0x40200000, 0x10, 0x10);
    elf_builder_segment(&builder, 0x40000000, 0x40000000, 0x10, 0x10);
    elf_file_t file = elf_builder_build(&builder);
    loader_elf_t *elf = test_open_elf(&file);
    cr_expect_eq(elf->segments[0].address, 0x40000000);
    cr_expect_eq(elf->segments[0].index, 1);
    cr_expect_eq(elf->range.base, 0x40000000);
    cr_expect_eq(elf->range.bytes, 0x200010);
    loader_elf_free(elf);
    elf_file_done(&file);
}

Test(loader_elf, translates_a_virtual_entry_by_its_segment)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, 0x40080000, UINT64_C(0xffff000000080000), 0x40, 0x40);
    builder.header.e_entry = UINT64_C(0xffff000000080010);
    elf_file_t file = elf_builder_build(&builder);
    loader_elf_t *elf = test_open_elf(&file);
    cr_expect_eq(elf->entry, 0x40080010);
    loader_elf_free(elf);
    elf_file_done(&file);
}

Test(loader_elf, takes_an_entry_given_as_physical_as_it_is)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, 0x40080000, UINT64_C(0xffff000000080000), 0x40, 0x40);
    builder.header.e_entry = 0x40080004;
    elf_file_t file = elf_builder_build(&builder);
    loader_elf_t *elf = test_open_elf(&file);
    cr_expect_eq(elf->entry, 0x40080004);
    loader_elf_free(elf);
    elf_file_done(&file);
}

Test(loader_elf, ignores_an_empty_segment_wherever_it_is)
{
    elf_file_t file = test_two_segments();
    file.segments[1].p_filesz = file.segments[1].p_memsz = 0;
    file.segments[1].p_paddr = 0;
    loader_elf_t *elf = test_open_elf(&file);
    cr_expect_eq(elf->segment_count, 1);
    loader_elf_free(elf);
    elf_file_done(&file);
}

Test(loader_elf, leaves_out_headers_and_notes_linked_outside_ram)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, 0x40100000, 0x40100000, 0x20, 0x20);
    elf_builder_segment(&builder, 0x400000, 0x400000, 0, 0);
    elf_builder_segment(&builder, 0x400000, 0x400000, 0x24, 0x24);
    elf_file_t file = elf_builder_build(&builder);
    Elf64_Phdr *headers = &file.segments[1], *note = &file.segments[2];
    uint64_t end = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr);
    note->p_type = PT_NOTE;
    note->p_offset = end; /* beside the headers, as ld places a build identity */
    headers->p_flags = PF_R;
    headers->p_offset = 0;
    headers->p_filesz = headers->p_memsz = end + 0x24;
    loader_elf_t *elf = test_open_elf(&file);
    cr_expect_eq(elf->segment_count, 1);
    cr_expect_eq(elf->range.base, 0x40100000);
    loader_elf_free(elf);

    headers->p_filesz = ++headers->p_memsz; /* one byte that is neither: it counts again */
    base_error_t error;
    int result = loader_elf_from_memory(file.data, file.bytes, "hello.elf", test_memory(), &elf, &error);
    cr_expect_eq(result, -ERANGE);
    elf_file_done(&file);
}

Test(loader_elf, loads_a_file_with_damaged_section_headers)
{
    elf_file_t file = test_one_segment();
    file.header->e_shoff = UINT64_MAX - 8;
    file.header->e_shnum = 77;
    loader_elf_free(test_open_elf(&file));
    elf_file_done(&file);
}

Test(loader_elf, leaves_out_the_clear_tail_of_a_packed_segment)
{
    elf_file_t file = test_two_segments();
    file.segments[0].p_vaddr = 0x40800000; /* copied there by the guest's own start-up code */
    file.segments[0].p_memsz = 0x2000;
    file.header->e_entry = 0x40101000;
    loader_elf_t *elf = test_open_elf(&file);
    scratch_ram_t ram = scratch_ram_new(test_memory()->ram);
    loader_sink_t sink = scratch_sink(&ram);
    loader_elf_copy(elf, &sink);
    cr_expect_eq(*scratch_at(&ram, 0x40101000), 0x10);
    cr_expect_eq(*scratch_at(&ram, 0x40100020), 0xee);
    scratch_ram_done(&ram);
    loader_elf_free(elf);
    elf_file_done(&file);
}

/* Any byte of any record may be anything: a good result must still lie within RAM, a bad one must give a line. */
Test(loader_elf, survives_random_damage)
{
    elf_file_t file = test_two_segments();
    base_random_t random;
    base_random_init(&random, 7);
    unsigned accepted = 0, refused = 0;
    for (int round = 0; round < 20000; round++) {
        uint8_t *copy = g_memdup2(file.data, file.bytes);
        for (uint64_t n = base_random_below(&random, 4) + 1; n; n--)
            copy[base_random_below(&random, file.bytes)] = (uint8_t)base_random_next(&random);
        loader_elf_t *elf = NULL;
        base_error_t error = {.text = ""};
        if (loader_elf_from_memory(copy, file.bytes, "x", test_memory(), &elf, &error) == 0) {
            cr_assert(loader_range_contains(test_memory()->ram, elf->range));
            accepted++;
        } else {
            cr_assert_neq(error.text[0], '\0');
            refused++;
        }
        loader_elf_free(elf);
        g_free(copy);
    }
    cr_expect_gt(accepted, 100);
    cr_expect_gt(refused, 100);
    elf_file_done(&file);
}
