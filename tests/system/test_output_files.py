"""Trace, statistics and console: whole or not at all, and a full disk is told."""

import json
import os
import subprocess

from lib_mesim import *

write("guest.elf", elf([(RAM + 0x100000, words(*SYSTEM_OFF), 16)]))


def fails(name, part, *arguments, **options):
    run = mesim("run", firmware("hello"), "--cores", "2", "-q", *arguments, **options)
    expect(run.returncode == 1, f"{name}: status {run.returncode}")
    expect(part in last_line(run.stderr), f"{name}: {run.stderr!r}")
    return run


fails("trace to a full disk", "writing the trace to /dev/full failed", "--trace", "/dev/full")
fails("statistics to a full disk", "writing the statistics to /dev/full failed", "--stats", "/dev/full")
with open("/dev/full", "w") as full:
    fails("console to a full disk", "cannot write the guest's console", stdout=full)

# A reader that goes away ends the run.
reader = subprocess.Popen(["head", "-c", "1"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
run = mesim("run", firmware("hello"), "--cores", "64", "-q", stdout=reader.stdin)
reader.stdin.close()
reader.wait()
expect(run.returncode in (0, 1), f"a pipe that closes: status {run.returncode}")

# A size limit stands for a disk that fills up: what was there before stays, nothing else does.
write("kept", b"old contents\n")
before = sorted(os.listdir("."))
limited = ["bash", "-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "limited", MESIM, "run", firmware("hello"), "--cores", "2",
           "-q"]
for option in ("--trace", "--stats"):
    run = subprocess.run([*limited, option, "kept"], capture_output=True, text=True, timeout=300)
    expect(run.returncode == 1, f"{option} that outgrows the disk: status {run.returncode}")
    expect("nothing was kept" in run.stderr, f"{option} that outgrows the disk: {run.stderr!r}")
    with open("kept") as file:
        expect(file.read() == "old contents\n", f"{option} that outgrows the disk replaced the file")
expect(sorted(os.listdir(".")) == before, f"left: {os.listdir('.')}")

# A good run replaces the file; statistics are JSON, the trace has a heading and fixed columns.
run = mesim("run", firmware("hello"), "--cores", "2", "-q", "--trace", "kept", "--stats", "stats")
expect(run.returncode == 0 and run.stderr == "", f"a quiet good run: status {run.returncode}: {run.stderr!r}")
with open("kept") as file:
    lines = file.read().splitlines()
expect(lines[0].startswith("#") and len(lines) > 100, "the trace has no heading or no lines")
times = [int(line.split()[0]) for line in lines[1:]]
expect(times == sorted(times), "the trace is not in the order of time")
expect(all(len(line.split()) == 7 for line in lines[1:]), "a line of the trace has not seven columns")
with open("stats") as file:
    stats = json.load(file)
for path in ("schema", "mesim", "host.seconds", "host.mips", "sim.ps", "sim.instructions", "sim.trace_hash", "cores",
             "cluster.l2_hits", "memory.dram_reads", "config.l2.size", "description"):
    at = stats
    for name in path.split("."):
        expect(isinstance(at, dict) and name in at, f"no {path} in the statistics")
        at = at.get(name, {}) if isinstance(at, dict) else {}
expect(sum(core["instructions"] for core in stats["cores"]) == stats["sim"]["instructions"], "instructions do not add up")

# Standard output holds what the guest wrote and nothing else; standard error the rest.
run = mesim("run", firmware("hello"), "--cores", "2")
expect(run.stdout == "hello from core 0 of 2\nhello from core 1 of 2\n2 cores\ndone\n", f"console: {run.stdout!r}")
expect("instructions" in run.stderr and "\r" not in run.stderr, "no report, or a progress line without a terminal")
finish()
