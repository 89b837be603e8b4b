/* LD1 to LD4 and ST1 to ST4, every form, size, lane and way of indexing (DDI 0487, C7.2), on lines that are in the
 * cache and not, across a line, across a page, and with a second page that is not there. What they should do is
 * computed here element by element. */
#include "barrier.h"
#include "cache.h"
#include "image.h"
#include "instructions.h"
#include "layout.h"
#include "vm.h"

typedef struct vectors {
    uint64_t base, index; /* X1, X2 */
    uint8_t v[32][16];
} vectors_t;

/* Where elements go: element e of memory to register e % registers and so on. */
typedef enum layout { INTERLEAVED, SEQUENTIAL, LANE, REPLICATED } layout_t;
typedef enum indexing { NO_INDEX, POST_IMMEDIATE, POST_REGISTER, INDEXINGS } indexing_t;
typedef enum place { WARM, COLD, ACROSS_LINE, ACROSS_PAGE, SECOND_PAGE_MISSING, PLACES } place_t;

typedef struct form {
    layout_t layout;
    unsigned registers, size_bytes, lane;
    bool whole, load; /* whole: Q, 16 bytes a register */
    indexing_t indexing;
    unsigned rt;
    uint32_t word;
} form_t;

enum { BASE = 1, INDEX = 2, INDEX_BYTES = 24, LEVEL_MAX_BYTES = 64, CPACR_FPEN = 3 << 20 };

void run_with_vectors(vectors_t *vectors, code_t *code);

static unsigned elements_of(const form_t *form)
{
    const unsigned lanes = (form->whole ? 16 : 8) / form->size_bytes;
    return form->layout == INTERLEAVED || form->layout == SEQUENTIAL ? form->registers * lanes : form->registers;
}

static unsigned bytes_of(const form_t *form)
{
    return elements_of(form) * form->size_bytes;
}

/* --- memory: two pages of the window, which do not lie beside each other --- */

static uint8_t *byte_at(uint64_t va)
{
    const uint64_t offset = va - window_page(0);
    return (uint8_t *)(offset < PAGE_BYTES ? test_page(0) + offset : test_page(2) + offset - PAGE_BYTES);
}

static uint64_t address_of(place_t place, unsigned bytes)
{
    const unsigned odd = bytes % 3; /* some are aligned, some are not */
    switch (place) {
    case WARM: return window_page(0) + 256 + odd;
    case COLD: return window_page(0) + 512 + odd;
    case ACROSS_LINE: return window_page(0) + 1024 - (bytes + 1) / 2;
    default: return window_page(1) - (bytes + 1) / 2;
    }
}

static void set_second_page(bool present)
{
    if (present)
        vm_map(&vm_kernel, window_page(1), test_page(2), PAGE_BYTES, VM_DATA);
    else
        vm_unmap(&vm_kernel, window_page(1), PAGE_BYTES);
}

/* --- encodings --- */

static uint32_t multiple_word(const form_t *form)
{
    static const uint32_t sequential[] = {0, 7, 10, 6, 2}, interleaved[] = {0, 0, 8, 4, 0};
    const uint32_t opcode = (form->layout == SEQUENTIAL ? sequential : interleaved)[form->registers];
    const uint32_t size = (uint32_t)__builtin_ctz(form->size_bytes);
    return 0x0c000000 | (uint32_t)form->whole << 30 | opcode << 12 | size << 10;
}

static uint32_t single_word(const form_t *form)
{
    const uint32_t size = (uint32_t)__builtin_ctz(form->size_bytes), selem = form->registers - 1;
    uint32_t word = 0x0d000000 | (selem & 1) << 21 | (selem >> 1) << 13;
    if (form->layout == REPLICATED)
        return word | 6u << 13 | (uint32_t)form->whole << 30 | size << 10;
    /* Q:S:size is the index, shifted by the size; a D says so in size. */
    const uint32_t index = form->lane << size;
    word |= (size == 3 ? 2 : size) << 14 | (index >> 3) << 30 | (index >> 2 & 1) << 12 | (index & 3) << 10;
    return size == 3 ? (word & ~(1u << 12)) | 1u << 10 : word;
}

static void encode(form_t *form)
{
    static unsigned count;
    form->rt = count++ * 7 % 32;
    uint32_t word = form->layout == INTERLEAVED || form->layout == SEQUENTIAL ? multiple_word(form) : single_word(form);
    if (form->indexing != NO_INDEX)
        word |= 1u << 23 | (form->indexing == POST_IMMEDIATE ? 31u : INDEX) << 16;
    form->word = word | (uint32_t)form->load << 22 | BASE << 5 | form->rt;
}

/* --- what should happen --- */

static uint8_t *element_of(const form_t *form, vectors_t *vectors, unsigned element)
{
    const unsigned lanes = (form->whole ? 16 : 8) / form->size_bytes;
    unsigned reg = element, lane = form->lane;
    if (form->layout == INTERLEAVED) {
        reg = element % form->registers;
        lane = element / form->registers;
    } else if (form->layout == SEQUENTIAL) {
        reg = element / lanes;
        lane = element % lanes;
    }
    return &vectors->v[(form->rt + reg) % 32][lane * form->size_bytes];
}

static void expect_load(const form_t *form, uint64_t address, vectors_t *vectors)
{
    const unsigned size = form->size_bytes;
    for (unsigned reg = 0; form->layout != LANE && reg < form->registers; reg++)
        for (unsigned i = form->whole ? 16 : 8; i < 16; i++)
            vectors->v[(form->rt + reg) % 32][i] = 0;
    for (unsigned element = 0; element < elements_of(form); element++)
        for (unsigned i = 0; i < size; i++) {
            const uint8_t value = *byte_at(address + element * size + i);
            for (unsigned at = i; form->layout == REPLICATED && at < (form->whole ? 16 : 8); at += size)
                vectors->v[(form->rt + element) % 32][at] = value;
            if (form->layout != REPLICATED)
                element_of(form, vectors, element)[i] = value;
        }
}

static void expect_store(const form_t *form, vectors_t *vectors, uint8_t *bytes)
{
    for (unsigned element = 0; element < elements_of(form); element++)
        for (unsigned i = 0; i < form->size_bytes; i++)
            bytes[element * form->size_bytes + i] = element_of(form, vectors, element)[i];
}

static bool same_vectors(const vectors_t *a, const vectors_t *b)
{
    const uint64_t *x = (const uint64_t *)a->v, *y = (const uint64_t *)b->v;
    for (unsigned i = 0; i < sizeof a->v / 8; i++)
        if (x[i] != y[i])
            return false;
    return a->base == b->base && a->index == b->index;
}

/* --- one run --- */

static void fill(vectors_t *vectors, uint64_t address, unsigned bytes)
{
    static uint64_t state = 1;
    uint64_t *words = (uint64_t *)vectors->v;
    for (unsigned i = 0; i < sizeof vectors->v / 8; i++)
        words[i] = state = state * 6364136223846793005 + 1442695040888963407;
    for (unsigned i = 0; i < bytes; i++)
        *byte_at(address + i) = (uint8_t)(state >> 32) + (uint8_t)(i * 5);
    vectors->base = address;
    vectors->index = INDEX_BYTES;
}

static const char *check_fault(const form_t *form, const trap_t *trap, const vectors_t *before, const vectors_t *after,
                               const uint8_t *bytes)
{
    EXPECT(trap->taken);
    EXPECT(trap->esr == esr_of(ESR_EC_DABORT, FSC_TRANSLATION_L3 | (form->load ? 0 : ESR_ISS_WNR)));
    EXPECT(trap->far == window_page(1));
    EXPECT(after->base == before->base);
    if (options_get(image_options, "strict") == 0)
        return NULL;
    EXPECT(same_vectors(before, after));
    for (unsigned i = 0; i < bytes_of(form); i++)
        EXPECT(*byte_at(before->base + i) == bytes[i]);
    return NULL;
}

static const char *check_result(const form_t *form, vectors_t *before, vectors_t *after)
{
    uint8_t wanted[LEVEL_MAX_BYTES];
    const uint64_t address = before->base;
    if (form->load) {
        expect_load(form, address, before);
    } else {
        expect_store(form, before, wanted);
        for (unsigned i = 0; i < bytes_of(form); i++)
            EXPECT(*byte_at(address + i) == wanted[i]);
    }
    if (form->indexing != NO_INDEX)
        before->base += form->indexing == POST_IMMEDIATE ? bytes_of(form) : INDEX_BYTES;
    EXPECT(same_vectors(before, after));
    return NULL;
}

static const char *run_at(const form_t *form, code_t *code, place_t place)
{
    static vectors_t before, after;
    uint8_t bytes[LEVEL_MAX_BYTES];
    trap_t trap;
    const unsigned count = bytes_of(form);
    if (place == SECOND_PAGE_MISSING && count == 1)
        return NULL;
    fill(&before, address_of(place, count), count);
    for (unsigned i = 0; i < count; i++)
        bytes[i] = *byte_at(before.base + i);
    if (place == COLD)
        cache_clean_invalidate_range(before.base, count);
    after = before;
    if (place == SECOND_PAGE_MISSING)
        set_second_page(false);
    trap_arm(&trap);
    run_with_vectors(&after, code);
    trap_disarm();
    if (place == SECOND_PAGE_MISSING) {
        set_second_page(true);
        return check_fault(form, &trap, &before, &after, bytes);
    }
    EXPECT(!trap.taken);
    return check_result(form, &before, &after);
}

static const char *run_form(form_t *form)
{
    for (unsigned load = 0; load < 2; load++)
        for (form->indexing = NO_INDEX; form->indexing < INDEXINGS; form->indexing++) {
            form->load = load;
            if (form->layout == REPLICATED && !load)
                continue;
            encode(form);
            code_t *code = code_of(form->word);
            for (place_t place = WARM; place < PLACES; place++) {
                const char *wrong = run_at(form, code, place);
                if (wrong != NULL)
                    return wrong;
            }
        }
    return NULL;
}

/* --- all of them --- */

static const char *run_multiple(void)
{
    for (unsigned whole = 0; whole < 2; whole++)
        for (unsigned size = 1; size <= 8; size *= 2)
            for (unsigned registers = 1; registers <= 4; registers++)
                for (layout_t layout = INTERLEAVED; layout <= SEQUENTIAL; layout++) {
                    form_t form = {.layout = layout, .registers = registers, .size_bytes = size, .whole = whole};
                    if (layout == INTERLEAVED && (registers == 1 || (size == 8 && !whole)))
                        continue; /* LD1 is sequential; 1D is reserved for the others */
                    const char *wrong = run_form(&form);
                    if (wrong != NULL)
                        return wrong;
                }
    return NULL;
}

static const char *run_single(layout_t layout)
{
    for (unsigned size = 1; size <= 8; size *= 2)
        for (unsigned registers = 1; registers <= 4; registers++)
            for (unsigned lane = 0; lane < (layout == LANE ? 16 / size : 2); lane++) {
                form_t form = {
                    .layout = layout, .registers = registers, .size_bytes = size, .lane = lane, .whole = true};
                if (layout == REPLICATED)
                    form.whole = lane;
                const char *wrong = run_form(&form);
                if (wrong != NULL)
                    return wrong;
            }
    return NULL;
}

/* Runs `function` with FP and SIMD allowed and the pages mapped. */
static const char *with_vectors(const char *(*function)(void))
{
    const uint64_t cpacr = read_sysreg(cpacr_el1);
    write_sysreg(cpacr_el1, cpacr | CPACR_FPEN);
    isb();
    vm_map(&vm_kernel, window_page(0), test_page(0), PAGE_BYTES, VM_DATA);
    set_second_page(true);
    vm_map(&vm_kernel, window_page(3), test_page(3), PAGE_BYTES, VM_CODE);
    const char *wrong = function();
    vm_unmap(&vm_kernel, window_page(0), 2 * PAGE_BYTES);
    vm_unmap(&vm_kernel, window_page(3), PAGE_BYTES);
    write_sysreg(cpacr_el1, cpacr);
    isb();
    return wrong;
}

static const char *run_lanes(void)
{
    return run_single(LANE);
}

static const char *run_replicated(void)
{
    return run_single(REPLICATED);
}

const char *multiple_structures_go_where_they_belong(void)
{
    return with_vectors(run_multiple);
}

const char *single_structures_go_where_they_belong(void)
{
    return with_vectors(run_lanes);
}

const char *replicated_structures_go_where_they_belong(void)
{
    return with_vectors(run_replicated);
}
