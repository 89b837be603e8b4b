#!/usr/bin/env python3
"""Simulation speed: guest instructions a second in timing mode, beside QEMU on the same images.

usage: ./dev bench [--cores N] [--repeat N] [--json FILE] [--check] [--no-qemu] [NAME...]

  NAME         bench-alu, bench-l1, ... (default: all); "alu" will do
  --cores N    cores of the guest (4)
  --repeat N   runs of each, of which the fastest counts (3)
  --json FILE  also writes the table there
  --check      fails where a bench is slower than its threshold; for a host that is otherwise idle
  --no-qemu    measures mesim alone

A guest instruction is one that mesim executed. QEMU does not count: its MIPS are mesim's instructions over QEMU's wall
time, start-up included, so that they compare the time to run the same image. In bench-lock and bench-false-sharing what
cores execute while they wait differs between the two. QEMU translates and gives each core a thread of the host; mesim
simulates caches, coherence and pipelines in one thread.

exit status: 0; 1 when a run fails, the outputs differ or a threshold is missed; 2 for wrong use.
"""

import argparse
import json
import os
import platform
import tempfile

from lib_bench import fail, positive, run

BENCHES = {
    "bench-alu": "arithmetic in registers",
    "bench-l1": "loads and stores that hit the L1",
    "bench-stream": "loads and stores through 4 MiB a core",
    "bench-lock": "one contended lock",
    "bench-false-sharing": "counters in one line",
    "bench-counter": "LSE atomics on one counter",
}
LEAST_MIPS = {"bench-alu": 60, "bench-l1": 60}  # on one 2.4 GHz host core
TIMEOUT_SECONDS = 900

MESIM, BUILD_DIR, SRC_DIR = (os.environ.get(name, "") for name in ("MESIM", "BUILD_DIR", "SRC_DIR"))


def image(name):
    return os.path.join(BUILD_DIR, "firmware", name + ".elf")


def run_mesim(name, cores, repeat):
    best = None
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "stats.json")
            output, _ = run([MESIM, "run", image(name), "--cores", str(cores), "--quiet", "--stats", path],
                            TIMEOUT_SECONDS)
            with open(path, encoding="utf-8") as file:
                stats = json.load(file)
        cycles = sum(core["cycles"] for core in stats["cores"])
        measured = {
            "instructions": stats["sim"]["instructions"],
            "simulated_seconds": stats["sim"]["ps"] / 1e12,
            "ipc": stats["sim"]["instructions"] / cycles,
            "mesim_seconds": stats["host"]["seconds"],
            "mesim_mips": stats["host"]["mips"],
        }
        if best is None or measured["mesim_mips"] > best["mesim_mips"]:
            best = measured
    return best, output


def run_qemu(name, cores, repeat):
    script = os.path.join(SRC_DIR, "tests", "guest", "run_on_qemu.sh")
    runs = [run([script, image(name), str(cores)], TIMEOUT_SECONDS) for _ in range(repeat)]
    return runs[0][0], min(seconds for _, seconds in runs)


def measure(name, cores, repeat, with_qemu):
    row, output = run_mesim(name, cores, repeat)
    row = {"name": name, "what": BENCHES[name], "cores": cores} | row
    if not output.endswith("done\n"):
        fail(f"{name} on mesim ended with {output[-80:]!r}")
    if with_qemu:
        qemu_output, seconds = run_qemu(name, cores, repeat)
        if qemu_output != output:
            fail(f"{name} says other things on QEMU: {qemu_output!r} instead of {output!r}")
        row |= {"qemu_seconds": seconds, "qemu_mips_of_mesim_instructions": row["instructions"] / seconds / 1e6}
    return row


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def host():
    return {"processor": processor(), "processors": os.cpu_count(), "load": round(os.getloadavg()[0], 2),
            "system": f"{platform.system()} {platform.release()}"}


HEAD = ("", "instructions", "simulated", "IPC", "mesim", "mesim", "QEMU", "QEMU *")
UNITS = ("", "million", "ms", "per core", "s", "MIPS", "s", "MIPS")
WIDTHS = (20, 13, 11, 9, 8, 8, 8, 8)


def print_row(cells):
    print("".join(f"{cell:<{width}}" if i == 0 else f"{cell:>{width}}" for i, (cell, width) in enumerate(zip(cells, WIDTHS))),
          flush=True)


def print_measured(row, with_qemu):
    cells = [row["name"], f"{row['instructions'] / 1e6:,.1f}", f"{row['simulated_seconds'] * 1e3:,.2f}", f"{row['ipc']:.2f}",
             f"{row['mesim_seconds']:.2f}", f"{row['mesim_mips']:.1f}"]
    if with_qemu:
        cells += [f"{row['qemu_seconds']:.2f}", f"{row['qemu_mips_of_mesim_instructions']:.1f}"]
    print_row(cells)


def full_name(name):
    full = name if name.startswith("bench-") else f"bench-{name}"
    if full not in BENCHES:
        fail(f"there is no bench '{name}'; give one of {', '.join(BENCHES)}", 2)
    return full


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, usage=argparse.SUPPRESS, add_help=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=argparse.SUPPRESS)
    parser.add_argument("--cores", type=positive, default=4, help=argparse.SUPPRESS)
    parser.add_argument("--repeat", type=positive, default=3, help=argparse.SUPPRESS)
    parser.add_argument("--json", metavar="FILE", help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--no-qemu", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("-h", "--help", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def write_json(path, machine, rows):
    try:
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"schema": 1, "host": machine, "least_mips": LEAST_MIPS, "benches": rows}, file, indent=1)
            file.write("\n")
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}")


def main():
    options = arguments()
    if options.help:
        print(__doc__.strip())
        return
    for name, value in (("MESIM", MESIM), ("BUILD_DIR", BUILD_DIR), ("SRC_DIR", SRC_DIR)):
        if not value:
            fail(f"the environment lacks {name}; ./dev bench sets it", 2)
    names = [full_name(name) for name in options.names] or list(BENCHES)
    with_qemu, machine = not options.no_qemu, host()
    print(f"guest of {options.cores} cores, timing mode; the fastest of {options.repeat}; host: {machine['processor']}, "
          f"{machine['processors']} processors, load {machine['load']}")
    columns = len(HEAD) if with_qemu else len(HEAD) - 2
    print_row(HEAD[:columns])
    print_row(UNITS[:columns])
    rows = []
    for name in names:
        rows.append(measure(name, options.cores, options.repeat, with_qemu))
        print_measured(rows[-1], with_qemu)
    if with_qemu:
        print("* the instructions that mesim executed, over the wall time of QEMU (multi-threaded TCG), start-up included")
    if options.json:
        write_json(options.json, machine, rows)
    if options.check:
        slow = [f"{row['name']} runs at {row['mesim_mips']:.1f} MIPS, less than {LEAST_MIPS[row['name']]}" for row in rows
                if row["mesim_mips"] < LEAST_MIPS.get(row["name"], 0)]
        if slow:
            fail("; ".join(slow))


main()
