"""What the system tests share: running mesim, building guests of a few instructions, saying what failed."""

import os
import re
import struct
import subprocess
import sys

MESIM = os.environ["MESIM"]
BUILD_DIR = os.environ["BUILD_DIR"]
SRC_DIR = os.environ["SRC_DIR"]
SANITIZED = os.environ.get("MESIM_SANITIZED") == "1"

# Encodings that guests are made of.
NOP, WFI, BRK, HVC = 0xD503201F, 0xD503207F, 0xD4200000, 0xD4000002
BRANCH_TO_SELF, BRANCH_BACK = 0x14000000, 0x17FFFFFF
SYSTEM_OFF = [0x52B08000, 0x72800100, HVC, BRANCH_TO_SELF]  # W0 = 0x84000008

RAM = 0x40000000

failures = 0


def expect(condition, text):
    """Counts a failure and goes on."""
    global failures
    if not condition:
        failures += 1
        print(f"FAILED: {text}", flush=True)


def finish():
    sys.exit(1 if failures else 0)


def firmware(name):
    return os.path.join(BUILD_DIR, "firmware", name + ".elf")


def mesim(*arguments, timeout=300, **options):
    """Runs mesim without a terminal; gives the completed process with its texts."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    return subprocess.run([MESIM, *map(str, arguments)], timeout=timeout, text=True, errors="replace", **options)


def words(*instructions):
    return struct.pack(f"<{len(instructions)}I", *instructions)


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)
    return name


def elf(segments, entry=RAM + 0x100000, machine=183, elf_class=2, encoding=1, file_type=2):
    """An ELF64 file; segments are (address, data, bytes in memory)."""
    header = struct.pack("<4sBBBB8xHHIQQQIHHHHHH", b"\x7fELF", elf_class, encoding, 1, 0, file_type, machine, 1, entry, 64, 0,
                         0, 64, 56, len(segments), 64, 0, 0)
    offset = 64 + 56 * len(segments)
    table, contents = b"", b""
    for address, data, memory_bytes in segments:
        table += struct.pack("<IIQQQQQQ", 1, 5, offset + len(contents), address, address, len(data), memory_bytes, 8)
        contents += data
    return header + table + contents


def declared_faults(path, macro):
    """The identifiers of an X-macro list, as --inject takes them."""
    with open(os.path.join(SRC_DIR, path), encoding="utf-8") as file:
        body = re.search(rf"#define {macro}\(X\)(.*?[^\\])\n", file.read(), re.DOTALL).group(1)
    return [name.lower().replace("_", "-") for name in re.findall(r"\bX\((\w+),", body)]


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
