"""The checks of tests/guest/instructions hold on mesim, in every way of running it, and on QEMU; and notice faults."""

import subprocess

from lib_mesim import *

IMAGE = os.path.join(BUILD_DIR, "guest", "instructions.elf")
SCRIPT = os.path.join(SRC_DIR, "tests", "guest", "run_on_qemu.sh")


def right(output, name):
    lines = output.splitlines()
    expect(len(lines) > 5 and lines[-1] == "done" and all(line.startswith("ok ") for line in lines[:-1]), f"{name}:\n{output}")


for preset in ("cortex-a57", "generic"):
    for arguments in ([], ["--no-fast-path"], ["--mode", "functional"]):
        done = mesim("run", IMAGE, "--preset", preset, "-q", "--max-cycles", 300_000_000, "--append", "strict=1", *arguments)
        right(done.stdout, f"mesim, {preset} {arguments} {last_line(done.stderr)}")
for fault, check in (("unaligned-stores-first-part", "structures"), ("abort-writes-base-back", "structures")):
    done = subprocess.run([os.environ["MESIM_WITH_FAULTS"], "run", IMAGE, "-q", "--max-cycles", "300000000", "--append",
                           "strict=1", "--inject", fault], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    expect(f"FAIL multiple-{check}" in done.stdout, f"nothing notices {fault}:\n{done.stdout}")
qemu = subprocess.run(["sh", SCRIPT, IMAGE, "1"], capture_output=True, text=True, timeout=300)
right(qemu.stdout, f"QEMU {last_line(qemu.stderr)}")
# QEMU's max has registers beyond this machine's, and TLBI by range like it.
qemu = subprocess.run(["sh", SCRIPT, IMAGE, "1"], capture_output=True, text=True, timeout=300,
                      env={**os.environ, "QEMU_CPU": "max"})
expect("ok each-tlbi-forgets-the-translation" in qemu.stdout, f"QEMU, max: {qemu.stdout} {last_line(qemu.stderr)}")
finish()
