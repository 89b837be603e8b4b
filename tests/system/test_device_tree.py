"""The device tree that --dump-dtb writes passes dtc without a warning, whatever the machine."""

import os
import subprocess

from lib_mesim import *

MACHINES = {
    "one core": ["--cores", 1],
    "many cores": ["--cores", 64, "-C", "cores.per_aff1=4"],
    "bootargs": ["--append", "console=ttyAMA0 quiet"],
    "few interrupts": ["-C", "gic.spis=32"],
    "much memory": ["--mem", "8G"],
}

for name, options in MACHINES.items():
    run = mesim("run", "--dump-dtb", "tree.dtb", *options)
    expect(run.returncode == 0 and not run.stderr, f"{name}: status {run.returncode}: {run.stderr}")
    done = subprocess.run(["dtc", "-I", "dtb", "-O", "dts", "tree.dtb"], capture_output=True, text=True, timeout=60)
    expect(done.returncode == 0, f"{name}: dtc ends with {done.returncode}: {done.stderr}")
    expect(not done.stderr, f"{name}: dtc warns: {done.stderr}")
    slots = done.stdout.count("virtio_mmio@")
    expect(slots == (16 if "gic.spis=32" in options else 32), f"{name}: {slots} virtio slots")
    expect(done.stdout.count("dma-coherent;") == slots, f"{name}: a virtio slot is not dma-coherent")
    os.remove("tree.dtb")
finish()
