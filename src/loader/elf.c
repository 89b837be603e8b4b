/* Reading and checking the segments of an ELF image. */
#include "loader/elf.h"

#include "loader/elf_header.h"
#include "loader/file.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_in_file(const loader_elf_t *elf, const loader_segment_t *segment, const loader_memory_t *memory)
{
    loader_range_t file = {.base = 0, .bytes = elf->bytes};
    loader_range_t part = {.base = segment->file_offset_bytes, .bytes = segment->file_bytes};
    if (LOADER_HAS_FAULT(memory, FILE_END_WRAPS))
        return part.base + part.bytes <= file.bytes;
    return !part.bytes || LOADER_HAS_FAULT(memory, TRUNCATED) || loader_range_contains(file, part);
}

static int check_segment(const loader_elf_t *elf, const loader_segment_t *segment, const char *name,
                         const loader_memory_t *memory, base_error_t *error)
{
    char what[32];
    snprintf(what, sizeof(what), "segment %u", segment->index);
    if (segment->file_bytes > segment->memory_bytes)
        return base_fail(error, -ENOEXEC,
                         "%s: %s has more bytes in the file (0x%" PRIx64 ") than in memory (0x%" PRIx64
                         "); the file is damaged, build it again",
                         name, what, segment->file_bytes, segment->memory_bytes);
    if (!is_in_file(elf, segment, memory))
        return base_fail(error, -ENOEXEC,
                         "%s: truncated: %s has 0x%" PRIx64 " bytes at file offset 0x%" PRIx64
                         " but the file ends at 0x%zx; build or copy it again",
                         name, what, segment->file_bytes, segment->file_offset_bytes, elf->bytes);
    loader_range_t range = {.base = segment->address, .bytes = segment->memory_bytes};
    return loader_memory_check(memory, name, what, range, error);
}

static int read_program(const loader_elf_t *elf, const Elf64_Ehdr *header, unsigned index, const char *name,
                        Elf64_Phdr *program, base_error_t *error)
{
    uint64_t offset = header->e_phoff + index * sizeof(*program);
    if (offset >= header->e_phoff &&
        loader_elf_record(elf->data, elf->bytes, offset, ELF_T_PHDR, program, sizeof(*program)))
        return 0;
    return base_fail(error, -ENOEXEC,
                     "%s: truncated: program header %u of %u is not in the file; build or copy it again", name, index,
                     header->e_phnum);
}

/* Linkers that are only told where .text goes put the ELF's own headers and notes into a segment at their default
 * address, far from RAM. No code is in it and nothing uses it, so it need not be loaded. */
static bool holds_only_headers(const loader_elf_t *elf, const Elf64_Ehdr *header, const Elf64_Phdr *program)
{
    if (program->p_offset || program->p_flags & PF_X || program->p_memsz != program->p_filesz)
        return false;
    uint64_t end = header->e_phoff + header->e_phnum * sizeof(*program);
    for (unsigned i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr note;
        if (read_program(elf, header, i, "", &note, NULL) < 0)
            return false;
        loader_range_t part = {.base = note.p_offset, .bytes = note.p_filesz};
        if (note.p_type == PT_NOTE && part.base - end < 16 &&
            loader_range_contains((loader_range_t){0, elf->bytes}, part))
            end = loader_range_end(part);
    }
    return program->p_filesz <= end;
}

static bool is_needed(const loader_elf_t *elf, const Elf64_Ehdr *header, const Elf64_Phdr *program,
                      const loader_memory_t *memory)
{
    loader_range_t range = {.base = program->p_paddr, .bytes = program->p_memsz};
    if (program->p_type != PT_LOAD || (!program->p_memsz && !program->p_filesz))
        return false;
    return loader_range_contains(memory->ram, range) || !holds_only_headers(elf, header, program);
}

/* Collects the PT_LOAD headers that hold anything; an empty one is legal and loads nothing. The array is bounded by
 * LOADER_ELF_PROGRAMS_MAX. */
static int read_segments(loader_elf_t *elf, const Elf64_Ehdr *header, const char *name, const loader_memory_t *memory,
                         base_error_t *error)
{
    elf->segments = g_new0(loader_segment_t, header->e_phnum);
    for (unsigned i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr program;
        int result = read_program(elf, header, i, name, &program, error);
        if (result < 0)
            return result;
        if (!is_needed(elf, header, &program, memory))
            continue;
        loader_segment_t *segment = &elf->segments[elf->segment_count++];
        *segment = (loader_segment_t){.address = program.p_paddr,
                                      .virtual_address = program.p_vaddr,
                                      .file_offset_bytes = program.p_offset,
                                      .file_bytes = program.p_filesz,
                                      .memory_bytes = program.p_memsz,
                                      .index = i,
                                      .is_executable = program.p_flags & PF_X};
        result = check_segment(elf, segment, name, memory, error);
        if (result < 0)
            return result;
    }
    if (!elf->segment_count)
        return base_fail(error, -ENOEXEC, "%s: no segment to load; link the image with code in it", name);
    return 0;
}

static int compare_segments(const void *left, const void *right)
{
    const loader_segment_t *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    if (a->file_bytes != b->file_bytes)
        return a->file_bytes < b->file_bytes ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

/* Segments may touch but not overlap, with one exception. Where p_vaddr differs from p_paddr the image may be packed
 * for copying by its own start-up code: then the next segment follows the file bytes, and the clear tail belongs to
 * the virtual address, not to this one. QEMU leaves out the tail in that case, and so does this. */
static int settle_overlaps(loader_elf_t *elf, const char *name, base_error_t *error)
{
    qsort(elf->segments, elf->segment_count, sizeof(*elf->segments), compare_segments);
    for (size_t i = 0; i + 1 < elf->segment_count; i++) {
        loader_segment_t *low = &elf->segments[i], *high = &elf->segments[i + 1];
        uint64_t distance = high->address - low->address;
        if (low->memory_bytes <= distance)
            continue;
        if (low->file_bytes <= distance && low->virtual_address != low->address) {
            low->memory_bytes = low->file_bytes;
            continue;
        }
        char low_text[LOADER_TEXT_BYTES], high_text[LOADER_TEXT_BYTES];
        return base_fail(error, -EINVAL, "%s: segment %u %s overlaps segment %u %s; correct the linker script", name,
                         low->index, loader_range_text(low_text, (loader_range_t){low->address, low->memory_bytes}),
                         high->index,
                         loader_range_text(high_text, (loader_range_t){high->address, high->memory_bytes}));
    }
    const loader_segment_t *first = &elf->segments[0], *last = &elf->segments[elf->segment_count - 1];
    elf->range.base = first->address;
    elf->range.bytes = last->address + last->memory_bytes - first->address;
    return 0;
}

/* e_entry is virtual. As in QEMU it is translated by the executable segment that holds it, where the two addresses
 * differ; an entry in no such segment is taken as physical and must be among the bytes loaded. */
static int find_entry(loader_elf_t *elf, uint64_t entry, const char *name, base_error_t *error)
{
    bool is_loaded = false;
    elf->entry = entry;
    for (size_t i = 0; i < elf->segment_count; i++) {
        const loader_segment_t *segment = &elf->segments[i];
        if (segment->is_executable && segment->virtual_address != segment->address &&
            entry - segment->virtual_address < segment->file_bytes)
            elf->entry = entry - segment->virtual_address + segment->address;
    }
    for (size_t i = 0; i < elf->segment_count; i++)
        is_loaded |= elf->entry - elf->segments[i].address < elf->segments[i].file_bytes;
    if (!is_loaded)
        return base_fail(error, -EINVAL,
                         "%s: entry 0x%" PRIx64 " is in no loaded segment; set it with ENTRY() or ld -e", name, entry);
    if (elf->entry % 4)
        return base_fail(error, -EINVAL,
                         "%s: entry 0x%" PRIx64 " is not on a 4-byte boundary; set it to an instruction", name, entry);
    return 0;
}

static int parse(loader_elf_t *elf, const char *name, const loader_memory_t *memory, base_error_t *error)
{
    Elf64_Ehdr header;
    name = loader_shown_name(name);
    int result = loader_elf_header(elf->data, elf->bytes, name, &header, error);
    if (result == 0 && LOADER_HAS_FAULT(memory, SECTIONS) && header.e_shoff > elf->bytes)
        result = -ENOEXEC;
    if (result == 0)
        result = read_segments(elf, &header, name, memory, error);
    if (result == 0 && !LOADER_HAS_FAULT(memory, OVERLAP))
        result = settle_overlaps(elf, name, error);
    if (result == 0)
        result = find_entry(elf, header.e_entry, name, error);
    return result;
}

int loader_elf_from_memory(const void *data, size_t bytes, const char *name, const loader_memory_t *memory,
                           loader_elf_t **ret_elf, base_error_t *error)
{
    loader_elf_t *elf = g_new0(loader_elf_t, 1);
    elf->data = data;
    elf->bytes = bytes;
    int result = parse(elf, name, memory, error);
    if (result < 0)
        loader_elf_free(elf);
    else
        *ret_elf = elf;
    return result;
}

int loader_elf_open(const char *path, const loader_memory_t *memory, loader_elf_t **ret_elf, base_error_t *error)
{
    loader_file_t file;
    int result = loader_file_read(path, LOADER_IMAGE_MAX_BYTES, &file, error);
    if (result < 0)
        return result;
    loader_elf_t *elf = NULL;
    result = loader_elf_from_memory(file.data, file.bytes, path, memory, &elf, error);
    if (result < 0) {
        loader_file_done(&file);
        return result;
    }
    elf->owned = file.data;
    *ret_elf = elf;
    return 0;
}

void loader_elf_copy(const loader_elf_t *elf, const loader_sink_t *sink)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const loader_segment_t *segment = &elf->segments[i];
        if (segment->file_bytes)
            sink->write(sink->context, segment->address, elf->data + segment->file_offset_bytes,
                        (size_t)segment->file_bytes);
        if (sink->zero && segment->memory_bytes > segment->file_bytes)
            sink->zero(sink->context, segment->address + segment->file_bytes,
                       segment->memory_bytes - segment->file_bytes);
    }
}

void loader_elf_free(loader_elf_t *elf)
{
    if (!elf)
        return;
    g_free(elf->segments);
    g_free(elf->owned);
    g_free(elf);
}
