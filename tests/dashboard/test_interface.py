#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the dashboard's page asks of the service, asked without a browser: answers, access, bounds.

usage: test_interface.py QUERYMARK [unittest options]
"""

import gzip
import json
import pathlib
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "service"))

import serving  # noqa: E402
from serving import ServiceTest, record  # noqa: E402


class InterfaceTest(ServiceTest):
    def start(self, *options, **settings):
        self.service = self.serve("--buffer-interval", "1", *options, **settings)
        return self.service

    def get(self, path, status=200, **headers):
        found, body = self.service.ask("GET", path, headers=headers)
        self.assertEqual(found, status, body)
        return json.loads(body)

    def post(self, path, body="", status=200, token=None, **headers):
        token = self.get("/api/session", **headers)["token"] if token is None else token
        found, reply = self.service.ask("POST", path, body.encode() if isinstance(body, str) else body,
                                        {"X-Querymark-Token": token, **headers})
        self.assertEqual(found, status, reply)
        return json.loads(reply)

    def deliver(self, lines):
        self.service.ingest(lines)
        for _ in range(500):
            if self.service.metrics()['querymark_lines_waiting{kind="records"}'] == 0:
                return
            time.sleep(0.02)
        self.fail("the records are not delivered")

    def overview(self, parameters="days=0"):
        for _ in range(500):
            answer = self.get("/api/overview?" + parameters)
            if not answer["working"]:
                self.assertNotIn("error", answer)
                return answer["overview"]
            time.sleep(0.02)
        self.fail("the overview is not made")

    def query(self, sql, status=200):
        return self.post("/api/query", sql, status)


class Overview(InterfaceTest):
    def test_counts_what_the_store_holds(self):
        self.start()
        times = ["2026-03-01T10:00:10Z", "2026-03-01T10:00:50Z", "2026-03-01T10:01:00Z", "2026-03-02T09:00:00Z"]
        names = ["www.evil.com.", "example.org.", "x.evil.com.", "a.bad.co.uk."]
        self.deliver([record(name, query_timestamp=at, srcaddr="10.0.0." + str(len(name)), rcode="NOERROR",
                             answers=[{"Rdata": "192.0.2.1", "Type": "A", "Class": "IN"}])
                      for name, at in zip(names, times)])
        found = self.overview()
        self.assertEqual([found[key] for key in ("records", "matched", "hosts", "matched_hosts")], [4, 3, 3, 3])
        self.assertEqual(found["timeline"], {"unit": "minute",
                                             "begin": ["2026-03-01T10:00", "2026-03-01T10:01", "2026-03-02T09:00"],
                                             "records": [2, 1, 1], "matched": [1, 1, 1]})
        self.assertEqual({(one["domain"], one["records"], one["answered"], tuple(one["lists"]))
                          for one in found["threats"]},
                         {("evil.com", 1, 1, ("test",)), ("bad.co.uk", 1, 1, ("test",))})
        self.assertEqual([sum(one["slots"]) for one in found["threats"]], [1, 1, 1])

    def test_of_a_time(self):
        self.start()
        self.deliver([record("evil.com.", query_timestamp=f"2026-03-01T10:{minute:02}:00Z") for minute in range(60)])
        found = self.overview("days=0&from=2026-03-01T10:15&to=2026-03-01T10:20")
        self.assertEqual((found["records"], len(found["timeline"]["begin"])), (5, 5))
        self.get("/api/overview?from=yesterday", 400)

    def test_of_an_empty_store(self):
        self.start()
        self.assertEqual(self.overview()["records"], 0)

    def test_outcomes(self):
        self.start()
        outcomes = [{"rcode": "NXDOMAIN", "answers": []},
                    {"rcode": "NOERROR", "answers": [], "firewall_rule_action": "BLOCK"},
                    {"rcode": "NOERROR", "answers": [{"Rdata": "x", "Type": "TXT", "Class": "IN"}],
                     "firewall_rule_action": "ALERT"}]
        self.deliver([record("evil.com.", query_timestamp="2026-03-01T10:00:00Z", **one) for one in outcomes])
        (threat,) = self.overview()["threats"]
        self.assertEqual({key: threat[key] for key in ("records", "nonexistent", "blocked", "alerted", "answered")},
                         {"records": 3, "nonexistent": 1, "blocked": 1, "alerted": 1, "answered": 1})


class Questions(InterfaceTest):
    def test_sql(self):
        self.start()
        self.deliver([record("evil.com."), record("example.org.")])
        answer = self.query("SELECT query_name, NULL AS none, 1 AS n FROM route53query ORDER BY query_name")
        self.assertEqual(answer["columns"][0], {"name": "query_name", "number": False})
        self.assertEqual(answer["columns"][2], {"name": "n", "number": True})
        self.assertEqual(answer["rows"], [["evil.com.", None, "1"], ["example.org.", None, "1"]])
        self.assertFalse(answer["truncated"])

    def test_rows_are_bounded(self):
        self.start()
        answer = self.post("/api/query?rows=10", "SELECT * FROM range(1000)")
        self.assertEqual((len(answer["rows"]), answer["truncated"]), (10, True))

    def test_only_reads_and_only_the_store(self):
        self.start()
        for sql in ("DROP VIEW route53query", "SELECT * FROM read_csv('/etc/passwd')", "SET threads = 1", "nonsense",
                    "COPY (SELECT 1) TO '/tmp/x'", ""):
            self.query(sql, 400)

    def test_stopping_does_not_wait_for_a_question(self):
        self.start()
        connection = self.service.connect()
        self.addCleanup(connection.close)
        token = self.get("/api/session")["token"]
        connection.request("POST", "/api/query", "SELECT count(*) FROM range(10000000) a, range(10000000) b",
                           {"X-Querymark-Token": token})
        time.sleep(0.5)
        begin = time.monotonic()
        status, said = self.service.stop()
        self.assertEqual(status, 0, said)
        self.assertLess(time.monotonic() - begin, 10)

    def test_saved_ones(self):
        self.start()
        self.assertIn("matched", {one["name"] for one in self.get("/api/questions")})


class Table(InterfaceTest):
    def test_lists_and_entries(self):
        self.start()
        table = self.get("/api/lists")
        self.assertEqual((table["entries"], table["editable"]), (2, True))
        self.assertEqual([(one["list"], one["entries"]) for one in table["lists"]], [("test", 2)])
        self.assertEqual([one["name"] for one in self.get("/api/entries?pattern=evil")["entries"]], ["evil.com"])

    def test_import_is_tried_before_it_is_done(self):
        self.start()
        text = "0.0.0.0 new-sample.com\n0.0.0.0 10.0.0.1\n"
        for body in (text.encode(), gzip.compress(text.encode())):
            tried = self.post("/api/import?list=more&format=hosts&dry_run=1", body)
            self.assertEqual(tried["summary"]["lists"][0]["new"], 1)
            self.assertEqual([line["reason"] for line in tried["receipt"]], ["ip_address"])
        self.assertEqual(len(self.get("/api/lists")["lists"]), 1)
        self.post("/api/import?list=more&format=hosts", text)
        self.assertEqual(len(self.get("/api/lists")["lists"]), 2)

    def test_a_list_without_a_name_is_refused(self):
        self.start()
        self.post("/api/import?format=hosts", "0.0.0.0 new-sample.com\n", 400)

    def test_names_are_added_allowed_and_removed(self):
        self.start()
        self.assertEqual(self.post("/api/add?list=manual&note=seen", "worse.com\n")["added"], 1)
        self.post("/api/add", "no name at all\n", 400)
        self.post("/api/add", "\n", 400)
        self.assertEqual(self.post("/api/add?list=allowed&allow=1", "evil.com")["added"], 1)
        self.assertEqual(self.post("/api/remove?list=manual", "worse.com")["removed"], [1])
        for _ in range(100):
            explained = self.get("/api/explain?name=www.evil.com")
            if explained["registered"]["verdict"] == "N":
                break
            time.sleep(0.05)
        self.assertTrue(explained["registered"]["allowed"])

    def test_explains(self):
        self.start()
        explained = self.get("/api/explain?name=" + urllib.parse.quote("WWW.Bad.co.uk."))
        self.assertEqual((explained["suffix_rule"], explained["registered_domain"]), ("co.uk", "bad.co.uk"))
        self.assertEqual(explained["registered"]["lists"], ["test"])


class Tail(InterfaceTest):
    def test_gives_what_came_since(self):
        self.service = self.serve()
        tail = self.get("/api/tail")
        self.assertEqual(tail["lines"], [])
        self.service.ingest([record("evil.com."), record("example.org.")])
        tail = self.get("/api/tail?cursor=" + tail["cursor"])
        self.assertEqual([json.loads(line)["isMatchedDomain"] for line in tail["lines"]], ["Y", "N"])
        self.service.ingest([record("third.org.")])
        tail = self.get("/api/tail?cursor=" + tail["cursor"])
        self.assertEqual([json.loads(line)["query_name"] for line in tail["lines"]], ["third.org."])

    def test_long_ones_are_cut_and_say_so(self):
        self.service = self.serve()
        begin = self.get("/api/tail")["cursor"]
        self.service.ingest([record(f"{i}.org.", filler="x" * 1000) for i in range(1000)])
        tail = self.get("/api/tail?cursor=" + begin)
        self.assertTrue(tail["skipped"])
        self.assertEqual(json.loads(tail["lines"][-1])["query_name"], "999.org.")
        self.assertLess(len(tail["lines"]), 200)


class Stream(InterfaceTest):
    def open(self, status=200, path="/api/stream", **headers):
        connection = self.service.connect()
        self.addCleanup(connection.close)
        connection.request("GET", path, headers=headers)
        reply = connection.getresponse()
        self.assertEqual(reply.status, status)
        return reply

    def event(self, reply):
        """{"id": …, "lines": […], "skipped": …} of the next one; nothing at the end."""
        fields = {}
        for line in iter(reply.readline, b""):
            if line == b"\n" and "data" in fields:
                return {"id": fields["id"], **json.loads(fields["data"])}
            name, _, value = line.decode().rstrip("\n").partition(": ")
            fields[name] = value
        return None

    def names(self, event):
        return [json.loads(line)["query_name"] for line in event["lines"]]

    def test_gives_records_as_they_come(self):
        self.service = self.serve()
        reply = self.open()
        self.assertEqual(reply.getheader("Content-Type"), "text/event-stream")
        for name in ("evil.com.", "example.org."):
            self.service.ingest([record(name)])
            self.assertEqual(self.names(self.event(reply)), [name])

    def test_goes_on_after_the_last_event(self):
        self.service = self.serve()
        self.service.ingest([record("first.org.")])
        event = self.event(self.open())
        self.service.ingest([record("second.org.")])
        for again in (self.open(**{"Last-Event-ID": event["id"]}), self.open(path="/api/stream?cursor=" + event["id"])):
            following = self.event(again)
            self.assertEqual((self.names(following), following["skipped"]), (["second.org."], False))

    def test_tells_of_a_gap_where_the_service_has_started_anew(self):
        self.service = self.serve()
        self.service.ingest([record("first.org.")])
        event = self.event(self.open())
        self.service.stop()
        self.service = self.serve()
        self.assertTrue(self.event(self.open(**{"Last-Event-ID": event["id"]}))["skipped"])

    def test_ends_with_the_service(self):
        self.service = self.serve()
        reply = self.open()
        begin = time.monotonic()
        self.assertEqual(self.service.stop()[0], 0)
        self.assertIsNone(self.event(reply))
        self.assertLess(time.monotonic() - begin, 20)

    def test_only_so_many_at_a_time_and_those_that_go_make_room(self):
        self.service = self.serve()
        replies = [self.open() for _ in range(32)]
        self.open(503)
        replies.pop().close()
        for _ in range(200):
            connection = self.service.connect()
            self.addCleanup(connection.close)
            connection.request("GET", "/api/stream")
            if connection.getresponse().status == 200:
                return
            time.sleep(0.02)
        self.fail("the place of the one that has gone stays taken")


class Access(InterfaceTest):
    def hash_password(self, password):
        done = subprocess.run([serving.QUERYMARK, "serve", "--hash-password"], input=password + "\n", text=True,
                              capture_output=True, check=True)
        return done.stdout.strip()

    def reply(self, method, path, body=None, headers=None):
        connection = self.service.connect()
        self.addCleanup(connection.close)
        connection.request(method, path, body, headers or {})
        reply = connection.getresponse()
        return reply, reply.read()

    def test_changes_need_the_token_of_the_page(self):
        self.start()
        self.post("/api/query", "SELECT 1", 403, token="")
        self.post("/api/add", "worse.com", 403, token="0" * 64)
        self.post("/api/query", "SELECT 1", 200)

    def test_other_sites_stay_out(self):
        self.start()
        token = self.get("/api/session")["token"]
        for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Sec-Fetch-Site": "same-site"}, {"Host": "evil.example"}, {"Host": "evil.example:8053"}):
            self.get("/api/session", 403, **headers)
            self.get("/api/overview", 403, **headers)
            self.post("/api/query", "SELECT 1", 403, token=token, **headers)
        own = self.service.url
        self.post("/api/query", "SELECT 1", 200, token=token, Origin=own, **{"Sec-Fetch-Site": "same-origin"})

    def test_password_where_one_is_set(self):
        self.start("--dashboard-password-hash", self.hash_password("correct horse"))
        self.assertEqual(self.get("/api/session"), {"login": True, "token": "", "can_log_out": False})
        self.get("/api/overview", 401)
        self.post("/api/query", "SELECT 1", 401, token="")
        reply, _ = self.reply("POST", "/api/login", "wrong")
        self.assertEqual((reply.status, reply.getheader("Set-Cookie")), (403, None))
        reply, _ = self.reply("POST", "/api/login", "correct horse")
        self.assertEqual(reply.status, 200)
        cookie = reply.getheader("Set-Cookie")
        for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
            self.assertIn(part, cookie)
        session = {"Cookie": cookie.split(";")[0]}
        self.get("/api/overview", **session)
        token = self.get("/api/session", **session)["token"]
        self.post("/api/query", "SELECT 1", 403, token="0" * 64, **session)
        self.post("/api/query", "SELECT 1", 200, token=token, **session)
        self.post("/api/logout", "", 200, token=token, **session)
        self.get("/api/overview", 401, **session)

    def tokens(self, *tokens):
        path = self.folder / "tokens"
        path.write_text("\n".join(tokens) + "\n", encoding="ascii")
        path.chmod(0o600)
        return "--dashboard-tokens", str(path)

    def test_a_token_is_borne_by_each_request_or_shown_at_the_log_in(self):
        self.start(*self.tokens("first-token-of-the-file", "second-token-of-the-file"))
        self.get("/api/overview", 401)
        self.get("/api/overview", 401, Authorization="Bearer another-token-of-no-file")
        self.get("/api/overview", 200, Authorization="Bearer second-token-of-the-file")
        self.post("/api/query", "SELECT 1", 200, token="", Authorization="Bearer first-token-of-the-file")
        self.post("/api/query", "SELECT 1", 403, token="", Authorization="Bearer first-token-of-the-file",
                  Origin="http://evil.example")
        reply, _ = self.reply("POST", "/api/login", "second-token-of-the-file")
        self.get("/api/overview", 200, Cookie=reply.getheader("Set-Cookie").split(";")[0])

    def test_tokens_that_can_be_guessed_or_read_by_others_are_refused_at_the_start(self):
        self.querymark("serve", "--check-config", *self.tokens("too-short"), status=1)
        options = self.tokens("long-enough-to-be-a-token")
        self.querymark("serve", "--check-config", *options)
        pathlib.Path(options[1]).chmod(0o644)
        self.querymark("serve", "--check-config", *options, status=1)

    def test_passwords_cannot_be_tried_for_ever(self):
        self.start("--dashboard-password-hash", self.hash_password("correct horse"))
        statuses = [self.reply("POST", "/api/login", f"guess {i}")[0].status for i in range(12)]
        self.assertEqual(statuses, [403] * 10 + [429] * 2)

    def test_bad_hash_is_refused_at_the_start(self):
        self.querymark("serve", "--check-config", "--dashboard-password-hash", "secret", status=1)

    def test_headers_of_every_reply(self):
        self.start()
        for path in ("/", "/assets/app.js", "/api/session", "/api/nothing"):
            reply, _ = self.reply("GET", path)
            self.assertEqual(reply.getheader("X-Content-Type-Options"), "nosniff", path)
            policy = reply.getheader("Content-Security-Policy")
            self.assertIn("default-src 'none'", policy)
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertNotIn("unsafe", policy)

    def test_page_is_small_and_cached(self):
        self.start()
        size = 0
        for name in ("", *(f"assets/{path.name.lower()}" for path in self.page_files())):
            reply, body = self.reply("GET", "/" + name)
            self.assertEqual((reply.status, reply.getheader("Content-Encoding")), (200, "gzip"), name)
            size += len(body)
            again, nothing = self.reply("GET", "/" + name, headers={"If-None-Match": reply.getheader("ETag")})
            self.assertEqual((again.status, nothing), (304, b""))
        print(f"the page weighs {size / 1000:.0f} kB")
        self.assertLess(size, 200_000)

    def page_files(self):
        web = pathlib.Path(__file__).resolve().parents[2] / "web"
        files = [path for path in web.iterdir() if path.suffix in (".js", ".css", ".svg")]
        return [*files, pathlib.Path("uplot.iife.min.js"), pathlib.Path("uplot.min.css")]


if __name__ == "__main__":
    serving.main(sys.argv)
