#include "litmus/guest.h"

#include "litmus/assemble.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

enum {
    TABLE_WORDS = 1024, /* a translation table of 4 KiB; three of them at the base, for levels 1 to 3 */
    TABLES = 3,
    VECTOR_WORDS = 0x800 / 4, /* behind them */
    ADDRESS = 28,             /* the register of a location's address */
    LINE_WORDS = 16,          /* programs begin at a cache line */
    MAX_WORDS = 32768,
    WFI = (int)0xd503207f,
    BRANCH_BACK = 0x17ffffff, /* to the WFI before it, should something wake the core */
};
#define GUEST_BASE UINT64_C(0x40000000)

/* X1 to X6: MAIR_EL1, TCR_EL1, TTBR0_EL1, SCTLR_EL1, VBAR_EL1, TPIDRRO_EL0. */
static const uint32_t boot_words[] = {
    0xd518a201, /* MSR MAIR_EL1, X1 */
    0xd5182042, /* MSR TCR_EL1, X2 */
    0xd5182003, /* MSR TTBR0_EL1, X3 */
    0xd518c005, /* MSR VBAR_EL1, X5 */
    0xd51bd066, /* MSR TPIDRRO_EL0, X6 */
    0xd5033fdf, /* ISB */
    0xd5181004, /* MSR SCTLR_EL1, X4 */
    0xd5033fdf, /* ISB */
};

bool litmus_memory_find(const char *name, litmus_memory_t *ret_memory)
{
    static const char *const names[] = {"cached", "nc", "gre", "ngnre", "mixed"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (!strcmp(name, names[i])) {
            *ret_memory = (litmus_memory_t)i;
            return true;
        }
    return false;
}

void litmus_guest_boot_registers(const litmus_guest_t *guest, uint64_t ret_x[LITMUS_REGISTERS])
{
    memset(ret_x, 0, LITMUS_REGISTERS * sizeof(*ret_x));
    ret_x[1] = 0x040c44ff; /* attributes, by litmus_memory_t: Write-Back, Non-cacheable, GRE, nGnRE */
    ret_x[2] = 0x00803519; /* 39 bits by TTBR0, 4 KiB, walks Write-Back Inner Shareable, no TTBR1 */
    ret_x[3] = guest->base;
    ret_x[4] = 0x30d01805; /* RES1 bits, I, C, M */
    ret_x[5] = guest->vectors;
    ret_x[6] = 1; /* brings an injected fault into force (cpu/fault.h) */
}

/* Words one after another. */
typedef struct writer {
    litmus_guest_t *guest;
    uint32_t count;
    base_error_t *error;
    int result;
} writer_t;

static uint64_t address_of(const writer_t *writer)
{
    return writer->guest->base + writer->count * UINT64_C(4);
}

static void put(writer_t *writer, uint32_t word)
{
    if (writer->count == MAX_WORDS)
        writer->result = base_fail(writer->error, -E2BIG, "the test's code does not fit");
    else
        writer->guest->words[writer->count++] = word;
}

static void G_GNUC_PRINTF(2, 3) put_text(writer_t *writer, const char *format, ...)
{
    va_list arguments;
    uint32_t word = 0;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    base_error_t error;
    if (litmus_assemble_text(text, &word, &error) < 0)
        base_bug("litmus: '%s': %s", text, error.text);
    g_free(text);
    put(writer, word);
}

static void align(writer_t *writer)
{
    while (writer->count % LINE_WORDS)
        put(writer, BRANCH_BACK);
}

static void put_sleep(writer_t *writer, litmus_program_t *program)
{
    put(writer, (uint32_t)WFI);
    program->end = address_of(writer);
    put(writer, BRANCH_BACK);
    align(writer);
}

static litmus_memory_t memory_of(litmus_memory_t memory, unsigned location)
{
    if (memory != LITMUS_MIXED)
        return memory;
    return location % 2 ? LITMUS_NONCACHEABLE : LITMUS_CACHED;
}

static void put_descriptor(writer_t *writer, unsigned table, uint64_t index, uint64_t descriptor)
{
    memcpy(&writer->guest->words[table * TABLE_WORDS + 2 * index], &descriptor, sizeof(descriptor));
}

/* The first 2 MiB of RAM in pages: Inner Shareable, accessed, EL1 may read and write. */
static void put_tables(writer_t *writer, const litmus_test_t *test, litmus_memory_t memory)
{
    enum { PAGE_SHIFT = 12, PAGES = 512, ATTRIBUTES = 1 << 10 | 3 << 8 | 3 };
    memset(writer->guest->words, 0, TABLES * TABLE_WORDS * 4);
    put_descriptor(writer, 0, GUEST_BASE >> 30, (GUEST_BASE + TABLE_WORDS * 4) | 3);
    put_descriptor(writer, 1, 0, (GUEST_BASE + 2 * TABLE_WORDS * 4) | 3);
    for (uint64_t page = 0; page < PAGES; page++)
        put_descriptor(writer, 2, page, (GUEST_BASE + (page << PAGE_SHIFT)) | ATTRIBUTES);
    for (unsigned i = 0; i < test->location_count; i++) {
        uint64_t address = LITMUS_DATA_BASE + test->locations[i].offset_bytes;
        put_descriptor(writer, 2, (address - GUEST_BASE) >> PAGE_SHIFT,
                       (address >> PAGE_SHIFT << PAGE_SHIFT) | ATTRIBUTES | (uint64_t)memory_of(memory, i) << 2);
    }
    writer->count = TABLES * TABLE_WORDS;
    writer->guest->vectors = address_of(writer);
    for (unsigned i = 0; i < VECTOR_WORDS; i++)
        put(writer, i % 2 ? BRANCH_BACK : (uint32_t)WFI);
}

static void put_address(writer_t *writer, uint64_t address)
{
    put_text(writer, "MOVZ X%d,#%u", ADDRESS, (unsigned)(address & 0xffff));
    put_text(writer, "MOVK X%d,#%u,LSL #16", ADDRESS, (unsigned)(address >> 16));
}

/* Each location's line is owned, read or evicted as three bits say. Exclusives own a line without changing it, on cores
 * without LSE, too; that they may fail is one more chance. */
static void put_place(writer_t *writer, const litmus_test_t *test, litmus_memory_t memory)
{
    writer->guest->place.begin = address_of(writer);
    for (unsigned i = 0; i < test->location_count; i++) {
        if (memory_of(memory, i) != LITMUS_CACHED)
            continue;
        put_address(writer, LITMUS_DATA_BASE + test->locations[i].offset_bytes);
        put_text(writer, "TBZ X%d,#%u,#12", LITMUS_GUEST_OWN, i);
        put_text(writer, "LDXR W4,[X%d]", ADDRESS);
        put_text(writer, "STXR W5,W4,[X%d]", ADDRESS);
        put_text(writer, "TBZ X%d,#%u,#8", LITMUS_GUEST_READ, i);
        put_text(writer, "LDR W4,[X%d]", ADDRESS);
        put_text(writer, "TBZ X%d,#%u,#8", LITMUS_GUEST_EVICT, i);
        put_text(writer, "DC CIVAC,X%d", ADDRESS);
    }
    put_text(writer, "CLREX");
    put_sleep(writer, &writer->guest->place);
}

/* Loads every element, then stores its initial value. */
static void put_observe(writer_t *writer, const litmus_test_t *test)
{
    static const char *const suffixes[] = {[1] = "B W", [2] = "H W", [4] = " W", [8] = " X"};
    writer->guest->observe.begin = address_of(writer);
    for (unsigned store = 0; store < 2; store++)
        for (unsigned cell = 0; cell < test->cell_count; cell++) {
            unsigned size_bytes;
            uint64_t address = litmus_cell_address(test, cell, &size_bytes);
            put_address(writer, address);
            put_text(writer, "%s%s%u,[X%d]", store ? "STR" : "LDR", suffixes[size_bytes],
                     cell + (store ? LITMUS_GUEST_INITIAL : 0), ADDRESS);
        }
    put_text(writer, "DSB SY");
    put_sleep(writer, &writer->guest->observe);
}

static void put_threads(writer_t *writer, const litmus_test_t *test)
{
    for (unsigned thread = 0; thread < test->thread_count && writer->result == 0; thread++) {
        unsigned lines = test->threads[thread].lines;
        litmus_program_t *program = &writer->guest->threads[thread];
        program->begin = address_of(writer);
        if (writer->count + lines + LINE_WORDS > MAX_WORDS) {
            writer->result = base_fail(writer->error, -E2BIG, "%s: the threads' code does not fit", test->file);
            return;
        }
        writer->result = litmus_assemble_thread(test, thread, &writer->guest->words[writer->count],
                                                MAX_WORDS - writer->count, writer->error);
        writer->count += lines;
        put_sleep(writer, program);
    }
}

int litmus_guest_build(const litmus_test_t *test, litmus_memory_t memory, litmus_guest_t **ret_guest,
                       base_error_t *error)
{
    litmus_guest_t *guest = g_new0(litmus_guest_t, 1);
    writer_t writer = {.guest = guest, .error = error};
    guest->words = g_new(uint32_t, MAX_WORDS);
    guest->base = GUEST_BASE;
    put_tables(&writer, test, memory);
    guest->start.begin = address_of(&writer);
    put_sleep(&writer, &guest->start);
    guest->boot.begin = address_of(&writer);
    for (size_t i = 0; i < G_N_ELEMENTS(boot_words); i++)
        put(&writer, boot_words[i]);
    put_sleep(&writer, &guest->boot);
    put_place(&writer, test, memory);
    put_observe(&writer, test);
    put_threads(&writer, test);
    guest->size_bytes = writer.count * UINT64_C(4);
    if (writer.result < 0) {
        litmus_guest_free(guest);
        return writer.result;
    }
    *ret_guest = guest;
    return 0;
}

void litmus_guest_free(litmus_guest_t *guest)
{
    if (!guest)
        return;
    g_free(guest->words);
    g_free(guest);
}
