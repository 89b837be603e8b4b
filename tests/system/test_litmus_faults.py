"""Each trap of memory ordering by name, as a litmus test: it shows nothing that the Arm memory model forbids, and does so
under the fault that it is there to notice. Every fault of CPU_ORDER_FAULTS (src/cpu/fault.h) has its test. Device memory
that is not reordered shows less than the model allows: such tests never have the outcome of their condition."""

from concurrent.futures import ThreadPoolExecutor

from lib_mesim import *

WITH_FAULTS = os.environ["MESIM_WITH_FAULTS"]
FOLDER = os.path.join(SRC_DIR, "tests", "litmus")
RUNS, LEVEL = (500, 3) if SANITIZED else (6000, 3)

# LSE atomics are performed in the L2, and a load-exclusive keeps its line from snoops for long.
FAR = ("-C", "core.atomics=far", "-C", "core.exclusive_hold=1000", "--perturb", "2")

# Test in tests/litmus, faults that it must notice, memory that its locations lie in (none: cached).
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
    # around the caches
    ("CoRR1", "nc-loads-pass-same-address", "nc"),
    ("CoRR1", "nc-loads-pass-same-address", "gre"),
    ("CoRW1+own", "nc-store-passes-load", "nc"),
    ("CoWR+byte", "combined-not-read", "nc"),
    ("CoWR+part", "combined-not-read", "gre"),
    ("MP+dmb.st+addr", "dependency-ignored", "nc"),
    ("MP+dmb.st+addr", "nc-store-passes-cached", "mixed"),
    ("MP+rel+dmb.ld", "nc-store-passes-cached dmb-ld-ignored", "mixed"),
    ("MP+dmb.st+acq", "acquire-ignored", "nc"),
    ("LB+rels", "release-passes-loads", "nc"),
    ("SB+rel-acqs", "nc-release-passed ldar-as-ldapr", "nc"),
]
# The same on a machine with far atomics.
FAR_TRAPS = [
    ("CoWR+stadd", "far-atomic-not-awaited"),
    ("CoRW1+stadd", "far-atomic-passes-loads"),
    ("MP+stadd-dmb.sy+ldxr-addr", "l2-atomic-answered-early dmb-ignored"),
    ("MP+dmb.st+swpa", "acquire-atomic-posted atomic-acquire-ignored"),
    ("MP+swpl+dmb.ld", "atomic-release-ignored release-ignored"),
    ("LSE-add", "l2-atomic-reads-early"),
]
# Outcomes of conditions that are never seen in memory that keeps order, and the faults under which they are.
NEVER = [
    ("MP+pos", "device-loads-overlap", "ngnre"),
]


def run(program, test, memory, *arguments):
    return subprocess.run([program, "litmus", os.path.join(FOLDER, f"{test}.litmus"), "-n", str(RUNS),
                           "--perturb", str(LEVEL), "--memory", memory or "cached", *arguments],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=500)


def holds(test, memory, machine):
    for program in (MESIM, WITH_FAULTS):
        done = run(program, test, memory, "--compare", "--quiet", *machine)
        expect(done.returncode == 0 and not done.stdout,
               f"{test} {memory} with {os.path.basename(program)}: status {done.returncode}\n{done.stdout}{done.stderr}")


def notices(trap):
    test, fault, memory, machine = trap
    done = run(WITH_FAULTS, test, memory, "--compare", "--quiet", "--inject", fault, *machine)
    expect(done.returncode == 1 and f"Model {test} forbids, seen" in done.stdout,
           f"{test} {memory} does not notice {fault}: status {done.returncode}\n{done.stdout}{done.stderr}")


def is_never(trap):
    test, fault, memory = trap
    for program in (MESIM, WITH_FAULTS):
        done = run(program, test, memory)
        expect(f"Observation {test} Never 0 {RUNS}" in done.stdout, f"{test} {memory}: {done.stdout}{done.stderr}")
    done = run(WITH_FAULTS, test, memory, "--inject", fault)
    expect(f"Observation {test} Sometimes" in done.stdout, f"{test} {memory} does not notice {fault}: {done.stdout}")


def main():
    traps = [((*trap, "")[:3], ()) for trap in TRAPS] + [((*trap, ""), FAR) for trap in FAR_TRAPS]
    traps = [(*trap, machine) for trap, machine in traps]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: holds(*pair), sorted({(test, memory, machine) for test, _, memory, machine in traps})))
        list(pool.map(notices, [(test, fault, memory, machine) for test, faults, memory, machine in traps
                                for fault in faults.split()]))
        list(pool.map(is_never, NEVER))
    noticed = {fault for _, faults, *_ in traps + NEVER for fault in faults.split()}
    faults = declared_faults("src/cpu/fault.h", "CPU_ORDER_FAULTS")
    expect(len(faults) >= 15, f"the list of faults was not found: {faults}")
    with open(os.path.join(SRC_DIR, "docs", "memory-ordering.md"), encoding="utf-8") as file:
        listed = file.read()
    for fault in faults:
        expect(fault in noticed, f"no litmus test notices {fault}")
        expect(f"`{fault}`" in listed, f"docs/memory-ordering.md does not list {fault}")
    finish()


main()
