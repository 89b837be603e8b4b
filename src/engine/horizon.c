/* How far each component may run before anything could reach it. */
#include "base/time.h"
#include "engine/internal.h"

#include <glib.h>
#include <string.h>

static uint64_t add(uint64_t a_ps, uint64_t b_ps)
{
    return a_ps > TIME_NEVER - b_ps ? TIME_NEVER : a_ps + b_ps;
}

/* Shortest paths between all components (Floyd and Warshall); a component passed through adds its least delay. The
 * diagonal is the shortest way back to oneself, not 0. */
static uint64_t *shortest_paths(const engine_t *engine)
{
    uint32_t n = engine->component_count;
    uint64_t *distance = g_new(uint64_t, (size_t)n * n);
    for (size_t i = 0; i < (size_t)n * n; i++)
        distance[i] = TIME_NEVER;
    for (uint32_t i = 0; i < engine->link_count; i++) {
        const engine_link_t *link = engine->links[i];
        uint64_t *cell = &distance[(size_t)link->from->id * n + link->to->id];
        if (link->latency_ps < *cell)
            *cell = link->latency_ps;
    }
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t i = 0; i < n; i++) {
            uint64_t to_k = add(distance[(size_t)i * n + k], engine->components[k]->least_delay_ps);
            for (uint32_t j = 0; j < n && to_k != TIME_NEVER; j++) {
                uint64_t *cell = &distance[(size_t)i * n + j];
                uint64_t through = add(to_k, distance[(size_t)k * n + j]);
                if (through < *cell)
                    *cell = through;
            }
        }
    return distance;
}

/* Equal rows and columns: nobody can tell a from b by distance. */
static bool alike(const uint64_t *distance, uint32_t n, uint32_t a, uint32_t b)
{
    if (memcmp(&distance[(size_t)a * n], &distance[(size_t)b * n], n * sizeof(*distance)) != 0)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (distance[(size_t)i * n + a] != distance[(size_t)i * n + b])
            return false;
    return true;
}

/* Numbers the groups; first[g] is the first member of group g. */
static uint32_t form_groups(engine_t *engine, const uint64_t *distance, uint32_t *first)
{
    uint32_t n = engine->component_count, groups = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t group = 0;
        while (group < groups && !alike(distance, n, i, first[group]))
            group++;
        if (group == groups)
            first[groups++] = i;
        engine->components[i]->group = group;
    }
    return groups;
}

void engine_horizon_prepare(engine_t *engine)
{
    engine_horizon_t *horizon = &engine->horizon;
    uint32_t n = engine->component_count;
    uint64_t *distance = shortest_paths(engine);
    uint32_t *first = g_new(uint32_t, n);
    engine_horizon_done(horizon);
    uint32_t groups = form_groups(engine, distance, first);
    horizon->groups = groups;
    horizon->distance_ps = g_new(uint64_t, (size_t)groups * groups);
    horizon->next_ps = g_new(uint64_t, groups);
    horizon->end_ps = g_new(uint64_t, groups);
    horizon->awake = g_new(uint32_t, groups);
    for (uint32_t a = 0; a < groups; a++)
        for (uint32_t b = 0; b < groups; b++)
            horizon->distance_ps[a * groups + b] = distance[(size_t)first[a] * n + first[b]];
    g_free(first);
    g_free(distance);
    engine->prepared = true;
}

void engine_horizon_done(engine_horizon_t *horizon)
{
    g_free(horizon->distance_ps);
    g_free(horizon->next_ps);
    g_free(horizon->end_ps);
    g_free(horizon->awake);
    *horizon = (engine_horizon_t){0};
}

uint64_t engine_horizon_update(engine_t *engine, uint64_t until_ps)
{
    engine_horizon_t *horizon = &engine->horizon;
    uint32_t groups = horizon->groups, awake_count = 0;
    uint32_t *awake = horizon->awake;
    uint64_t earliest_ps = TIME_NEVER;
    for (uint32_t group = 0; group < groups; group++) {
        horizon->next_ps[group] = TIME_NEVER;
        horizon->end_ps[group] = 0; /* nobody in it runs */
    }
    for (uint32_t i = 0; i < engine->component_count; i++) {
        uint64_t *next_ps = &horizon->next_ps[engine->components[i]->group];
        if (engine->next_ps[i] < *next_ps)
            *next_ps = engine->next_ps[i];
    }
    for (uint32_t group = 0; group < groups; group++)
        if (horizon->next_ps[group] != TIME_NEVER) {
            horizon->end_ps[group] = until_ps;
            awake[awake_count++] = group;
        }
    for (uint32_t i = 0; i < awake_count; i++) {
        uint64_t next_ps = horizon->next_ps[awake[i]];
        if (next_ps < earliest_ps)
            earliest_ps = next_ps;
        const uint64_t *distance_ps = &horizon->distance_ps[awake[i] * groups];
        for (uint32_t j = 0; j < awake_count; j++) {
            uint64_t reached_ps = add(next_ps, distance_ps[awake[j]]);
            if (reached_ps < horizon->end_ps[awake[j]])
                horizon->end_ps[awake[j]] = reached_ps;
        }
    }
    return earliest_ps;
}
