#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`querymark serve` into a bucket, and by a table in DynamoDB: moto's server as AWS, up and down, with boto3 looking at what
arrived.

usage: test_stores.py QUERYMARK [unittest options]
Exit status 77: moto is not installed.
"""

import base64
import gzip
import json
import random
import socket
import sys
import time

import serving
from moto_aws import MotoAws
from serving import ServiceTest, marked, record


class Bucket(ServiceTest):
    def setUp(self):
        super().setUp()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.bucket = self.id().rpartition("_")[2]

    def start_s3(self):
        self.aws = MotoAws(self.port)
        self.addCleanup(self.aws.stop)
        self.s3 = self.aws.create_bucket(self.bucket)

    def serve_into(self, *options):
        return self.serve("--store", f"s3://{self.bucket}/some/where", *options, AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x",
                          AWS_REGION="eu-west-1", AWS_ENDPOINT_URL=f"http://127.0.0.1:{self.port}")

    def objects(self):
        return {key: gzip.decompress(data).decode().splitlines() for key, data in self.aws.objects(self.bucket).items()}

    def test_objects_arrive_under_the_prefix(self):
        self.start_s3()
        service = self.serve_into()
        lines = [record("evil.com."), record("example.org.")]
        service.ingest([*lines, "no json"])
        self.assertEqual(service.stop()[0], 0)
        found = self.objects()
        keys = sorted(found)
        self.assertRegex(keys[0], r"^some/where/delivery-failures/processing-failed/\d{4}/\d\d/\d\d/dns-query-logs-1-.*\.gz$")
        self.assertRegex(keys[1], r"^some/where/dns-query-logs/\d{4}/\d\d/\d\d/\d\d/dns-query-logs-1-.*\.gz$")
        self.assertEqual(found[keys[1]], [marked(lines[0], "Y"), marked(lines[1], "N")])

    def test_the_dashboard_reads_what_arrived(self):
        self.start_s3()
        service = self.serve_into("--buffer-interval", "1")
        service.ingest([record("evil.com."), record("example.org.")])
        while not self.s3.list_objects_v2(Bucket=self.bucket)["KeyCount"]:
            time.sleep(0.05)
        token = json.loads(service.ask("GET", "/api/session")[1])["token"]
        status, answer = service.ask("POST", "/api/query", b"SELECT query_name, isMatchedDomain FROM route53query ORDER BY 1",
                                     {"X-Querymark-Token": token})
        self.assertEqual((status, json.loads(answer)["rows"]), (200, [["evil.com.", "Y"], ["example.org.", "N"]]))

    def test_a_large_object_goes_in_parts(self):
        self.start_s3()
        service = self.serve_into()
        noise = random.Random(1)
        lines = [record(f"{i}.example.org.", noise=base64.b64encode(noise.randbytes(900)).decode()) for i in range(15_000)]
        service.ingest(lines)
        self.assertEqual(service.stop()[0], 0)
        found = self.objects()
        self.assertEqual(sorted(line for part in found.values() for line in part), sorted(marked(line, "N") for line in lines))
        self.assertEqual(self.s3.list_multipart_uploads(Bucket=self.bucket).get("Uploads", []), [])
        sizes = [o["Size"] for o in self.s3.list_objects_v2(Bucket=self.bucket)["Contents"]]
        self.assertGreater(max(sizes), 8 << 20)

    def test_a_bucket_that_is_down_gets_everything_when_it_is_back(self):
        service = self.serve_into("--buffer-interval", "1")
        lines = [record(f"{i}.evil.com.") for i in range(5)]
        for line in lines:
            service.ingest([line])
            time.sleep(0.7)
        self.assertEqual(service.metrics()['querymark_lines_delivered_total{kind="records"}'], 0)
        self.start_s3()
        self.assertEqual(service.stop()[0], 0)
        self.assertEqual(sorted(line for part in self.objects().values() for line in part), [marked(line, "Y") for line in lines])


class DynamoDb(ServiceTest):
    TABLE = "domains"

    def setUp(self):
        super().setUp()
        self.aws = MotoAws()
        client = self.aws.create_table(self.TABLE)
        self.addCleanup(self.stop)
        self.addCleanup(client.delete_table, TableName=self.TABLE)
        client.put_item(TableName=self.TABLE, Item={"domainName": {"S": "remote.com"}})

    def stop(self):
        self.aws.stop()

    def test_marks_by_it_and_refuses_what_it_gives_no_answer_for(self):
        service = self.serve("--table", f"dynamodb:{self.TABLE}", **self.aws.environment)
        known = [record("www.remote.com."), record("evil.com.")]
        self.assertEqual(service.ingest(known)["matched"], 1)
        self.aws.stop()
        self.assertEqual(service.ingest(known)["matched"], 1)
        status, reply = service.ask("POST", "/ingest", record("another.com.").encode())
        self.assertEqual(status, 503, reply)
        self.assertIn(b"gives no answer", reply)
        time.sleep(0.5)
        status, reply = service.ask("GET", "/readyz")
        self.assertEqual((status, b"table" in reply), (503, True))
        self.assertEqual(service.metrics()["querymark_records_refused_total"], 1)
        self.aws = MotoAws(int(self.aws.url.rpartition(":")[2]))
        time.sleep(1)
        self.assertEqual(service.ingest([record("another.com.")])["unmatched"], 1)
        end = time.monotonic() + 10
        while service.metrics()["querymark_table_failing"] == 1 and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual(service.metrics()["querymark_table_failing"], 0)
        service.stop()
        self.assertEqual(self.records(), [*map(marked, known * 2, "YNYN"), marked(record("another.com."), "N")])
        self.assertEqual(self.errors(), [])

    def test_one_that_is_not_there_is_named(self):
        for options in ((), ("--check-config",)):
            done = self.querymark("serve", *options, "--table", "dynamodb:nowhere", status=1, **self.aws.environment)
            self.assertIn("nowhere", done.stderr.decode())


if __name__ == "__main__":
    serving.main(sys.argv)
