"""Each trap of memory ordering by name, as a litmus test: it shows nothing that the Arm memory model forbids, and does so
under the fault that it is there to notice. Every fault of CPU_ORDER_FAULTS (src/cpu/fault.h) has its test."""

from concurrent.futures import ThreadPoolExecutor

from lib_mesim import *

WITH_FAULTS = os.environ["MESIM_WITH_FAULTS"]
FOLDER = os.path.join(SRC_DIR, "tests", "litmus")
RUNS, LEVEL = (500, 3) if SANITIZED else (6000, 3)

# Test in tests/litmus, faults that it must notice.
TRAPS = [
    # barriers
    ("MP+dmb.st+dmb.ld", "dmb-ld-ignored dmb-st-ignored dmb-ignored"),
    ("SB+dsbs", "dsb-skips-accesses"),
    ("MP+dsb.st+dsb.ld", "dsb-skips-accesses"),
    # acquire and release
    ("SB+rel-acqs", "ldar-as-ldapr"),
    ("MP+dmb.st+acq", "ldar-as-ldr acquire-ignored"),
    ("MP+dmb.st+acqpc", "ldapr-as-ldr acquire-ignored"),
    ("MP+dmb.st+acqxr", "ldaxr-as-ldxr"),
    ("MP+rel+dmb.ld", "stlr-as-str release-ignored"),
    ("MP+stlxr+dmb.ld", "stlxr-as-stxr"),
    ("LB+rels", "release-passes-loads stlr-as-str"),
    ("MP+swpl+dmb.ld", "atomic-release-ignored"),
    ("MP+dmb.st+swpa", "atomic-acquire-ignored"),
    ("MP+rel+casa-fail", "cas-is-plain-load atomic-acquire-ignored"),
    # dependencies, and values
    ("MP+dmb.st+addr", "dependency-ignored"),
    ("CoRR1", "loads-pass-same-address"),
    ("CoRW1+own", "forward-younger"),
    ("CoWR+byte", "forward-wrong-byte forward-nothing"),
    ("CoWR+part", "forward-nothing"),
    ("CoWR+rest", "forward-partial-line"),
    # atomicity
    ("LLSC-add", "stxr-always-succeeds"),
    ("CASP-tear", "casp-tears"),
]


def run(program, test, *arguments):
    return subprocess.run([program, "litmus", os.path.join(FOLDER, f"{test}.litmus"), "--compare", "--quiet",
                           "-n", str(RUNS), "--perturb", str(LEVEL), *arguments],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=500)


def holds(test):
    for program in (MESIM, WITH_FAULTS):
        done = run(program, test)
        expect(done.returncode == 0 and not done.stdout,
               f"{test} with {os.path.basename(program)}: status {done.returncode}\n{done.stdout}{done.stderr}")


def notices(trap):
    test, fault = trap
    done = run(WITH_FAULTS, test, "--inject", fault)
    expect(done.returncode == 1 and f"Model {test} forbids, seen" in done.stdout,
           f"{test} does not notice {fault}: status {done.returncode}\n{done.stdout}{done.stderr}")


def main():
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(holds, [test for test, _ in TRAPS]))
        list(pool.map(notices, [(test, fault) for test, faults in TRAPS for fault in faults.split()]))
    noticed = {fault for _, faults in TRAPS for fault in faults.split()}
    faults = declared_faults("src/cpu/fault.h", "CPU_ORDER_FAULTS")
    expect(len(faults) >= 15, f"the list of faults was not found: {faults}")
    for fault in faults:
        expect(fault in noticed, f"no litmus test notices {fault}")
    finish()


main()
