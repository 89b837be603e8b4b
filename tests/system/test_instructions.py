"""The checks of tests/guest/instructions hold on mesim, with and without the fast path, and on QEMU."""

import subprocess

from lib_mesim import *

IMAGE = os.path.join(BUILD_DIR, "guest", "instructions.elf")
SCRIPT = os.path.join(SRC_DIR, "tests", "guest", "run_on_qemu.sh")


def right(output, name):
    lines = output.splitlines()
    expect(len(lines) > 5 and lines[-1] == "done" and all(line.startswith("ok ") for line in lines[:-1]), f"{name}:\n{output}")


for preset in ("cortex-a57", "generic"):
    for arguments in ([], ["--no-fast-path"]):
        done = mesim("run", IMAGE, "--preset", preset, "-q", "--max-cycles", 300_000_000, *arguments)
        right(done.stdout, f"mesim, {preset} {arguments} {last_line(done.stderr)}")
qemu = subprocess.run(["sh", SCRIPT, IMAGE, "1"], capture_output=True, text=True, timeout=300)
right(qemu.stdout, f"QEMU {last_line(qemu.stderr)}")
finish()
