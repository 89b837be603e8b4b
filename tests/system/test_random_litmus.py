"""Random litmus tests on the simulator show nothing that the Arm memory model forbids (src/axiomatic). Those that fail
stay in a folder "random-...", made as small as they fail. A fifth as many run in Non-cacheable memory, and as many with
every second location there; those in cached memory run again with LSE atomics performed in the L2. With MESIM_LONG=1: ten times
as many, and more runs of each."""

import os

import lib_random_litmus
from lib_mesim import MESIM, SANITIZED, expect, finish

LONG = os.environ.get("MESIM_LONG") == "1"
COUNT = 2000 if LONG else 20 if SANITIZED else 200
RUNS = 1000 if LONG else 50 if SANITIZED else 250
LEVELS = (1, 2, 3)

# Memory, where LSE atomics are performed, how many tests.
KINDS = [("cached", "near", COUNT), ("cached", "far", COUNT), ("nc", "near", COUNT // 5), ("mixed", "near", COUNT // 5)]

for memory, atomics, count in KINDS:
    totals, failures = lib_random_litmus.compare(MESIM, 1, count, RUNS, LEVELS, memory=memory,
                                                 folder=f"random-{memory}-{atomics}",
                                                 machine=("-C", f"core.atomics={atomics}"))
    for failure in failures:
        expect(False, failure)
    for level, seen, allowed, forbidden in totals:
        print(f"result: {count} random tests in {memory} memory, atomics {atomics}, {RUNS} runs each at level {level}: "
              f"{seen:,} of {allowed:,} allowed outcomes seen, {forbidden} forbidden ones")
        expect(forbidden == 0, f"{memory}, {atomics}, level {level}: {forbidden} forbidden outcomes")
        expect(seen * 10 > allowed, f"{memory}, {atomics}, level {level}: hardly any of the allowed outcomes are seen")
    expect(len(totals) == len(LEVELS), f"{memory}, {atomics}: some level gave no result")
finish()
