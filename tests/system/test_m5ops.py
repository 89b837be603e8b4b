"""gem5's pseudo-operations: what they end, begin, count and write, in both modes; UNDEFINED where they are off."""

import glob
import json
import os

from lib_mesim import *

ON = ["-C", "core.m5ops=on"]
EXIT, FAIL, RESET, DUMP, DUMP_RESET, WORK_BEGIN, WORK_END = (0xFF000110 | function << 16
                                                            for function in [0x21, 0x22, 0x40, 0x41, 0x42, 0x5A, 0x5B])
UNKNOWN = 0xFF000110 | 0x77 << 16


def mov(register, value):
    return 0xD2800000 | value << 5 | register


def run(code, *arguments):
    for old in glob.glob("stats*"):
        os.remove(old)
    write("guest.elf", elf([(RAM + 0x100000, words(*code), 4 * len(code))]))
    done = mesim("run", "guest.elf", "--stats", "stats", "--no-host-stats", *arguments)
    files = {}
    for name in glob.glob("stats*"):
        with open(name) as file:
            files[name] = json.load(file)
    return done, files


def instructions(stats):
    return stats["cores"][0]["instructions"]


for start in [[], ["--mode", "functional"], ["--no-fast-path"]]:
    done, files = run([mov(0, 0), EXIT, BRANCH_TO_SELF], *ON, *start)
    expect(done.returncode == 0 and "the guest ended the run" in done.stderr, f"{start} exit: {done.returncode} {done.stderr}")
    for code, status in [(7, 7), (300, 255), (0, 0)]:
        done, _ = run([mov(0, 0), mov(1, code), FAIL, BRANCH_TO_SELF], *ON, *start)
        expect(done.returncode == status, f"{start} fail with {code}: status {done.returncode}")

    # Counters: the operation itself belongs to what is before it.
    done, files = run([NOP] * 5 + [RESET] + [NOP] * 7 + [DUMP] + [NOP] * 3 + [DUMP_RESET] + [NOP] * 2 + SYSTEM_OFF, *ON, *start)
    expect(sorted(files) == ["stats", "stats.1", "stats.2"], f"{start} files: {sorted(files)} {done.stderr}")
    if len(files) == 3:
        counted = [instructions(files[name]) for name in ["stats.1", "stats.2", "stats"]]
        expect(counted == [8, 12, 5], f"{start} counted {counted}")

# Timing mode from work_begin to the end, with a dump at work_end.
code = [NOP] * 40 + [WORK_BEGIN] + [NOP] * 20 + [WORK_END] + [NOP] * 20 + SYSTEM_OFF
done, files = run(code, *ON, "--mode", "functional")
expect(done.returncode == 0 and instructions(files["stats.1"]) == 21 and files["stats.1"]["sim"]["mode"] == "timing",
       f"work: {done.stderr}")
expect(files["stats.1"]["cores"][0]["l1i_misses"] > 0, "no cache at work after work_begin")
again, same = run(code, *ON, "--mode", "functional", "--no-fast-path")
expect(same == files, "the fast path changes what is counted after work_begin")

for old in glob.glob("stats*"):
    os.remove(old)

# Nothing without --stats but the end; a dump that cannot be written is said once and is a failure.
write("guest.elf", elf([(RAM + 0x100000, words(DUMP, DUMP, *SYSTEM_OFF), 4 * (2 + len(SYSTEM_OFF)))]))
done = mesim("run", "guest.elf", *ON, "-q")
expect(done.returncode == 0 and done.stderr == "", f"dump without --stats: {done.returncode} {done.stderr}")
os.mkdir("stats.1")
done = mesim("run", "guest.elf", *ON, "-q", "--stats", "stats")
expect(done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "stats.1" in done.stderr,
       f"dump to a folder: {done.returncode} {done.stderr}")
os.rmdir("stats.1")

# An unknown one is a guest error that does nothing; off, all are UNDEFINED.
done, _ = run([UNKNOWN] + SYSTEM_OFF, *ON)
expect(done.returncode == 0 and "pseudo-operation 0x77 is not known" in done.stderr, f"unknown: {done.stderr}")
done, _ = run([EXIT, *SYSTEM_OFF])
expect(done.returncode == 3, f"m5ops off: status {done.returncode}")
finish()
