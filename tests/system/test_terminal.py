"""On a terminal long runs show a progress line; elsewhere they do not."""

import os
import pty
import subprocess

from lib_mesim import *

write("guest.bin", words(BRANCH_TO_SELF))
command = [MESIM, "run", "guest.bin", "--cores", "1", "--timeout", "3"]


def on_terminal(*arguments):
    terminal, end = pty.openpty()
    process = subprocess.Popen([*command, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=end)
    os.close(end)
    text = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # all ends are closed
            break
        if not part:
            break
        text += part
    os.close(terminal)
    expect(process.wait() == 4, f"status {process.returncode}")
    return text.decode()


shown = on_terminal()
expect("million instructions, " in shown and " ms simulated, " in shown and " MIPS" in shown, f"no progress in {shown!r}")
expect("\r\x1b[K" in shown, "the progress line is not wiped")
expect("million instructions" not in on_terminal("--quiet"), "--quiet shows progress")
run = mesim(*command[1:])
expect("million instructions" not in run.stderr and "\r" not in run.stderr, "progress without a terminal")
finish()
