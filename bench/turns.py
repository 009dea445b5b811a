# SPDX-License-Identifier: Apache-2.0
"""Runs programs in turns and times them, so that what else the machine does falls on all of them alike."""

import dataclasses
import os
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
    bytes_in: int
    times_itself: bool = False


def run(command, output=os.devnull):
    """Runs it with its standard output in a file. Returns seconds, its standard error and its peak memory in bytes."""
    with open(output, "wb") as out:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE)
        errors = process.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: exit status {process.returncode}\n{errors}")
    return seconds, errors, usage.ru_maxrss * 1024


def take_turns(contenders, rounds):
    """Records a second of each by name: the median of `rounds` runs, A B C A B C …"""
    rates = {contender.name: [] for contender in contenders}
    for _ in range(rounds):
        for contender in contenders:
            seconds, errors, _ = run(contender.command)
            if contender.times_itself:
                seconds = float(errors.split()[-1])
            rates[contender.name].append(contender.records / seconds)
    return {name: statistics.median(values) for name, values in rates.items()}
