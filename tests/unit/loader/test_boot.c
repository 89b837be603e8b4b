/* Image, initrd and tree together: what the guest finds in RAM. */
#include "elf_builder.h"
#include "loader/boot.h"
#include "machine_fixture.h"
#include "scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <libfdt.h>
#include <string.h>

typedef struct boot_files {
    char *image;
    char *initrd;
} boot_files_t;

static boot_files_t new_files(void)
{
    elf_file_t file = test_one_segment();
    boot_files_t files = {.image = scratch_file(file.data, file.bytes), .initrd = scratch_file("ramdisk!", 8)};
    elf_file_done(&file);
    return files;
}

static void remove_files(boot_files_t *files)
{
    scratch_remove(files->image);
    scratch_remove(files->initrd);
}

static loader_boot_t *prepare(const loader_boot_options_t *options)
{
    loader_dtb_machine_t machine = test_machine();
    loader_boot_t *boot = NULL;
    base_error_t error;
    cr_assert_eq(loader_boot_prepare(options, test_memory(), &machine, &boot, &error), 0, "%s", error.text);
    return boot;
}

Test(loader_boot, guest_finds_image_initrd_and_tree_in_ram)
{
    boot_files_t files = new_files();
    loader_boot_options_t options = {.image_path = files.image, .initrd_path = files.initrd, .bootargs = "n=3"};
    loader_boot_t *boot = prepare(&options);
    cr_expect_eq(boot->entry, 0x40100000);
    cr_expect_eq(boot->dtb.base, 0x40000000);
    cr_expect_eq(boot->initrd.base, 0x40800000);
    cr_expect_str_eq(boot->warning.text, "");

    scratch_ram_t ram = scratch_ram_new(test_memory()->ram);
    loader_sink_t sink = scratch_sink(&ram);
    loader_boot_copy(boot, &sink);
    const void *blob = scratch_at(&ram, boot->dtb.base);
    cr_assert_eq(fdt_check_full(blob, boot->dtb.bytes), 0);
    EXPECT_TEXT(blob, "/chosen", "bootargs", "n=3");
    EXPECT_CELLS(blob, "/chosen", "linux,initrd-start", 0, 0x40800000);
    EXPECT_CELLS(blob, "/chosen", "linux,initrd-end", 0, 0x40800008);
    cr_expect_eq(memcmp(scratch_at(&ram, boot->initrd.base), "ramdisk!", 8), 0);
    cr_expect_eq(*scratch_at(&ram, boot->entry + 5), 5);
    scratch_ram_done(&ram);
    loader_boot_free(boot);
    remove_files(&files);
}

Test(loader_boot, tree_from_a_file_replaces_the_built_one)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = {0};
    machine.psci_method = "smc"; /* what tells this tree from the built one */
    cr_assert_eq(loader_dtb_build(&machine, &dtb, NULL), 0);
    boot_files_t files = new_files();
    char *path = scratch_file(dtb.data, dtb.bytes);
    loader_boot_options_t options = {.image_path = files.image, .dtb_path = path, .bootargs = "n=4"};
    loader_boot_t *boot = prepare(&options);
    EXPECT_TEXT(boot->dtb_file.data, "/psci", "method", "smc");
    EXPECT_TEXT(boot->dtb_file.data, "/chosen", "bootargs", "n=4");
    loader_boot_free(boot);
    scratch_remove(path);
    remove_files(&files);
    loader_dtb_done(&dtb);
}

static void expect_fails(const loader_boot_options_t *options, int negative_errno, const char *said)
{
    loader_dtb_machine_t machine = test_machine();
    loader_boot_t *boot = NULL;
    base_error_t error = {.text = ""};
    cr_expect_eq(loader_boot_prepare(options, test_memory(), &machine, &boot, &error), negative_errno, "%s",
                 error.text);
    cr_expect(strstr(error.text, said), "%s", error.text);
    cr_expect_null(boot);
}

Test(loader_boot, each_missing_file_is_named)
{
    boot_files_t files = new_files();
    loader_boot_options_t options = {.image_path = "/no/hello.elf"};
    expect_fails(&options, -ENOENT, "/no/hello.elf: no such file");
    options = (loader_boot_options_t){.image_path = files.image, .initrd_path = "/no/initrd.gz"};
    expect_fails(&options, -ENOENT, "/no/initrd.gz: no such file");
    options = (loader_boot_options_t){.image_path = files.image, .dtb_path = "/no/board.dtb"};
    expect_fails(&options, -ENOENT, "/no/board.dtb: no such file");
    remove_files(&files);
}

Test(loader_boot, damaged_symbols_warn_but_run)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, 0x40100000, 0x40100000, 0x20, 0x20);
    elf_builder_symbol(&builder, "main", 0x40100000, 4, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), ELF_BUILDER_TEXT);
    elf_file_t file = elf_builder_build(&builder);
    file.symbols[1].st_name = 1 << 20;
    char *path = scratch_file(file.data, file.bytes);
    loader_boot_options_t options = {.image_path = path};
    loader_boot_t *boot = prepare(&options);
    cr_expect(strstr(boot->warning.text, "the symbol table is damaged"), "%s", boot->warning.text);
    cr_expect_eq(loader_symbols_count(boot->symbols), 0);
    loader_boot_free(boot);
    scratch_remove(path);
    elf_file_done(&file);
}
