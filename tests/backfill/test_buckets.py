# SPDX-License-Identifier: Apache-2.0
"""`querymark backfill` and `redrive` from buckets and into them: moto's server as S3, with boto3 looking at what arrived.

usage: test_buckets.py QUERYMARK [unittest options]
Exit status 77: moto is not installed.
"""

import base64
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from moto_aws import MotoAws
from test_backfill import RESOLVER, marked, record

QUERYMARK = ""


class Buckets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "list.txt").write_text("evil.com\n", encoding="utf8")
        self.aws = MotoAws()
        self.addCleanup(self.aws.stop)
        self.s3 = self.aws.client("s3")
        name = self.id().rpartition(".")[2].replace("_", "-")[-40:].strip("-")
        self.logs, self.store = f"logs-{name}", f"store-{name}"
        for bucket in (self.logs, self.store):
            self.aws.create_bucket(bucket)

    def put(self, hour, *lines, prefix=""):
        key = prefix + RESOLVER.format(day="2026/11/24", time=f"20261124T{hour:02}05Z")
        self.s3.put_object(Bucket=self.logs, Key=key, Body=gzip.compress(("\n".join(lines) + "\n").encode()))
        return key

    def backfill(self, *options, prefix="AWSLogs/", status=0, verb="backfill"):
        command = [QUERYMARK, verb, "--table", f"list:{self.folder}/list.txt", f"s3://{self.logs}/{prefix}",
                   "--to" if verb == "backfill" else "--store", f"s3://{self.store}/out", *options]
        environment = {**os.environ, **self.aws.environment, "QUERYMARK_HOME": str(self.folder / "home")}
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def objects(self):
        return {key: gzip.decompress(data).decode().splitlines() for key, data in self.aws.objects(self.store).items()}

    def test_resolvers_own_layout_from_bucket_to_bucket_and_nothing_twice(self):
        for hour in range(3):
            self.put(hour, record(f"h{hour}.evil.com."), record("good.com."))
        self.put(4, record("elsewhere.com."), prefix="another/")
        self.assertIn("3 objects delivered, 0 done before, 0 failed", self.backfill())
        found = self.objects()
        self.assertEqual([key.rpartition("/")[0] for key in sorted(found)],
                         [f"out/dns-query-logs/2026/11/24/0{hour}" for hour in range(3)])
        self.assertEqual(sorted(found.values()),
                         [[marked(record(f"h{hour}.evil.com."), "Y"), marked(record("good.com."), "N")] for hour in range(3)])
        self.assertIn("0 objects delivered, 3 done before", self.backfill())

    def test_an_object_that_has_changed_is_marked_again_in_its_place(self):
        self.put(1, record("a."))
        self.put(2, record("b."))
        self.backfill()
        self.put(1, record("changed."))
        self.assertIn("1 objects delivered, 1 done before", self.backfill())
        self.assertEqual(sorted(self.objects().values()), [[marked(record("b."), "N")], [marked(record("changed."), "N")]])

    def test_times_bound_what_is_read(self):
        for hour in range(4):
            self.put(hour, record(f"h{hour}."))
        self.backfill("--since", "2026-11-24T01:00:00Z", "--until", "2026-11-24T03:00:00Z")
        self.assertEqual(len(self.objects()), 2)

    def test_a_store_that_is_not_there_ends_it_and_the_next_run_goes_on(self):
        self.put(1, record("a."))
        self.s3.delete_bucket(Bucket=self.store)
        self.assertIn("NoSuchBucket", self.backfill(status=1))
        self.aws.create_bucket(self.store)
        self.assertIn("1 objects delivered, 0 done before", self.backfill())

    def test_error_objects_in_a_bucket_are_marked_again(self):
        line = json.dumps({"attemptsMade": 4, "errorCode": "Lambda.InvokeLimitExceeded",
                           "rawData": base64.b64encode(record("evil.com.").encode()).decode()})
        self.s3.put_object(Bucket=self.logs, Key="failures/processing-failed/2026/11/24/dns-1-2026-11-24-10-00-00-x", Body=line)
        self.assertIn("1 objects delivered", self.backfill(prefix="failures/", verb="redrive"))
        self.assertEqual(list(self.objects().values()), [[marked(record("evil.com."), "Y")]])

    def test_a_source_that_is_not_there_is_named(self):
        self.assertIn("no such object", self.backfill(prefix="nowhere/", status=1))


if __name__ == "__main__":
    QUERYMARK = sys.argv.pop(1)
    unittest.main()
