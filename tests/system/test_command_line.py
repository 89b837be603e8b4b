"""Subcommands, help and the configuration."""

import os

from lib_mesim import *

help_page = mesim("help", "run")
expect(help_page.returncode == 0 and help_page.stderr == "", "help run failed")
for option in ("--cores", "--mem", "--preset", "-C", "--append", "--initrd", "--dtb", "--trace", "--stats", "--seed",
               "--max-cycles", "--timeout", "--check", "--dump-config", "--dump-dtb", "--no-fast-path", "EXIT STATUS"):
    expect(option in help_page.stdout, f"help run does not tell of {option}")
expect(max(map(len, help_page.stdout.splitlines())) <= 120, "help run has lines longer than 120 columns")
expect(mesim("run", "--help").stdout == help_page.stdout, "run --help differs from help run")
overview = mesim("help").stdout
for command in ("run", "presets", "protocol", "help", "version"):
    expect(f"    {command} " in overview, f"help does not tell of {command}")
    expect(mesim("help", command).returncode == 0, f"no help for {command}")
expect(mesim("--version").stdout.startswith("mesim "), "--version")
expect(mesim().returncode == 2, "mesim alone must be a mistake")

protocol = mesim("protocol")
expect(protocol.returncode == 0 and "|" in protocol.stdout and "IS_D" in protocol.stdout, "protocol prints no table")

# Every preset makes a machine; what is dumped reads back as itself.
presets = [line.split()[0] for line in mesim("presets").stdout.splitlines() if line and not line.startswith(" ")]
expect(len(presets) >= 6, f"presets: {presets}")
for preset in presets:
    dumped = mesim("run", "--preset", preset, "--dump-config")
    expect(dumped.returncode == 0, f"{preset}: {dumped.stderr}")
    with open("dumped.conf", "w") as file:
        file.write(dumped.stdout)
    again = mesim("run", "--preset", "./dumped.conf", "--dump-config")
    expect(again.stdout == dumped.stdout, f"{preset}: its dump reads back otherwise: {again.stderr}")
    run = mesim("run", firmware("hello"), "--preset", preset, "--cores", "2", "-q")
    expect(run.returncode == 0 and run.stdout.endswith("done\n"), f"hello on {preset}: {run.stderr}")

# Every parameter can be set from the command line, to the value it has.
lines = [line.split("#")[0].strip() for line in mesim("run", "--dump-config").stdout.splitlines()]
settings = [line.replace(" ", "") for line in lines if "=" in line]
expect(len(settings) > 50, f"only {len(settings)} parameters")
arguments = [part for setting in settings for part in ("-C", setting)]
expect(mesim("run", *arguments, "--dump-config").stdout == mesim("run", "--dump-config").stdout, "settings change something")

# The last setting counts, and --preset comes before all of them.
dumped = mesim("run", "-C", "cores.count=3", "--preset", "cortex-a53", "--cores", "5", "--dump-config").stdout
expect("cores.count          = 5 " in dumped and "= cortex-a53" in dumped, "the order of settings")

# The device tree.
run = mesim("run", "--cores", "3", "--append", "iterations=7", "--dump-dtb", "tree.dtb")
expect(run.returncode == 0, f"--dump-dtb: {run.stderr}")
with open("tree.dtb", "rb") as file:
    tree = file.read()
expect(tree[:4] == b"\xd0\x0d\xfe\xed" and b"arm,gic-v3" in tree and b"iterations=7" in tree, "the tree is none")
run = mesim("run", firmware("spinlock"), "--cores", "3", "--dtb", "tree.dtb", "-q")
expect(run.stdout.startswith("3 cores, 7 additions"), f"the tree that was dumped does not boot: {run.stderr}")
os.remove("tree.dtb")
os.remove("dumped.conf")

# Installed or moved, the binary alone knows its presets.
os.symlink(MESIM, "elsewhere")
run = mesim("run", "--preset", "neoverse-n1", "--dump-config", cwd="/")
expect(run.returncode == 0, "presets are not found from another folder")
os.remove("elsewhere")
finish()
