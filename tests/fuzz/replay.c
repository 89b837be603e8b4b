/* Runs a fuzz target over the files of a folder, without libFuzzer. A crash, an abort or a leak is the failure. */
#include "fuzz.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    GError *problem = NULL;
    GDir *folder = argc == 2 ? g_dir_open(argv[1], 0, &problem) : NULL;
    if (!folder) {
        fprintf(stderr, "usage: replay FOLDER%s%s\n", problem ? ": " : "", problem ? problem->message : "");
        return 2;
    }
    unsigned count = 0;
    for (const char *name; (name = g_dir_read_name(folder)); count++) {
        char *path = g_build_filename(argv[1], name, NULL), *contents;
        gsize bytes;
        if (!g_file_get_contents(path, &contents, &bytes, &problem)) {
            fprintf(stderr, "replay: %s\n", problem->message);
            return 1;
        }
        fprintf(stderr, "%s\n", name);
        /* Exactly the bytes of the input, so that a sanitiser sees a read behind them. */
        uint8_t *data = g_memdup2(contents, bytes ? bytes : 1);
        LLVMFuzzerTestOneInput(data, bytes);
        g_free(data);
        g_free(contents);
        g_free(path);
    }
    g_dir_close(folder);
    fprintf(stderr, "%u inputs\n", count);
    return count ? 0 : 1;
}
