"""No counter is silently zero or wrong: a guest that does one thing n times moves each counter by exactly what it must;
laws hold between counters that count the same thing at its two ends; every counter that is described counts somewhere.
Each law is shown to notice a counter that stays zero."""

import copy
import json
import re
from concurrent.futures import ThreadPoolExecutor

from lib_mesim import *

COHERENT = ("ReadShared", "ReadUnique", "CleanUnique", "MakeUnique", "WriteBack", "Evict", "CleanShared", "CleanInvalid",
            "MakeInvalid")
FAR = ("AtomicStore", "AtomicLoad", "AtomicSwap", "AtomicCompare")
SNOOPS = ("SnpShared", "SnpUnique", "SnpCleanShared", "SnpCleanInvalid", "SnpMakeInvalid")


def guest(name):
    return os.path.join(BUILD_DIR, "guest", name + ".elf")


def run(number, image, *arguments):
    """The counters of a run, and what the guest said."""
    stats = f"stats{number}"
    done = mesim("run", image, "-q", "--max-cycles", 500000000, "--stats", stats, "--no-host-stats", *arguments, timeout=500)
    expect(done.returncode == 0 and last_line(done.stdout) == "done",
           f"{os.path.basename(image)} {arguments}: status {done.returncode}, {last_line(done.stdout)!r} "
           f"{last_line(done.stderr)}")
    with open(stats, encoding="utf-8") as file:
        return json.load(file), done.stdout


def flat(tree, prefix=""):
    """Numbers by dotted path."""
    numbers = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            numbers.update(flat(value, f"{prefix}{name}."))
        elif isinstance(value, int):
            numbers[prefix + name] = value
    return numbers


# --- one thing, n times ---

def times(names, count=1):
    return {name: count for name in names.split()}


def of_core(names, count=1):
    return {f"core.{name}": count for name in names.split()}


READ_FROM_MEMORY = times("cluster.l2_misses cluster.snoops_filtered memory.dram_reads") | of_core("l1d.fills_from_memory")
BROADCAST = times("cluster.dvm_operations cluster.dvm_syncs cluster.requests.DVMOp cluster.requests.DVMSync")
STORE_MISS = READ_FROM_MEMORY | times("cluster.requests.ReadUnique") | of_core(
    "stores store_buffered l1d.store_misses l1d.requests.ReadUnique")
EXCLUSIVES = of_core("loads exclusive_loads exclusive_stores")

# Operation of tests/guest/counters: what one of it adds, exactly; what is not named may change where the operation needs
# more than itself. "only": nothing else may change but instructions, branches, fetched lines, cycles and their causes.
OPERATIONS = {
    "nops": ("only", {"core.instructions": 4, "sim.instructions": 4, "core.branches": 1}),
    "loads": ("only", of_core("loads")),
    "load_pairs": ("only", of_core("loads")),
    "stores": ("only", of_core("stores")),
    "dmbs": ("only", of_core("barriers_dmb")),
    "dsbs": ("only", of_core("barriers_dsb")),
    "isbs": ("only", of_core("barriers_isb") | {"core.stalls.isb.fetch": "config.core.isb"}),
    "exclusives": ("only", EXCLUSIVES | of_core("stores")),
    "cleared_exclusives": ("only", EXCLUSIVES | of_core("exclusive_fail_clear")),
    "misplaced_exclusives": ("only", EXCLUSIVES | of_core("exclusive_fail_address")),
    "lost_exclusives": ("", EXCLUSIVES | of_core("exclusive_fail_eviction cache_maintenance")),
    "excepted_exclusives": ("", of_core("exclusive_fail_exception exceptions exclusive_loads exclusive_stores")),
    "atomics": ("only", of_core("atomics atomics_near")),
    "swaps": ("only", of_core("atomics atomics_near")),
    "load_misses": ("", READ_FROM_MEMORY | times("cluster.requests.ReadShared")
                    | of_core("loads l1d.load_misses l1d.requests.ReadShared")),
    "store_misses": ("", STORE_MISS),
    "zeroed_lines": ("", times("cluster.requests.MakeUnique cluster.snoops_filtered")
                     | of_core("stores store_buffered l1d.store_misses l1d.requests.MakeUnique")
                     | times("cluster.l2_misses memory.dram_reads", 0)),
    "forwards": ("", STORE_MISS | of_core("forwards loads")),
    "cleaned_lines": ("", times("cluster.requests.CleanShared") | of_core("cache_maintenance l1d.requests.CleanShared")),
    "flushed_lines": ("", times("cluster.requests.CleanInvalid") | of_core("cache_maintenance l1d.requests.CleanInvalid")),
    "dropped_lines": ("", times("cluster.requests.MakeInvalid") | of_core("cache_maintenance l1d.requests.MakeInvalid")),
    "local_tlbis": ("only", of_core("tlb_maintenance mmu.invalidations barriers_dsb")),
    "broadcast_tlbis": ("only", BROADCAST | of_core("tlb_maintenance mmu.invalidations barriers_dsb")),
    "fetch_invalidations": ("only", BROADCAST | of_core("cache_maintenance barriers_dsb")),
    "events": ("only", times("cluster.requests.EVENTO")),
    "supervisor_calls": ("", of_core("exceptions")),
    "device_reads": ("", times("cluster.requests.ReadNoSnoop memory.device_reads gic.register_reads")
                     | of_core("device_accesses")),
    "device_writes": ("", times("cluster.requests.WriteNoSnoop memory.device_writes gic.register_writes")
                      | of_core("device_accesses stores")),
    "uncached_loads": ("", times("cluster.requests.ReadNoSnoop memory.dram_reads") | of_core("noncacheable_accesses loads")),
    "uncached_stores": ("", times("cluster.requests.WriteNoSnoop memory.dram_writes")
                        | of_core("noncacheable_accesses stores barriers_dmb") | of_core("stores_combined", 0)),
    "combined_stores": ("", times("cluster.requests.WriteNoSnoop memory.dram_writes")
                        | of_core("noncacheable_accesses stores", 8) | of_core("stores_combined", 7)),
    "walks": ("", of_core("loads dtlb_misses l2tlb_misses mmu.micro_misses_data mmu.walks tlb_maintenance")
              | of_core("mmu.walk_reads", 3)),
    "tlb_rounds": ("", of_core("dtlb_misses mmu.micro_misses_data mmu.l2_hits", 128) | of_core("l2tlb_misses", 0)),
    "unbroken_remaps": ("", of_core("mmu.break_before_make")),
    "surprising_branches": ("", of_core("mispredicts")),
    "self_messages": ("", times("gic.sgi_requests gic.sgi_deliveries gic.sets gic.activates gic.deactivates") | of_core(
        "ipis_sent ipis_received irqs exceptions gic.sgi_writes gic.sgi_to_one gic.sgi_targets gic.sgi_received "
        "gic.priority_drops gic.deactivations ipi_latency.redistributor.count ipi_latency.entry.count "
        "ipi_latency.acknowledge.count ipi_latency.total.count ipi_latency.eoi.count")),
}
# Enough lines to fill the cache in both runs: each further one pushes one out.
STREAMS = {
    "shared_lines": of_core("l1d.evictions_clean l1d.requests.Evict loads") | times("cluster.requests.Evict"),
    "dirty_lines": of_core("l1d.evictions_dirty l1d.requests.WriteBack stores") | times("cluster.requests.WriteBack"),
}
ALWAYS = re.compile(r"(sim|core)\.instructions$|core\.(cycles|branches|l1i_accesses)$|core\.stalls\.|sim\.ps$")


def counters_of(stats):
    numbers = {}
    for part in ("sim", "cluster", "memory", "gic", "power", "uart"):
        numbers.update(flat(stats[part], part + "."))
    return numbers | flat(stats["cores"][0], "core.")


def differences(operation, low, high):
    runs = [run(f"-{operation}-{count}", guest("counters"), "--cores", 1, "--append", f"{operation}={count}")[0]
            for count in (low, high)]
    before, after = map(counters_of, runs)
    return {name: after[name] - before[name] for name in after}, flat(runs[0]["config"], "config.")


def check_operation(operation, low, high, only, wanted):
    changed, config = differences(operation, low, high)
    for name, each in wanted.items():
        each = config[each] if isinstance(each, str) else each
        expect(changed[name] == each * (high - low), f"{operation}: {high - low} more change {name} by {changed[name]}")
    if only:
        extra = {name: change for name, change in changed.items() if change and name not in wanted and not ALWAYS.match(name)}
        expect(not extra, f"{operation}: these should not change: {extra}")


# --- laws ---

class Counters:
    """A run's counters: total("l1d.load_misses") adds those of all cores, one("cluster.l2_hits") is of the machine."""

    def __init__(self, stats):
        self.shared = flat({part: stats[part] for part in ("sim", "cluster", "memory", "gic", "power", "uart")})
        self.cores = [flat(core) for core in stats["cores"]]
        self.count = len(self.cores)
        self.cycle_ps = 10**12 // stats["config"]["core"]["clock"]

    def total(self, names):
        return sum(core[name] for core in self.cores for name in names.split())

    def one(self, names):
        return sum(self.shared[name] for name in names.split())


def laws(c):
    """(what holds, whether it does)"""
    yield "instructions of the cores are those of the machine", c.total("instructions") == c.one("sim.instructions")
    for name in COHERENT + FAR:
        yield f"{name}: sent by L1Ds, received by the cluster", (
            c.total(f"l1d.requests.{name}") == c.one(f"cluster.requests.{name}"))
    yield "load misses ask with ReadShared", c.total("l1d.load_misses") == c.total("l1d.requests.ReadShared")
    yield "store misses ask with ReadUnique or MakeUnique", (
        c.total("l1d.store_misses") == c.total("l1d.requests.ReadUnique l1d.requests.MakeUnique"))
    yield "upgrades ask with CleanUnique", c.total("l1d.upgrades") == c.total("l1d.requests.CleanUnique")
    yield "dirty lines go with WriteBack", c.total("l1d.evictions_dirty") == c.total("l1d.requests.WriteBack")
    yield "clean lines go with Evict", c.total("l1d.evictions_clean") == c.total("l1d.requests.Evict")
    far = sum(c.total(f"l1d.requests.{name}") for name in FAR)
    yield "atomics go far as AtomicStore, AtomicLoad, AtomicSwap or AtomicCompare", c.total("atomics_far") == far
    waiting = c.total("atomics") - c.total("atomics_near atomics_far")  # when the machine went off
    yield "atomics are near or far", 0 <= waiting <= c.count
    fills = c.total("l1d.fills_from_l2 l1d.fills_cache_to_cache l1d.fills_from_memory")
    reads = c.total("l1d.requests.ReadShared l1d.requests.ReadUnique")
    yield "every read is filled, and an upgrade that lost its copy", reads <= fills <= reads + c.total("l1d.upgrades")
    supplied = c.one("cluster.l2_hits cluster.l2_misses cluster.cache_to_cache_transfers")
    under_way = supplied - fills - far - c.one("cluster.requests.ReadOnce")  # when the machine went off
    yield "fills, fetches and far atomics come from the L2, memory or another core", 0 <= under_way <= c.count
    yield "snoops: sent by the cluster, received by L1Ds", (
        sum(c.one(f"cluster.snoops.{name}") for name in SNOOPS) == c.total("l1d.snoops_received"))
    yield "snoops that hit are not more than those received", (
        c.total("l1d.snoop_data_supplied") <= c.total("l1d.snoop_hits") <= c.total("l1d.snoops_received"))
    yield "dirty data of another core come from its snoop", (
        c.one("cluster.cache_to_cache_transfers") <= c.total("l1d.snoop_data_supplied"))
    yield "DVM operations are those received", c.one("cluster.dvm_operations") == c.one("cluster.requests.DVMOp")
    yield "DVM syncs are those received", c.one("cluster.dvm_syncs") == c.one("cluster.requests.DVMSync")
    others = c.count - 1
    for request, snoop in (("DVMOp", "SnpDVMOp"), ("DVMSync", "SnpDVMSync"), ("EVENTO", "EVENTI")):
        yield f"{snoop}: one to each other core for a {request}", (
            c.one(f"cluster.snoops.{snoop}") == others * c.one(f"cluster.requests.{request}"))
    yield "DVM operations come of TLB and cache maintenance", (
        c.one("cluster.requests.DVMOp") <= c.total("tlb_maintenance cache_maintenance"))
    lost_reads = c.one("cluster.l2_misses cluster.requests.ReadNoSnoop") - c.one("memory.dram_reads memory.device_reads")
    lost_writes = (c.one("cluster.write_backs_to_memory cluster.requests.WriteNoSnoop")
                   - c.one("memory.dram_writes memory.device_writes"))
    yield "what goes below the cluster reaches memory or a device, or an address that nobody owns", (
        lost_reads >= 0 and lost_writes >= 0 and lost_reads + lost_writes == c.one("memory.decode_errors"))
    yield "fetched lines are ReadOnce, or ReadNoSnoop with caches off", (
        0 <= c.total("l1i_misses") + c.one("memory.io_reads") - c.one("cluster.requests.ReadOnce")
        <= c.one("cluster.requests.ReadNoSnoop"))
    yield "micro-TLB misses hit the level-2 TLB or walk", (
        c.total("mmu.micro_misses_fetch mmu.micro_misses_data") == c.total("mmu.l2_hits mmu.walks"))
    for summary, detail in (("itlb_misses", "mmu.micro_misses_fetch"), ("dtlb_misses", "mmu.micro_misses_data"),
                            ("l2tlb_misses", "mmu.walks"), ("ipis_received", "gic.sgi_received"),
                            ("ipis_sent", "gic.sgi_targets"), ("ipis_received", "ipi_latency.total.count"),
                            ("gic.priority_drops", "gic.deactivations gic.lpi_received")):
        yield f"{summary} is {detail}", c.total(summary) == c.total(detail)
    yield "a completed walk reads a descriptor", c.total("mmu.walk_reads") >= c.total("mmu.walks")
    yield "every core obeys every TLBI", (
        c.total("tlb_maintenance") <= c.total("mmu.invalidations")
        <= c.total("tlb_maintenance") + c.one("cluster.snoops.SnpDVMOp"))
    failed = "snoop eviction exception clear address"
    yield "store-exclusives fail for a cause or store", (
        c.total(" ".join(f"exclusive_fail_{cause}" for cause in failed.split())) <= c.total("exclusive_stores"))
    yield "SGIs made pending are taken or merged", (
        c.one("gic.sgi_deliveries") == c.total("gic.sgi_received") + c.one("gic.sgi_merged"))
    yield "SGI requests are routed", c.total("gic.sgi_writes") == c.one("gic.sgi_requests")
    lpis = c.total("gic.lpi_received")  # never active
    received = c.total("gic.sgi_received gic.ppi_received gic.spi_received") + lpis
    yield "interrupts are acknowledged once", received == c.one("gic.activates")
    yield "interrupts are deactivated once", c.total("gic.deactivations") == c.one("gic.deactivates") == received - lpis
    yield "IRQ exceptions find an interrupt or nothing", c.total("irqs") <= received + c.total("gic.spurious")
    yield "exceptions include IRQs", c.total("irqs") <= c.total("exceptions")
    yield "waits are asleep", c.total("sleep_cycles") == c.total("stalls.plain.wfi stalls.plain.wfe")
    yield "walks wait", c.total("walk_cycles") == sum(
        value for core in c.cores for name, value in core.items() if name.endswith(".walk"))
    for core in c.cores:
        stalled = sum(value for name, value in core.items()
                      if name.startswith("stalls.") and not name.endswith((".off", ".halted")))
        yield "stalls are part of the cycles", stalled <= core["cycles"] <= c.one("sim.ps") // c.cycle_ps
        yield "at most so many instructions a cycle", 0 < core["instructions"] <= 3 * core["cycles"]
    for part, whole in (("forwards", "loads"), ("exclusive_loads", "loads"), ("l1i_misses", "l1i_accesses"),
                        ("mispredicts", "branches"), ("branches", "instructions"), ("loads", "instructions"),
                        ("barriers_dmb", "instructions"), ("barriers_dsb", "instructions")):
        yield f"{part} are not more than {whole}", c.total(part) <= c.total(whole)


def broken(stats):
    return [text for text, holds in laws(Counters(stats)) if not holds]


# Counters in laws of equality: one that stays zero breaks at least one law, in a run in which it is not zero.
CONSERVED = [f"l1d.requests.{name}" for name in COHERENT + FAR] + ["atomics", "atomics_near", "atomics_far"] + [
    "instructions", "l1d.load_misses", "l1d.store_misses", "l1d.upgrades", "l1d.evictions_dirty", "l1d.evictions_clean",
    "l1d.fills_from_l2", "l1d.fills_cache_to_cache", "l1d.fills_from_memory", "l1d.snoops_received", "l1d.snoop_hits",
    "l1d.snoop_data_supplied", "mmu.micro_misses_fetch", "mmu.micro_misses_data", "mmu.l2_hits", "mmu.walks",
    "mmu.walk_reads", "mmu.invalidations", "itlb_misses", "dtlb_misses", "l2tlb_misses", "ipis_received", "ipis_sent",
    "gic.sgi_received", "gic.sgi_targets", "gic.sgi_writes", "gic.deactivations", "gic.priority_drops",
    "ipi_latency.total.count", "sleep_cycles", "walk_cycles", "stalls.plain.wfe", "exclusive_stores", "cycles", "loads",
    "branches", "l1i_misses", "l1i_accesses", "exceptions"]
CONSERVED_SHARED = [f"cluster.requests.{name}" for name in COHERENT + FAR + ("ReadOnce", "ReadNoSnoop", "WriteNoSnoop", "DVMOp",
                                                                       "DVMSync", "EVENTO")] + [
    f"cluster.snoops.{name}" for name in SNOOPS + ("SnpDVMOp", "SnpDVMSync", "EVENTI")] + [
    "sim.instructions", "cluster.l2_hits", "cluster.l2_misses", "cluster.cache_to_cache_transfers",
    "cluster.write_backs_to_memory", "cluster.dvm_operations", "cluster.dvm_syncs", "memory.dram_reads",
    "memory.dram_writes", "memory.device_reads", "memory.device_writes", "gic.sgi_requests", "gic.sgi_deliveries",
    "gic.activates", "gic.deactivates"]


def with_zero(stats, path, parts):
    """A copy in which a counter never counted."""
    changed = copy.deepcopy(stats)
    for tree in (changed["cores"] if parts == "cores" else [changed]):
        *folders, name = path.split(".")
        for folder in folders:
            tree = tree[folder]
        tree[name] = 0
    return changed


def value_of(stats, path, parts):
    c = Counters(stats)
    return c.total(path) if parts == "cores" else c.one(path)


def check_zeros(all_stats):
    for parts, paths in (("cores", CONSERVED), ("shared", CONSERVED_SHARED)):
        for path in paths:
            counted = [stats for stats in all_stats if value_of(stats, path, parts)]
            expect(counted, f"{path} is zero in every run")
            expect(any(broken(with_zero(stats, path, parts)) for stats in counted), f"no law notices that {path} stays zero")


# --- everything counts somewhere ---

# Counters that no guest here moves, and why.
UNREACHED = {
    r"cores\[\]\.l1d\.requests\.(ReadOnce|ReadNoSnoop|WriteNoSnoop|DVMOp|DVMSync|EVENTO)": "the core sends these itself",
    r"cores\[\]\.l1d\.requests\.WriteUnique": "devices alone write so",
    r"cluster\.requests\.WriteUnique|memory\.io_(reads|writes|refused)": "tests/unit/interconnect/test_dma.c",
    r"sim\.(mode|counted_from_ps)": "0 in timing mode from the start",
    r"cores\[\]\.stalls\.": "which cause meets which kind depends on the guest; the sums over each must not be 0",
    r"cores\[\]\.gic\.(sgi_to_none|spurious|releases|preemptions)": "tests/unit/gic",
    r"gic\.(sgi_merged|sgi_group_mismatches|releases|held_asleep)": "tests/unit/gic",
    r"memory\.decode_errors": "tests/unit/interconnect",
    r"cluster\.back_invalidations": "an L2 smaller than the L1Ds: the run with small caches",
    r"uart\.interrupts": "tests/unit/device",
    r"virtio\.": "tests/system/test_virtio.py, with a disk",
}

TYPED, FOLDER = "typed", "folder"
RUNS = {
    "traps": (guest("traps"), "--cores", 4),
    "traps-far": (guest("traps"), "--cores", 4, "-C", "core.atomics=far"),
    "far": (guest("counters"), "--cores", 1, "-C", "core.atomics=far", "--append", "atomics=9 swaps=9"),
    "traps-small": (guest("traps"), "--cores", 4, "-C", "l1d.size=1K", "-C", "l2.size=4K", "-C", "l2.ways=4", "--append",
                    "private-counters-share-lines=1 walk-in-flight-does-not-survive-tlbi=1"),
    "ipi": (firmware("ipi"), "--cores", 4, "--append", "rounds=3"),
    "selftest": (firmware("selftest"), "--cores", 4, "--append", "strict=1", "--input", TYPED),
    "false-sharing": (firmware("false-sharing"), "--cores", 8, "--append", "iterations=300"),
    "devices": (guest("devices"), "--cores", 1, "-C", "rtc.start=1000000000", "-C", "power_key.press=2s",
                "-C", "core.clock=100M"),
    "its": (guest("its"), "--cores", 4),
    "semihosting": (guest("semihosting"), "--cores", 2, "--semihosting", f"{FOLDER},writable"),
    "late-loads": (firmware("ipi"), "--cores", 4, "--append", "rounds=3", "-C", "perturb.load=500"),  # releases wait
    "one-core": (guest("counters"), "--cores", 1, "--append", "unbroken_remaps=9 tlb_rounds=9 atomics=9 events=9 "
                 "combined_stores=9"),
}


def check_described(all_stats):
    totals = {name: 0 for stats in all_stats for name in stats["description"]}
    for stats in all_stats:
        numbers = flat({name: part for name, part in stats.items() if name not in ("config", "cores", "description")})
        for core in stats["cores"]:
            for name, value in flat(core).items():
                numbers[f"cores[].{name}"] = numbers.get(f"cores[].{name}", 0) + value
        for name in totals:
            totals[name] += numbers.get(name, 0)
    for name, total in list(totals.items()):
        if name.startswith("cores[].stalls."):
            *_, kind, cause = name.split(".")
            for side in (f"stalls of kind {kind}", f"stalls by cause {cause}"):
                totals[side] = totals.get(side, 0) + total
    del totals["stalls by cause halted"]  # a core halts when the machine goes off
    for name, total in totals.items():
        excused = any(re.match(pattern, name) for pattern in UNREACHED) or name == "sim.trace_hash"
        expect(total or excused, f"{name} is zero in every run")


def main():
    write(TYPED, b"hello\n")
    os.makedirs(FOLDER, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        results = dict(zip(RUNS, pool.map(lambda name: run(name, *RUNS[name]), RUNS)))
        list(pool.map(lambda name: check_operation(name, 100, 200, *OPERATIONS[name]), OPERATIONS))
        list(pool.map(lambda name: check_operation(name, 1024, 2048, "", STREAMS[name]), STREAMS))
    for name, (stats, console) in results.items():
        for text in broken(stats):
            expect(False, f"{name}: this does not hold: {text}")
        expect(stats["uart"]["transmitted"] == len(console), f"{name}: characters transmitted are those on the console")
        expect(stats["power"]["cpu_on_success"] >= len(stats["cores"]) - 1, f"{name}: cores were switched on")
    all_stats = [stats for stats, _ in results.values()]
    check_zeros(all_stats)
    check_described(all_stats)
    finish()


main()
