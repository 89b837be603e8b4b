"""The same run twice: trace and statistics equal to the byte; with and without a trace, the fast path and the checks, in
every order of visiting components: the same trace hash and statistics."""

import itertools
import json
import os

from lib_mesim import *

IMAGES = {
    "hello": "",
    "spinlock": "iterations=200",
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
CORES = [1, 4] if SANITIZED else [1, 2, 4, 8]
VARIANTS = [
    ["--trace", "trace"],
    ["--order", "backward"],
    ["--order", "shuffled"],
    ["--no-fast-path"],
    ["--check"],
    ["--no-fast-path", "--order", "shuffled", "--trace", "trace"],
]


def contents(name):
    with open(name, "rb") as file:
        return file.read()


def run(image, cores, *arguments):
    done = mesim("run", firmware(image), "--cores", cores, "--append", IMAGES[image], "-q", "--max-cycles", 200000000, "--stats",
                 "stats", "--no-host-stats", *arguments)
    expect(done.returncode == 0, f"{image} on {cores} cores {arguments}: status {done.returncode}: {done.stderr}")
    return done.stdout, contents("stats")


for image, cores in itertools.product(IMAGES, CORES):
    console, stats = run(image, cores, "--trace", "trace")
    trace = contents("trace")
    again = run(image, cores, "--trace", "trace")
    expect(again == (console, stats) and contents("trace") == trace, f"{image} on {cores} cores: two runs differ")
    for variant in VARIANTS:
        expect(run(image, cores, *variant) == (console, stats), f"{image} on {cores} cores {variant}: another result")
    expect(contents("trace") == trace, f"{image} on {cores} cores: the long way traces otherwise")
    os.remove("trace")

# What mesim litmus --perturb 1 to 3 shakes (src/litmus/perturb.c) is the same by the long way and in any order.
PERTURBED = [
    {"delay": "10ns", "drain": 64, "load": 128, "evict": 0},
    {"delay": "50ns", "drain": 256, "load": 512, "evict": 16},
    {"delay": "200ns", "drain": 1024, "load": 2048, "evict": 4},
]
for image, level in itertools.product(("ipi", "spinlock"), PERTURBED):
    options = [word for key, value in level.items() for word in ("-C", f"perturb.{key}={value}")] + ["--seed", "3"]
    plain = run(image, 4, *options)
    for variant in (["--no-fast-path"], ["--order", "shuffled"], ["--no-fast-path", "--order", "backward", "--trace", "trace"]):
        expect(run(image, 4, *options, *variant) == plain, f"{image} with {level} {variant}: another result")

# Atomics that the L2 performs.
TRAPS = os.path.join(BUILD_DIR, "guest", "traps.elf")
for place, level in itertools.product(("far", "auto"), [{}] + PERTURBED[:1]):
    options = [word for key, value in level.items() for word in ("-C", f"perturb.{key}={value}")] + ["--seed", "3"]
    runs = []
    for variant in ([], *VARIANTS):
        done = mesim("run", TRAPS, "--cores", 4, "-q", "--max-cycles", 200000000, "--stats", "stats", "--no-host-stats",
                     "-C", f"core.atomics={place}", *options, *variant)
        runs.append((done.returncode, done.stdout, contents("stats")))
        expect(runs[-1] == runs[0], f"atomics {place} with {level} {variant}: another result")
    stats = json.loads(runs[0][2])
    expect(sum(core["atomics_far"] for core in stats["cores"]) > 100, f"hardly any atomic is {place}")

# Another machine or seed is another run.
_, stats = run("ipi", 2)
expect(run("ipi", 2, "-C", "link.core=9")[1] != stats, "a longer link changes nothing")
late = run("ipi", 2, "-C", "perturb.delay=10ns", "--seed", 5)
expect(late == run("ipi", 2, "-C", "perturb.delay=10ns", "--seed", 5), "a seed does not repeat its run")
other = json.loads(run("ipi", 2, "-C", "perturb.delay=10ns", "--seed", 6)[1])
expect(json.loads(late[1])["sim"] != other["sim"], "another seed gives the same run")
finish()
