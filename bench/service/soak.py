# SPDX-License-Identifier: Apache-2.0
"""`querymark serve` at full speed for minutes: does its memory stay what it was? Objects are removed as they are delivered.

usage, in bench/: python3 -m service.soak QUERYMARK LOG HOME [--minutes M] [--connections N]     as load.py
"""

import argparse
import multiprocessing
import threading
import time

from service import load

SAMPLES = 60


def sample_memory(pid, seconds):
    """MiB now and then, evenly over the time."""
    samples = []
    for _ in range(SAMPLES):
        time.sleep(seconds / SAMPLES)
        samples.append(load.memory_mib(pid, "VmRSS"))
    return samples


def remove_delivered(folder, is_over):
    while not is_over.wait(1):
        for path in (folder / "store").rglob("*.gz"):
            path.unlink()


def soak(querymark, log, home, minutes, connections=8):
    """Memory is compared by its maximum in the second quarter of the time and in the last."""
    seconds = minutes * 60
    with load.served(querymark, log, home) as (service, port, folder):
        is_over = threading.Event()
        remover = threading.Thread(target=remove_delivered, args=(folder, is_over))
        results = multiprocessing.Queue()
        sender = multiprocessing.Process(target=load.send, args=(port, log, seconds, connections, None, results))
        remover.start()
        sender.start()
        try:
            samples = sample_memory(service.pid, seconds)
            sent, latencies = results.get()
        finally:
            is_over.set()
            remover.join()
        sender.join()
    quarter = SAMPLES // 4
    return {"minutes": minutes, "gb": sent / 1e9, "mb_a_second": sent / seconds / 1e6, "requests": len(latencies),
            "p99_ms": latencies[len(latencies) * 99 // 100] * 1e3, "second_quarter_mib": max(samples[quarter:2 * quarter]),
            "last_quarter_mib": max(samples[-quarter:]), "peak_mib": max(samples)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("querymark")
    parser.add_argument("log")
    parser.add_argument("home")
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--connections", type=int, default=8)
    for name, value in soak(**vars(parser.parse_args())).items():
        print(f"{name:24} {value:,.1f}")


if __name__ == "__main__":
    main()
