# SPDX-License-Identifier: Apache-2.0
"""summary.py FOLDER: what ./test found, from steps.tsv and ctest's JUnit reports in FOLDER.

Prints what failed, what was skipped and why, and one line in the end:

    tests: 812 passed, 0 failed, 3 skipped

Exit status 0 where nothing failed and something passed, else 1.
"""

import collections
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

Outcome = collections.namedtuple("Outcome", "name status reason")


def steps(folder):
    """Builds and checks. A step "test PRESET" stands for its report, and counts only where it left none."""
    for line in (folder / "steps.tsv").read_text().splitlines():
        name, status, reason = line.split("\t")
        kind, _, preset = name.partition(" ")
        if kind == "test" and (folder / f"{preset}.xml").exists():
            continue
        yield Outcome(name, status, reason)


def report(path):
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{path.stem}: {case.get('name')}"
        if case.get("status") == "run":
            yield Outcome(name, "passed", "")
        elif case.get("status") == "notrun":
            yield Outcome(name, "skipped", skip_reason(case.findtext("system-out") or ""))
        else:
            yield Outcome(name, "failed", "")


def skip_reason(output):
    """What a script says after "skipped: ", or GoogleTest on the line after "FILE:LINE: Skipped"."""
    said = re.search(r"^skipped: (.*)$|^\S+:\d+: Skipped\n(.*)$", output, re.MULTILINE)
    return (said[1] or said[2]) if said else "no reason given"


def main():
    folder = pathlib.Path(sys.argv[1])
    outcomes = list(steps(folder))
    for path in sorted(folder.glob("*.xml")):
        outcomes += report(path)
    for outcome in outcomes:
        if outcome.status != "passed":
            print(f"{outcome.status}  {outcome.name}" + (f": {outcome.reason}" if outcome.reason else ""))
    counts = collections.Counter(outcome.status for outcome in outcomes)
    print(f"tests: {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 0 if counts["passed"] and not counts["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
