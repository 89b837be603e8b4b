/* Images of any kind: Linux, raw, ELF, and each of them packed with gzip. */
#include "fuzz_ram.h"
#include "loader/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    loader_memory_t memory = fuzz_memory();
    for (loader_image_format_t format = LOADER_FORMAT_DETECT; format <= LOADER_FORMAT_RAW; format++) {
        loader_image_t *image;
        base_error_t error = {""};
        int result = loader_image_from_memory(data, bytes, "input", format, &memory, &image, &error);
        fuzz_expect_line(result, &error);
        if (result < 0)
            continue;
        uint8_t *ram = g_malloc(FUZZ_RAM_BYTES);
        loader_sink_t sink = fuzz_sink(ram);
        loader_image_copy(image, &sink);
        base_error_t warning = {""};
        loader_symbols_free(loader_image_symbols(image, &warning));
        g_free(ram);
        loader_image_free(image);
    }
    return 0;
}
