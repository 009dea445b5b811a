# SPDX-License-Identifier: Apache-2.0
"""Runs every benchmark and comparison, keeps their results in build/bench/results.json, and writes them into the tables
of docs/performance.md, each between a line `<!-- table: NAME -->` and a line `<!-- end -->`.

usage: report.py [--quick] [--soak MINUTES]     called by bench/run, which builds first
"""

import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess

from budgets import BUDGETS, RESULTS, Results
from compare_backfill import compare as backfill
from compare_import import compare as dynamodb
from compare_lambda import compare as functions
from compare_mark import compare as mark
from compare_query import compare as questions
from reference_import import compare as imports
from service import load as service
from service import soak

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/release"
FOLDER = ROOT / "build/bench"
PAGE = ROOT / "docs/performance.md"
LARGE_MEMORY = 4 << 30  # what the benchmarks of 10 M names may take
# Members of a result of Google Benchmark: those that say nothing here, and those that are no counters.
BOOKKEEPING = set(
    "family_index per_family_instance_index run_name run_type repetitions repetition_index threads iterations cpu_time "
    "real_time time_unit label".split()
)
COLUMNS = {"name", "time", "bytes_per_second", "items_per_second"}


@dataclasses.dataclass(frozen=True)
class Size:
    records: int
    domains: int
    list_names: int
    items: int
    events: int
    rounds: int
    bench_seconds: float
    service_seconds: float
    stored_records: int
    large: bool


FULL = Size(1_000_000, 1_000_000, 300_000, 10_000, 200, 5, 0.2, 20, 10_000_000, True)
QUICK = Size(100_000, 100_000, 30_000, 1_000, 20, 1, 0.01, 2, 200_000, False)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} processors",
        "memory": f"{memory / 2**30:.0f} GiB",
        "system": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}",
        "compiler": output("g++", "--version").splitlines()[0],
        "querymark": ", ".join(output(BUILD / "querymark", "version").splitlines()),
        "commit": output("git", "-C", ROOT, "describe", "--always", "--dirty"),
        "beside it": f"Python {platform.python_version()}, {output('jq', '--version')}, "
        + ", ".join(line for line in (ROOT / "bench/requirements.txt").read_text().splitlines() if "==" in line),
        "date": datetime.date.today().isoformat(),
        "load before the run": f"{os.getloadavg()[0]:.2f}",
    }


def run_bench(program, size):
    available = re.search(r"MemAvailable:\s*(\d+) kB", pathlib.Path("/proc/meminfo").read_text())
    large = size.large and int(available.group(1)) * 1024 > LARGE_MEMORY
    environment = os.environ | ({"QUERYMARK_BENCH_10M": "1"} if large else {})
    command = [program, "--benchmark_format=json", f"--benchmark_min_time={size.bench_seconds}"]
    if not large:
        command.append("--benchmark_filter=-10000000")
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    return [bench_result(run) for run in json.loads(done.stdout)["benchmarks"]]


def bench_result(run):
    if run.get("error_occurred"):
        raise SystemExit(f"{run['name']}: {run['error_message']}")
    result = {key: value for key, value in run.items() if key not in BOOKKEEPING}
    return result | {"time": f"{run['real_time']:.3g} {run['time_unit']}"}


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def rate(value):
    return f"{value / 1e6:.3g} M/s" if value >= 1e6 else f"{value / 1e3:.3g} k/s"


def mark_table(result):
    bytes_a_record = result["bytes"] / result["records"]
    ours = {"gz": result["rates"]["gz: querymark"], "plain": result["rates"]["querymark"]}

    def row(name, records):
        mine = ours["gz" if name.startswith("gz") else "plain"]
        return [name, rate(records), f"{records * bytes_a_record / 1e6:,.0f} MB/s", f"{mine / records:.3g} ×"]

    return table(
        ["program", "records", "text of the log", "`querymark`, 1 thread, beside it"],
        [row(name, records) for name, records in result["rates"].items()],
    )


def corpus_table(result):
    mb = 1e6
    return table(
        ["", ""],
        [
            [
                "records, bytes",
                f"{result['records']:,}, {result['bytes'] / mb:.1f} MB; as gzip -6 {result['gzip_bytes'] / mb:.1f} MB",
            ],
            ["listed domains", f"{result['domains']:,}; compiled set {result['set_bytes'] / mb:.1f} MB"],
            ["matched", f"{result['matches']:,} ({result['matches'] / result['records']:.2%})"],
            ["decided as by Python", f"{result['python_head']:,} of the first {result['python_head']:,} records"],
            ["peak memory", ", ".join(f"{name}: {size / 2**20:.1f} MB" for name, size in result["memory"].items())],
        ],
    )


def import_table(results):
    def row(form, result):
        read, made = result["reference_read"] / result["read"], result["reference_set"] / result["set"]
        return [
            form,
            f"{result['domains']:,}",
            f"{result['reference_read']:.3f} s",
            f"{result['read'] * 1000:.1f} ms",
            f"{read:.3g} ×",
            f"{made:.3g} ×",
        ]

    return table(
        ["list", "domains", "reference", "`querymark`", "reading", "reading, and a set made"],
        [row(form, result) for form, result in results.items()],
    )


def dynamodb_table(rates):
    def row(program, measured):
        return [program, f"{measured:,.0f}/s", f"{rates['ours'] / measured:.3g} ×"]

    return table(
        ["program", "entries", "`querymark`, beside it"],
        [
            row("`querymark domains import`", rates["ours"]),
            row("boto3, reading and writing", rates["reading_and_writing"]),
            row("boto3, writing", rates["writing"]),
        ],
    )


def function_table(result):
    def ms(seconds):
        return f"{seconds * 1e3:.3g} ms"

    return table(
        ["an event of 500 records", "`stream_processor`", "the sample stack's way"],
        [
            ["no table: names cached; a set in memory. CPU", ms(result["warm_cpu"]), ms(result["stubbed_cpu"])],
            ["the same, and it logs nothing", ms(result["warm_cpu"]), ms(result["silent_cpu"])],
            ["table, names cached", ms(result["warm"]), ms(result["table"])],
            ["table, nothing cached", ms(result["cold"]), ms(result["table"])],
            ["requests a million records, in a row", f"{result['requests_per_million']:,.0f}", "1,000,000"],
            [
                "start to first request",
                f"{result['start_ms']:.1f} ms",
                f"{result['reference_start_ms']:.0f} ms, imports and suffix list alone",
            ],
            ["zip to deploy", f"{result['zip_bytes'] / 1e6:.1f} MB", "not measured"],
            ["memory then", f"{result['start_bytes'] / 1e6:.1f} MB", f"{result['reference_bytes'] / 1e6:.1f} MB"],
        ],
    )


def service_table(result):
    labels = {"full": "full", "half": "half", "reload": f"half, the table changed {service.RELOADS} times"}

    def row(name, run):
        return [
            labels[name],
            f"{run['mb_a_second']:,.0f} MB/s",
            f"{run['mb_on_two_processors']:,.0f} MB/s",
            f"{run['p50_ms']:.1f} ms",
            f"{run['p99_ms']:.1f} ms",
            f"{run['max_ms']:.0f} ms",
            f"{run['resident_mib']:.0f} MiB",
        ]

    return table(
        ["load", "records", "by its own processor time, on two", "p50", "p99", "longest", "peak memory"],
        [row(name, run) for name, run in result.items()],
    )


def questions_table(result):
    def row(what, ours, theirs, remark):
        return [what, f"{ours:.3f} s", f"{theirs:.3f} s", f"{theirs / ours:.3g} ×", remark]

    rows = [
        row(name, seconds["querymark"], seconds["DuckDB"], f"{seconds['rows']:,} rows")
        for name, seconds in result["questions"].items()
    ]
    megabytes = " → ".join(f"{result[key] / 1e6:,.0f} MB" for key in ("gzip_bytes", "parquet_bytes"))
    rows.append(row("compaction", result["compact_seconds"], result["copy_seconds"], megabytes))
    dashboard = result["dashboard"]
    rows.append(["overview, made", f"{dashboard['overview_made_s']:.3f} s", "", "", "in the background"])
    rows.append(["overview, asked for", f"{dashboard['overview_max_ms'] / 1e3:.3f} s", "", "", "the slowest call"])
    if "first_paint_ms" in dashboard:
        weight = f"{dashboard['page_bytes'] / 1e3:.0f} kB"
        rows.append(["page, first content", f"{dashboard['first_paint_ms'] / 1e3:.3f} s", "", "", weight])
    return table([f"{result['records']:,} records", "`querymark`", "DuckDB", "", ""], rows)


def soak_table(result):
    return table(
        ["time", "records", "requests", "p99", "memory in the second quarter", "in the last", "peak"],
        [
            [
                f"{result['minutes']:g} min",
                f"{result['gb']:.1f} GB, {result['mb_a_second']:,.0f} MB/s",
                f"{result['requests']:,}",
                f"{result['p99_ms']:.1f} ms",
                f"{result['second_quarter_mib']:.0f} MiB",
                f"{result['last_quarter_mib']:.0f} MiB",
                f"{result['peak_mib']:.0f} MiB",
            ]
        ],
    )


def backfill_table(rates):
    def row(threads):
        mark, ours = rates[f"mark, {threads}"], rates[f"backfill, {threads}"]
        return [threads, rate(mark), rate(ours), f"{ours / mark:.3g} ×"]

    return table(["threads", "`mark`", "`backfill`", ""], [row(threads) for threads in backfill.THREADS])


def bench_tables(benches):
    parts = []
    for program, runs in benches.items():
        rows = []
        for run in runs:
            speed = f"{run['bytes_per_second'] / 1e6:,.0f} MB/s" if "bytes_per_second" in run else ""
            if "items_per_second" in run:
                speed += f" {rate(run['items_per_second'])}"
            counters = ", ".join(f"{key} {value:.3g}" for key, value in run.items() if key not in COLUMNS)
            rows.append([run["name"], run["time"], speed.strip(), counters])
        parts.append(f"`{program}`\n\n" + table(["benchmark", "time", "speed", "counters"], rows))
    return "\n".join(parts)


def write_page(tables):
    text = PAGE.read_text()
    for name, content in tables.items():
        pattern = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = pattern.subn(lambda match, content=content: match.group(1) + content + match.group(2), text)
        if count != 1:
            raise SystemExit(f"{PAGE.name} has {count} places for the table {name}")
    PAGE.write_text(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    arguments = parser.parse_args()
    quick = arguments.quick
    size = QUICK if quick else FULL
    FOLDER.mkdir(parents=True, exist_ok=True)

    results = {"machine": machine(), "mark": mark.compare(BUILD, FOLDER, size.records, size.domains, size.rounds)}
    results["imports"] = imports.compare(BUILD, FOLDER, size.list_names, min(size.rounds, 3))
    results["dynamodb"] = dynamodb.compare(BUILD, FOLDER, size.items, min(size.rounds, 3))
    results["functions"] = functions.compare(BUILD, FOLDER, size.events, min(size.rounds, 3))
    log, home = FOLDER / f"log-{size.records}", FOLDER / "home"
    results["service"] = service.compare(BUILD, log, home, size.service_seconds)
    results["backfill"] = backfill.compare(BUILD, FOLDER, home, log, size.records, size.rounds)
    if arguments.soak:
        results["soak"] = soak.soak(BUILD / "querymark", log, home, arguments.soak)
    results["questions"] = questions.compare(BUILD, FOLDER, size.stored_records, size.rounds)
    results["benches"] = {program.name: run_bench(program, size) for program in sorted(BUILD.glob("*_bench"))}
    (FOLDER / "results.json").write_text(json.dumps(results, indent=2) + "\n")

    figures = Results(**{name: results.get(name, {}) for name in RESULTS})
    budgets = table(["what", "measured", "budget", ""], [budget.row(figures) for budget in BUDGETS])
    parts = [mark_table(results["mark"]), import_table(results["imports"]), dynamodb_table(results["dynamodb"])]
    parts += [function_table(results["functions"]), service_table(results["service"]), backfill_table(results["backfill"])]
    soaked = {"soak": soak_table(results["soak"])} if arguments.soak else {}
    parts += soaked.values()
    parts.append(questions_table(results["questions"]))
    print("\n".join([budgets, *parts]))
    if quick:
        print("docs/performance.md is as it was: these figures are of the quick form")
        return
    write_page(
        {
            "machine": table(["", ""], results["machine"].items()),
            "budgets": budgets,
            "corpus": corpus_table(results["mark"]),
            "mark": mark_table(results["mark"]),
            "import": import_table(results["imports"]),
            "dynamodb": dynamodb_table(results["dynamodb"]),
            "functions": function_table(results["functions"]),
            "service": service_table(results["service"]),
            "questions": questions_table(results["questions"]),
            "backfill": backfill_table(results["backfill"]),
            **soaked,
            "benchmarks": bench_tables(results["benches"]),
        }
    )


if __name__ == "__main__":
    main()
