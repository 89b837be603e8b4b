"""Each preset has the latencies of its sources: of loads, by a chain of dependent ones through 16 KiB (L1), 160 KiB (L2)
and 16 MiB (memory); of a line from core to core, by a ping-pong."""

import json
import os
import struct
import subprocess

from lib_mesim import *

# Preset: cycles of an L1 hit, cycles of an L2 hit, nanoseconds of a memory access (least, most), GHz. Sources: the
# comments of share/presets.
LOADS = {
    "generic": (4, 21, (132, 137), 2.0),
    "cortex-a53": (3, 23, (147, 163), 1.5),
    "cortex-a57": (4, 25, (141, 145), 1.48),
    "cortex-a72": (4, 21, (132, 137), 2.0),
    "cortex-a76": (4, 12, (115, 119), 2.4),
    "neoverse-n1": (4, 11, (80, 83), 2.5),
}
# Preset: with CASAL, nanoseconds of a hop (least, most).
HOPS = {
    "cortex-a53": (0, (37, 53)),
    "cortex-a72": (0, (60, 67)),
    "neoverse-n1": (1, (44, 50)),
}
COUNT = 4000
UNSET = struct.pack("<QQ", 0x4000, 100)


def assemble(name):
    source = os.path.join(SRC_DIR, "tests", "guest", name + ".S")
    subprocess.run(["aarch64-linux-gnu-gcc", "-nostdlib", "-static", "-no-pie", "-Wl,-Ttext=0x40080000", "-Wl,--build-id=none",
                    source, "-o", name + ".elf"], check=True)
    subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", name + ".elf", name + ".bin"], check=True)
    with open(name + ".bin", "rb") as file:
        return file.read()


def statistics(code, parameters, preset, *arguments):
    """Of a run of the guest with its two parameters."""
    at = code.index(UNSET)
    write("guest.bin", code[:at] + struct.pack("<QQ", *parameters) + code[at + 16:])
    run = mesim("run", "guest.bin", "--preset", preset, "-q", "--stats", "stats", "--max-cycles", 100000000, *arguments)
    expect(run.returncode == 0, f"{preset}: {run.stderr}")
    with open("stats") as file:
        return json.load(file)


chain, pingpong = assemble("latency"), assemble("pingpong")


def load_cycles(preset, array_bytes):
    """After one round through the array, so that it is where it fits."""
    def cycles(loads):
        return statistics(chain, (array_bytes, loads // 8), preset, "--cores", 1)["cores"][0]["cycles"]

    first = array_bytes // 64 + COUNT
    return (cycles(first + COUNT) - cycles(first)) / COUNT


def hop_ns(preset, casal):
    def ns(turns):
        return statistics(pingpong, (casal, turns), preset, "--cores", 2, "--start", "all")["sim"]["ps"] / 1000

    return (ns(2 * COUNT) - ns(COUNT)) / COUNT / 2


for preset, (l1_cycles, l2_cycles, memory_ns, ghz) in LOADS.items():
    l1, l2, memory = (load_cycles(preset, kib << 10) for kib in (16, 160, 16384))
    print(f"{preset:12} L1 {l1:6.2f} cycles, L2 {l2:6.2f} cycles, memory {memory / ghz:6.1f} ns")
    # Within a line loads wait for each other; the first of a line does not wait for the last one's latency.
    expect(l1_cycles - 0.5 <= l1 <= l1_cycles, f"{preset}: L1 {l1} cycles, not {l1_cycles}")
    expect(abs(l2 - l2_cycles) < 0.5, f"{preset}: L2 {l2} cycles, not {l2_cycles}")
    expect(memory_ns[0] <= memory / ghz <= memory_ns[1], f"{preset}: memory {memory / ghz} ns, not {memory_ns}")
for preset, (casal, expected_ns) in HOPS.items():
    hop = hop_ns(preset, casal)
    print(f"{preset:12} core to core {hop:6.1f} ns")
    expect(expected_ns[0] <= hop <= expected_ns[1], f"{preset}: core to core {hop} ns, not {expected_ns}")
finish()
