"""`mesim litmus`: the layout of its logs, verdicts, explanations, refusals, and that one seed gives one log."""

import os
import random
import re
import signal
import subprocess
import time

from lib_mesim import MESIM, SANITIZED, SRC_DIR, expect, finish, mesim

OWN = os.path.join(SRC_DIR, "tests", "litmus")
SHARED = os.path.join(SRC_DIR, "..", "shared", "litmus")
RUNS = 200 if SANITIZED else 2000


def write_text(name, text):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "w") as file:
        file.write(text)
    return name


def without_time(text):
    return re.sub(r"^Time .*$", "Time", text, flags=re.M)


SB = """AArch64 SB
{ 0:X1=x; 0:X3=y; 1:X1=y; 1:X3=x; }
 P0          | P1          ;
 MOV W0,#1   | MOV W0,#1   ;
 STR W0,[X1] | STR W0,[X1] ;
 LDR W2,[X3] | LDR W2,[X3] ;
exists
(0:X2=0 /\\ 1:X2=0)
"""


def check_layout():
    path = write_text("SB.litmus", SB)
    result = mesim("litmus", path, "-n", RUNS)
    lines = result.stdout.splitlines()
    expect(result.returncode == 0, f"SB ends with {result.returncode}: {result.stderr}")
    expect(lines[:2] == ["Test SB Allowed", "Histogram (4 states)"], f"head of the log: {lines[:2]}")
    states = [re.fullmatch(r"(\d+) *([*:])>0:X2=(\d); 1:X2=(\d);", line) for line in lines[2:6]]
    expect(all(states), f"states: {lines[2:6]}")
    expect(sum(int(state[1]) for state in states) == RUNS, "the counts do not add up to the runs")
    expect([state[2] for state in states] == ["*", ":", ":", ":"], "only the first state is a witness")
    witnesses = int(states[0][1])
    tail = ["Ok", "", "Witnesses", f"Positive: {witnesses}, Negative: {RUNS - witnesses}",
            "Condition exists (0:X2=0 /\\ 1:X2=0) is validated"]
    expect(lines[6:11] == tail, f"tail of the log: {lines[6:11]}")
    expect(re.fullmatch(r"Hash=[0-9a-f]{32}", lines[11]), lines[11])
    expect(lines[12] == f"Observation SB Sometimes {witnesses} {RUNS - witnesses}", lines[12])
    expect(re.fullmatch(r"Time SB \d+\.\d\d", lines[13]), lines[13])
    again = mesim("litmus", path, "-n", RUNS)
    expect(without_time(again.stdout) == without_time(result.stdout), "the same seed gives another log")
    other = mesim("litmus", path, "-n", RUNS, "--seed", "2")
    expect(without_time(other.stdout) != without_time(result.stdout), "another seed gives the same log")


def check_quantifiers():
    for word, kind in (("~exists", "Forbidden"), ("forall", "Required")):
        path = write_text("Q.litmus", SB.replace("exists", word))
        lines = mesim("litmus", path, "-n", RUNS).stdout.splitlines()
        expect(lines[0] == f"Test SB {kind}" and "No" in lines, f"{word}: {lines}")
        expect(any(line.endswith("is NOT validated") for line in lines), f"{word}: not validated is not said")


def check_explanation():
    result = mesim("litmus", "SB.litmus", "-n", RUNS, "--explain")
    story = result.stdout.partition("Explanation of SB: run ")[2].splitlines()
    cycles = [int(line.split()[0]) for line in story if re.match(r" +\d+  ", line)]
    expect(cycles and cycles == sorted(cycles), f"events are not in the order of time: {cycles}")
    for wanted in ("0:X2=0; 1:X2=0;", "store enters the store buffer", "load", "SNP_UNIQUE", "P0: STR W0,[X1]"):
        expect(any(wanted in line for line in story), f"the explanation lacks '{wanted}'")


def check_each_structure_is_explained():
    """What made the outcome is told, in this order."""
    forwards = write_text("forwards.litmus", SB.replace("SB", "forwards").replace("[X3]", "[X1]").replace("2=0", "2=1"))
    for test, events, *options in (
        (forwards, ("P0 mem   x    store enters the store buffer", "P0 mem   x    load reads the store buffer",
                    "P0 mem   x    store drains, others see it")),
        # a miss register: the first load waits, the second goes on
        (f"{SHARED}/aarch64/MP+dmb.sy+po.litmus", ("P1 mem   y    load misses, later ones go on", "P1 mem   x    load reads the L1",
                                                   "P0 mem   x    store drains", "P1 mem   y    load gets its value")),
        # a copy that is invalidated late is read after the younger store has been seen
        (f"{SHARED}/aarch64/MP+po+dmb.sy.litmus", ("P0 mem   x    store enters", "P0 mem   y    store drains", "P1 mem   x    load reads the L1",
                                                   "P1 l1d   x    SNP_UNIQUE              S -> I", "P0 mem   x    store drains"), "-s", 1),
        (f"{SHARED}/aarch64/MP.litmus", ("P0 mem   x    store enters the write-combining buffer", "load goes to memory, later ones go on",
                                         "store leaves for memory", "load gets its value"), "--memory", "nc"),
        # an atomic that the L2 performs on the line of the core that owns it
        (f"{SHARED}/aarch64/MP+rel+LDADDnoret-dmb.ld.litmus", (
            "P1 l1d   y    ATOMIC", "P1 mem   y    far atomic goes to the L2", "scu0     y    ATOMIC_STORE            X -> XV_FD",
            "P0 l1d   y    SNP_UNIQUE", "scu0     y    OWNER_GONE          XV_FD -> V", "P1 mem   y    far atomic was performed"),
         "-C", "core.atomics=far", "--perturb", 2),
    ):
        log = mesim("litmus", test, "-n", 8000, "--explain", *options).stdout
        story = log.partition("Explanation of ")[2]
        at = 0
        for event in events:
            at = story.find(event, at) + 1
            expect(SANITIZED or at, f"{test}: '{event}' is not told, or not in its place:\n{story}")
            if not at:
                break


def check_folders():
    result = mesim("litmus", OWN, "--quiet", "-n", RUNS, "--perturb", "2")
    expect(result.returncode == 0, f"own tests end with {result.returncode}:\n{result.stdout}{result.stderr}")
    seen = {line.split()[0]: line.split()[2] for line in result.stdout.splitlines() if line.count("  ") > 2}
    for name in ("WRC", "IRIW", "SB+rel-acqpcs", "SB+dmb.lds"):
        expect(SANITIZED or seen.get(name) == "Sometimes", f"{name} is {seen.get(name)}, not Sometimes")
    for folder in ("aarch64", "aarch64-cas"):
        for level in range(4):
            result = mesim("litmus", os.path.join(SHARED, folder), "--quiet", "-n", RUNS // 4, "--perturb", level)
            expect(result.returncode == 0, f"{folder} at level {level}:\n{result.stdout}{result.stderr}")
            expect(" 0 wrong, 0 not run" in result.stdout, f"{folder} at level {level}: tests were refused")


def check_the_model():
    result = mesim("litmus", "SB.litmus", "--axiomatic")
    lines = result.stdout.splitlines()
    expect(lines[:2] == ["Test SB Allowed", "States 4"], f"head of the model's log: {lines[:2]}")
    expect("Observation SB Sometimes 1 3" in lines, f"the model's observation: {lines}")
    for folder in (OWN, os.path.join(SHARED, "aarch64"), os.path.join(SHARED, "aarch64-cas")):
        result = mesim("litmus", folder, "--axiomatic", "--quiet")
        expect(result.returncode == 0 and " 0 wrong, 0 not run" in result.stdout,
               f"the model disagrees with {folder}/kinds.txt:\n{result.stdout}{result.stderr}")


def check_comparison():
    result = mesim("litmus", "SB.litmus", "--compare", "-n", RUNS)
    expect("Model SB: 4 of 4 allowed outcomes seen, and 0 forbidden ones" in result.stdout, result.stdout)
    result = mesim("litmus", OWN, "--compare", "--quiet", "-n", RUNS, "--perturb", "3")
    expect(result.returncode == 0 and ", and 0 forbidden ones" in result.stdout, result.stdout + result.stderr)


def check_a_seen_forbidden_outcome_fails():
    write_text("kinds/SB.litmus", SB)
    write_text("kinds/kinds.txt", "SB Forbidden\n")
    result = mesim("litmus", "kinds", "-q", "-n", RUNS)
    expect(result.returncode == 1 and "WRONG" in result.stdout, "a Forbidden outcome that was seen does not fail")
    write_text("kinds/kinds.txt", "SB Allowed\nMP Allowed\n")
    result = mesim("litmus", "kinds", "-q", "-n", "10")
    expect(result.returncode == 1 and "NO SUCH FILE" in result.stdout, "a test without a file does not fail")
    write_text("kinds/kinds.txt", "SB Maybe\n")
    result = mesim("litmus", "kinds", "-q", "-n", "10")
    expect(result.returncode == 1 and "kinds/kinds.txt:1: expected" in result.stderr, result.stderr)


def check_refusals():
    for status, message, *arguments in (
        (2, "give 1 or more", "SB.litmus", "-n", "0"),
        (2, "give cached, nc, gre, ngnre or mixed", "SB.litmus", "--memory", "slow"),
        (2, "no level", "SB.litmus", "--perturb", "4"),
        (2, "nowhere", "SB.litmus", "--preset", "nowhere"),
        (2, "--axiomatic runs nothing", "SB.litmus", "--axiomatic", "--compare"),
        (2, "litmus needs a test"),
        (1, "absent.litmus", "absent.litmus"),
        (1, "bad.litmus:4:6: expected an instruction", write_text("bad.litmus", SB.replace("MOV W0", "XYZZ W0").replace(" XYZZ", "     XYZZ", 1))),
        (1, "bad2.litmus:1:1: expected AArch64", write_text("bad2.litmus", SB.replace("AArch64", "PPC"))),
        (1, "bad3.litmus:8:9: expected '/\\', '\\/' or ')'", write_text("bad3.litmus", SB.replace("/\\ 1", "| 1"))),
    ):
        result = mesim("litmus", *arguments)
        expect(result.returncode == status and message in result.stderr,
               f"{arguments}: status {result.returncode}, '{result.stderr.strip()}', wanted {status}, '{message}'")
        expect(not result.stdout, f"{arguments}: prints a log all the same")


def check_malformed_files():
    """Each damage, and what is said of it: line, column and what was expected."""
    deep = SB[:SB.index("(0")] + "%s0:X2=0" + ")" * 20000
    for number, (text, message) in enumerate((
        ("", "1:1: expected AArch64"),
        (SB.replace("AArch64", "aarch64"), "1:1: expected AArch64"),
        (SB.replace("AArch64 SB", "AArch64"), "2:1: expected the name of the test"),
        (SB.replace("{ ", "").replace(" }", ""), "2:1: expected a quoted string, KEY=VALUE, or '{'"),
        (SB.replace("}", ""), "3:14: expected ';' or '}', found '|'"),
        (SB.replace("P1 ", "P0 ", 1), "3:16: expected P1, found 'P0'"),
        (SB[:SB.index("exists")], "7:1: expected locations, filter, exists, ~exists or forall"),
        (SB.replace("STR W0,[X1]", "STR W0,[X40]", 1), "5:10: expected a base register"),
        (SB.replace("#1", "#123456789", 1), "4:9: expected an immediate"),
        (SB.replace("MOV W0,#1", "CBZ W0,NOWHERE", 1), "4:9: expected a label of this thread"),
        (SB.replace("MOV W0,#1", "PTRUE P0.B", 1), "4:2: expected an instruction that mesim litmus assembles"),
        (SB.replace("MOV W0,#1", "CASP W1,W2,W4,W5,[X1]", 1), "4:7: expected a register of even number"),
        (SB.replace("1:X2=0", "7:X2=0"), "8:12: expected a thread below 2"),
        (SB.replace("1:X2=0", "9:X2=0"), "8:12: thread 9 is one of more than 8"),
        (SB.replace("1:X2=0)", "1:X2=0"), "9:1: expected '/\\', '\\/' or ')', found the end of the file"),
        (SB + "and more", "9:1: expected '/\\', '\\/' or the end of the file, found 'and'"),
        (SB.replace("1:X2=0", "1:X2=99999999999999999999999"), "8:17: expected a number"),
        (SB.replace("1:X2=0", "1:X2==0"), "8:17: expected a number or the name of a location, found '=0)'"),
        (SB.replace("STR W0,[X1] | STR W0,[X1] ;", "STR W0,[X1] | STR W0,[X1] | NOP ;"), "5:28: expected ';' after the column of P1"),
        (SB.replace("STR W0,[X1] | STR W0,[X1] ;", "STR W0,[X1] ;"), "5:14: expected '|' after the column of P0"),
        (SB.replace("{", "{ int x[1000000];"), "2:9: expected 1 to 14 elements"),
        (SB.replace("exists", "filter 0:X2=\nexists"), "9:1: expected locations, filter, exists, ~exists or forall"),
        (SB.replace("exists", "locations [x\nexists"), "8:1: expected ';' or ']'"),
        (deep % ("(" * 20000), "8:66: expected a condition of fewer parentheses"),
        (deep % ("~" * 20000), "8:66: expected a condition of fewer parentheses"),
        (SB + "(* open", "9:1: expected '*)' to end this comment"),
        (SB + "\0", "9:1: expected a text, found a byte 0"),
        (SB + " " * (1 << 20), "1:1: expected a text of up to 1 MiB"),
        (SB.replace("MOV W0,#1", "LDR W0,[SP]", 1), "4:2: P0 takes an exception here"),
    )):
        result = mesim("litmus", write_text(f"malformed{number}.litmus", text), "-n", 1)
        wanted = f"mesim: malformed{number}.litmus:{message}"
        expect(result.returncode == 1 and result.stderr.startswith(wanted) and result.stderr.count("\n") == 1,
               f"status {result.returncode}, wanted '{wanted}', got '{result.stderr.strip()}'")
    for name, text in (("crlf", SB.replace("\n", "\r\n")), ("mark", "\ufeff" + SB), ("tabs", SB.replace(" ", "\t"))):
        with open(name + ".litmus", "w", newline="") as file:
            file.write(text)
        log = mesim("litmus", name + ".litmus", "-n", RUNS).stdout
        expect(log.startswith("Test SB Allowed\nHistogram (4 states)\n"), f"{name}.litmus: {log}")


def check_odd_folders():
    os.makedirs("odd/none", exist_ok=True)
    os.makedirs("odd/folder.litmus", exist_ok=True)
    write_text("odd/twice/SB.litmus", SB)
    write_text("odd/twice/kinds.txt", "SB Allowed\nSB Forbidden\n")
    write_text("odd/crlf/SB.litmus", SB)
    write_text("odd/crlf/kinds.txt", "# verdicts\r\nSB Allowed\r\n\r\n")
    os.makedirs("odd/kinds/kinds.txt", exist_ok=True)
    os.makedirs("odd/endless", exist_ok=True)
    if not os.path.lexists("odd/endless/Z.litmus"):
        os.symlink("/dev/zero", "odd/endless/Z.litmus")
    for folder, status, message in (
        ("odd/none", 1, "odd/none holds no file that ends in .litmus"),
        ("odd/absent", 1, "odd/absent: No such file or directory"),
        ("odd", 1, "cannot read odd/folder.litmus: Is a directory"),
        ("odd/twice", 1, "odd/twice/kinds.txt:2: expected each test once, found 'SB' again"),
        ("odd/kinds", 1, "cannot read odd/kinds/kinds.txt: Is a directory"),
        ("odd/endless", 1, "odd/endless/Z.litmus:1:1: expected a text of up to 1 MiB"),
        ("odd/crlf", 0, ""),
    ):
        result = mesim("litmus", folder, "-q", "-n", RUNS)
        expect(result.returncode == status and message in result.stderr,
               f"{folder}: status {result.returncode}, '{result.stderr.strip()}', wanted '{message}'")


# What mcompare7 and its kin read of a log (tools of herdtools7): one test, from its name to an empty line.
STATE = r"(?: ?(?:\d+:\w+|\[\w+\]|\w+\[\d+\])=(?:-?\d+|\w+);)+"
NAME, COUNTS = r"[\w/.+\-\[\]]+", r"Positive: \d+,? Negative: \d+\n"
LITMUS_LOG = (rf"Test {NAME} (?:Allowed|Forbidden|Required)\nHistogram \(\d+ states\)\n(?:\d+ *[:*]>{STATE}\n)+(?:Ok|No)\n\n"
              rf"Witnesses\n{COUNTS}Condition (?:~?exists|forall) \(.*\) is (?:NOT )?validated\nHash=[0-9a-f]{{32}}\n"
              rf"Observation {NAME} (?:Never|Sometimes|Always) \d+ \d+\nTime {NAME} \d+\.\d\d\n\n")
HERD_LOG = (rf"Test {NAME} (?:Allowed|Forbidden|Required)\nStates \d+\n(?:{STATE}\n)+(?:Ok|No)\nWitnesses\n{COUNTS}"
            rf"Condition (?:~?exists|forall) \(.*\)\nObservation {NAME} (?:Never|Sometimes|Always) \d+ \d+\n"
            rf"Time {NAME} \d+\.\d\d\nHash=[0-9a-f]{{32}}\n\n")


def check_logs_can_be_read():
    for folder in (OWN, os.path.join(SHARED, "aarch64")):
        files = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".litmus"))
        for layout, *arguments in ((LITMUS_LOG, "-n", 10), (HERD_LOG, "--axiomatic")):
            log = mesim("litmus", *files, *arguments).stdout
            rest = re.sub(layout, "", log)
            expect(len(re.findall(layout, log)) == len(files) and not rest, f"{folder}, {arguments}: not of the layout:\n{rest[:500]}")


SLOW = """AArch64 SLOW
{ 0:X1=x; 1:X1=x; }
 P0           | P1          ;
 MOVZ W4,#%d,LSL #16 | MOV W0,#1   ;
 L:           | STR W0,[X1] ;
 SUBS W4,W4,#1 | ;
 B.NE L       | ;
 LDR W0,[X1]  | ;
exists (0:X0=1)
"""


def interrupt(number, wanted, *arguments):
    """Sent after two seconds: the log so far, status 130, and soon."""
    process = subprocess.Popen([MESIM, "litmus", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    process.send_signal(number)
    start = time.monotonic()
    output, errors = process.communicate(timeout=60)
    what = f"{' '.join(arguments)} interrupted by {number.name}"
    expect(process.returncode == 130, f"{what}: status {process.returncode}, {errors}")
    expect(wanted in output, f"{what}: '{wanted}' is not printed")
    expect("interrupted" in errors, f"{what}: '{errors}'")
    expect(time.monotonic() - start < 20, f"{what}: ends {time.monotonic() - start:.0f} s later")


def check_interruption():
    interrupt(signal.SIGINT, "Observation SB Sometimes", "SB.litmus", "-n", "100000000")
    interrupt(signal.SIGTERM, "Observation SB Sometimes", "SB.litmus", "-n", "100000000")
    interrupt(signal.SIGHUP, "Observation SB Sometimes", "SB.litmus", "-n", "100000000", "--perturb", "3", "--explain")
    # Each run takes a million instructions; and many tests one after another.
    interrupt(signal.SIGTERM, "Observation SLOW ", write_text("SLOW.litmus", SLOW % 8), "-n", "1000000")
    interrupt(signal.SIGINT, " 0 wrong", OWN, "-n", "10000000", "--quiet")
    # All orders of many stores: too many to look at in two seconds.
    stores = "".join(f" MOV W0,#{i} | MOV W0,#{i + 8} ;\n STR W0,[X1] | STR W0,[X1] ;\n" for i in range(1, 9))
    loads = "".join(f" LDR W{i},[X1] | LDR W{i},[X1] ;\n" for i in range(2, 4))
    many = "AArch64 MANY\n{ 0:X1=x; 1:X1=x; }\n P0 | P1 ;\n" + stores + loads + "exists (0:X2=9 /\\ 1:X2=1 /\\ x=17)\n"
    interrupt(signal.SIGINT, "", write_text("MANY.litmus", many), "--axiomatic")


def check_a_closed_output():
    process = subprocess.Popen([MESIM, "litmus", OWN, "-n", "2000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    expect(process.wait(timeout=120) == 1 and "standard output" in errors,
           f"closed output: status {process.returncode}, '{errors}'")


def check_damaged_files():
    """Cut, doubled and garbled tests are run or refused, with file, line and column, and nothing worse."""
    texts = [open(os.path.join(OWN, name)).read() for name in sorted(os.listdir(OWN)) if name.endswith(".litmus")]
    chance = random.Random(1)
    for i in range(60 if SANITIZED else 400):
        text = chance.choice(texts)
        at, end = sorted((chance.randrange(len(text)), chance.randrange(len(text))))
        damaged = [text[:at], text[:at] + text[end:], text[:end] + text[at:],
                   text[:at] + chance.choice("{}();|[],:#X\\/~\"*0\x01") + text[at + 1:]][i % 4]
        write_text(f"damaged/D{i}.litmus", damaged)
    for how in ((), ("--axiomatic",)):
        result = mesim("litmus", "damaged", "--quiet", "-n", 1, *how, timeout=600)
        expect(result.returncode == 1, f"damaged files, {how}: status {result.returncode}: {result.stderr[-300:]}")
        for line in result.stderr.splitlines():
            placed = re.match(r"mesim: damaged/D\d+\.litmus:\d+:\d+: ", line)
            expect(placed or re.match(r"mesim: damaged/D\d+\.litmus: (P\d+ |.*(too many|room for|does not))", line),
                   f"damaged files, {how}: '{line}'")


check_layout()
check_quantifiers()
check_explanation()
check_each_structure_is_explained()
check_folders()
check_the_model()
check_comparison()
check_a_seen_forbidden_outcome_fails()
check_refusals()
check_malformed_files()
check_odd_folders()
check_logs_can_be_read()
check_interruption()
check_a_closed_output()
check_damaged_files()
finish()
