#include "litmus/guest.h"

#include "litmus/assemble.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

enum {
    TABLE_WORDS = 1024,       /* one translation table of 4 KiB, at the base */
    VECTOR_WORDS = 0x800 / 4, /* behind it */
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

void litmus_guest_boot_registers(const litmus_guest_t *guest, uint64_t ret_x[LITMUS_REGISTERS])
{
    memset(ret_x, 0, LITMUS_REGISTERS * sizeof(*ret_x));
    ret_x[1] = 0xff;       /* attribute 0: Normal, Write-Back, allocating */
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

/* One block of 1 GiB at the base of RAM: Normal (attribute 0), Inner Shareable, accessed, EL1 may read and write. */
static void put_tables(writer_t *writer)
{
    uint64_t block = GUEST_BASE | 1 << 10 | 3 << 8 | 1;
    memset(writer->guest->words, 0, TABLE_WORDS * 4);
    memcpy(&writer->guest->words[2 * (GUEST_BASE >> 30)], &block, sizeof(block));
    writer->count = TABLE_WORDS;
    writer->guest->vectors = address_of(writer);
    for (unsigned i = 0; i < VECTOR_WORDS; i++)
        put(writer, i % 2 ? BRANCH_BACK : (uint32_t)WFI);
}

/* Each location's line is owned, read or evicted as three bits say. Exclusives own a line without changing it, on cores
 * without LSE, too; that they may fail is one more chance. */
static void put_place(writer_t *writer, const litmus_test_t *test)
{
    writer->guest->place.begin = address_of(writer);
    for (unsigned i = 0; i < test->location_count; i++) {
        put_text(writer, "ADD X3,X28,#%u", (unsigned)test->locations[i].offset_bytes);
        put_text(writer, "TBZ X%d,#%u,#12", LITMUS_GUEST_OWN, i);
        put_text(writer, "LDXR W4,[X3]");
        put_text(writer, "STXR W5,W4,[X3]");
        put_text(writer, "TBZ X%d,#%u,#8", LITMUS_GUEST_READ, i);
        put_text(writer, "LDR W4,[X3]");
        put_text(writer, "TBZ X%d,#%u,#8", LITMUS_GUEST_EVICT, i);
        put_text(writer, "DC CIVAC,X3");
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
            put_text(writer, "%s%s%u,[X28,#%u]", store ? "STR" : "LDR", suffixes[size_bytes],
                     cell + (store ? LITMUS_GUEST_INITIAL : 0), (unsigned)(address - LITMUS_DATA_BASE));
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

int litmus_guest_build(const litmus_test_t *test, litmus_guest_t **ret_guest, base_error_t *error)
{
    litmus_guest_t *guest = g_new0(litmus_guest_t, 1);
    writer_t writer = {.guest = guest, .error = error};
    guest->words = g_new(uint32_t, MAX_WORDS);
    guest->base = GUEST_BASE;
    put_tables(&writer);
    guest->start.begin = address_of(&writer);
    put_sleep(&writer, &guest->start);
    guest->boot.begin = address_of(&writer);
    for (size_t i = 0; i < G_N_ELEMENTS(boot_words); i++)
        put(&writer, boot_words[i]);
    put_sleep(&writer, &guest->boot);
    put_place(&writer, test);
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
