"""Traps give the same result with and without the fast path, a trace and the checks, and in every order of components; and
comparing runs notices a fast path that lies and a core that knows who ran before it."""

from lib_mesim import *

WITH_FAULTS = os.environ["MESIM_WITH_FAULTS"]
IMAGE = os.path.join(BUILD_DIR, "guest", "traps.elf")
VARIANTS = ["--no-fast-path", "--order backward", "--order shuffled", "--trace trace", "--check",
            "--no-fast-path --order shuffled --trace trace"]


def result(bootargs, *arguments):
    """What the guest says and all counters, the trace hash among them."""
    done = subprocess.run([WITH_FAULTS, "run", IMAGE, "--cores", "4", "-q", "--append", bootargs, "--max-cycles", "30000000",
                           "--stats", "stats", "--no-host-stats", *arguments],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors="replace", timeout=500)
    expect(done.returncode in (0, 4), f"{bootargs} {arguments}: status {done.returncode}: {last_line(done.stderr)}")
    with open("stats", encoding="utf-8") as file:
        return done.stdout, file.read()


plain = result("")
for variant in VARIANTS:
    expect(result("", *variant.split()) == plain, f"{variant}: another result")

check = "private-counters-share-lines=1"
for fault, variant in (("l0-keeps-lost-line", "--no-fast-path"), ("visit-order-leaks", "--order backward")):
    inject = ("--inject", fault)
    expect(result(check, *inject) == result(check, *inject), f"{fault}: the same run twice differs")
    expect(result(check, *inject) != result(check, *inject, *variant.split()), f"{variant} does not notice {fault}")
finish()
