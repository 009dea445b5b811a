# SPDX-License-Identifier: Apache-2.0
"""clang_tidy.py BUILD_FOLDER [SECONDS]: clang-tidy on every source of ours, by as many processes as there are cores.

A file that passed is not looked at again until it, a header of ours that it includes, or .clang-tidy changes. After
SECONDS no other file is begun; those changed last come first. Exit status 77: clang-tidy is not installed, or files
were left for the next run.
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
import time

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


def last_changed_first(sources):
    """By the last commit that touched them; where there is no history, as they come."""
    command = ["git", "-C", str(ROOT), "log", "--format=", "--name-only", "--max-count=200"]
    try:
        log = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        log = ""
    rank = {ROOT / name: -at for at, name in enumerate(reversed(log.split()))}
    return sorted(sources, key=lambda source: rank.get(source, 1))


def check(build, source, deadline):
    """What clang-tidy finds; None where there was no time left to ask it."""
    if time.monotonic() > deadline:
        return None
    # The commands are g++'s: some of its warnings clang does not know.
    command = [PROGRAM, "--quiet", "--extra-arg=-Wno-unknown-warning-option", "-p", str(build)]
    if re.search(r"_(test|bench|fuzz)\.cc$", source.name):
        command.append("--checks=-performance-*")  # tests are to be read
    command.append(str(source))
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return run.stdout if run.returncode != 0 else ""


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    deadline = time.monotonic() + (float(sys.argv[2]) if len(sys.argv) > 2 else float("inf"))
    if shutil.which(PROGRAM) is None:
        print(f"{PROGRAM} is not installed")
        return 77
    passed = build / "clang_tidy_passed"
    passed.mkdir(exist_ok=True)
    stamps = {source: passed / fingerprint(source) for source in our_sources(build)}
    todo = last_changed_first([source for source, stamp in stamps.items() if not stamp.exists()])
    failed, left = 0, 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for source, findings in zip(todo, pool.map(lambda source: check(build, source, deadline), todo)):
            if findings is None:
                left += 1
            elif findings:
                failed += 1
                print(findings)
            else:
                stamps[source].touch()
    print(f"{left} of {len(stamps)} sources were left for the next run, or ./test --long; {failed} had findings")
    return 1 if failed else 77 if left else 0


if __name__ == "__main__":
    sys.exit(main())
