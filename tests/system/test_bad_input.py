"""Every wrong input gives one line that names it, a status that is not 0, and no file."""

import gzip
import os
import struct
import subprocess

from lib_mesim import *

good_code = words(*SYSTEM_OFF)
place = RAM + 0x100000
good = elf([(place, good_code, len(good_code))])


def refused(name, status, parts, *arguments):
    """mesim ends with `status` and says one line that has all `parts`."""
    before = set(os.listdir("."))
    run = mesim("run", *arguments)
    expect(run.returncode == status, f"{name}: status {run.returncode}, not {status}")
    lines = run.stderr.splitlines()
    expect(len(lines) == 1, f"{name}: {len(lines)} lines: {run.stderr!r}")
    expect(run.stderr.startswith("mesim: "), f"{name}: {run.stderr!r}")
    expect(run.stdout == "", f"{name}: printed {run.stdout!r}")
    for part in parts:
        expect(part in run.stderr, f"{name}: no {part!r} in {run.stderr!r}")
    left = set(os.listdir(".")) - before
    expect(not left, f"{name}: left {left}")


def image(name, data, parts, status=1):
    path = write("image", data)
    refused(name, status, ["image", *parts], path, "--trace", "trace", "--stats", "stats")
    os.remove(path)


# What the tests build is right where nothing is wrong with it.
run = mesim("run", write("good.elf", good))
expect(run.returncode == 0, f"the good image: status {run.returncode}: {run.stderr}")

refused("missing", 1, ["nowhere.elf", "no such file"], "nowhere.elf")
refused("a directory", 1, ["directory"], "/")
refused("a device", 1, ["/dev/zero", "not a regular file"], "/dev/zero")
image("empty", b"", ["empty"])
image("not an image", b"hello, world\n" * 20, ["a text file"])
for length in (4, 20, 63, 64, 100, len(good) - 1):
    image(f"truncated to {length}", good[:length], [])
image("32-bit", elf([(place, good_code, 16)], elf_class=1), ["32-bit"])
image("big-endian", elf([(place, good_code, 16)], encoding=2), ["big-endian"])
image("for another machine", elf([(place, good_code, 16)], machine=62), ["x86-64"])
image("below RAM", elf([(0x1000, good_code, 16)], entry=0x1000), ["0x1000", "RAM"])
image("above RAM", elf([(RAM + (1 << 40), good_code, 16)], entry=RAM + (1 << 40)), ["RAM"])
image("past the end of RAM", elf([(place, good_code, 1 << 40)]), ["RAM"])
image("wrapping around", elf([(place, good_code, (1 << 64) - 1)]), [])
image("on the GIC", elf([(0x08000000, good_code, 16)], entry=0x08000000), ["0x8000000"])
image("overlapping segments", elf([(place, good_code, 16), (place + 8, good_code, 16)]), ["overlap"])
image("entry outside", elf([(place, good_code, 16)], entry=place + 0x1000), ["entry"])
image("nothing to load", elf([]), [])

refused("no image", 2, ["needs an image"])
refused("two images", 2, ["got 'b'"], "a", "b")
refused("no cores", 2, ["--cores", "1 to 64"], "good.elf", "--cores", "0")
refused("too many cores", 2, ["--cores", "1 to 64"], "good.elf", "--cores", "65")
refused("cores in words", 2, ["--cores", "'many'"], "good.elf", "--cores", "many")
refused("unknown parameter", 2, ["l1d.sise", "did you mean l1d.size?"], "good.elf", "-C", "l1d.sise=32K")
refused("unknown option", 2, ["--corse", "did you mean --cores?"], "good.elf", "--corse", "4")
refused("option without argument", 2, ["--trace needs an argument"], "good.elf", "--trace")
refused("size that is no power of two", 2, ["l1d.size"], "good.elf", "-C", "l1d.size=48K")
refused("ways that divide nothing", 2, ["l2.ways"], "good.elf", "-C", "l2.ways=3")
refused("no ways", 2, ["l2.ways takes 1 to 64"], "good.elf", "-C", "l2.ways=0")
refused("L2 smaller than an L1D", 2, ["l2.size", "l1d.size"], "good.elf", "-C", "l2.size=16K")
refused("unknown preset", 2, ["nosuch", "cortex-a72"], "good.elf", "--preset", "nosuch")
refused("preset file that is missing", 2, ["./nosuch.conf"], "good.elf", "--preset", "./nosuch.conf")
refused("preset file that is none", 2, ["good.elf"], "good.elf", "--preset", "./good.elf")
refused("mode", 2, ["timing"], "good.elf", "--mode", "quick")
refused("too little memory", 2, ["--mem"], "good.elf", "--mem", "64K")
refused("memory beyond the address bits", 2, ["core.address_bits"], "good.elf", "--mem", "8G", "-C", "core.address_bits=32")
refused("image larger than memory", 1, ["RAM"], write("large.elf", elf([(place, good_code, 64 << 20)])), "--mem", "16M")
refused("missing initrd", 1, ["nowhere.img"], "good.elf", "--initrd", "nowhere.img")
refused("device tree that is none", 1, ["good.elf"], "good.elf", "--dtb", "good.elf")
write("map", b"0000000040100000 T main\n")
run = mesim("run", "good.elf", "--symbols", "map,offset=0x1000", "--symbols", "map")
expect(run.returncode == 0, f"good symbols: status {run.returncode}: {run.stderr}")
refused("missing symbols", 1, ["nowhere.map", "no such file"], "good.elf", "--symbols", "nowhere.map")
refused("symbols of a stripped file", 1, ["good.elf", "no symbol table"], "good.elf", "--symbols", "good.elf")
refused("symbols that are none", 1, ["text:1", "hello"], "good.elf", "--symbols", write("text", b"hello\n"))
refused("empty symbols", 1, ["text", "empty"], "good.elf", "--symbols", write("text", b""))
refused("symbols that are cut off", 1, ["text:2", "cut off"], "good.elf", "--symbols",
        write("text", b"0000000040100000 T main\n00000000401"))
refused("symbols without a file", 2, ["--symbols needs a file"], "good.elf", "--symbols", ",offset=1")
for offset in ("offset", "offset=", "offset=0x", "offset=-1", "offset=0x10000000000000000", "at=1"):
    refused(f"symbols with {offset}", 2, [f"'{offset}' is not known"], "good.elf", "--symbols", f"map,{offset}")
refused("trace in no folder", 1, ["trace", "nowhere/t"], "good.elf", "--trace", "nowhere/t")
refused("statistics in no folder", 1, ["statistics", "nowhere/s"], "good.elf", "--stats", "nowhere/s")
refused("trace to a folder", 1, ["trace", "irectory"], "good.elf", "--trace", ".")
refused("statistics to a folder", 1, ["statistics", "irectory"], "good.elf", "--stats", ".")
refused("device tree to no folder", 1, ["device tree", "nowhere/d"], "--dump-dtb", "nowhere/d")



def linux(image_bytes, text_offset=0x80000, flags=0xa, code=good_code):
    """A Linux Image for arm64 (Documentation/arch/arm64/booting.rst) whose code is `code`."""
    branch = 0x14000010  # over the header
    return struct.pack("<IIQQQQQQII", branch, 0, text_offset, image_bytes, flags, 0, 0, 0, 0x644D5241, 0) + code


# What Linux is booted with. The Image is right where nothing is wrong with it.
run = mesim("run", write("Image", linux(0x1000)), "--append", "x" * 2047)
expect(run.returncode == 0, f"the good Image: status {run.returncode}: {run.stderr}")
refused("bootargs beyond Linux's limit", 1, ["2048 characters", "2047"], "Image", "--append", "x" * 2048)
refused("Image larger than memory", 1, ["RAM"], write("large", linux(64 << 20)), "--mem", "16M")
refused("Image of an impossible size", 1, ["wraps"], write("large", linux((1 << 64) - 1)))
refused("Image at an impossible offset", 1, ["text offset"], write("large", linux(0x1000, text_offset=(1 << 64) - 0x1000)))
refused("big-endian Image", 1, ["big-endian"], write("large", linux(0x1000, flags=0xb)))
packed = gzip.compress(linux(0x1000, code=good_code + bytes(range(256)) * 64), mtime=0)
for length in (12, len(packed) // 2, len(packed) - 1):
    refused(f"packed Image truncated to {length}", 1, ["cut"], write("cut", packed[:length]))
refused("damaged packed Image", 1, ["damaged", "gzip"], write("cut.gz", packed[:40] + b"\xff" * 40 + packed[80:]))
write("empty", b"")
refused("empty initrd", 1, ["empty"], "Image", "--initrd", "empty")
refused("initrd that is a folder", 1, ["."], "Image", "--initrd", ".")
refused("initrd larger than memory", 1, ["large", "16 MiB"], "Image", "--mem", "16M", "--initrd", write("large", bytes(17 << 20)))

run = mesim("run", "--dump-dtb", "good.dtb", "--mem", "128M")
expect(run.returncode == 0, f"--dump-dtb: {run.stderr}")
with open("good.dtb", "rb") as file:
    tree = file.read()
run = mesim("run", "Image", "--dtb", "good.dtb", "--append", "quiet")
expect(run.returncode == 0, f"the good tree: status {run.returncode}: {run.stderr}")
for length in (3, 20, 40, 200, len(tree) - 1):
    refused(f"device tree truncated to {length}", 1, ["cut"], "Image", "--dtb", write("cut", tree[:length]))
refused("empty device tree", 1, ["empty"], "Image", "--dtb", "empty")
refused("device tree above 2 MiB", 1, ["large", "2 MiB"], "Image", "--dtb", write("large", tree + bytes(2 << 20)))
refused("device tree with more memory than there is", 1, ["good.dtb", "--mem"], "Image", "--dtb", "good.dtb", "--mem", "64M")
refused("device tree of another kind", 1, ["Image"], "Image", "--dtb", "Image")
# A tree without /chosen is given one where something is to be told.
source = "/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; memory@40000000 { device_type = \"memory\"; " \
         "reg = <0 0x40000000 0 0x8000000>; }; };"
subprocess.run(["dtc", "-q", "-O", "dtb", "-o", "plain.dtb", "-"], input=source, text=True, check=True, timeout=60)
for options in ([], ["--append", "quiet"], ["--initrd", write("initrd", bytes(5000))]):
    run = mesim("run", "Image", "--dtb", "plain.dtb", *options)
    expect(run.returncode == 0, f"a tree without /chosen, {options}: status {run.returncode}: {run.stderr}")

for command in (["frob"], ["presets", "x"], ["protocol", "x"], ["help", "x", "y"], ["help", "frob"], ["version", "x"]):
    run = mesim(*command)
    expect(run.returncode == 2, f"{command}: status {run.returncode}")
    expect(len(run.stderr.splitlines()) == 1, f"{command}: {run.stderr!r}")
finish()
