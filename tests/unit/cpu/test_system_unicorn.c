/* SYSTEM rows against Unicorn: MRS and MSR of registers that are storage or views of PSTATE, MSR (immediate), the flag
 * instructions, barriers, hints, and ERET to EL1. What Unicorn cannot serve for says docs/references.md. MESIM_SEED
 * repeats a run; MESIM_INSTRUCTIONS makes it longer. */
#include "cpu/isa/isa.h"
#include "cpu/sysreg.h"
#include "flat_port.h"
#include "unicorn_state.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { INSTRUCTIONS = 100000, TO_NOTICE = 20000, CODE_BYTES = 1 << 20, EL1T = 4, EL1H = 5 };
#define BASE UINT64_C(0x10000000)

/* The bits that are written: those that both sides have. Unicorn keeps many that are RES0. */
static const struct {
    unsigned key;
    uint64_t bits;
    bool read_only;
} registers[] = {
    {CPU_SYS_KEY(2, 0, 0, 0, 4), UINT64_C(0xfffffffffffc), false}, /* DBGBVR0_EL1 */
    {CPU_SYS_KEY(2, 0, 0, 1, 5), 0x00ffe006, false}, /* DBGBCR1_EL1 without E, and BAS, which A64 has no use for */
    {CPU_SYS_KEY(2, 0, 0, 2, 6), UINT64_C(0xfffffffffffc), false}, /* DBGWVR2_EL1 */
    {CPU_SYS_KEY(2, 0, 0, 3, 7), 0x1f1ffffe, false},               /* DBGWCR3_EL1 without E */
    {CPU_SYS_KEY(2, 0, 0, 2, 2), 0x3000, false},                   /* MDSCR_EL1: TDCC, KDE */
    {CPU_SYS_KEY(3, 0, 1, 0, 1), 0, false},                        /* ACTLR_EL1 */
    {CPU_SYS_KEY(3, 0, 2, 0, 0), ~UINT64_C(1), false},             /* TTBR0_EL1 */
    {CPU_SYS_KEY(3, 0, 2, 0, 1), ~UINT64_C(1), false},             /* TTBR1_EL1 */
    {CPU_SYS_KEY(3, 0, 4, 0, 0), 0xf0f003df, false},               /* SPSR_EL1 */
    {CPU_SYS_KEY(3, 0, 4, 0, 1), UINT64_MAX, false},               /* ELR_EL1 */
    {CPU_SYS_KEY(3, 0, 4, 1, 0), UINT64_MAX, false},               /* SP_EL0 */
    {CPU_SYS_KEY(3, 0, 4, 2, 0), 1, false},                        /* SPSel */
    {CPU_SYS_KEY(3, 0, 4, 2, 2), 0, true},                         /* CurrentEL */
    {CPU_SYS_KEY(3, 0, 4, 2, 3), 1 << 22, false},                  /* PAN */
    {CPU_SYS_KEY(3, 0, 4, 2, 4), 1 << 23, false},                  /* UAO */
    {CPU_SYS_KEY(3, 0, 5, 1, 0), 0, false},                        /* AFSR0_EL1 */
    {CPU_SYS_KEY(3, 0, 5, 1, 1), 0, false},                        /* AFSR1_EL1 */
    {CPU_SYS_KEY(3, 0, 5, 2, 0), UINT32_MAX, false},               /* ESR_EL1 */
    {CPU_SYS_KEY(3, 0, 6, 0, 0), UINT64_MAX, false},               /* FAR_EL1 */
    {CPU_SYS_KEY(3, 0, 7, 4, 0), UINT64_MAX, false},               /* PAR_EL1 */
    {CPU_SYS_KEY(3, 0, 10, 2, 0), UINT64_MAX, false},              /* MAIR_EL1 */
    {CPU_SYS_KEY(3, 0, 10, 3, 0), 0, false},                       /* AMAIR_EL1 */
    {CPU_SYS_KEY(3, 0, 12, 0, 0), ~UINT64_C(0x7ff), false},        /* VBAR_EL1 */
    {CPU_SYS_KEY(3, 0, 13, 0, 1), UINT32_MAX, false},              /* CONTEXTIDR_EL1 */
    {CPU_SYS_KEY(3, 0, 13, 0, 4), UINT64_MAX, false},              /* TPIDR_EL1 */
    {CPU_SYS_KEY(3, 2, 0, 0, 0), 0xf, false},                      /* CSSELR_EL1 */
    {CPU_SYS_KEY(3, 3, 4, 2, 0), 0xf0000000, false},               /* NZCV */
    {CPU_SYS_KEY(3, 3, 4, 2, 1), 0x3c0, false},                    /* DAIF */
    {CPU_SYS_KEY(3, 3, 4, 4, 0), 0x07c80000, false},               /* FPCR: AHP, DN, FZ, RMode, FZ16 */
    {CPU_SYS_KEY(3, 3, 4, 4, 1), 0x0800009f, false},               /* FPSR */
    {CPU_SYS_KEY(3, 3, 13, 0, 2), UINT64_MAX, false},              /* TPIDR_EL0 */
    {CPU_SYS_KEY(3, 3, 13, 0, 3), UINT64_MAX, false},              /* TPIDRRO_EL0 */
};
enum { REGISTERS = sizeof registers / sizeof *registers };
enum {
    SP_EL0 = CPU_SYS_KEY(3, 0, 4, 1, 0),
    ELR_EL1 = CPU_SYS_KEY(3, 0, 4, 0, 1),
    SPSR_EL1 = CPU_SYS_KEY(3, 0, 4, 0, 0)
};

/* CFINV, XAFLAG, AXFLAG; barriers of every kind; hints that neither wait nor belong to a later extension. */
static const uint32_t plain[] = {0xd500401f, 0xd500403f, 0xd500405f, 0xd5033f5f, 0xd5033bbf,
                                 0xd50339bf, 0xd5033f9f, 0xd5033fdf, 0xd50330ff, 0xd503201f,
                                 0xd503203f, 0xd503209f, 0xd50320bf, 0xd503229f, 0xd503251f};
/* MSR (immediate) with CRm 0: SPSel, DAIFSet, DAIFClr, PAN, UAO; and how many values CRm may have. */
static const struct {
    uint32_t word;
    unsigned values;
} immediates[] = {{0xd50040bf, 2}, {0xd50340df, 16}, {0xd50340ff, 16}, {0xd500409f, 2}, {0xd500407f, 2}};

/* A mistake to make on our side: words that are `value` under `mask` get the bits of `flips` changed. */
typedef struct mistake {
    const char *what;
    uint32_t mask, value, flips;
} mistake_t;

typedef struct match {
    uc_engine *uc;
    uint8_t *code;
    flat_memory_t memory;
    cpu_t *cpu;
    cpu_decoder_t *decoder;
    base_random_t random;
    uint64_t pc, instructions;
    const mistake_t *mistake;
    bool differs;
} match_t;

static uint64_t below(match_t *match, uint64_t bound)
{
    return base_random_below(&match->random, bound);
}

/* One instruction on both sides, which begin alike. */
static void step(match_t *match, uint32_t word)
{
    uint64_t here = match->pc, next;
    const mistake_t *mistake = match->mistake;
    cpu_insn_t insn;
    cpu_decode_word(match->decoder, word ^ (mistake && (word & mistake->mask) == mistake->value ? mistake->flips : 0),
                    &insn);
    memcpy(match->code + (here - BASE), &word, sizeof word);
    uc_err result = uc_emu_start(match->uc, here, here + 4, 0, 1);
    cr_assert_eq(result, UC_ERR_OK, "%#x: %s", word, uc_strerror(result));
    match->cpu->segment = &insn;
    if (flat_cpu_step(match->cpu, &insn, here, &next) != CPU_JUMP)
        match->cpu->pc = next;
    unicorn_state_t theirs = unicorn_state_read(match->uc), ours = unicorn_state_read_ours(match->cpu);
    if (memcmp(&theirs, &ours, sizeof ours)) {
        match->differs = true;
        for (unsigned i = 0; i < UNICORN_REGISTERS && !mistake; i++)
            if (theirs.registers[i] != ours.registers[i])
                fprintf(stderr, "%08x: register %u: Unicorn %#" PRIx64 ", mesim %#" PRIx64 "\n", word, i,
                        theirs.registers[i], ours.registers[i]);
        if (theirs.pc != ours.pc && !mistake)
            fprintf(stderr, "%08x: next: Unicorn %#" PRIx64 ", mesim %#" PRIx64 "\n", word, theirs.pc, ours.pc);
    }
    match->pc = here + 4;
    match->instructions++;
}

static void set_both(match_t *match, unsigned x, uint64_t value)
{
    unicorn_state_t state = unicorn_state_read(match->uc);
    state.registers[x] = value;
    unicorn_state_write(match->uc, &state);
    unicorn_state_write_ours(match->cpu, &state);
}

static uint64_t random_bits(match_t *match, uint64_t bits)
{
    uint64_t value = base_random_next(&match->random);
    switch (below(match, 4)) {
    case 0: return bits;
    case 1: return 0;
    default: return value & bits;
    }
}

static void write_register(match_t *match, unsigned key, uint64_t value)
{
    unsigned x = (unsigned)below(match, 31);
    set_both(match, x, value);
    step(match, 0xd5000000 | key << 5 | x);
}

static void access_register(match_t *match)
{
    unsigned i = (unsigned)below(match, REGISTERS), key = registers[i].key;
    if (key == SP_EL0 && !match->cpu->pstate.sp_select)
        return; /* UNDEFINED */
    if (!registers[i].read_only && below(match, 2))
        write_register(match, key, random_bits(match, registers[i].bits));
    step(match, 0xd5200000 | key << 5 | (uint32_t)below(match, 32));
}

static void return_to_el1(match_t *match)
{
    uint64_t flags = random_bits(match, 0xf0c003c0); /* NZCV, UAO, PAN, DAIF */
    write_register(match, ELR_EL1, match->pc + 12);
    write_register(match, SPSR_EL1, flags | (below(match, 2) ? EL1H : EL1T));
    step(match, 0xd69f03e0);
}

static void unit(match_t *match)
{
    if (match->pc + 64 > BASE + CODE_BYTES) {
        match->pc = BASE;
        cr_assert_eq(uc_ctl_flush_tlb(match->uc), UC_ERR_OK); /* and what was translated there */
    }
    unsigned kind = (unsigned)below(match, 8), i;
    switch (kind) {
    case 0: step(match, plain[below(match, sizeof plain / sizeof *plain)]); break;
    case 1:
        i = (unsigned)below(match, sizeof immediates / sizeof *immediates);
        step(match, immediates[i].word | (uint32_t)below(match, immediates[i].values) << 8);
        break;
    case 2: return_to_el1(match); break;
    default: access_register(match); break;
    }
}

/* Unicorn's core has EL2 and EL3, which must say that EL1 uses AArch64, or a return to it is illegal. */
static void make_el1_aarch64(uc_engine *uc)
{
    uc_arm64_cp_reg hcr_el2 = {.op0 = 3, .op1 = 4, .crn = 1, .crm = 1, .op2 = 0, .val = UINT64_C(1) << 31};
    uc_arm64_cp_reg scr_el3 = {.op0 = 3, .op1 = 6, .crn = 1, .crm = 1, .op2 = 0, .val = 1 << 10 | 1};
    cr_assert_eq(uc_reg_write(uc, UC_ARM64_REG_CP_REG, &scr_el3), UC_ERR_OK);
    cr_assert_eq(uc_reg_write(uc, UC_ARM64_REG_CP_REG, &hcr_el2), UC_ERR_OK);
}

static match_t *match_new(uint64_t seed, const mistake_t *mistake)
{
    match_t *match = calloc(1, sizeof *match);
    cpu_features_t all = cpu_features_implemented();
    base_error_t error;
    base_random_init(&match->random, seed);
    cr_assert_eq(cpu_decoder_new(&all, &cpu_cost_model_in_order, &match->decoder, &error), 0, "%s", error.text);
    match->cpu = flat_cpu_new(&match->memory);
    match->cpu->features = all;
    match->code = aligned_alloc(4096, CODE_BYTES);
    memset(match->code, 0, CODE_BYTES);
    match->pc = BASE;
    match->mistake = mistake;
    cr_assert_eq(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &match->uc), UC_ERR_OK);
    cr_assert_eq(uc_ctl_set_cpu_model(match->uc, UC_CPU_ARM64_MAX), UC_ERR_OK);
    cr_assert_eq(uc_mem_map_ptr(match->uc, BASE, CODE_BYTES, UC_PROT_ALL, match->code), UC_ERR_OK);
    make_el1_aarch64(match->uc);
    unicorn_state_t state = unicorn_state_random(&match->random, BASE, 0);
    unicorn_state_write(match->uc, &state);
    unicorn_state_write_ours(match->cpu, &state);
    for (unsigned i = 0; i < REGISTERS; i++) /* the resets of the two differ */
        if (!registers[i].read_only)
            write_register(match, registers[i].key, registers[i].bits);
    return match;
}

static void match_free(match_t *match)
{
    uc_close(match->uc);
    flat_cpu_free(match->cpu);
    cpu_decoder_free(match->decoder);
    free(match->code);
    free(match);
}

Test(system_unicorn, random_system_instructions_give_the_same_registers)
{
    uint64_t seed = unicorn_option("MESIM_SEED", 1), wanted = unicorn_option("MESIM_INSTRUCTIONS", INSTRUCTIONS);
    match_t *match = match_new(seed, NULL);
    while (match->instructions < wanted && !match->differs)
        unit(match);
    cr_expect_not(match->differs, "instruction %" PRIu64 " differs; repeat with MESIM_SEED=%" PRIu64,
                  match->instructions, seed);
    fprintf(stderr, "result: %" PRIu64 " system instructions agree (MESIM_SEED=%" PRIu64 ")\n", match->instructions,
            seed);
    match_free(match);
}

/* Mistakes that are easily made. If one of them passed, the test above would be worth little. */
Test(system_unicorn, mistakes_made_on_purpose_are_noticed)
{
    static const mistake_t mistakes[] = {
        {"DAIFSet executed as DAIFClr", 0xfffff0ff, 0xd50340df, 0x20},
        {"MSR SPSel, #imm the wrong way round", 0xfffff0ff, 0xd50040bf, 0x100},
        {"MSR PAN, #imm executed as MSR UAO, #imm", 0xfffff0ff, 0xd500409f, 0xe0},
        {"XAFLAG executed as AXFLAG", 0xffffffff, 0xd500403f, 0x60},
        {"CFINV executed as XAFLAG", 0xffffffff, 0xd500401f, 0x20},
        {"MRS of TPIDR_EL0 reads TPIDRRO_EL0", 0xffffffe0, 0xd53bd040, 0x20},
        {"MSR to ELR_EL1 writes SPSR_EL1", 0xffffffe0, 0xd5184020, 0x20},
        {"MSR to FPCR writes FPSR", 0xffffffe0, 0xd51b4400, 0x20},
        {"MRS of NZCV reads DAIF", 0xffffffe0, 0xd53b4200, 0x20},
        {"ERET executed as NOP", 0xffffffff, 0xd69f03e0, 0xd69f03e0 ^ 0xd503201f},
    };
    for (unsigned i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        match_t *match = match_new(1, &mistakes[i]);
        while (match->instructions < TO_NOTICE && !match->differs)
            unit(match);
        cr_expect(match->differs, "%s", mistakes[i].what);
        match_free(match);
    }
}
