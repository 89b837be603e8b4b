/* What event a request is, by what the directory says about its line. */
#include "base/error.h"
#include "cache/cluster_impl.h"

#include <inttypes.h>

static bool is_private(const chi_message_t *request)
{
    return request->shareability == CHI_NON_SHAREABLE;
}

static l2_event_t read_event(const cache_cluster_t *cluster, const l2_directory_t *entry, const chi_message_t *request)
{
    bool owned = entry->owner != L2_NO_OWNER;
    bool snoops = entry->hollow || cluster->config.fetch_snoops || request->source == CHI_SOURCE_IO;
    switch (request->opcode) {
    case CHI_READ_ONCE: return owned && snoops ? L2_EVENT_READ_ONCE_SNOOP : L2_EVENT_READ_ONCE;
    case CHI_MAKE_UNIQUE: return is_private(request) ? L2_EVENT_MAKE_PRIVATE : L2_EVENT_MAKE_UNIQUE;
    default: break;
    }
    if (is_private(request))
        return owned && entry->hollow ? L2_EVENT_READ_PRIVATE_SNOOP : L2_EVENT_READ_PRIVATE;
    return request->opcode == CHI_READ_SHARED ? L2_EVENT_READ_SHARED : L2_EVENT_READ_UNIQUE;
}

static l2_event_t upgrade_event(const cache_cluster_t *cluster, const l2_directory_t *entry,
                                const chi_message_t *request)
{
    uint64_t bit = UINT64_C(1) << request->source;
    if (entry->sharers == bit || (!(entry->sharers & bit) && cache_has_fault(cluster, L2_STALE_UPGRADE)))
        return L2_EVENT_UPGRADE_SOLE;
    if (entry->sharers & bit)
        return L2_EVENT_UPGRADE;
    return is_private(request) ? L2_EVENT_READ_PRIVATE : L2_EVENT_READ_UNIQUE;
}

static l2_event_t write_back_event(const l2_directory_t *entry, unsigned source)
{
    if (entry->owner == (int)source)
        return L2_EVENT_WRITE_BACK;
    return entry->privates >> source & 1 ? L2_EVENT_WRITE_BACK_PRIVATE : L2_EVENT_WRITE_BACK_STALE;
}

static l2_event_t device_event(const cache_cluster_t *cluster, const l2_directory_t *entry,
                               const chi_message_t *request)
{
    if (request->opcode == CHI_READ_ONCE)
        return cache_has_fault(cluster, L2_DEVICE_READS_STALE) && !entry->hollow && entry->owner != L2_NO_OWNER
                   ? L2_EVENT_READ_ONCE
                   : read_event(cluster, entry, request);
    return request->operand == UINT64_MAX ? L2_EVENT_WRITE_UNIQUE : L2_EVENT_WRITE_UNIQUE_PART;
}

static l2_event_t evict_event(const l2_directory_t *entry, unsigned source)
{
    uint64_t bit = UINT64_C(1) << source;
    if (entry->owner == (int)source)
        return entry->hollow ? L2_EVENT_EVICT_OWNER_HOLLOW : L2_EVENT_EVICT_OWNER;
    if (entry->sharers & bit)
        return entry->sharers == bit ? L2_EVENT_EVICT_LAST : L2_EVENT_EVICT_SHARER;
    return entry->privates & bit ? L2_EVENT_EVICT_PRIVATE : L2_EVENT_EVICT_STALE;
}

static l2_event_t maintenance_event(const l2_directory_t *entry, const chi_message_t *request)
{
    bool way = request->flags & CHI_FLAG_SET_WAY;
    switch (request->opcode) {
    case CHI_CLEAN_SHARED: return request->flags & CHI_FLAG_TO_POU ? L2_EVENT_CLEAN_POU : L2_EVENT_CLEAN_POC;
    case CHI_CLEAN_INVALID:
        if (way)
            return L2_EVENT_FLUSH_WAY;
        return entry->privates ? L2_EVENT_CLEAN_INVALID_HELD : L2_EVENT_CLEAN_INVALID;
    default:
        if (way)
            return L2_EVENT_DISCARD_WAY;
        return entry->privates ? L2_EVENT_MAKE_INVALID_HELD : L2_EVENT_MAKE_INVALID;
    }
}

l2_event_t cache_cluster_event(const cache_cluster_t *cluster, const l2_directory_t *entry,
                               const chi_message_t *request)
{
    if (entry->buffer != L2_NO_BUFFER)
        return L2_EVENT_REQUEST;
    if (request->source == CHI_SOURCE_IO)
        return device_event(cluster, entry, request);
    uint64_t bit = UINT64_C(1) << request->source;
    bool holds = (entry->sharers | entry->privates) & bit || entry->owner == (int)request->source;
    switch (request->opcode) {
    case CHI_READ_SHARED:
    case CHI_READ_UNIQUE:
    case CHI_MAKE_UNIQUE: return holds ? L2_EVENT_REQUEST_BY_HOLDER : read_event(cluster, entry, request);
    case CHI_READ_ONCE: return read_event(cluster, entry, request);
    case CHI_CLEAN_UNIQUE:
        if (entry->owner == (int)request->source)
            return L2_EVENT_REQUEST_BY_HOLDER;
        return upgrade_event(cluster, entry, request);
    case CHI_ATOMIC_STORE: return L2_EVENT_ATOMIC_STORE;
    case CHI_ATOMIC_LOAD: return L2_EVENT_ATOMIC_LOAD;
    case CHI_ATOMIC_SWAP: return L2_EVENT_ATOMIC_SWAP;
    case CHI_ATOMIC_COMPARE: return L2_EVENT_ATOMIC_COMPARE;
    case CHI_WRITE_BACK: return write_back_event(entry, request->source);
    case CHI_EVICT: return evict_event(entry, request->source);
    case CHI_CLEAN_SHARED:
    case CHI_CLEAN_INVALID:
    case CHI_MAKE_INVALID: return maintenance_event(entry, request);
    default:
        base_bug("cluster: unexpected %s of core %u, address %#" PRIx64, chi_opcode_name(request->opcode),
                 request->source, request->address);
    }
}
