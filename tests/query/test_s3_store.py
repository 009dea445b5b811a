# SPDX-License-Identifier: Apache-2.0
"""`querymark query` and `compact` over a store in S3: moto's server as S3. What is fetched, kept, and refused.

usage: test_s3_store.py QUERYMARK [unittest options]
Exit status 77: moto is not installed.
"""

import gzip
import json
import os
import random
import subprocess
import sys
import unittest

import test_query
from moto_aws import MotoAws
from test_query import QueryTest, record

ALL = "SELECT query_name FROM route53query ORDER BY 1"


def noise(size):
    return random.Random(size).randbytes(size).hex()


class InS3(QueryTest):
    @classmethod
    def setUpClass(cls):
        cls.aws = MotoAws()
        cls.addClassCleanup(cls.aws.stop)

    def setUp(self):
        super().setUp()
        self.bucket = "logs-" + self.id().rpartition(".")[2].replace("_", "-")[-50:]
        self.s3 = self.aws.create_bucket(self.bucket)
        self.uri = f"s3://{self.bucket}/dns-query-logs"

    def put(self, key, *records):
        self.put_bytes(key, gzip.compress("".join(json.dumps(one) + "\n" for one in records).encode()))

    def put_bytes(self, key, content):
        self.s3.put_object(Bucket=self.bucket, Key="dns-query-logs/" + key, Body=content)

    def run_verb(self, verb, *arguments, status=0):
        done = subprocess.run([test_query.QUERYMARK, verb, "--store", self.uri, *arguments], capture_output=True, text=True,
                              timeout=120, check=False,
                              env={**os.environ, **self.aws.environment, "QUERYMARK_HOME": str(self.folder / "home")})
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def run_query(self, *arguments, status=0):
        return self.run_verb("query", *arguments, status=status)


class StoreInS3(InS3):
    def fetched(self, *arguments):
        """How many objects."""
        said = self.run_query(*arguments).stderr
        return int(said.partition("fetching ")[2].partition(" ")[0] or 0)

    def cached(self):
        return sorted(path.name.split("-", 2)[2] for path in (self.folder / "home/cache").rglob("*.gz"))

    def test_is_read_as_a_folder_is(self):
        self.put("2026/11/24/10/a.gz", record("a."))
        self.put("2026/11/25/b.gz", record("b."))
        self.put("c.gz", record("c."))
        self.put_bytes("2026/11/25/other.txt", b"not a log")
        self.assertEqual(self.rows("SELECT query_name, datehour, day FROM route53query ORDER BY 1"),
                         [["a.", "2026/11/24/10", "2026/11/24"], ["b.", "2026/11/25", "2026/11/25"], ["c.", "", ""]])

    def test_fetches_an_object_once_and_another_one_in_its_place(self):
        self.put("2026/11/24/10/a.gz", record("a."))
        self.put("2026/11/24/10/b.gz", record("b."))
        self.assertEqual(self.fetched(ALL), 2)
        self.assertEqual(self.fetched(ALL), 0)
        self.put("2026/11/24/10/b.gz", record("b2."))
        self.assertEqual(self.fetched(ALL), 1)
        self.assertEqual(self.rows(ALL), [["a."], ["b2."]])

    def test_fetches_the_days_that_the_question_names(self):
        for day in range(20, 25):
            self.put(f"2026/11/{day}/10/x.gz", record(f"{day}."))
        self.assertEqual(self.fetched("SELECT 1 FROM route53query WHERE day = '2026/11/22'"), 1)
        self.assertEqual(self.fetched("SELECT 1 FROM route53query WHERE datehour >= '2026/11/23' AND rcode = 'NOERROR'"), 2)
        self.assertEqual(self.rows("SELECT query_name FROM route53query WHERE day > '2026/11/22' ORDER BY 1"),
                         [["23."], ["24."]])
        self.assertEqual(self.fetched(ALL), 2)

    def test_a_mistake_fetches_nothing(self):
        self.put("2026/11/24/10/a.gz", record("a."))
        self.assertNotIn("fetching", self.refused("SELECT nonsense FROM route53query"))

    def test_more_than_the_cache_holds_is_refused_before_anything_is_fetched(self):
        self.put("2026/11/24/10/a.gz", record("a.", more=noise(700_000)))
        self.put("2026/11/25/10/b.gz", record("b.", more=noise(700_001)))
        said = self.refused("--cache-max", "1", ALL)
        self.assertIn("name the days", said)
        self.assertNotIn("fetching", said)
        self.assertEqual(self.rows("--cache-max", "1", ALL.replace("ORDER", "WHERE day = '2026/11/24' ORDER")), [["a."]])

    def test_what_no_question_wants_makes_room(self):
        for day in (24, 25):
            self.put(f"2026/11/{day}/10/{day}.gz", record("a.", more=noise(700_000 + day)))
            self.rows("--cache-max", "1", f"SELECT query_name FROM route53query WHERE day = '2026/11/{day}'")
            self.assertEqual(self.cached(), [f"{day}.gz"])

    def test_what_a_parquet_file_replaces_is_not_read(self):
        self.put("2026/11/24/10/a.gz", record("a."))
        self.put("2026/11/24/10/b.gz", record("b."))
        self.put_bytes("2026/11/24/10/.a.parquet.replaces", b"a.gz\n")
        self.assertEqual(self.rows(ALL), [["a."], ["b."]])
        local = self.folder / "store"
        (local / "a.gz").write_bytes(gzip.compress(json.dumps(record("a.")).encode()))
        subprocess.run([test_query.QUERYMARK, "--quiet", "compact", "--store", f"dir:{local}", "--older-than", "0"], check=True)
        self.put_bytes("2026/11/24/10/a.parquet", (local / "a.parquet").read_bytes())
        self.assertEqual(self.rows(ALL), [["a."], ["b."]])

    def test_folders_of_questions_that_were_killed_are_removed(self):
        self.put("2026/11/24/10/a.gz", record("a."))
        self.rows(ALL)
        (questions,) = (self.folder / "home/cache").glob("*/questions")
        self.assertEqual(list(questions.iterdir()), [])
        (questions / "killed/2026").mkdir(parents=True)
        self.rows(ALL)
        self.assertEqual(list(questions.iterdir()), [])

    def test_nothing_below_the_place_is_said(self):
        done = self.run_query(ALL)
        self.assertEqual(done.stdout, "query_name\n")
        self.assertIn("no logs below s3://", done.stderr)
        self.uri = "s3://no-such-bucket-anywhere/x"
        self.assertIn("no-such-bucket-anywhere", self.refused(ALL))


class CompactionInS3(InS3):
    def compact(self, *arguments, status=0):
        return self.run_verb("compact", "--older-than", "0", *arguments, status=status).stderr

    def keys(self):
        found = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return sorted(one["Key"].removeprefix("dns-query-logs/") for one in found)

    def everything(self):
        return self.run_query("--format", "json", "FROM route53query ORDER BY ALL").stdout

    def test_the_view_shows_the_same_before_and_after(self):
        for hour in (10, 11):
            for part in "ab":
                self.put(f"2026/11/24/{hour}/{part}.gz", *(record(f"{hour}-{part}-{i}.") for i in range(50)))
        before = self.everything()
        self.assertRegex(self.compact(), r"4 objects, 200 records: 2 Parquet files")
        self.assertEqual(self.keys(), ["2026/11/24/10/a.parquet", "2026/11/24/11/a.parquet"])
        self.assertEqual(self.everything(), before)

    def test_later_objects_make_another_file(self):
        for _ in range(2):
            self.put("2026/11/24/10/a.gz", record())
            self.compact()
        self.assertEqual(self.keys(), ["2026/11/24/10/a-1.parquet", "2026/11/24/10/a.parquet"])
        self.assertEqual(self.rows("SELECT count(*) FROM route53query"), [["2"]])

    def test_what_holds_anything_but_records_stays(self):
        self.put("2026/11/24/10/good.gz", record())
        self.put_bytes("2026/11/24/10/odd.gz", gzip.compress(b'{"no": "query_name"}\n'))
        self.assertRegex(self.compact(), r"s3://\S+/2026/11/24/10/odd\.gz: no marked record .*; left as it is")
        self.assertEqual(self.keys(), ["2026/11/24/10/good.parquet", "2026/11/24/10/odd.gz"])

    def test_young_objects_wait(self):
        self.put("2026/11/24/10/a.gz", record())
        self.run_verb("compact", "--older-than", "1")
        self.assertEqual(self.keys(), ["2026/11/24/10/a.gz"])

    def test_a_run_that_was_killed_is_finished_or_forgotten(self):
        self.put("2026/11/24/10/a.gz", record("a."))
        original = self.s3.get_object(Bucket=self.bucket, Key="dns-query-logs/2026/11/24/10/a.gz")["Body"].read()
        self.compact()
        # after the Parquet file was put
        self.put_bytes("2026/11/24/10/a.gz", original)
        self.put_bytes("2026/11/24/10/.a.parquet.replaces", b"a.gz\n")
        # before it was
        self.put("2026/11/24/11/b.gz", record("b."))
        self.put_bytes("2026/11/24/11/.b.parquet.replaces", b"b.gz\n")
        self.assertEqual(self.rows(ALL), [["a."], ["b."]])
        self.compact()
        self.assertEqual(self.keys(), ["2026/11/24/10/a.parquet", "2026/11/24/11/b.parquet"])
        self.assertEqual(self.rows(ALL), [["a."], ["b."]])

    def test_two_at_once_are_refused(self):
        self.put("2026/11/24/10/a.gz", record())
        self.put_bytes(".compaction.lock", b"compact")
        self.assertIn("another compaction", self.compact(status=1))
        self.assertEqual(self.keys(), [".compaction.lock", "2026/11/24/10/a.gz"])


if __name__ == "__main__":
    test_query.QUERYMARK = sys.argv.pop(1)
    unittest.main()
