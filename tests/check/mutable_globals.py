"""No writable data in the static libraries: no mutable globals, no static locals that keep state.

Constant tables that hold addresses lie in .data.rel.ro and are fine. What must be writable is listed, with its reason,
in mutable_globals.allow, one "folder symbol reason" a line.

usage: mutable_globals.py SOURCE_DIR ARCHIVE..."""
import pathlib
import re
import subprocess
import sys

from source_tree import finish, root_argument

WRITABLE = re.compile(r"^(\.data|\.bss|\.tdata|\.tbss|COMMON|\*COM\*)(\.|$)")


def writable_symbols(archive):
    """(object file, symbol) of every object in a writable section, by `objdump -t`: value, flags, section, size, name."""
    text = subprocess.run(["objdump", "-t", archive], capture_output=True, text=True, check=True).stdout
    member = ""
    for line in text.splitlines():
        if ":" in line and "file format" in line:
            member = line.split(":")[0]
        match = re.match(r"^[0-9a-f]+ (.{7}) (\S+)\t[0-9a-f]+\s+(?:\.hidden )?(\S+)$", line)
        if not match or match[1][6] in "df":  # debugging and file symbols
            continue
        section, symbol = match[2], match[3]
        if WRITABLE.match(section) and not section.startswith(".data.rel.ro") and not symbol.startswith("."):
            yield member, symbol


def allowed(folder):
    path = folder / "mutable_globals.allow"
    rows = [line.split(None, 2) for line in path.read_text().splitlines() if line and line[0] != "#"]
    for row in rows:
        if len(row) != 3:
            sys.exit(f"{path}: '{' '.join(row)}' is not 'folder symbol reason'")
    return {(row[0], row[1]) for row in rows}


def main():
    root, archives = root_argument(), sys.argv[2:]
    permitted = allowed(root / "tests/check")
    problems, seen = [], set()
    for archive in archives:
        folder = re.sub(r"^libmesim_|\.a$", "", pathlib.Path(archive).name)
        for member, symbol in writable_symbols(archive):
            plain = re.sub(r"\.\d+$", "", symbol)  # static locals are named symbol.number
            seen.add((folder, plain))
            if (folder, plain) not in permitted:
                problems.append(f"src/{folder} ({member}): {plain} is writable; make it const or a field of its owner")
    for folder, symbol in sorted(permitted - seen):
        problems.append(f"tests/check/mutable_globals.allow: {folder} {symbol} is not there any more")
    finish(problems, len(archives), "libraries")


main()
