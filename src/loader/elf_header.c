/* The first 64 bytes, checked from the field that says how to read the next on. */
#include "loader/elf_header.h"

#include <errno.h>
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

static int check_kind(const Elf64_Ehdr *header, const char *name, base_error_t *error)
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
    if (header->e_phnum > LOADER_ELF_PROGRAMS_MAX || header->e_phentsize != sizeof(Elf64_Phdr))
        return base_fail(error, -ENOEXEC,
                         "%s: unusable program headers (%u of %u bytes, expected %zu bytes); build or copy it again",
                         name, header->e_phnum, header->e_phentsize, sizeof(Elf64_Phdr));
    return 0;
}

int loader_elf_header(const void *data, size_t bytes, const char *name, Elf64_Ehdr *ret_header, base_error_t *error)
{
    Elf64_Ehdr header;
    int result = check_ident(data, bytes, name, error);
    if (result < 0)
        return result;
    if (!loader_elf_record(data, bytes, 0, ELF_T_EHDR, &header, sizeof(header)))
        return base_fail(error, -ENOEXEC, "%s: truncated ELF header (%zu bytes); build or copy it again", name, bytes);
    result = check_kind(&header, name, error);
    if (result == 0)
        *ret_header = header;
    return result;
}
