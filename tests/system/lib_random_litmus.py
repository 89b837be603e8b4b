"""Random litmus tests, and the comparison of what a machine shows of them with what the Arm memory model allows.

As a program it prints the test of one number: python3 lib_random_litmus.py NUMBER. The same number is the same test on
every machine. A test has 2 to 4 threads on 2 or 3 locations: loads and stores, plain, acquiring and releasing, each kind
of barrier, dependencies by address, data, control and selection, exclusives, and atomics with and without results; in
some tests of all sizes, so that they overlap, and in pairs. Tests for memory that is not cached have no exclusives and no
atomics."""

import os
import random
import re
import subprocess
import sys

DOMAINS = ["SY", "LD", "ST", "ISH", "ISHLD", "ISHST", "OSH", "OSHLD", "OSHST"]
BARRIERS = [f"{name} {domain}" for name in ("DMB", "DSB") for domain in DOMAINS] + ["ISB"] * 2
ATOMICS = ["SWP", "LDADD", "LDEOR", "LDSET", "LDCLR", "LDSMAX", "LDUMIN"]
ORDERS = ["", "A", "L", "AL"]
SUFFIX = {1: "B", 2: "H", 4: "", 8: ""}
UNSCALED = ["LDUR", "LDAPUR", "STUR", "STLUR"]  # take an offset, as LDR and STR do; the others do not
BASE, TEMPORARY, TEMPORARIES = 20, 10, 10  # X20 up: addresses; X10 up: what no condition looks at; X0 up: results
MOST_RESULTS = 10
MOST_READS, MOST_WRITES = 7, 7
MOST_DERIVED = 2  # writes whose value a load decides: each multiplies the values that the others may see


class Thread:
    def __init__(self, test):
        self.test, self.lines, self.results, self.temporaries, self.labels = test, [], 0, 0, 0
        self.open_label = None

    def emit(self, text):
        self.lines.append(text)

    def chance(self, probability):
        return self.test.random.random() < probability

    def width(self):
        return "X" if self.test.location_bytes > 4 else "W"

    def result(self):
        self.results += 1
        return self.results - 1

    def result_pair(self):
        """The first of two registers, an even one."""
        self.results += self.results % 2 + 2
        return self.results - 2

    def temporary(self):
        self.temporaries += 1
        return TEMPORARY + (self.temporaries - 1) % TEMPORARIES

    def temporary_pair(self):
        self.temporaries += self.temporaries % 2 + 2
        return TEMPORARY + (self.temporaries - 2) % TEMPORARIES

    def earlier(self):
        """The register of an earlier result, or None."""
        return self.test.random.randrange(self.results) if self.results else None

    def constant(self, width=None, register=None):
        register = self.temporary() if register is None else register
        self.test.constants += 1
        self.emit(f"MOV {width or self.width()}{register},#{self.test.constants}")
        return register

    def zero_from(self, source):
        """A register that is 0 and depends on an earlier result: by value, or by a selection."""
        register, other = self.temporary(), self.temporary()
        if self.chance(0.8):
            self.emit(f"EOR X{register},X{source},X{source}")
        else:
            self.emit(f"MOV X{other},#0")
            self.emit(f"CMP X{source},#1")
            self.emit(f"CSEL X{register},X{other},XZR,{self.test.random.choice(['EQ', 'NE'])}")
        return register

    def value(self):
        """A register to be stored: a constant, one that depends on an earlier result, or that result."""
        source, chance = self.earlier(), self.test.random.random()
        if source is None or chance < 0.7:
            return self.constant()
        if chance < 0.78:
            self.test.derived += 1
            return source
        zero, register = self.zero_from(source), self.constant()
        self.emit(f"ADD X{register},X{register},X{zero}")
        return register

    def size(self):
        """Bytes of an access, and where it lies in its location: all of it, but for tests of mixed sizes."""
        whole = min(self.test.location_bytes, 8)
        size_bytes = self.test.random.choice([1, 2, 4, 8][:whole.bit_length()]) if self.test.mixed else whole
        return size_bytes, self.test.random.randrange(0, self.test.location_bytes, size_bytes)

    def address(self, offset, kind):
        """What stands in the brackets: a location, perhaps by an address that depends on an earlier result."""
        base, source = BASE + self.test.random.randrange(self.test.locations), self.earlier()
        indexed = kind in ("LDR", "STR")
        if source is not None and self.chance(0.2):
            zero, depending = self.zero_from(source), f"X{base}"
            if indexed and not offset:
                return f"{depending},X{zero}"
            base = self.temporary()
            self.emit(f"ADD X{base},{depending},X{zero}")
        if not offset:
            return f"X{base}"
        if indexed or kind in UNSCALED:
            return f"X{base},#{offset}"
        register = self.temporary()
        self.emit(f"ADD X{register},X{base},#{offset}")
        return f"X{register}"

    # --- items ---

    def load(self):
        kind = self.test.random.choice(["LDR"] * 5 + ["LDUR", "LDAR", "LDAPR", "LDAPUR"] + ["LDXR"] * self.test.cached)
        size_bytes, offset = self.size()
        address, width = self.address(offset, kind), "X" if size_bytes == 8 else "W"
        signed = kind == "LDR" and size_bytes < 4 and self.chance(0.3)
        self.emit(f"{kind}{'S' * signed}{SUFFIX[size_bytes]} {width}{self.result()},[{address}]")
        self.test.reads += 1

    def store(self):
        kind = self.test.random.choice(["STR"] * 4 + ["STUR", "STLR", "STLUR"])
        register = self.value()
        size_bytes, offset = self.size()
        width = "X" if size_bytes == 8 else "W"
        self.emit(f"{kind}{SUFFIX[size_bytes]} {width}{register},[{self.address(offset, kind)}]")
        self.test.writes += 1

    def pair(self):
        """LDP and STP, each two accesses; or in cached memory CASP, LDXP and STXP, which are one."""
        base, width = BASE + self.test.random.randrange(self.test.locations), "X" if self.test.location_bytes == 16 else "W"
        kind = self.test.random.choice(["LDP"] * 2 + ["STP"] * 2 + ["CASP", "LDXP"] * self.test.cached)
        if kind == "LDXP" and width == "X":
            kind = "CASP"  # the checker does not know exclusive pairs of X registers
        if kind == "LDP":
            self.emit(f"LDP {width}{self.result()},{width}{self.result()},[X{base}]")
            self.test.reads += 2
        elif kind == "STP":
            self.emit(f"STP {width}{self.constant(width)},{width}{self.constant(width)},[X{base}]")
            self.test.writes += 2
        elif kind == "CASP":
            expected, new = self.result_pair(), self.temporary_pair()
            if self.chance(0.3):
                self.emit(f"MOV {width}{expected},#{self.test.random.choice([1, 2])}")
            self.constant(width, new), self.constant(width, new + 1)
            self.emit(f"CASP{self.test.random.choice(ORDERS)} {width}{expected},{width}{expected + 1},"
                      f"{width}{new},{width}{new + 1},[X{base}]")
            self.test.reads, self.test.writes = self.test.reads + 1, self.test.writes + 1
        else:
            load, store = self.test.random.choice(["LDXP", "LDAXP"]), self.test.random.choice(["STXP", "STLXP"])
            self.emit(f"{load} W{self.result()},W{self.result()},[X{base}]")
            first, second = self.constant("W"), self.constant("W")
            self.emit(f"{store} W{self.result()},W{first},W{second},[X{base}]")
            self.test.reads, self.test.writes = self.test.reads + 1, self.test.writes + 1

    def barrier(self):
        self.emit(self.test.random.choice(BARRIERS))

    def branch(self):
        """Over the next item, or over nothing; perhaps with an ISB behind."""
        source = self.earlier()
        if source is None or self.open_label:
            self.barrier()
            return
        label = f"L{self.labels}"
        self.labels += 1
        kind = self.test.random.choice(["CBZ", "CBNZ", "TBZ", "TBNZ"])
        self.emit(f"{kind} {self.width()}{source},{'#0,' if kind[0] == 'T' else ''}{label}")
        if self.chance(0.4):
            self.open_label = label
            return
        self.emit(f"{label}:")
        if self.chance(0.4):
            self.emit("ISB")

    def exclusive(self):
        load, store = self.test.random.choice(["LDXR", "LDAXR"]), self.test.random.choice(["STXR", "STLXR"])
        size_bytes, offset = self.size()
        address, result, width = self.address(offset, load), self.result(), "X" if size_bytes == 8 else "W"
        self.emit(f"{load}{SUFFIX[size_bytes]} {width}{result},[{address}]")
        value = self.temporary() if self.chance(0.5) else None
        if value is None:
            value = self.constant()
        else:
            self.test.derived += 1
            self.emit(f"ADD {width}{value},{width}{result},#1")
        self.emit(f"{store}{SUFFIX[size_bytes]} W{self.result()},{width}{value},[{address}]")
        self.test.reads, self.test.writes = self.test.reads + 1, self.test.writes + 1

    def atomic(self):
        name, order = self.test.random.choice(ATOMICS), self.test.random.choice(ORDERS)
        value, (size_bytes, offset) = self.value(), self.size()
        address, width = self.address(offset, name), "X" if size_bytes == 8 else "W"
        result = "ZR" if self.chance(0.3) else self.result()
        self.test.derived += name != "SWP"
        self.emit(f"{name}{order}{SUFFIX[size_bytes]} {width}{value},{width}{result},[{address}]")
        self.test.reads, self.test.writes = self.test.reads + 1, self.test.writes + 1

    def compare_and_swap(self):
        value, (size_bytes, offset) = self.constant(), self.size()
        address, result, width = self.address(offset, "CAS"), self.result(), "X" if size_bytes == 8 else "W"
        if self.chance(0.6):
            self.emit(f"MOV {width}{result},#{self.test.random.choice([0, 0, 1, 2])}")
        order = self.test.random.choice(ORDERS)
        self.emit(f"CAS{order}{SUFFIX[size_bytes]} {width}{result},{width}{value},[{address}]")
        self.test.reads, self.test.writes = self.test.reads + 1, self.test.writes + 1

    def item(self):
        label, self.open_label = self.open_label, None
        atomics = [self.exclusive] * 2 + [self.atomic] * 4 + [self.compare_and_swap] * 2
        pairs = [self.pair] * 4 if self.test.location_bytes > 4 and self.test.mixed else []
        self.test.random.choice([self.load] * 9 + [self.store] * 8 + [self.barrier] * 5 + [self.branch] * 2 +
                                atomics * self.test.cached + pairs)()
        if label:
            self.emit(f"{label}:")


class Test:
    def __init__(self, number, cached):
        self.number, self.cached, self.random = number, cached, random.Random(f"mesim {number}")
        self.constants, self.derived, self.reads, self.writes = 0, 0, 0, 0
        count = self.random.choice([2, 2, 2, 3, 3, 4])
        self.locations = self.random.choice([2, 2, 3])
        self.location_bytes = self.random.choice([4] * 6 + [8] * 3 + [16])
        self.mixed = self.location_bytes == 16 or self.random.random() < 0.3
        self.threads = [Thread(self) for _ in range(count)]
        for thread in self.threads:
            for _ in range(self.random.randint(2, {2: 5, 3: 3, 4: 2}[count])):
                thread.item()
            if thread.open_label:
                thread.emit(f"{thread.open_label}:")

    def is_small(self):
        """Few enough accesses for all candidate executions to be looked at, and registers for all."""
        fewer = 2 if self.mixed else 0
        return (2 <= self.reads <= MOST_READS - fewer and 1 <= self.writes <= MOST_WRITES - fewer and
                self.derived <= MOST_DERIVED - fewer / 2 and all(thread.results <= MOST_RESULTS for thread in self.threads))


def layout(program):
    """The file: each thread's lines are a column; all results are looked at, and all locations."""
    kind, names = "int" if program.location_bytes == 4 else "uint64_t", "xyz"[:program.locations]
    elements, initial = ("[2]", "{0,0}") if program.location_bytes == 16 else ("", "0")
    text = f"AArch64 R{program.number}\n\"random test {program.number}\"\n{{\n"
    text += "".join(f"{kind} {name}{elements}={initial};\n" for name in names)
    for thread, count in enumerate(program.results):
        text += "".join(f"{kind} {thread}:X{i}; " for i in range(count))
        text += "".join(f"{thread}:X{BASE + i}={name}; " for i, name in enumerate(names)) + "\n"
    text += "}\n"
    rows = max(len(lines) for lines in program.columns)
    cells = [[f"P{thread}"] + lines + [""] * (rows - len(lines)) for thread, lines in enumerate(program.columns)]
    widths = [max(len(cell) for cell in column) for column in cells]
    for row in range(rows + 1):
        text += " " + " | ".join(column[row].ljust(width) for column, width in zip(cells, widths)) + " ;\n"
    seen = [f"{thread}:X{i};" for thread, count in enumerate(program.results) for i in range(count)]
    places = [f"{name}[{i}];" for name in names for i in (0, 1)] if elements else [f"{name};" for name in names]
    return text + f"locations [{' '.join(seen + places)}]\nexists (true)\n"


class Program:
    """A test as lists of lines, from which shrinking takes some away."""

    def __init__(self, number, cached=True):
        attempt = 0
        test = Test(f"{number}.{attempt}", cached)
        while not test.is_small():
            attempt += 1
            test = Test(f"{number}.{attempt}", cached)
        self.number, self.location_bytes, self.locations = number, test.location_bytes, test.locations
        self.columns = [list(thread.lines) for thread in test.threads]
        self.results = [thread.results for thread in test.threads]

    def text(self):
        return layout(self)

    def write(self, path):
        with open(path, "w") as file:
            file.write(self.text())

    def shrink(self, fails, path):
        """Takes away each line without which `fails(path)` still holds; leaves the smallest file at path."""
        for column in self.columns:
            for i in reversed(range(len(column))):
                line = column[i]
                if line.endswith(":"):
                    continue
                column[i] = "NOP"
                self.write(path)
                if not fails(path):
                    column[i] = line
        self.write(path)


def compare(mesim, first, count, runs, levels, memory="cached", folder="random", timeout=3600, machine=()):
    """Runs `count` tests at each level, with `machine` for further options. Gives the outcomes that are allowed, that were
    seen, and the failures."""
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    programs = {}
    for number in range(first, first + count):
        programs[f"R{number}"] = Program(number, memory == "cached")
        programs[f"R{number}"].write(os.path.join(folder, f"R{number}.litmus"))
    failures = []
    totals = []
    for level in levels:
        options = ["-n", str(runs), "--seed", str(level), "--perturb", str(level), "--memory", memory, "--compare", "--quiet",
                   *machine]
        done = subprocess.run([mesim, "litmus", folder, *options], capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL)
        total = re.search(r"^Model: (\d+) of (\d+) allowed outcomes seen, and (\d+) forbidden ones$", done.stdout, re.M)
        if total:
            totals.append((level, int(total[1]), int(total[2]), int(total[3])))
        bad = re.findall(r"^(R\d+) .*(?:WRONG|NOT RUN)$", done.stdout, re.M)
        if done.returncode != 0 or not total or bad:
            failures.append(f"level {level}: status {done.returncode}, wrong or not run: {bad}\n{done.stderr}")
        forbidden = re.findall(r"^Model (R\d+) forbids", done.stdout, re.M)
        for name in sorted(set(forbidden))[:3]:
            failures.append(explain(mesim, programs[name], options, folder, timeout))
    return totals, failures


def explain(mesim, program, options, folder, timeout):
    """Shrinks a test that failed; gives the smaller test, and how to run it."""
    path = os.path.join(folder, f"R{program.number}.litmus")

    def run(name):
        return subprocess.run([mesim, "litmus", name, *options], capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL)

    program.shrink(lambda name: " forbids, " in run(name).stdout, path)
    done = run(path)
    return (f"{path}, shrunk from random test {program.number}:\n{program.text()}\n{done.stdout}{done.stderr}"
            f"mesim litmus {path} {' '.join(options)}")


if __name__ == "__main__":
    print(Program(int(sys.argv[1])).text(), end="")
