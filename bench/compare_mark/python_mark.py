#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Marks a log as the reference does, with a set in memory for its table: json.loads, tld.get_fld, json.dumps. Prints
the seconds of it to standard error, the loading of the set and of the suffix list left out.

usage: python_mark.py SUFFIX_LIST DOMAINS LOG [LEVEL]     LEVEL: of gzip, for a LOG of gzip and output of gzip too
"""

import gzip
import json
import os
import sys
import time

import tld.utils


def parser_of(suffix_list):
    class SameList(tld.utils.MozillaTLDSourceParser):
        uid = "querymark"
        local_path = os.path.abspath(suffix_list)

    return SameList


def mark(log, out, interesting, parser):
    for line in log:
        record = json.loads(line)
        record["isMatchedDomain"] = "N"
        try:
            if tld.get_fld("http://" + record["query_name"], parser_class=parser) in interesting:
                record["isMatchedDomain"] = "Y"
        except ValueError:  # of tld too: no domain of its list
            pass
        out.write(json.dumps(record).encode() + b"\n")


def main():
    suffix_list, domains, path, *level = sys.argv[1:]
    parser = parser_of(suffix_list)
    tld.get_fld("http://example.com", parser_class=parser)
    with open(domains, encoding="ascii") as lines:
        interesting = {line.strip() for line in lines if not line.startswith("#")}
    begin = time.perf_counter()
    if level:
        with gzip.open(path) as log, gzip.open(sys.stdout.buffer, "wb", compresslevel=int(level[0])) as out:
            mark(log, out, interesting, parser)
    else:
        with open(path, "rb") as log:
            mark(log, sys.stdout.buffer, interesting, parser)
    sys.stdout.buffer.flush()
    print(time.perf_counter() - begin, file=sys.stderr)


if __name__ == "__main__":
    main()
