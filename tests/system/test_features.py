"""What optional features of the architecture do, as a guest sees it (tests/guest/features): with all of them, and with
those of each preset, the ID registers say what there is; that works, and the rest is UNDEFINED."""

from lib_mesim import *

IMAGE = os.path.join(BUILD_DIR, "guest", "features.elf")
ALL = "pan pan2 uao lse2 lrcpc2 lor flagm2 dpb dpb2 sb dit ssbs2 bti".split()
V8_2 = {"pan", "pan2", "uao", "lor", "dpb"}

# What each machine has of them.
MACHINES = {
    "generic": set(ALL),
    "cortex-a53": set(),
    "cortex-a57": set(),
    "cortex-a72": set(),
    "cortex-a76": V8_2,
    "neoverse-n1": V8_2 | {"ssbs2"},
}

for preset, present in MACHINES.items():
    for path in ([], ["--no-fast-path"]):
        done = mesim("run", IMAGE, "--preset", preset, "--cores", 1, "-q", "--max-cycles", 100000000, *path)
        wanted = [f"{name} {'present' if name in present else 'absent'}: ok" for name in ALL] + ["done"]
        expect(done.returncode == 0 and done.stdout.splitlines() == wanted,
               f"{preset} {path}: status {done.returncode}\n{done.stdout}{done.stderr}")
finish()
