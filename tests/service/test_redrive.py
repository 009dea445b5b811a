#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`querymark redrive --endpoint`: what lies under an error prefix, sent to the stream of a running service again.

usage: test_redrive.py QUERYMARK [unittest options]
"""

import base64
import json
import sys

import serving
from serving import ServiceTest, marked, record

KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-west-1"}


class Redrive(ServiceTest):
    def setUp(self):
        super().setUp()
        self.failures = self.folder / "failures"
        self.failures.mkdir()

    def put(self, name, *payloads):
        lines = [json.dumps({"attemptsMade": "1", "errorCode": "Lambda.FunctionError",
                             "rawData": base64.b64encode(payload.encode()).decode()}) for payload in payloads]
        (self.failures / name).write_text("\n".join(lines) + "\n", encoding="utf8")

    def redrive(self, *options, status=0, **environment):
        done = self.querymark("redrive", str(self.failures), *options, status=status, home=self.folder / "another home",
                              **KEYS, **environment)
        return done.stderr.decode()

    def test_what_failed_at_firehose_is_marked_by_the_service(self):
        service = self.serve()
        lines = [record("evil.com."), record("example.org.")]
        self.put("a", *lines)
        self.put("b", "\n".join(lines))
        told = self.redrive("--endpoint", service.url, "--stream", "dns-query-logs")
        self.assertIn("2 objects sent, 0 done before, 0 failed", told)
        self.assertIn("3 records sent, 0 left out", told)
        self.assertIn("0 objects sent, 2 done before", self.redrive("--endpoint", service.url))
        service.stop()
        self.assertEqual(self.records(), [marked(lines[0], "Y"), marked(lines[1], "N")] * 2)

    def test_what_is_no_error_record_is_told_of(self):
        service = self.serve()
        (self.failures / "a").write_text(record("evil.com.") + "\n", encoding="utf8")
        self.assertIn("left where it is", self.redrive("--endpoint", service.url, status=3))

    def test_a_stream_that_is_not_there_is_named(self):
        service = self.serve()
        self.put("a", record("evil.com."))
        self.assertIn("ResourceNotFoundException", self.redrive("--endpoint", service.url, "--stream", "another", status=1))

    def test_options_of_a_store_go_with_no_endpoint(self):
        for option in (("--store", f"dir:{self.store}"), ("--prefix", "a/"), ("--annotate",), ("--threads", "2")):
            self.redrive("--endpoint", "http://127.0.0.1:1", *option, status=2)


if __name__ == "__main__":
    serving.main(sys.argv)
