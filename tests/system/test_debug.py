"""Self-hosted debug (tests/guest/debug): the same on mesim as on QEMU, with and without shortcuts, on every kind of core."""

from lib_mesim import *

IMAGE = os.path.join(BUILD_DIR, "guest", "debug.elf")
SCRIPT = os.path.join(SRC_DIR, "tests", "guest", "run_on_qemu.sh")
MACHINES = ["--preset generic", "--preset cortex-a53", "--preset cortex-a57", "--preset generic --mode functional",
            "--preset generic -C perturb.drain=50 -C perturb.load=50", "--preset generic --check"]


def console(machine, *arguments):
    done = mesim("run", IMAGE, "--cores", "1", *machine.split(), "-q", "--max-cycles", 50000000, "--stats", "stats",
                 "--no-host-stats", *arguments)
    expect(done.returncode == 0 and last_line(done.stdout) == "done",
           f"{machine} {arguments}: status {done.returncode}\n{done.stdout}{last_line(done.stderr)}")
    with open("stats", encoding="utf-8") as file:
        return done.stdout, file.read()


qemu = subprocess.run(["sh", SCRIPT, IMAGE, "1", ""], capture_output=True, text=True, timeout=300)
expect(qemu.returncode == 0, f"QEMU: status {qemu.returncode}: {qemu.stderr}")
for machine in MACHINES:
    expect(console(machine)[0].splitlines() == qemu.stdout.splitlines(), f"{machine} differs from QEMU\n{qemu.stdout}")
    fast = console(machine, "--append", "strict=1")
    expect("ok os_lock_holds_them_back" in fast[0], f"{machine}: strict=1 asks for nothing more")
    expect(fast == console(machine, "--append", "strict=1", "--no-fast-path"), f"{machine}: --no-fast-path counts otherwise")
finish()
