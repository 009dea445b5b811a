# SPDX-License-Identifier: Apache-2.0
"""test_webhook.py QUERYMARK: `mark --alert http://…` and a receiver that checks signatures as docs/alerts.md says."""

import hashlib
import hmac
import http.server
import json
import pathlib
import re
import socket
import sys
import threading
import time
import unittest

from alerting import mark, numbers, record

PROGRAM = sys.argv.pop(1)
DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "alerts.md"


def documented_check():
    """The function is_ours() of the document."""
    names = {"hashlib": hashlib, "hmac": hmac, "time": time}
    exec(re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[1], names)
    return names["is_ours"]


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Webhook(unittest.TestCase):
    def setUp(self):
        self.receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.receiver.got = []
        self.receiver.answers = []
        threading.Thread(target=self.receiver.serve_forever, daemon=True).start()
        self.addCleanup(self.receiver.server_close)
        self.addCleanup(self.receiver.shutdown)
        self.uri = f"http://127.0.0.1:{self.receiver.server_port}/hook/path-secret"

    def bodies(self):
        return [json.loads(body) for _, body in self.receiver.got]

    def test_each_match_is_posted_and_signed_as_the_document_says(self):
        lines = [record("www.evil.com."), record("good.org."), record("evil.com.", rcode="NXDOMAIN")]
        done = mark(PROGRAM, self.uri, lines, QUERYMARK_WEBHOOK_SECRET="sesame")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(numbers(done)["alerts_sent"], 2)
        bodies = self.bodies()
        self.assertEqual([body["record"]["query_name"] for body in bodies], ["www.evil.com.", "evil.com."])
        self.assertEqual(bodies[0]["record"]["isMatchedDomain"], "Y")
        self.assertEqual({name: bodies[0][name] for name in ("type", "registered_domain", "entry")},
                         {"type": "match", "registered_domain": "evil.com", "entry": "evil.com"})
        is_ours = documented_check()
        for headers, body in self.receiver.got:
            self.assertEqual(headers["X-Querymark-Id"], json.loads(body)["id"])
            signature = headers["X-Querymark-Signature"]
            self.assertTrue(is_ours(b"sesame", signature, body))
            self.assertFalse(is_ours(b"other", signature, body))
            self.assertFalse(is_ours(b"sesame", signature, body + b" "))
            self.assertFalse(is_ours(b"sesame", "t=1" + signature[signature.index(","):], body))

    def test_what_is_answered_later_is_posted_again_with_its_id(self):
        self.receiver.answers = [503, 429]
        done = mark(PROGRAM, self.uri, [record("evil.com.")])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.receiver.got), 3)
        self.assertEqual(len({body["id"] for body in self.bodies()}), 1)
        self.assertNotIn("X-Querymark-Signature", self.receiver.got[0][0])

    def test_what_is_refused_is_posted_once_and_the_next_follows(self):
        self.receiver.answers = [400]
        done = mark(PROGRAM, self.uri, [record("evil.com."), record("www.evil.com.")])
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(self.receiver.got), 2)
        self.assertEqual((numbers(done)["alerts_sent"], numbers(done)["alerts_failed"]), (1, 1))
        self.assertIn("answered 400", done.stderr)

    def test_where_nobody_listens_the_run_ends_with_1_and_its_records_marked(self):
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port = unused.getsockname()[1]
        done = mark(PROGRAM, f"http://127.0.0.1:{port}/path-secret", [record(f"h{i}.evil.com.") for i in range(500)])
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.count('"isMatchedDomain":"Y"'), 500)
        self.assertEqual(numbers(done)["alerts_failed"], 500)
        self.assertIn("500 alerts were not delivered", done.stderr)
        self.assertNotIn("path-secret", done.stderr)


if __name__ == "__main__":
    unittest.main()
