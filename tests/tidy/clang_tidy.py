# SPDX-License-Identifier: Apache-2.0
"""clang_tidy.py BUILD_FOLDER: clang-tidy on every source of ours, by as many processes as there are cores.

A file that passed is not looked at again until it, a header of ours that it includes, or .clang-tidy changes.
Exit status 77: clang-tidy is not installed.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

PROGRAM = "clang-tidy-14"
ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def closure(source):
    """The source and the headers of ours that it includes, directly or not."""
    seen, rest = set(), [source]
    while rest:
        path = rest.pop()
        if path in seen or not path.exists():
            continue
        seen.add(path)
        rest += [ROOT / "src" / name for name in INCLUDE.findall(path.read_text())]
    return sorted(seen)


def fingerprint(source):
    content = hashlib.sha256()
    for path in [ROOT / ".clang-tidy", *closure(source)]:
        content.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return content.hexdigest()


def our_sources(build):
    commands = json.loads((build / "compile_commands.json").read_text())
    paths = {pathlib.Path(command["file"]) for command in commands}
    return sorted(path for path in paths if path.is_relative_to(ROOT) and not path.is_relative_to(build))


def check(build, source):
    # The commands are g++'s: some of its warnings clang does not know.
    command = [PROGRAM, "--quiet", "--extra-arg=-Wno-unknown-warning-option", "-p", str(build), str(source)]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return run.returncode, run.stdout


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    if shutil.which(PROGRAM) is None:
        print(f"{PROGRAM} is not installed")
        return 77
    passed = build / "clang_tidy_passed"
    passed.mkdir(exist_ok=True)
    stamps = {source: passed / fingerprint(source) for source in our_sources(build)}
    todo = [source for source, stamp in stamps.items() if not stamp.exists()]
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for source, (status, output) in zip(todo, pool.map(lambda source: check(build, source), todo)):
            if status == 0:
                stamps[source].touch()
                continue
            failures += 1
            print(output)
    print(f"{len(stamps)} sources, {len(todo)} looked at, {failures} with findings")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
