/* Range arithmetic and the check that something to be loaded lies in RAM. */
#include "loader/memory.h"

#include "loader/file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

bool loader_range_overlaps(loader_range_t a, loader_range_t b)
{
    if (!a.bytes || !b.bytes)
        return false;
    return a.base < b.base ? b.base - a.base < a.bytes : a.base - b.base < b.bytes;
}

bool loader_range_contains(loader_range_t outer, loader_range_t inner)
{
    if (inner.base < outer.base || inner.bytes > outer.bytes)
        return false;
    return inner.base - outer.base <= outer.bytes - inner.bytes;
}

const char *loader_size_text(char text[LOADER_TEXT_BYTES], uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB"};
    const char *unit = "bytes";
    for (size_t i = 0; i < 3 && bytes && bytes % 1024 == 0; i++) {
        bytes /= 1024;
        unit = units[i];
    }
    snprintf(text, LOADER_TEXT_BYTES, "%" PRIu64 " %s", bytes, unit);
    return text;
}

const char *loader_range_text(char text[LOADER_TEXT_BYTES], loader_range_t range)
{
    char size[LOADER_TEXT_BYTES];
    uint64_t last = range.bytes ? loader_range_end(range) - 1 : range.base;
    snprintf(text, LOADER_TEXT_BYTES, "0x%" PRIx64 "-0x%" PRIx64 " (%.30s)", range.base, last,
             loader_size_text(size, range.bytes));
    return text;
}

int loader_memory_check(const loader_memory_t *memory, const char *name, const char *what, loader_range_t range,
                        base_error_t *error)
{
    char range_text[LOADER_TEXT_BYTES], ram_text[LOADER_TEXT_BYTES], window_text[LOADER_TEXT_BYTES];
    name = loader_shown_name(name);
    if (LOADER_HAS_FAULT(memory, MEMORY_END_WRAPS) && range.base >= memory->ram.base &&
        range.base + range.bytes <= loader_range_end(memory->ram))
        return 0;
    if (range.bytes && range.base + (range.bytes - 1) < range.base)
        return base_fail(error, -ERANGE,
                         "%s: %s at 0x%" PRIx64 " of 0x%" PRIx64 " bytes wraps past the end of the address space; "
                         "the file is damaged, build it again",
                         name, what, range.base, range.bytes);
    loader_range_text(range_text, range);
    loader_range_text(ram_text, memory->ram);
    for (size_t i = 0; i < memory->window_count; i++) {
        const loader_window_t *window = &memory->windows[i];
        if (loader_range_overlaps(range, window->range))
            return base_fail(error, -ERANGE, "%s: %s %s lies on the device %s %s; link the image for RAM %s", name,
                             what, range_text, window->name, loader_range_text(window_text, window->range), ram_text);
    }
    if (loader_range_contains(memory->ram, range))
        return 0;
    bool starts_in_ram = range.base - memory->ram.base < memory->ram.bytes;
    return base_fail(error, -ERANGE, "%s: %s %s is outside RAM %s; %s", name, what, range_text, ram_text,
                     starts_in_ram ? "give the machine more with --mem" : "link the image for that range");
}
