"""Load-to-use latencies of each preset are those its sources give: a chain of dependent loads through 16 KiB (L1), 160 KiB
(L2) and 16 MiB (memory)."""

import json
import os
import struct
import subprocess

from lib_mesim import *

# Preset: cycles of an L1 hit, cycles of an L2 hit, nanoseconds of a memory access (least, most), GHz. Sources: the
# comments of share/presets.
EXPECTED = {
    "generic": (4, 21, (132, 137), 2.0),
    "cortex-a53": (3, 23, (147, 163), 1.5),
    "cortex-a57": (4, 25, (141, 145), 1.48),
    "cortex-a72": (4, 21, (132, 137), 2.0),
    "cortex-a76": (4, 12, (115, 119), 2.4),
    "neoverse-n1": (4, 11, (80, 83), 2.5),
}
LOADS = 4000

source = os.path.join(SRC_DIR, "tests", "guest", "latency.S")
subprocess.run(["aarch64-linux-gnu-gcc", "-nostdlib", "-static", "-no-pie", "-Wl,-Ttext=0x40080000", "-Wl,--build-id=none",
                source, "-o", "latency.elf"], check=True)
subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", "latency.elf", "latency.bin"], check=True)
with open("latency.bin", "rb") as file:
    code = file.read()
parameters = code.index(struct.pack("<QQ", 0x4000, 100))


def cycles(preset, array_bytes, loads):
    write("guest.bin", code[:parameters] + struct.pack("<QQ", array_bytes, loads // 8) + code[parameters + 16:])
    run = mesim("run", "guest.bin", "--raw", "--cores", 1, "--preset", preset, "-q", "--stats", "stats")
    expect(run.returncode == 0, f"{preset}: {run.stderr}")
    with open("stats") as file:
        return json.load(file)["cores"][0]["cycles"]


def load_cycles(preset, array_bytes):
    """After one round through the array, so that it is where it fits."""
    round_loads = array_bytes // 64
    return (cycles(preset, array_bytes, round_loads + 2 * LOADS) - cycles(preset, array_bytes, round_loads + LOADS)) / LOADS


for preset, (l1_cycles, l2_cycles, memory_ns, ghz) in EXPECTED.items():
    l1, l2, memory = (load_cycles(preset, kib << 10) for kib in (16, 160, 16384))
    print(f"{preset:12} L1 {l1:6.2f} cycles, L2 {l2:6.2f} cycles, memory {memory / ghz:6.1f} ns")
    # Within a line loads wait for each other; the first of a line does not wait for the last one's latency.
    expect(l1_cycles - 0.5 <= l1 <= l1_cycles, f"{preset}: L1 {l1} cycles, not {l1_cycles}")
    expect(abs(l2 - l2_cycles) < 0.5, f"{preset}: L2 {l2} cycles, not {l2_cycles}")
    expect(memory_ns[0] <= memory / ghz <= memory_ns[1], f"{preset}: memory {memory / ghz} ns, not {memory_ns}")
finish()
