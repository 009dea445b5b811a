#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Imports a list as the reference does, written anew: every match of its regular expression goes through
tld.get_fld, and the first-level domains into a set. Prints their number, the seconds from open to the last match's
domain, and those to the set.

usage: reference_import.py SUFFIX_LIST LIST        (needs the package tld)
"""

import os
import re
import sys
import time

import tld.utils
from tld.exceptions import TldBadUrl, TldDomainNotFound

HOST_NAME = re.compile(r"(\b(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}\b)")


def parser_of(suffix_list):
    class SameList(tld.utils.MozillaTLDSourceParser):
        uid = "querymark"
        local_path = os.path.abspath(suffix_list)

    return SameList


def first_level_domains(text, parser):
    domains = []
    for host in HOST_NAME.findall(text):
        try:
            domains.append(tld.get_fld("http://" + host, parser_class=parser))
        except (TldBadUrl, TldDomainNotFound):
            pass
    return domains


def main():
    parser = parser_of(sys.argv[1])
    tld.get_fld("http://example.com", parser_class=parser)  # loads the suffix list, which is not part of the work
    begin = time.perf_counter()
    with open(sys.argv[2], encoding="utf-8", errors="replace") as file:
        domains = first_level_domains(file.read(), parser)
    reading = time.perf_counter() - begin
    count = len(set(domains))
    print(f"{count} {reading:.6f} {time.perf_counter() - begin:.6f}")


if __name__ == "__main__":
    main()
