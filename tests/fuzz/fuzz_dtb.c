/* A device tree of the user's: --dtb, with and without what mesim adds to /chosen. */
#include "fuzz_ram.h"
#include "loader/dtb.h"

#include <libfdt.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    loader_memory_t memory = fuzz_memory();
    const loader_dtb_chosen_t nothing = {0};
    const loader_dtb_chosen_t all = {.bootargs = "console=ttyAMA0", .initrd = {FUZZ_RAM_BASE + 0x100000, 0x1000}};
    const loader_dtb_chosen_t *const cases[] = {&nothing, &all};
    uint8_t *copy = g_malloc(bytes ? bytes : 1); /* aligned, as the loader asks */
    memcpy(copy, data, bytes);
    for (unsigned i = 0; i < 2; i++) {
        loader_dtb_t dtb;
        base_error_t error = {""};
        int result = loader_dtb_load_from_memory(copy, bytes, "input", memory.ram, cases[i], &dtb, &error);
        fuzz_expect_line(result, &error);
        if (result < 0)
            continue;
        fuzz_expect(fdt_check_header(dtb.data) == 0 && fdt_totalsize(dtb.data) <= dtb.bytes);
        loader_dtb_done(&dtb);
    }
    g_free(copy);
    return 0;
}
