"""What optional features of the architecture do, as a guest sees it (tests/guest/features): with all of them, and with
those of each preset, the ID registers say what there is; that works, and the rest is UNDEFINED. The short way and the long
one, timing and functional mode, and QEMU's model of the same core agree."""

import re

from lib_mesim import *

IMAGE = os.path.join(BUILD_DIR, "guest", "features.elf")
QEMU_SCRIPT = os.path.join(SRC_DIR, "tests", "guest", "run_on_qemu.sh")
ALL = "pan pan2 uao lse2 lrcpc2 lor flagm2 dpb dpb2 sb dit ssbs2 bti specres idst ccidx".split()
V8_2 = {"pan", "pan2", "uao", "lor", "dpb"}

# What each machine has of them, and QEMU's name for it. QEMU 7.2 lets its cortex-a76 read SSBS although the core's
# ID_AA64PFR1_EL1.SSBS is 1, which is without that register.
MACHINES = {
    "generic": (set(ALL), None),
    "max": (set(ALL), "max"),
    "cortex-a53": (set(), "cortex-a53"),
    "cortex-a57": (set(), "cortex-a57"),
    "cortex-a72": (set(), "cortex-a72"),
    "cortex-a76": (V8_2, None),
    "neoverse-n1": (V8_2 | {"ssbs2"}, "neoverse-n1"),
}
# QEMU 7.2 does not know them.
NOT_IN_QEMU = {"lse2", "ccidx"}


def lines(present):
    return [f"{name} {'present' if name in present else 'absent'}: ok" for name in ALL] + ["done"]


def run(preset, present, *arguments):
    """Gives the trace hash."""
    done = mesim("run", IMAGE, "--preset", preset, "--cores", 1, "--max-cycles", 100000000, *arguments)
    expect(done.returncode == 0 and done.stdout.splitlines() == lines(present),
           f"{preset} {arguments}: status {done.returncode}\n{done.stdout}{last_line(done.stderr)}")
    return re.search(r"trace hash (\w+)", done.stderr)[1]


for preset, (present, cpu) in MACHINES.items():
    expect(run(preset, present) == run(preset, present, "--no-fast-path"), f"{preset}: another run without the fast path")
    run(preset, present, "--mode", "functional")
    if cpu is None:
        continue
    qemu = subprocess.run(["sh", QEMU_SCRIPT, IMAGE, "1"], capture_output=True, text=True, timeout=300,
                          env=os.environ | {"QEMU_CPU": cpu})
    expect(qemu.returncode == 0 and qemu.stdout.splitlines() == lines(present - NOT_IN_QEMU),
           f"{cpu} on QEMU: status {qemu.returncode}\n{qemu.stdout}{qemu.stderr}")
finish()
