"""Every system register from a guest (tests/guest/sysregs): read and written at EL1 and EL0 with the controls for EL0 on and
off. The faults of access that unit tests notice are noticed here as well."""

from lib_mesim import *

IMAGE = os.path.join(BUILD_DIR, "guest", "sysregs.elf")
CHECKS = ["el1_reads_and_writes: 191 registers", "el0_is_shut_out: 191 registers", "el0_is_let_in: 191 registers",
          "id_space_reads", "enables_open_one_by_one", "sctlr_opens_instructions", "cpacr_opens_floating_point", "done"]
# Fault, and a check that fails under it.
FAULTS = {
    "el0-reads-el1-registers": "el0_is_shut_out: SCTLR_EL1",
    "read-only-writable": "el1_reads_and_writes: MIDR_EL1",
    "res0-stored": "el1_reads_and_writes: OSDTRRX_EL1",
}


def run(program, *arguments):
    done = subprocess.run([program, "run", IMAGE, "--cores", "1", "-C", "core.pmu_counters=31", "-q", "--max-cycles",
                           "100000000", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout.splitlines(), last_line(done.stderr)


for arguments in ([], ["--no-fast-path"], ["--mode", "functional"]):
    status, lines, error = run(MESIM, *arguments)
    expect(status == 0 and lines == CHECKS, f"{arguments}: status {status}: {lines} {error}")
for fault, failed in FAULTS.items():
    status, lines, error = run(os.environ["MESIM_WITH_FAULTS"], "--inject", fault)
    expect(any(line.startswith(f"FAIL {failed}:") for line in lines), f"nothing notices {fault}: {lines} {error}")
finish()
