"""PSCI on the whole machine (tests/guest/psci): every check holds, and those of suspend fail under each fault that they are
there to notice; a reset is a power cycle, the same in every run."""

import json
import re
import time

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
    for more in ((), ("--no-fast-path",), ("-C", "cores.per_aff1=2"), ("--mode", "functional")):
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


def check_reset_faults():
    """A component that a reset leaves as it was is noticed by the next boot."""
    for fault in ("reset-keeps-memory", "reset-keeps-gic", "reset-keeps-timers"):
        done = subprocess.run([WITH_FAULTS, "run", IMAGE, "--cores", "2", "--mem", "64M", "-q", "--max-cycles", str(CYCLES),
                               "--append", "resets=1", "--inject", fault], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace", timeout=300)
        expect("FAIL not new after a reset" in done.stdout or done.returncode in (3, 4),
               f"nothing notices {fault}: status {done.returncode}, {done.stdout!r} {last_line(done.stderr)}")


def trace_times(path):
    with open(path, encoding="utf-8") as file:
        return [int(line.split()[0]) for line in file if not line.startswith("#")]


def check_resets():
    """Each boot says what the first says, time goes on, and nothing of the simulator shows in the result."""
    wanted = ["reset 1", "reset 2"] + [f"ok {check}" for check in CHECKS] + ["done"]
    hashes = set()
    for number, more in enumerate(((), ("--no-fast-path",), ("--check",), ("--order", "backward"), ("--trace", "resets"))):
        stats = f"stats{number}"
        done = mesim("run", IMAGE, "--cores", 4, "-q", "--max-cycles", CYCLES, "--append", "resets=2", "--stats", stats,
                     *more)
        expect(done.stdout.splitlines() == wanted and done.returncode == 0,
               f"{more}: status {done.returncode}, {done.stdout!r} {last_line(done.stderr)}")
        with open(stats, encoding="utf-8") as file:
            sim = json.load(file)["sim"]
        expect(sim["boots"] == 3, f"{more}: {sim['boots']} boots")
        hashes.add((sim["trace_hash"], sim["ps"], sim["instructions"]))
    expect(len(hashes) == 1, f"resets are not the same in every run: {hashes}")
    times = trace_times("resets")
    expect(times == sorted(times), "the trace goes back in time")


def check_files_that_vanish():
    """A reset needs no file again: what was opened stays open, what was read stays read."""
    write("vanishes.img", bytes(512))
    write("vanishes", b"typed")
    code = words(SYSTEM_OFF[0], 0x72800120, HVC, BRANCH_TO_SELF)
    write("reset.elf", elf([(RAM + 0x100000, code, len(code))]))
    process = subprocess.Popen([MESIM, "run", "reset.elf", "--cores", "1", "--drive", "vanishes.img", "--virtio-console", "-",
                                "--virtio-input", "vanishes", "--input", "vanishes", "--timeout", "4"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    for name in ("vanishes.img", "vanishes", "reset.elf"):
        os.remove(name)
    report = process.communicate(timeout=120)[1]
    boots = re.search(r"^boot ([0-9,]+);", report, re.MULTILINE)
    expect(process.returncode == 4 and boots is not None and int(boots.group(1).replace(",", "")) > 10,
           f"files that vanished: {process.returncode}: {report[-500:]}")


def check_limits():
    done = mesim("run", IMAGE, "--cores", 4, "-q", "--no-reboot", "--append", "resets=2")
    expect(done.stdout.splitlines() == ["reset 1"] and done.returncode == 0, f"--no-reboot: {done.stdout!r}")
    code = words(SYSTEM_OFF[0], 0x72800120, HVC, BRANCH_TO_SELF)  # W0 = 0x84000009
    reset = write("reset.elf", elf([(RAM + 0x100000, code, len(code))]))
    for limit in ("--max-cycles", 1000000), ("--timeout", 1):
        done = mesim("run", reset, "--cores", 1, "-q", *limit)
        expect(done.returncode == 4, f"a guest that only resets, {limit}: status {done.returncode}")


def main():
    check_calls()
    check_resets()
    check_files_that_vanish()
    check_limits()
    check_faults()
    check_reset_faults()
    finish()


main()
