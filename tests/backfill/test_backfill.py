# SPDX-License-Identifier: Apache-2.0
"""`querymark backfill` and `redrive` as a user runs them: layouts, times, what cannot be marked, and kill -9.

usage: test_backfill.py QUERYMARK [unittest options]
"""

import base64
import fcntl
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest

QUERYMARK = ""
KILLS = int(os.environ.get("QUERYMARK_BACKFILL_KILLS", "15"))
RESOLVER = "AWSLogs/1/vpcdnsquerylogs/vpc-1/{day}/vpc-1_vpcdnsquerylogs_1_{time}_0a1b2c3d.log.gz"


def record(name, **members):
    return json.dumps({"version": "1.100000", "query_name": name, **members}, separators=(",", ":"))


def marked(line, verdict):
    return line[:-1] + f',"isMatchedDomain":"{verdict}"}}'


class BackfillTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.logs = self.folder / "logs"
        self.store = self.folder / "store"
        (self.folder / "list.txt").write_text("evil.com\n")

    def put(self, name, *lines):
        path = self.logs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = "".join(line + "\n" for line in lines).encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    def resolver_object(self, hour, *lines, day="2026/11/24"):
        return self.put(RESOLVER.format(day=day, time=f"{day.replace('/', '')}T{hour:02}05Z"), *lines)

    def command(self, *arguments, verb="backfill"):
        to = "--to" if verb == "backfill" else "--store"
        return [QUERYMARK, verb, "--table", f"list:{self.folder}/list.txt", to, f"dir:{self.store}", *map(str, arguments)]

    def run_verb(self, *arguments, status=0, verb="backfill"):
        done = subprocess.run(self.command(*arguments, verb=verb), capture_output=True, text=True, timeout=120,
                              env=self.environment(), check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def environment(self):
        return {**os.environ, "QUERYMARK_HOME": str(self.folder / "home"), "LC_ALL": "C.UTF-8"}

    def objects(self, prefix="dns-query-logs"):
        """Folder of each object below the prefix, and its lines."""
        root = self.store / prefix
        return sorted((str(path.parent.relative_to(root)), gzip.decompress(path.read_bytes()).decode().splitlines())
                      for path in root.rglob("*") if path.is_file())


class Backfill(BackfillTest):
    def test_objects_land_under_the_hour_that_their_names_say(self):
        self.resolver_object(10, record("www.evil.com."), record("good.com."))
        self.put("firehose/dns-1-2026-11-25-07-30-00-0b0c4f3e-7f1c-4c3a-9a55-3f8d3bb1c2aa.gz", record("a."))
        self.put("folders/2026/11/26/03/b.json", record("b."))
        self.put("days/2026/11/27/c.json", record("c."))
        plain = self.put("plain/d.json", record("d."))
        os.utime(plain, (time.mktime((2026, 11, 28, 12, 0, 0, 0, 0, 0)) - time.timezone,) * 2)
        told = self.run_verb(self.logs)
        self.assertIn("5 objects delivered, 0 done before, 0 failed", told)
        self.assertIn("6 records in = 1 matched + 5 unmatched + 0 rejected + 0 control", told)
        self.assertEqual(self.objects(), [
            ("2026/11/24/10", [marked(record("www.evil.com."), "Y"), marked(record("good.com."), "N")]),
            ("2026/11/25/07", [marked(record("a."), "N")]),
            ("2026/11/26/03", [marked(record("b."), "N")]),
            ("2026/11/27/00", [marked(record("c."), "N")]),
            ("2026/11/28/12", [marked(record("d."), "N")])])

    def test_since_and_until_bound_the_time(self):
        for hour in range(5):
            self.resolver_object(hour, record(f"h{hour}."))
        self.run_verb(self.logs, "--since", "2026-11-24T01:00:00Z", "--until", "2026-11-24T03:00:00Z")
        self.assertEqual([folder for folder, _ in self.objects()], ["2026/11/24/01", "2026/11/24/02"])
        self.run_verb(self.logs, "--since", "2026-11-25")
        self.assertEqual(len(self.objects()), 2)
        self.assertIn("--since", self.run_verb(self.logs, "--since", "yesterday", status=1))

    def test_what_is_done_is_not_done_again_unless_it_changes(self):
        path = self.resolver_object(1, record("a."))
        self.resolver_object(2, record("b."))
        self.run_verb(self.logs)
        self.assertIn("0 objects delivered, 2 done before", self.run_verb(self.logs))
        path.write_bytes(gzip.compress((record("changed.") + "\n").encode()))
        self.assertIn("1 objects delivered, 1 done before", self.run_verb(self.logs))
        self.assertEqual(self.objects()[0][1], [marked(record("changed."), "N")])
        self.assertEqual(len(self.objects()), 2)
        self.assertIn("2 objects delivered, 0 done before", self.run_verb(self.logs, "--restart"))
        self.assertEqual(len(self.objects()), 2)

    def test_what_cannot_be_marked_is_kept_under_the_error_prefix(self):
        self.resolver_object(1, "not json", record("a."), '{"no":"name"}')
        self.run_verb(self.logs, status=3)
        self.assertEqual(self.objects(), [("2026/11/24/01", [marked(record("a."), "N")])])
        ((folder, lines),) = self.objects("delivery-failures")
        self.assertEqual(folder, "processing-failed/2026/11/24")
        self.assertEqual([base64.b64decode(json.loads(line)["rawData"]) for line in lines],
                         [b"not json", b'{"no":"name"}'])

    def test_a_source_that_cannot_be_read_to_its_end_is_left_out_and_tried_again(self):
        path = self.resolver_object(1, *(record(f"n{i}.") for i in range(100)))
        whole = path.read_bytes()
        path.write_bytes(whole[:-20])
        self.resolver_object(2, record("b."))
        told = self.run_verb(self.logs, status=1)
        self.assertRegex(told, r"T0105Z.*left out of the store")
        self.assertEqual([folder for folder, _ in self.objects()], ["2026/11/24/02"])
        path.write_bytes(whole)
        self.assertIn("1 objects delivered, 1 done before", self.run_verb(self.logs))

    def test_an_empty_source_makes_no_object(self):
        self.put("2026/11/24/01/a.json")
        self.run_verb(self.logs)
        self.assertFalse((self.store / "dns-query-logs").exists())

    def test_prefixes_and_stream_are_as_one_says(self):
        self.resolver_object(1, record("a."))
        self.run_verb(self.logs, "--prefix", "d/!{timestamp:yyyy-MM-dd}/", "--stream", "mine")
        (path,) = (path for path in (self.store / "d").rglob("*.gz"))
        self.assertTrue(path.name.startswith("mine-1-2026-11-24-01-05-00-"), path.name)

    def test_matches_are_told_of_only_where_one_asks_for_it(self):
        for hour in range(4):
            self.resolver_object(hour, record(f"h{hour}.evil.com."), record("good.com."))
        told = self.folder / "told"
        self.run_verb(self.logs, "--alert", f"file:{told}")
        self.assertEqual(sorted(told.read_text().splitlines()),
                         [marked(record(f"h{hour}.evil.com."), "Y") for hour in range(4)])
        self.run_verb(self.logs, "--alert", f"file:{self.folder}/no/folder", "--restart", status=1)

    def test_two_at_once_into_one_store_are_refused(self):
        self.resolver_object(1, record("a."))
        self.run_verb(self.logs)
        (checkpoint,) = (self.folder / "home/backfill").iterdir()
        with open(checkpoint, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self.assertIn("another backfill", self.run_verb(self.logs, status=1))

    def test_what_is_not_there_is_said(self):
        self.assertIn("nowhere", self.run_verb(self.folder / "nowhere", status=1))
        self.logs.mkdir()
        self.assertIn("0 objects delivered", self.run_verb(self.logs))


class Interruption(BackfillTest):
    def test_killed_and_started_again_the_store_is_the_same_and_nothing_is_there_twice(self):
        for hour in range(24):
            self.resolver_object(hour, *(record(f"h{hour}n{i}.evil.com.", pad="x" * 300) for i in range(2000)))
        for _ in range(KILLS):
            process = subprocess.Popen(self.command(self.logs, "--quiet"), env=self.environment())
            time.sleep(random.uniform(0.005, 0.12))
            process.kill()
            process.wait()
        self.run_verb(self.logs)
        self.assertEqual(self.objects(), [
            (f"2026/11/24/{hour:02}", [marked(record(f"h{hour}n{i}.evil.com.", pad="x" * 300), "Y") for i in range(2000)])
            for hour in range(24)])

    def test_a_checkpoint_that_was_cut_off_counts_what_is_whole(self):
        self.resolver_object(1, record("a."))
        self.resolver_object(2, record("b."))
        self.run_verb(self.logs)
        (checkpoint,) = (self.folder / "home/backfill").iterdir()
        checkpoint.write_bytes(checkpoint.read_bytes()[:-5])
        self.assertIn("1 objects delivered, 1 done before", self.run_verb(self.logs))
        self.assertIn("0 objects delivered, 2 done before", self.run_verb(self.logs))

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_store_that_cannot_be_written_ends_it(self):
        self.resolver_object(1, record("a."))
        self.store.mkdir(mode=0o500)
        self.run_verb(self.logs, status=1)


class Redrive(BackfillTest):
    def put_errors(self, *payloads, as_text):
        lines = []
        for payload in payloads:
            moment = 1764007509000
            lines.append(json.dumps({
                "attemptsMade": "1" if as_text else 1, "arrivalTimestamp": str(moment) if as_text else moment,
                "errorCode": "Lambda.FunctionError", "errorMessage": "Check your function and make sure the output is in "
                "required format.", "attemptEndingTimestamp": str(moment) if as_text else moment,
                "rawData": base64.b64encode(payload.encode()).decode(), "lambdaArn": "arn:aws:lambda:eu-west-1:1:function:f"}))
        return self.put("processing-failed/2026/11/24/10dns-1-2026-11-24-10-00-00-x.gz", *lines)

    def test_firehoses_error_objects_become_marked_records(self):
        for as_text in (True, False):
            with self.subTest(as_text=as_text):
                self.put_errors(record("www.evil.com."), record("a.") + "\n" + record("b.") + "\n", as_text=as_text)
                self.assertIn("3 records in = 1 matched + 2 unmatched", self.run_verb(self.logs, verb="redrive"))
                self.assertEqual(self.objects(), [("2026/11/24/10", [
                    marked(record("www.evil.com."), "Y"), marked(record("a."), "N"), marked(record("b."), "N")])])

    def test_our_own_error_objects_too_and_what_fails_again_is_kept_again(self):
        self.put("2026/11/24/10/a.json", "not json", record("a."))
        self.run_verb(self.logs, status=3)
        first = self.objects("delivery-failures")
        errors = self.store / "delivery-failures"
        self.store = self.folder / "second"
        self.run_verb(errors, status=3, verb="redrive")
        again = self.objects("delivery-failures")
        raw = [base64.b64decode(json.loads(lines[0])["rawData"]) for ((_, lines),) in (first, again)]
        self.assertEqual(raw, [b"not json", b"not json"])


if __name__ == "__main__":
    QUERYMARK = sys.argv.pop(1)
    unittest.main()
