/* At EL0: what the list opens, what only a control of EL1 opens, and what the trap says else. */
#include "barrier.h"
#include "board.h"
#include "checks.h"
#include "gic.h"
#include "vm.h"

/* The controls of registers at EL0, as one number: bits 9:0 of CNTKCTL_EL1, then PMUSERENR_EL0, then others. */
enum { PCTEN = 1 << 0, VCTEN = 1 << 1, VTEN = 1 << 8, PTEN = 1 << 9 };
enum { USERENR = 10, EN = 1 << 10, SW = 1 << 11, CR = 1 << 12, ER = 1 << 13, UCT = 1 << 14, UMA = 1 << 15 };
enum { CONTROLS = 16, ALL_CONTROLS = (1 << CONTROLS) - 1, CNTKCTL = 0x3ff };
enum { MDSCR_TDCC = 1 << 12, FPEN = 20 };
#define SCTLR_UMA  (1ull << 9)
#define SCTLR_DZE  (1ull << 14)
#define SCTLR_UCT  (1ull << 15)
#define SCTLR_NTWI (1ull << 16)
#define SCTLR_NTWE (1ull << 18)
#define SCTLR_UCI  (1ull << 26)

/* Which of them open a register to be read, and to be written: names that begin so, the first that fits. */
static const struct {
    const char *prefix;
    unsigned read, write;
} openers[] = {
    {"CTR_EL0", UCT, 0},
    {"DAIF", UMA, UMA},
    {"CNTFRQ_EL0", PCTEN | VCTEN, 0},
    {"CNTPCT_EL0", PCTEN, 0},
    {"CNTVCT_EL0", VCTEN, 0},
    {"CNTP_", PTEN, PTEN},
    {"CNTV_", VTEN, VTEN},
    {"PMSWINC_EL0", 0, EN | SW},
    {"PMSELR_EL0", EN | ER, EN | ER},
    {"PMCCNTR_EL0", EN | CR, EN},
    {"PMXEVCNTR_EL0", EN | ER, EN},
    {"PMEVCNTR", EN | ER, EN},
    {"PM", EN, EN},
};

static bool begins_with(const char *name, const char *prefix)
{
    while (*prefix != 0 && *name == *prefix) {
        name++;
        prefix++;
    }
    return *prefix == 0;
}

static void set_sctlr(uint64_t bits, uint64_t set)
{
    write_sysreg(sctlr_el1, (read_sysreg(sctlr_el1) & ~bits) | set);
    isb();
}

static void set_controls(unsigned controls)
{
    write_sysreg(cntkctl_el1, controls & CNTKCTL);
    write_sysreg(pmuserenr_el0, controls >> USERENR & 0xf);
    set_sctlr(SCTLR_UCT | SCTLR_UMA, (controls & UCT ? SCTLR_UCT : 0) | (controls & UMA ? SCTLR_UMA : 0));
}

/* The syndrome that an access must end with, 0 if none. */
static uint64_t wanted_esr(const listed_t *reg, bool read, bool open)
{
    if (allows(reg->el0, read ? 'r' : 'w') || (open && allows(reg->el0, read ? 'R' : 'W')))
        return 0;
    return allows(reg->el0, read ? 'R' : 'W') ? trap_of(reg->key, read) : undefined_esr(reg->key, read);
}

/* A write at EL0 writes what EL1 reads. */
static const char *accesses_end_so(const listed_t *reg, uint64_t read, uint64_t write)
{
    const uint64_t value = allows(reg->el1, 'r') ? read_el1(reg->key).value : 0;
    EXPECT(read_el0(reg->key).esr == read);
    EXPECT(write_el0(reg->key, value).esr == write);
    return NULL;
}

const char *el0_is_shut_out(const listed_t *reg)
{
    set_controls(0);
    return accesses_end_so(reg, wanted_esr(reg, true, false), wanted_esr(reg, false, false));
}

const char *el0_is_let_in(const listed_t *reg)
{
    set_controls(ALL_CONTROLS);
    const char *wrong = accesses_end_so(reg, wanted_esr(reg, true, true), wanted_esr(reg, false, true));
    set_controls(0);
    return wrong;
}

/* --- one by one --- */

static const char *each_control(const listed_t *reg, unsigned read, unsigned write)
{
    for (unsigned bit = 0; bit < CONTROLS; bit++) {
        set_controls(1u << bit);
        const char *wrong =
            accesses_end_so(reg, wanted_esr(reg, true, read >> bit & 1), wanted_esr(reg, false, write >> bit & 1));
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

static const char *comms_channel_is_trapped(void)
{
    static const unsigned keys[] = {KEY(2, 3, 0, 1, 0), KEY(2, 3, 0, 4, 0), KEY(2, 3, 0, 5, 0)};
    write_sysreg(mdscr_el1, MDSCR_TDCC);
    isb();
    for (unsigned i = 0; i < 3; i++)
        EXPECT(read_el0(keys[i]).esr == trap_of(keys[i], true));
    write_sysreg(mdscr_el1, 0);
    isb();
    return NULL;
}

const char *enables_open_one_by_one(void)
{
    for (unsigned i = 0; i < listed_count; i++) {
        unsigned row = 0;
        while (row < sizeof openers / sizeof openers[0] && !begins_with(listed[i].name, openers[row].prefix))
            row++;
        const bool has_control = allows(listed[i].el0, 'R') || allows(listed[i].el0, 'W');
        if (!has_control)
            continue;
        EXPECT(row < sizeof openers / sizeof openers[0]);
        const char *wrong = each_control(&listed[i], openers[row].read, openers[row].write);
        set_controls(0);
        if (wrong != NULL)
            return listed[i].name;
    }
    return comms_channel_is_trapped();
}

/* --- instructions --- */

/* What ends WFI at once: the virtual timer, whose time has come; EL0 runs with interrupts masked. */
static void raise_timer(bool raised)
{
    write_sysreg(cntv_cval_el0, 0);
    write_sysreg(cntv_ctl_el0, raised);
    isb();
}

const char *sctlr_opens_instructions(void)
{
    enum { WFE_TRAPPED = 1 };
    const uint64_t wfx = ESR_EC_WFX, cond = 1ull << 24 | 0xeull << 20, data = window_page(0);
    const struct {
        uint32_t instruction;
        uint64_t control, trapped;
    } rows[] = {
        {0xd50b7b20, SCTLR_UCI, trap_of(KEY(1, 3, 7, 11, 1), false)}, /* DC CVAU, X0 */
        {0xd50b7e20, SCTLR_UCI, trap_of(KEY(1, 3, 7, 14, 1), false)}, /* DC CIVAC, X0 */
        {0xd50b7520, SCTLR_UCI, trap_of(KEY(1, 3, 7, 5, 1), false)},  /* IC IVAU, X0 */
        {0xd50b7420, SCTLR_DZE, trap_of(KEY(1, 3, 7, 4, 1), false)},  /* DC ZVA, X0 */
        {0xd503205f, SCTLR_NTWE, esr_of((unsigned)wfx, cond | WFE_TRAPPED)},
        {0xd503207f, SCTLR_NTWI, esr_of((unsigned)wfx, cond)},
        {0xd50342df, SCTLR_UMA, trap_of(KEY(0, 3, 4, 2, 6), false) | 31 << 5}, /* MSR DAIFSet, #2 */
    };
    const uint64_t all = SCTLR_UCI | SCTLR_DZE | SCTLR_NTWE | SCTLR_NTWI | SCTLR_UMA, before = read_sysreg(sctlr_el1);
    const char *wrong = NULL;
    vm_map(&vm_kernel, data, test_page(0), PAGE_BYTES, VM_USER_DATA);
    gic_enable_private(board_get()->virtual_timer_intid);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0] && wrong == NULL; i++) {
        set_sctlr(all, all & ~rows[i].control);
        /* The first WFE finds an event, as the return to EL0 is one. */
        const bool wfe = rows[i].control == SCTLR_NTWE;
        if (run_el0(wfe ? rows[i].instruction : NOP, rows[i].instruction, data) != rows[i].trapped)
            wrong = "an instruction is not trapped as it should be";
        set_sctlr(all, rows[i].control);
        raise_timer(true);
        if (run_el0(rows[i].instruction, NOP, data) != 0)
            wrong = "an instruction is trapped though its control is set";
        raise_timer(false);
    }
    set_sctlr(all, before & all);
    vm_unmap(&vm_kernel, data, PAGE_BYTES);
    return wrong;
}

/* FPEN: 1 opens EL1, 3 opens both, 0 and 2 nobody (D17.2.30). FPSR, and an FMOV. */
const char *cpacr_opens_floating_point(void)
{
    enum { FPSR = KEY(3, 3, 4, 4, 1), FMOV_D0_X0 = (int)0x9e670000 };
    const uint64_t trapped = esr_of(ESR_EC_FP, 1ull << 24 | 0xeull << 20), before = read_sysreg(cpacr_el1);
    const char *wrong = NULL;
    for (uint64_t fpen = 0; fpen < 4; fpen++) {
        write_sysreg(cpacr_el1, fpen << FPEN);
        isb();
        const bool el1 = fpen & 1, el0 = fpen == 3;
        if (read_el1(FPSR).esr != (el1 ? 0 : trapped) || write_el1(FPSR, 0).esr != (el1 ? 0 : trapped))
            wrong = "FPEN does not decide at EL1";
        if (read_el0(FPSR).esr != (el0 ? 0 : trapped) || run_el0((uint32_t)FMOV_D0_X0, NOP, 0) != (el0 ? 0 : trapped))
            wrong = "FPEN does not decide at EL0";
    }
    write_sysreg(cpacr_el1, before);
    isb();
    return wrong;
}
