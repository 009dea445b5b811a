# SPDX-License-Identifier: Apache-2.0
"""`querymark serve` under load: batches of 500 records by PutRecordBatch over kept-alive connections, each answered when it
is on disk; also while its table of interesting domains changes. The sender is another process and shares the processors, so
the service is measured by the processor time it takes, too: MB/s of records on two processors of its own are 2 / (its seconds
of CPU a MB).

usage: load.py QUERYMARK LOG HOME [--seconds S] [--connections N] [--rate MB/s] [--reloads N]
       LOG: of querymark-corpus; HOME: its table is used; --rate: no more than that, to see latencies below full load;
       --reloads: so many times within the run a row is written into the table, and the service compiles its set anew
"""

import argparse
import base64
import contextlib
import json
import multiprocessing
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.request

RECORDS = 500  # of a batch
BATCHES = 64   # that differ
RELOADS = 4    # of a run with reloads
TICKS = os.sysconf("SC_CLK_TCK")


def batches(log):
    """(request, bytes of records) of the log's first records."""
    made = []
    with open(log, "rb") as lines:
        for _ in range(BATCHES):
            records = [line.rstrip(b"\n") for line, _ in zip(lines, range(RECORDS))]
            body = json.dumps({"DeliveryStreamName": "dns-query-logs",
                               "Records": [{"Data": base64.b64encode(r).decode()} for r in records]}).encode()
            head = (b"POST / HTTP/1.1\r\nHost: bench\r\nX-Amz-Target: Firehose_20150804.PutRecordBatch\r\n"
                    b"Content-Type: application/x-amz-json-1.1\r\nContent-Length: %d\r\n\r\n" % len(body))
            made.append((head + body, sum(map(len, records))))
    return made


def read_reply(connection, buffer):
    size = 0
    while (end := buffer[:size].find(b"\r\n\r\n")) < 0:
        size += connection.recv_into(memoryview(buffer)[size:])
    wanted = end + 4 + int(re.search(rb"Content-Length: (\d+)", buffer[:end])[1])
    while size < wanted:
        size += connection.recv_into(memoryview(buffer)[size:])
    if not buffer.startswith(b"HTTP/1.1 200") or b'"FailedPutCount":0' not in buffer[end:end + 40]:
        raise RuntimeError(bytes(buffer[:200]))


def send(port, log, seconds, connections, rate, results):
    made = batches(log)
    sent, latencies, lock = [0], [], threading.Lock()
    end = time.monotonic() + seconds

    def run(first):
        own, times = 0, []
        with socket.create_connection(("127.0.0.1", port)) as connection:
            buffer = bytearray(1 << 16)
            due = time.monotonic()
            while time.monotonic() < end:
                request, size = made[(first + len(times)) % BATCHES]
                begin = time.monotonic()
                connection.sendall(request)
                read_reply(connection, buffer)
                times.append(time.monotonic() - begin)
                own += size
                if rate:
                    due += size * connections / (rate * 1e6)
                    time.sleep(max(0, due - time.monotonic()))
        with lock:
            sent[0] += own
            latencies.extend(times)

    threads = [threading.Thread(target=run, args=(k * 7,)) for k in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((sent[0], sorted(latencies)))


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mib(pid, field):
    """VmRSS: now; VmHWM: at its most."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", text)[1]) / 1024


@contextlib.contextmanager
def served(querymark, log, home):
    """A service with a home of its own, beside the log, which has a copy of the table in `home`: (process, port, home)."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=pathlib.Path(log).parent))
    for table in pathlib.Path(home).glob("domains.*"):
        shutil.copy(table, folder)
    command = [querymark, "serve", "--home", folder, "--listen", "127.0.0.1:0", "--stop-time", "120"]
    service = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r"listening on \S*:(\d+)", service.stderr.readline())[1])
        yield service, port, folder
    finally:
        service.terminate()
        service.wait()
        shutil.rmtree(folder)


def change_table(home, seconds, times):
    """Writes a row by hand, spread over the time: the set is compiled anew, by the service itself."""
    for k in range(times):
        time.sleep(seconds / (times + 1))
        with contextlib.closing(sqlite3.connect(home / "domains.db", timeout=60)) as table, table:
            table.execute("INSERT INTO entries(name) VALUES (?)", (f"reload-{k}.example.com",))


def table_entries(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as reply:
        return int(re.search(rb'^querymark_table_entries{kind="interesting"} (\d+)', reply.read(), re.MULTILINE)[1])


def wait_for_entries(port, count):
    for _ in range(600):
        if table_entries(port) == count:
            return
        time.sleep(0.1)
    raise RuntimeError(f"the service did not take up the table of {count} entries")


def measure(querymark, log, home, seconds=10, connections=8, rate=None, reloads=0):
    """What one run of the service gives."""
    with served(querymark, log, home) as (service, port, folder):
        entries = table_entries(port)
        results = multiprocessing.Queue()
        sender = multiprocessing.Process(target=send, args=(port, log, seconds, connections, rate, results))
        editor = threading.Thread(target=change_table, args=(folder, seconds, reloads))
        cpu, begin = cpu_seconds(service.pid), time.monotonic()
        sender.start()
        editor.start()
        sent, latencies = results.get()
        took = time.monotonic() - begin
        cpu = cpu_seconds(service.pid) - cpu
        memory = memory_mib(service.pid, "VmHWM")
        sender.join()
        editor.join()
        wait_for_entries(port, entries + reloads)
    return {"seconds": took, "mb_a_second": sent / took / 1e6, "mb_on_two_processors": 2 * sent / cpu / 1e6,
            "p50_ms": latencies[len(latencies) // 2] * 1e3, "p99_ms": latencies[len(latencies) * 99 // 100] * 1e3,
            "max_ms": latencies[-1] * 1e3, "requests": len(latencies), "resident_mib": memory}


def compare(build, log, home, seconds):
    """At full load, at half of what that was, and so while the table changes."""
    full = measure(build / "querymark", log, home, seconds)
    half = full["mb_a_second"] / 2
    return {"full": full,
            "half": measure(build / "querymark", log, home, seconds, rate=half),
            "reload": measure(build / "querymark", log, home, seconds, rate=half, reloads=RELOADS)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("querymark")
    parser.add_argument("log")
    parser.add_argument("home")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--reloads", type=int, default=0)
    arguments = parser.parse_args()
    for name, value in measure(**vars(arguments)).items():
        print(f"{name:24} {value:,.1f}")


if __name__ == "__main__":
    main()
