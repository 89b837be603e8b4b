"""Every header of src/ compiles alone and twice, has the guard MESIM_<FOLDER>_<FILE>_H, and begins with a comment.

The flags are those of src/base/error.c in BUILD_DIR/compile_commands.json, plus -Werror."""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

from source_tree import finish, root_argument, source_files


def compiler_command(root, build):
    entries = json.loads((build / "compile_commands.json").read_text())
    for entry in entries:
        if pathlib.Path(entry["file"]) == root / "src/base/error.c":
            words = shlex.split(entry["command"])
            for flag in ("-o", "-c"):
                if flag in words:
                    at = words.index(flag)
                    del words[at : at + 2]
            return [word for word in words if not word.startswith("-flto")] + ["-Werror", "-fsyntax-only", "-xc", "-"]
    sys.exit(f"{build}/compile_commands.json has no entry for src/base/error.c")


def problems_of(header, root, command):
    name = header.relative_to(root / "src").as_posix()
    text = header.read_text()
    guard = "MESIM_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
    problems = []
    if not text.startswith("/*"):
        problems.append(f"src/{name}:1: does not begin with a comment that says what it is")
    if f"#ifndef {guard}\n#define {guard}\n" not in text:
        problems.append(f"src/{name}:1: has no include guard {guard}")
    alone = f'#include "{name}"\n#include "{name}"\n'
    result = subprocess.run(command, input=alone, capture_output=True, text=True)
    if result.returncode:
        problems.append(f"src/{name}:1: does not compile alone:\n{result.stderr.rstrip()}")
    return problems


def main():
    root, build = root_argument(), pathlib.Path(sys.argv[2])
    command = compiler_command(root, build)
    headers = list(source_files(root, ["src"], {".h"}))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda header: problems_of(header, root, command), headers)
        problems = [problem for problems in found for problem in problems]
    finish(problems, len(headers), "headers")


main()
