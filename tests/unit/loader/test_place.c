/* Where initrd and device tree go beside an image. */
#include "loader/place.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#define MIB  (UINT64_C(1) << 20)
#define BASE UINT64_C(0x40000000)

static const loader_range_t none = {0, 0};

static loader_memory_t ram_of(uint64_t bytes)
{
    return (loader_memory_t){.ram = {BASE, bytes}};
}

static loader_image_t image_at(loader_image_kind_t kind, uint64_t base, uint64_t bytes)
{
    static char name[] = "hello.elf";
    return (loader_image_t){.kind = kind, .name = name, .entry = base, .range = {base, bytes}};
}

static uint64_t dtb_of(const loader_memory_t *memory, const loader_image_t *image, loader_range_t initrd,
                       uint64_t dtb_bytes)
{
    loader_range_t dtb = {0};
    base_error_t error;
    cr_assert_eq(loader_place_dtb(memory, image, initrd, dtb_bytes, &dtb, &error), 0, "%s", error.text);
    cr_expect_eq(dtb.bytes, dtb_bytes);
    return dtb.base;
}

Test(loader_place, dtb_of_an_elf_goes_to_the_base_of_ram)
{
    loader_memory_t memory = ram_of(64 * MIB);
    loader_image_t image = image_at(LOADER_IMAGE_ELF, BASE + 0x80000, MIB);
    cr_expect_eq(dtb_of(&memory, &image, none, 0x2000), BASE);
    cr_expect_eq(dtb_of(&memory, &image, none, 0x80000), BASE, "up to the first byte of the image");
    cr_expect_eq(dtb_of(&memory, &image, none, 0x80001), BASE + 2 * MIB, "one byte more does not fit");
}

Test(loader_place, dtb_goes_after_an_image_that_covers_the_base)
{
    loader_memory_t memory = ram_of(64 * MIB);
    loader_image_t image = image_at(LOADER_IMAGE_ELF, BASE, MIB);
    cr_expect_eq(dtb_of(&memory, &image, none, 0x2000), BASE + 2 * MIB);
    image.range.bytes = 2 * MIB;
    cr_expect_eq(dtb_of(&memory, &image, none, 0x2000), BASE + 2 * MIB);
    image.range.bytes = 2 * MIB + 1;
    cr_expect_eq(dtb_of(&memory, &image, none, 0x2000), BASE + 4 * MIB);
}

Test(loader_place, dtb_takes_a_64_kib_boundary_where_ram_ends_before_the_next_2_mib)
{
    loader_memory_t memory = ram_of(2 * MIB);
    loader_image_t image = image_at(LOADER_IMAGE_ELF, BASE, MIB + 1);
    cr_expect_eq(dtb_of(&memory, &image, none, 0x2000), BASE + MIB + 0x10000);
}

Test(loader_place, dtb_never_crosses_2_mib)
{
    loader_memory_t memory = ram_of(2 * MIB + 0x40000);
    loader_image_t image = image_at(LOADER_IMAGE_ELF, BASE, 2 * MIB - 0x10000);
    cr_expect_eq(dtb_of(&memory, &image, none, 0x10000), BASE + 2 * MIB);
    loader_range_t dtb;
    base_error_t error;
    memory = ram_of(2 * MIB + 0x8000); /* no room at 2 MiB, and from 64 KiB below it would cross */
    cr_expect_eq(loader_place_dtb(&memory, &image, none, 0x18000, &dtb, &error), -ENOSPC);
}

Test(loader_place, dtb_of_a_linux_image_goes_after_image_and_initrd)
{
    loader_memory_t memory = ram_of(256 * MIB);
    loader_image_t image = image_at(LOADER_IMAGE_LINUX, BASE + 2 * MIB, 20 * MIB);
    cr_expect_eq(dtb_of(&memory, &image, none, 0x2000), BASE + 22 * MIB);
    cr_expect_eq(dtb_of(&memory, &image, (loader_range_t){BASE + 128 * MIB, 5 * MIB}, 0x2000), BASE + 134 * MIB);
}

Test(loader_place, dtb_goes_between_image_and_an_initrd_that_ends_with_ram)
{
    loader_memory_t memory = ram_of(64 * MIB);
    loader_image_t image = image_at(LOADER_IMAGE_LINUX, BASE + 2 * MIB, 20 * MIB);
    cr_expect_eq(dtb_of(&memory, &image, (loader_range_t){BASE + 32 * MIB, 32 * MIB}, 0x2000), BASE + 22 * MIB);
}

Test(loader_place, no_room_for_the_dtb_is_refused_with_all_sizes)
{
    loader_memory_t memory = ram_of(2 * MIB);
    loader_image_t image = image_at(LOADER_IMAGE_ELF, BASE, 2 * MIB);
    loader_range_t dtb = {1, 2};
    base_error_t error;
    cr_assert_eq(loader_place_dtb(&memory, &image, none, 0x2000, &dtb, &error), -ENOSPC);
    cr_expect_str_eq(error.text, "hello.elf: RAM 0x40000000-0x401fffff (2 MiB) has no room for the device tree (8 KiB) "
                                 "beside the image 0x40000000-0x401fffff (2 MiB); use a larger --mem");
    cr_expect_eq(dtb.base, 1, "untouched on failure");
}

static uint64_t initrd_of(const loader_memory_t *memory, loader_range_t image, uint64_t bytes)
{
    loader_range_t initrd = {0};
    base_error_t error;
    cr_assert_eq(loader_place_initrd(memory, "initrd.gz", image, bytes, &initrd, &error), 0, "%s", error.text);
    cr_expect_eq(initrd.bytes, bytes);
    return initrd.base;
}

Test(loader_place, initrd_goes_half_way_up_to_128_mib)
{
    loader_range_t image = {BASE + 0x80000, 10 * MIB};
    loader_memory_t memory = ram_of(128 * MIB);
    cr_expect_eq(initrd_of(&memory, image, 5 * MIB), BASE + 64 * MIB);
    memory = ram_of(1024 * MIB);
    cr_expect_eq(initrd_of(&memory, image, 5 * MIB), BASE + 128 * MIB);
}

Test(loader_place, initrd_goes_after_an_image_that_reaches_farther)
{
    loader_memory_t memory = ram_of(128 * MIB);
    cr_expect_eq(initrd_of(&memory, (loader_range_t){BASE, 70 * MIB + 1}, MIB), BASE + 70 * MIB + 0x1000);
}

Test(loader_place, initrd_goes_right_after_the_image_where_half_of_ram_is_too_little)
{
    loader_memory_t memory = ram_of(64 * MIB);
    cr_expect_eq(initrd_of(&memory, (loader_range_t){BASE, 2 * MIB}, 40 * MIB), BASE + 2 * MIB);
}

Test(loader_place, initrd_too_large_is_refused_with_all_sizes)
{
    loader_memory_t memory = ram_of(64 * MIB);
    loader_range_t initrd;
    base_error_t error;
    cr_assert_eq(
        loader_place_initrd(&memory, "initrd.gz", (loader_range_t){BASE, 2 * MIB}, 62 * MIB + 1, &initrd, &error),
        -ENOSPC);
    cr_expect_str_eq(error.text,
                     "initrd.gz: an initrd of 65011713 bytes does not fit RAM 0x40000000-0x43ffffff (64 MiB) "
                     "after the image 0x40000000-0x401fffff (2 MiB); use a larger --mem");
}
