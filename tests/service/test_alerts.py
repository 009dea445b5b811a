#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Alerts of `querymark serve`: every match that was acknowledged is told to every sink, also after a crash, and a sink
that is dead holds up nobody.

usage: test_alerts.py QUERYMARK [unittest options]
"""

import http.server
import json
import sys
import threading
import time

import serving
from serving import ServiceTest, marked, record


class Receiver:
    """A webhook that answers as it is told."""

    def __init__(self, port=0, status=200):
        self.status = status
        self.bodies = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.status == 200:
                    receiver.bodies.append(json.loads(body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


class Alerts(ServiceTest):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "alerts.ndjson"

    def receiver(self, **options):
        receiver = Receiver(**options)
        self.addCleanup(receiver.close)
        return receiver

    def of_sink(self, service, metric, uri):
        """The metric of a sink, which is named by a part of its URI that tells no secret."""
        origin = uri.removesuffix("/hook")
        (value,) = [value for name, value in service.metrics().items() if name.startswith(f'{metric}{{sink="{origin}')]
        return value

    def alerts(self):
        return self.file.read_text(encoding="utf8").splitlines() if self.file.exists() else []

    def test_each_match_is_told_to_every_sink(self):
        receiver = self.receiver()
        service = self.serve("--alert", f"file:{self.file}", "--alert", receiver.url)
        lines = [record(f"{i}.{name}.") for i in range(100) for name in ("evil.com", "example.org", "bad.co.uk")]
        service.ingest(lines)
        matches = [marked(line, "Y") for line in lines if "example.org" not in line]
        self.assertTrue(wait_until(lambda: len(self.alerts()) == 200 and len(receiver.bodies) == 200))
        self.assertEqual(self.alerts(), matches)
        for sink in (f"file:{self.file}", receiver.url):
            self.assertTrue(wait_until(lambda uri=sink: self.of_sink(service, "querymark_alert_matches_waiting", uri) == 0))
            self.assertEqual(self.of_sink(service, "querymark_alert_matches_delivered_total", sink), 200)

    def test_digests(self):
        service = self.serve("--alert", f"file:{self.file}", "--alert-mode", "digest", "--alert-window", "1")
        service.ingest([record("evil.com.", srcaddr="10.0.0.1")] * 50 + [record("x.bad.co.uk.", srcaddr="10.0.0.2")] * 7)
        self.assertTrue(wait_until(lambda: len(self.alerts()) == 2))
        time.sleep(0.5)
        self.assertEqual(sorted(json.loads(line)["count"] for line in self.alerts()), [7, 50])

    def test_a_dead_sink_holds_up_nobody_and_gets_everything_when_it_is_back(self):
        receiver = self.receiver(status=500)
        service = self.serve("--alert", receiver.url, "--alert", f"file:{self.file}")
        begin = time.monotonic()
        for i in range(50):
            service.ingest([record(f"{i}.evil.com.")])
        self.assertLess(time.monotonic() - begin, 20)
        self.assertTrue(wait_until(lambda: len(self.alerts()) == 50))
        self.assertEqual(self.of_sink(service, "querymark_alert_matches_waiting", receiver.url), 50)
        self.assertTrue(wait_until(lambda: self.of_sink(service, "querymark_alert_failed_attempts_total", receiver.url) > 0))
        self.assertEqual(service.stop()[0], 0)
        receiver.status = 200
        self.serve("--alert", receiver.url, "--alert", f"file:{self.file}")
        self.assertTrue(wait_until(lambda: len(receiver.bodies) == 50))
        self.assertEqual(len(self.alerts()), 50)

    def test_acknowledged_matches_are_told_after_a_crash(self):
        acknowledged, sent = [], set()

        def send(service, crash):
            for i in range(10_000):
                line = record(f"{i}.{crash}.evil.com.")
                sent.add(line)
                try:
                    service.ingest([line, record("example.org.")])
                except (OSError, AssertionError, serving.http.client.HTTPException):
                    return
                acknowledged.append(line)

        for crash in range(8):
            service = self.serve("--alert", f"file:{self.file}")
            sender = threading.Thread(target=send, args=(service, crash))
            sender.start()
            time.sleep(0.05 + crash * 0.05)
            service.kill()
            sender.join()
        self.serve("--alert", f"file:{self.file}")
        expected = {marked(line, "Y") for line in acknowledged}
        wait_until(lambda: expected <= set(self.alerts()))
        self.assertEqual(expected - set(self.alerts()), set())
        self.assertEqual(set(self.alerts()) - {marked(line, "Y") for line in sent}, set())
        self.assertGreater(len(acknowledged), 20)

    def test_what_a_sink_refused_is_listed_and_sent_again(self):
        receiver = self.receiver(status=422)
        service = self.serve("--alert", receiver.url)
        lines = [record("evil.com."), record("x.bad.co.uk.")]
        service.ingest(lines)
        self.assertTrue(wait_until(lambda: self.of_sink(service, "querymark_alert_refused_total", receiver.url) == 2))
        done = self.querymark("alerts", "list")
        listed = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([alert["notification"] for alert in listed], [json.loads(marked(line, "Y")) for line in lines])
        self.assertIn("answered 422", listed[0]["reason"])
        self.assertIn("0 matches wait", done.stderr.decode())
        self.assertIn("2 refused again", self.querymark("alerts", "retry", receiver.url, status=1).stderr.decode())
        receiver.status = 500
        self.assertIn("answered 500", self.querymark("alerts", "retry", receiver.url, status=1).stderr.decode())
        receiver.status = 200
        self.assertIn("0 delivered", self.querymark("alerts", "retry", f"file:{self.file}").stderr.decode())
        self.assertIn("2 delivered, 0 refused", self.querymark("alerts", "retry", receiver.url).stderr.decode())
        self.assertEqual([body["record"]["query_name"] for body in receiver.bodies], ["evil.com.", "x.bad.co.uk."])
        self.assertEqual({tuple(sorted(body)) for body in receiver.bodies},
                         {("entry", "id", "lists", "record", "registered_domain", "type")})
        self.assertEqual(self.querymark("alerts", "list").stdout, b"")

    def test_without_an_outbox_there_is_nothing_to_retry(self):
        self.assertIn("no outbox", self.querymark("alerts", "list", status=1).stderr.decode())

    def test_sinks_that_mean_nothing_are_named(self):
        for uri in ("", "nonsense", "ftp://x/", "sns:x"):
            self.querymark("serve", "--check-config", "--alert", uri, status=1)
        done = self.querymark("serve", "--check-config", "--alert", "exec:true", "--alert", "exec:true", status=1)
        self.assertIn("there twice", done.stderr.decode())


if __name__ == "__main__":
    serving.main(sys.argv)
