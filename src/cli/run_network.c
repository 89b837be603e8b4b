/* --net of `mesim run`. */
#include "cli/run_setters.h"
#include "cli/suboptions.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <string.h>

/* "[ADDRESS]:PORT"; without an address it stays as it was. */
static int parse_end(const char *text, struct in_addr *address, uint16_t *ret_port)
{
    const char *colon = strchr(text, ':');
    guint64 port;
    if (!colon || !g_ascii_string_to_unsigned(colon + 1, 10, 1, UINT16_MAX, &port, NULL))
        return -EINVAL;
    char *written = g_strndup(text, (gsize)(colon - text));
    bool known = !*written || inet_pton(AF_INET, written, address) == 1;
    g_free(written);
    *ret_port = (uint16_t)port;
    return known ? 0 : -EINVAL;
}

/* "tcp:[ADDRESS]:PORT-[ADDRESS]:PORT" */
static int parse_forward(const char *text, device_port_forward_t *forward)
{
    *forward = (device_port_forward_t){.host.s_addr = htonl(INADDR_LOOPBACK)};
    if (!g_str_has_prefix(text, "tcp:"))
        return -EINVAL;
    char **ends = g_strsplit(text + 4, "-", -1);
    int result = g_strv_length(ends) == 2 ? parse_end(ends[0], &forward->host, &forward->host_port) : -EINVAL;
    if (result == 0)
        result = parse_end(ends[1], &forward->guest, &forward->guest_port);
    g_strfreev(ends);
    return result;
}

static int set_suboption(void *target, const char *name, const char *value)
{
    device_user_network_config_t *network = target;
    bool is_on = value && !strcmp(value, "on");
    if (value && !strcmp(name, "restrict") && (is_on || !strcmp(value, "off"))) {
        network->is_restricted = is_on;
        return 0;
    }
    if (!value || strcmp(name, "hostfwd") != 0 || network->forward_count == DEVICE_USER_NETWORK_FORWARDS)
        return -EINVAL;
    return parse_forward(value, &network->forwards[network->forward_count++]);
}

int cli_set_network(void *target, const char *shown, const char *value, base_error_t *error)
{
    cli_run_options_t *options = target;
    device_user_network_config_t *network = &options->boot.network;
    cli_suboptions_t form = {shown, "user",
                             "restrict=on, restrict=off or, 8 times at most, hostfwd=tcp:[ADDRESS]:PORT-[ADDRESS]:PORT",
                             set_suboption};
    char *kind = NULL;
    if (options->boot.has_network)
        return base_fail(error, -EINVAL, "%s: there is room for one network card", shown);
    network->is_restricted = true;
    int result = cli_suboptions_parse(&form, value, network, &kind, error);
    if (result == 0 && strcmp(kind, "user") != 0)
        result = base_fail(error, -EINVAL, "%s '%s' is not known; give user", shown, kind);
    else if (result == 0 && network->is_restricted && network->forward_count)
        result = base_fail(error, -EINVAL, "%s: hostfwd lets the host in; it needs restrict=off", shown);
    options->boot.has_network = result == 0;
    g_free(kind);
    return result;
}
