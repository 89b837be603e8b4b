/* The register block of the snoop control unit. */
#include "device/scu.h"

#include "base/bits.h"
#include "base/error.h"
#include "device/power.h"

#include <glib.h>
#include <string.h>

enum {
    CONTROL = 0x00,
    CONFIGURATION = 0x04,
    CPU_STATUS = 0x08,
    INVALIDATE_ALL = 0x0c,
    FILTERING_START = 0x10,
    FILTERING_END = 0x14,
    SAC = 0x18,
    SNSAC = 0x1c,
    CPU_STATUS_HIGH = 0x20,
};

struct device_scu {
    device_port_t *port;
    device_scu_config_t config;
    device_fault_t fault;
    uint64_t on;
    uint32_t sac, sac_mask;
};

static bool read_register(void *self, const device_access_t *access, uint64_t *ret_value)
{
    const device_scu_t *scu = self;
    const device_scu_config_t *config = &scu->config;
    switch (access->offset) {
    case CONTROL: *ret_value = 1; return true;
    case CONFIGURATION:
        *ret_value = (uint64_t)config->l2_kib << 16 | (config->cluster_cores - 1) << 8 | (config->cores - 1);
        return true;
    case CPU_STATUS: *ret_value = (uint32_t)scu->on; return true;
    case CPU_STATUS_HIGH: *ret_value = scu->on >> 32; return true;
    case SAC: *ret_value = scu->sac; return true;
    case INVALIDATE_ALL:
    case FILTERING_START:
    case FILTERING_END:
    case SNSAC: *ret_value = 0; return true;
    default: return false;
    }
}

static bool write_register(void *self, const device_access_t *access, uint64_t value)
{
    device_scu_t *scu = self;
    if (access->offset > CPU_STATUS_HIGH || access->offset % 4)
        return false;
    if (access->core < 32 && !bit_get(scu->sac, access->core)) {
        device_port_guest_error(scu->port, access, "write by core %u, which sac (0x%08x) forbids: ignored",
                                access->core, scu->sac);
        return true;
    }
    if (access->offset == SAC)
        scu->sac = (uint32_t)value & (DEVICE_HAS_FAULT(scu, WRITE_MASK) ? UINT32_MAX : scu->sac_mask);
    else if (access->offset == CONFIGURATION || access->offset == CPU_STATUS || access->offset == CPU_STATUS_HIGH)
        device_port_guest_error(scu->port, access, "write to a read-only register: ignored");
    return true; /* the others are WI */
}

static void message(void *self, uint64_t now_ps, const void *payload)
{
    device_scu_t *scu = self;
    device_power_message_t status;
    (void)now_ps;
    memcpy(&status, payload, sizeof(status));
    if (status.kind != DEVICE_POWER_STATUS)
        base_bug("SCU registers: message of kind %u", status.kind);
    scu->on = status.context;
}

device_scu_t *device_scu_new(engine_t *engine, const char *name, const device_scu_config_t *config)
{
    static const device_ops_t ops = {
        .access_bytes = 4, .read = read_register, .write = write_register, .message = message};
    device_scu_t *scu = g_new0(device_scu_t, 1);
    scu->config = *config;
    scu->fault = config->fault;
    scu->on = config->on;
    scu->sac_mask = (uint32_t)bits_mask(config->cores < 32 ? config->cores : 32);
    scu->sac = scu->sac_mask;
    scu->port = device_port_new(engine, name, config->base, DEVICE_SCU_BYTES, config->access_ps, &ops, scu);
    return scu;
}

void device_scu_free(device_scu_t *scu)
{
    if (!scu)
        return;
    device_port_free(scu->port);
    g_free(scu);
}

device_port_t *device_scu_port(device_scu_t *scu)
{
    return scu->port;
}
