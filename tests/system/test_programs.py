"""Whole C programs (tests/programs) print the same on the bare machine as on Linux under qemu-aarch64, at every level of
optimisation, those with threads on one core and on four; with and without the fast path, which also count the same, and in
functional mode. Unless MESIM_LONG=1, the last two at one level only."""

import glob
import subprocess
from concurrent.futures import ThreadPoolExecutor

from lib_mesim import *

FOLDER = os.path.join(BUILD_DIR, "programs")
LONG = os.environ.get("MESIM_LONG") == "1"
LEVELS = ("O2",) if SANITIZED else ("O0", "O2", "O3")
CYCLES = 400_000_000  # several times what the longest takes


def runs():
    """(path without suffix, cores)"""
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.elf"))):
        stem = path[: -len(".elf")]
        if stem.endswith(LEVELS):
            for cores in (1, 4) if os.path.basename(stem).startswith("threads") else (1,):
                yield stem, cores


def compare(name, theirs, stem, cores, *arguments):
    ours = mesim("run", stem + ".elf", "--cores", cores, "-q", "--max-cycles", CYCLES, *arguments)
    expect(ours.returncode == 0, f"{name} {arguments}: status {ours.returncode}: {last_line(ours.stderr)}")
    expect(ours.stdout.splitlines() == theirs.splitlines(),
           f"{name} {arguments}\n--- QEMU\n{theirs}--- mesim\n{ours.stdout}---")


def statistics(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run_everywhere(run):
    """How often the program ran on mesim."""
    stem, cores = run
    name = f"{os.path.basename(stem)} on {cores} cores"
    theirs = subprocess.run(["qemu-aarch64", "-cpu", "max", stem + ".linux", str(cores)], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, errors="replace", timeout=300)
    expect(theirs.returncode == 0 and theirs.stdout, f"{name}: QEMU: status {theirs.returncode} {last_line(theirs.stderr)}")
    files = [f"{os.path.basename(stem)}-{cores}-{way}.json" for way in ("fast", "careful")]
    compare(name, theirs.stdout, stem, cores, "--no-host-stats", "--stats", files[0])
    if not LONG and not stem.endswith("O2"):
        return 1
    compare(name, theirs.stdout, stem, cores, "--no-host-stats", "--stats", files[1], "--no-fast-path")
    expect(statistics(files[0]) == statistics(files[1]), f"{name}: {files[0]} and {files[1]} differ")
    compare(name, theirs.stdout, stem, cores, "--mode", "functional")
    return 3


def main():
    everything = list(runs())
    programs = {os.path.basename(stem).rsplit("-", 1)[0] for stem, _ in everything}
    expect(len(programs) >= 12, f"only {len(programs)} programs were built: {sorted(programs)}")
    with ThreadPoolExecutor(2) as pool:
        count = sum(pool.map(run_everywhere, everything))
    print(f"result: {count} runs of {len(programs)} programs")
    finish()


main()
