#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The reference's import and ours over the same generated lists, in turns in one run: seconds of both, and their
ratio, for reading with the first-level domain of every name, and with the set of them made too.

usage: compare.py LIST_DOMAINS [NAMES]     LIST_DOMAINS: the program built from list_domains_main.cc

The names are such as the reference reads right, so that both must find the same number of domains. Medians of
ROUNDS runs. Run it with a Python that has the package tld.
"""

import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 5
SUFFIXES = ["com", "net", "org", "ru", "top", "xyz", "co.uk", "com.br", "shop", "info"]
FORMS = {"domains": "{}\n", "hosts": "0.0.0.0 {}\n", "adblock": "||{}^\n", "text": "seen {} in January\n"}
REFERENCE = pathlib.Path(__file__).with_name("reference_import.py")


def names(count):
    source = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    for _ in range(count):
        host = f"host{source.randrange(100)}." if source.randrange(3) == 0 else ""
        label = "".join(source.choices(letters, k=source.randrange(6, 18)))
        yield f"{host}{label}.{source.choice(SUFFIXES)}"


def run(command):
    count, reading, total = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(count), float(reading), float(total)


def compare(form, path, program):
    reference = [sys.executable, str(REFERENCE), str(path)]
    ours = [program, str(path), form]
    turns = [(run(reference), run(ours)) for _ in range(ROUNDS)]
    counts = {side[0] for turn in turns for side in turn}
    if len(counts) != 1:
        sys.exit(f"{form}: the two found different numbers of domains: {sorted(counts)}")
    print(f"{form}: {counts.pop()} first-level domains")
    for column, what in ((1, "read"), (2, "read, and a set made")):
        theirs, mine = (statistics.median(turn[side][column] for turn in turns) for side in (0, 1))
        print(f"  {what:21} reference {theirs:7.3f} s   querymark {mine:7.3f} s   {theirs / mine:6.1f} x", flush=True)


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    sample = list(names(count))
    with tempfile.TemporaryDirectory() as folder:
        for form, pattern in FORMS.items():
            path = pathlib.Path(folder, form)
            path.write_text("".join(map(pattern.format, sample)))
            compare(form, path, program)


if __name__ == "__main__":
    main()
