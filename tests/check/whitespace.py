"""No trailing blanks, tabs in indentation (Makefiles and assembly apart), carriage returns, conflict markers, blank
lines or a missing newline at the end of a text file. Golden files in folders named golden and the
inputs of fuzz targets in folders named inputs are exempt."""
import re

from source_tree import finish, root_argument

FOLDERS = ("src", "tests", "firmware", "docs", "share", "cmake", ".ci")
EXEMPT = {"golden", "inputs", "__pycache__"}
LINE_RULES = (
    (re.compile(r"\r"), "carriage return"),
    (re.compile(r"[ \t]+$"), "trailing blanks"),
    (re.compile(r"^ *\t"), "tab in the indentation"),
    (re.compile(r"^(<{7}|>{7}|={7})( |$)"), "conflict marker"),
)


def text_files(root):
    for path in sorted(root.iterdir()):
        if path.is_file() and path.name != ".git":
            yield path
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not EXEMPT & set(path.parts):
                yield path


def problems_of(path, relative):
    data = path.read_bytes()
    if b"\0" in data or not data:
        return
    text = data.decode("utf-8", errors="replace")
    for line_number, line in enumerate(text.split("\n"), 1):
        for pattern, what in LINE_RULES:
            if pattern.search(line) and not (what.startswith("tab") and path.suffix in {".S", ".mk", ".patch"}):
                yield f"{relative}:{line_number}: {what}"
    if not text.endswith("\n"):
        yield f"{relative}: no newline at the end"
    elif text.endswith("\n\n"):
        yield f"{relative}: blank line at the end"


def main():
    root = root_argument()
    files = list(text_files(root))
    problems = [problem for path in files for problem in problems_of(path, path.relative_to(root))]
    finish(problems, len(files), "text files")


main()
