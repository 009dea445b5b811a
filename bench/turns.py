# SPDX-License-Identifier: Apache-2.0
"""Runs programs in turns and times them, so that what else the machine does falls on all of them alike."""

import dataclasses
import os
import pathlib
import re
import statistics
import subprocess
import time


@dataclasses.dataclass(frozen=True)
class Contender:
    """A program that does a job of `records` records. One that has to load a table first may print the seconds of
    the job alone as the last line of its standard error: `times_itself`."""

    name: str
    command: list
    records: int
    times_itself: bool = False


def run(command, output=os.devnull):
    """Runs it with its standard output in a file. Returns the seconds, and its standard error."""
    with open(output, "wb") as out:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE)
        errors = process.stderr.read().decode(errors="replace")
        process.wait()
        seconds = time.perf_counter() - begin
    process.stderr.close()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: exit status {process.returncode}\n{errors}")
    return seconds, errors


def peak_memory(command):
    """Bytes of memory that it had at its most, as the kernel counted up to a millisecond before its end. (What wait4
    tells is no less than what this program has, and so tells little.)"""
    peak = 0
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        high = re.search(r"VmHWM:\s*(\d+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text())
        peak = max(peak, int(high.group(1)) * 1024) if high else peak
        time.sleep(0.001)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: exit status {process.returncode}")
    return peak


def take_turns(contenders, rounds):
    """Records a second of each by name: the median of `rounds` runs, A B C A B C …"""
    rates = {contender.name: [] for contender in contenders}
    for _ in range(rounds):
        for contender in contenders:
            seconds, errors = run(contender.command)
            if contender.times_itself:
                seconds = float(errors.split()[-1])
            rates[contender.name].append(contender.records / seconds)
    return {name: statistics.median(values) for name, values in rates.items()}
