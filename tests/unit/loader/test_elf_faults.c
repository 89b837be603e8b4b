/* Each check of the ELF loader, left out on purpose: the file it is there for then gets through. So the tests of
 * test_elf.c and test_elf_errors.c that use these files would notice the loss. */
#include "elf_builder.h"
#include "loader/elf.h"

#include <criterion/criterion.h>
#include <errno.h>

/* Fails the test unless the file gives one result with every check in place and another with the fault. */
static void expect_difference(elf_file_t *file, loader_fault_t fault, int result, int faulty_result)
{
    loader_memory_t memory = *test_memory();
    loader_elf_t *elf = NULL;
    cr_expect_eq(loader_elf_from_memory(file->data, file->bytes, "hello.elf", &memory, &elf, NULL), result);
    loader_elf_free(elf);
    elf = NULL;
    memory.fault = fault;
    cr_expect_eq(loader_elf_from_memory(file->data, file->bytes, "hello.elf", &memory, &elf, NULL), faulty_result);
    loader_elf_free(elf);
    elf_file_done(file);
}

Test(loader_elf_faults, file_offset_that_wraps_gets_through_a_sum)
{
    elf_file_t file = test_one_segment();
    file.segments[0].p_offset = UINT64_MAX - 0xf;
    expect_difference(&file, LOADER_FAULT_FILE_END_WRAPS, -ENOEXEC, 0);
}

Test(loader_elf_faults, address_that_wraps_gets_through_a_sum)
{
    elf_file_t file = test_one_segment();
    file.segments[0].p_memsz = UINT64_MAX;
    expect_difference(&file, LOADER_FAULT_MEMORY_END_WRAPS, -ERANGE, 0);
}

Test(loader_elf_faults, truncated_file_gets_through_unchecked)
{
    elf_file_t file = test_one_segment();
    file.bytes--;
    expect_difference(&file, LOADER_FAULT_TRUNCATED, -ENOEXEC, 0);
}

Test(loader_elf_faults, overlap_gets_through_unchecked)
{
    elf_file_t file = test_two_segments();
    file.segments[0].p_memsz = 0x1001;
    expect_difference(&file, LOADER_FAULT_OVERLAP, -EINVAL, 0);
}

Test(loader_elf_faults, good_file_with_damaged_sections_is_lost)
{
    elf_file_t file = test_one_segment();
    file.header->e_shoff = UINT64_MAX - 8;
    expect_difference(&file, LOADER_FAULT_SECTIONS, 0, -ENOEXEC);
}
