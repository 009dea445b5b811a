#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes resolver.ndjson: an hour of generated records, and those of specials.ndjson among them by their times.

usage: make_logs.py QUERYMARK_CORPUS     the program built from bench/corpus
"""

import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parent
TIME = re.compile(r'"query_timestamp":"([^"]*)"')


def main():
    command = [sys.argv[1], "logs", "--records", "175", "--seed", "53", "--interval-ms", "20000"]
    generated = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = generated.splitlines() + FOLDER.joinpath("specials.ndjson").read_text().splitlines()
    lines.sort(key=lambda line: TIME.search(line).group(1))
    FOLDER.joinpath("resolver.ndjson").write_text("".join(line + "\n" for line in lines))


if __name__ == "__main__":
    main()
