"""Machines of every size boot, work and switch off, with the coherence invariants checked."""

from lib_mesim import *

for cores in (1, 2, 3, 4, 8, 16, 17, 33, 64):
    run = mesim("run", firmware("hello"), "--cores", cores, "-q", "--check")
    expect(run.returncode == 0, f"hello on {cores} cores: status {run.returncode}: {run.stderr}")
    expect(run.stdout.endswith(f"\n{cores} cores\ndone\n") or cores == 1, f"hello on {cores} cores: {run.stdout!r}")
for cores, image, bootargs in ((64, "ipi", "rounds=1"), (64, "false-sharing", "iterations=50"), (16, "spinlock", "iterations=50")):
    run = mesim("run", firmware(image), "--cores", cores, "-q", "--append", bootargs, "--max-cycles", 400000000, timeout=560)
    expect(run.returncode == 0 and run.stdout.endswith("done\n"),
           f"{image} on {cores} cores: status {run.returncode}: {last_line(run.stderr)}")

# Small caches: evictions, back-invalidations and full queues on every path.
small = "l1d.size=512 l1d.ways=2 l1i.size=1K l1i.ways=1 l2.size=8K l2.ways=2 l1d.mshrs=1 l1d.write_backs=1 l2.transactions=2 " \
        "core.store_buffer=2 core.load_queue=1 tlb.micro=2 tlb.l2=4 memory.queue=1"
settings = [part for setting in small.split() for part in ("-C", setting)]
for image, bootargs in (("hello", ""), ("spinlock", "iterations=20"), ("ipi", "rounds=2"), ("false-sharing", "iterations=50")):
    run = mesim("run", firmware(image), "--cores", 4, "-q", "--check", "--append", bootargs, "--max-cycles", 400000000,
                *settings, timeout=560)
    expect(run.returncode == 0 and run.stdout.endswith("done\n"),
           f"{image} with small caches: status {run.returncode}: {last_line(run.stderr)}")
finish()
