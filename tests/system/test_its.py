"""The ITS and LPIs on the whole machine (tests/guest/its), the same in every run; the device tree names the ITS."""

import json

from lib_mesim import *

IMAGE = os.path.join(BUILD_DIR, "guest", "its.elf")
CYCLES = 100_000_000
CHECKS = ["registers-say-what-is-there", "pending-table-is-read", "int-reaches-the-core-of-its-collection",
          "translater-raises-the-event-written", "mapi-takes-the-event-for-the-lpi",
          "configuration-is-read-again-after-inv", "priorities-decide-which-comes-first",
          "pending-lpi-moves-with-movi-and-movall", "clear-and-discard-withdraw-it",
          "commands-in-error-do-not-stop-the-queue", "disabled-lpis-are-in-the-pending-table",
          "lpi-for-a-core-without-lpis-is-lost"]
ERRORS = ["no such command", "the device is not mapped", "DeviceID with more bits", "EventID beyond", "the INTID is no LPI",
          "no such redistributor", "more EventID bits", "memory outside RAM", "the event is not mapped"]


def main():
    results = set()
    for number, more in enumerate(((), ("--no-fast-path",), ("--order", "shuffled"), ("--check",))):
        stats = f"stats{number}"
        done = mesim("run", IMAGE, "--cores", 4, "-q", "--max-cycles", CYCLES, "--stats", stats, *more)
        expect(done.stdout.splitlines() == [f"ok {check}" for check in CHECKS] + ["done"] and done.returncode == 0,
               f"{more}: status {done.returncode}, {done.stdout!r} {last_line(done.stderr)}")
        with open(stats, encoding="utf-8") as file:
            tree = json.load(file)
        results.add((tree["sim"]["trace_hash"], tree["sim"]["ps"], tree["gic"]["its_commands"]))
        texts = " ".join(error["text"] for error in tree["guest_errors"])
        expect(any(error in texts for error in ERRORS), f"{more}: guest errors: {texts}")
    done = mesim("run", IMAGE, "--cores", 4, "-q", "--max-cycles", CYCLES, "--mode", "functional")
    expect(last_line(done.stdout) == "done", f"functional mode: {done.stdout!r} {last_line(done.stderr)}")
    expect(len(results) == 1, f"not the same in every run: {results}")
    done = mesim("run", IMAGE, "--cores", 4, "-q", "--max-cycles", CYCLES, "-C", "gic.its=0")
    expect(done.returncode != 0 or "ok pending-table-is-read" not in done.stdout, "there is an ITS with gic.its=0")
    for its in (1, 0):
        mesim("run", IMAGE, "-C", f"gic.its={its}", "--dump-dtb", f"tree{its}")
        with open(f"tree{its}", "rb") as file:
            expect((b"its@8080000" in file.read()) == bool(its), f"gic.its={its} in the device tree")
    finish()


main()
