/* Recursion, plain, mutual and deep; function pointers. */
#include "program.h"

static unsigned ackermann(unsigned m, unsigned n)
{
    if (m == 0)
        return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static uint64_t fibonacci(unsigned n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static void hanoi(unsigned n, unsigned from, unsigned to, hash_t *hash)
{
    if (n == 0)
        return;
    hanoi(n - 1, from, 6 - from - to, hash);
    unsigned move = n << 4 | from << 2 | to;
    HASH(hash, move);
    hanoi(n - 1, 6 - from - to, to, hash);
}

static bool is_odd(unsigned n);
static bool is_even(unsigned n)
{
    return n == 0 || is_odd(n - 1);
}
static bool is_odd(unsigned n)
{
    return n != 0 && is_even(n - 1);
}

static unsigned queens(unsigned n, unsigned row, unsigned columns, unsigned left, unsigned right)
{
    unsigned count = 0;
    if (row == n)
        return 1;
    for (unsigned free = ~(columns | left | right) & ((1u << n) - 1); free; free &= free - 1) {
        unsigned bit = free & -free;
        count += queens(n, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return count;
}

typedef struct node {
    struct node *left, *right;
    uint64_t key;
} node_t;

static node_t *insert(node_t *tree, uint64_t key)
{
    if (!tree) {
        tree = allocate(sizeof *tree);
        tree->key = key;
    } else if (key < tree->key) {
        tree->left = insert(tree->left, key);
    } else {
        tree->right = insert(tree->right, key);
    }
    return tree;
}

static unsigned walk(const node_t *tree, hash_t *hash, unsigned depth)
{
    if (!tree)
        return depth;
    unsigned left = walk(tree->left, hash, depth + 1);
    HASH(hash, tree->key);
    unsigned right = walk(tree->right, hash, depth + 1);
    return left > right ? left : right;
}

static uint64_t apply(uint64_t (*function)(unsigned), unsigned n)
{
    return n == 0 ? 0 : function(n) + apply(function, n - 1);
}

void program(void)
{
    hash_t hash = HASH_INIT;
    put("ackermann %u\n", ackermann(2, 60));
    put("fibonacci %lu\n", fibonacci(20));
    hanoi(11, 1, 3, &hash);
    put("hanoi %016lx\n", hash.value);
    put("even %d odd %d\n", is_even(700), is_odd(700));
    put("queens %u\n", queens(7, 0, 0, 0, 0));
    node_t *tree = NULL;
    uint64_t state = 1234567;
    for (unsigned i = 0; i < 2000; i++)
        tree = insert(tree, random_next(&state));
    unsigned depth = walk(tree, &hash, 0);
    put("tree %u %016lx\n", depth, hash.value);
    put("sums %lu\n", apply(fibonacci, 15));
}
