"""`mesim report` prints from the statistics what the run printed, and finds what changed between two runs."""

import json
import re

from lib_mesim import *

IPI = (firmware("ipi"), "--cores", 2, "--append", "rounds=10")


def report(status, *arguments):
    done = mesim("report", *arguments)
    expect(done.returncode == status, f"report {arguments}: status {done.returncode}, not {status}: {done.stderr}")
    return done


def same_as_the_run(name, *arguments):
    run = mesim("run", *arguments, "--stats", f"{name}.json")
    again = report(0, f"{name}.json")
    expect(run.returncode in (0, 3), f"{name}: status {run.returncode}: {run.stderr}")
    expect(again.stderr == "", f"{name}: {again.stderr!r}")
    # What the run says after its report, or before it: what a crashed guest looks like.
    expect(again.stdout and again.stdout in run.stderr, f"{name}: mesim report differs from the report of the run")
    return again.stdout


page = same_as_the_run("ipi", *IPI)
for part in ("inter-processor interrupts", "latency, median", "lines that went from core to core", "GHz", "MIPS"):
    expect(part in page, f"the report has no '{part}'")
same_as_the_run("many", firmware("ipi"), "--cores", 9, "--append", "rounds=2")
page = same_as_the_run("functional", *IPI, "--mode", "functional")
expect("functional mode" in page, "the mode is told")
page = same_as_the_run("switched", *IPI, "--timing-from", "20K")
expect(re.search(r"counted from .* on; functional mode before", page), "the switch is told")
write("bad.elf", elf([(RAM + 0x100000, words(0), 4)]))
page = same_as_the_run("errors", "bad.elf", "--cores", 1, "-C", "core.clock=1.5GHz")
expect("guest errors: " in page and "UNDEFINED" in page and "at 1.5" in page, f"guest errors are told: {page}")

# Without what depends on the host a run has no difference to itself, nor to another way to simulate it.
for name, arguments in (("a.json", []), ("b.json", ["--no-fast-path"]), ("c.json", ["-C", "l1d.size=16K", "-C", "memory.access=300ns"])):
    run = mesim("run", *IPI, "--stats", name, "--no-host-stats", *arguments)
    expect(run.returncode == 0, f"{name}: status {run.returncode}")
expect("s of the host" not in report(0, "a.json").stdout, "a time of the host is made up")
done = report(0, "a.json", "b.json", "--fail-above", "0")
expect(re.search(r"^0 of \d{3} counters differ$", done.stdout, re.M), f"equal runs differ: {done.stdout}")
done = report(1, "a.json", "c.json", "--match", "sim.ps", "--fail-above", "1")
expect("sim.ps" in done.stderr and len(done.stderr.splitlines()) == 1, f"what grew is named: {done.stderr!r}")
lines = done.stdout.splitlines()
expect(any(line.split() == ["l1d.size", "32768", "16384"] for line in lines), f"the parameter is named: {lines}")
with open("a.json") as first, open("c.json") as second:
    values = [f"{json.load(file)['sim']['ps']:,}" for file in (first, second)]
expect(any(line.split()[:3] == ["sim.ps", *values] for line in lines), f"sim.ps side by side: {lines}")
report(0, "c.json", "a.json", "--match", "sim.ps", "--fail-above", "1")
report(0, "a.json", "c.json", "--match", "sim.ps", "--fail-above", "1000000")
expect(report(0, "a.json", "c.json", "--least", "99999999999999").stdout.endswith("0 of 0 counters differ\n"), "--least")

# Wrong input: one line, a status that is not 0.
write("empty", b"")
write("text", b"hello\n")
write("deep", b"[" * 100000)
with open("a.json", "rb") as file:
    good = file.read()
write("cut", good[: len(good) // 2])
write("later", good.replace(b'"schema" : 1', b'"schema" : 2'))
for status, part, *arguments in (
    (1, "no such file", "nowhere"), (1, "empty", "empty"), (1, "no JSON", "text"), (1, "no JSON", "cut"), (1, "nested", "deep"),
    (1, "schema 2", "later"), (1, "directory", "/"), (1, "no such file", "a.json", "nowhere"), (2, "needs a file"),
    (2, "got 'c'", "a", "b", "c"), (2, "two files", "a.json", "--match", "sim"), (2, "no percentage", "a", "b", "--fail-above", "x"),
    (2, "no percentage", "a", "b", "--fail-above", "-1"), (2, "no number", "a", "b", "--least", "x"),
    (2, "--match needs", "a", "b", "--match", ""), (2, "did you mean --least", "a", "--leas", "1"),
):
    done = report(status, *arguments)
    expect(part in done.stderr and len(done.stderr.splitlines()) == 1 and not done.stdout, f"{arguments}: {done.stderr!r}")
finish()
