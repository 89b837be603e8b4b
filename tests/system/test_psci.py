"""PSCI on the whole machine (tests/guest/psci): every check holds, and those of suspend fail under each fault that they are
there to notice."""

from lib_mesim import *

WITH_FAULTS = os.environ["MESIM_WITH_FAULTS"]
IMAGE = os.path.join(BUILD_DIR, "guest", "psci.elf")
CYCLES = 100_000_000
CHECKS = ["calls-that-do-not-exist-say-so", "standby-returns-when-an-interrupt-is-pending", "powerdown-wakes-at-its-entry",
          "powerdown-wakes-for-a-sleeping-redistributor", "powerdown-with-an-interrupt-pending-returns",
          "entries-outside-ram-are-refused", "of-two-callers-one-turns-a-core-on"]
FAULTS = [("powerdown-wakes-at-its-entry", "suspend-returns"), ("powerdown-wakes-at-its-entry", "suspend-loses-context"),
          ("powerdown-wakes-for-a-sleeping-redistributor", "suspend-ignores-sleeper")]


def check_calls():
    for more in ((), ("--no-fast-path",), ("-C", "cores.per_aff1=2")):
        done = mesim("run", IMAGE, "--cores", 4, "-q", "--max-cycles", CYCLES, *more)
        expect(done.stdout.splitlines() == [f"ok {check}" for check in CHECKS] + ["done"] and done.returncode == 0,
               f"{more}: status {done.returncode}, {done.stdout!r} {last_line(done.stderr)}")


def check_faults():
    for check, fault in FAULTS:
        done = subprocess.run([WITH_FAULTS, "run", IMAGE, "--cores", "2", "-q", "--max-cycles", str(CYCLES), "--append",
                               f"{check}=1", "--inject", fault], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", timeout=300)
        failed = done.returncode == 0 and "FAILED" in last_line(done.stdout)
        expect((failed or done.returncode in (3, 4)) and f"ok {check}" not in done.stdout,
               f"{check} does not notice {fault}: status {done.returncode}, {done.stdout!r}")


def main():
    check_calls()
    check_faults()
    finish()


main()
