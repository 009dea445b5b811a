# SPDX-License-Identifier: Apache-2.0
"""test_aws_cli.py QUERYMARK: the program on AWS as a user runs it, with moto in place of AWS and boto3 looking at what
it did; and lists from a web server that fails as such do. Exit status 77: moto is not installed."""

import gzip
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest

from moto_aws import MotoAws

PROGRAM = sys.argv.pop(1)
HOSTS = "0.0.0.0 www.evil.com\n0.0.0.0 bad.net\n0.0.0.0 10.0.0.1\n"


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/moved":
            return self.reply(301, b"", Location="/hosts.txt")
        if path == "/round":
            return self.reply(302, b"", Location="/round")
        if path == "/hosts.txt":
            return self.reply(200, HOSTS.encode())
        if path == "/packed.txt":
            return self.reply(200, gzip.compress(HOSTS.encode()), **{"Content-Encoding": "gzip"})
        if path == "/page":
            return self.reply(200, b"<!DOCTYPE html><html>evil.com</html>")
        if path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(HOSTS.encode())
            self.close_connection = True
            return None
        return self.reply(404, b"")

    def reply(self, status, body, **headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def setUpModule():
    global AWS, WEB, WEB_URL
    AWS = MotoAws()
    WEB = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=WEB.serve_forever, daemon=True).start()
    WEB_URL = f"http://127.0.0.1:{WEB.server_port}"


def tearDownModule():
    WEB.shutdown()
    WEB.server_close()
    AWS.stop()


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = folder.name
        self.settings = dict(AWS.environment)

    def run_it(self, *arguments, status=0):
        """What it prints to stdout, and to stderr."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        run = subprocess.run([PROGRAM, "--home", self.home, *arguments], capture_output=True, text=True, timeout=60,
                             check=False, env={**inherited, "HOME": self.home, **self.settings})
        self.assertEqual(run.returncode, status, run.stderr)
        return run.stdout, run.stderr


class Lists(Run):
    def names(self):
        return self.run_it("domains", "list", "--format", "json")[0].count("\n")

    def test_from_the_web(self):
        for path in ("/hosts.txt?token=secret", "/moved", "/packed.txt"):
            _, told = self.run_it("domains", "import", WEB_URL + path, "--list", path.split("?")[0])
            self.assertIn("3 names found: 2 new", told)
            self.assertNotIn("secret", told)
        self.assertIn("hosts.txt: 2 entries", self.import_and_show("/hosts.txt"))

    def import_and_show(self, path):
        self.run_it("domains", "import", WEB_URL + path)
        return self.run_it("domains", "lists")[0]

    def test_a_failed_download_changes_nothing(self):
        self.run_it("domains", "import", WEB_URL + "/hosts.txt", "--list", "feed")
        for path, reason in (("/none", "HTTP 404"), ("/round", "redirects"), ("/short", "cut short"), ("/page", "HTML")):
            _, told = self.run_it("domains", "import", WEB_URL + path, "--list", "feed", "--mirror", status=1)
            self.assertIn(reason, told)
            self.assertEqual(self.names(), 2)
        _, told = self.run_it("domains", "import", "http://127.0.0.1:1/x", "--list", "feed", "--mirror", status=1)
        self.assertIn("not connected", told)
        self.assertEqual(self.names(), 2)

    def test_from_s3(self):
        s3 = AWS.create_bucket("lists")
        s3.put_object(Bucket="lists", Key="a b/hosts.gz", Body=gzip.compress(HOSTS.encode()))
        _, told = self.run_it("domains", "import", "s3://lists/a b/hosts.gz")
        self.assertIn("list hosts.gz: 3 lines, 3 names found: 2 new", told)
        self.assertIn("NoSuchKey", self.run_it("domains", "import", "s3://lists/none", status=1)[1])

    def test_what_is_not_set_is_said(self):
        region = self.settings.pop("AWS_REGION")
        self.assertIn("AWS_REGION", self.run_it("domains", "import", "s3://lists/x", status=1)[1])
        self.assertIn("AWS_REGION", self.run_it("domains", "list", "--table", "dynamodb:t", status=1)[1])
        self.settings["AWS_REGION"] = region
        del self.settings["AWS_ACCESS_KEY_ID"]
        del self.settings["AWS_SECRET_ACCESS_KEY"]
        self.assertIn("AWS_ACCESS_KEY_ID", self.run_it("domains", "import", "s3://lists/x", status=1)[1])


class Table(Run):
    def setUp(self):
        super().setUp()
        self.table = self._testMethodName
        self.dynamodb = AWS.create_table(self.table)

    def run_it(self, *arguments, status=0):
        return super().run_it("--table", "dynamodb:" + self.table, *arguments, status=status)

    def items(self):
        return AWS.items(self.table)

    def import_text(self, text, *options, status=0):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(text)
            file.flush()
            return self.run_it("domains", "import", file.name, "--list", "feed", *options, status=status)[1]

    def test_the_verbs(self):
        self.dynamodb.put_item(TableName=self.table, Item={"domainName": {"S": "hand.com"}, "owner": {"S": "me"}})
        self.assertIn("2 new, 0 already there, 1 skipped", self.import_text(HOSTS))
        self.import_text("hand.com\n")
        self.assertEqual(self.items()["hand.com"]["owner"], {"S": "me"})
        self.assertEqual(sorted(self.items()["hand.com"]["lists"]["M"]), ["feed", "manual"])
        self.run_it("domains", "add", "good.evil.com", "--allow", "--note", "ours")
        self.assertEqual(self.items()["allow#good.evil.com"]["lists"]["M"]["manual"]["M"]["note"], {"S": "ours"})
        self.assertEqual(self.run_it("domains", "export")[0], "bad.net\nevil.com\nhand.com\n")
        self.assertEqual(self.run_it("domains", "export", "--allow")[0], "good.evil.com\n")
        listed = [json.loads(line) for line in self.run_it("domains", "list", "evil", "--format", "json")[0].splitlines()]
        self.assertEqual([(entry["name"], entry["list"], entry["scope"]) for entry in listed], [("evil.com", "feed", "subtree")])
        self.assertIn("feed: 3 entries; imported 20", self.run_it("domains", "lists")[0])
        self.assertIn("table dynamodb:test_the_verbs: whole; 2 lists, 4 entries, 1 allow entries",
                      self.run_it("domains", "check", "www.evil.com")[0])
        explained = self.run_it("explain", "good.evil.com")[0]
        self.assertIn("registered          Y, by evil.com and below in feed", explained)
        self.assertIn("listed              N: allowed by good.evil.com in manual", explained)
        self.assertIn("evil.com: removed from 1 list", self.run_it("domains", "remove", "evil.com")[1])
        self.assertIn("no such entry", self.run_it("domains", "remove", "evil.com", status=1)[1])
        self.assertNotIn("evil.com", self.items())

    def test_a_mirror(self):
        names = [f"d{i}.com" for i in range(230)]
        self.import_text("\n".join(names) + "\n")
        self.assertIn("would shrink", self.import_text("d0.com\n", "--mirror", status=1))
        self.assertEqual(len(self.items()), 230)
        self.assertIn("1 new, 200 already there, 0 skipped; 30 removed",
                      self.import_text("\n".join(names[30:] + ["new.com"]) + "\n", "--mirror", "--dry-run"))
        self.assertEqual(len(self.items()), 230)
        self.import_text("\n".join(names[30:] + ["new.com"]) + "\n", "--mirror")
        self.assertEqual(set(self.items()), set(names[30:] + ["new.com"]))

    def test_mark_from_s3_into_s3(self):
        self.import_text("evil.com\n")
        s3 = AWS.create_bucket("logs")
        record = '{"query_name":"%s"}\n'
        for day in range(3):
            body = (record % f"www{day}.evil.com." + record % "fine.org.").encode()
            s3.put_object(Bucket="logs", Key=f"2026/{day}.gz", Body=gzip.compress(body) if day else body)
        _, told = self.run_it("mark", "s3://logs/2026/", "--output", "s3://logs/out/marked.gz")
        self.assertIn("6 records in = 3 matched + 3 unmatched", told)
        marked = gzip.decompress(s3.get_object(Bucket="logs", Key="out/marked.gz")["Body"].read()).decode()
        self.assertEqual(marked, "".join(
            f'{{"query_name":"www{day}.evil.com.","isMatchedDomain":"Y"}}\n{{"query_name":"fine.org.","isMatchedDomain":"N"}}\n'
            for day in range(3)))
        self.assertIn("no such object", self.run_it("mark", "s3://logs/none", status=1)[1])

    def test_an_object_of_many_parts_and_one_that_fails(self):
        self.import_text("evil.com\n")
        s3 = AWS.create_bucket("parts")
        line = '{"query_name":"www.evil.com.","padding":"' + "x" * 1000 + '"}\n'
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(line * 20000)
            file.flush()
            self.run_it("mark", file.name, "--output", "s3://parts/out.ndjson")
            size = s3.head_object(Bucket="parts", Key="out.ndjson")["ContentLength"]
            self.assertEqual(size, 20000 * (len(line) + len(',"isMatchedDomain":"Y"')))
            _, told = self.run_it("mark", file.name, "--output", "s3://nowhere/out.ndjson", status=1)
            self.assertIn("NoSuchBucket", told)
            # Rejects cannot be kept: the run fails when parts are up already.
            with open(file.name, "a", encoding="utf-8") as more:
                more.write("nonsense\n")
            self.run_it("mark", file.name, "--output", "s3://parts/dropped", "--rejects", "/dev/full", status=1)
        self.assertEqual(s3.list_multipart_uploads(Bucket="parts").get("Uploads", []), [])
        self.assertEqual([found["Key"] for found in s3.list_objects_v2(Bucket="parts")["Contents"]], ["out.ndjson"])

    def test_an_empty_table_is_said_and_a_missing_one_is_an_error(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write('{"query_name":"evil.com."}\n')
            file.flush()
            self.assertIn("is empty: every record is marked N", self.run_it("mark", file.name)[1])
            self.table = "none"
            self.assertIn("ResourceNotFoundException", self.run_it("mark", file.name, status=1)[1])


if __name__ == "__main__":
    unittest.main()
