"""The performance monitors on the whole machine (tests/guest/pmu): exact counts on every kind of core, and the same
instants of overflow with and without shortcuts."""

import json

from lib_mesim import *

IMAGE = os.path.join(BUILD_DIR, "guest", "pmu.elf")
MACHINES = ["--preset generic", "--preset cortex-a53", "--preset cortex-a72", "--preset neoverse-n1",
            "--preset generic -C core.pmu_counters=31", "--preset generic -C core.width=8 -C core.alus=8"]


def counters(machine, *arguments):
    """The console and everything counted, but for what depends on the host."""
    done = mesim("run", IMAGE, "--cores", "2", *machine.split(), "-q", "--max-cycles", 50000000, "--stats", "stats",
                 "--no-host-stats", *arguments)
    expect(done.returncode == 0 and last_line(done.stdout) == "done",
           f"{machine} {arguments}: status {done.returncode}\n{done.stdout}{last_line(done.stderr)}")
    with open("stats", encoding="utf-8") as file:
        return done.stdout, json.load(file)


for machine in MACHINES:
    console, fast = counters(machine)
    wanted = "31 counters" if "=31" in machine else "6 counters"
    expect(console.startswith(wanted), f"{machine}: {console.splitlines()[:1]}, wanted {wanted}")
    expect(counters(machine, "--no-fast-path") == (console, fast), f"{machine}: --no-fast-path counts otherwise")

# Without the feature the registers do not exist.
done = mesim("run", IMAGE, "--cores", "1", "-C", "core.features=crc32", "-q", "--max-cycles", 5000000)
expect("undefined instruction" in done.stdout, f"without pmu3: {done.stdout!r}")
finish()
