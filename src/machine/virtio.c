/* The virtio devices of a machine: which there are, their slots and wires, and how they reach memory. */
#include "cpu/functional.h"
#include "device/virtio_console.h"
#include "device/virtio_entropy.h"
#include "device/virtio_net.h"
#include "machine/internal.h"

#include <string.h>

enum { MAX_INPUT_BYTES = 16 << 20 };

static void on_output(void *self, const char *bytes, size_t count)
{
    machine_t *machine = self;
    if (machine->host.virtio_console)
        machine->host.virtio_console(machine->host.self, bytes, count);
}

int machine_virtio_open(machine_t *machine, const machine_boot_options_t *options, base_error_t *error)
{
    machine_virtio_files_t *files = &machine->virtio_files;
    const char *path = options->virtio_console_path;
    int result = path ? loader_file_read(path, MAX_INPUT_BYTES, &files->input, error) : 0;
    for (unsigned i = 0; i < options->drive_count && result == 0; i++) {
        const machine_drive_t *drive = &options->drives[i];
        result = device_virtio_disk_open(drive->path, drive->is_writable, &files->disks[i], error);
        files->disk_count += result == 0;
    }
    if (result == 0 && options->has_network)
        result = device_user_network_new(&options->network, &files->network, error);
    return result;
}

void machine_virtio_close(machine_t *machine)
{
    for (unsigned i = 0; i < machine->virtio_files.disk_count; i++)
        device_virtio_disk_close(&machine->virtio_files.disks[i]);
    device_user_network_free(machine->virtio_files.network);
    loader_file_done(&machine->virtio_files.input);
}

static int add_drives(machine_t *machine, base_error_t *error)
{
    for (unsigned i = 0; i < machine->virtio_files.disk_count; i++) {
        device_virtio_block_config_t config = {
            .disk = machine->virtio_files.disks[i],
            .latency_ps = machine->config.disk_latency_ps,
            .sector_ps = machine->config.disk_sector_ps,
        };
        int result = device_virtio_block_add(machine->virtio, &config, error);
        if (result < 0)
            return result;
    }
    return 0;
}

static int add_console(machine_t *machine, base_error_t *error)
{
    const loader_file_t *input = &machine->virtio_files.input;
    device_virtio_console_config_t config = {
        .output = on_output,
        .self = machine,
        .input = (const char *)input->data,
        .input_bytes = input->bytes,
        .latency_ps = machine->config.virtio_latency_ps,
    };
    return device_virtio_console_add(machine->virtio, &config, error);
}

static int add_entropy(machine_t *machine, base_error_t *error)
{
    device_virtio_entropy_config_t config = {.seed = machine->config.seed,
                                             .latency_ps = machine->config.virtio_latency_ps};
    return device_virtio_entropy_add(machine->virtio, &config, error);
}

static int add_network(machine_t *machine, base_error_t *error)
{
    device_virtio_net_config_t config = {.network = machine->virtio_files.network,
                                         .latency_ps = machine->config.virtio_latency_ps};
    return device_virtio_net_add(machine->virtio, &config, error);
}

static void wire(machine_t *machine)
{
    device_port_t *port = device_virtio_port(machine->virtio);
    for (unsigned slot = 0; slot < device_virtio_count(machine->virtio); slot++) {
        uint32_t requester = interconnect_system_attach_requester(machine->system, machine->virtio_requests);
        device_irq_t irq =
            machine_wire_interrupt(machine, port, BOARD_VIRTIO_INTID + slot, &machine->virtio_wires[slot]);
        device_virtio_attach(machine->virtio, slot, device_port_to_system(port), requester, irq);
    }
}

int machine_virtio_attach(machine_t *machine, const machine_boot_options_t *options, base_error_t *error)
{
    int result = add_drives(machine, error);
    if (result == 0 && options->has_virtio_console)
        result = add_console(machine, error);
    if (result == 0 && options->has_entropy)
        result = add_entropy(machine, error);
    if (result == 0 && options->has_network)
        result = add_network(machine, error);
    if (result == 0)
        wire(machine);
    return result;
}
