# SPDX-License-Identifier: Apache-2.0
"""Packages a Lambda function, unpacks the zip into an empty root folder and runs its bootstrap there against a
Runtime API of its own, with the LD_LIBRARY_PATH of Lambda and libraries in it that no program can load.

Exit status 77: not allowed to change the root folder here."""
import argparse
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile

ZIP_SIZE_MAX = 10_000_000
EVENTS = [{"number": n, "text": "ä" * 1000} for n in range(3)]
LIBRARY_PATH = "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"


class RuntimeApi(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    waiting = list(enumerate(EVENTS))
    answers = {}
    first_request = None

    def do_GET(self):
        RuntimeApi.first_request = RuntimeApi.first_request or time.monotonic()
        if not self.waiting:
            return self.reply(500, b"{}", {})  # no more events: the function ends
        number, event = self.waiting.pop(0)
        self.reply(200, json.dumps(event).encode(), {"Lambda-Runtime-Aws-Request-Id": f"id-{number}"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answers[self.path] = json.loads(body)
        self.reply(202, b"{}", {})

    def reply(self, status, body, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def unzip(archive, folder):
    """As Lambda does, modes included."""
    with zipfile.ZipFile(archive) as zipped:
        for entry in zipped.infolist():
            path = pathlib.Path(zipped.extract(entry, folder))
            path.chmod(entry.external_attr >> 16)


def enter_root_command(root):
    """The command's start that runs what follows it in `root`, or None."""
    shutil.copy("/bin/true", root / "probe")
    command = ["chroot", str(root)]
    if os.geteuid() != 0:
        command = ["unshare", "--user", "--map-root-user"] + command
    probe = subprocess.run(command + ["/probe"], capture_output=True, text=True, check=False)
    (root / "probe").unlink()
    # The dynamic probe cannot start in an empty root, but "not found" is said by a chroot that has happened.
    return command if "No such file" in probe.stderr or probe.returncode == 0 else None


def undefined_versions(package):
    """The versions of glibc's symbols that some file of the package needs and none defines."""
    defined, needed = set(), set()
    for file in [package / "bootstrap", *(package / "lib").iterdir()]:
        text = subprocess.run(["readelf", "--version-info", "--wide", file], check=True, capture_output=True,
                              text=True).stdout
        for section in text.split("\nVersion "):
            versions = set(re.findall(r"Name: (GLIBC_[0-9.]+)", section))
            if section.startswith("definition section"):
                defined |= versions
            elif section.startswith("needs section"):
                needed |= versions
    check(needed, "readelf tells of no versions")
    return needed - defined


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    options = parser.parse_args()

    shutil.rmtree(options.work, ignore_errors=True)
    root = options.work / "chroot"
    for folder in ("tmp", "etc", "var", "lib64"):
        (root / folder).mkdir(parents=True)
    (root / "etc" / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    for name in ("libc.so.6", "libcurl.so.4", "libz.so.1"):
        (root / "lib64" / name).write_text("no library")  # another system's: must not be taken

    archives = [options.work / "first.zip", options.work / "second.zip"]
    for archive in archives:
        subprocess.run([options.package, options.program, options.work / "folder", "--zip", archive], check=True)
    check(archives[0].read_bytes() == archives[1].read_bytes(), "two runs of package make two different zips")
    size = archives[0].stat().st_size
    check(size <= ZIP_SIZE_MAX, f"the zip has {size} bytes")
    unzip(archives[0], root / "var" / "task")
    missing = undefined_versions(root / "var" / "task")
    check(not missing, f"the package needs versions that it lacks: {sorted(missing)}")

    command = enter_root_command(root)
    if command is None:
        print("skipped: neither root nor user namespaces here, so there is no empty root folder")
        sys.exit(77)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), RuntimeApi)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}", "LAMBDA_TASK_ROOT": "/var/task",
                   "AWS_CA_BUNDLE": "/var/task/ca-certificates.crt", "LD_LIBRARY_PATH": LIBRARY_PATH}
    started = time.monotonic()
    run = subprocess.run(command + ["/var/task/bootstrap"], env=environment | {"PATH": os.environ["PATH"]},
                         capture_output=True, text=True, timeout=60, check=False)
    print(run.stderr, end="")
    check(run.returncode == 1, f"bootstrap ended with {run.returncode}")
    for number, event in enumerate(EVENTS):
        path = f"/2018-06-01/runtime/invocation/id-{number}/response"
        check(path in RuntimeApi.answers, f"event {number} was not answered: {sorted(RuntimeApi.answers)}")
        check(RuntimeApi.answers[path]["event"] == event, f"event {number} came back as something else")
        check(RuntimeApi.answers[path]["certificates"] is True, "no certificates")
        check("OpenSSL" in RuntimeApi.answers[path]["curl"], "no libcurl")
    print(f"zip {size / 1e6:.1f} MB, start to first request {(RuntimeApi.first_request - started) * 1e3:.1f} ms, "
          f"{len(EVENTS)} events answered from an empty root folder")


if __name__ == "__main__":
    main()
