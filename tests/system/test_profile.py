"""The profile says where time was lost: every stall cycle and every failed store-exclusive of the counters is at some
instruction, at the right one; lines that go from core to core are found, and false sharing told from true."""

import copy
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

from lib_mesim import *

ASLEEP = ("off", "halted", "wfi", "wfe", "psci")  # sleep is no stall of an instruction
FAILURES = ("snoop", "eviction", "exception", "clear", "address")


def run(name, image, *arguments):
    done = mesim("run", image, "--stats", name, "--no-host-stats", *arguments, timeout=300)
    expect(done.returncode == 0, f"{name}: status {done.returncode}, {last_line(done.stderr)}")
    with open(name, encoding="utf-8") as file:
        return json.load(file), done.stderr


def by_cause(part, names):
    """Sums over rows and rest, by the members called names."""
    sums = {}
    for row in part["rows"] + part["rest"]:
        key = tuple(row[name] for name in names)
        sums[key] = sums.get(key, 0) + row.get("cycles", row["count"])
    return sums


def stall_counters(stats):
    sums = {}
    for core in stats["cores"]:
        for kind, causes in core["stalls"].items():
            for cause, cycles in causes.items():
                if cause not in ASLEEP and cycles:
                    sums[kind, cause] = sums.get((kind, cause), 0) + cycles
    return sums


def laws(stats):
    profile = stats["profile"]
    yield "stall cycles by instruction are those of the counters", (
        by_cause(profile["stalls"], ("kind", "cause")) == stall_counters(stats))
    failures = {(cause,): sum(core[f"exclusive_fail_{cause}"] for core in stats["cores"]) for cause in FAILURES}
    yield "failures by instruction are those of the counters", (
        by_cause(profile["exclusive_failures"], ("cause",)) == {key: n for key, n in failures.items() if n})
    for name, part in (("stalls", "cycles"), ("load_misses", "cycles"), ("exclusive_failures", "count")):
        costs = [row[part] for row in profile[name]["rows"]]
        plain = sum(row.get("kind") == "plain" for row in profile[name]["rows"])
        yield f"{name}: the most expensive come first, at most 200, and of plain stalls as many", (
            costs == sorted(costs, reverse=True) and plain <= 200 and len(costs) - plain <= 200)
    counts = [line["count"] for line in profile["sharing"]["lines"]]
    yield "lines: the most frequent come first", counts == sorted(counts, reverse=True) and len(counts) <= 100
    for line in profile["sharing"]["lines"]:
        whole = sum(access["count"] for access in line["accesses"])
        yield "a line's accesses make its count", whole == line["count"] or len(line["accesses"]) == 64


def broken(stats):
    return [text for text, holds in laws(stats) if not holds]


def check_laws_notice(stats):
    for part in ("stalls", "exclusive_failures"):
        changed = copy.deepcopy(stats)
        del changed["profile"][part]["rows"][0]
        expect(broken(changed), f"no law notices a missing row of {part}")
    changed = copy.deepcopy(stats)
    changed["cores"][0]["stalls"]["dsb"]["gic"] += 1
    expect(broken(changed), "no law notices a cycle too many")


def symbols(rows):
    return {row.get("symbol", "").split("+")[0] for row in rows}


def check_failures_at_their_instruction():
    """Every cause, provoked a known number of times by one instruction each."""
    image = os.path.join(BUILD_DIR, "guest", "counters.elf")
    for operation, cause in (("cleared_exclusives", "clear"), ("misplaced_exclusives", "address"),
                             ("lost_exclusives", "eviction"), ("excepted_exclusives", "exception")):
        stats, _ = run(f"{operation}.json", image, "--cores", 1, "--append", f"{operation}=100")
        rows = [row for row in stats["profile"]["exclusive_failures"]["rows"] if row["cause"] == cause]
        expect(len(rows) == 1 and rows[0]["count"] == 100 and rows[0].get("symbol"),
               f"{operation}: 100 failures by {cause} at one instruction, got {rows}")


def check_dsb_after_tlbi():
    """A DSB that waits for DVM is named, with its cause."""
    image = os.path.join(BUILD_DIR, "guest", "counters.elf")
    stats, _ = run("tlbi.json", image, "--cores", 1, "--append", "broadcast_tlbis=50")
    rows = [row for row in stats["profile"]["stalls"]["rows"] if (row["kind"], row["cause"]) == ("dsb", "dvm")]
    expect(any(row["count"] >= 50 for row in rows), f"50 waits of a DSB for dvm at one instruction, got {rows}")


def check_false_sharing(stats, report):
    lines = {line["symbol"].split("+")[0]: line for line in stats["profile"]["sharing"]["lines"] if "symbol" in line}
    line = lines.get("side_by_side")
    expect(line and line["false_sharing"], f"side_by_side is falsely shared: {line}")
    if line:
        writers = {(access["core"], access["offset"]) for access in line["accesses"] if access["access"] == "store"}
        expect(writers == {(core, 4 * core) for core in range(4)}, f"each core writes a word of its own: {writers}")
        expect("count_side_by_side" in symbols(line["accesses"]), "the function that does it is named")
    expect("meeting" in lines and not lines["meeting"]["false_sharing"], "a barrier's counter is truly shared")
    expect("side_by_side+0x0, false sharing" in report, "the report says so")


def check_symbols_from_elsewhere(wanted):
    """An image without symbols gets the same names from a map, or from the file that it was made from."""
    image = firmware("false-sharing")
    subprocess.run(["aarch64-linux-gnu-strip", "-o", "stripped.elf", image], check=True, timeout=60)
    with open("nm.map", "wb") as file:
        subprocess.run(["aarch64-linux-gnu-nm", "--print-size", image], stdout=file, check=True, timeout=60)
    arguments = RUNS["false-sharing.json"][1:]
    nameless, _ = run("nameless.json", "stripped.elf", *arguments)
    expect("symbol" not in json.dumps(nameless["profile"]), "a stripped image has no names")
    for source in ("nm.map", image):
        stats, _ = run("named.json", "stripped.elf", "--symbols", source, *arguments)
        expect(stats["profile"] == wanted["profile"], f"the names from {source} are those of the image")


RUNS = {
    "ipi.json": (firmware("ipi"), "--cores", 4, "--append", "rounds=30"),
    "false-sharing.json": (firmware("false-sharing"), "--cores", 4, "--append", "iterations=300"),
    "selftest.json": (firmware("selftest"), "--cores", 4),
}


def main():
    with ThreadPoolExecutor(2) as pool:
        results = dict(zip(RUNS, pool.map(lambda name: run(name, *RUNS[name]), RUNS)))
    for name, (stats, _) in results.items():
        for text in broken(stats):
            expect(False, f"{name}: this does not hold: {text}")
    stats, report = results["ipi.json"]
    check_laws_notice(stats)
    expect({"handle_sgi", "arch_smp_send_ici"} <= symbols(stats["profile"]["exclusive_failures"]["rows"]),
           "the functions whose store-exclusives fail are named")
    for heading in ("where barriers, acquires, exclusives and atomics waited", "loads that waited for a line",
                    "store-exclusives that failed", "lines that went from core to core"):
        expect(heading in report, f"the report has no part '{heading}'")
    check_false_sharing(*results["false-sharing.json"])
    check_symbols_from_elsewhere(results["false-sharing.json"][0])
    check_failures_at_their_instruction()
    check_dsb_after_tlbi()
    finish()


main()
