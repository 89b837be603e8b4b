/* Extensions of Armv8.1 to v8.3 by intrinsics: RDM, half precision, dot products, complex numbers. */
#include "program.h"

#include <arm_neon.h>

static uint8_t data[512];

void program(void)
{
    hash_t hash = HASH_INIT;
    uint64_t state = 23;
    for (unsigned i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)random_next(&state);
    for (unsigned i = 0; i + 96 <= sizeof data; i += 2) {
        int16x8_t a = vld1q_s16((const int16_t *)(data + i)), b = vld1q_s16((const int16_t *)(data + i + 16));
        int16x8_t rounded[] = {vqrdmlahq_s16(a, b, a), vqrdmlshq_s16(b, a, b)};
        hash_bytes(&hash, rounded, sizeof rounded);
        int32x4_t dot = vdotq_s32(vdupq_n_s32((int)i), vreinterpretq_s8_s16(a), vreinterpretq_s8_s16(b));
        uint32x4_t lane =
            vdotq_laneq_u32(vreinterpretq_u32_s32(dot), vreinterpretq_u8_s16(b), vreinterpretq_u8_s16(a), 3);
        HASH(&hash, dot);
        HASH(&hash, lane);
        float16x8_t h = vcvtq_f16_s16(a), k = vcvtq_f16_u16(vreinterpretq_u16_s16(b));
        float16x8_t halves[] = {vaddq_f16(h, k),
                                vmulq_f16(h, h),
                                vdivq_f16(k, h),
                                vfmaq_f16(h, k, k),
                                vsqrtq_f16(k),
                                vmaxnmq_f16(h, k),
                                vrndq_f16(vmulq_n_f16(h, (float16_t)0.3))};
        hash_bytes(&hash, halves, sizeof halves);
        float32x4_t x = vcvtq_f32_s32(dot), y = vcvtq_f32_u32(lane);
        float32x4_t complex[] = {vcmlaq_f32(x, y, x), vcmlaq_rot90_f32(x, x, y), vcaddq_rot270_f32(x, y),
                                 vcvt_f32_f16(vget_low_f16(h))};
        hash_bytes(&hash, complex, sizeof complex);
    }
    volatile _Float16 sum = 0;
    for (unsigned i = 1; i < 300; i++)
        sum += (_Float16)1 / (_Float16)i;
    put("%016lx %g\n", hash.value, (double)sum);
}
