# SPDX-License-Identifier: Apache-2.0
"""`querymark mark` beside the reference's way of marking, SQL, jq and the floor under them all, over the same generated
log and list, in turns in one run.

The comparison is kind to the others: what loads a table is timed without that; DuckDB and jq have no suffix list and
take the last two labels; jq gets a list of 10,000 domains. Slow programs get the head of the log, and all are compared
in records a second. Before any timing the answers are checked: the Python program must decide as querymark does on
every record, and all the others must find what they should.
"""

import json
import pathlib
import re
import subprocess
import sys

import turns

FOLDER = pathlib.Path(__file__).parent
FLAG = re.compile(rb',? ?"isMatchedDomain": ?"([YN])"}$')
NAME = re.compile(rb'"query_name":"([^"]*)"')
JQ_DOMAINS = 10_000


class Corpus:
    """The log in three lengths, for programs of three speeds, and the lists; made once, kept in `folder`."""

    def __init__(self, build, folder, records, domains):
        self.folder = folder
        self.generator = build / "bench/corpus/querymark-corpus"
        self.records = {"log": records, "head": records // 10, "short": records // 20}
        self.logs = {name: self.make_log(count) for name, count in self.records.items()}
        self.gzip_logs = {name: self.make_gzip(self.logs[name]) for name in ("log", "short")}
        self.domains = self.make("domains", "list", "--names", domains)
        self.few_domains = self.make("domains", "list", "--names", JQ_DOMAINS)
        self.few_domains_json = folder / "few-domains.json"
        self.few_domains_json.write_text(
            json.dumps(dict.fromkeys(map(bytes.decode, domains_of(self.few_domains)), True))
        )

    def make_log(self, records):
        return self.make("log", "logs", "--records", records)

    def make(self, stem, verb, option, count):
        path = self.folder / f"{stem}-{count}"
        if not path.exists() or path.stat().st_mtime < self.generator.stat().st_mtime:
            turns.run([self.generator, verb, option, str(count)], path)
        return path

    def make_gzip(self, log):
        path = log.with_suffix(".gz")
        if not path.exists() or path.stat().st_mtime < log.stat().st_mtime:
            turns.run(["gzip", "-6", "-c", log], path)
        return path


def domains_of(path):
    return {line.strip() for line in path.read_bytes().splitlines() if not line.startswith(b"#")}


def contenders(corpus, build, table):
    python = [
        sys.executable,
        FOLDER / "python_mark.py",
        build / "psl/publicsuffixlist/public_suffix_list.dat",
        corpus.domains,
    ]
    duckdb = [sys.executable, FOLDER / "duckdb_mark.py", corpus.domains]
    mark = [build / "querymark", "--quiet", *table, "mark"]

    def on(log, name, command, times_itself=False):
        return turns.Contender(name, command, corpus.records[log], times_itself)

    return [
        on("log", "wc -l", ["wc", "-l", corpus.logs["log"]]),
        on("log", "querymark", [*mark, "--threads", "1", corpus.logs["log"]]),
        on("log", "querymark, 2 threads", [*mark, "--threads", "2", corpus.logs["log"]]),
        on("head", "Python: json, tld, set", [*python, corpus.logs["head"]], True),
        on("log", "DuckDB, 1 thread", [*duckdb, corpus.logs["log"], "1"], True),
        on("log", "DuckDB, 2 threads", [*duckdb, corpus.logs["log"], "2"], True),
        on(
            "short",
            "jq",
            [
                "jq",
                "-c",
                "--slurpfile",
                "domains",
                corpus.few_domains_json,
                "-f",
                FOLDER / "mark.jq",
                corpus.logs["short"],
            ],
        ),
        on("log", "gz: ISA-L alone", [build / "bench/compare_mark/gzip_floor", corpus.gzip_logs["log"]]),
        on("log", "gz: querymark", [*mark, "--gzip", "--threads", "1", corpus.gzip_logs["log"]]),
        on("log", "gz: querymark, 2 threads", [*mark, "--gzip", "--threads", "2", corpus.gzip_logs["log"]]),
        on("short", "gz: Python, level 6", [*python, corpus.gzip_logs["short"], "6"], True),
        on("short", "gz: Python, level 1", [*python, corpus.gzip_logs["short"], "1"], True),
    ]


def require(condition, message):
    if not condition:
        raise SystemExit(f"compare_mark: {message}")


def output_of(contender, corpus):
    path = corpus.folder / "output"
    turns.run(contender.command, path)
    return path


def flags(path):
    with open(path, "rb") as lines:
        return [FLAG.search(line.rstrip(b"\n")).group(1) for line in lines]


def matches_by_two_labels(log, domains):
    """How many records a program without a suffix list should find."""
    count = 0
    with open(log, "rb") as lines:
        for line in lines:
            name = json.loads(b'"%s"' % NAME.search(line).group(1)).lower().rstrip(".")
            count += ".".join(name.split(".")[-2:]).encode() in domains
    return count


def check_decisions(ours, theirs, log):
    with open(log, "rb") as lines:
        for line, our_flag, their_flag in zip(lines, ours, theirs, strict=True):
            require(our_flag == their_flag, f"querymark and Python differ on {line}")


def check_bytes(output, log):
    with open(output, "rb") as marked, open(log, "rb") as lines:
        for ours, line in zip(marked, lines, strict=True):
            require(FLAG.sub(b"}", ours.rstrip(b"\n")) == line.rstrip(b"\n"), f"more than the member differs: {ours}")


def check(corpus, by_name):
    """Returns how many matches querymark finds in the log."""
    ours = output_of(by_name["querymark"], corpus)
    check_bytes(ours, corpus.logs["log"])
    our_flags = flags(ours)
    for name in ("querymark, 2 threads", "gz: querymark", "gz: querymark, 2 threads"):
        other = output_of(by_name[name], corpus)
        if name.startswith("gz"):
            other = inflate(other)
        require(flags(other) == our_flags, f"{name}: other answers than by one thread")

    python_flags = flags(output_of(by_name["Python: json, tld, set"], corpus))
    check_decisions(our_flags[: corpus.records["head"]], python_flags, corpus.logs["head"])
    expected = matches_by_two_labels(corpus.logs["log"], domains_of(corpus.domains))
    for name in ("DuckDB, 1 thread", "DuckDB, 2 threads"):
        found = flags(output_of(by_name[name], corpus))
        require(found.count(b"Y") == expected and len(found) == len(our_flags), f"{name}: wrong answers")
    expected = matches_by_two_labels(corpus.logs["short"], domains_of(corpus.few_domains))
    found = flags(output_of(by_name["jq"], corpus))
    require(found.count(b"Y") == expected and len(found) == corpus.records["short"], "jq: wrong answers")
    return our_flags.count(b"Y")


def inflate(path):
    plain = path.with_name("inflated")
    turns.run(["gzip", "-dc", path], plain)
    return plain


def import_domains(corpus, build, rounds):
    """Makes the home with the table; seconds of the import of the list into a new one, the median."""
    home = corpus.folder / "home"
    seconds = []
    for _ in range(rounds):
        subprocess.run(["rm", "-rf", home], check=True)
        command = [
            build / "querymark",
            "--quiet",
            "--home",
            home,
            "domains",
            "import",
            corpus.domains,
            "--list",
            "interesting",
        ]
        seconds.append(turns.run(command)[0])
    return home, sorted(seconds)[len(seconds) // 2]


def set_size(home):
    """Bytes of the compiled domain set, which `mark` maps."""
    return sum(path.stat().st_size for path in home.glob("*.set"))


def memory_of_mark(corpus, build):
    """Peak bytes of `mark` by name, with a set that is nearly nothing."""
    programs = contenders(corpus, build, ["--table", f"list:{corpus.few_domains}"])
    return {program.name: turns.peak_memory(program.command) for program in programs if "querymark" in program.name}


def compare(build, folder, records, domains, rounds):
    corpus = Corpus(build, folder, records, domains)
    home, import_seconds = import_domains(corpus, build, rounds=3)
    memory = memory_of_mark(corpus, build)
    programs = contenders(corpus, build, ["--home", home])
    by_name = {program.name: program for program in programs}
    matches = check(corpus, by_name)
    return {
        "records": records,
        "bytes": corpus.logs["log"].stat().st_size,
        "gzip_bytes": corpus.gzip_logs["log"].stat().st_size,
        "domains": domains,
        "matches": matches,
        "python_head": corpus.records["head"],
        "import_seconds": import_seconds,
        "set_bytes": set_size(home),
        "memory": memory,
        "rates": turns.take_turns(programs, rounds),
    }
