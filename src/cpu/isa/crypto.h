/* Cryptographic instructions over whole V registers (Arm ARM C7.2): each writes *d, which holds the old Vd, from Vn and
 * Vm. Private to cpu/isa. */
#ifndef MESIM_CPU_ISA_CRYPTO_H
#define MESIM_CPU_ISA_CRYPTO_H

#include "cpu/isa/exec_simd.h"

typedef void crypto_n_t(vector_t *d, const vector_t *n);
typedef void crypto_nm_t(vector_t *d, const vector_t *n, const vector_t *m);

crypto_n_t crypto_AESE, crypto_AESD, crypto_AESMC, crypto_AESIMC;
crypto_n_t crypto_SHA1H, crypto_SHA1SU1, crypto_SHA256SU0, crypto_SHA512SU0;
crypto_nm_t crypto_SHA1C, crypto_SHA1P, crypto_SHA1M, crypto_SHA1SU0;
crypto_nm_t crypto_SHA256H, crypto_SHA256H2, crypto_SHA256SU1;
crypto_nm_t crypto_SHA512H, crypto_SHA512H2, crypto_SHA512SU1;

/* PMULL of doublewords: 128 bits, low half first. */
void crypto_multiply_polynomial(uint64_t a, uint64_t b, uint64_t ret_product[2]);

#endif
