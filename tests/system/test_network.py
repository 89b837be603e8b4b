"""A guest asks for addresses and pings over virtio: as on QEMU, the same in every way of running, with nothing reached
beyond a restricted network; an unrestricted one brings the host's connections; and what a guest does wrong is logged."""

import json
import os
import re
import socket
import subprocess

from lib_mesim import *

SCRIPT = os.path.join(SRC_DIR, "tests", "guest", "run_on_qemu.sh")
HASH = re.compile(r"trace hash ([0-9a-f]+)")


def command(cores, network, *options):
    return ["run", firmware("network"), "--preset", "cortex-a57", "--cores", cores, "--net", network, "--max-cycles", 4000000000,
            *options]


def run(cores, network, *options):
    done = mesim(*command(cores, network, *options))
    expect(done.returncode == 0, f"{network} {options}: status {done.returncode}: {last_line(done.stderr)} {done.stdout}")
    return done


# As on QEMU, whose network is of the same library.
environment = dict(os.environ, QEMU_NETWORK="restrict=on")
qemu = subprocess.run(["sh", SCRIPT, firmware("network"), "2"], capture_output=True, text=True, timeout=300, env=environment)
expect(qemu.returncode == 0, f"QEMU: status {qemu.returncode}: {qemu.stderr}")
ours = run(2, "user", "-q").stdout.splitlines()
expect(ours == qemu.stdout.splitlines(), f"other than on QEMU: {ours} {qemu.stdout.splitlines()}")
for line in ("DHCP offers a00020f and gives a00020f", "ping 2: right", "done",
             "elsewhere: a ping right, a name server right, a connection right"):
    expect(line in ours, f"no line '{line}': {ours}")

# The same run in every order, without shortcuts, with --check and a second time; another one with another latency.
SMALL = ["-C", "l1d.size=512", "-C", "l1d.ways=2", "-C", "l2.size=4K", "-C", "l2.ways=2", "-C", "perturb.delay=20ns"]
for settings in ([], SMALL):
    hashes = {}
    for options in (["--order", "forward"], ["--order", "backward"], ["--order", "shuffled"], ["--no-fast-path"], ["--check"],
                    ["--order", "forward", "-s", "stats.json"]):
        hashes[" ".join(options)] = HASH.search(run(4, "user,restrict=on", *settings, *options).stderr).group(1)
    expect(len(set(hashes.values())) == 1, f"trace hashes differ: {hashes}")
    late = HASH.search(run(4, "user", "-C", "virtio.latency=30us", *settings).stderr).group(1)
    expect(late not in hashes.values(), "virtio.latency changes nothing")
with open("stats.json", encoding="utf-8") as file:
    counters = json.load(file)["virtio"]
# ARP, two of DHCP, an answer to the gateway's ARP at most, 3 pings, 3 elsewhere.
expect(counters["frames_received"] in (6, 7) and counters["frames_lost"] == 0, f"{counters}")
expect(counters["frames_sent"] == counters["frames_received"] + 3, f"{counters}")

# In functional mode, and going over to timing mode in the middle.
for options in (["--mode", "functional"], ["--timing-from", "talk_ask_for_address"]):
    expect(run(2, "user", *options).stdout.splitlines() == ours, f"{options}: other output")

# Misuse: each kind stops the card until it is reset, and is logged.
done = run(1, "user", "--append", "bad=0", "--check", "-s", "stats.json")
bad = [line for line in done.stdout.splitlines() if line.startswith(("bad ", "an offload"))]
expect(len(bad) == 5 and all(line.endswith("right, then a ping: right") for line in bad), f"misuse: {done.stdout}")
expect("guest errors: 5;" in done.stderr, f"misuse: not 5 guest errors: {done.stderr[-1500:]}")
for text in ("less than 1526 bytes", "not a header of 12 bytes", "not offered", "a buffer is not in RAM"):
    expect(text in done.stderr, f"misuse: no line says '{text}'")
with open("stats.json", encoding="utf-8") as file:
    expect(json.load(file)["virtio"]["failures"] == 4, "misuse: not 4 failures")


# Unrestricted: what the host sends over a connection to the guest comes back.
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def exchange(guest, port):
    """Waits until the guest listens, then sends it something a few times."""
    while line := guest.stdout.readline():
        if line.strip() == "listening":
            break
    with socket.create_connection(("127.0.0.1", port), timeout=60) as host:
        for i in range(3):
            message = bytes([i + 1]) * (100 + i)
            host.sendall(message)
            answer = b""
            while len(answer) < len(message) and (more := host.recv(2000)):
                answer += more
            expect(answer == message, f"message {i} came back as {answer!r}")


port = free_port()
arguments = command(1, f"user,restrict=off,hostfwd=tcp::{port}-:7", "--append", "pings=1 echo=1", "-q", "--mode", "functional")
with subprocess.Popen([MESIM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as guest:
    try:
        exchange(guest, port)
        output, errors = guest.communicate(timeout=120)
        echoed = [int(line.split()[1]) for line in output.splitlines() if line.startswith("echoed ")]
        expect(guest.returncode == 0 and sum(echoed) == 303 and output.endswith("done\n"),
               f"unrestricted: status {guest.returncode}: {output} {errors}")
    except OSError as error:
        expect(False, f"unrestricted: {error}")
    finally:
        guest.kill()


# Bad options.
def refused(network, text, status=2):
    done = mesim("run", firmware("network"), "--net", network)
    expect(done.returncode == status and text in done.stderr and len(done.stderr.splitlines()) == 1,
           f"--net {network}: status {done.returncode}: {done.stderr}")


refused("", "needs user")
refused("tap", "'tap' is not known; give user")
for part in ("restrict", "restrict=maybe", "hostfwd", "hostfwd=tcp", "hostfwd=tcp:1-2", "hostfwd=tcp::0-:1", "hostfwd=tcp::70000-:1",
             "hostfwd=udp::1-:1", "hostfwd=tcp:here:1-:1", "hostfwd=tcp::1-:2-:3", "mac=1"):
    refused(f"user,restrict=off,{part}", f"'{part}' is not known")
refused("user,hostfwd=tcp::5555-:7", "needs restrict=off")
done = mesim("run", firmware("network"), "--net", "user", "--net", "user")
expect(done.returncode == 2 and "one network card" in done.stderr, f"two cards: {done.stderr}")
with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    refused(f"user,restrict=off,hostfwd=tcp::{taken.getsockname()[1]}-:7", "cannot be listened at", 1)
finish()
