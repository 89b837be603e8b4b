"""Every check passes on a small clean tree and fails, naming the place, on the same tree with one thing wrong.

usage: selftest.py C_COMPILER"""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
COMPILER = sys.argv[1]
CLEAN = {
    "cmake/layers.txt": "# lowest first\nbase\nengine observe\ncli\n",
    "tests/check/mutable_globals.allow": "# folder symbol reason\n",
    "src/base/error.h": "/* Errors. */\n#ifndef MESIM_BASE_ERROR_H\n#define MESIM_BASE_ERROR_H\n\n#endif\n",
    "src/base/error.c": '#include "base/error.h"\n\nint one(void);\nint one(void)\n{\n    return 1;\n}\n',
    "src/engine/link.h": '/* Links. */\n#ifndef MESIM_ENGINE_LINK_H\n#define MESIM_ENGINE_LINK_H\n\n#include "base/error.h"\n\n#endif\n',
    "src/engine/link.c": '#include "engine/link.h"\n\nint two(void);\nint two(void)\n{\n    return 2;\n}\n',
    "src/observe/trace.h": "/* Traces. */\n#ifndef MESIM_OBSERVE_TRACE_H\n#define MESIM_OBSERVE_TRACE_H\n\n#endif\n",
    "tests/unit/engine/test_link.c": '#include "engine/link.h"\n\nTest(link, keeps_its_order)\n{\n}\n',
    "src/base/fault.h": '/* Faults. */\n#ifndef MESIM_BASE_FAULT_H\n#define MESIM_BASE_FAULT_H\n\n'
                        '#define GIC_FAULTS(X) X(LOST, "it is lost")\n\n#endif\n',
    "docs/traps.md": "| trap | `LOST` |\n",
}
# (check, file, text that replaces or, after "+", follows the clean one, what the report must name)
WRONG = [
    ("layers", "src/base/error.c", '+#include "engine/link.h"\n', "src/base/error.c:8:"),
    ("layers", "src/engine/link.c", '+#include "observe/trace.h"\n', "src/engine/link.c:8:"),
    ("layers", "src/engine/link.c", '+#include "link.h"\n', 'not written as "folder/file.h"'),
    ("layers", "src/engine/link.c", '+#include "base/gone.h"\n', "src/base/gone.h does not exist"),
    ("layers", "src/wheel/hub.c", "int hub;\n", "folder wheel"),
    ("layers", "tests/unit/engine/test_link.c", '+#include "observe/trace.h"\n', "tests/unit/engine/test_link.c:6:"),
    ("headers", "src/engine/link.h", "+int link_count(size_t n);\n", "does not compile alone"),
    ("headers", "src/observe/trace.h", "#pragma once\n", "no include guard MESIM_OBSERVE_TRACE_H"),
    ("headers", "src/observe/trace.h", "#pragma once\n", "begin with a comment"),
    ("headers", "src/engine/link.h", "+enum { TWICE };\n", "does not compile alone"),
    ("mutable_globals", "src/engine/link.c", "+int link_count;\n", "link_count is writable"),
    ("mutable_globals", "src/engine/link.c", "+int link_width = 8;\n", "link_width is writable"),
    ("mutable_globals", "src/engine/link.c", "+int *next(void);\nint *next(void)\n{\n    static int at;\n    return &at;\n}\n", " at is writable"),
    ("mutable_globals", "src/engine/link.c", "+_Thread_local int link_mine;\n", "link_mine is writable"),
    ("mutable_globals", "tests/check/mutable_globals.allow", "+engine gone because\n", "engine gone is not there"),
    ("test_names", "tests/unit/engine/test_link.c", "+Test(link, test_3)\n{\n}\n", "test_3 does not say"),
    ("test_names", "tests/unit/engine/test_link.c", "+Test(link, works)\n{\n}\n", "works does not say"),
    ("test_names", "tests/unit/engine/test_none.c", "int none;\n", "has no tests"),
    ("traps_page", "docs/traps.md", "+| `GONE` |\n", "docs/traps.md:2: there is no GONE"),
    ("traps_page", "docs/traps.md", "+| `trap_gone` |\n", "there is no trap_gone"),
    ("traps_page", "docs/traps.md", "nothing\n", "does not name LOST"),
    ("whitespace", "src/engine/link.c", "+int a; \n", "src/engine/link.c:8: trailing blanks"),
    ("whitespace", "src/engine/link.c", "+int a;\r\n", "carriage return"),
    ("whitespace", "src/engine/link.c", "+\tint a;\n", "tab in the indentation"),
    ("whitespace", "src/engine/link.c", "+\n", "blank line at the end"),
    ("whitespace", "src/engine/link.c", "+int a;", "no newline at the end"),
    ("whitespace", "src/engine/link.c", "+<<<<<<< here\n", "conflict marker"),
]
CONSTANT_TABLE = "+extern const char *const link_names[2];\nconst char *const link_names[2] = {\"a\", \"b\"};\n"


def write(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text() if text.startswith("+") else ""
    path.write_bytes((before + text.removeprefix("+")).encode())


def run(check, root):
    arguments = []
    if check == "headers":
        entry = {"directory": str(root), "file": str(root / "src/base/error.c")}
        entry["command"] = f"{COMPILER} -I{root}/src -Wall -o error.o -c {entry['file']}"
        (root / "compile_commands.json").write_text(json.dumps([entry]) + "\n")
        arguments = [root]
    if check == "mutable_globals":
        subprocess.run([COMPILER, "-fPIC", f"-I{root}/src", "-c", "src/engine/link.c", "-o", "link.o"], cwd=root, check=True)
        subprocess.run(["ar", "rcs", "libmesim_engine.a", "link.o"], cwd=root, check=True)
        arguments = [root / "libmesim_engine.a"]
    return subprocess.run([sys.executable, HERE / f"{check}.py", root, *arguments], capture_output=True, text=True)


def case(check, changes, expected):
    """The complaint of a case that went otherwise than expected, or None; expected None means the check passes."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in [*CLEAN.items(), *changes]:
            write(root, name, text)
        result = run(check, root)
    said = result.stdout + result.stderr
    if expected is None:
        return f"{check} rejects a clean tree:\n{said}" if result.returncode else None
    if result.returncode != 1 or expected not in said:
        return f"{check} exits {result.returncode} and does not name '{expected}' for {changes}:\n{said}"
    return None


def main():
    complaints = [case(check, [], None) for check in dict.fromkeys(row[0] for row in WRONG)]
    complaints += [case("mutable_globals", [("src/engine/link.c", CONSTANT_TABLE)], None)]
    complaints += [case(check, [(name, text)], expected) for check, name, text, expected in WRONG]
    failures = [complaint for complaint in complaints if complaint]
    print("\n".join([*failures, f"{len(complaints)} cases, {len(failures)} problems"]))
    sys.exit(1 if failures else 0)


main()
