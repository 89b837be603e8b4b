"""The clock and the power key of the board as a guest sees them (tests/guest/devices), at the configured times and the same
in every run."""

from lib_mesim import *

IMAGE = os.path.join(BUILD_DIR, "guest", "devices.elf")
OPTIONS = ("--cores", 1, "-q", "-C", "rtc.start=1000000000", "-C", "power_key.press=2s")
CHECKS = ["clock-says-the-configured-time", "alarm-interrupts-in-its-second", "power-key-interrupts-when-it-is-pressed"]


def main():
    runs = [mesim("run", IMAGE, *OPTIONS, *more, timeout=120) for more in ((), ("--no-fast-path",))]
    for done in runs:
        expect(done.stdout.splitlines() == [f"ok {check}" for check in CHECKS] + ["done"] and done.returncode == 0,
               f"status {done.returncode}, {done.stdout!r} {last_line(done.stderr)}")
    done = mesim("run", IMAGE, *OPTIONS, "-C", "rtc.start=5", timeout=120)
    expect("FAIL clock-says-the-configured-time" in done.stdout, "rtc.start changes nothing")
    done = mesim("run", IMAGE, "--cores", 1, "-q", "-C", "rtc.start=1000000000", timeout=120)
    expect(done.returncode == 3 and "power-key" not in done.stdout, "without a press the guest waits for ever, and mesim says so")
    finish()


main()
