/* Semantics of Arm ARM C4.1, cryptography: functions over whole registers (crypto.h). */
#ifndef MESIM_CPU_ISA_EXEC_SIMD_CRYPTO_H
#define MESIM_CPU_ISA_EXEC_SIMD_CRYPTO_H

#include "cpu/isa/crypto.h"
#include "cpu/isa/exec_simd.h"

#define EXEC_CRYPTO_N(name, function)                                                                                  \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        vector_t d = get_v(cpu, in->rd), n = get_v(cpu, in->rn);                                                       \
        function(&d, &n);                                                                                              \
        set_q(cpu, in->rd, d);                                                                                         \
    }
#define EXEC_CRYPTO_NM(name, function)                                                                                 \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        vector_t d = get_v(cpu, in->rd), n = get_v(cpu, in->rn), m = get_v(cpu, in->rm);                               \
        function(&d, &n, &m);                                                                                          \
        set_q(cpu, in->rd, d);                                                                                         \
    }
EXEC_CRYPTO_N(AESE, crypto_AESE)
EXEC_CRYPTO_N(AESD, crypto_AESD)
EXEC_CRYPTO_N(AESMC, crypto_AESMC)
EXEC_CRYPTO_N(AESIMC, crypto_AESIMC)
EXEC_CRYPTO_N(SHA1H, crypto_SHA1H)
EXEC_CRYPTO_N(SHA1SU1, crypto_SHA1SU1)
EXEC_CRYPTO_N(SHA256SU0, crypto_SHA256SU0)
EXEC_CRYPTO_N(SHA512SU0, crypto_SHA512SU0)
EXEC_CRYPTO_NM(SHA1C, crypto_SHA1C)
EXEC_CRYPTO_NM(SHA1P, crypto_SHA1P)
EXEC_CRYPTO_NM(SHA1M, crypto_SHA1M)
EXEC_CRYPTO_NM(SHA1SU0, crypto_SHA1SU0)
EXEC_CRYPTO_NM(SHA256H, crypto_SHA256H)
EXEC_CRYPTO_NM(SHA256H2, crypto_SHA256H2)
EXEC_CRYPTO_NM(SHA256SU1, crypto_SHA256SU1)
EXEC_CRYPTO_NM(SHA512H, crypto_SHA512H)
EXEC_CRYPTO_NM(SHA512H2, crypto_SHA512H2)
EXEC_CRYPTO_NM(SHA512SU1, crypto_SHA512SU1)

#define EXEC_WORDS(name, expression)                                                                                   \
    EXEC_FP(name)                                                                                                      \
    {                                                                                                                  \
        vector_t d;                                                                                                    \
        for (unsigned i = 0; i < 2; i++) {                                                                             \
            const uint64_t a = cpu->v[in->rn][i], b = cpu->v[in->rm][i];                                               \
            d.u64[i] = (expression);                                                                                   \
        }                                                                                                              \
        set_q(cpu, in->rd, d);                                                                                         \
    }
EXEC_WORDS(EOR3, a ^ b ^ cpu->v[in->ra][i])
EXEC_WORDS(BCAX, a ^ (b & ~cpu->v[in->ra][i]))
EXEC_WORDS(RAX1, a ^ rotate_right_x(b, 63))
EXEC_WORDS(XAR, rotate_right_x(a ^ b, (unsigned)in->imm))

#endif
