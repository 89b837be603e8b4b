/* The trace hash: fixed values, so that golden hashes stay valid on every host, and sensitivity to every bit. */
#include "base/hash.h"

#include <criterion/criterion.h>

Test(base_hash_fold, gives_the_same_values_for_ever)
{
    cr_assert_eq(base_hash_fold(BASE_HASH_INIT, 0), UINT64_C(0x682927694db544f9));
    cr_assert_eq(base_hash_fold(base_hash_fold(BASE_HASH_INIT, 1), 2), UINT64_C(0x0a6d1aff6c522679));
}

Test(base_hash_fold, tells_the_order_of_two_words)
{
    uint64_t one_two = base_hash_fold(base_hash_fold(BASE_HASH_INIT, 1), 2);
    uint64_t two_one = base_hash_fold(base_hash_fold(BASE_HASH_INIT, 2), 1);
    cr_assert_neq(one_two, two_one);
}

Test(base_hash_fold, tells_a_chain_from_the_same_chain_and_a_zero)
{
    uint64_t chain = base_hash_fold(BASE_HASH_INIT, 5);
    cr_assert_neq(base_hash_fold(chain, 0), chain);
}

Test(base_hash_fold, changes_about_half_the_bits_for_each_bit_of_the_word)
{
    enum { WORDS = 256 };
    for (unsigned bit = 0; bit < 64; bit++) {
        unsigned changed = 0;
        for (uint64_t word = 0; word < WORDS; word++) {
            uint64_t base = base_hash_fold(BASE_HASH_INIT, word);
            uint64_t flipped = base_hash_fold(BASE_HASH_INIT, word ^ (UINT64_C(1) << bit));
            changed += (unsigned)__builtin_popcountll(base ^ flipped);
        }
        cr_assert(changed > WORDS * 20 && changed < WORDS * 44, "bit %u changes %u of 64 bits", bit, changed / WORDS);
    }
}
