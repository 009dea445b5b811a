#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`querymark serve` as senders and operators meet it: endpoints, bounds, faults, stopping and starting.

usage: test_serve.py QUERYMARK [unittest options]
"""

import base64
import gzip
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import unittest

import serving
from serving import ServiceTest, marked, record


class Ingesting(ServiceTest):
    def test_marks_and_delivers(self):
        service = self.serve()
        lines = [record("www.evil.com."), record("example.org."), record("a.bad.co.uk.")]
        self.assertEqual(service.ingest(lines),
                         {"records": 3, "matched": 2, "unmatched": 1, "rejected": 0, "control": 0})
        status, said = service.stop()
        self.assertEqual(status, 0, said)
        self.assertEqual(self.records(), list(map(marked, lines, "YNY")))
        (key,) = serving.objects(self.store)
        self.assertRegex(key, r"^dns-query-logs/\d{4}/\d\d/\d\d/\d\d/"
                              r"dns-query-logs-1-\d{4}(-\d\d){5}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.gz$")

    @unittest.skipUnless(shutil.which("curl"), "curl is not installed")
    def test_a_file_by_curl(self):
        service = self.serve()
        for name, data in (("plain", record("evil.com.").encode()), ("gzip", gzip.compress(record("example.org.").encode()))):
            (self.folder / name).write_bytes(data)
            done = subprocess.run(["curl", "--silent", "--fail", "--data-binary", f"@{self.folder / name}", service.url + "/ingest"],
                                  capture_output=True, check=True, timeout=60)
            self.assertEqual(json.loads(done.stdout)["records"], 1)
        service.stop()
        self.assertEqual(self.records(), [marked(record("evil.com."), "Y"), marked(record("example.org."), "N")])

    def test_gzip_in_any_number_of_members(self):
        service = self.serve()
        lines = [record(f"{i}.example.org.") for i in range(20000)]
        body = b"".join(gzip.compress((line + "\n").encode()) for line in lines[:10])
        body += gzip.compress("\n".join(lines[10:]).encode())
        status, reply = service.ask("POST", "/ingest", body)
        self.assertEqual((status, json.loads(reply)["records"]), (200, 20000))
        service.stop()
        self.assertEqual(self.records(), [marked(line, "N") for line in lines])

    def test_chunked_bodies_and_pretty_records(self):
        service = self.serve()
        pretty = json.dumps({"query_name": "evil.com."}, indent=2).encode()
        status, reply = service.ask("POST", "/ingest", iter([pretty[:5], pretty[5:]]))
        self.assertEqual((status, json.loads(reply)["matched"]), (200, 1))

    def test_more_than_a_piece_in_order_and_in_bounded_memory(self):
        service = self.serve("--buffer-size", "4")
        lines = [record(f"{i}.example.org.", filler="x" * 300) for i in range(100_000)]
        self.assertEqual(service.ingest(lines)["records"], len(lines))
        self.assertLess(service.resident_max(), 64 << 20)
        service.stop()
        delivered = self.records()
        self.assertEqual(len(delivered), len(lines))
        self.assertEqual(sorted(delivered), sorted(marked(line, "N") for line in lines))

    def test_what_cannot_be_marked_is_kept_as_firehose_keeps_it(self):
        service = self.serve()
        self.assertEqual(service.ingest(['{"query_name":"evil.com."}', "no json \u00e9", '{"a":1}'])["rejected"], 2)
        service.stop()
        first, second = self.errors()
        self.assertEqual(base64.b64decode(first["rawData"]).decode(), "no json \u00e9")
        self.assertEqual(base64.b64decode(second["rawData"]), b'{"a":1}')
        self.assertEqual(second["errorMessage"], "no query_name")
        self.assertAlmostEqual(first["arrivalTimestamp"] / 1000, time.time(), delta=60)

    def test_damaged_gzip_is_refused(self):
        service = self.serve()
        body = gzip.compress(record("evil.com.").encode())
        for damaged in (body[:-1], body[:-5] + b"x" + body[-4:], b"\x1f\x8bxxxx"):
            status, reply = service.ask("POST", "/ingest", damaged)
            self.assertEqual(status, 400, reply)
        service.stop()
        self.assertEqual(self.records(), [])

    def test_a_record_over_its_bound_is_kept_in_pieces_and_the_rest_is_marked(self):
        service = self.serve()
        overlong = b'{"query_name":"' + b"x" * (18 << 20) + b'"}'
        first, last = record("evil.com."), record("example.org.")
        body = b"\n".join([first.encode(), overlong, last.encode()])
        for sent in (body, gzip.compress(body)):
            status, reply = service.ask("POST", "/ingest", sent)
            self.assertEqual((status, json.loads(reply)),
                             (200, {"records": 3, "matched": 1, "unmatched": 1, "rejected": 1, "control": 0}))
        service.stop()
        self.assertEqual(self.records(), [marked(first, "Y"), marked(last, "N")] * 2)
        self.assertEqual(b"".join(base64.b64decode(e["rawData"]) for e in self.errors()), overlong * 2)

    def test_an_empty_body_is_no_record(self):
        self.assertEqual(json.loads(self.serve().ask("POST", "/ingest", b"")[1])["records"], 0)


class Operating(ServiceTest):
    def test_health_readiness_and_what_is_not_there(self):
        service = self.serve()
        self.assertEqual(service.ask("GET", "/healthz"), (200, b'{"message":"alive"}'))
        self.assertEqual(service.ask("GET", "/readyz"), (200, b'{"message":"ready"}'))
        self.assertEqual(service.ask("GET", "/nothing")[0], 404)
        self.assertEqual(service.ask("GET", "/ingest")[0], 405)
        self.assertEqual(service.ask("HEAD", "/healthz")[0], 405)

    def test_pages_in_a_browser_may_not_send(self):
        service = self.serve()
        for path in ("/", "/ingest", "/firehose"):
            self.assertEqual(service.ask("POST", path, b"{}", {"Origin": "http://127.0.0.1:8053"})[0], 403, path)
        self.assertEqual(service.ask("POST", "/ingest", b"x" * (2 << 20), {"Origin": "null"})[0], 403)

    def test_metrics_account_for_every_record(self):
        service = self.serve()
        service.ingest([record("evil.com."), record("a.org."), "bad", '{"messageType":"CONTROL_MESSAGE","logEvents":[]}'])
        self.assertEqual(service.ask("GET", "/nothing")[0], 404)
        numbers = service.metrics()
        self.assertEqual([numbers[f'querymark_replies_total{{status="{status}"}}'] for status in ("2xx", "4xx", "5xx")],
                         [1, 1, 0])
        results = {kind: numbers[f'querymark_records_acknowledged_total{{result="{kind}"}}']
                   for kind in ("matched", "unmatched", "rejected", "control")}
        self.assertEqual(results, {"matched": 1, "unmatched": 1, "rejected": 1, "control": 1})
        self.assertEqual(numbers["querymark_records_received_total"],
                         sum(results.values()) + numbers["querymark_records_refused_total"])
        for kind, lines in (("records", 2), ("errors", 1)):
            synced, recovered, delivered = (numbers[f'querymark_lines_{stage}_total{{kind="{kind}"}}']
                                            for stage in ("synced", "recovered", "delivered"))
            self.assertEqual(synced, lines)
            self.assertEqual(synced + recovered, delivered + numbers[f'querymark_lines_waiting{{kind="{kind}"}}'])

    def test_metrics_are_prometheus_text(self):
        text = self.serve().ask("GET", "/metrics")[1].decode()
        for line in text.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[a-z0-9]+"\})? \S+)$')
        self.assertEqual(len(re.findall("^# HELP", text, re.M)), len(re.findall("^# TYPE", text, re.M)))

    def test_objects_are_delivered_at_their_age(self):
        service = self.serve("--buffer-interval", "1")
        service.ingest([record("evil.com.")])
        for _ in range(100):
            if self.records():
                break
            time.sleep(0.1)
        self.assertEqual(len(self.records()), 1)

    def test_a_second_service_on_the_home_refuses(self):
        self.serve()
        done = self.querymark("serve", "--listen", "127.0.0.1:0", status=1)
        self.assertIn("another service runs on the home", done.stderr.decode())

    def test_a_port_that_is_taken_is_named(self):
        service = self.serve()
        done = self.querymark("serve", "--table", "list:" + str(self.folder / "list.txt"),
                              "--listen", f"127.0.0.1:{service.port}", status=1, home=self.folder / "other")
        self.assertIn(f"listen on 127.0.0.1:{service.port}: Address already in use", done.stderr.decode())

    def test_without_a_table_it_does_not_start(self):
        done = self.querymark("serve", "--listen", "127.0.0.1:0", status=1, home=self.folder / "empty")
        self.assertIn("domains.db", done.stderr.decode())

    def test_check_config(self):
        self.querymark("serve", "--check-config")
        config = self.folder / "querymark.toml"
        config.write_text('[serve]\nlisten = "127.0.0.1:99999"\n', encoding="utf8")
        self.querymark("serve", "--check-config", "--config", str(config), status=2)
        config.write_text('[serve]\nprefix = "logs/!{timestamp:YYYY}/"\n', encoding="utf8")
        done = self.querymark("serve", "--check-config", "--config", str(config), status=1)
        self.assertIn("write yyyy", done.stderr.decode())

    def test_a_stop_answers_what_is_under_way(self):
        service = self.serve()
        connection = service.connect()
        line = record("evil.com.").encode()
        connection.putrequest("POST", "/ingest")
        connection.putheader("Content-Length", str(len(line)))
        connection.endheaders()
        connection.send(line[:10])
        idle = socket.create_connection(("127.0.0.1", service.port))
        time.sleep(0.2)
        service.process.terminate()
        self.assertEqual(idle.recv(1), b"")
        connection.send(line[10:])
        self.assertEqual(json.loads(connection.getresponse().read())["matched"], 1)
        self.assertEqual(service.stop()[0], 0)
        self.assertEqual(self.records(), [marked(line.decode(), "Y")])

    def test_part_files_of_a_killed_service_are_delivered_by_the_next(self):
        service = self.serve()
        line = record("evil.com.")
        service.ingest([line])
        service.kill()
        self.assertEqual(self.records(), [])
        self.assertEqual(self.serve().stop()[0], 0)
        self.assertEqual(self.records(), [marked(line, "Y")])

    def test_the_service_manager_is_told(self):
        path = str(self.folder / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(20)
            service = self.serve(NOTIFY_SOCKET=path)
            self.assertEqual(manager.recv(100), b"READY=1")
            service.stop()
            self.assertEqual(manager.recv(100), b"STOPPING=1")


class Table(ServiceTest):
    def test_an_edit_takes_effect_within_a_second(self):
        service = self.serve()
        self.assertEqual(service.ingest([record("new.net.")])["matched"], 0)
        self.querymark("domains", "add", "new.net")
        time.sleep(1)
        self.assertEqual(service.ingest([record("new.net.")])["matched"], 1)
        self.querymark("domains", "remove", "new.net")
        time.sleep(1)
        self.assertEqual(service.ingest([record("new.net.")])["matched"], 0)
        numbers = service.metrics()
        self.assertEqual(numbers["querymark_table_changes_total"], 2)

    def test_the_health_of_lists_is_in_the_metrics(self):
        service = self.serve()
        self.querymark("domains", "import", str(self.folder / "list.txt"), "--list", "another")
        (self.folder / "page.html").write_text("<!DOCTYPE html><html><body>gone</body></html>", encoding="utf8")
        self.querymark("domains", "import", str(self.folder / "page.html"), "--list", "test", status=1)
        end = time.monotonic() + 10
        while 'querymark_list_entries{list="another"}' not in service.metrics() and time.monotonic() < end:
            time.sleep(0.1)
        metrics = service.metrics()
        self.assertEqual(metrics['querymark_list_entries{list="another"}'], 2)
        self.assertAlmostEqual(metrics['querymark_list_imported_timestamp_seconds{list="test"}'], time.time(), delta=60)
        self.assertEqual(metrics['querymark_list_failed{list="another"}'], 0)

    def test_a_table_that_goes_away_never_makes_records_unmatched(self):
        service = self.serve()
        (self.home / "domains.db").rename(self.home / "moved.db")
        (self.home / "domains.set").unlink()
        time.sleep(1)
        self.assertEqual(service.ingest([record("evil.com.")])["matched"], 1)
        self.assertEqual(service.ask("GET", "/readyz")[0], 503)
        self.assertEqual(service.metrics()["querymark_table_failing"], 1)
        (self.home / "moved.db").rename(self.home / "domains.db")
        time.sleep(1)
        self.assertEqual(service.ask("GET", "/readyz")[0], 200)


class Wire(ServiceTest):
    """What a raw connection may do to it."""

    def send(self, service, data, read=True):
        connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
        self.addCleanup(connection.close)
        connection.sendall(data)
        return connection.recv(65536).decode(errors="replace") if read else connection

    def test_malformed_requests_are_answered_400(self):
        service = self.serve()
        for data in (b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /ingest HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                     b"POST /ingest HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
            self.assertTrue(self.send(service, data).startswith("HTTP/1.1 400"), data)

    def test_a_head_over_its_bound_is_refused(self):
        service = self.serve()
        self.assertTrue(self.send(service, b"GET / HTTP/1.1\r\nA: " + b"x" * 20000).startswith("HTTP/1.1 431"))

    def test_continue_is_sent_before_the_body(self):
        service = self.serve()
        line = record("evil.com.").encode()
        head = f"POST /ingest HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {len(line)}\r\n\r\n".encode()
        connection = self.send(service, head, read=False)
        self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n\r\n"))
        connection.sendall(line)
        self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 200"))

    def test_several_requests_on_a_connection_and_pipelined(self):
        service = self.serve()
        line = record("evil.com.").encode()
        request = f"POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: {len(line)}\r\n\r\n".encode() + line
        connection = self.send(service, request * 3, read=False)
        text = b""
        while text.count(b"HTTP/1.1 200") < 3:
            text += connection.recv(1000)
        self.assertEqual(text.count(b'"matched":1'), 3)

    def test_a_sender_that_goes_away_in_the_middle_disturbs_nobody(self):
        service = self.serve()
        for _ in range(20):
            self.send(service, b"POST /ingest HTTP/1.1\r\nContent-Length: 100\r\n\r\n{", read=False).close()
        self.assertEqual(service.ingest([record("evil.com.")])["matched"], 1)

    def test_a_thousand_idle_connections_and_dripping_ones(self):
        service = self.serve()
        idle = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(1000)]
        dripping = [self.send(service, b"POST /ingest HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n{", read=False)
                    for _ in range(20)]
        begin = time.monotonic()
        for _ in range(50):
            self.assertEqual(service.ingest([record("evil.com.")])["matched"], 1)
        self.assertLess(time.monotonic() - begin, 20)
        self.assertLess(service.resident_max(), 128 << 20)
        self.assertGreaterEqual(service.metrics()["querymark_connections"], 1020)
        for connection in idle + dripping:
            connection.close()

    def test_connections_over_the_bound_are_closed(self):
        service = self.serve("--connections-max", "2")
        held = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(2)]
        time.sleep(0.2)
        with socket.create_connection(("127.0.0.1", service.port), timeout=20) as third:
            self.assertEqual(third.recv(1), b"")
        for connection in held:
            connection.close()
        time.sleep(0.2)
        self.assertEqual(service.ask("GET", "/healthz")[0], 200)

    def test_memory_is_refused_before_it_grows(self):
        service = self.serve("--memory-max", "16")
        held = []
        for _ in range(12):
            held.append(self.send(service, b"POST /ingest HTTP/1.1\r\nContent-Length: 9000000\r\n\r\n{", read=False))
        time.sleep(0.3)
        status, reply = service.ask("POST", "/ingest", b" " * (1 << 20))
        self.assertEqual(status, 503, reply)
        for connection in held:
            connection.close()
        time.sleep(0.3)
        self.assertEqual(service.ask("POST", "/ingest", b" " * (1 << 20))[0], 200)


class Tls(ServiceTest):
    def certificate(self):
        if shutil.which("openssl") is None:
            self.skipTest("openssl, which makes the test's certificate, is not installed")
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key),
                        "-out", str(certificate)], check=True, capture_output=True)
        return str(certificate), str(key)

    def test_records_over_tls(self):
        certificate, key = self.certificate()
        service = self.serve("--tls-certificate", certificate, "--tls-key", key)
        context = ssl.create_default_context(cafile=certificate)
        body = "\n".join([record("evil.com.", filler="x" * 1000)] * 5000).encode()
        connection = http.client.HTTPSConnection("127.0.0.1", service.port, context=context, timeout=60)
        for _ in range(2):
            connection.request("POST", "/ingest", body)
            self.assertEqual(json.loads(connection.getresponse().read())["matched"], 5000)
        connection.close()
        with socket.create_connection(("127.0.0.1", service.port), timeout=20) as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertNotIn(b"200", plain.recv(1000))
        old = ssl.create_default_context(cafile=certificate)
        old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, OSError)):
            old.wrap_socket(socket.create_connection(("127.0.0.1", service.port)), server_hostname="127.0.0.1")
        self.assertEqual(service.stop()[0], 0)
        self.assertEqual(len(self.records()), 10_000)

    def test_certificates_that_do_not_fit_are_named(self):
        certificate, key = self.certificate()
        self.querymark("serve", "--check-config", "--tls-certificate", certificate, status=2)
        self.querymark("serve", "--check-config", "--tls-certificate", certificate, "--tls-key", key)
        done = self.querymark("serve", "--check-config", "--tls-certificate", key, "--tls-key", key, status=1)
        self.assertIn("certificate " + key, done.stderr.decode())
        done = self.querymark("serve", "--check-config", "--tls-certificate", certificate, "--tls-key", certificate, status=1)
        self.assertIn("key " + certificate, done.stderr.decode())


class Disk(ServiceTest):
    def test_a_store_that_cannot_be_written_keeps_the_records_and_says_so(self):
        blocked = self.folder / "blocked"
        blocked.write_text("a file where the store's folder should be", encoding="utf8")
        service = self.serve("--store", f"dir:{blocked}/store", "--buffer-interval", "1")
        line = record("evil.com.")
        service.ingest([line])
        time.sleep(2)
        self.assertGreater(service.metrics()['querymark_delivery_failures_total{kind="records"}'], 0)
        blocked.unlink()
        for _ in range(200):
            if serving.objects(blocked / "store"):
                break
            time.sleep(0.1)
        self.assertEqual(serving.lines_under(blocked / "store", ""), [marked(line, "Y")])
        self.assertIn("is tried again", service.stop()[1])

    def test_a_full_spool_answers_503_and_keeps_what_was_acknowledged(self):
        blocked = self.folder / "blocked"
        blocked.write_text("", encoding="utf8")
        service = self.serve("--store", f"dir:{blocked}/store", "--spool-max", "16", "--buffer-size", "1")
        line = record("example.org.", filler="x" * 900)
        body = ((line + "\n") * 1000).encode()
        acknowledged = 0
        for _ in range(30):
            status, reply = service.ask("POST", "/ingest", body)
            acknowledged += 1000 if status == 200 else 0
        self.assertEqual(status, 503)
        self.assertIn(b"may hold no more", reply)
        self.assertEqual(service.ask("GET", "/metrics")[0], 200)
        service.kill()
        blocked.unlink()
        self.serve("--store", f"dir:{blocked}/store", "--stop-time", "60").stop()
        self.assertEqual(serving.lines_under(blocked / "store", ""), [marked(line, "N")] * acknowledged)

    def test_a_full_disk_answers_503_and_loses_nothing(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to mount a small file system")
        small = self.folder / "small"
        small.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(small)]
        if subprocess.run(mount, check=False, stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("tmpfs cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", str(small)], check=False)
        self.home = small / "home"
        self.querymark("domains", "import", str(self.folder / "list.txt"), "--list", "test")
        service = self.serve("--store", f"dir:{self.folder}/store")
        line = record("evil.com.", filler="x" * 900)
        acknowledged = 0
        statuses = set()
        for _ in range(100):
            status, reply = service.ask("POST", "/ingest", ((line + "\n") * 200).encode())
            statuses.add(status)
            acknowledged += 200 if status == 200 else 0
        self.assertEqual(statuses, {200, 503}, reply)
        self.assertIn(b"No space left", reply)
        self.assertEqual(service.stop()[0], 0)
        self.assertEqual(serving.lines_under(self.folder / "store", ""), [marked(line, "Y")] * acknowledged)


class Clock(ServiceTest):
    """The system's clock jumps while it runs: what is timed goes by the steady one, names by what the clock said."""

    LIBRARY = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)

    def set_clock(self, offset):
        self.clock.write_text(offset, encoding="utf8")

    def serve_by_a_clock(self, *options):
        if self.LIBRARY is None:
            self.skipTest("libfaketime is not installed (package faketime)")
        if b"san_init" in pathlib.Path(serving.QUERYMARK).read_bytes():
            self.skipTest("a sanitizer has to be loaded before libfaketime")
        self.clock = self.folder / "clock"
        self.set_clock("+0")
        return self.serve(*options, LD_PRELOAD=str(self.LIBRARY), FAKETIME_TIMESTAMP_FILE=str(self.clock), FAKETIME_NO_CACHE="1",
                          FAKETIME_DONT_FAKE_MONOTONIC="1")

    def test_jumps_lose_nothing_and_hold_up_nothing(self):
        told = self.folder / "told"
        service = self.serve_by_a_clock("--buffer-interval", "1", "--alert", f"file:{told}")
        lines = []
        for offset in ("+0", "+400d", "-400d", "+0"):
            self.set_clock(offset)
            lines.append(record(f"{len(lines)}.evil.com."))
            service.ingest([lines[-1]])
            time.sleep(1.5)
        self.assertEqual(service.metrics()['querymark_lines_delivered_total{kind="records"}'], 4)
        self.assertEqual(told.read_text(encoding="utf8").splitlines(), [marked(line, "Y") for line in lines])
        self.assertEqual(service.stop()[0], 0)
        self.assertEqual(sorted(self.records()), [marked(line, "Y") for line in lines])
        years = {key.split("/")[1] for key in serving.objects(self.store)}
        self.assertEqual(len(years), 3, years)

    def test_a_part_file_of_another_time_is_delivered_under_that_time(self):
        service = self.serve_by_a_clock()
        self.set_clock("+400d")
        service.ingest([record("evil.com.")])
        service.kill()
        self.set_clock("-400d")
        service = self.serve_by_a_clock()
        self.assertEqual(service.stop()[0], 0)
        (key,) = serving.objects(self.store)
        self.assertGreater(key.split("/")[1], time.strftime("%Y"))

    def test_digests_and_limits_go_on_when_the_clock_is_put_back(self):
        told = self.folder / "told"
        service = self.serve_by_a_clock("--alert", f"file:{told}", "--alert-mode", "digest", "--alert-window", "2")
        self.set_clock("+400d")
        service.ingest([record("evil.com.")])
        self.set_clock("+0")
        service.ingest([record("www.bad.co.uk.")])
        end = time.monotonic() + 30
        while not told.exists() and time.monotonic() < end:
            time.sleep(0.1)
        self.assertTrue(told.exists())


class Crashes(ServiceTest):
    """Killed at any moment under load, it has every record that it acknowledged, exactly as marked."""

    ROUNDS = int(os.environ.get("QUERYMARK_CRASHES", "20"))
    SENDERS = 4

    def send_until_it_dies(self, service, sender, crash, acknowledged, sent):
        for i in range(100_000):
            lines = [record(f"{i}-{k}.{sender}.{crash}.{'evil.com' if k % 5 == 0 else 'example.org'}.") for k in range(50)]
            sent.update(lines)
            try:
                service.ingest(lines)
            except (OSError, AssertionError, serving.http.client.HTTPException):
                return
            acknowledged.extend(lines)

    def test_acknowledged_records_survive_every_crash(self):
        acknowledged, sent = [], set()
        for crash in range(self.ROUNDS):
            service = self.serve("--buffer-interval", "1", "--buffer-size", "1")
            senders = [threading.Thread(target=self.send_until_it_dies, args=(service, k, crash, acknowledged, sent))
                       for k in range(self.SENDERS)]
            for sender in senders:
                sender.start()
            time.sleep(0.02 + (crash * 0.61803) % 1)
            service.kill()
            for sender in senders:
                sender.join()
        self.assertEqual(self.serve("--stop-time", "60").stop()[0], 0)
        delivered = self.records()
        expected = {marked(line, "Y" if line.endswith('evil.com."}') else "N") for line in sent}
        self.assertEqual(set(delivered) - expected, set())
        missing = {marked(line, "Y" if line.endswith('evil.com."}') else "N") for line in acknowledged} - set(delivered)
        self.assertEqual(missing, set())
        self.assertEqual(len(delivered), len(set(delivered)), "duplicates though nobody sent anything again")
        self.assertGreater(len(acknowledged), 100 * self.ROUNDS)


if __name__ == "__main__":
    serving.main(sys.argv)
