"""Semihosting: every operation as a guest sees it (tests/guest/semihosting), the same in every run, and on QEMU; a program
as a C library for semihosting makes it (tests/guest/hosted.c); nothing outside the folder; nothing where it is off."""

import json
import shutil

from lib_mesim import *

WITH_FAULTS = os.environ["MESIM_WITH_FAULTS"]
IMAGE = os.path.join(BUILD_DIR, "guest", "semihosting.elf")
CYCLES = 400_000_000
HLT = 0xD45E0000
MOV_W0, ADR_X1_32, TBNZ_X0_63_16 = 0x52800000, 0x10000101, 0xB7F80080
QEMU = ["qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a57", "-display", "none", "-monitor", "none", "-serial",
        "stdio", "-no-reboot", "-semihosting-config", "enable=on,target=native"]


def declared_checks():
    """Names of the image's checks, and whether mesim alone promises them."""
    checks = []
    with open(os.path.join(SRC_DIR, "tests", "guest", "semihosting", "checks.h"), encoding="utf-8") as file:
        for line in file:
            if line.startswith('    X("'):
                name, _, alone = line.strip(' X()\\\n').split(", ")
                checks.append((name.strip('"'), alone == "1"))
    return checks


def contents(name):
    with open(name, "rb") as file:
        return file.read()


def make_folder():
    """The folder of the guest, and around it what it must not reach."""
    shutil.rmtree("world", ignore_errors=True)
    os.makedirs("world/folder/sub")
    write("world/outside", b"outside")
    write("world/folder/sub/inside", b"inside")
    os.symlink("../outside", "world/folder/link-out")
    os.symlink("..", "world/folder/link-up")
    os.symlink("sub/inside", "world/folder/link-in")
    os.symlink("../nowhere", "world/folder/link-dangling")
    os.mkfifo("world/folder/pipe")


def tree(folder):
    return sorted(os.path.join(path, name) for path, folders, names in os.walk(folder) for name in folders + names)


def check_operations():
    """On one core and four, in both modes, by the long way, in every order: all checks hold, and nothing depends on how the
    simulator works."""
    write("typed", b"typed\n")
    wanted = [f"ok {name}" for name, _ in declared_checks()]
    wanted.insert(len(wanted) - 1, "out err c string")
    for cores, mode in ((1, "timing"), (4, "timing"), (1, "functional"), (4, "functional")):
        results = set()
        variants = [(), ("--no-fast-path",), ("--order", "backward"), ("--order", "shuffled"), ("--trace", "trace")]
        for more in variants + ([("--check",)] if mode == "timing" else []):
            make_folder()
            before = tree("world")
            done = mesim("run", IMAGE, "--cores", cores, "--mode", mode, "-q", "--max-cycles", CYCLES, "--semihosting",
                         "world/folder,writable", "--input", "typed", "--append", "confined=1", "--stats", "stats", *more)
            expect(done.stdout.splitlines() == wanted + ["done"] and done.returncode == 0,
                   f"{cores} cores, {mode}, {more}: status {done.returncode}, {done.stdout!r} {last_line(done.stderr)}")
            expect(tree("world") == before, f"{more}: left behind: {set(tree('world')) ^ set(before)}")
            with open("stats", encoding="utf-8") as file:
                stats = json.load(file)
            results.add((stats["sim"]["trace_hash"], stats["sim"]["ps"], json.dumps(stats["guest_errors"]),
                         json.dumps(stats["semihosting"])))
        expect(len(results) == 1, f"{cores} cores, {mode}: not the same in every run: {results}")
    expect(contents("world/outside") == b"outside", "the guest wrote outside of its folder")


def check_machines():
    """The same on machines where messages and stores are late, caches are small and the host is near; and a long call is no
    silence."""
    for more in (("perturb.drain=2000",), ("perturb.delay=200ns", "perturb.load=500"), ("l1d.size=1K", "l2.size=16K"),
                 ("link.semihosting=1ns",), ("watchdog.silence=1ms",)):
        make_folder()
        settings = [word for setting in more for word in ("-C", setting)]
        done = mesim("run", IMAGE, "--cores", 4, "-q", "--max-cycles", CYCLES, "--semihosting", "world/folder,writable", *settings)
        expect(last_line(done.stdout) == "done", f"{more}: status {done.returncode}, {done.stdout!r}")


def check_qemu():
    """What mesim does not promise alone holds on QEMU, with the same image."""
    wanted = [f"ok {name}" for name, alone in declared_checks() if not alone] + ["done"]
    for cores in (1, 4):
        make_folder()
        done = subprocess.run([*QEMU, "-smp", str(cores), "-kernel", IMAGE], cwd="world/folder", stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300)
        expect(done.stdout.splitlines() == wanted, f"QEMU, {cores} cores: {done.stdout!r} {done.stderr!r}")


def check_faults():
    for fault, settings in (("host-reads-behind-caches", ()), ("host-call-passes-stores", ("-C", "perturb.drain=20000"))):
        for program, inject in ((WITH_FAULTS, ()), (WITH_FAULTS, ("--inject", fault))):
            make_folder()
            done = subprocess.run([program, "run", IMAGE, "--cores", "4", "-q", "--max-cycles", str(CYCLES), "--semihosting",
                                   "world/folder,writable", "--append", "stores-before-the-call-are-seen=1", *settings, *inject],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
            expect(("FAIL stores" in done.stdout) == bool(inject) and done.returncode == 0,
                   f"{fault}, injected: {bool(inject)}: {done.stdout!r} {last_line(done.stderr)}")


def compile_hosted():
    subprocess.run(["aarch64-linux-gnu-gcc", "-std=gnu17", "-O2", "-ffreestanding", "-fno-stack-protector", "-fno-pic", "-nostdlib",
                    "-static", "-no-pie", "-mgeneral-regs-only", "-mstrict-align", "-Wall", "-Wextra", "-Werror",
                    "-Wl,-Ttext=0x40080000", "-Wl,--build-id=none", "-I", os.path.join(SRC_DIR, "tests", "guest"),
                    os.path.join(SRC_DIR, "tests", "guest", "hosted.c"), "-o", "hosted.elf"], check=True)


def hosted(arguments, *more):
    return mesim("run", "hosted.elf", "--cores", 1, "-q", "--max-cycles", CYCLES, "--semihosting", "world/folder,writable",
                 "--append", arguments, *more)


def check_program():
    """Without MMU and caches, so that its buffers are Device memory."""
    compile_hosted()
    text = b"all lower\n" * 300
    write("typed", b"and typed\n")
    for mode in ("timing", "functional"):
        make_folder()
        write("world/folder/from", text)
        done = hosted("copy from to", "--input", "typed", "--mode", mode)
        expect(done.returncode == 0 and done.stdout == "3010 bytes\n", f"{mode}: {done.returncode} {done.stdout!r} {done.stderr}")
        expect(contents("world/folder/to") == text.upper() + b"AND TYPED\n", f"{mode}: copied something else")
    done = subprocess.run([*QEMU[:-1], QEMU[-1] + ",arg=hosted.elf,arg=copy,arg=from,arg=again", "-kernel",
                           os.path.abspath("hosted.elf")], cwd="world/folder", input=b"", capture_output=True, timeout=60)
    expect(done.returncode == 0 and contents("world/folder/again") == text.upper(), f"QEMU: {done}")
    done = mesim("run", "hosted.elf", "--cores", 1, "--semihosting", "world/folder", "--append", "copy from to")
    expect(done.returncode == 1 and done.stdout == "hosted: cannot make\n" and "the semihosting folder is read-only" in done.stderr,
           f"read-only: {done}")


def check_ends():
    for status, wanted in ((0, 0), (1, 1), (42, 42), (255, 255), (256, 0), (300, 44)):
        done = hosted(f"exit {status}")
        expect(done.returncode == wanted, f"exit {status}: status {done.returncode} {done.stderr}")
    for reason, name in (("20023", "ADP_Stopped_RunTimeErrorUnknown (0x20023)"), ("20004", "ADP_Stopped_DataAbort (0x20004)"),
                         ("20028", "ADP_Stopped_DivisionByZero (0x20028)"), ("2001f", "unknown reason (0x2001f)")):
        done = hosted(f"stop {reason}")
        expect(done.returncode == 1 and name in last_line(done.stderr), f"stop {reason}: {done.returncode} {done.stderr}")
    done = hosted("nonsense")
    expect(done.returncode == 1 and done.stdout == "hosted: wrong arguments\n", f"nonsense: {done}")


def guest_of(*instructions):
    code = words(*instructions)
    return write("guest.elf", elf([(RAM + 0x100000, code, len(code))]))


def check_resets():
    """A reset closes what was open: a guest that opens a file at each boot and never closes it goes on opening."""
    code = words(ADR_X1_32, MOV_W0 | 1 << 5, HLT, TBNZ_X0_63_16, 0x52B08000, 0x72800120, HVC, BRANCH_TO_SELF)
    block = struct.pack("<QQQ", RAM + 0x100000 + 32 + 24, 4, 1) + b"a\0"
    write("resets.elf", elf([(RAM + 0x100000, code + block, len(code + block))]))
    make_folder()
    done = mesim("run", "resets.elf", "--cores", 1, "-q", "--max-cycles", 500_000, "--semihosting", "world/folder,writable",
                 "--stats", "stats")
    with open("stats", encoding="utf-8") as file:
        boots = json.load(file)["sim"]["boots"]
    expect(done.returncode == 4 and boots > 80 and os.path.exists("world/folder/a"), f"resets: {done.returncode}, {boots} boots")


def check_off():
    """Without the option HLT is what it is without a debugger, and so is every other HLT with it."""
    exit_code = [MOV_W0 | 0x18 << 5, HLT, BRANCH_TO_SELF]
    done = mesim("run", guest_of(*exit_code), "--cores", 1)
    expect(done.returncode == 3 and "UNDEFINED" in done.stderr, f"off: status {done.returncode} {done.stderr}")
    done = mesim("run", guest_of(MOV_W0 | 0x18 << 5, HLT + 32, BRANCH_TO_SELF), "--cores", 1, "--semihosting", ".")
    expect(done.returncode == 3 and "UNDEFINED" in done.stderr, f"HLT #0xf001: status {done.returncode} {done.stderr}")


def check_bad_folders():
    write("file", b"")
    os.symlink("loop", "loop")
    for value, status, text in (("missing", 1, "missing"), ("file", 1, "Not a directory"), ("loop", 1, "symbolic links"), ("", 2, "needs"),
                                (".,readwrite", 2, "readonly or writable"), (",writable", 2, "needs")):
        done = mesim("run", guest_of(*SYSTEM_OFF), "--semihosting", value)
        expect(done.returncode == status and len(done.stderr.splitlines()) == 1 and text in done.stderr and
               "semihosting" in done.stderr, f"'{value}': {done.returncode} {done.stderr}")
    os.remove("loop")


def check_errors_are_told():
    """The report names the call, the file, and where the guest asked for it."""
    make_folder()
    done = mesim("run", IMAGE, "--cores", 1, "--semihosting", "world/folder,writable", "--append",
                 "confined=1 nothing-outside-the-folder-is-reached=1", "--max-cycles", CYCLES)
    expect("semihosting SYS_OPEN: '../outside' leaves the semihosting folder" in done.stderr, f"report: {done.stderr}")
    done = mesim("run", IMAGE, "--cores", 1, "--semihosting", "world/folder,writable", "--append",
                 "confined=1 commands-and-unknown-operations-are-refused=1", "--max-cycles", CYCLES)
    expect("semihosting SYS_SYSTEM: commands are never run" in done.stderr and "there is no operation 0x99" in done.stderr,
           f"report: {done.stderr}")


def main():
    check_operations()
    check_machines()
    check_qemu()
    check_faults()
    check_program()
    check_ends()
    check_resets()
    check_off()
    check_bad_folders()
    check_errors_are_told()
    finish()


main()
