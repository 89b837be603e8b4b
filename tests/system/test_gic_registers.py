"""The registers of the interrupt controller (tests/guest/gic) read and take on mesim what they do on QEMU's virt machine, but
for those listed here, where IHI 0069 leaves a choice or QEMU stores bits that it reserves. docs/references.md says why."""

import os
import subprocess

from lib_mesim import *

IMAGE = os.path.join(BUILD_DIR, "guest", "gic.elf")
SCRIPT = os.path.join(SRC_DIR, "tests", "guest", "run_on_qemu.sh")

DIFFERENT = {
    "GICD_TYPER", "ICC_CTLR_EL1", "GICR_TYPER", "GITS_TYPER",  # features
    "GITS_BASER0", "GITS_BASER1",  # QEMU resets Page_Size to 64 KB
    "GICD_IPRIORITYR40", "GICR_IPRIORITYR0", "GICR_IPRIORITYR7",  # QEMU keeps eight bits of a priority
    "GICD_IROUTER160", "GICR_PROPBASER", "GICR_PENDBASER", "GITS_CBASER", "GITS_CWRITER", "GITS_CREADR", "ICC_PMR_EL1",  # RES0
}


def lines_of(output):
    return {line.split()[0]: line for line in output.splitlines()}


for cores in (1, 4):
    qemu = subprocess.run(["sh", SCRIPT, IMAGE, str(cores)], capture_output=True, text=True, timeout=300)
    expect(qemu.returncode == 0, f"QEMU with {cores} cores: status {qemu.returncode}: {qemu.stderr}")
    ours = mesim("run", IMAGE, "--preset", "cortex-a57", "--cores", cores, "--mem", "256M", "-q", "--max-cycles", 300000000)
    expect(ours.returncode == 0, f"mesim with {cores} cores: status {ours.returncode}: {ours.stderr}")
    there, here = lines_of(qemu.stdout), lines_of(ours.stdout)
    expect(list(there) == list(here) and len(here) > 60, f"{cores} cores: not the same registers: {list(here)}")
    different = {name for name in here if here[name] != there.get(name)}
    expect(different == DIFFERENT, f"{cores} cores: unexpected {sorted(different - DIFFERENT)}, "
                                   f"no longer different {sorted(DIFFERENT - different)}\n{qemu.stdout}---\n{ours.stdout}")
finish()
