"""A folder of src/ includes only from itself and from lower layers (cmake/layers.txt), always as "folder/file.h".

Unit tests may include what their folder may, and helpers that lie beside them."""
import re

from source_tree import finish, layers, root_argument, source_files

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
SUFFIXES = {".c", ".h", ".inc", ".def", ".S"}


def problem_with(name, folder, number_of, root, beside):
    if beside and "/" not in name and (beside / name).is_file():
        return None
    target = name.split("/")[0]
    if target not in number_of or "/" not in name:
        return f'"{name}" is not written as "folder/file.h" with a folder of cmake/layers.txt'
    if ".." in name.split("/") or not (root / "src" / name).is_file():
        return f"src/{name} does not exist"
    if target != folder and number_of[target] >= number_of[folder]:
        return f'{folder} (layer {number_of[folder]}) includes "{name}" of layer {number_of[target]}'
    return None


def main():
    root = root_argument()
    number_of = layers(root)
    problems, files = [], 0
    for base in ("src", "tests/unit"):
        for path in source_files(root, [base], SUFFIXES):
            files += 1
            relative = path.relative_to(root)
            folder = path.relative_to(root / base).parts[0]
            if folder not in number_of:
                problems.append(f"{relative}:1: folder {folder} is not in cmake/layers.txt")
                continue
            for line_number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                beside = path.parent if base == "tests/unit" else None
                problem = match and problem_with(match[1], folder, number_of, root, beside)
                if problem:
                    problems.append(f"{relative}:{line_number}: {problem}")
    finish(problems, files, "source files")


main()
