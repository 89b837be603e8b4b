#!/usr/bin/env python3
"""Usage: check_log.py CONSOLE REPORT CORES | check_log.py --selftest

Judges the console of a guest that ran tests/linux/init with "check" on its command line, and mesim's report of that
run: every check of the script passed on every core, the kernel complained about nothing, and the report has its parts.
"""
import pathlib
import re
import sys

COMPLAINTS = [
    r"WARNING:",
    r"BUG:",
    r"\bOops\b",
    r"Internal error",
    r"rcu:.*(stall|detected)",
    r"soft lockup",
    r"hard LOCKUP",
    r"blocked for more than \d+ seconds",
    r"Call trace:",
    r"Kernel panic",
    r"segfault|unhandled (signal|exception|level)|Illegal instruction|Bus error",
    r"CPU\d+: failed to|failed to (boot|come online)",
    r"check \S+ FAILED",
]
CHECKS = ["sha256sum", "dd", "cmp", "sort-reverse", "sort", "gzip", "awk-float", "pipes",
          "ptrace-breakpoint", "ptrace-step", "ptrace-watchpoint", "ptrace-exit", "perf-event",
          "disk-size", "disk-read", "disk-read-only", "disk-write", "entropy", "dhcp", "ping"]
FUNCTIONAL = "functional mode: caches, coherence and memory latency were not simulated"
REPORT_PARTS = ["coherence transactions sent", "stalls of barriers"]
NAMED_PLACE = re.compile(r"  0xffff\w+  .*  \w+\+0x[0-9a-f]+$", re.M)  # an address of the kernel, and its function
REPORT_PARTS_OF_SEVERAL_CORES = ["inter-processor interrupts"]


def timer_counts(lines, cores):
    rows = [line.split() for line in lines if line.rstrip().endswith("arch_timer")]
    return [int(count) for count in rows[0][1 : 1 + cores] if count.isdigit()] if rows else []


def console_problems(text, cores):
    lines = text.replace("\r", "").splitlines()
    problems = [f"the kernel says: {line}" for line in lines if any(re.search(bad, line) for bad in COMPLAINTS)]
    wanted = ["mesim: user space begins", f"cores: {cores}", "mesim: user space ends"]
    wanted += [f"check {name} ok" for name in CHECKS + [f"job-on-core-{core}" for core in range(cores)]]
    problems += [f"the console lacks the line '{line}'" for line in wanted if line not in lines]
    if not any(line.endswith("reboot: Power down") for line in lines):
        problems.append("the console lacks 'reboot: Power down'")
    ticks = timer_counts(lines, cores)
    if len(ticks) != cores or not all(ticks):
        problems.append(f"not every core took timer interrupts: {ticks}")
    return problems


def report_problems(text, cores):
    if FUNCTIONAL in text:
        return []
    parts = REPORT_PARTS + (REPORT_PARTS_OF_SEVERAL_CORES if cores > 1 else [])
    problems = [f"the report has no part '{part}'" for part in parts if part not in text]
    return problems if NAMED_PLACE.search(text) else problems + ["the report names no function of the kernel"]


def good_console(cores):
    lines = ["[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]", "mesim: user space begins"]
    lines += [f"cores: {cores}"] + [f"check {name} ok" for name in CHECKS]
    lines += [f"check job-on-core-{core} ok" for core in range(cores)]
    lines += [f" 11: {'9 ' * cores}    GICv3  27 Level     arch_timer"]
    return lines + ["mesim: user space ends", "[    1.000000] reboot: Power down"]


def selftest():
    """A good log passes; without any one of its lines but the first, or with any one complaint more, it fails."""
    good = good_console(2)
    assert console_problems("\r\n".join(good), 2) == [], console_problems("\r\n".join(good), 2)
    for i in range(1, len(good)):
        assert console_problems("\n".join(good[:i] + good[i + 1 :]), 2), f"passes without '{good[i]}'"
    for line in [
        "[    1.0] WARNING: CPU: 1 PID: 1 at kernel/smp.c:912 smp_call_function_many_cond+0x1/0x2",
        "[    1.0] BUG: scheduling while atomic",
        "[    1.0] Internal error: Oops: 0000000096000004 [#1] SMP",
        "[    1.0] rcu: INFO: rcu_sched self-detected stall on CPU",
        "[    1.0] rcu: INFO: rcu_sched detected stalls on CPUs/tasks:",
        "[    1.0] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [sh:1]",
        "[    1.0] Kernel panic - not syncing: Attempted to kill init!",
        "[    1.0] CPU1: failed to come online",
        "Illegal instruction",
        "check sort FAILED: wanted '1', got '2'",
    ]:
        assert console_problems("\n".join(good + [line]), 2), f"passes with '{line}'"
    assert console_problems("\n".join(good), 4), "passes with the wrong number of cores"
    idle = [line.replace("9 9", "9 0") for line in good]
    assert console_problems("\n".join(idle), 2), "passes with a core that took no timer interrupt"
    parts = REPORT_PARTS + REPORT_PARTS_OF_SEVERAL_CORES
    named = "  30    52.0%  0xffff800008329200  acquire: store_drain    do_raw_spin_lock+0x30"
    parts.append(named)
    assert report_problems("\n".join(parts), 2) == []
    assert all(report_problems("\n".join(p for p in parts if p != part), 2) for part in parts)
    assert report_problems("\n".join(REPORT_PARTS + [named]), 1) == []
    assert report_problems(FUNCTIONAL, 4) == []
    print("check_log.py finds every complaint and every lacking line it was shown")


def main():
    if sys.argv[1:] == ["--selftest"]:
        selftest()
        return
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    console, report = (pathlib.Path(path).read_text(errors="replace") for path in sys.argv[1:3])
    cores = int(sys.argv[3])
    problems = console_problems(console, cores) + report_problems(report, cores)
    for problem in problems[:20]:
        print(f"linux: {problem}", file=sys.stderr)
    if problems:
        sys.exit(f"linux: {len(problems)} complaints about {sys.argv[1]} and {sys.argv[2]}")


if __name__ == "__main__":
    main()
