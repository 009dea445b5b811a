# SPDX-License-Identifier: Apache-2.0
"""A package is whole, small, the same each time, and runs in an empty root folder (packaged_function.py).

Exit status 77: not allowed to change the root folder here."""
import argparse
import pathlib
import re
import subprocess
import sys

from packaged_function import Package

EVENTS = [{"number": n, "text": "ä" * 1000} for n in range(3)]


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def undefined_versions(package):
    """The versions of glibc's symbols that some file of the package needs and none defines."""
    defined, needed = set(), set()
    for file in [package / "bootstrap", *(package / "lib").iterdir()]:
        text = subprocess.run(["readelf", "--version-info", "--wide", file], check=True, capture_output=True,
                              text=True).stdout
        for section in text.split("\nVersion "):
            versions = set(re.findall(r"Name: (GLIBC_[0-9.]+)", section))
            if section.startswith("definition section"):
                defined |= versions
            elif section.startswith("needs section"):
                needed |= versions
    check(needed, "readelf tells of no versions")
    return needed - defined


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    options = parser.parse_args()

    package = Package(options.package, options.program, options.work)
    second = options.work / "second.zip"
    subprocess.run([options.package, options.program, options.work / "folder", "--zip", second], check=True)
    check(package.archive.read_bytes() == second.read_bytes(), "two runs of package make two different zips")
    missing = undefined_versions(package.folder)
    check(not missing, f"the package needs versions that it lacks: {sorted(missing)}")
    if not package.can_run:
        print("skipped: neither root nor user namespaces here, so there is no empty root folder")
        sys.exit(77)

    with package.start({}) as function:
        for event in EVENTS:
            answer = function.invoke(event)
            check(answer["event"] == event, "an event came back as something else")
            check(answer["certificates"] is True, "no certificates")
            check(answer["curl"] is True, "no libcurl")
        printed, status = function.end()
    print(printed, end="")
    check(status == 1, f"bootstrap ended with {status}")
    print(f"zip {package.size / 1e6:.1f} MB, start to first request {function.start_ms:.1f} ms, "
          f"{len(EVENTS)} events answered from an empty root folder")


if __name__ == "__main__":
    main()
