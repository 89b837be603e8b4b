"""--check is wired to the caches: with each mistake that the caches can be told to make, a run of an ordinary image with
small caches is found out, and without any it is not."""

import os
import re
import subprocess

from lib_mesim import *

FAULTY = os.environ["MESIM_WITH_FAULTS"]
SMALL = "l1d.size=512 l1d.ways=2 l2.size=4K l2.ways=2 perturb.delay=20ns perturb.evict=4"
SETTINGS = [part for setting in SMALL.split() for part in ("-C", setting)]
SEEDS = 40

with open(os.path.join(SRC_DIR, "src", "cache", "fault.h")) as file:
    faults = [name for name in re.findall(r"X\(([A-Z]\w+), \"", file.read()) if name != "NONE"]
expect(len(faults) > 10, f"only {len(faults)} faults in cache/fault.h")


with open("disk.img", "wb") as file:
    file.write(bytes(512 * 64))


def image_for(fault):
    """Faults of what devices do need a device that reads and writes memory, those of far atomics need these."""
    if "DEVICE" in fault:
        return [firmware("virtio"), "--append", "sectors=2", "--drive", "disk.img"]
    if "ATOMIC" in fault:
        return [firmware("bench-counter"), "--append", "iterations=100 reads=1", "-C", "core.atomics=auto"]
    return [firmware("spinlock"), "--append", "iterations=30"]


def run(seed, fault, *arguments):
    done = subprocess.run([FAULTY, "run", *image_for(fault), "--cores", "4", "-q", "--check", "--max-cycles", "50000000",
                           "--seed", str(seed), *SETTINGS, *arguments], capture_output=True, text=True, errors="replace",
                          timeout=300)
    return done.returncode, done.stdout, last_line(done.stderr)


def is_found(status, message):
    """By the invariants, by a transition that cannot be, or by a guest that waits for ever."""
    return (status == 1 and "a coherence invariant does not hold" in message) or "internal error" in message or status == 3


for seed in range(SEEDS):
    for fault in ("NONE", "NONE_OF_A_DEVICE", "NONE_OF_AN_ATOMIC"):
        status, console, message = run(seed, fault)
        expect(status == 0 and console.endswith("done\n"), f"{fault}, seed {seed}: status {status}: {message}")
for fault in faults:
    found = False
    for seed in range(SEEDS):
        status, _, message = run(seed, fault, "--inject", fault)
        found = is_found(status, message)
        if found:
            print(f"{fault}, seed {seed}: {message[:160]}")
            break
        expect(status == 0 or status == 4, f"{fault}, seed {seed}: status {status}: {message}")
    expect(found, f"{fault} was not found in {SEEDS} runs")

# A load that gets other bytes than its line holds: no transition shows that, only the load itself.
TRAPS = os.path.join(BUILD_DIR, "guest", "traps.elf")
for wrong, arguments in ((False, []), (True, ["--inject", "load-reads-neighbour"])):
    done = subprocess.run([FAULTY, "run", TRAPS, "--cores", "4", "-q", "--check", "--max-cycles", "30000000", "--append",
                           "dmb-orders-stores=1", *arguments], capture_output=True, text=True, errors="replace", timeout=300)
    message = last_line(done.stderr)
    violation = done.returncode == 1 and "a coherence invariant does not hold" in message and " reads " in message
    expect(violation == wrong and (wrong or done.returncode == 0),
           f"{'a' if wrong else 'no'} load of a neighbour: status {done.returncode}: {message}")
finish()
