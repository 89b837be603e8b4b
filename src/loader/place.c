/* Placing by a short list of candidates: the first that fits is taken. */
#include "loader/place.h"

#include "loader/file.h"

#include <errno.h>
#include <glib.h>

#define PAGE_BYTES        UINT64_C(0x1000)
#define SMALL_ALIGN_BYTES (UINT64_C(64) << 10)
#define TWO_MIB           (UINT64_C(2) << 20)
#define INITRD_OFFSET_MAX (UINT64_C(128) << 20)

/* 0 where aligning wraps; no RAM begins there, or it is refused as taken. */
static uint64_t align_up(uint64_t address, uint64_t align_bytes)
{
    return (address + align_bytes - 1) & ~(align_bytes - 1);
}

static bool is_free(const loader_memory_t *memory, loader_range_t range, loader_range_t image, loader_range_t initrd)
{
    return loader_range_contains(memory->ram, range) && !loader_range_overlaps(range, image) &&
           !loader_range_overlaps(range, initrd);
}

int loader_place_initrd(const loader_memory_t *memory, const char *name, loader_range_t image, uint64_t initrd_bytes,
                        loader_range_t *ret_initrd, base_error_t *error)
{
    char size[LOADER_TEXT_BYTES], image_text[LOADER_TEXT_BYTES], ram_text[LOADER_TEXT_BYTES];
    uint64_t after_image = align_up(loader_range_end(image), PAGE_BYTES);
    uint64_t usual = align_up(memory->ram.base + MIN(memory->ram.bytes / 2, INITRD_OFFSET_MAX), PAGE_BYTES);
    const uint64_t candidates[] = {MAX(usual, after_image), after_image};
    for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
        loader_range_t range = {.base = candidates[i], .bytes = initrd_bytes};
        if (!is_free(memory, range, image, (loader_range_t){0, 0}))
            continue;
        *ret_initrd = range;
        return 0;
    }
    return base_fail(error, -ENOSPC, "%s: an initrd of %s does not fit RAM %s after the image %s; use a larger --mem",
                     loader_shown_name(name), loader_size_text(size, initrd_bytes),
                     loader_range_text(ram_text, memory->ram), loader_range_text(image_text, image));
}

static bool crosses_two_mib(loader_range_t range)
{
    return range.base / TWO_MIB != (range.base + range.bytes - 1) / TWO_MIB;
}

int loader_place_dtb(const loader_memory_t *memory, const loader_image_t *image, loader_range_t initrd,
                     uint64_t dtb_bytes, loader_range_t *ret_dtb, base_error_t *error)
{
    char size[LOADER_TEXT_BYTES], image_text[LOADER_TEXT_BYTES], ram_text[LOADER_TEXT_BYTES];
    uint64_t after_image = loader_range_end(image->range);
    uint64_t after_all = initrd.bytes ? MAX(after_image, loader_range_end(initrd)) : after_image;
    const uint64_t candidates[] = {
        memory->ram.base,
        align_up(after_all, TWO_MIB),
        align_up(after_all, SMALL_ALIGN_BYTES),
        align_up(after_image, TWO_MIB),
        align_up(after_image, SMALL_ALIGN_BYTES),
    };
    /* A Linux Image gets its tree above itself, as on QEMU: kernels before 4.6 do not map what lies below them. */
    size_t first = image->kind == LOADER_IMAGE_ELF ? 0 : 1;
    for (size_t i = first; i < G_N_ELEMENTS(candidates); i++) {
        loader_range_t range = {.base = candidates[i], .bytes = dtb_bytes};
        if (!is_free(memory, range, image->range, initrd) || crosses_two_mib(range))
            continue;
        *ret_dtb = range;
        return 0;
    }
    return base_fail(
        error, -ENOSPC, "%s: RAM %s has no room for the device tree (%s) beside the image %s%s; use a larger --mem",
        loader_shown_name(image->name), loader_range_text(ram_text, memory->ram), loader_size_text(size, dtb_bytes),
        loader_range_text(image_text, image->range), initrd.bytes ? " and the initrd" : "");
}
