/* Image first, then the initrd after it, then the tree that names the initrd. */
#include "loader/boot.h"

#include "loader/place.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

static int prepare_initrd(loader_boot_t *boot, const loader_boot_options_t *options, const loader_memory_t *memory,
                          base_error_t *error)
{
    if (!options->initrd_path)
        return 0;
    int result = loader_file_read(options->initrd_path, memory->ram.bytes, &boot->initrd_file, error);
    if (result < 0)
        return result;
    return loader_place_initrd(memory, options->initrd_path, boot->image->range, boot->initrd_file.bytes, &boot->initrd,
                               error);
}

static int prepare_dtb(loader_boot_t *boot, const loader_boot_options_t *options, const loader_memory_t *memory,
                       const loader_dtb_machine_t *machine, base_error_t *error)
{
    loader_dtb_machine_t described = *machine;
    described.chosen = (loader_dtb_chosen_t){.bootargs = options->bootargs, .initrd = boot->initrd};
    int result = options->dtb_path
                     ? loader_dtb_load_file(options->dtb_path, memory->ram, &described.chosen, &boot->dtb_file, error)
                     : loader_dtb_build(&described, &boot->dtb_file, error);
    if (result < 0)
        return result;
    return loader_place_dtb(memory, boot->image, boot->initrd, boot->dtb_file.bytes, &boot->dtb, error);
}

/* COMMAND_LINE_SIZE of Linux for arm64 counts the final NUL; the kernel cuts off what is beyond it. */
static int check_bootargs(const loader_boot_t *boot, const char *bootargs, base_error_t *error)
{
    enum { LINUX_BOOTARGS_MAX = 2047 };
    size_t length = bootargs ? strlen(bootargs) : 0;
    if (boot->image->kind != LOADER_IMAGE_LINUX || length <= LINUX_BOOTARGS_MAX)
        return 0;
    return base_fail(error, -E2BIG, "the boot arguments have %zu characters and Linux takes %d; shorten them", length,
                     LINUX_BOOTARGS_MAX);
}

/* A Linux Image begins at the symbol _text; maps of the code alone have _stext, which is SEGMENT_ALIGN behind it
 * (arch/arm64/kernel/vmlinux.lds.S). Before its MMU is on the kernel runs at the physical addresses. */
static void locate_linux(loader_boot_t *boot)
{
    enum { LINUX_SEGMENT_ALIGN = 0x10000 };
    uint64_t start;
    if (boot->image->kind != LOADER_IMAGE_LINUX)
        return;
    if (!loader_symbols_lookup(boot->symbols, "_text", &start)) {
        if (!loader_symbols_lookup(boot->symbols, "_stext", &start))
            return;
        start -= LINUX_SEGMENT_ALIGN;
    }
    loader_symbols_move(boot->symbols, boot->image->range, start);
}

static int prepare_symbols(loader_boot_t *boot, const loader_boot_options_t *options, base_error_t *error)
{
    int result = 0;
    boot->symbols = loader_image_symbols(boot->image, &boot->warning);
    for (size_t i = 0; i < options->symbol_file_count && result == 0; i++)
        result = loader_symbols_add_file(boot->symbols, &options->symbol_files[i], error);
    if (result == 0)
        locate_linux(boot);
    return result;
}

int loader_boot_prepare(const loader_boot_options_t *options, const loader_memory_t *memory,
                        const loader_dtb_machine_t *machine, loader_boot_t **ret_boot, base_error_t *error)
{
    loader_boot_t *boot = g_new0(loader_boot_t, 1);
    int result = loader_image_open(options->image_path, options->image_format, memory, &boot->image, error);
    if (result == 0)
        result = check_bootargs(boot, options->bootargs, error);
    if (result == 0)
        result = prepare_initrd(boot, options, memory, error);
    if (result == 0)
        result = prepare_dtb(boot, options, memory, machine, error);
    if (result == 0)
        result = prepare_symbols(boot, options, error);
    if (result < 0) {
        loader_boot_free(boot);
        return result;
    }
    boot->entry = boot->image->entry;
    *ret_boot = boot;
    return 0;
}

void loader_boot_copy(const loader_boot_t *boot, const loader_sink_t *sink)
{
    loader_image_copy(boot->image, sink);
    if (boot->initrd.bytes)
        sink->write(sink->context, boot->initrd.base, boot->initrd_file.data, boot->initrd_file.bytes);
    sink->write(sink->context, boot->dtb.base, boot->dtb_file.data, boot->dtb_file.bytes);
}

void loader_boot_free(loader_boot_t *boot)
{
    if (!boot)
        return;
    loader_image_free(boot->image);
    loader_symbols_free(boot->symbols);
    loader_file_done(&boot->initrd_file);
    loader_dtb_done(&boot->dtb_file);
    g_free(boot);
}
