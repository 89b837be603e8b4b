"""Whole C programs (tests/programs) print the same on the bare machine as on Linux under qemu-aarch64, at every level of
optimisation, with and without the fast path, those with threads on one core and on four. Without the fast path at one
level only, unless MESIM_LONG=1."""

import glob
import subprocess
from concurrent.futures import ThreadPoolExecutor

from lib_mesim import *

FOLDER = os.path.join(BUILD_DIR, "programs")
LONG = os.environ.get("MESIM_LONG") == "1"
LEVELS = ("O2",) if SANITIZED else ("O0", "O2", "O3")
CYCLES = 400_000_000  # several times what the longest takes


def runs():
    """(path without suffix, cores, arguments of mesim)"""
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.elf"))):
        stem = path[: -len(".elf")]
        if not stem.endswith(LEVELS):
            continue
        for cores in (1, 4) if os.path.basename(stem).startswith("threads") else (1,):
            yield stem, cores, []
            if LONG or stem.endswith("O2"):
                yield stem, cores, ["--no-fast-path"]


def compare(run):
    stem, cores, arguments = run
    name = f"{os.path.basename(stem)} on {cores} cores {' '.join(arguments)}"
    theirs = subprocess.run(["qemu-aarch64", "-cpu", "max", stem + ".linux", str(cores)], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, errors="replace", timeout=300)
    expect(theirs.returncode == 0 and theirs.stdout, f"{name}: QEMU: status {theirs.returncode} {last_line(theirs.stderr)}")
    ours = mesim("run", stem + ".elf", "--cores", cores, "-q", "--max-cycles", CYCLES, *arguments)
    expect(ours.returncode == 0, f"{name}: status {ours.returncode}: {last_line(ours.stderr)}")
    expect(ours.stdout.splitlines() == theirs.stdout.splitlines(),
           f"{name}\n--- QEMU\n{theirs.stdout}--- mesim\n{ours.stdout}---")


def main():
    everything = list(runs())
    programs = {os.path.basename(stem).rsplit("-", 1)[0] for stem, _, _ in everything}
    expect(len(programs) >= 12, f"only {len(programs)} programs were built: {sorted(programs)}")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(compare, everything))
    print(f"result: {len(everything)} runs of {len(programs)} programs")
    finish()


main()
