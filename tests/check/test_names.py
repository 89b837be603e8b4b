"""The name of a test says what holds: Test(l1_protocol, store_in_S_sends_getm), never Test(cache, test_3).

At least two words, none of them filler, and every test program has at least one test."""
import re

from source_tree import finish, root_argument, source_files

TEST = re.compile(r"^(?:Test|ParameterizedTest|Theory)\s*\((.*)")
NAME = re.compile(r"(\w+)\s*,\s*(\w+)\s*[,)]")
FILLER = re.compile(r"^(test|case)s?(_|$)|^\w*?(test|case)_?\d+$|^[a-z]+_?\d+$")


def name_of(rest):
    """(suite, name); ParameterizedTest and Theory put a parameter before them."""
    rest = re.sub(r"^\s*(\([^)]*\)|[\w\s]+\*)\s*\w*\s*,\s*", "", rest)
    match = NAME.search(rest)
    return match and match.groups()


def main():
    root = root_argument()
    problems, tests = [], 0
    for path in source_files(root, ["tests/unit"], {".c"}):
        relative, here = path.relative_to(root), 0
        for line_number, line in enumerate(path.read_text().splitlines(), 1):
            match = TEST.match(line)
            if not match:
                continue
            here += 1
            name = name_of(match[1])
            if not name:
                problems.append(f"{relative}:{line_number}: write the suite and the name on the line of Test(")
            elif "_" not in name[1] or FILLER.search(name[1]):
                problems.append(f"{relative}:{line_number}: {name[1]} does not say what holds")
        if path.name.startswith("test_") and not here:
            problems.append(f"{relative}:1: has no tests")
        tests += here
    finish(problems, tests, "tests")


main()
