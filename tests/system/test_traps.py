"""The traps of the core's memory path on the whole machine (tests/guest/traps): every check holds, and fails under each
fault that it is there to notice; every such fault has its check."""

import itertools
import re
from concurrent.futures import ThreadPoolExecutor

from lib_mesim import *

WITH_FAULTS = os.environ["MESIM_WITH_FAULTS"]
IMAGE = os.path.join(BUILD_DIR, "guest", "traps.elf")
CYCLES = 30_000_000  # several times what all checks take; a fault that stops a core ends here

# Machines that the checks run on, and checks that run there (none: all). Messages without length, and data that comes
# late, leave no gap between a grant and the snoop behind it.
MACHINES = {
    "4 cores": ("--cores 4", ""),
    "16 cores": ("--cores 16", "exclusives-make-progress=1"),
    "16 crowded cores": ("--cores 16 -C link.core_flit=0 -C l2.tag=1 -C l2.data=20", "exclusives-make-progress=1"),
    "fetches that snoop": ("--cores 4 -C l2.fetch_snoops=1", ""),
    "far atomics": ("--cores 4 -C core.atomics=far", ""),
    "small caches": ("--cores 4 -C l1d.size=1K -C l1d.ways=2 -C l2.size=16K -C l2.ways=4", ""),
}
PLAIN, MANY, CROWDED, COHERENT_FETCH, FAR, SMALL = MACHINES

# Check, faults that it must notice, machine.
TRAPS = [
    ("exclusives-make-progress", "exclusive-not-held", MANY),
    ("exclusives-make-progress", "snoop-not-held-back", CROWDED),
    ("store-exclusive-goes-by-address", "monitor-by-value", PLAIN),
    ("eviction-clears-the-monitor", "monitor-survives-eviction", PLAIN),
    ("exception-return-clears-the-monitor", "eret-keeps-monitor", PLAIN),
    ("clrex-clears-the-monitor", "clrex-ignored", PLAIN),
    ("early-event-is-kept", "sev-not-latched", PLAIN),
    ("sev-is-not-lost", "sev-not-latched sev-stays-local", PLAIN),
    ("lost-monitor-wakes", "monitor-loss-no-event sev-not-latched", PLAIN),
    ("event-stream-wakes", "event-stream-lost", PLAIN),
    ("masked-interrupt-ends-wfi", "wfi-needs-unmasked wfi-unmasks", PLAIN),
    ("far-atomic-clears-remote-monitors", "far-atomic-keeps-monitor", FAR),
    ("far-atomic-wakes", "monitor-loss-no-event", FAR),
    ("load-gathers-store-and-line", "forward-partial-line forward-nothing", PLAIN),
    ("load-sees-its-own-store", "forward-nothing", PLAIN),
    ("load-sees-the-youngest-store", "forward-oldest", PLAIN),
    ("line-crossing-tears-at-the-split", "load-tears-beside-split", PLAIN),
    ("misaligned-branch-faults", "pc-alignment-ignored", PLAIN),
    ("misaligned-exclusive-faults", "ordered-alignment-ignored", PLAIN),
    ("fault-on-second-page-stores-nothing", "unaligned-stores-first-part", PLAIN),
    ("casp-is-one-access", "casp-tears", PLAIN),
    ("failed-cas-stores-nothing", "cas-stores-always", PLAIN),
    ("failed-casa-acquires", "cas-is-plain-load", PLAIN),
    ("dmb-orders-stores", "dmb-ignored", PLAIN),
    ("dmb-st-orders-stores", "dmb-st-ignored", PLAIN),
    ("stlr-orders-stores", "release-ignored", PLAIN),
    ("dmb-ld-orders-loads", "dmb-ignored", PLAIN),
    ("ldar-orders-loads", "acquire-ignored", PLAIN),
    ("dmb-ld-orders-results-of-atomics", "atomic-result-unordered", PLAIN),
    ("acquiring-atomic-orders-loads", "acquire-atomic-posted", PLAIN),
    ("acquiring-atomic-orders-loads", "acquire-atomic-posted", FAR),
    ("dmb-ld-orders-results-of-atomics", "atomic-result-unordered", FAR),
    ("discarded-result-does-not-acquire", "discarded-result-acquires", PLAIN),
    ("dmb-ld-does-not-order-discarded-results", "dmb-ld-awaits-discarded-results", PLAIN),
    ("dmb-ld-does-not-order-store-to-load", "dmb-ld-drains-stores dmb-ignored", PLAIN),
    ("dmb-orders-maintenance", "dmb-skips-maintenance", PLAIN),
    ("noncacheable-alias-is-stale-until-cleaned", "nc-reads-cache dc-cvac-ignored dsb-skips-maintenance", PLAIN),
    ("cached-alias-is-stale-until-invalidated", "dc-ivac-ignored", PLAIN),
    ("noncacheable-load-sees-its-own-store", "combined-not-read", PLAIN),
    ("barriers-drain-combined-stores", "combined-pass-barriers", PLAIN),
    ("noncacheable-load-aborts-precisely", "nc-load-aborts-late", PLAIN),
    ("nonshareable-copies-are-incoherent", "nsh-snooped", PLAIN),
    ("instructions-are-stale-until-invalidated", "ic-ivau-ignored", PLAIN),
    ("instructions-are-stale-until-invalidated", "stores-reach-l1i", COHERENT_FETCH),
    ("fetch-needs-clean-as-ctr-says", "idc-misreported", PLAIN),
    ("fetch-needs-clean-as-ctr-says", "idc-misreported ic-ivau-ignored", COHERENT_FETCH),
    ("ic-ivau-reaches-other-cores", "ic-ivau-stays-local", PLAIN),
    ("dc-zva-faults-on-device", "zva-accepts-device", PLAIN),
    ("dc-zva-clears-the-line-whoever-stores", "zva-half", PLAIN),
    ("dc-zva-clears-remote-monitors", "zva-keeps-monitor", PLAIN),
    ("dsb-completes-tlbi", "dsb-skips-dvm", PLAIN),
    ("dmb-does-not-complete-tlbi", "dmb-completes-dvm", PLAIN),
    ("walk-in-flight-does-not-survive-tlbi", "walk-survives-tlbi", PLAIN),
    ("tlbi-reaches-other-cores", "tlbi-misses-micro-tlbs", PLAIN),
    ("tlbi-by-range-reaches-its-pages", "tlbi-range-too-short tlbi-range-ignores-scale tlbi-misses-micro-tlbs", PLAIN),
    ("tlbi-os-reaches-other-cores", "tlbi-os-stays-local", PLAIN),
    ("access-flag-is-set-atomically", "update-ignores-change access-flag-ignored", PLAIN),
    ("store-marks-a-clean-page", "dbm-ignored write-leaves-clean read-marks-dirty", PLAIN),
    ("unaligned-load-in-sixteen-bytes-is-whole", "load-tears-in-sixteen-bytes", PLAIN),
    ("exception-entry-sets-pstate", "entry-keeps-ssbs entry-keeps-uao entry-clears-dit entry-keeps-pan", PLAIN),
    ("private-counters-share-lines", "l0-keeps-lost-line", PLAIN),
]
# Faults that other tests notice: tests/system/test_determinism_faults.py, test_check_finds_faults.py, test_semihosting.py.
ELSEWHERE = {"visit-order-leaks", "load-reads-neighbour", "host-reads-behind-caches", "host-call-passes-stores"}


def run(program, machine, bootargs, *arguments):
    return subprocess.run([program, "run", IMAGE, *MACHINES[machine][0].split(), "-q", "--max-cycles", str(CYCLES), "--append",
                           bootargs, *arguments],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors="replace", timeout=500)


def checks_of_image():
    with open(os.path.join(SRC_DIR, "tests", "guest", "traps", "traps.h"), encoding="utf-8") as file:
        return re.findall(r'X\("([a-z0-9-]+)", \w+, \d+\)', file.read())


def holds(program, machine):
    """All checks of this machine, in one run, hold. Returns their names."""
    bootargs = MACHINES[machine][1]
    done = run(program, machine, bootargs)
    lines = done.stdout.splitlines()
    checks = [word.split("=")[0] for word in bootargs.split()] or checks_of_image()
    expect(lines == [f"ok {check}" for check in checks] + ["done"] and done.returncode == 0,
           f"{os.path.basename(program)}, {machine}: status {done.returncode}, "
           f"{[line for line in lines if not line.startswith('ok ')]} {last_line(done.stderr)}")
    return checks


def notices(trap):
    """The check alone, with the fault: the guest says that it failed, or never comes to its end."""
    check, fault, machine = trap
    done = run(WITH_FAULTS, machine, f"{check}=1", "--inject", fault)
    failed = done.returncode == 0 and "FAILED" in last_line(done.stdout)
    stuck = done.returncode in (3, 4)
    expect((failed or stuck) and f"ok {check}" not in done.stdout,
           f"{check} on {machine} does not notice {fault}: status {done.returncode}, {done.stdout!r} {last_line(done.stderr)}")


def main():
    with ThreadPoolExecutor(2) as pool:
        passed = list(pool.map(lambda pair: holds(*pair), itertools.product((MESIM, WITH_FAULTS), MACHINES)))
        list(pool.map(notices, [(check, fault, machine) for check, faults, machine in TRAPS for fault in faults.split()]))
    for check in checks_of_image():
        expect(any(check in checks for checks in passed), f"{check} never ran")
        expect(any(check == row[0] for row in TRAPS), f"{check} is not shown to fail")
    noticed = {fault for _, faults, _ in TRAPS for fault in faults.split()} | ELSEWHERE
    for fault in declared_faults("src/cpu/fault.h", "CPU_MEMORY_FAULTS"):
        expect(fault in noticed, f"nothing notices {fault}")
    finish()


main()
