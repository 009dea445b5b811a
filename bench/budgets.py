# SPDX-License-Identifier: Apache-2.0
"""What the product is held to, and how each figure is taken from the results of a run."""

import dataclasses
from collections.abc import Callable

MB = 1 << 20


@dataclasses.dataclass(frozen=True)
class Budget:
    what: str
    limit: float
    unit: str
    measured: Callable  # of Results; raises LookupError where the run did not measure it
    at_least: bool = True  # else at most

    def row(self, results):
        sign = "≥" if self.at_least else "≤"
        limit = f"{sign} {self.limit:g}{self.unit}"
        try:
            value = self.measured(results)
        except LookupError:
            return [self.what, "not measured", limit, ""]
        met = value >= self.limit if self.at_least else value <= self.limit
        verdict = "met" if met else f"**{abs(value / self.limit - 1):.0%} {'short' if self.at_least else 'over'}**"
        return [self.what, f"{value:.3g}{self.unit}", limit, verdict]


RESULTS = ["mark", "imports", "dynamodb", "functions", "service", "questions", "backfill", "soak", "benches"]


class Results:
    """What each comparison gave; empty where it was left out."""

    def __init__(self, mark, imports, dynamodb, functions, service, questions, backfill, soak, benches):
        self.mark = mark
        self.imports = imports
        self.dynamodb = dynamodb
        self.functions = functions
        self.service = service
        self.questions = questions
        self.backfill = backfill
        self.soak = soak
        self.benches = benches

    def ratio(self, ours, theirs):
        return self.mark["rates"][ours] / self.mark["rates"][theirs]

    def bench(self, name):
        """The first benchmark whose name begins so."""
        for program in self.benches.values():
            for run in program:
                if run["name"].startswith(name):
                    return run
        raise LookupError(name)

    def reading_ratio(self):
        return min(form["reference_read"] / form["read"] for form in self.imports.values())

    def matched(self, who):
        return self.questions["questions"]["matched"][who]
    def backfill_ratio(self):
        rates = self.backfill
        return min(rates[name] / rates[name.replace("backfill", "mark")] for name in rates if "backfill" in name)

    def memory(self):
        return max(self.mark["memory"].values()) / MB


def probe(names, counter):
    return lambda results: results.bench(f"registered/out_of_cache/names:{names}/hit_percent:2")[counter]


BUDGETS = [
    Budget("`mark`, 1 thread, beside `wc -l`", 0.4, " ×", lambda r: r.ratio("querymark", "wc -l")),
    Budget(
        "`mark`, 1 thread, beside Python (json, tld, set)",
        80,
        " ×",
        lambda r: r.ratio("querymark", "Python: json, tld, set"),
    ),
    Budget("`mark`, 1 thread, beside DuckDB, 1 thread", 18, " ×", lambda r: r.ratio("querymark", "DuckDB, 1 thread")),
    Budget("`mark`, 1 thread, beside jq", 200, " ×", lambda r: r.ratio("querymark", "jq")),
    Budget("`mark`, 2 threads, beside 1 thread", 1.4, " ×", lambda r: r.ratio("querymark, 2 threads", "querymark")),
    Budget("`mark`, gz → gz, beside ISA-L alone", 0.75, " ×", lambda r: r.ratio("gz: querymark", "gz: ISA-L alone")),
    Budget(
        "`mark`, gz → gz, beside Python, level 1", 20, " ×", lambda r: r.ratio("gz: querymark", "gz: Python, level 1")
    ),
    Budget(
        "`mark`, gz → gz, 2 threads, beside 1 thread",
        1.6,
        " ×",
        lambda r: r.ratio("gz: querymark, 2 threads", "gz: querymark"),
    ),
    Budget("`mark`, peak memory, without the mapped set", 64, " MB", Results.memory, at_least=False),
    Budget("suffix lookup", 50, " ns", lambda r: r.bench("registrable_domain")["per_name"] * 1e9, at_least=False),
    Budget(
        "suffix lookup, beside libpsl from file", 10, " ×", lambda r: r.bench("libpsl_registrable_domain")["times_ours"]
    ),
    Budget("domain set of 1 M, a batched probe", 20, " ns", probe(1_000_000, "ns_a_name"), at_least=False),
    Budget("domain set of 10 M, a batched probe", 30, " ns", probe(10_000_000, "ns_a_name"), at_least=False),
    Budget("domain set of 1 M, probed part, an entry", 13, " B", probe(1_000_000, "bytes_probed"), at_least=False),
    Budget("domain set of 1 M, whole file, an entry", 40, " B", probe(1_000_000, "bytes_all"), at_least=False),
    Budget("domain set of 1 M, opening", 1, " ms", probe(1_000_000, "open_ms"), at_least=False),
    Budget("domain set of 10 M, opening", 1, " ms", probe(10_000_000, "open_ms"), at_least=False),
    Budget("list reading with first-level domains, beside the reference's", 30, " ×", Results.reading_ratio),
    Budget(
        "import of a million new entries into table and set",
        4,
        " s",
        lambda r: r.mark["import_seconds"],
        at_least=False,
    ),
    Budget(
        "import into DynamoDB, beside boto3 that reads and writes as much",
        0.9,
        " ×",
        lambda r: r.dynamodb["ours"] / r.dynamodb["reading_and_writing"],
    ),
    Budget(
        "import into DynamoDB, beside boto3 that only writes",
        0.9,
        " ×",
        lambda r: r.dynamodb["ours"] / r.dynamodb["writing"],
    ),
    Budget(
        "a Firehose event of 500 records, names cached, CPU",
        0.3,
        " ms",
        lambda r: r.functions["warm_cpu"] * 1e3,
        at_least=False,
    ),
    Budget(
        "the same, beside the sample's way without a table",
        100,
        " ×",
        lambda r: r.functions["stubbed_cpu"] / r.functions["warm_cpu"],
    ),
    Budget("the same, beside the sample's way", 3000, " ×", lambda r: r.functions["table"] / r.functions["warm"]),
    Budget("`stream_processor`, start to first request", 10, " ms", lambda r: r.functions["start_ms"], at_least=False),
    Budget("`stream_processor`, memory then", 15, " MB", lambda r: r.functions["start_bytes"] / 1e6, at_least=False),
    Budget("`stream_processor`, zip", 10, " MB", lambda r: r.functions["zip_bytes"] / 1e6, at_least=False),
    Budget(
        "service, records by PutRecordBatch, on two processors of its own",
        200,
        " MB/s",
        lambda r: r.service["full"]["mb_on_two_processors"],
    ),
    Budget("service, p99 at half load", 50, " ms", lambda r: r.service["half"]["p99_ms"], at_least=False),
    Budget(
        "the same, moved by changes of a table of a million entries",
        10,
        " ms",
        lambda r: r.service["reload"]["p99_ms"] - r.service["half"]["p99_ms"],
        at_least=False,
    ),
    Budget("service, peak memory", 256, " MiB", lambda r: r.service["full"]["resident_mib"], at_least=False),
    Budget("the blog's query over 10 M records", 0.3, " s", lambda r: r.matched("querymark"), at_least=False),
    Budget(
        "the same, beside DuckDB",
        1.2,
        " times as long",
        lambda r: r.matched("querymark") / r.matched("DuckDB"),
        at_least=False,
    ),
    Budget(
        "`compact`, beside DuckDB's COPY",
        0.7,
        " ×",
        lambda r: r.questions["copy_seconds"] / r.questions["compact_seconds"],
    ),
    Budget(
        "dashboard, the overview at 10 M records, slowest call",
        100,
        " ms",
        lambda r: r.questions["dashboard"]["overview_max_ms"],
        at_least=False,
    ),
    Budget(
        "dashboard, first content painted",
        1000,
        " ms",
        lambda r: r.questions["dashboard"]["first_paint_ms"],
        at_least=False,
    ),
    Budget(
        "dashboard, weight of the page", 200, " kB", lambda r: r.questions["dashboard"]["page_bytes"] / 1e3, at_least=False
    ),
    Budget(
        "service, memory in a soak's last quarter, beside its second",
        1.1,
        " ×",
        lambda r: r.soak["last_quarter_mib"] / r.soak["second_quarter_mib"],
        at_least=False,
    ),
    Budget("`backfill` beside `mark` on the same objects", 0.8, " ×", Results.backfill_ratio),
]
