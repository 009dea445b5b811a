# SPDX-License-Identifier: Apache-2.0
"""`querymark compact`: what it keeps, what it leaves, and what is there when it is killed.

usage: test_compact.py QUERYMARK [unittest options]
"""

import fcntl
import json
import os
import random
import subprocess
import sys
import time
import unittest

import test_query
from test_query import QueryTest, duckdb, record

KILLS = int(os.environ.get("QUERYMARK_COMPACT_KILLS", "12"))


class CompactTest(QueryTest):
    def compact(self, *arguments, status=0, older_than="0"):
        done = subprocess.run(self.command(*arguments, older_than=older_than), capture_output=True, text=True, timeout=120,
                              check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def command(self, *arguments, older_than="0"):
        return [test_query.QUERYMARK, "compact", "--store", f"dir:{self.store}", "--older-than", older_than, *arguments]

    def everything(self):
        return self.run_query("--format", "json", "FROM route53query ORDER BY ALL").stdout

    def names(self):
        return sorted(str(path.relative_to(self.store)) for path in self.store.rglob("*") if path.is_file())


class Compaction(CompactTest):
    def test_the_view_shows_the_same_before_and_after(self):
        self.put("2026/11/24/10/b.gz", *(record(f"n{i}.evil{i % 9}.com.", srcids=["i-1"]) for i in range(500)))
        self.put("2026/11/24/10/a.gz", record("пример.рф.", answers=[]), record("x.", srcport=53, match={"entry": "x"}))
        self.put("2026/11/25/c.gz", record("day."))
        before = self.everything()
        self.assertRegex(self.compact(), r"3 objects, 503 records: 2 Parquet files; .* MB -> .* MB \(\d")
        self.assertEqual(self.names(), [".compaction.lock", "2026/11/24/10/a.parquet", "2026/11/25/c.parquet"])
        self.assertEqual(self.everything(), before)

    def test_later_objects_make_another_file(self):
        for _ in range(3):
            self.put("2026/11/24/10/a.gz", record())
            self.compact()
        self.assertEqual(self.rows("SELECT count(*) FROM route53query"), [["3"]])
        self.assertIn("2026/11/24/10/a-2.parquet", self.names())

    def test_members_that_are_no_column_are_kept(self):
        self.put("a.gz", record(later={"deep": [1, None]}, other=2), record())
        self.compact()
        if duckdb is None:
            self.skipTest("Python's duckdb is not installed")
        found = duckdb.sql(f"SELECT other_members FROM '{self.store}/a.parquet' ORDER BY 1").fetchall()
        self.assertEqual([text and json.loads(text) for (text,) in found], [{"later": {"deep": [1, None]}, "other": 2}, None])

    def test_an_object_that_holds_anything_but_records_stays(self):
        self.put("2026/11/24/10/good.gz", record())
        self.put("2026/11/24/10/odd.gz", record(), '{"no": "query_name"}')
        (self.store / "2026/11/24/10/cut.gz").write_bytes((self.store / "2026/11/24/10/good.gz").read_bytes()[:-9])
        told = self.compact()
        self.assertRegex(told, r"odd\.gz: no marked record after 1 records; left as it is")
        self.assertRegex(told, r"cut\.gz.*; left as it is")
        self.assertEqual(self.names(), [".compaction.lock", "2026/11/24/10/cut.gz", "2026/11/24/10/good.parquet",
                                        "2026/11/24/10/odd.gz"])

    def test_young_objects_wait(self):
        self.put("a.gz", record())
        self.compact(older_than="1")
        self.assertIn("a.gz", self.names())
        os.utime(self.store / "a.gz", (time.time() - 3601,) * 2)
        self.compact(older_than="1")
        self.assertIn("a.parquet", self.names())

    def test_two_at_once_are_refused(self):
        self.put("a.gz", record())
        with open(self.store / ".compaction.lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.compact(status=1)
        self.assertIn("a.gz", self.names())

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_store_that_cannot_be_written_stays(self):
        self.put("a.gz", record())
        self.store.chmod(0o500)
        self.addCleanup(self.store.chmod, 0o700)
        self.compact(status=1)
        self.assertEqual(self.names(), ["a.gz"])


class Interruption(CompactTest):
    def test_what_has_been_replaced_is_read_once_and_goes_with_the_next_run(self):
        self.put("h/a.gz", record("a."))
        self.put("h/b.gz", record("b."))
        saved = {name: (self.store / name).read_bytes() for name in ("h/a.gz", "h/b.gz")}
        before = self.everything()
        self.compact()
        for name, content in saved.items():
            (self.store / name).write_bytes(content)
        (self.store / "h/.a.parquet.replaces").write_text("a.gz\nb.gz\n")
        self.put("h/new.gz", record("new."))
        self.assertEqual(self.rows("SELECT query_name FROM route53query ORDER BY 1"), [["a."], ["b."], ["new."]])
        (self.store / "h/new.gz").unlink()
        self.assertEqual(self.everything(), before)
        self.compact()
        self.assertEqual(self.names(), [".compaction.lock", "h/a.parquet"])

    def test_a_manifest_without_its_file_means_nothing(self):
        self.put("h/a.gz", record("a."))
        (self.store / "h/.a.parquet.replaces").write_text("a.gz\n")
        (self.store / "h/a.parquet.unfinished").write_bytes(b"PAR1 half")
        self.assertEqual(self.rows("SELECT query_name FROM route53query"), [["a."]])
        self.compact()
        self.assertEqual(self.rows("SELECT query_name FROM route53query"), [["a."]])
        self.assertEqual(self.names(), [".compaction.lock", "h/a.parquet"])

    def test_killed_at_any_moment_the_store_holds_every_record_once(self):
        for hour in range(24):
            for part in "abc":
                self.put(f"2026/11/24/{hour:02}/{part}.gz", *(record(f"{hour}-{part}-{i}.") for i in range(50)))
        before = self.everything()
        whole = time.monotonic()
        for _ in range(KILLS):
            process = subprocess.Popen(self.command("--quiet"))
            time.sleep(random.uniform(0.02, 0.25))
            process.kill()
            process.wait()
            self.assertEqual(self.everything(), before, f"after {time.monotonic() - whole:.1f} s")
        self.compact()
        self.assertEqual(self.everything(), before)
        self.assertEqual([name for name in self.names() if not name.endswith(".parquet")], [".compaction.lock"])


if __name__ == "__main__":
    test_query.QUERYMARK = sys.argv.pop(1)
    unittest.main()
