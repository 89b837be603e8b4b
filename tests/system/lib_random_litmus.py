"""Random litmus tests, and the comparison of what a machine shows of them with what the Arm memory model allows.

As a program it prints the test of one number: python3 lib_random_litmus.py NUMBER. The same number is the same test on
every machine. A test has 2 to 4 threads on 2 or 3 locations: loads and stores, plain, acquiring and releasing, each kind
of barrier, dependencies by address, data, control and selection, exclusives, and atomics with and without results."""

import os
import random
import re
import subprocess
import sys

BARRIERS = ["DMB SY", "DMB LD", "DMB ST", "DMB ISH", "DMB ISHLD", "DMB ISHST", "DSB SY", "DSB LD", "DSB ST", "ISB"]
ATOMICS = ["SWP", "LDADD", "LDEOR", "LDSET", "LDCLR", "LDSMAX", "LDUMIN"]
ORDERS = ["", "A", "L", "AL"]
BASE, TEMPORARY = 20, 10  # X20 up: addresses; X10 up: what no condition looks at; X0 up: results
MOST_READS, MOST_WRITES = 7, 7
MOST_DERIVED = 2  # writes whose value a load decides: each multiplies the values that the others may see


class Thread:
    def __init__(self, test):
        self.test, self.lines, self.results, self.temporaries, self.labels = test, [], 0, 0, 0
        self.open_label = None

    def emit(self, text):
        self.lines.append(text)

    def width(self):
        return self.test.width

    def result(self):
        self.results += 1
        return self.results - 1

    def temporary(self):
        self.temporaries += 1
        return TEMPORARY + (self.temporaries - 1) % 9

    def earlier(self):
        """The register of an earlier result, or None."""
        return self.test.random.randrange(self.results) if self.results else None

    def constant(self):
        register = self.temporary()
        self.test.constants += 1
        self.emit(f"MOV {self.width()}{register},#{self.test.constants}")
        return register

    def zero_from(self, source):
        """A register that is 0 and depends on an earlier result: by value, or by a selection."""
        register, other = self.temporary(), self.temporary()
        if self.test.random.random() < 0.8:
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

    def address(self, index_allowed):
        """What stands in the brackets: a location, perhaps by an address that depends on an earlier result."""
        base, source = BASE + self.test.random.randrange(self.test.locations), self.earlier()
        if source is None or self.test.random.random() < 0.8:
            return f"X{base}"
        zero = self.zero_from(source)
        if index_allowed:
            return f"X{base},X{zero}"
        register = self.temporary()
        self.emit(f"ADD X{register},X{base},X{zero}")
        return f"X{register}"

    # --- items; each returns how many reads and writes it has ---

    def load(self):
        kind = self.test.random.choice(["LDR"] * 5 + ["LDAR", "LDAPR", "LDXR"])
        address = self.address(kind == "LDR")
        self.emit(f"{kind} {self.width()}{self.result()},[{address}]")

    def store(self):
        kind = self.test.random.choice(["STR"] * 4 + ["STLR"])
        register = self.value()
        self.emit(f"{kind} {self.width()}{register},[{self.address(kind == 'STR')}]")

    def half(self):
        """Half of a 64-bit location."""
        base, offset = BASE + self.test.random.randrange(self.test.locations), self.test.random.choice([0, 4])
        if self.test.random.random() < 0.5:
            self.emit(f"LDR W{self.result()},[X{base},#{offset}]")
        else:
            self.emit(f"STR W{self.constant()},[X{base},#{offset}]")

    def pair(self):
        base = BASE + self.test.random.randrange(self.test.locations)
        if self.test.random.random() < 0.5:
            self.emit(f"LDP W{self.result()},W{self.result()},[X{base}]")
        else:
            self.emit(f"STP W{self.constant()},W{self.constant()},[X{base}]")

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
        self.emit(f"{self.test.random.choice(['CBZ', 'CBNZ'])} {self.width()}{source},{label}")
        if self.test.random.random() < 0.4:
            self.open_label = label
            return
        self.emit(f"{label}:")
        if self.test.random.random() < 0.4:
            self.emit("ISB")

    def exclusive(self):
        load, store = self.test.random.choice(["LDXR", "LDAXR"]), self.test.random.choice(["STXR", "STLXR"])
        base, result = BASE + self.test.random.randrange(self.test.locations), self.result()
        self.emit(f"{load} {self.width()}{result},[X{base}]")
        value = self.temporary() if self.test.random.random() < 0.5 else None
        if value is None:
            value = self.constant()
        else:
            self.test.derived += 1
            self.emit(f"ADD {self.width()}{value},{self.width()}{result},#1")
        self.emit(f"{store} W{self.result()},{self.width()}{value},[X{base}]")

    def atomic(self):
        name, order = self.test.random.choice(ATOMICS), self.test.random.choice(ORDERS)
        value, address = self.value(), self.address(False)
        result = "ZR" if self.test.random.random() < 0.3 else self.result()
        self.test.derived += name != "SWP"
        self.emit(f"{name}{order} {self.width()}{value},{self.width()}{result},[{address}]")

    def compare_and_swap(self):
        value, address, result = self.constant(), self.address(False), self.result()
        if self.test.random.random() < 0.6:
            self.emit(f"MOV {self.width()}{result},#{self.test.random.choice([0, 0, 1, 2])}")
        self.emit(f"CAS{self.test.random.choice(ORDERS)} {self.width()}{result},{self.width()}{value},[{address}]")

    def item(self):
        label, self.open_label = self.open_label, None
        mixed = [self.half] * 3 + [self.pair] if self.test.mixed else []
        self.test.random.choice([self.load] * 9 + [self.store] * 8 + [self.barrier] * 5 + [self.branch] * 2 +
                                [self.exclusive] * 2 + [self.atomic] * 4 + [self.compare_and_swap] * 2 + mixed)()
        if label:
            self.emit(f"{label}:")


class Test:
    def __init__(self, number):
        self.number, self.random, self.constants, self.derived = number, random.Random(f"mesim {number}"), 0, 0
        count = self.random.choice([2, 2, 2, 3, 3, 4])
        self.locations = self.random.choice([2, 2, 3])
        self.wide, self.mixed = self.random.random() < 0.3, False
        if self.wide:
            self.mixed = self.random.random() < 0.3
        self.width = "X" if self.wide else "W"
        self.threads = [Thread(self) for _ in range(count)]
        for thread in self.threads:
            for _ in range(self.random.randint(2, {2: 5, 3: 3, 4: 2}[count])):
                thread.item()
            if thread.open_label:
                thread.emit(f"{thread.open_label}:")

    def is_small(self):
        """Few enough accesses for all candidate executions to be looked at."""
        text = "\n".join("\n".join(thread.lines) for thread in self.threads)
        rmw = len(re.findall(r"^(?:SWP|LDADD|LDEOR|LDSET|LDCLR|LDSMAX|LDUMIN|CAS)", text, re.M))
        reads = len(re.findall(r"^(?:LDR|LDAR|LDAPR|LDXR|LDAXR)", text, re.M)) + 2 * text.count("LDP ") + rmw
        writes = len(re.findall(r"^(?:STR|STLR|STXR|STLXR)", text, re.M)) + 2 * text.count("STP ") + rmw
        fewer = 2 if self.mixed else 0
        return (2 <= reads <= MOST_READS - fewer and 1 <= writes <= MOST_WRITES - fewer and
                self.derived <= MOST_DERIVED - fewer / 2)


def layout(number, wide, locations, columns, results):
    """The file: columns are the threads' lines, results how many registers of each are looked at."""
    kind = "uint64_t" if wide else "int"
    names = "xyz"[:locations]
    text = f"AArch64 R{number}\n\"random test {number}\"\n{{\n" + "".join(f"{kind} {name}=0;\n" for name in names)
    for thread, count in enumerate(results):
        text += "".join(f"{kind} {thread}:X{i}; " for i in range(count))
        text += "".join(f"{thread}:X{BASE + i}={name}; " for i, name in enumerate(names)) + "\n"
    text += "}\n"
    rows = max(len(lines) for lines in columns)
    cells = [[f"P{thread}"] + lines + [""] * (rows - len(lines)) for thread, lines in enumerate(columns)]
    widths = [max(len(cell) for cell in column) for column in cells]
    for row in range(rows + 1):
        text += " " + " | ".join(column[row].ljust(width) for column, width in zip(cells, widths)) + " ;\n"
    seen = [f"{thread}:X{i};" for thread, count in enumerate(results) for i in range(count)]
    return text + f"locations [{' '.join(seen + [name + ';' for name in names])}]\nexists (true)\n"


class Program:
    """A test as lists of lines, from which shrinking takes some away."""

    def __init__(self, number):
        attempt = 0
        test = Test(f"{number}.{attempt}")
        while not test.is_small():
            attempt += 1
            test = Test(f"{number}.{attempt}")
        self.number, self.wide, self.locations = number, test.wide, test.locations
        self.columns = [list(thread.lines) for thread in test.threads]
        self.results = [thread.results for thread in test.threads]

    def text(self):
        return layout(self.number, self.wide, self.locations, self.columns, self.results)

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


def compare(mesim, first, count, runs, levels, folder="random", timeout=3600, show=print):
    """Runs `count` tests at each level. Gives the outcomes that are allowed, that were seen, and the failures."""
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    programs = {}
    for number in range(first, first + count):
        programs[f"R{number}"] = Program(number)
        programs[f"R{number}"].write(os.path.join(folder, f"R{number}.litmus"))
    failures = []
    totals = []
    for level in levels:
        options = ["-n", str(runs), "--seed", str(level), "--perturb", str(level), "--compare", "--quiet"]
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
