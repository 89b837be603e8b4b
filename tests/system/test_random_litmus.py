"""Random litmus tests on the simulator show nothing that the Arm memory model forbids (src/axiomatic). Those that fail
stay in a folder "random-...", made as small as they fail. A fifth as many run in Non-cacheable memory, and as many with
every second location there. With MESIM_LONG=1: ten times as many, and more runs of each."""

import os

import lib_random_litmus
from lib_mesim import MESIM, SANITIZED, expect, finish

LONG = os.environ.get("MESIM_LONG") == "1"
COUNT = 2000 if LONG else 20 if SANITIZED else 200
RUNS = 1000 if LONG else 50 if SANITIZED else 250
LEVELS = (1, 2, 3)

for memory, count in (("cached", COUNT), ("nc", COUNT // 5), ("mixed", COUNT // 5)):
    totals, failures = lib_random_litmus.compare(MESIM, 1, count, RUNS, LEVELS, memory=memory, folder=f"random-{memory}")
    for failure in failures:
        expect(False, failure)
    for level, seen, allowed, forbidden in totals:
        print(f"result: {count} random tests in {memory} memory, {RUNS} runs each at level {level}: {seen:,} of {allowed:,} "
              f"allowed outcomes seen, {forbidden} forbidden ones")
        expect(forbidden == 0, f"{memory}, level {level}: {forbidden} forbidden outcomes")
        expect(seen * 10 > allowed, f"{memory}, level {level}: hardly any of the allowed outcomes are seen")
    expect(len(totals) == len(LEVELS), f"{memory}: some level gave no result")
finish()
