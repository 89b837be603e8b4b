/* At EL1: what the list lets be read and written can be, and keeps the bits that the list says. */
#include "checks.h"
#include "cpu.h"
#include "sysregs.h"

/* Registers that cannot be given any value for a moment, or whose value moves. */
typedef enum treatment {
    ANY_VALUE,
    OWN_VALUE,  /* write back what was read: this program, or an interrupt, hangs on it */
    THIS_VALUE, /* write-only: a value that does nothing */
    SETS,       /* a write of ones sets bits, and `key` clears them */
    STATUS,     /* the bits of `value` follow the clock */
} treatment_t;

static const struct {
    const char *name;
    treatment_t treatment;
    uint64_t value;
    unsigned key;
} treatments[] = {
    {"SCTLR_EL1", OWN_VALUE, 0, 0},
    {"TTBR0_EL1", OWN_VALUE, 0, 0},
    {"TCR_EL1", OWN_VALUE, 0, 0},
    {"MAIR_EL1", OWN_VALUE, 0, 0},
    {"ICC_BPR0_EL1", OWN_VALUE, 0, 0},
    {"ICC_BPR1_EL1", OWN_VALUE, 0, 0},
    {"ICC_AP0R0_EL1", OWN_VALUE, 0, 0},
    {"ICC_AP1R0_EL1", OWN_VALUE, 0, 0},
    {"ICC_CTLR_EL1", OWN_VALUE, 0, 0},
    {"ICC_SRE_EL1", OWN_VALUE, 0, 0},
    {"ICC_EOIR0_EL1", THIS_VALUE, 1023, 0},
    {"ICC_EOIR1_EL1", THIS_VALUE, 1023, 0},
    {"ICC_DIR_EL1", THIS_VALUE, 1023, 0},
    {"ICC_SGI0R_EL1", THIS_VALUE, 0, 0}, /* to no core */
    {"ICC_SGI1R_EL1", THIS_VALUE, 0, 0},
    {"ICC_ASGI1R_EL1", THIS_VALUE, 0, 0},
    {"OSLAR_EL1", THIS_VALUE, 1, 0},
    {"PMSWINC_EL0", THIS_VALUE, 0, 0},
    {"PMCNTENSET_EL0", SETS, 0, KEY(3, 3, 9, 12, 2)},
    {"PMINTENSET_EL1", SETS, 0, KEY(3, 0, 9, 14, 2)},
    {"PMOVSSET_EL0", SETS, 0, KEY(3, 3, 9, 12, 3)},
    {"DBGCLAIMSET_EL1", SETS, 0, KEY(2, 0, 7, 9, 6)},
    {"CNTP_CTL_EL0", STATUS, 1 << 2, 0},
    {"CNTV_CTL_EL0", STATUS, 1 << 2, 0},
    {"CNTP_TVAL_EL0", STATUS, 0xffffffff, 0},
    {"CNTV_TVAL_EL0", STATUS, 0xffffffff, 0},
};

static unsigned treatment_of(const listed_t *reg)
{
    unsigned i = 0;
    while (i < sizeof treatments / sizeof treatments[0] && !same_name(treatments[i].name, reg->name))
        i++;
    return i;
}

static const char *keeps_its_bits(const listed_t *reg, treatment_t treatment, uint64_t ignored)
{
    uint64_t values[2] = {UINT64_MAX, 0};
    EXPECT(exchange_el1(reg->key, values) == 0);
    EXPECT((values[0] | ignored) == (reg->ones | ignored));
    EXPECT((values[1] | ignored) == ((treatment == SETS ? reg->ones : reg->zeros) | ignored));
    return NULL;
}

static const char *keeps_its_value(const listed_t *reg)
{
    const outcome_t before = read_el1(reg->key);
    EXPECT(before.esr == 0 && write_el1(reg->key, before.value).esr == 0);
    EXPECT(read_el1(reg->key).value == before.value);
    return NULL;
}

static const char *check_writable(const listed_t *reg)
{
    const unsigned row = treatment_of(reg);
    const bool listed_row = row < sizeof treatments / sizeof treatments[0];
    const treatment_t treatment = listed_row ? treatments[row].treatment : ANY_VALUE;
    const char *wrong = NULL;
    if (treatment == OWN_VALUE)
        return keeps_its_value(reg);
    if (treatment == THIS_VALUE) {
        EXPECT(write_el1(reg->key, treatments[row].value).esr == 0);
        return NULL;
    }
    EXPECT(reg->stored);
    wrong = keeps_its_bits(reg, treatment, treatment == STATUS ? treatments[row].value : 0);
    if (treatment == SETS)
        EXPECT(write_el1(treatments[row].key, UINT64_MAX).esr == 0);
    return wrong;
}

const char *el1_reads_and_writes(const listed_t *reg)
{
    EXPECT(read_el1(reg->key).esr == (allows(reg->el1, 'r') ? 0 : undefined_esr(reg->key, true)));
    if (allows(reg->el1, 'w'))
        return check_writable(reg);
    EXPECT(write_el1(reg->key, 0).esr == undefined_esr(reg->key, false));
    return NULL;
}

/* The space of ID registers reads, whether there is one or not, and is not written (D18.3.1). */
const char *id_space_reads(void)
{
    for (unsigned key = KEY(3, 0, 0, 1, 0); key <= KEY(3, 0, 0, 7, 7); key++) {
        EXPECT(read_el1(key).esr == 0);
        EXPECT(write_el1(key, 0).esr == undefined_esr(key, false));
        EXPECT(read_el0(key).esr == undefined_esr(key, true));
    }
    return NULL;
}
