"""docs/traps.md names faults and scenarios that exist, and every fault of the interrupt controller (GIC_FAULTS).

Faults are the rows of the X-macro lists of src/, and the enumerators DEVICE_FAULT_*; scenarios are functions trap_*."""
import re

from source_tree import finish, root_argument, source_files

ROW = re.compile(r"\bX\((\w+),")
QUOTED = re.compile(r"`([A-Z][A-Z0-9_]+|trap_\w+)`")


def main():
    root = root_argument()
    headers = "\n".join(path.read_text() for path in source_files(root, ["src"], {".h"}))
    tests = "\n".join(path.read_text() for path in source_files(root, ["tests/unit"], {".c", ".h"}))
    known = set(ROW.findall(headers)) | set(re.findall(r"\bDEVICE_FAULT_\w+", headers)) | set(re.findall(r"\btrap_\w+", tests))
    known |= set(re.findall(r"#define ([A-Z_]+_(?:FAULTS|DEFECTS))\(X\)", headers))
    problems, named = [], set()
    for line_number, line in enumerate((root / "docs/traps.md").read_text().splitlines(), 1):
        for name in QUOTED.findall(line):
            named.add(name)
            if name not in known:
                problems.append(f"docs/traps.md:{line_number}: there is no {name}")
    listed = re.search(r"#define GIC_FAULTS\(X\)(.*?[^\\])\n", headers, re.DOTALL)
    for name in ROW.findall(listed[1]) if listed else []:
        if name not in named:
            problems.append(f"docs/traps.md: does not name {name} of GIC_FAULTS")
    finish(problems, len(named), "names")


main()
