"""Every litmus test of the catalogue and of tests/litmus, over seeds, perturbation levels, places of atomics, presets
and types of memory: nothing that kinds.txt forbids, no test refused but for instructions that a preset's core has not,
or exclusives and atomics in memory that is not cached, and what a weak machine must show is seen. With MESIM_LONG=1 more
than 100,000 runs of each test; the figures are those of docs/memory-ordering.md."""

import collections
import os
import re
from concurrent.futures import ThreadPoolExecutor

from lib_mesim import SANITIZED, SRC_DIR, expect, finish, mesim

LONG = os.environ.get("MESIM_LONG") == "1"
FOLDERS = [os.path.join(SRC_DIR, "..", "shared", "litmus", "aarch64"),
           os.path.join(SRC_DIR, "..", "shared", "litmus", "aarch64-cas"), os.path.join(SRC_DIR, "tests", "litmus")]
LEVELS = (1, 2, 3)
SEEDS = range(1, 11) if LONG else (1,)
RUNS = 3400 if LONG else 20 if SANITIZED else 100
# Allowed outcomes that must be seen, and those that need many runs.
RELAXED = """MP MP+dmb.sy+po SB SB+dmb.sy+po S S+dmb.sy+po R 2+2W LB WRC IRIW SB+rel-acqpcs SB+dmb.sy+rel-acqpc SB+dmb.lds""".split()
RARE = """R+po+dmb.sy MP+po+dmb.sy S+po+dmb.sy R+dmb.sy+po 2+2W+dmb.sy+po MP+rel+SWPacq-noret MP+rel+SWPnoret-dmb.ld
          MP+rel+LDADDnoret-dmb.ld MP+rel+CASnoret-ok-dmb.ld""".split()
PRESET_RUNS = 500 if LONG else 10 if SANITIZED else 30


def sweep(job):
    """The rows of a folder's table: test, verdict of kinds.txt, runs with the outcome and without."""
    folder, seed, level, runs, options = job
    done = mesim("litmus", folder, "--quiet", "-n", runs, "--seed", seed, "--perturb", level, *options, timeout=3600)
    what = f"{os.path.basename(folder)}, seed {seed}, level {level} {' '.join(options)}"
    why = {"--preset": "0", "--memory": "0x25"}.get(options[0] if options else None, "none")
    refused = len(re.findall(rf"takes an exception here: .*\(class {why}\)$", done.stderr, re.M))
    expect(f" 0 wrong, {refused} not run" in done.stdout, f"{what}: {done.stdout}{done.stderr}")
    rows = re.findall(r"^(\S+) +(\S+) +(?:Never|Sometimes|Always) +(\d+) +(\d+)  ok$", done.stdout, re.M)
    expect(len(rows) > 15, f"{what}: no table")
    return [(level, name, kind, int(positive), int(negative)) for name, kind, positive, negative in rows]


def presets():
    return re.findall(r"^(\S+)", mesim("presets").stdout, re.M)


def main():
    jobs = [(folder, seed, level, RUNS, ()) for folder in FOLDERS for seed in SEEDS for level in LEVELS]
    jobs += [(folder, seed, level, RUNS, ("-C", f"core.atomics={place}")) for folder in FOLDERS
             for seed in SEEDS for level in LEVELS for place in ("far", "auto")]
    jobs += [(FOLDERS[0], 7, level, PRESET_RUNS, ("--preset", name)) for name in presets() for level in (1, 3)]
    jobs += [(folder, 8, level, PRESET_RUNS, ("--memory", name)) for folder in FOLDERS[::2] for name in ("nc", "gre", "mixed")
             for level in (1, 3)]
    hits, runs, kinds = collections.Counter(), collections.Counter(), {}
    with ThreadPoolExecutor(2) as pool:
        for (_, _, _, _, options), rows in zip(jobs, pool.map(sweep, jobs)):
            for level, name, kind, positive, negative in rows:
                kinds[name] = kind
                if not options:
                    hits[name, level] += positive
                    runs[name] += positive + negative
                expect(kind != "Forbidden" or not positive, f"{name} at level {level}: forbidden, and seen")
    for name in () if SANITIZED else RELAXED + RARE * LONG:
        expect(kinds.get(name) == "Allowed" and any(hits[name, level] for level in LEVELS), f"{name} is allowed, and was not seen")
    expect(len(presets()) >= 5, "the presets were not found")
    expect(len(kinds) > 100, f"only {len(kinds)} tests were found")
    for name, kind in sorted(kinds.items()):
        seen = ", ".join(f"{hits[name, level]:,}" for level in LEVELS)
        print(f"result: {name}: {kind}, seen in {seen} of {runs[name]:,} runs")
    finish()


main()
