# SPDX-License-Identifier: Apache-2.0
"""The reference's import and ours over the same generated lists, in turns in one run: the seconds of reading with the
first-level domain of every name, and of making the set of them too.

The names are such as the reference reads right (none in punycode), so that both must find the same domains.
"""

import pathlib
import statistics
import subprocess
import sys

FORMS = ("domains", "hosts", "adblock", "text")
REFERENCE = pathlib.Path(__file__).with_name("reference_import.py")


def make_list(build, folder, form, names):
    path = folder / f"list-{form}-{names}"
    command = [build / "bench/corpus/querymark-corpus", "list", "--hosts", "--format", form, "--names", str(names)]
    made = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    path.write_bytes(b"".join(line for line in made.splitlines(keepends=True) if b"xn--" not in line))
    return path


def run(command):
    count, reading, total = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(count), float(reading), float(total)


def compare_form(build, folder, form, names, rounds):
    path = make_list(build, folder, form, names)
    reference = [sys.executable, REFERENCE, build / "psl/publicsuffixlist/public_suffix_list.dat", path]
    ours = [build / "bench/reference_import/list_domains", path, form]
    sides = [(run(reference), run(ours)) for _ in range(rounds)]
    counts = {side[0] for turn in sides for side in turn}
    if len(counts) != 1:
        raise SystemExit(f"reference_import: {form}: the two found different numbers of domains: {sorted(counts)}")

    def median(side, column):
        return statistics.median(turn[side][column] for turn in sides)

    return {
        "names": names,
        "domains": counts.pop(),
        "reference_read": median(0, 1),
        "read": median(1, 1),
        "reference_set": median(0, 2),
        "set": median(1, 2),
    }


def compare(build, folder, names, rounds):
    return {form: compare_form(build, folder, form, names, rounds) for form in FORMS}
