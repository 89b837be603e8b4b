/* The inbox of a component: messages in (arrival, link, sequence) order. */
#include "engine/internal.h"

#include <glib.h>
#include <string.h>

enum { INBOX_FIRST_CAPACITY = 16 };

static bool earlier(const engine_key_t *a, const engine_key_t *b)
{
    if (a->arrival_ps != b->arrival_ps)
        return a->arrival_ps < b->arrival_ps;
    if (a->link != b->link)
        return a->link < b->link;
    return a->sequence < b->sequence;
}

void engine_inbox_init(engine_inbox_t *inbox)
{
    *inbox = (engine_inbox_t){.taken = ENGINE_NO_SLOT};
}

void engine_inbox_done(engine_inbox_t *inbox)
{
    g_free(inbox->heap);
    g_free(inbox->slots);
    g_free(inbox->free_slots);
    engine_inbox_init(inbox);
}

static void grow(engine_inbox_t *inbox)
{
    uint32_t old = inbox->capacity;
    uint32_t capacity = old ? old * 2 : INBOX_FIRST_CAPACITY;
    inbox->heap = g_renew(engine_key_t, inbox->heap, capacity);
    inbox->slots = g_renew(engine_message_t, inbox->slots, capacity);
    inbox->free_slots = g_renew(uint32_t, inbox->free_slots, capacity);
    for (uint32_t slot = old; slot < capacity; slot++)
        inbox->free_slots[inbox->free_count++] = slot;
    inbox->capacity = capacity;
}

static void release_taken(engine_inbox_t *inbox)
{
    if (inbox->taken == ENGINE_NO_SLOT)
        return;
    inbox->free_slots[inbox->free_count++] = inbox->taken;
    inbox->taken = ENGINE_NO_SLOT;
}

void engine_inbox_push(engine_inbox_t *inbox, const engine_message_t *message, size_t payload_bytes)
{
    if (!inbox->free_count)
        grow(inbox);
    uint32_t slot = inbox->free_slots[--inbox->free_count];
    memcpy(&inbox->slots[slot], message, offsetof(engine_message_t, payload) + payload_bytes);

    engine_key_t key = {message->arrival_ps, message->link, message->sequence, slot};
    uint32_t at = inbox->count++;
    while (at) {
        uint32_t parent = (at - 1) / 2;
        if (!earlier(&key, &inbox->heap[parent]))
            break;
        inbox->heap[at] = inbox->heap[parent];
        at = parent;
    }
    inbox->heap[at] = key;
}

static void sift_down(engine_inbox_t *inbox, engine_key_t key)
{
    uint32_t at = 0;
    for (;;) {
        uint32_t child = at * 2 + 1;
        if (child >= inbox->count)
            break;
        if (child + 1 < inbox->count && earlier(&inbox->heap[child + 1], &inbox->heap[child]))
            child++;
        if (!earlier(&inbox->heap[child], &key))
            break;
        inbox->heap[at] = inbox->heap[child];
        at = child;
    }
    inbox->heap[at] = key;
}

const engine_message_t *engine_inbox_pop(engine_inbox_t *inbox)
{
    release_taken(inbox);
    uint32_t slot = inbox->heap[0].slot;
    if (--inbox->count)
        sift_down(inbox, inbox->heap[inbox->count]);
    inbox->taken = slot;
    return &inbox->slots[slot];
}
