#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`querymark mark` as a user runs it: files, pipes, exit statuses, faults.

usage: test_mark.py QUERYMARK [unittest options]
"""

import gzip
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

QUERYMARK = ""
SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"
LIST = "0.0.0.0 evil.com\n0.0.0.0 www.bad.co.uk\n"
RESIDENT_MAX = 64 << 20


def record(name, **members):
    return json.dumps({"version": "1.100000", "query_name": name, **members}, separators=(",", ":"))


def marked(line, verdict):
    return line[:-1] + f',"isMatchedDomain":"{verdict}"}}\n'


class MarkTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.list = self.write("list.txt", LIST)

    def path(self, name):
        return str(pathlib.Path(self.folder.name, name))

    def write(self, name, content):
        data = content.encode() if isinstance(content, str) else content
        pathlib.Path(self.path(name)).write_bytes(data)
        return self.path(name)

    def read(self, name):
        return pathlib.Path(self.path(name)).read_bytes()

    def command(self, *arguments):
        return [QUERYMARK, "mark", "--table", "list:" + self.list, *arguments]

    def environment(self):
        return {**os.environ, "QUERYMARK_HOME": self.path("home"), "HOME": self.path("user"), "LC_ALL": "C.UTF-8"}

    def mark(self, *arguments, stdin=b"", status=0, **options):
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(self.command(*arguments), input=data, capture_output=True, timeout=300,
                              env=self.environment(), **options)
        self.assertEqual(done.returncode, status, done.stderr.decode(errors="replace"))
        return done

    def stats(self, done):
        numbers = json.loads(done.stderr.decode().splitlines()[-1])
        self.assertEqual(numbers["records_in"],
                         numbers["matched"] + numbers["unmatched"] + numbers["rejected"] + numbers["control"])
        return numbers


class Marking(MarkTest):
    def test_marks_standard_input(self):
        lines = [record("www.evil.com."), record("example.org."), record("a.bad.co.uk.")]
        done = self.mark(stdin="\n".join(lines))
        self.assertEqual(done.stdout.decode(), "".join(map(marked, lines, "YNY")))
        self.assertIn("3 records in = 2 matched + 1 unmatched + 0 rejected + 0 control", done.stderr.decode())

    def test_several_files_in_the_order_they_are_named(self):
        first = self.write("a", record("evil.com."))
        second = self.write("b.gz", gzip.compress(record("b.org.").encode()))
        done = self.mark(second, first, "-", stdin=record("c.org."))
        names = [json.loads(line)["query_name"] for line in done.stdout.splitlines()]
        self.assertEqual(names, ["b.org.", "evil.com.", "c.org."])

    def test_output_to_a_file_is_compressed_by_its_name(self):
        self.mark("--output", self.path("out.json.gz"), stdin=record("evil.com."))
        self.assertEqual(gzip.decompress(self.read("out.json.gz")).decode(), marked(record("evil.com."), "Y"))
        done = self.mark("--gzip", stdin=record("evil.com."))
        self.assertEqual(gzip.decompress(done.stdout).decode(), marked(record("evil.com."), "Y"))

    def test_a_file_may_be_marked_in_place(self):
        path = self.write("log", record("evil.com.") + "\n")
        self.mark(path, "--output", path)
        self.assertEqual(self.read("log").decode(), marked(record("evil.com."), "Y"))
        self.mark(path, "--output", path)
        self.assertEqual(self.read("log").decode(), marked(record("evil.com."), "Y"))

    def test_listed_names_match_by_their_scope(self):
        done = self.mark("--match", "listed", stdin=record("www.bad.co.uk.") + record("a.bad.co.uk."))
        verdicts = [json.loads(line)["isMatchedDomain"] for line in done.stdout.splitlines()]
        self.assertEqual(verdicts, ["Y", "N"])

    def test_annotates(self):
        done = self.mark("--annotate", stdin=record("www.evil.com."))
        self.assertEqual(json.loads(done.stdout)["registeredDomain"], "evil.com")
        self.assertEqual(json.loads(done.stdout)["match"]["lists"], ["list.txt"])

    def test_statistics_for_programs(self):
        done = self.mark("--stats", "json", "--quiet", stdin=record("evil.com.") + record("a.org."))
        numbers = self.stats(done)
        self.assertEqual((numbers["matched"], numbers["unmatched"], numbers["table_entries"]), (1, 1, 2))

    def test_alerts_go_to_a_file_and_to_a_program(self):
        self.mark("--alert", "file:" + self.path("alerts"), stdin=record("evil.com.") + record("a.org."))
        self.assertEqual(self.read("alerts").decode(), marked(record("evil.com."), "Y"))
        program = self.write("program", f"#!/bin/sh\ncat >> {self.path('got')}\n")
        os.chmod(program, 0o755)
        self.mark("--alert", "exec:" + program, stdin=record("evil.com.") + record("x.evil.com."))
        self.assertEqual(self.read("got").decode(),
                         marked(record("evil.com."), "Y") + marked(record("x.evil.com."), "Y"))

    def test_an_alert_that_fails_changes_no_mark_and_is_told(self):
        done = self.mark("--alert", "exec:false", stdin=record("evil.com."), status=1)
        self.assertEqual(done.stdout.decode(), marked(record("evil.com."), "Y"))
        self.assertIn("alerts were not delivered", done.stderr.decode())


class BadInput(MarkTest):
    def test_nothing_in_nothing_out(self):
        done = self.mark(self.write("empty", ""))
        self.assertEqual(done.stdout, b"")

    def test_rejects_are_kept_byte_for_byte_and_told(self):
        bad = b'{"query_name":"\xff\x00"}'
        log = self.write("log", record("a.org.").encode() + b"\n" + bad + b"\nplain text\n" + record("b.org.").encode())
        done = self.mark(log, "--rejects", self.path("rejects"), status=3)
        self.assertEqual(self.read("rejects"), bad + b"\nplain text\n")
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertIn(log + ":2: byte ", done.stderr.decode(errors="replace"))
        self.assertIn(log + ":3: byte ", done.stderr.decode(errors="replace"))

    def test_truncated_gzip_is_marked_as_far_as_it_goes(self):
        lines = "".join(record(f"host{i}.evil.com.") + "\n" for i in range(50000))
        whole = gzip.compress(lines.encode())
        done = self.mark(self.write("cut.gz", whole[: len(whole) // 2]), "--rejects", self.path("rejects"), status=1)
        self.assertGreater(len(done.stdout.splitlines()), 10000)
        self.assertIn("cut.gz", done.stderr.decode())

    def test_garbage_after_gzip_is_told(self):
        done = self.mark(self.write("log.gz", gzip.compress(record("evil.com.").encode()) + b"garbage"), status=1)
        self.assertEqual(done.stdout.decode(), marked(record("evil.com."), "Y"))
        self.assertIn("garbage", done.stderr.decode())

    def test_a_nest_of_a_million_brackets_is_rejected(self):
        nest = '{"query_name":"evil.com.","a":' + "[" * 1000000 + "]" * 1000000 + "}"
        self.mark("--rejects", self.path("rejects"), stdin=nest + "\n" + record("evil.com."), status=3)
        self.assertEqual(self.read("rejects").decode(), nest + "\n")

    def test_a_line_of_two_gigabytes_is_rejected_in_bounded_memory(self):
        size = (2 << 30) if os.environ.get("QUERYMARK_LONG_TESTS") else (200 << 20)
        log = self.path("log")
        with open(log, "wb") as file:
            file.write(b'{"query_name":"')
            file.truncate(size)  # zeros, which take no room on the disk
            file.seek(size)
            file.write(b'"}\n' + record("evil.com.").encode())
        done, resident = self.measure(log, "--rejects", self.path("rejects"))
        self.assertEqual(done, 3)
        self.assertLess(resident, RESIDENT_MAX)
        self.assertEqual(os.path.getsize(self.path("rejects")), size + 3)

    def measure(self, *arguments):
        # By a small process in between: a child's figure begins with the size of the process it was forked from.
        script = ("import resource, subprocess, sys; status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL);"
                  "print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        done = subprocess.run([sys.executable, "-S", "-c", script, *self.command(*arguments)], text=True,
                              capture_output=True, timeout=600, env=self.environment())
        status, kilobytes = map(int, done.stdout.split())
        return status, kilobytes << 10

    def test_memory_is_bounded_whatever_the_input(self):
        lines = "".join(record(f"host{i}.evil.com.", pad="x" * 300) + "\n" for i in range(20000)).encode()
        log = self.write("log", lines * 20)
        compressed = self.write("log.gz", gzip.compress(lines, 1) * 20)
        for arguments in ([log], [compressed, "--gzip"], [log, "--threads", "8", "--annotate"]):
            status, resident = self.measure(*arguments)
            self.assertEqual(status, 0)
            self.assertLess(resident, RESIDENT_MAX)


class Faults(MarkTest):
    def test_wrong_usage(self):
        for arguments in (["--match", "maybe"], ["--threads", "0"], ["--no-such-option"]):
            self.mark(*arguments, status=2)

    def test_a_table_that_is_not_there_marks_nothing(self):
        for table in ("sqlite:" + self.path("none.db"), "list:" + self.path("none.txt"), "what:ever"):
            done = subprocess.run([QUERYMARK, "mark", "--table", table], input=record("evil.com.").encode(),
                                  capture_output=True, env=self.environment(), timeout=60)
            self.assertIn(done.returncode, (1, 2), table)
            self.assertEqual(done.stdout, b"")
        done = subprocess.run([QUERYMARK, "mark"], input=b"", capture_output=True, env=self.environment(), timeout=60)
        self.assertEqual(done.returncode, 1)

    def test_an_empty_table_is_told_loudly(self):
        empty = self.write("empty.txt", "# nothing\n")
        done = subprocess.run([QUERYMARK, "mark", "--table", "list:" + empty, "--stats", "json"], timeout=60,
                              input=record("evil.com.").encode(), capture_output=True, env=self.environment())
        self.assertEqual(done.returncode, 0)
        self.assertIn("is empty", done.stderr.decode())
        self.assertEqual(self.stats(done)["table_entries"], 0)

    def test_a_file_that_is_not_there_is_told_before_anything_is_written(self):
        log = self.write("log", record("evil.com."))
        done = self.mark(log, self.path("missing"), status=1)
        self.assertEqual(done.stdout, b"")
        self.assertIn("missing", done.stderr.decode())

    def test_rejects_may_not_overwrite_what_is_read(self):
        log = self.write("log", record("evil.com."))
        self.mark(log, "--rejects", log, status=1)
        self.assertEqual(self.read("log").decode(), record("evil.com."))

    def test_a_full_disk_is_an_error_and_leaves_no_output(self):
        log = self.write("log", (record("evil.com.") + "\n") * 20000)
        self.mark(log, "--output", "/dev/full", status=1)
        limit = 100000
        done = self.mark(log, "--output", self.path("out"), status=1,
                         preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                                             resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
        self.assertIn("out", done.stderr.decode())
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["list.txt", "log"])

    def test_a_reader_that_goes_ends_the_program_by_sigpipe(self):
        log = self.write("log", (record("evil.com.") + "\n") * 200000)
        process = subprocess.Popen(self.command(log), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment())
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), -signal.SIGPIPE)
        self.assertEqual(process.stderr.read().decode(), "")
        process.stderr.close()

    def test_an_interrupted_run_leaves_no_output(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen(self.command("--output", self.path("out")), stdin=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env=self.environment())
            process.stdin.write((record("evil.com.") + "\n").encode())
            process.stdin.flush()
            self.wait_for_output()
            process.send_signal(number)
            self.assertEqual(process.wait(timeout=60), -number)
            process.stdin.close()
            process.stderr.close()
            self.assertEqual(os.listdir(self.folder.name), ["list.txt"])

    def wait_for_output(self):
        for _ in range(600):
            if len(os.listdir(self.folder.name)) > 1:
                return
            time.sleep(0.05)
        self.fail("no output was begun")

    def test_a_slow_pipe_is_marked_line_by_line(self):
        process = subprocess.Popen(self.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, env=self.environment())
        for _ in range(3):
            process.stdin.write((record("evil.com.") + "\n").encode())
            process.stdin.flush()
            self.assertEqual(process.stdout.readline().decode(), marked(record("evil.com."), "Y"))
        process.stdin.close()
        self.assertEqual(process.wait(timeout=60), 0)
        process.stdout.close()


class PublicSamples(MarkTest):
    def setUp(self):
        super().setUp()
        if not SHARED.is_dir():
            self.skipTest(f"no sample data at {SHARED}")

    def test_real_records_differ_by_the_member_alone(self):
        for name in ("variants.ndjson", "inbound_endpoint_alert.json"):
            done = self.mark(str(SHARED / "route53" / name))
            text = (SHARED / "route53" / name).read_text().strip()
            lines = text.split("\n") if name.endswith("ndjson") else ["".join(text.split("\n"))]
            self.assertEqual(done.stdout.decode(), "".join(marked(line, "N") for line in lines))

    def test_the_references_own_payloads_are_unwrapped(self):
        done = self.mark(str(SHARED / "route53" / "reference_payloads.ndjson"))
        records = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(records), 4)
        self.assertTrue(all(record["isMatchedDomain"] == "N" and "message" not in record for record in records))


if __name__ == "__main__":
    QUERYMARK = sys.argv.pop(1)
    unittest.main()
