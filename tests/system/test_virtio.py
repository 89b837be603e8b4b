"""A guest reads and writes a disk over virtio-mmio: as on QEMU, with what is in the file, the same in every way of
running; and whatever a guest does wrong with a queue is logged and stops that device alone."""

import json
import os
import re
import subprocess

from lib_mesim import *

SECTORS = 64
SCRIPT = os.path.join(SRC_DIR, "tests", "guest", "run_on_qemu.sh")
CONTENTS = bytes((i * 131 + (i >> 9) * 17 + 5) & 255 for i in range(SECTORS * 512))
WRITTEN = bytes((i * 7 + 1) & 255 for i in range(512))


def disk(name):
    with open(name, "wb") as file:
        file.write(CONTENTS)
    return name


def contents(name):
    with open(name, "rb") as file:
        return file.read()


def on_qemu(cores, name, options):
    environment = dict(os.environ, QEMU_DRIVE=name, QEMU_DRIVE_OPTIONS=options)
    done = subprocess.run(["sh", SCRIPT, firmware("virtio"), str(cores)], capture_output=True, text=True, timeout=300,
                          env=environment)
    expect(done.returncode == 0, f"QEMU: status {done.returncode}: {done.stderr}")
    return done.stdout.splitlines()


def run(cores, drive, *options):
    done = mesim("run", firmware("virtio"), "--preset", "cortex-a57", "--cores", cores, "--drive", drive, "--max-cycles",
                 200000000, *options)
    expect(done.returncode == 0, f"mesim with {options}: status {done.returncode}: {last_line(done.stderr)}")
    return done


def sum_of(sector):
    value = 1
    for byte in CONTENTS[sector * 512:sector * 512 + 512]:
        value = (value * 31 + byte) & 0xffffffff
    return value


# As on QEMU, and as the file says.
for cores in (1, 4):
    ours = run(cores, disk("read.img"), "-q").stdout.splitlines()
    expect(ours == on_qemu(cores, disk("qemu.img"), "readonly=on"), f"read-only with {cores} cores: {ours}")
    for sector in range(cores * 4):
        line = f"core {sector // 4}, sector {sector}: status 0, sum {sum_of(sector):x}"
        expect(line in ours, f"no line '{line}'")
    expect(contents("read.img") == CONTENTS, "a read-only disk was changed")
    ours = run(cores, disk("write.img") + ",writable", "-q").stdout.splitlines()
    expect(ours == on_qemu(cores, disk("qemu.img"), ""), f"writable with {cores} cores: {ours}")
    expected = CONTENTS[:512] + WRITTEN + CONTENTS[1024:]
    expect(contents("write.img") == expected, "the disk has not what the guest wrote")
    expect(contents("qemu.img") == expected, "QEMU's disk has not what the guest wrote")

# The same run in every order, without shortcuts and with --check; another one with another latency.
HASH = re.compile(r"trace hash ([0-9a-f]+)")
SMALL = ["-C", "l1d.size=512", "-C", "l1d.ways=2", "-C", "l2.size=4K", "-C", "l2.ways=2", "-C", "perturb.delay=20ns"]
for settings in ([], SMALL):
    hashes = {}
    for options in (["--order", "forward"], ["--order", "backward"], ["--order", "shuffled"], ["--no-fast-path"], ["--check"]):
        hashes[" ".join(options)] = HASH.search(run(4, disk("w.img") + ",writable", *settings, *options).stderr).group(1)
    expect(len(set(hashes.values())) == 1, f"trace hashes differ: {hashes}")
    late = HASH.search(run(4, disk("w.img") + ",writable", "-C", "virtio.disk_latency=30us", *settings).stderr).group(1)
    expect(late not in hashes.values(), "virtio.disk_latency changes nothing")

# A device's write ends the sleep of a core that monitors its bytes.
for options in ([], ["--mode", "functional"], ["--mode", "functional", "--no-fast-path"]):
    asleep = run(1, disk("asleep.img") + ",writable", "--append", "sectors=3 sleep=1", *options)
    awake = run(1, disk("awake.img") + ",writable", "--append", "sectors=3", *options)
    expect(asleep.stdout == awake.stdout, f"asleep in WFE, {options}: {asleep.stdout}")

# In functional mode, and going over to timing mode in the middle.
for options in (["--mode", "functional"], ["--mode", "functional", "--timing-from", "sum_on_core"]):
    name = disk("functional.img")
    done = run(4, name + ",writable", "--append", "sectors=3", *options)
    timing = run(4, disk("timing.img") + ",writable", "--append", "sectors=3")
    expect(done.stdout == timing.stdout, f"{options}: {done.stdout}")
    expect(contents(name) == expected, f"{options}: the disk has not what the guest wrote")

# Misuse.
done = run(1, disk("bad.img") + ",writable", "--append", "bad=0", "--check", "-s", "stats.json")
lines = done.stdout.splitlines()
bad = [line for line in lines if line.startswith("bad ")]
expect(len(bad) == 14 and all(line.endswith("right, then a read: right") for line in bad), f"misuse: {lines}")
expect(contents("bad.img") == CONTENTS, "misuse changed the disk")
expect("guest errors: 14;" in done.stderr, f"misuse: not 14 guest errors: {done.stderr[-1500:]}")
for text in ("loops", "names descriptor 8 of 8", "a buffer is not in RAM", "indirect table of no whole number",
             "goes on at descriptor 8 of 8", "9 ahead"):
    expect(text in done.stderr, f"misuse: no line says '{text}'")
counters = json.loads(contents("stats.json"))
# Each of 14 kinds fails and is followed by a read; 4 of them are wrong only once their chain is taken.
expect([counters["virtio"][name] for name in ("notifications", "failures", "requests")] == [28, 14, 18],
       f"misuse: {counters['virtio']}")
# Two buffers of 8 lines and a ring of one lie outside RAM.
expect(counters["memory"]["io_refused"] == 17, f"misuse: {counters['memory']}")
expect(counters["memory"]["io_reads"] > 14 * 4 and counters["memory"]["io_writes"] > 14 * 4, f"misuse: {counters['memory']}")


def refused(drive, text, status=1):
    done = mesim("run", firmware("virtio"), "--drive", drive)
    message = last_line(done.stderr)
    expect(done.returncode == status and text in message and len(done.stderr.splitlines()) == 1,
           f"--drive {drive}: status {done.returncode}: {done.stderr}")


# Bad disks.
open("empty.img", "wb").close()
with open("odd.img", "wb") as file:
    file.write(bytes(700))
refused("empty.img", "'empty.img' has 0 bytes")
refused("odd.img", "'odd.img' has 700 bytes")
refused("missing.img", "missing.img")
refused(".", "no regular file")
refused("/dev/null", "no regular file")
refused("odd.img,fast", "'fast' is not known", 2)
refused(",writable", "needs a file", 2)
finish()
