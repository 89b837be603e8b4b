/* Reading and checking an ELF image. Records are decoded by libelf's translation functions at offsets checked here:
 * a file with damaged section headers still boots, since only program headers matter to that. */
#include "loader/elf.h"

#include "loader/file.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool loader_elf_detect(const void *data, size_t bytes)
{
    return bytes >= SELFMAG && memcmp(data, ELFMAG, SELFMAG) == 0;
}

bool loader_elf_record(const void *data, size_t bytes, uint64_t offset_bytes, Elf_Type type, void *record,
                       size_t record_bytes)
{
    if (offset_bytes > bytes || bytes - offset_bytes < record_bytes)
        return false;
    Elf_Data from = {.d_buf = (uint8_t *)(uintptr_t)data + offset_bytes,
                     .d_type = type,
                     .d_version = EV_CURRENT,
                     .d_size = record_bytes};
    Elf_Data to = {.d_buf = record, .d_type = type, .d_version = EV_CURRENT, .d_size = record_bytes};
    return elf64_xlatetom(&to, &from, ELFDATA2LSB) != NULL;
}

static const char *machine_name(unsigned machine)
{
    switch (machine) {
    case EM_386: return "x86 (32-bit)";
    case EM_X86_64: return "x86-64";
    case EM_ARM: return "32-bit Arm";
    case EM_RISCV: return "RISC-V";
    case EM_PPC64: return "PowerPC";
    case EM_MIPS: return "MIPS";
    case EM_S390: return "S/390";
    default: return "another machine";
    }
}

/* e_ident comes first: it says how to read the rest. */
static int check_ident(const uint8_t *ident, size_t bytes, const char *name, base_error_t *error)
{
    if (!bytes)
        return base_fail(error, -ENOEXEC, "%s: the file is empty; build or copy it again", name);
    if (!loader_elf_detect(ident, bytes))
        return base_fail(error, -ENOEXEC, "%s: not an ELF file; give a 64-bit AArch64 ELF image", name);
    if (bytes < EI_NIDENT)
        return base_fail(error, -ENOEXEC, "%s: truncated ELF header (%zu bytes); build or copy it again", name, bytes);
    if (ident[EI_CLASS] == ELFCLASS32)
        return base_fail(error, -ENOEXEC, "%s: 32-bit ELF; mesim runs 64-bit AArch64 images", name);
    if (ident[EI_DATA] == ELFDATA2MSB)
        return base_fail(error, -ENOEXEC, "%s: big-endian ELF; mesim runs little-endian images", name);
    if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB || ident[EI_VERSION] != EV_CURRENT)
        return base_fail(error, -ENOEXEC,
                         "%s: damaged ELF header (class %u, data %u, version %u); build or copy it again", name,
                         ident[EI_CLASS], ident[EI_DATA], ident[EI_VERSION]);
    return 0;
}

static int check_header(const Elf64_Ehdr *header, const char *name, base_error_t *error)
{
    if (header->e_machine != EM_AARCH64)
        return base_fail(error, -ENOEXEC, "%s: built for %s (ELF machine %u); mesim runs AArch64 images", name,
                         machine_name(header->e_machine), header->e_machine);
    if (header->e_type == ET_REL)
        return base_fail(error, -ENOEXEC, "%s: an object file; link it into an executable first", name);
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
        return base_fail(error, -ENOEXEC, "%s: ELF type %u is not an executable; give a linked image", name,
                         header->e_type);
    if (!header->e_phnum)
        return base_fail(error, -ENOEXEC, "%s: no program headers; link the image with segments to load", name);
    if (header->e_phnum == PN_XNUM || header->e_phentsize != sizeof(Elf64_Phdr))
        return base_fail(error, -ENOEXEC,
                         "%s: unusable program headers (%u of %u bytes, expected %zu bytes); build or copy it again",
                         name, header->e_phnum, header->e_phentsize, sizeof(Elf64_Phdr));
    return 0;
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
    loader_range_t file = {.base = 0, .bytes = elf->bytes};
    loader_range_t part = {.base = segment->file_offset_bytes, .bytes = segment->file_bytes};
    if (part.bytes && !loader_range_contains(file, part))
        return base_fail(error, -ENOEXEC,
                         "%s: truncated: %s has 0x%" PRIx64 " bytes at file offset 0x%" PRIx64
                         " but the file ends at 0x%zx; build or copy it again",
                         name, what, part.bytes, part.base, elf->bytes);
    loader_range_t range = {.base = segment->address, .bytes = segment->memory_bytes};
    return loader_memory_check(memory, name, what, range, error);
}

/* Collects the PT_LOAD headers that hold anything; an empty one is legal and loads nothing. The array is bounded by
 * e_phnum, and so by the file, since every header was read from it. */
static int read_segments(loader_elf_t *elf, const Elf64_Ehdr *header, const char *name, const loader_memory_t *memory,
                         base_error_t *error)
{
    elf->segments = g_new0(loader_segment_t, header->e_phnum);
    for (unsigned i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr program;
        uint64_t offset = header->e_phoff + i * sizeof(program);
        if (offset < header->e_phoff ||
            !loader_elf_record(elf->data, elf->bytes, offset, ELF_T_PHDR, &program, sizeof(program)))
            return base_fail(error, -ENOEXEC,
                             "%s: truncated: program header %u of %u is not in the file; build or copy it again", name,
                             i, header->e_phnum);
        if (program.p_type != PT_LOAD || (!program.p_memsz && !program.p_filesz))
            continue;
        loader_segment_t *segment = &elf->segments[elf->segment_count++];
        *segment = (loader_segment_t){.address = program.p_paddr,
                                      .virtual_address = program.p_vaddr,
                                      .file_offset_bytes = program.p_offset,
                                      .file_bytes = program.p_filesz,
                                      .memory_bytes = program.p_memsz,
                                      .index = i,
                                      .is_executable = program.p_flags & PF_X};
        int result = check_segment(elf, segment, name, memory, error);
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
    int result = check_ident(elf->data, elf->bytes, name, error);
    if (result < 0)
        return result;
    if (!loader_elf_record(elf->data, elf->bytes, 0, ELF_T_EHDR, &header, sizeof(header)))
        return base_fail(error, -ENOEXEC, "%s: truncated ELF header (%zu bytes); build or copy it again", name,
                         elf->bytes);
    result = check_header(&header, name, error);
    if (result == 0)
        result = read_segments(elf, &header, name, memory, error);
    if (result == 0)
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
