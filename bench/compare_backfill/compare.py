# SPDX-License-Identifier: Apache-2.0
"""`querymark backfill` beside `querymark mark` over the same objects, in turns: gzip in, gzip out. A backfill writes an
object for each, durably, where `mark` writes one stream to /dev/null."""

import gzip
import shutil
import subprocess

import turns

OBJECTS = 16
THREADS = (1, 2)


def make_objects(log, folder):
    """The log in gzip objects of whole lines."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    command = ["split", "-n", f"l/{OBJECTS}", "--filter", "gzip -6 > $FILE.gz", log, folder / "object-"]
    subprocess.run(command, check=True)
    return sorted(folder.iterdir())


def contenders(build, home, objects, store, records):
    querymark = [build / "querymark", "--quiet", "--home", home]
    for threads in map(str, THREADS):
        mark = [*querymark, "mark", "--gzip", "--threads", threads, *objects]
        backfill = [*querymark, "backfill", objects[0].parent, "--to", f"dir:{store}", "--restart", "--threads", threads]
        yield turns.Contender(f"mark, {threads}", mark, records)
        yield turns.Contender(f"backfill, {threads}", backfill, records)


def check(programs, store, records):
    for program in programs:
        turns.run(program.command)
    lines = sum(gzip.decompress(path.read_bytes()).count(b"\n") for path in store.rglob("*.gz"))
    if lines != records:
        raise SystemExit(f"compare_backfill: {lines} of {records} records are in the store")


def compare(build, folder, home, log, records, rounds):
    """Records a second, by verb and threads."""
    objects, store = make_objects(log, folder / "objects"), folder / "backfilled"
    shutil.rmtree(store, ignore_errors=True)
    programs = list(contenders(build, home, objects, store, records))
    check(programs, store, records)
    return turns.take_turns(programs, rounds)
