"""Each check of optional features and of self-hosted debug (tests/guest/features, tests/guest/debug) fails under the faults
that it is there to notice; each of CPU_FEATURE_FAULTS (src/cpu/fault.h) is noticed."""

import re
from concurrent.futures import ThreadPoolExecutor

from lib_mesim import *

WITH_FAULTS = os.environ["MESIM_WITH_FAULTS"]

# Image, and for each of its checks the faults that it must notice.
FAULTS = {
    "features": {
        "pan": "pan-ignored",
        "pan2": "at-ignores-pan",
        "uao": "uao-ignored pan-ignored",
        "lse2": "sixteen-bytes-crossed naa-ignored",
        "bti": "landing-pads-ignored bti-operand-ignored bt-ignored",
    },
    "debug": {
        "breakpoint_at_el1": "breakpoint-ignores-level kde-ignored debug-mask-ignored",
        "breakpoint_linked_to_a_context": "breakpoint-ignores-link",
        "watchpoint_sees_bytes_and_direction": "watchpoint-ignores-bas watchpoint-ignores-lsc",
        "watchpoint_of_a_region": "watchpoint-ignores-mask",
        "step_runs_one_instruction": "step-keeps-ss",
        "os_lock_holds_them_back": "os-lock-ignored",
    },
}
# How the images say that a check failed.
FAILED = {"features": "{} present: (?!ok)", "debug": "FAIL {}: "}
RIGHT = {"features": "{} present: ok", "debug": "ok {}"}


def run(image, *arguments):
    return subprocess.run([WITH_FAULTS, "run", os.path.join(BUILD_DIR, "guest", f"{image}.elf"), "--cores", "1", "-q",
                           "--max-cycles", "50000000", "--append", "strict=1" if image == "debug" else "", *arguments],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=300)


def said(pattern, check, done):
    return re.search("^" + pattern.format(check), done.stdout, re.MULTILINE) is not None


def passes(image):
    done = run(image)
    for check in FAULTS[image]:
        expect(said(RIGHT[image], check, done), f"{image}: {check} does not hold: {done.stdout}{last_line(done.stderr)}")


def notices(row):
    image, check, fault = row
    done = run(image, "--inject", fault)
    expect(said(FAILED[image], check, done), f"{image}: {check} does not notice {fault}: {done.stdout}{last_line(done.stderr)}")


rows = [(image, check, fault) for image, checks in FAULTS.items() for check, faults in checks.items()
        for fault in faults.split()]
with ThreadPoolExecutor(2) as pool:
    list(pool.map(passes, FAULTS))
    list(pool.map(notices, rows))
for fault in declared_faults("src/cpu/fault.h", "CPU_FEATURE_FAULTS"):
    expect(any(fault == row[2] for row in rows), f"nothing notices {fault}")
finish()
