#include "machine/report.h"

#include "base/error.h"
#include "machine/statistics.h"
#include "report/report.h"

void machine_report_print(const machine_t *machine, double host_seconds, FILE *stream)
{
    report_document_t document;
    base_error_t error;
    if (report_document_init(&document, machine_statistics_object(machine, host_seconds), "this run", &error) < 0)
        base_bug("%s", error.text);
    report_print(&document, stream);
    report_document_done(&document);
}
