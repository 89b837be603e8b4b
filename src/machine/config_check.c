/* What must hold between parameters. Each check gives one line that names the keys and what to change. */
#include "base/bits.h"
#include "cpu/features.h"
#include "machine/board.h"
#include "machine/config.h"
#include "machine/core_types.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>

/* The directory and the tags number sets in 16 bits. */
enum { MAX_SETS = 65536 };

typedef struct geometry {
    const char *size_key, *ways_key;
    uint64_t size, ways, line_bytes; /* line_bytes 1: size counts entries */
    bool plru;
} geometry_t;

static int check_geometry(const geometry_t *geometry, base_error_t *error)
{
    uint64_t way = geometry->ways * geometry->line_bytes;
    uint64_t sets = geometry->size / way;
    if (geometry->size % way || !bits_is_power_of_two(sets))
        return base_fail(error, -EINVAL,
                         "%s = %" PRIu64 " with %s = %" PRIu64 " is no power of two of sets; give %s a power of two "
                         "times %" PRIu64,
                         geometry->size_key, geometry->size, geometry->ways_key, geometry->ways, geometry->size_key,
                         way);
    if (sets > MAX_SETS)
        return base_fail(error, -EINVAL,
                         "%s = %" PRIu64 " with %s = %" PRIu64 " is %" PRIu64 " sets; the most is %d: "
                         "raise %s",
                         geometry->size_key, geometry->size, geometry->ways_key, geometry->ways, sets, MAX_SETS,
                         geometry->ways_key);
    if (geometry->plru && !bits_is_power_of_two(geometry->ways))
        return base_fail(error, -EINVAL, "%s = %" PRIu64 " is no power of two, which tree PLRU needs; use lru",
                         geometry->ways_key, geometry->ways);
    return 0;
}

static int check_caches(const machine_config_t *config, base_error_t *error)
{
    const geometry_t all[] = {
        {"l1i.size", "l1i.ways", config->l1i_size_bytes, config->l1i_ways, CHI_LINE_BYTES, false},
        {"l1d.size", "l1d.ways", config->l1d_size_bytes, config->l1d_ways, CHI_LINE_BYTES,
         config->l1d_replacement == CACHE_PLRU},
        {"l2.size", "l2.ways", config->l2_size_bytes, config->l2_ways, CHI_LINE_BYTES,
         config->l2_replacement == CACHE_PLRU},
        {"tlb.l2", "tlb.l2_ways", config->l2_tlb, config->l2_tlb_ways, 1, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        int result = check_geometry(&all[i], error);
        if (result < 0)
            return result;
    }
    /* An L2 smaller than the sum of the L1Ds works, by back-invalidation; one smaller than a single L1D would leave
     * part of that L1D unusable. */
    if (config->l2_size_bytes < config->l1d_size_bytes)
        return base_fail(error, -EINVAL,
                         "l2.size = %" PRIu64 " is smaller than l1d.size = %" PRIu64
                         ", which the L2 includes; raise l2.size or lower l1d.size",
                         config->l2_size_bytes, config->l1d_size_bytes);
    return 0;
}

static int check_addresses(const machine_config_t *config, base_error_t *error)
{
    static const uint8_t widths[] = {32, 36, 40, 42, 44, 48}; /* ID_AA64MMFR0_EL1.PARange */
    bool known = false;
    for (size_t i = 0; i < G_N_ELEMENTS(widths); i++)
        known |= config->address_bits == widths[i];
    if (!known)
        return base_fail(error, -EINVAL, "core.address_bits = %" PRIu64 "; a core has 32, 36, 40, 42, 44 or 48",
                         config->address_bits);
    if (config->ram_bytes % BOARD_RAM_GRANULE_BYTES)
        return base_fail(error, -EINVAL, "memory.size = %" PRIu64 " is no multiple of 64K", config->ram_bytes);
    if (config->ram_bytes > bits_mask((unsigned)config->address_bits) - BOARD_RAM_BASE)
        return base_fail(error, -EINVAL,
                         "memory.size = %" PRIu64 " ends beyond core.address_bits = %" PRIu64
                         " bits; raise core.address_bits",
                         config->ram_bytes, config->address_bits);
    return 0;
}

static int check_rest(const machine_config_t *config, base_error_t *error)
{
    if (!bits_is_power_of_two(config->dram_banks))
        return base_fail(error, -EINVAL, "memory.banks = %" PRIu64 " is no power of two", config->dram_banks);
    if (config->gic_spis % 32)
        return base_fail(error, -EINVAL, "gic.spis = %" PRIu64 " is no multiple of 32", config->gic_spis);
    if (!machine_core_type_find(config->core_type)) {
        char *names = machine_core_type_names();
        int result = base_fail(error, -EINVAL, "core.type = %s is not known; give one of %s", config->core_type, names);
        g_free(names);
        return result;
    }
    cpu_features_t features;
    base_error_t reason;
    int result = machine_features(config, &features, &reason);
    return result < 0 ? base_fail(error, result, "core.features = %s: %s", config->core_features, reason.text) : 0;
}

int machine_config_check(const machine_config_t *config, base_error_t *error)
{
    int result = check_caches(config, error);
    if (result == 0)
        result = check_addresses(config, error);
    return result < 0 ? result : check_rest(config, error);
}
