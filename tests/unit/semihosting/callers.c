#include "callers.h"

#include "base/time.h"
#include "semihosting/message.h"

#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct caller {
    callers_t *callers;
    engine_component_t *component;
    engine_link_t *to_host;
    semihosting_message_t call;
    bool waits;
    unsigned results;
    int64_t result;
    uint8_t memory[CALLERS_MEMORY_BYTES];
} caller_t;

struct callers {
    engine_t *engine;
    semihosting_folder_t *folder;
    semihosting_t *host;
    char *path;
    GString *console;
    callers_end_t end;
    unsigned count;
    uint64_t now_ps;
    caller_t core[CALLERS_MAX];
};

static bool inside(uint64_t address, unsigned bytes)
{
    uint64_t offset = address - CALLERS_MEMORY_BASE;
    return offset < CALLERS_MEMORY_BYTES && bytes <= CALLERS_MEMORY_BYTES - offset;
}

static void serve(caller_t *core, uint64_t now_ps, const semihosting_message_t *request)
{
    semihosting_message_t answer = {.kind = SEMIHOSTING_MOVED, .core = (uint8_t)(core - core->callers->core)};
    cr_assert(request->size_bytes > 0 && request->size_bytes <= SEMIHOSTING_PIECE_BYTES);
    cr_assert_eq(request->address / SEMIHOSTING_PIECE_BYTES,
                 (request->address + request->size_bytes - 1) / SEMIHOSTING_PIECE_BYTES, "a piece crosses a line");
    answer.failed = !inside(request->address, request->size_bytes);
    if (!answer.failed) {
        uint8_t *place = core->memory + (request->address - CALLERS_MEMORY_BASE);
        if (request->kind == SEMIHOSTING_WRITE)
            memcpy(place, request->data, request->size_bytes);
        else
            memcpy(answer.data, place, request->size_bytes);
    }
    engine_link_send(core->to_host, now_ps, 0, &answer, sizeof(answer), 1);
}

static void run_core(void *self, uint64_t end_ps)
{
    caller_t *core = self;
    const engine_message_t *message;
    if (core->waits)
        engine_link_send(core->to_host, core->callers->now_ps, 0, &core->call, sizeof(core->call), 1);
    core->waits = false;
    while ((message = engine_inbox_take(core->component, end_ps))) {
        semihosting_message_t payload;
        memcpy(&payload, message->payload, sizeof(payload));
        if (payload.kind == SEMIHOSTING_RESULT) {
            core->results++;
            core->result = (int64_t)payload.value;
        } else {
            serve(core, message->arrival_ps, &payload);
        }
    }
    engine_component_wake_at(core->component, TIME_NEVER);
}

static void on_output(void *self, const char *bytes, size_t count)
{
    g_string_append_len(((callers_t *)self)->console, bytes, (gssize)count);
}

static void on_end(void *self, unsigned core, uint64_t reason, uint64_t subcode)
{
    callers_t *callers = self;
    callers->end = (callers_end_t){.calls = callers->end.calls + 1, .core = core, .reason = reason, .subcode = subcode};
}

static void wire(callers_t *callers)
{
    static const engine_component_ops_t ops = {.run = run_core};
    engine_component_t *host = semihosting_component(callers->host);
    for (unsigned i = 0; i < callers->count; i++) {
        caller_t *core = &callers->core[i];
        core->callers = callers;
        core->component = engine_component_new(callers->engine, "core", &ops, core);
        core->to_host = engine_link_new(callers->engine, "core-host", core->component, host, CALLERS_LINK_PS, 0);
        semihosting_attach_core(
            callers->host, i, engine_link_new(callers->engine, "host-core", host, core->component, CALLERS_LINK_PS, 0));
    }
}

callers_t *callers_new(unsigned cores, bool is_writable)
{
    base_error_t error;
    char *outer = g_dir_make_tmp("mesim-callers-XXXXXX", NULL);
    callers_t *callers = g_new0(callers_t, 1);
    callers->path = g_build_filename(outer, "folder", NULL);
    g_free(outer);
    g_mkdir(callers->path, 0700);
    cr_assert_eq(semihosting_folder_new(callers->path, is_writable, &callers->folder, &error), 0, "%s", error.text);
    callers->engine = engine_new();
    callers->console = g_string_new(NULL);
    callers->count = cores;
    const semihosting_config_t config = {
        .cores = cores,
        .folder = callers->folder,
        .console = {.output = on_output, .self = callers, .input = (const uint8_t *)"typed", .input_bytes = 5},
        .command_line = "image.elf one two",
        .heap_base = 0x50000000,
        .heap_end = 0x60000000,
        .clock_start_seconds = 1000,
        .age_ps = 3 * TIME_PS_PER_SECOND,
        .ended = on_end,
        .self = callers,
    };
    callers->host = semihosting_new(callers->engine, &config);
    wire(callers);
    return callers;
}

static void remove_tree(const char *path)
{
    GDir *folder = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;
    while (folder && (name = g_dir_read_name(folder))) {
        char *below = g_build_filename(path, name, NULL);
        remove_tree(below);
        g_free(below);
    }
    if (folder)
        g_dir_close(folder);
    g_remove(path);
}

void callers_free(callers_t *callers)
{
    char *outer = g_path_get_dirname(callers->path);
    semihosting_free(callers->host);
    semihosting_folder_free(callers->folder);
    engine_free(callers->engine);
    remove_tree(outer);
    g_free(outer);
    g_string_free(callers->console, TRUE);
    g_free(callers->path);
    g_free(callers);
}

semihosting_t *callers_host(callers_t *callers)
{
    return callers->host;
}

const char *callers_path(const callers_t *callers)
{
    return callers->path;
}

const char *callers_console(const callers_t *callers)
{
    return callers->console->str;
}

const callers_end_t *callers_end(const callers_t *callers)
{
    return &callers->end;
}

uint8_t *callers_memory(callers_t *callers, unsigned core, uint64_t address)
{
    cr_assert(inside(address, 1));
    return callers->core[core].memory + (address - CALLERS_MEMORY_BASE);
}

void callers_begin(callers_t *callers, unsigned core, uint64_t operation, uint64_t parameter)
{
    callers->core[core].call = (semihosting_message_t){
        .kind = SEMIHOSTING_CALL, .core = (uint8_t)core, .value = operation, .address = parameter, .pc = 0x40080000};
    callers->core[core].waits = true;
    engine_component_wake_at(callers->core[core].component, callers->now_ps);
}

void callers_settle(callers_t *callers)
{
    uint64_t until_ps = callers->now_ps + TIME_PS_PER_SECOND;
    cr_assert_eq(engine_run(callers->engine, until_ps), ENGINE_IDLE);
    callers->now_ps = until_ps;
}

unsigned callers_results(const callers_t *callers, unsigned core)
{
    return callers->core[core].results;
}

int64_t callers_result(const callers_t *callers, unsigned core)
{
    return callers->core[core].result;
}

int64_t callers_call(callers_t *callers, uint64_t operation, uint64_t parameter)
{
    unsigned before = callers->core[0].results;
    callers_begin(callers, 0, operation, parameter);
    callers_settle(callers);
    cr_assert_eq(callers->core[0].results, before + 1, "operation %#lx has no result", (unsigned long)operation);
    return callers->core[0].result;
}

int64_t callers_call_block(callers_t *callers, uint64_t operation, unsigned count, const uint64_t *fields)
{
    memcpy(callers->core[0].memory, fields, count * sizeof(*fields));
    return callers_call(callers, operation, CALLERS_MEMORY_BASE);
}

uint64_t callers_put(callers_t *callers, uint64_t address, const char *text)
{
    memcpy(callers_memory(callers, 0, address), text, strlen(text) + 1);
    return address;
}

int64_t callers_open(callers_t *callers, const char *name, uint64_t mode)
{
    enum { NAME = CALLERS_MEMORY_BASE + 0x100, OPEN = 0x01 };
    return CALLERS_CALL(callers, OPEN, callers_put(callers, NAME, name), mode, strlen(name));
}

void callers_write_file(const callers_t *callers, const char *name, const char *text)
{
    char *path = g_build_filename(callers->path, name, NULL);
    cr_assert(g_file_set_contents(path, text, -1, NULL));
    g_free(path);
}

char *callers_read_file(const callers_t *callers, const char *name)
{
    char *path = g_build_filename(callers->path, name, NULL), *text = NULL;
    g_file_get_contents(path, &text, NULL, NULL);
    g_free(path);
    return text;
}
