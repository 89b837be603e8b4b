"""What it costs to count with LSE atomics that the L1 or the L2 performs, by firmware/images/bench-counter: far, a counter
that all cores fight for costs what its own does; near it costs a line's way between cores, and less where nobody else
wants it. The figures are those of docs/timing-model.md."""

import json

from lib_mesim import *

ITERATIONS = (500, 2500)


def run_ps(cores, place, bootargs, iterations):
    done = mesim("run", firmware("bench-counter"), "--cores", cores, "-q", "-C", f"core.atomics={place}", "--stats", "stats",
                 "--append", f"iterations={iterations} {bootargs}")
    expect(done.returncode == 0 and last_line(done.stdout) == "done", f"{place}, {bootargs}: {done.stdout}{done.stderr}")
    with open("stats", encoding="utf-8") as file:
        stats = json.load(file)
    return stats["sim"]["ps"], stats["config"]["core"]["clock"]


def cycles(cores, place, bootargs):
    """From one addition of a core to its next, without what comes before and after."""
    (less_ps, clock), (more_ps, _) = [run_ps(cores, place, bootargs, iterations) for iterations in ITERATIONS]
    return (more_ps - less_ps) / (ITERATIONS[1] - ITERATIONS[0]) * clock / 10**12


COUNTERS = {"one counter, STADD": "", "one counter, LDADD": "result=1", "a counter each, STADD": "private=1",
            "a counter each, LDADD": "private=1 result=1", "one counter, STADD and half as many LDR": "reads=1"}
cost = {(what, cores, place): cycles(cores, place, bootargs) for what, bootargs in COUNTERS.items() for cores in (1, 2, 4, 8)
        for place in ("near", "far", "auto")}
for what in COUNTERS:
    for cores in (1, 2, 4, 8):
        figures = ", ".join(f"{place} {cost[what, cores, place]:.0f}" for place in ("near", "far", "auto"))
        print(f"result: {what}, {cores} cores: {figures} cycles an addition of each")
for what in COUNTERS:
    if "one" in what:
        expect(cost[what, 8, "far"] < cost[what, 8, "near"] / 2, f"{what}: far is not the better for a line that is fought for")
        expect(cost[what, 8, "auto"] < cost[what, 8, "near"] / 2, f"{what}: auto is not as good as far")
    else:
        expect(cost[what, 8, "near"] < cost[what, 8, "far"], f"{what}: near is not the better for a line of its own")
for what in ("one counter, STADD", "one counter, LDADD"):
    expect(cost[what, 8, "far"] < 1.5 * cost[what, 1, "far"], f"{what}: far is not steady")
    expect(cost[what, 8, "near"] > 2 * cost[what, 1, "near"], f"{what}: near does not suffer")
    expect(abs(cost[what, 1, "auto"] - cost[what, 1, "near"]) < 1, f"{what}: auto leaves a line that the L1 owns")
# A posted atomic occupies the atomic unit too: one for each visit of the line, whether its result is wanted or not.
expect(cost["one counter, STADD", 8, "near"] > 0.8 * cost["one counter, LDADD", 8, "near"], "a posted atomic costs no time")
finish()
