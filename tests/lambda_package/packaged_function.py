# SPDX-License-Identifier: Apache-2.0
"""A packaged Lambda function in an empty root folder, and the Runtime API that it asks for events: nothing of this
machine but the kernel, with the LD_LIBRARY_PATH of Lambda and libraries in it that no program can load.

    package = Package("deploy/sam/package", "build/release/lambda/stream_processor", work)
    with package.start({"INTERESTING_DOMAINS_TABLE": "t"}) as function:
        answer = function.invoke({"records": []})      # what it posted; Failed for an error
"""

import http.server
import json
import os
import pathlib
import queue
import shutil
import subprocess
import threading
import time
import zipfile

LIBRARY_PATH = "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"
ZIP_SIZE_MAX = 10_000_000
PATIENCE = 60  # seconds
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:packaged"


class Failed(Exception):
    """What a function posted as its error: {"errorMessage": …, "errorType": …}."""


class RuntimeApi(http.server.ThreadingHTTPServer):
    """Events are handed out one by one; None ends the function, as 500 does."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events = queue.Queue()  # (id, text, milliseconds since 1970)
        self.answers = queue.Queue()  # (path after invocation/, body)
        self.first_request = None
        self.is_asked = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if not self.server.is_asked.is_set():
            self.server.first_request = time.monotonic()
            self.server.is_asked.set()
        event = self.server.events.get()
        if event is None:
            return self.reply(500, b"{}", {})
        request_id, text, deadline = event
        self.reply(200, text.encode(), {"Lambda-Runtime-Aws-Request-Id": request_id,
                                        "Lambda-Runtime-Invoked-Function-Arn": FUNCTION_ARN,
                                        "Lambda-Runtime-Deadline-Ms": str(deadline)})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.put((self.path.split("/runtime/")[1], json.loads(body)))
        self.reply(202, b"{}", {})

    def reply(self, status, body, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def _unzip(archive, folder):
    """As Lambda does, modes included."""
    with zipfile.ZipFile(archive) as zipped:
        for entry in zipped.infolist():
            path = pathlib.Path(zipped.extract(entry, folder))
            path.chmod(entry.external_attr >> 16)


def _enter_root_command(root):
    """The command's start that runs what follows it in `root`, or None."""
    shutil.copy("/bin/true", root / "probe")
    command = ["chroot", str(root)]
    if os.geteuid() != 0:
        command = ["unshare", "--user", "--map-root-user"] + command
    probe = subprocess.run(command + ["/probe"], capture_output=True, text=True, check=False)
    (root / "probe").unlink()
    # The dynamic probe cannot start in an empty root, but "not found" is said by a chroot that has happened.
    return command if "No such file" in probe.stderr or probe.returncode == 0 else None


class Package:
    def __init__(self, package, program, work):
        """`package` makes the zip of `program`; `work` is emptied first."""
        shutil.rmtree(work, ignore_errors=True)
        root = work / "chroot"
        for folder in ("tmp", "etc", "var", "lib64"):
            (root / folder).mkdir(parents=True)
        (root / "etc" / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        for name in ("libc.so.6", "libcurl.so.4", "libz.so.1"):
            (root / "lib64" / name).write_text("no library")  # another system's: must not be taken
        self.archive = work / "function.zip"
        subprocess.run([package, program, work / "folder", "--zip", self.archive], check=True)
        self.size = self.archive.stat().st_size
        if self.size > ZIP_SIZE_MAX:
            raise AssertionError(f"the zip of {program} has {self.size} bytes, more than {ZIP_SIZE_MAX}")
        self.folder = root / "var" / "task"
        _unzip(self.archive, self.folder)
        self._command = _enter_root_command(root)

    @property
    def can_run(self):
        """Not everyone may change the root folder: neither root nor user namespaces, then."""
        return self._command is not None

    def start(self, environment):
        return Function(self._command + ["/var/task/bootstrap"], environment)


class Function:
    def __init__(self, command, environment):
        self._api = RuntimeApi()
        self._count = 0
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._api.server_port}", "LAMBDA_TASK_ROOT": "/var/task",
                 "AWS_CA_BUNDLE": "/var/task/ca-certificates.crt", "LD_LIBRARY_PATH": LIBRARY_PATH,
                 "PATH": os.environ["PATH"], **environment})

    def invoke(self, event, seconds=PATIENCE):
        """`event`: an object, or the text of one."""
        self._count += 1
        request_id = f"id-{self._count}"
        deadline = int((time.time() + seconds) * 1000)
        self._api.events.put((request_id, event if isinstance(event, str) else json.dumps(event), deadline))
        path, body = self.next_answer()
        if path == f"invocation/{request_id}/error":
            raise Failed(body)
        if path != f"invocation/{request_id}/response":
            raise AssertionError(f"{path} in place of an answer to {request_id}")
        return body

    def next_answer(self):
        """What it posts next: path and body."""
        return self._api.answers.get(timeout=PATIENCE)

    def wait_for_first_request(self):
        if not self._api.is_asked.wait(PATIENCE):
            raise AssertionError("the function did not ask for an event")

    @property
    def start_ms(self):
        """From its start to its first request, which has been made."""
        return (self._api.first_request - self._started) * 1e3

    @property
    def peak_kb(self):
        """Its resident memory's peak, as long as it runs."""
        status = pathlib.Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])

    def end(self):
        """Ends it, and gives what it printed and its exit status."""
        self._api.events.put(None)
        printed, _ = self._process.communicate(timeout=PATIENCE)
        self._api.shutdown()
        self._api.server_close()
        return printed, self._process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.returncode is None:
            self.end()
