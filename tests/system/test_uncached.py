"""Loads from Non-cacheable memory overlap: a line copied by four loads, which queue up at one bank of the DRAM, takes much
less time than four that wait for each other. And it takes the same time however the machine is run."""

import json
import os
import struct
import subprocess

from lib_mesim import *

UNSET = struct.pack("<QQ", 0x4000, 100)
LINES = 400
CHAIN, COPY = 0, 1


def assemble():
    source = os.path.join(SRC_DIR, "tests", "guest", "uncached.S")
    subprocess.run(["aarch64-linux-gnu-gcc", "-nostdlib", "-static", "-no-pie", "-Wl,-Ttext=0x40080000", "-Wl,--build-id=none",
                    source, "-o", "uncached.elf"], check=True)
    subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", "uncached.elf", "uncached.bin"], check=True)
    with open("uncached.bin", "rb") as file:
        return file.read()


CODE = assemble()


def statistics(lines, what, *arguments):
    at = CODE.index(UNSET)
    write("guest.bin", CODE[:at] + struct.pack("<QQ", lines, what) + CODE[at + 16:])
    run = mesim("run", "guest.bin", "--raw", "--cores", 1, "-q", "--stats", "stats", "--max-cycles", 10000000, *arguments)
    expect(run.returncode == 0, f"{what}, {arguments}: {run.stderr}")
    with open("stats") as file:
        return json.load(file)["cores"][0]


def cycles_a_line(what):
    return (statistics(3 * LINES, what)["cycles"] - statistics(LINES, what)["cycles"]) / (2 * LINES)


def check_overlap():
    chain, copy = cycles_a_line(CHAIN), cycles_a_line(COPY)
    print(f"result: Non-cacheable memory: a load that needs the one before takes {chain:.1f} cycles, "
          f"a line copied by four LDP and four STP {copy:.1f}")
    expect(copy < 3 * chain, f"the loads of a line do not overlap: {copy:.1f} cycles a line, one load takes {chain:.1f}")


def check_determinism():
    for perturbed in ((), ("-C", "perturb.load=300", "-C", "perturb.drain=300", "-C", "perturb.delay=20ns")):
        for what in (CHAIN, COPY):
            runs = [statistics(LINES, what, *perturbed, *way)
                    for way in ((), ("--no-fast-path",), ("--check",), ("--trace", "trace"))]
            expect(all(run == runs[0] for run in runs), f"{what} {perturbed}: the ways differ")


check_overlap()
check_determinism()
finish()
