"""What the checks share: finding source files and reporting problems as FILE:LINE: TEXT lines."""
import pathlib
import re
import sys


def source_files(root, folders, suffixes):
    """Every file below the folders of root with one of the suffixes, sorted, so reports are stable."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in suffixes:
                yield path


def layers(root):
    """cmake/layers.txt as {folder: layer number}."""
    lines = (root / "cmake/layers.txt").read_text().splitlines()
    rows = [line.split() for line in lines if re.match(r"[a-z]", line)]
    return {folder: number for number, row in enumerate(rows) for folder in row}


def root_argument():
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} SOURCE_DIR ...")
    return pathlib.Path(sys.argv[1]).resolve()


def finish(problems, looked_at, what):
    """Prints the problems and exits 1, or says how much was looked at; looking at nothing is a failure too."""
    for problem in problems:
        print(problem)
    if not looked_at:
        sys.exit(f"found no {what} to look at")
    print(f"{looked_at} {what}, {len(problems)} problems")
    sys.exit(1 if problems else 0)
