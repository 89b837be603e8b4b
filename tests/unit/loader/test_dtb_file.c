/* Device trees from files: what is added to them, and which are refused. */
#include "base/random.h"
#include "loader/dtb.h"
#include "machine_fixture.h"
#include "scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <glib.h>
#include <libfdt.h>
#include <string.h>

static const loader_range_t ram = {0x40000000, 16 << 20};
static const loader_dtb_chosen_t nothing_chosen = {0};

static loader_dtb_t build(void)
{
    loader_dtb_machine_t machine = test_machine();
    loader_dtb_t dtb = {0};
    base_error_t error;
    machine.chosen.bootargs = "from-the-file";
    cr_assert_eq(loader_dtb_build(&machine, &dtb, &error), 0, "%s", error.text);
    return dtb;
}

static loader_dtb_t load(const loader_dtb_t *dtb, const loader_dtb_chosen_t *chosen)
{
    loader_dtb_t loaded = {0};
    base_error_t error;
    int result = loader_dtb_load_from_memory(dtb->data, dtb->bytes, "board.dtb", ram, chosen, &loaded, &error);
    cr_assert_eq(result, 0, "%s", error.text);
    cr_assert_eq(fdt_check_full(loaded.data, loaded.bytes), 0);
    return loaded;
}

static void expect_refused(const void *data, size_t bytes, int negative_errno, const char *said)
{
    loader_dtb_t loaded = {0};
    base_error_t error = {.text = ""};
    int result = loader_dtb_load_from_memory(data, bytes, "board.dtb", ram, &nothing_chosen, &loaded, &error);
    cr_expect_eq(result, negative_errno, "gave %d: %s", result, error.text);
    cr_expect(g_str_has_prefix(error.text, "board.dtb: "), "%s", error.text);
    cr_expect(strstr(error.text, said), "'%s' lacks '%s'", error.text, said);
    cr_expect_null(loaded.data);
}

Test(loader_dtb_file, keeps_what_the_file_says)
{
    loader_dtb_t dtb = build(), loaded = load(&dtb, &nothing_chosen);
    EXPECT_TEXT(loaded.data, "/chosen", "bootargs", "from-the-file");
    EXPECT_CELLS(loaded.data, "/intc@8000000", "#interrupt-cells", 3);
    cr_expect_null(fdt_getprop(loaded.data, fdt_path_offset(loaded.data, "/chosen"), "linux,initrd-start", NULL));
    loader_dtb_done(&loaded);
    loader_dtb_done(&dtb);
}

Test(loader_dtb_file, reads_a_file_by_its_path_and_replaces_bootargs_and_initrd)
{
    loader_dtb_t dtb = build(), loaded = {0};
    char *path = scratch_file(dtb.data, dtb.bytes);
    loader_dtb_chosen_t chosen = {.bootargs = "a much longer line than the one from the file",
                                  .initrd = {0x40200000, 9}};
    base_error_t error;
    cr_assert_eq(loader_dtb_load_file(path, ram, &chosen, &loaded, &error), 0, "%s", error.text);
    EXPECT_TEXT(loaded.data, "/chosen", "bootargs", "a much longer line than the one from the file");
    EXPECT_CELLS(loaded.data, "/chosen", "linux,initrd-start", 0, 0x40200000);
    EXPECT_CELLS(loaded.data, "/chosen", "linux,initrd-end", 0, 0x40200009);
    EXPECT_TEXT(loaded.data, "/chosen", "stdout-path", "/pl011@9000000");
    scratch_remove(path);
    loader_dtb_done(&loaded);
    loader_dtb_done(&dtb);
}

Test(loader_dtb_file, drops_the_spare_room_of_a_file)
{
    loader_dtb_t dtb = build();
    loader_dtb_t spacious = {.data = g_malloc0(1 << 20), .bytes = 1 << 20};
    cr_assert_eq(fdt_open_into(dtb.data, spacious.data, 1 << 20), 0);
    loader_dtb_t loaded = load(&spacious, &nothing_chosen);
    cr_expect_leq(loaded.bytes, dtb.bytes);
    EXPECT_TEXT(loaded.data, "/chosen", "bootargs", "from-the-file");
    loader_dtb_done(&loaded);
    loader_dtb_done(&spacious);
    loader_dtb_done(&dtb);
}

Test(loader_dtb_file, adds_chosen_where_the_file_has_none)
{
    loader_dtb_t dtb = build();
    cr_assert_eq(fdt_del_node(dtb.data, fdt_path_offset(dtb.data, "/chosen")), 0);
    loader_dtb_chosen_t chosen = {.bootargs = "hello"};
    loader_dtb_t loaded = load(&dtb, &chosen);
    EXPECT_TEXT(loaded.data, "/chosen", "bootargs", "hello");
    loader_dtb_done(&loaded);
    loader_dtb_done(&dtb);
}

Test(loader_dtb_file, refuses_source_text)
{
    expect_refused("/dts-v1/;\n/ { };\n", 17, -EINVAL, "not a device tree blob; compile the source with dtc");
    expect_refused("\xd0\x0d", 2, -EINVAL, "not a device tree blob");
}

Test(loader_dtb_file, refuses_an_old_version_that_libfdt_does_not_check_safely)
{
    loader_dtb_t dtb = build();
    fdt_set_version(dtb.data, 1);
    fdt_set_last_comp_version(dtb.data, 1);
    expect_refused(dtb.data, dtb.bytes, -EINVAL, "device tree version 1 is too old; compile it again with dtc");
    loader_dtb_done(&dtb);
}

Test(loader_dtb_file, refuses_every_truncation_of_a_good_file)
{
    loader_dtb_t dtb = build();
    for (size_t bytes = 0; bytes < dtb.bytes; bytes++) {
        uint8_t *part = g_malloc(bytes + 1); /* never NULL, so that only the size says "empty" */
        memcpy(part, dtb.data, bytes);
        expect_refused(part, bytes, -EINVAL, bytes < 4 ? "not a device tree" : "damaged device tree (FDT_ERR_");
        g_free(part);
    }
    loader_dtb_done(&dtb);
}

Test(loader_dtb_file, refuses_memory_the_machine_does_not_have)
{
    loader_dtb_t dtb = build();
    int node = fdt_path_offset(dtb.data, "/memory@40000000");
    fdt32_t *reg = fdt_getprop_w(dtb.data, node, "reg", NULL);
    reg[3] = cpu_to_fdt32(32 << 20);
    expect_refused(dtb.data, dtb.bytes, -ERANGE,
                   "memory 0x40000000-0x41ffffff (32 MiB) but RAM is 0x40000000-0x40ffffff (16 MiB); use --mem");
    reg[0] = reg[2] = cpu_to_fdt32(UINT32_MAX);
    expect_refused(dtb.data, dtb.bytes, -EINVAL, "wraps");
    reg[0] = cpu_to_fdt32(0);
    reg[2] = cpu_to_fdt32(0);
    reg[3] = cpu_to_fdt32(1 << 20);
    loader_dtb_t loaded = load(&dtb, &nothing_chosen);
    loader_dtb_done(&loaded);
    loader_dtb_done(&dtb);
}

Test(loader_dtb_file, refuses_a_tree_without_usable_memory)
{
    loader_dtb_t dtb = build();
    int node = fdt_path_offset(dtb.data, "/memory@40000000");
    cr_assert_eq(fdt_nop_property(dtb.data, node, "reg"), 0);
    expect_refused(dtb.data, dtb.bytes, -EINVAL, "the node memory@40000000 has no usable reg");
    cr_assert_eq(fdt_nop_node(dtb.data, node), 0);
    expect_refused(dtb.data, dtb.bytes, -EINVAL, "no memory node");
    loader_dtb_done(&dtb);
}

Test(loader_dtb_file, refuses_a_tree_over_2_mib_before_and_after_adding)
{
    size_t bytes = (2 << 20) + 4;
    uint8_t *huge = g_malloc0(bytes);
    fdt32_st(huge, FDT_MAGIC);
    expect_refused(huge, bytes, -EFBIG, "exceeds 2 MiB");
    g_free(huge);

    loader_dtb_t dtb = build(), loaded = {0};
    base_error_t error;
    for (size_t length = 0x1ffff0; length <= 0x300000; length += 0x100010 - 1) {
        char *bootargs = g_strnfill(length, 'x');
        loader_dtb_chosen_t chosen = {.bootargs = bootargs};
        int result = loader_dtb_load_from_memory(dtb.data, dtb.bytes, "board.dtb", ram, &chosen, &loaded, &error);
        cr_expect_eq(result, -EFBIG, "%s", error.text);
        cr_expect(strstr(error.text, "--append"), "%s", error.text);
        g_free(bootargs);
    }
    loader_dtb_done(&dtb);
}

Test(loader_dtb_file, refuses_a_missing_file)
{
    loader_dtb_t loaded = {0};
    base_error_t error;
    cr_expect_eq(loader_dtb_load_file("/no/board.dtb", ram, &nothing_chosen, &loaded, &error), -ENOENT);
    cr_expect_str_eq(error.text, "/no/board.dtb: no such file; check the path");
}

Test(loader_dtb_file, survives_random_damage)
{
    loader_dtb_t dtb = build();
    loader_dtb_chosen_t chosen = {.bootargs = "x", .initrd = {0x40200000, 9}};
    base_random_t random;
    base_random_init(&random, 5);
    unsigned accepted = 0, refused = 0;
    for (int round = 0; round < 20000; round++) {
        uint8_t *copy = g_memdup2(dtb.data, dtb.bytes);
        for (uint64_t n = base_random_below(&random, 4) + 1; n; n--)
            copy[base_random_below(&random, dtb.bytes)] = (uint8_t)base_random_next(&random);
        loader_dtb_t loaded = {0};
        base_error_t error = {.text = ""};
        if (loader_dtb_load_from_memory(copy, dtb.bytes, "x", ram, &chosen, &loaded, &error) == 0) {
            cr_assert_eq(fdt_check_full(loaded.data, loaded.bytes), 0);
            accepted++;
        } else {
            cr_assert_neq(error.text[0], '\0');
            refused++;
        }
        loader_dtb_done(&loaded);
        g_free(copy);
    }
    cr_expect_gt(accepted, 100);
    cr_expect_gt(refused, 100);
    loader_dtb_done(&dtb);
}
