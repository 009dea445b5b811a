# SPDX-License-Identifier: Apache-2.0
"""import_interesting_domains_test.py PACKAGE PROGRAM WORK: the packaged importer in an empty root folder, with moto's
S3 and DynamoDB, and boto3 as the one who uploads lists and reads the table. What it hands to Lambda comes to a server
of the test's own, which hands it back.

Exit status 77: moto is not installed, or not allowed to change the root folder here.
"""

import gzip
import http.server
import json
import pathlib
import queue
import sys
import threading
import unittest
import urllib.parse

from moto_aws import REGION, MotoAws
from packaged_function import FUNCTION_ARN, Failed, Package

BUCKET = "interesting-domains-bucket"
INVOCATIONS = "/2015-03-31/functions/"


class LambdaService(http.server.BaseHTTPRequestHandler):
    events = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        function = urllib.parse.unquote(self.path[len(INVOCATIONS):].split("/")[0])
        self.events.put((function, self.headers["X-Amz-Invocation-Type"], body.decode()))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def setUpModule():
    global AWS, LAMBDA, S3
    AWS = MotoAws()
    LAMBDA = http.server.ThreadingHTTPServer(("127.0.0.1", 0), LambdaService)
    threading.Thread(target=LAMBDA.serve_forever, daemon=True).start()
    S3 = AWS.create_bucket(BUCKET)
    S3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})


def tearDownModule():
    LAMBDA.shutdown()
    LAMBDA.server_close()
    AWS.stop()


def upload(key, body):
    """Puts an object, and gives the record that S3 would send of it."""
    put = S3.put_object(Bucket=BUCKET, Key=key, Body=body if isinstance(body, bytes) else body.encode())
    return {"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": REGION, "eventName": "ObjectCreated:Put",
            "s3": {"s3SchemaVersion": "1.0", "bucket": {"name": BUCKET, "arn": f"arn:aws:s3:::{BUCKET}"},
                   "object": {"key": urllib.parse.quote_plus(key, safe="/"), "size": len(body),
                              "eTag": put["ETag"].strip('"'), "versionId": put["VersionId"], "sequencer": "0055AED6"}}}


def event(*records):
    return {"Records": list(records)}


class ImportInterestingDomains(unittest.TestCase):
    def setUp(self):
        self.table = self._testMethodName
        self.dynamodb = AWS.create_table(self.table)

    def start(self, **environment):
        return PACKAGED.start({
            **AWS.environment, "AWS_ENDPOINT_URL_LAMBDA": f"http://127.0.0.1:{LAMBDA.server_port}",
            "INTERESTING_DOMAINS_TABLE": self.table, "RECEIPT_PREFIX": "receipts/", **environment})

    def items(self):
        return AWS.items(self.table)

    def receipts(self, key):
        listed = S3.list_objects_v2(Bucket=BUCKET, Prefix="receipts/" + key)
        return [S3.get_object(Bucket=BUCKET, Key=found["Key"])["Body"].read().decode()
                for found in listed.get("Contents", [])]

    def test_uploads_go_into_the_table(self):
        hosts = "0.0.0.0 www.evil.com\n0.0.0.0 evil.com\n0.0.0.0 10.0.0.1\n"
        records = [upload("feeds/red flower+1.txt", hosts), upload("list.gz", gzip.compress(b"bad.net\nevil.com\n"))]
        self.dynamodb.put_item(TableName=self.table, Item={"domainName": {"S": "bad.net"}, "owner": {"S": "me"}})
        with self.start() as function:
            answer = function.invoke(event(*records))
            self.assertEqual(function.invoke({"Service": "Amazon S3", "Event": "s3:TestEvent"}), {"lists": []})
            printed, _ = function.end()
        self.assertEqual([(found["list"], found["new"], found["skipped"]["ip_address"], found["skipped"]["duplicate"])
                          for found in answer["lists"]], [("red flower+1.txt", 1, 1, 1), ("list.gz", 2, 0, 0)])
        items = self.items()
        self.assertEqual(sorted(items), ["bad.net", "evil.com"])
        self.assertEqual(sorted(items["bad.net"]["lists"]["M"]), ["list.gz", "manual"])
        self.assertEqual(items["bad.net"]["owner"], {"S": "me"})
        self.assertEqual(items["evil.com"]["scope"], {"S": "subtree"})
        [receipt] = self.receipts("feeds/red flower+1.txt-")
        lines = [json.loads(line) for line in receipt.splitlines()]
        self.assertEqual((lines[0]["text"], lines[0]["reason"]), ("10.0.0.1", "ip_address"))
        self.assertEqual(lines[-1]["summary"]["lists"][0], answer["lists"][0])
        messages = [json.loads(line)["message"] for line in printed.splitlines()]
        self.assertEqual(messages[:2], ["list imported", "list imported"])

    def test_an_older_version_is_what_its_own_event_imports(self):
        old = upload("versions.txt", "old.com\n")
        upload("versions.txt", "new.com\n")
        with self.start() as function:
            function.invoke(event(old))
            function.end()
        self.assertEqual(list(self.items()), ["old.com"])

    def test_a_page_is_refused_and_the_function_goes_on(self):
        page = upload("page.html", "<!DOCTYPE html><html><body>evil.com</body></html>")
        with self.start() as function:
            with self.assertRaises(Failed) as failed:
                function.invoke(event(page))
            function.invoke(event(upload("fine.txt", "fine-evil.com\n")))
            function.end()
        self.assertIn("HTML", str(failed.exception))
        self.assertEqual(list(self.items()), ["fine-evil.com"])
        [receipt] = self.receipts("page.html-")
        self.assertIn("HTML", json.loads(receipt)["summary"]["lists"][0]["error"])

    def test_its_own_receipts_are_no_lists(self):
        with self.start() as function:
            self.assertEqual(function.invoke(event(upload("receipts/x.ndjson", "evil.com\n"))), {"lists": []})
            function.end()
        self.assertEqual(self.items(), {})

    def test_a_large_list_goes_on_from_invocation_to_invocation(self):
        names = [f"d{i}.com" for i in range(12000)]
        asked = json.dumps(event(upload("large.csv", "id,domain\n" + "".join(f"{i},{name}\n" for i, name in enumerate(names)))))
        invocations = 0
        with self.start() as function:
            while True:
                invocations += 1
                answer = function.invoke(asked, seconds=3)
                if LambdaService.events.empty():
                    break
                name, kind, asked = LambdaService.events.get()
                self.assertEqual((name, kind), (FUNCTION_ARN, "Event"))
            function.end()
        self.assertGreaterEqual(invocations, 2)
        [found] = answer["lists"]
        self.assertEqual((found["new"], found["names_found"], found["sources"][0]["format"]), (12000, 12000, "csv"))
        self.assertEqual(AWS.names(self.table), set(names))

    def test_a_wrong_setting_is_an_init_error(self):
        with self.start(KEEP="all") as function:
            path, body = function.next_answer()
            function.end()
        self.assertEqual(path, "init/error")
        self.assertIn("KEEP=all", body["errorMessage"])


if __name__ == "__main__":
    package, program, work = sys.argv[1:4]
    PACKAGED = Package(package, program, pathlib.Path(work))
    if not PACKAGED.can_run:
        print("skipped: neither root nor user namespaces here, so there is no empty root folder")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
