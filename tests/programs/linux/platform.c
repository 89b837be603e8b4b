/* The platform on Linux. Usage: PROGRAM [THREADS] */
#include "program.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_THREADS = 64 };

static unsigned available = 1;
static void (*job)(unsigned thread);

void platform_write(const char *bytes, size_t count)
{
    while (count) {
        ssize_t written = write(STDOUT_FILENO, bytes, count);
        if (written <= 0)
            abort();
        bytes += written;
        count -= (size_t)written;
    }
}

unsigned thread_count(void)
{
    return available;
}

static void *run_thread(void *number)
{
    job((unsigned)(uintptr_t)number);
    return NULL;
}

void threads(unsigned count, void (*function)(unsigned thread))
{
    pthread_t handles[MAX_THREADS];
    job = function;
    for (unsigned i = 1; i < count; i++)
        if (pthread_create(&handles[i], NULL, run_thread, (void *)(uintptr_t)i))
            abort();
    function(0);
    for (unsigned i = 1; i < count; i++)
        pthread_join(handles[i], NULL);
}

void *allocate(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
    if (!memory)
        abort();
    return memset(memory, 0, bytes);
}

int main(int argc, char **argv)
{
    available = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
    program();
    return 0;
}
