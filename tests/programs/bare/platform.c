/* The platform on the bare machine: a PL011, PSCI over HVC, cores as threads. */
#include "program.h"

enum { MAX_CORES = 8, FR_TXFF = 1 << 5, HEAP_BYTES = 32 << 20, TLS_BYTES = 256 };
#define UART_DR               ((volatile uint32_t *)0x09000000)
#define UART_FR               ((volatile uint32_t *)0x09000018)
#define PSCI_CPU_ON           UINT64_C(0xc4000003)
#define PSCI_SYSTEM_OFF       UINT64_C(0x84000008)
#define MPIDR_OF_CORE(number) ((uint64_t)(number))

extern char image_end[];
void start_secondary(void);
void platform_start(unsigned core);
void platform_exception(uint64_t esr, uint64_t elr, uint64_t far);

/* Thread pointers: libm wants an errno. Two words of the thread control block, then the variables. */
static uint64_t tls_blocks[MAX_CORES][TLS_BYTES / 8] __attribute__((aligned(64)));
__thread int errno;

static unsigned cores;
static size_t allocated;
static struct {
    void (*function)(unsigned thread);
    unsigned job[MAX_CORES], done[MAX_CORES]; /* numbers of jobs */
} work;

static uint64_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = b;
    register uint64_t x3 __asm__("x3") = c;
    __asm__ volatile("hvc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}

void platform_write(const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        while (*UART_FR & FR_TXFF)
            ;
        *UART_DR = (uint8_t)bytes[i];
    }
}

void platform_exception(uint64_t esr, uint64_t elr, uint64_t far)
{
    put("exception: ESR %lx ELR %lx FAR %lx\n", esr, elr, far);
    psci(PSCI_SYSTEM_OFF, 0, 0, 0);
}

unsigned thread_count(void)
{
    return cores;
}

static void serve(unsigned core)
{
    for (unsigned next = 1;; next++) {
        while (__atomic_load_n(&work.job[core], __ATOMIC_ACQUIRE) != next)
            __asm__ volatile("yield");
        work.function(core);
        __atomic_store_n(&work.done[core], next, __ATOMIC_RELEASE);
    }
}

void threads(unsigned count, void (*function)(unsigned thread))
{
    work.function = function;
    for (unsigned i = 1; i < count; i++)
        __atomic_store_n(&work.job[i], work.job[i] + 1, __ATOMIC_RELEASE);
    function(0);
    for (unsigned i = 1; i < count; i++)
        while (__atomic_load_n(&work.done[i], __ATOMIC_ACQUIRE) != work.job[i])
            __asm__ volatile("yield");
}

void *allocate(size_t bytes)
{
    void *memory = image_end + allocated;
    allocated += (bytes + 63) & ~(size_t)63;
    if (allocated > HEAP_BYTES) {
        put("out of memory\n");
        psci(PSCI_SYSTEM_OFF, 0, 0, 0);
    }
    return memory; /* RAM is zero at first */
}

void platform_start(unsigned core)
{
    __asm__ volatile("msr tpidr_el0, %0" ::"r"(tls_blocks[core]));
    if (core)
        serve(core);
    for (cores = 1; cores < MAX_CORES; cores++)
        if (psci(PSCI_CPU_ON, MPIDR_OF_CORE(cores), (uintptr_t)start_secondary, cores) != 0)
            break;
    program();
    psci(PSCI_SYSTEM_OFF, 0, 0, 0);
}

/* --- what compilers call --- */

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
void abort(void);
void __stack_chk_fail(void);
uintptr_t __stack_chk_guard = 0x5bd1e995; /* the C library's objects look at it */

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
    if ((uintptr_t)to < (uintptr_t)from)
        return memcpy(to, from, bytes);
    while (bytes--)
        ((char *)to)[bytes] = ((const char *)from)[bytes];
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        ((char *)to)[i] = (char)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < bytes; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

void abort(void)
{
    put("abort\n");
    psci(PSCI_SYSTEM_OFF, 0, 0, 0);
    for (;;)
        ;
}

void __stack_chk_fail(void)
{
    abort();
}
