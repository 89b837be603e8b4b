/* Advanced SIMD by intrinsics: arithmetic, saturation, widening, permutation, tables, structures, reductions. */
#include "program.h"

#include <arm_neon.h>

static hash_t hash = HASH_INIT;
static uint8_t data[1024];

static void integers(const uint8_t *p)
{
    uint8x16_t a = vld1q_u8(p), b = vld1q_u8(p + 16);
    int16x8_t c = vld1q_s16((const int16_t *)(p + 32)), d = vld1q_s16((const int16_t *)(p + 48));
    int32x4_t e = vld1q_s32((const int32_t *)(p + 64)), f = vld1q_s32((const int32_t *)(p + 80));
    int64x2_t g = vld1q_s64((const int64_t *)(p + 96)), h = vld1q_s64((const int64_t *)(p + 112));
    uint8x16_t u8[] = {
        vaddq_u8(a, b),    vqaddq_u8(a, b),    vqsubq_u8(a, b), vhaddq_u8(a, b),
        vrhaddq_u8(a, b),  vabdq_u8(a, b),     vmaxq_u8(a, b),  vminq_u8(a, b),
        vmulq_u8(a, b),    vcgtq_u8(a, b),     vtstq_u8(a, b),  vbslq_u8(a, b, vmvnq_u8(a)),
        vcntq_u8(a),       vrbitq_u8(a),       vpaddq_u8(a, b), vqtbl1q_u8(a, vandq_u8(b, vdupq_n_u8(31))),
        vextq_u8(a, b, 5), vzip1q_u8(a, b),    vuzp2q_u8(a, b), vtrn1q_u8(a, b),
        vrev64q_u8(a),     vsriq_n_u8(a, b, 3)};
    int16x8_t s16[] = {vqaddq_s16(c, d),
                       vqdmulhq_s16(c, d),
                       vqrdmulhq_s16(c, d),
                       vmlaq_s16(c, d, c),
                       vqshlq_s16(c, d),
                       vrshlq_s16(c, d),
                       vabsq_s16(c),
                       vqnegq_s16(c),
                       vclsq_s16(c),
                       vqmovn_high_s32(vqmovn_s32(e), f),
                       vshrn_high_n_s32(vrshrn_n_s32(e, 7), f, 9),
                       vmull_s8(vreinterpret_s8_u8(vget_low_u8(a)), vreinterpret_s8_u8(vget_high_u8(b)))};
    int32x4_t s32[] = {vmull_s16(vget_low_s16(c), vget_low_s16(d)),
                       vqdmlal_s16(e, vget_low_s16(c), vget_low_s16(d)),
                       vpadalq_s16(e, c),
                       vrshrq_n_s32(e, 6),
                       vshlq_s32(e, f),
                       vmlsq_laneq_s32(e, f, e, 2),
                       vqabsq_s32(e),
                       vsraq_n_s32(e, f, 11),
                       vsliq_n_s32(e, f, 5)};
    int64x2_t s64[] = {vaddq_s64(g, h),
                       vqsubq_s64(g, h),
                       vshlq_s64(g, vandq_s64(h, vdupq_n_s64(63))),
                       vqdmlal_s32(g, vget_low_s32(e), vget_high_s32(f)),
                       vpaddlq_s32(e),
                       vreinterpretq_s64_u64(vcltq_s64(g, h))};
    hash_bytes(&hash, u8, sizeof u8);
    hash_bytes(&hash, s16, sizeof s16);
    hash_bytes(&hash, s32, sizeof s32);
    hash_bytes(&hash, s64, sizeof s64);
    uint32_t reductions[] = {vaddvq_u8(a),
                             vmaxvq_u8(a),
                             vminvq_u8(b),
                             vaddlvq_u8(a),
                             (uint32_t)vaddvq_s16(c),
                             (uint32_t)vmaxvq_s32(e),
                             (uint32_t)vminvq_s16(d)};
    hash_bytes(&hash, reductions, sizeof reductions);
}

static void floats(const uint8_t *p)
{
    float32x4_t a = vcvtq_f32_s32(vld1q_s32((const int32_t *)p)),
                b = vcvtq_f32_u32(vld1q_u32((const uint32_t *)(p + 16)));
    float64x2_t c = vcvtq_f64_s64(vld1q_s64((const int64_t *)(p + 32))),
                d = vcvtq_f64_u64(vld1q_u64((const uint64_t *)(p + 48)));
    float32x4_t f32[] = {vaddq_f32(a, b),
                         vmulq_f32(a, b),
                         vdivq_f32(a, b),
                         vfmaq_f32(a, b, a),
                         vfmsq_laneq_f32(a, b, a, 1),
                         vsqrtq_f32(b),
                         vmaxq_f32(a, b),
                         vminnmq_f32(a, b),
                         vabdq_f32(a, b),
                         vrecpeq_f32(a),
                         vrecpsq_f32(a, b),
                         vrsqrteq_f32(b),
                         vrndnq_f32(a),
                         vpaddq_f32(a, b),
                         vmulxq_f32(a, b),
                         vcvt_high_f32_f64(vcvt_f32_f64(c), d)};
    float64x2_t f64[] = {vaddq_f64(c, d), vsubq_f64(c, d),    vmulq_laneq_f64(c, d, 1),
                         vdivq_f64(c, d), vfmaq_f64(c, d, c), vsqrtq_f64(d),
                         vnegq_f64(c),    vrndaq_f64(c),      vcvt_f64_f32(vget_low_f32(a))};
    int64x2_t s64[] = {vcvtq_s64_f64(c), vcvtpq_s64_f64(d), vreinterpretq_s64_u64(vcgeq_f64(c, d)),
                       vcvtq_n_s64_f64(c, 3)};
    int32x4_t s32[] = {vcvtq_s32_f32(a), vcvtnq_s32_f32(b), vreinterpretq_s32_u32(vcagtq_f32(a, b)),
                       vcvtq_n_s32_f32(a, 9)};
    hash_bytes(&hash, f32, sizeof f32);
    hash_bytes(&hash, f64, sizeof f64);
    hash_bytes(&hash, s64, sizeof s64);
    hash_bytes(&hash, s32, sizeof s32);
}

/* Pixels of three bytes to grey, four at a time; and rows of four to columns. */
static void structures(void)
{
    uint8_t grey[64], columns[64];
    for (unsigned i = 0; i < 64; i += 16) {
        uint8x16x3_t pixel = vld3q_u8(data + 3 * i);
        uint16x8_t low = vmull_u8(vget_low_u8(pixel.val[0]), vdup_n_u8(77));
        low = vmlal_u8(low, vget_low_u8(pixel.val[1]), vdup_n_u8(150));
        low = vmlal_u8(low, vget_low_u8(pixel.val[2]), vdup_n_u8(29));
        uint16x8_t high = vmull_high_u8(pixel.val[0], vdupq_n_u8(77));
        high = vmlal_high_u8(high, pixel.val[1], vdupq_n_u8(150));
        high = vmlal_high_u8(high, pixel.val[2], vdupq_n_u8(29));
        vst1q_u8(grey + i, vqrshrn_high_n_u16(vqrshrn_n_u16(low, 8), high, 8));
    }
    uint8x16x4_t rows = vld4q_u8(data + 1);
    rows.val[1] = vld1q_lane_u8(data + 500, rows.val[1], 9);
    rows.val[2] = vld1q_dup_u8(data + 77);
    vst4q_u8(columns, rows);
    uint16x8x2_t pairs = vld2q_u16((const uint16_t *)(data + 3));
    vst2q_lane_u16((uint16_t *)(columns + 5), pairs, 6);
    hash_bytes(&hash, grey, sizeof grey);
    hash_bytes(&hash, columns, sizeof columns);
}

void program(void)
{
    uint64_t state = 11;
    for (unsigned i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)random_next(&state);
    for (unsigned i = 0; i + 128 <= sizeof data; i += 13)
        integers(data + i);
    put("integers %016lx\n", hash.value);
    for (unsigned i = 0; i + 64 <= sizeof data; i += 7)
        floats(data + i);
    put("floats %016lx\n", hash.value);
    structures();
    put("structures %016lx\n", hash.value);
}
