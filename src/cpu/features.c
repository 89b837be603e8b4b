/* The feature table and its option names. */
#include "cpu/features.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

typedef struct feature_row {
    const char *name;
    bool implemented;
} feature_row_t;

static const feature_row_t feature_table[CPU_FEAT_COUNT] = {
#define FEATURE_ROW(id, name, implemented) [CPU_FEAT_##id] = {name, implemented},
    CPU_FEATURES(FEATURE_ROW)
#undef FEATURE_ROW
};

/* {feature, the one it builds on}: ID registers cannot express the first without the second. */
static const cpu_feature_t feature_needs[][2] = {
    {CPU_FEAT_ADVSIMD, CPU_FEAT_FP},       {CPU_FEAT_FP, CPU_FEAT_ADVSIMD},    {CPU_FEAT_AES, CPU_FEAT_ADVSIMD},
    {CPU_FEAT_PMULL, CPU_FEAT_AES},        {CPU_FEAT_SHA1, CPU_FEAT_ADVSIMD},  {CPU_FEAT_SHA256, CPU_FEAT_SHA1},
    {CPU_FEAT_RDM, CPU_FEAT_ADVSIMD},      {CPU_FEAT_PAN2, CPU_FEAT_PAN},      {CPU_FEAT_FP16, CPU_FEAT_FP},
    {CPU_FEAT_DOTPROD, CPU_FEAT_ADVSIMD},  {CPU_FEAT_FCMA, CPU_FEAT_FP},       {CPU_FEAT_JSCVT, CPU_FEAT_FP},
    {CPU_FEAT_LRCPC2, CPU_FEAT_LRCPC},     {CPU_FEAT_SHA512, CPU_FEAT_SHA256}, {CPU_FEAT_SHA3, CPU_FEAT_SHA1},
    {CPU_FEAT_FLAGM2, CPU_FEAT_FLAGM},     {CPU_FEAT_SSBS2, CPU_FEAT_SSBS},    {CPU_FEAT_DPB2, CPU_FEAT_DPB},
    {CPU_FEAT_HPDS2, CPU_FEAT_HPDS},       {CPU_FEAT_FRINTTS, CPU_FEAT_FP},    {CPU_FEAT_PMU3P1, CPU_FEAT_PMU3},
    {CPU_FEAT_TLBIRANGE, CPU_FEAT_TLBIOS},
};

const char *cpu_feature_name(cpu_feature_t feature)
{
    return feature_table[feature].name;
}

cpu_features_t cpu_features_implemented(void)
{
    cpu_features_t features = {0};
    for (unsigned i = 0; i < CPU_FEAT_COUNT; i++)
        if (feature_table[i].implemented)
            features.set |= CPU_FEATURE_BIT(i);
    return features;
}

static int find_feature(const char *name, size_t length)
{
    for (int i = 0; i < CPU_FEAT_COUNT; i++)
        if (strlen(feature_table[i].name) == length && !memcmp(feature_table[i].name, name, length))
            return i;
    return -1;
}

static int check_needs(const cpu_features_t *features, base_error_t *error)
{
    for (size_t i = 0; i < sizeof(feature_needs) / sizeof(feature_needs[0]); i++) {
        cpu_feature_t feature = feature_needs[i][0], needed = feature_needs[i][1];
        if (cpu_features_has(features, feature) && !cpu_features_has(features, needed))
            return base_fail(error, -EINVAL, "feature '%s' needs '%s' as well", cpu_feature_name(feature),
                             cpu_feature_name(needed));
    }
    return 0;
}

int cpu_features_parse(const char *list, cpu_features_t *ret_features, base_error_t *error)
{
    cpu_features_t features = {0};
    if (!strcmp(list, "none"))
        list = "";
    while (*list) {
        size_t length = strcspn(list, ",");
        int feature = find_feature(list, length);
        if (feature < 0)
            return base_fail(error, -EINVAL, "unknown CPU feature '%.*s'; separate names by commas", (int)length, list);
        if (!feature_table[feature].implemented)
            return base_fail(error, -ENOTSUP, "CPU feature '%.*s' is not implemented yet; leave it out", (int)length,
                             list);
        features.set |= CPU_FEATURE_BIT(feature);
        list += length;
        if (*list == ',')
            list++;
    }
    int result = check_needs(&features, error);
    if (!result)
        *ret_features = features;
    return result;
}
