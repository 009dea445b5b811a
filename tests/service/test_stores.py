#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`querymark serve` into a bucket: moto's server as S3, up and down, with boto3 looking at what arrived.

usage: test_stores.py QUERYMARK [unittest options]
Exit status 77: moto is not installed.
"""

import base64
import gzip
import json
import logging
import random
import socket
import sys
import time

import serving
from serving import ServiceTest, marked, record

try:
    import boto3
    from moto.server import ThreadedMotoServer
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed")
    sys.exit(77)

logging.getLogger("werkzeug").setLevel(logging.ERROR)
KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-west-1"}


class Bucket(ServiceTest):
    def setUp(self):
        super().setUp()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        # moto's buckets outlive its servers within a process.
        self.bucket = self.id().rpartition("_")[2]

    def start_s3(self):
        server = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        server.start()
        self.addCleanup(server.stop)
        self.s3 = boto3.client("s3", endpoint_url=self.url, region_name="eu-west-1", aws_access_key_id="x",
                               aws_secret_access_key="x")
        self.s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        return server

    def serve_into(self, *options):
        return self.serve("--store", f"s3://{self.bucket}/some/where", *options, AWS_ENDPOINT_URL=self.url, **KEYS)

    def objects(self):
        listed = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return {o["Key"]: gzip.decompress(self.s3.get_object(Bucket=self.bucket, Key=o["Key"])["Body"].read()).decode().splitlines()
                for o in listed}

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


if __name__ == "__main__":
    serving.main(sys.argv)
