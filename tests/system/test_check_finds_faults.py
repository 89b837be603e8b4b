"""--check is wired to the caches: with each mistake that the caches can be told to make, a run of an ordinary image with
small caches is found out, and without any it is not."""

import os
import re
import subprocess

from lib_mesim import *

FAULTY = os.environ["MESIM_WITH_FAULTS"]
SMALL = "l1d.size=512 l1d.ways=2 l2.size=4K l2.ways=2 perturb.delay=20ns perturb.evict=4"
SETTINGS = [part for setting in SMALL.split() for part in ("-C", setting)]
SEEDS = 12

with open(os.path.join(SRC_DIR, "src", "cache", "fault.h")) as file:
    faults = [name for name in re.findall(r"X\(([A-Z]\w+), \"", file.read()) if name != "NONE"]
faults = [name for name in faults if "DEVICE" not in name]  # this image has no device that reads or writes memory
expect(len(faults) > 10, f"only {len(faults)} faults in cache/fault.h")


def run(seed, *arguments):
    done = subprocess.run([FAULTY, "run", firmware("spinlock"), "--cores", "4", "--append", "iterations=30", "-q", "--check",
                           "--max-cycles", "50000000", "--seed", str(seed), *SETTINGS, *arguments], capture_output=True,
                          text=True, errors="replace", timeout=300)
    return done.returncode, done.stdout, last_line(done.stderr)


def is_found(status, message):
    """By the invariants, by a transition that cannot be, or by a guest that waits for ever."""
    return (status == 1 and "a coherence invariant does not hold" in message) or "internal error" in message or status == 3


for seed in range(SEEDS):
    status, console, message = run(seed)
    expect(status == 0 and console.endswith("done\n"), f"no fault, seed {seed}: status {status}: {message}")
for fault in faults:
    found = False
    for seed in range(SEEDS):
        status, _, message = run(seed, "--inject", fault)
        found = is_found(status, message)
        if found:
            print(f"{fault}, seed {seed}: {message[:160]}")
            break
        expect(status == 0 or status == 4, f"{fault}, seed {seed}: status {status}: {message}")
    expect(found, f"{fault} was not found in {SEEDS} runs")
finish()
