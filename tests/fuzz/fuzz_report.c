/* Statistics of a run: reading, printing, comparing. */
#include "fuzz.h"
#include "report/compare.h"
#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    report_document_t document;
    base_error_t error = {""};
    int result = report_document_read_memory((const char *)data, bytes, "input", &document, &error);
    fuzz_expect_line(result, &error);
    if (result < 0)
        return 0;
    char *page = NULL;
    size_t page_bytes = 0;
    FILE *stream = open_memstream(&page, &page_bytes);
    const char *worst;
    report_filter_t filter = {0};
    report_print(&document, stream);
    report_comparison_t *comparison = report_comparison_new(&document, &document, &filter);
    report_comparison_print(comparison, stream);
    fuzz_expect(report_comparison_grown(comparison, 0, &worst) == 0);
    report_comparison_free(comparison);
    fclose(stream);
    fuzz_expect(page_bytes > 0);
    free(page);
    report_document_done(&document);
    return 0;
}
