"""What the benches share: how they fail, run a command against the clock, and read a number from the command line."""

import argparse
import subprocess
import sys
import time


def fail(text, status=1):
    print(f"bench: {text}", file=sys.stderr)
    sys.exit(status)


def run(command, timeout_seconds):
    """What a command that must succeed printed, and the seconds of wall time it took."""
    start = time.monotonic()
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                              timeout=timeout_seconds)
    except (OSError, subprocess.TimeoutExpired) as error:
        fail(error)
    seconds = time.monotonic() - start
    if done.returncode != 0:
        fail(f"{' '.join(command)} ended with status {done.returncode}: {done.stderr.strip()[-500:]}")
    return done.stdout.replace("\r\n", "\n"), seconds


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is less than 1")
    return number
