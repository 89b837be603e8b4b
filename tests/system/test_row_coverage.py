"""Every row of the decode table, every system instruction (src/cpu/sysop.def) and every field of MSR (immediate) is executed
by some test, and every system register (src/cpu/sysreg.def) read and written where it can be. Writes the report,
coverage/rows.txt in the build folder: how often, and by which kind of test.

Counted are the unit tests of src/cpu, and guests on the whole machine: build/mesim-faults counts what it retires."""

import glob
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from lib_mesim import *

WITH_FAULTS = os.environ["MESIM_WITH_FAULTS"]
UNIT_TESTS = os.path.join(BUILD_DIR, "tests", "unit", "cpu")
REPORT = os.path.join(BUILD_DIR, "coverage", "rows.txt")
# Shorter than by default: what is wanted is that each row is met.
SHORT = {"MESIM_INSTRUCTIONS": "300000"}
GUESTS = [
    ("firmware/selftest.elf", "--cores 4", ""),
    ("guest/traps.elf", "--cores 4", ""),
    ("guest/features.elf", "--cores 1", ""),
    ("guest/sysregs.elf", "--cores 1 -C core.pmu_counters=31", ""),
    ("guest/instructions.elf", "--cores 1", ""),
    ("programs/floating-O2.elf", "--cores 1", ""),
    ("programs/later-O2.elf", "--cores 1", ""),
    ("programs/matrix-later-O3.elf", "--cores 1", ""),
    ("programs/simd-O2.elf", "--cores 1", ""),
    ("programs/threads-lse-O2.elf", "--cores 4", ""),
    (os.path.abspath("pseudo-op.elf"), "-C core.m5ops=on", ""),
]
PSEUDO_OP = [0xFF400110, *SYSTEM_OFF]
KINDS = ("random", "directed", "guests")


def source(path):
    with open(os.path.join(SRC_DIR, path), encoding="utf-8") as file:
        text = file.read()
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def rows_of_table():
    """The rows in the order of the table."""
    def expand(path):
        for line in source(path).splitlines():
            included = re.match(r'#include "(.*\.def)"', line)
            row = re.match(r"(?:ALU|BRANCH|BRANCH_REG|MEMORY|PREFETCH|SYSTEM|FP|FP_MEMORY)\((\w+),", line)
            if included:
                yield from expand(os.path.join("src", included.group(1)))
            elif row:
                yield row.group(1)
    return list(expand("src/cpu/isa/a64.def"))


def system_instructions():
    """Name and key of each row of sysop.def whose feature executes: op0 is 1."""
    rows = re.findall(r"^\w+\((\w+), (\d+), (\d+), (\d+), (\d+), \w+, (\w+)[,)]", source("src/cpu/sysop.def"), re.MULTILINE)
    features = dict(re.findall(r'X\((\w+), "\w+", (\w+)\)', source("src/cpu/features.h")))
    return {name: 1 << 14 | int(op1) << 11 | int(crn) << 7 | int(crm) << 3 | int(op2)
            for name, op1, crn, crm, op2, feature in rows if features.get(feature, "true") == "true"}


def system_registers(access):
    """Name and key of each row of sysreg.def that may be accessed so, "R" or "W", at EL1."""
    rows = re.findall(r"^\w+\((\w+), (\d+), (\d+), (\d+), (\d+), (\d+), (\w+)", source("src/cpu/sysreg.def"), re.MULTILINE)
    return {row[0]: int(row[1]) << 14 | int(row[2]) << 11 | int(row[3]) << 7 | int(row[4]) << 3 | int(row[5]) for row in rows
            if access in row[6].split("_")[-1]}


def run_unit_test(program):
    kind = "random" if "unicorn" in program else "directed"
    counts = f"{kind}-{os.path.basename(program)}.txt"
    done = subprocess.run([program, "--jobs", "1"], capture_output=True, text=True, errors="replace", timeout=500,
                          env={**os.environ, **SHORT, "MESIM_ROW_COUNTS": counts})
    expect(done.returncode == 0, f"{program}: status {done.returncode}: {last_line(done.stderr)}")


def run_guest(guest):
    image, options, bootargs = guest
    done = subprocess.run([WITH_FAULTS, "run", os.path.join(BUILD_DIR, image), *options.split(), "-q", "--max-cycles",
                           "300000000", "--append", bootargs, "--count-rows", f"guests-{os.path.basename(image)}.txt"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=500)
    expect(done.returncode == 0 and (last_line(done.stdout) == "done" or image.startswith(("programs/", "/"))),
           f"{image}: status {done.returncode}, {last_line(done.stdout)} {last_line(done.stderr)}")


def counts_of(kind):
    """Sums the lines of the kind's files, by what stands before the count."""
    counts = {}
    for path in glob.glob(f"{kind}-*.txt"):
        with open(path, encoding="utf-8") as file:
            for line in file:
                what, count = line.rsplit(" ", 1)
                counts[what] = counts.get(what, 0) + int(count)
    return counts


def table(title, names, key_of, counts):
    """Lines of the report for `names`, and those that were never executed."""
    lines, missing = [f"{title:32}{'total':>14}" + "".join(f"{kind:>14}" for kind in KINDS)], []
    for name in names:
        numbers = [counts[kind].get(key_of(name), 0) for kind in KINDS]
        lines.append(f"{name:32}{sum(numbers):14,}" + "".join(f"{number:14,}" for number in numbers))
        if not sum(numbers):
            missing.append(name)
    return lines + [f"{len(lines) - 1} in all, {len(missing)} of them never executed", ""], missing


def main():
    for path in glob.glob("*.txt"):
        os.remove(path)
    programs = [path for path in sorted(glob.glob(os.path.join(UNIT_TESTS, "test_*"))) if not path.endswith("_faults")]
    write("pseudo-op.elf", elf([(RAM + 0x100000, words(*PSEUDO_OP), 4 * len(PSEUDO_OP))]))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run_guest, GUESTS))
        list(pool.map(run_unit_test, programs))
    counts = {kind: counts_of(kind) for kind in KINDS}
    operations, readable, writable = system_instructions(), system_registers("R"), system_registers("W")
    rows, missing_rows = table("row of the decode table", rows_of_table(), lambda name: f"row {name}", counts)
    sys_lines, missing_operations = table("system instruction", operations, lambda name: f"write {operations[name]:04x}", counts)
    reads, unread = table("system register, read", readable, lambda name: f"read {readable[name]:04x}", counts)
    writes, unwritten = table("system register, written", writable, lambda name: f"write {writable[name]:04x}", counts)
    os.makedirs(os.path.dirname(REPORT), exist_ok=True)
    with open(REPORT, "w", encoding="utf-8") as file:
        file.write("\n".join(rows + sys_lines + reads + writes))
    expect(len(rows) > 1000 and len(sys_lines) > 50 and len(reads) > 190 and len(writes) > 140, "the tables were not read")
    expect(not missing_rows, f"rows never executed: {', '.join(missing_rows)}")
    expect(not missing_operations, f"system instructions never executed: {', '.join(missing_operations)}")
    expect(not unread, f"system registers never read: {', '.join(unread)}")
    expect(not unwritten, f"system registers never written: {', '.join(unwritten)}")
    for lines in (rows, sys_lines, reads, writes):
        print(f"result: {lines[0].split('  ')[0]}: {lines[-2]}")
    finish()


main()
