"""Functional mode: the guest sees the same machine; the same run in every way of running it; the switch to timing mode
comes where it was asked for, and what is counted is counted from there."""

import itertools
import json
import os

from lib_mesim import *

IMAGES = {
    "hello": "",
    "spinlock": "iterations=300",
    "ipi": "rounds=5",
    "false-sharing": "iterations=500",
    "selftest": "",
    "bench-alu": "iterations=2000",
    "bench-l1": "passes=3",
    "bench-stream": "passes=1 kib=64",
    "bench-lock": "iterations=100",
    "bench-false-sharing": "iterations=500",
    "bench-counter": "iterations=300 result=1",
}
CORES = [1, 4] if SANITIZED else [1, 3, 8]
STARTS = [["--mode", "functional"], ["--timing-from", "arch_smp_init"], ["--timing-from", "20000"]]


def run(image, cores, *arguments):
    done = mesim("run", firmware(image), "--cores", cores, "--append", IMAGES[image], "-q", "--max-cycles", 200000000, "--stats",
                 "stats", "--no-host-stats", *arguments)
    expect(done.returncode == 0, f"{image} on {cores} cores {arguments}: status {done.returncode}: {done.stderr}")
    with open("stats") as file:
        return done.stdout, file.read()




# The same console as in timing mode; the same statistics and trace hash with and without the fast path, a trace, and
# whatever order the components are visited in after the switch.
for image, cores, start in itertools.product(IMAGES, CORES, STARTS):
    plain, _ = run(image, cores)
    console, stats = run(image, cores, *start)
    expect(console == plain, f"{image} on {cores} cores {start}: prints otherwise\n{plain}---\n{console}---")
    for variant in [["--no-fast-path"], ["--trace", "trace"], ["--order", "backward"]]:
        expect(run(image, cores, *start, *variant) == (console, stats), f"{image} on {cores} cores {start} {variant}: differs")
os.remove("trace")

# Caches have nothing to do in functional mode, and all to do after the switch.
functional = json.loads(run("spinlock", 4, *STARTS[0])[1])
timing = json.loads(run("spinlock", 4)[1])
expect(sum(core["l1d"]["load_misses"] for core in functional["cores"]) == 0, "functional mode counts misses of the L1D")
switched = json.loads(run("spinlock", 4, *STARTS[1])[1])
expect(all(core["l1d"]["load_misses"] > 0 for core in switched["cores"]), "no cache misses after the switch")
expect(0 < switched["cores"][0]["instructions"] < timing["cores"][0]["instructions"],
       "the instructions before the switch are counted")

# The switch by count is not before the count, and not long after it.
for count in [1, 30000, 100000]:
    whole, counted = 0, 0
    done = json.loads(run("spinlock", 1, "--timing-from", count)[1])
    before = done["sim"]["instructions"] - done["cores"][0]["instructions"]
    expect(count <= before <= count + 10000, f"switch at {before} instructions, wanted at {count}")

# The switch by address is exact: a guest of 100 instructions, marked at each of some of them.
CODE = [NOP] * 100 + SYSTEM_OFF
for index in [0, 1, 15, 16, 17, 77, 99]:
    write("guest.elf", elf([(RAM + 0x100000, words(*CODE), 4 * len(CODE))]))
    for variant in [[], ["--no-fast-path"]]:
        done = mesim("run", "guest.elf", "-q", "--stats", "stats", "--no-host-stats", "--timing-from",
                     hex(RAM + 0x100000 + 4 * index), *variant)
        with open("stats") as file:
            counted = json.load(file)["cores"][0]["instructions"]
        expect(done.returncode == 0 and counted == len(CODE) - 1 - index,
               f"marked at instruction {index} {variant}: {counted} counted after it")

# A symbol of a map marks it as well, with the map's offset.
write("guest.map", b"0000000000100000 T guest\n0000000000100044 t middle\n")
done = mesim("run", "guest.elf", "-q", "--stats", "stats", "--symbols", f"guest.map,offset={RAM:#x}", "--timing-from", "middle")
with open("stats") as file:
    counted = json.load(file)["cores"][0]["instructions"]
expect(done.returncode == 0 and counted == len(CODE) - 1 - 17, f"marked by a map's symbol: {counted} counted after it")

# Bad places and combinations.
for arguments, text in [
    (["--timing-from", "nosuch"], "neither a symbol of the image"),
    (["--timing-from", "0x40100002"], "no instruction is at 0x40100002"),
    (["--timing-from", "99999999999999999999"], "neither a symbol"),
    (["--timing-from", "10Q"], "neither a symbol"),
    (["--mode", "fast"], "give timing or functional"),
    (["--mode", "functional", "--check"], "--check watches caches"),
]:
    done = mesim("run", "guest.elf", *arguments)
    expect(done.returncode in (1, 2) and text in done.stderr and len(done.stderr.splitlines()) == 1,
           f"{arguments}: status {done.returncode}: {done.stderr}")
finish()
