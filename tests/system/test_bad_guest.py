"""A guest that crashes, hangs or never ends gives a report and the status that says so."""

import json
import os
import signal
import subprocess
import time

from lib_mesim import *


def ends(name, status, parts, instructions, *arguments, **options):
    write("guest.bin", words(*instructions))
    run = mesim("run", "guest.bin", "--stats", "stats", *arguments, **options)
    expect(run.returncode == status, f"{name}: status {run.returncode}, not {status}: {run.stderr}")
    expect(last_line(run.stderr).startswith("mesim: "), f"{name}: ends with {last_line(run.stderr)!r}")
    for part in parts:
        expect(part in run.stderr, f"{name}: no {part!r} in:\n{run.stderr}")
    with open("stats") as file:
        json.load(file)  # whole, however the run ended
    os.remove("stats")
    return run


cores = ["--cores", "2"]
ends("exception without vectors", 3, ["core0   pc 0x200", "VBAR_EL1 0x0", "core1   off", "crashed"], [BRK], *cores)
ends("jump to nothing", 3, ["FAR_EL1", "crashed"], [0xD2800000, 0xD61F0000], *cores)  # BR to 0
ends("undefined instruction", 3, ["UNDEFINED", "pc 0x40080000"], [0], *cores)
ends("sleep for ever", 3, ["core0   pc 0x40080004", "asleep in WFI", "hangs"], [WFI, BRANCH_BACK], *cores)
ends("all sleep for ever", 3, ["core1   pc 0x40080004"], [WFI, BRANCH_BACK], *cores, "--start", "all")
ends("sleep for an event for ever", 3, ["asleep in WFE", "hangs"], [0xD503205F, BRANCH_BACK], *cores)
ends("spin to --max-cycles", 4, ["core0   pc 0x40080000", "10000 cycles"], [BRANCH_TO_SELF], *cores, "--max-cycles", "10000")
began = time.monotonic()
ends("spin to --timeout", 4, ["core0   pc 0x40080000", "1 seconds"], [BRANCH_TO_SELF], *cores, "--timeout", "1")
expect(time.monotonic() - began < 30, "--timeout 1 took half a minute")

# The symbol of a place is named where the image has symbols.
run = mesim("run", firmware("spinlock"), "--cores", "4", "--max-cycles", "3000000", "--append", "iterations=1000000")
expect(run.returncode == 4, f"spinlock with a limit: status {run.returncode}")
expect("spinlock_acquire+" in run.stderr or "spinlock_release+" in run.stderr, f"no symbol in:\n{run.stderr}")


# Ctrl-C and its like: the report and files so far.
for number, name in ((signal.SIGINT, "Interrupt"), (signal.SIGTERM, "Terminated")):
    write("guest.bin", words(BRANCH_TO_SELF))
    process = subprocess.Popen([MESIM, "run", "guest.bin", "--stats", "stats", "--trace", "trace"], text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    process.send_signal(number)
    _, report = process.communicate(timeout=60)
    expect(process.returncode == 130, f"{name}: status {process.returncode}")
    expect("instructions" in report and f"interrupted by {name}" in last_line(report), f"{name}: report is:\n{report}")
    for file in ("stats", "trace"):
        expect(os.path.exists(file), f"{name}: no {file}")
        os.remove(file)
expect(sorted(os.listdir(".")) == ["guest.bin"], f"left: {os.listdir('.')}")
finish()
