"""Random litmus tests on the simulator show nothing that the Arm memory model forbids (src/axiomatic). Those that fail
stay in the folder "random", made as small as they fail. With MESIM_LONG=1: ten times as many, and more runs of each."""

import os

import lib_random_litmus
from lib_mesim import MESIM, SANITIZED, expect, finish

LONG = os.environ.get("MESIM_LONG") == "1"
COUNT = 2000 if LONG else 20 if SANITIZED else 200
RUNS = 1000 if LONG else 50 if SANITIZED else 250
LEVELS = (1, 2, 3)

totals, failures = lib_random_litmus.compare(MESIM, 1, COUNT, RUNS, LEVELS)
for failure in failures:
    expect(False, failure)
for level, seen, allowed, forbidden in totals:
    print(f"result: {COUNT} random tests, {RUNS} runs each at level {level}: {seen:,} of {allowed:,} allowed outcomes seen, "
          f"{forbidden} forbidden ones")
    expect(forbidden == 0, f"level {level}: {forbidden} forbidden outcomes")
    expect(seen * 10 > allowed, f"level {level}: hardly any of the allowed outcomes are seen")
expect(len(totals) == len(LEVELS), "some level gave no result")
finish()
