#!/usr/bin/env python3
"""Usage: initramfs.py BUSYBOX INIT OUTPUT [FILE...]. Writes an initramfs: a cpio archive in the "newc" format, packed with
gzip. Files *.ko are put into /modules, others are programs for /bin.

The same input gives the same bytes, which keeps runs of the simulator comparable. The format is described in the
kernel's Documentation/driver-api/early-userspace/buffer-format.rst.
"""
import gzip
import pathlib
import stat
import sys

TRAILER = "TRAILER!!!"


def padded(data):
    return data + b"\0" * (-len(data) % 4)


def entry(inode, name, mode, data=b"", device=(0, 0)):
    """A header of 13 fields of 8 hexadecimal digits, the name and the data, each padded to 4 bytes."""
    encoded = name.encode() + b"\0"
    links = 2 if stat.S_ISDIR(mode) else 1
    fields = [inode, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(encoded), 0]
    header = b"070701" + b"".join(b"%08x" % field for field in fields)
    return padded(header + encoded) + padded(data)


def archive(busybox, init, files):
    directories = ["bin", "dev", "modules", "proc", "sys", "tmp"]
    entries = [(name, stat.S_IFDIR | 0o755) for name in directories]
    # The kernel opens /dev/console for the first process before that could mount anything.
    entries += [
        ("dev/console", stat.S_IFCHR | 0o600, b"", (5, 1)),
        ("bin/busybox", stat.S_IFREG | 0o755, busybox),
        ("init", stat.S_IFREG | 0o755, init),
    ]
    for path in files:
        folder, mode = ("modules", 0o644) if path.suffix == ".ko" else ("bin", 0o755)
        entries.append((f"{folder}/{path.name}", stat.S_IFREG | mode, path.read_bytes()))
    entries.append((TRAILER, 0))
    return b"".join(entry(inode, *fields) for inode, fields in enumerate(entries, start=1))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    busybox, init, output, *files = map(pathlib.Path, sys.argv[1:])
    packed = gzip.compress(archive(busybox.read_bytes(), init.read_bytes(), files), compresslevel=9, mtime=0)
    part = output.with_name(output.name + ".part")
    part.write_bytes(packed)
    part.replace(output)


if __name__ == "__main__":
    main()
