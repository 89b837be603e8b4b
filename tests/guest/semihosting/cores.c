/* Several cores, and the caches between them. */
#include "barrier.h"
#include "checks.h"
#include "layout.h"
#include "smp.h"
#include "string.h"
#include "sysreg.h"

static uint32_t wrong_on[SMP_MAX_CPUS];

/* QEMU has one error number for all cores. */
static unsigned wrong_errors(void)
{
    unsigned wrong = sys_open("missing", MODE_R) != -1 || (confined && error_number() != NOT_FOUND);
    return wrong + (call1(SYS_CLOSE, 999) != -1 || (confined && error_number() != BAD_HANDLE));
}

static void use_files(void *data)
{
    (void)data;
    char name[] = "core-?", text[2];
    const unsigned self = smp_self();
    name[5] = (char)('a' + self);
    const int64_t handle = sys_open(name, MODE_W_PLUS);
    for (unsigned i = 0; i < 20; i++) {
        const char own[] = {(char)('a' + self), (char)('a' + i)};
        wrong_on[self] += sys_write(handle, own, 2) != 0;
        wrong_on[self] += wrong_errors();
    }
    wrong_on[self] += call2(SYS_SEEK, (uint64_t)handle, 0) != 0;
    for (unsigned i = 0; i < 20; i++)
        wrong_on[self] += sys_read(handle, text, 2) != 0 || text[0] != (char)('a' + self) || text[1] != (char)('a' + i);
    wrong_on[self] += call1(SYS_CLOSE, (uint64_t)handle) != 0;
    wrong_on[self] += sys_remove(name) != 0;
}

const char *cores_do_not_disturb_each_other(void)
{
    smp_run_on_all(use_files, NULL);
    for (unsigned i = 0; i < smp_cores(); i++)
        EXPECT(wrong_on[i] == 0);
    return NULL;
}

/* A line that the partner has, and then stores to before the call: what the call sees is the last of all. */
static _Alignas(64) char shared[64];

static void fill_shared(void *data)
{
    memset(shared, *(const char *)data, sizeof shared);
}

const char *stores_before_the_call_are_seen(void)
{
    const int64_t handle = sys_open("stores", MODE_W);
    write_sysreg(tpidrro_el0, 1); /* injected faults are in force */
    isb();
    for (char letter = 'a'; letter <= 'j'; letter++) {
        if (smp_cores() > 1) {
            begin_on_partner(fill_shared, &letter);
            join_partner();
        }
        shared[5] = letter;
        shared[6] = 'Z';
        sys_write(handle, shared + 5, 2);
        shared[6] = 'z';
        sys_write(handle, shared + 6, 1);
    }
    write_sysreg(tpidrro_el0, 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(file_holds("stores", "aZzbZzcZzdZzeZzfZzgZzhZziZzjZz"));
    EXPECT(sys_remove("stores") == 0);
    return NULL;
}

/* What a call wrote is seen by this core and by its partner, which had the line. */
static void look_at_shared(void *data)
{
    *(char *)data = shared[9];
}

const char *what_a_call_wrote_is_seen(void)
{
    char seen[2] = {0};
    EXPECT(write_file("seen", MODE_W, "0123456789"));
    const int64_t handle = sys_open("seen", MODE_R);
    if (smp_cores() > 1) {
        begin_on_partner(look_at_shared, &seen[0]);
        join_partner();
    }
    EXPECT(sys_read(handle, shared, 10) == 0);
    if (smp_cores() > 1) {
        begin_on_partner(look_at_shared, &seen[1]);
        join_partner();
        EXPECT(seen[1] == '9');
    }
    EXPECT(memcmp(shared, "0123456789", 10) == 0);
    EXPECT(call1(SYS_CLOSE, (uint64_t)handle) == 0);
    EXPECT(sys_remove("seen") == 0);
    return NULL;
}
