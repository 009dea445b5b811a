# SPDX-License-Identifier: Apache-2.0
"""A real `querymark serve` of a test: started on a free port with a home of its own, asked over HTTP, killed or
stopped, and its store read back."""

import gzip
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

QUERYMARK = ""
LIST = "0.0.0.0 evil.com\n0.0.0.0 www.bad.co.uk\n"


def record(name, **members):
    return json.dumps({"version": "1.100000", "query_name": name, **members}, separators=(",", ":"))


def marked(line, verdict):
    return line[:-1] + f',"isMatchedDomain":"{verdict}"}}'


class Served:
    """A running service. Its standard error goes to a file in the folder."""

    def __init__(self, home, *options, listen="127.0.0.1:0", **environment):
        self.home = pathlib.Path(home)
        self.log = self.home.parent / "serve.log"
        command = [QUERYMARK, "serve", "--home", str(home), "--listen", listen, *options]
        with open(self.log, "ab") as log:
            begin = log.tell()
            self.process = subprocess.Popen(command, stderr=log, env={**os.environ, **environment})
        self.port = self._wait_for_port(begin)

    def _wait_for_port(self, begin):
        for _ in range(1000):
            with open(self.log, encoding="utf8") as log:
                log.seek(begin)
                text = log.read()
            if found := re.search(r"listening on \S*:(\d+)", text):
                return int(found[1])
            if self.process.poll() is not None:
                raise RuntimeError(f"the service ended with {self.process.returncode}: {text}")
            try:
                self.process.wait(0.01)
            except subprocess.TimeoutExpired:
                pass
        raise RuntimeError("the service does not listen: " + text)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method, path, body=None, headers=None):
        """(status, body)"""
        connection = self.connect()
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def ingest(self, lines):
        status, body = self.ask("POST", "/ingest", ("\n".join(lines) + "\n").encode())
        assert status == 200, (status, body)
        return json.loads(body)

    def metrics(self):
        """name{label="value"} -> number"""
        status, body = self.ask("GET", "/metrics")
        assert status == 200, (status, body)
        rows = (line.rsplit(" ", 1) for line in body.decode().splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in rows}

    def resident_max(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf8")
        return int(re.search(r"VmHWM:\s+(\d+) kB", text)[1]) << 10

    def stop(self):
        """Its exit status, and what it has said."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(90)
        return status, self.log.read_text(encoding="utf8")

    def kill(self):
        self.process.kill()
        self.process.wait()


def objects(store):
    """key -> lines, of all delivered objects."""
    store = pathlib.Path(store)
    return {path.relative_to(store).as_posix(): gzip.decompress(path.read_bytes()).decode().splitlines()
            for path in sorted(store.rglob("*.gz"))}


def lines_under(store, prefix):
    return [line for key, lines in objects(store).items() if key.startswith(prefix) for line in lines]


class ServiceTest(unittest.TestCase):
    """A home with a table, and services that end with the test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.home = self.folder / "home"
        self.store = self.home / "store"
        (self.folder / "list.txt").write_text(LIST, encoding="utf8")
        self.querymark("domains", "import", str(self.folder / "list.txt"), "--list", "test")

    def querymark(self, *arguments, status=0, home=None, **environment):
        done = subprocess.run([QUERYMARK, "--home", str(home or self.home), *arguments], capture_output=True,
                              check=False, timeout=60, env={**os.environ, **environment})
        self.assertEqual(done.returncode, status, done.stderr.decode())
        return done

    def serve(self, *options, **environment):
        served = Served(self.home, *options, **environment)
        self.addCleanup(served.kill)
        return served

    def records(self):
        return lines_under(self.store, "dns-query-logs/")

    def errors(self):
        return [json.loads(line) for line in lines_under(self.store, "delivery-failures/processing-failed/")]


def main(argv):
    global QUERYMARK
    QUERYMARK = argv.pop(1)
    unittest.main(argv=argv)
