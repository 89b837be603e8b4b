/* Sorting in several ways, with comparison functions, and binary search. */
#include "program.h"

enum { COUNT = 3000 };

typedef int compare_t(const void *a, const void *b);

typedef struct record {
    double weight;
    uint32_t key;
    char name[12];
} record_t;

static void swap_bytes(char *a, char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = a[i];
        a[i] = b[i];
        b[i] = c;
    }
}

static void quick_sort(void *base, size_t count, size_t size, compare_t *compare)
{
    char *first = base;
    while (count > 1) {
        swap_bytes(first, first + count / 2 * size, size);
        size_t low = 0;
        for (size_t i = 1; i < count; i++)
            if (compare(first + i * size, first) < 0)
                swap_bytes(first + ++low * size, first + i * size, size);
        swap_bytes(first, first + low * size, size);
        if (low < count - low - 1) {
            quick_sort(first, low, size, compare);
            first += (low + 1) * size;
            count -= low + 1;
        } else {
            quick_sort(first + (low + 1) * size, count - low - 1, size, compare);
            count = low;
        }
    }
}

static const void *binary_search(const void *key, const void *base, size_t count, size_t size, compare_t *compare)
{
    const char *first = base;
    while (count) {
        const char *middle = first + count / 2 * size;
        int order = compare(key, middle);
        if (order == 0)
            return middle;
        if (order > 0) {
            first = middle + size;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    return NULL;
}

static void heap_sort(uint32_t *values, unsigned count)
{
    for (unsigned end = count, start = count / 2; end > 1;) {
        uint32_t value;
        if (start > 0) {
            value = values[--start];
        } else {
            value = values[--end];
            values[end] = values[0];
        }
        unsigned parent = start, child;
        while ((child = 2 * parent + 1) < end) {
            child += child + 1 < end && values[child] < values[child + 1];
            if (values[child] <= value)
                break;
            values[parent] = values[child];
            parent = child;
        }
        values[parent] = value;
    }
}

static void merge_sort(int64_t *values, int64_t *scratch, unsigned count)
{
    if (count < 2)
        return;
    unsigned half = count / 2, i = 0, j = half;
    merge_sort(values, scratch, half);
    merge_sort(values + half, scratch, count - half);
    for (unsigned k = 0; k < count; k++)
        scratch[k] = i < half && (j == count || values[i] <= values[j]) ? values[i++] : values[j++];
    for (unsigned k = 0; k < count; k++)
        values[k] = scratch[k];
}

static int by_weight(const void *a, const void *b)
{
    const record_t *x = a, *y = b;
    return x->weight < y->weight ? -1 : x->weight > y->weight;
}

static int by_name(const void *a, const void *b)
{
    const record_t *x = a, *y = b;
    for (unsigned i = 0; i < sizeof x->name; i++)
        if (x->name[i] != y->name[i])
            return x->name[i] < y->name[i] ? -1 : 1;
    return 0;
}

void program(void)
{
    record_t *records = allocate(COUNT * sizeof *records);
    uint32_t *numbers = allocate(COUNT * sizeof *numbers);
    int64_t *wide = allocate(COUNT * sizeof *wide), *scratch = allocate(COUNT * sizeof *scratch);
    uint64_t state = 42;
    for (unsigned i = 0; i < COUNT; i++) {
        uint64_t value = random_next(&state);
        records[i] = (record_t){.weight = (double)(int64_t)value / 1e10, .key = i};
        put_to(records[i].name, sizeof records[i].name, "%09u", (uint32_t)value % 1000000000);
        numbers[i] = (uint32_t)(value >> 17);
        wide[i] = (int64_t)value;
    }
    hash_t hash = HASH_INIT;
    quick_sort(records, COUNT, sizeof *records, by_weight);
    hash_bytes(&hash, records, COUNT * sizeof *records);
    put("by weight: %u %g, %u %g, %016lx\n", records[0].key, records[0].weight, records[COUNT - 1].key,
        records[COUNT - 1].weight, hash.value);
    quick_sort(records, COUNT, sizeof *records, by_name);
    unsigned found = 0;
    for (unsigned i = 0; i < COUNT; i += 3) {
        record_t wanted = records[i];
        wanted.name[8] ^= (char)(i % 2);
        const record_t *there = binary_search(&wanted, records, COUNT, sizeof *records, by_name);
        found += there != NULL;
    }
    put("by name: %s to %s, %u found\n", records[0].name, records[COUNT - 1].name, found);
    heap_sort(numbers, COUNT);
    hash_bytes(&hash, numbers, COUNT * sizeof *numbers);
    merge_sort(wide, scratch, COUNT);
    hash_bytes(&hash, wide, COUNT * sizeof *wide);
    put("heap %u %u, merge %ld %ld, %016lx\n", numbers[0], numbers[COUNT - 1], wide[0], wide[COUNT - 1], hash.value);
}
