#!/usr/bin/env python3
"""Time to boot Debian's arm64 kernel to user space, through the checks there, to power-off: mesim in timing and in
functional mode, beside QEMU with the same files.

usage: ./dev bench --linux [--cores N] [--repeat N] [--check] [--no-qemu]

  --cores N    cores of the guest (4)
  --repeat N   runs of each, of which the fastest counts (1)
  --check      fails where mesim is slower than the limits below; for a host that is otherwise idle
  --no-qemu    measures mesim alone

QEMU (multi-threaded TCG, -cpu max) has no instruction count; its column is wall time only.

exit status: 0; 1 when a run fails or a limit is missed; 2 for wrong use.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

from lib_bench import fail, positive, run

LIMIT_SECONDS = {"timing": 60, "functional": 15}  # 4 cores, on one 2.4 GHz host core
LIMIT_CORES = 4
TIMEOUT_SECONDS = 1800
BOOTARGS = "earlycon=pl011,0x9000000 console=ttyAMA0 panic=-1 bench"
DONE = "reboot: Power down"

MESIM, SRC_DIR = (os.environ.get(name, "") for name in ("MESIM", "SRC_DIR"))
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "mesim", "linux")


def boot(command):
    """Seconds of wall time, of a guest that must reach its end."""
    output, seconds = run(command, TIMEOUT_SECONDS)
    if DONE not in output or re.search(r"check \S+ FAILED", output):
        fail(f"{' '.join(command)} did not boot to its end: {output[-300:]!r}")
    return seconds


def prepare(folder):
    script = os.path.join(SRC_DIR, "tests", "linux")
    initramfs = os.path.join(folder, "initramfs.cpio.gz")
    subprocess.run([os.path.join(script, "fetch.sh"), CACHE], check=True)
    subprocess.run([sys.executable, os.path.join(script, "initramfs.py"), os.path.join(CACHE, "busybox"),
                    os.path.join(script, "init"), initramfs], check=True)
    return os.path.join(CACHE, "vmlinuz"), initramfs


def measure_mesim(mode, kernel, initramfs, cores, repeat, folder):
    best = None
    for _ in range(repeat):
        path = os.path.join(folder, "stats.json")
        seconds = boot([MESIM, "run", kernel, "--initrd", initramfs, "--cores", str(cores), "--mem", "512M", "--append", BOOTARGS,
                        "--mode", mode, "--stats", path, "--quiet"])
        with open(path, encoding="utf-8") as file:
            stats = json.load(file)
        if best is None or seconds < best[0]:
            best = seconds, stats["sim"]["instructions"], stats["sim"]["ps"] / 1e12
    return best


def measure_qemu(kernel, initramfs, cores, repeat):
    command = ["qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "max,pauth=off", "-accel", "tcg,thread=multi", "-smp",
               str(cores), "-m", "512", "-kernel", kernel, "-initrd", initramfs, "-append", BOOTARGS, "-nographic", "-no-reboot",
               "-nic", "none"]
    return min(boot(command) for _ in range(repeat))


def arguments():
    parser = argparse.ArgumentParser(usage=argparse.SUPPRESS, add_help=False)
    parser.add_argument("--cores", type=positive, default=4)
    parser.add_argument("--repeat", type=positive, default=1)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--no-qemu", action="store_true")
    parser.add_argument("-h", "--help", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    if options.help:
        print(__doc__.strip())
        return
    if not MESIM or not SRC_DIR:
        fail("the environment lacks MESIM or SRC_DIR; ./dev bench --linux sets them", 2)
    slow = []
    print(f"Debian's arm64 kernel and busybox on {options.cores} cores, boot to power-off; the fastest of {options.repeat}; "
          f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}")
    print(f"{'':<20}{'s':>9}{'MIPS':>9}{'million instructions':>24}{'simulated s':>14}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        kernel, initramfs = prepare(folder)
        for mode, limit in LIMIT_SECONDS.items():
            seconds, instructions, simulated = measure_mesim(mode, kernel, initramfs, options.cores, options.repeat, folder)
            print(f"{'mesim, ' + mode:<20}{seconds:>9.2f}{instructions / seconds / 1e6:>9.1f}{instructions / 1e6:>24,.1f}"
                  f"{simulated:>14.3f}", flush=True)
            if options.cores == LIMIT_CORES and seconds > limit:
                slow.append(f"{mode} mode takes {seconds:.1f} s, more than {limit} s")
        if not options.no_qemu:
            print(f"{'QEMU':<20}{measure_qemu(kernel, initramfs, options.cores, options.repeat):>9.2f}", flush=True)
    if options.check and slow:
        fail("; ".join(slow))


main()
