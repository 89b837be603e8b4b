/* ELF files, laid out in one pass. */
#include "elf_builder.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

void elf_builder_init(elf_builder_t *builder)
{
    *builder = (elf_builder_t){0};
    Elf64_Ehdr *header = &builder->header;
    memcpy(header->e_ident, ELFMAG, SELFMAG);
    header->e_ident[EI_CLASS] = ELFCLASS64;
    header->e_ident[EI_DATA] = ELFDATA2LSB;
    header->e_ident[EI_VERSION] = EV_CURRENT;
    header->e_type = ET_EXEC;
    header->e_machine = EM_AARCH64;
    header->e_version = EV_CURRENT;
    header->e_ehsize = sizeof(*header);
    header->e_phentsize = sizeof(Elf64_Phdr);
    header->e_shentsize = sizeof(Elf64_Shdr);
    builder->symbol_count = 1; /* the null symbol */
}

void elf_builder_segment(elf_builder_t *builder, uint64_t physical, uint64_t virtual_address, uint64_t file_bytes,
                         uint64_t memory_bytes)
{
    g_assert(builder->segment_count < ELF_BUILDER_SEGMENTS);
    if (!builder->segment_count)
        builder->header.e_entry = virtual_address;
    builder->segments[builder->segment_count++] = (Elf64_Phdr){.p_type = PT_LOAD,
                                                               .p_flags = PF_R | PF_W | PF_X,
                                                               .p_paddr = physical,
                                                               .p_vaddr = virtual_address,
                                                               .p_filesz = file_bytes,
                                                               .p_memsz = memory_bytes,
                                                               .p_align = 4};
}

void elf_builder_symbol(elf_builder_t *builder, const char *name, uint64_t address, uint64_t bytes, unsigned char info,
                        uint16_t section)
{
    g_assert(builder->symbol_count < ELF_BUILDER_SYMBOLS);
    builder->names[builder->symbol_count] = name;
    builder->symbols[builder->symbol_count++] =
        (Elf64_Sym){.st_value = address, .st_size = bytes, .st_info = info, .st_shndx = section};
}

static size_t append(GByteArray *out, const void *data, size_t bytes)
{
    size_t offset = out->len;
    if (bytes)
        g_byte_array_append(out, data, (guint)bytes);
    return offset;
}

static void append_contents(GByteArray *out, Elf64_Phdr *segments, size_t count)
{
    for (size_t n = 0; n < count; n++) {
        segments[n].p_offset = out->len;
        for (size_t i = 0; i < segments[n].p_filesz; i++)
            append(out, &(uint8_t){(uint8_t)(n * 16 + i)}, 1);
    }
}

static size_t append_symbols(GByteArray *out, const elf_builder_t *builder, Elf64_Shdr sections[4])
{
    Elf64_Sym symbols[ELF_BUILDER_SYMBOLS];
    GByteArray *strings = g_byte_array_new();
    append(strings, "", 1);
    memcpy(symbols, builder->symbols, sizeof(symbols));
    for (size_t i = 1; i < builder->symbol_count; i++)
        symbols[i].st_name = (Elf64_Word)append(strings, builder->names[i], strlen(builder->names[i]) + 1);
    while (out->len % 8)
        append(out, "", 1);
    size_t table_bytes = builder->symbol_count * sizeof(*symbols);
    size_t table = append(out, symbols, table_bytes);
    size_t strings_bytes = strings->len, names = append(out, strings->data, strings->len);
    g_byte_array_free(strings, true);
    const Elf64_Phdr *text = &builder->segments[0];
    sections[1] = (Elf64_Shdr){.sh_type = SHT_PROGBITS, .sh_addr = text->p_vaddr, .sh_size = text->p_memsz};
    sections[2] = (Elf64_Shdr){.sh_type = SHT_SYMTAB,
                               .sh_offset = table,
                               .sh_size = table_bytes,
                               .sh_link = 3,
                               .sh_entsize = sizeof(*symbols)};
    sections[3] = (Elf64_Shdr){.sh_type = SHT_STRTAB, .sh_offset = names, .sh_size = strings_bytes};
    while (out->len % 8)
        append(out, "", 1);
    return append(out, sections, 4 * sizeof(*sections));
}

elf_file_t elf_builder_build(const elf_builder_t *builder)
{
    Elf64_Ehdr header = builder->header;
    Elf64_Phdr segments[ELF_BUILDER_SEGMENTS];
    Elf64_Shdr sections[4] = {0};
    size_t table_bytes = builder->segment_count * sizeof(*segments);
    bool has_symbols = builder->symbol_count > 1;
    GByteArray *out = g_byte_array_new();
    memcpy(segments, builder->segments, sizeof(segments));
    append(out, &header, sizeof(header));
    header.e_phoff = append(out, segments, table_bytes);
    header.e_phnum = (Elf64_Half)builder->segment_count;
    append_contents(out, segments, builder->segment_count);
    if (has_symbols) {
        header.e_shoff = append_symbols(out, builder, sections);
        header.e_shnum = 4;
    }
    memcpy(out->data, &header, sizeof(header));
    memcpy(out->data + header.e_phoff, segments, table_bytes);

    elf_file_t file = {.bytes = out->len};
    file.data = g_byte_array_free(out, false);
    file.header = (Elf64_Ehdr *)(void *)file.data;
    file.segments = (Elf64_Phdr *)(void *)(file.data + header.e_phoff);
    if (has_symbols) {
        file.sections = (Elf64_Shdr *)(void *)(file.data + header.e_shoff);
        file.symbols = (Elf64_Sym *)(void *)(file.data + sections[2].sh_offset);
        file.strings = (char *)file.data + sections[3].sh_offset;
    }
    return file;
}

void elf_file_done(elf_file_t *file)
{
    g_free(file->data);
    *file = (elf_file_t){0};
}

elf_file_t test_one_segment(void)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, 0x40100000, 0x40100000, 0x20, 0x40);
    return elf_builder_build(&builder);
}

elf_file_t test_two_segments(void)
{
    elf_builder_t builder;
    elf_builder_init(&builder);
    elf_builder_segment(&builder, 0x40100000, 0x40100000, 0x20, 0x20);
    elf_builder_segment(&builder, 0x40101000, 0x40101000, 0x20, 0x20);
    return elf_builder_build(&builder);
}

loader_elf_t *test_open_elf(const elf_file_t *file)
{
    loader_elf_t *elf = NULL;
    base_error_t error = {.text = ""};
    int result = loader_elf_from_memory(file->data, file->bytes, "hello.elf", test_memory(), &elf, &error);
    cr_assert_eq(result, 0, "%s", error.text);
    return elf;
}

const loader_memory_t *test_memory(void)
{
    static const loader_window_t windows[] = {{"pl011", {0x9000000, 0x1000}}};
    static const loader_memory_t memory = {.ram = {0x40000000, 16 << 20}, .windows = windows, .window_count = 1};
    return &memory;
}
