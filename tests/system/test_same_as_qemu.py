"""Each image of the project prints the same on mesim as on QEMU's virt machine."""

import os
import subprocess

from lib_mesim import *

IMAGES = {
    "hello": "",
    "spinlock": "iterations=500",
    "ipi": "rounds=10",
    "false-sharing": "iterations=1000",
    "selftest": "",
    "bench-alu": "iterations=1000",
    "bench-l1": "passes=2",
    "bench-stream": "passes=1 kib=64",
    "bench-lock": "iterations=200",
    "bench-false-sharing": "iterations=1000",
    "bench-counter": "iterations=1000",
}
CORES = [1, 4] if SANITIZED else [1, 2, 4, 8]
SCRIPT = os.path.join(SRC_DIR, "tests", "guest", "run_on_qemu.sh")

for image, bootargs in IMAGES.items():
    for cores in CORES:
        qemu = subprocess.run(["sh", SCRIPT, firmware(image), str(cores), bootargs], capture_output=True, text=True,
                              timeout=300)
        expect(qemu.returncode == 0, f"{image} on QEMU with {cores} cores: status {qemu.returncode}: {qemu.stderr}")
        ours = mesim("run", firmware(image), "--preset", "cortex-a57", "--cores", cores, "--mem", "256M", "--append", bootargs,
                     "-q", "--max-cycles", 300000000)
        expect(ours.returncode == 0, f"{image} on mesim with {cores} cores: status {ours.returncode}: {ours.stderr}")
        expect(ours.stdout.splitlines() == qemu.stdout.splitlines(),
               f"{image} with {cores} cores\n--- QEMU\n{qemu.stdout}--- mesim\n{ours.stdout}---")
finish()
