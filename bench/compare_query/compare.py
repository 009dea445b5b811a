# SPDX-License-Identifier: Apache-2.0
"""Questions to a store of marked records, its compaction, and the dashboard over it, beside DuckDB's own program on the
same files. Both are timed from start to end.

The comparison is kind to DuckDB: it is told types and columns, and its COPY neither counts the objects' records first nor
computes first-level domains, which the records carry (`--annotate`). The answers are checked: both programs must give the
same rows, and no record may be lost.
"""

import json
import pathlib
import re
import shutil
import statistics
import subprocess
import time
import urllib.request

import duckdb_cli
import turns

DUCKDB = pathlib.Path(duckdb_cli.__file__).with_name("duckdb")
TEXTS = """version account_id region vpc_id query_timestamp query_name query_type query_class rcode srcaddr transport
isMatchedDomain firewall_rule_action firewall_rule_group_id firewall_domain_list_id registeredDomain""".split()
TYPES = dict.fromkeys(TEXTS, "VARCHAR") | {
    "answers": 'STRUCT(Rdata VARCHAR, "Type" VARCHAR, "Class" VARCHAR)[]',
    "srcport": "INTEGER",
    "srcids": "JSON",  # it has had several shapes
    "match": "STRUCT(entry VARCHAR, scope VARCHAR, lists VARCHAR[])",
}
HOURS = 24
DOMAINS = 100_000
DAY = "dns-query-logs/2026/03/01"
MATCHED = "SELECT query_name, srcaddr, srcids, vpc_id FROM route53query WHERE isMatchedDomain = 'Y'"
OF_DOMAIN = "SELECT query_timestamp, srcaddr, query_name, rcode FROM route53query WHERE registeredDomain = '{}'"
CALLS = 200  # of the overview


def require(condition, message):
    if not condition:
        raise SystemExit(f"compare_query: {message}")


def make_store(build, folder, records):
    """A day of marked records, an object an hour. Returns the store's folder."""
    store = folder / f"store-{records}"
    shutil.rmtree(store, ignore_errors=True)
    (store / DAY).mkdir(parents=True)
    generator = build / "bench/corpus/querymark-corpus"
    names = folder / f"domains-{DOMAINS}"
    turns.run([generator, "list", "--names", str(DOMAINS)], names)
    interval_ms = 24 * 3600 * 1000 // records
    mark = f"mkdir $FILE && {build}/querymark --quiet --table list:{names} mark --annotate --output $FILE/log.gz"
    command = (f"set -o pipefail; {generator} logs --records {records} --interval-ms {interval_ms} | "
               f"split --lines {-(-records // HOURS)} --numeric-suffixes --suffix-length 2 --filter '{mark}' - {store / DAY}/")
    turns.run(["bash", "-c", command])
    return store


def sizes(store, suffix):
    return sum(path.stat().st_size for path in store.rglob("*" + suffix))


def copies_of(logs, folder):
    """DuckDB's statements that make a Parquet file of each folder's objects."""
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
    return "".join(
        f"COPY (SELECT * FROM read_ndjson('{hour}/*.gz', columns = {{{types}}}) "
        f"ORDER BY isMatchedDomain DESC, registeredDomain, srcaddr, query_timestamp) "
        f"TO '{folder}/{hour.name}.parquet' (FORMAT parquet, COMPRESSION zstd);"
        for hour in sorted({path.parent for path in logs.rglob("*.gz")}))


def compact(build, store, records):
    """Seconds of DuckDB's COPY and of ours, of the same objects; ours leaves Parquet in their place."""
    logs = store / "dns-query-logs"
    before = sizes(store, ".gz")
    copies = store.with_name(store.name + "-copies")
    shutil.rmtree(copies, ignore_errors=True)
    copies.mkdir()
    theirs, _ = turns.run([DUCKDB, "-c", copies_of(logs, copies)])
    copied = sizes(copies, ".parquet")
    shutil.rmtree(copies)
    ours, said = turns.run([build / "querymark", "compact", "--store", f"dir:{logs}", "--older-than", "0"])
    require(f"{records:,} records" in said, said)
    require(sizes(store, ".gz") == 0, "objects are left")
    return {"compact_seconds": ours, "copy_seconds": theirs, "gzip_bytes": before,
            "parquet_bytes": sizes(store, ".parquet"), "copy_bytes": copied}


def rows_of(contender, path):
    turns.run(contender.command, path)
    header, *rows = path.read_bytes().splitlines()
    return header, sorted(rows)


def ask(build, folder, store, records, rounds):
    """Seconds of each question by who answers."""
    logs = store / "dns-query-logs"
    seconds = {}
    question, chosen = MATCHED, None
    for name in ("matched", "one domain"):
        ours = turns.Contender("querymark", [build / "querymark", "--quiet", "query", "--store", f"dir:{logs}",
                                             "--format", "csv", question], records)
        view = f"CREATE VIEW route53query AS FROM read_parquet('{logs}/**/*.parquet')"
        theirs = turns.Contender("DuckDB", [DUCKDB, "-csv", "-c", view, "-c", question], records)
        rows = rows_of(ours, folder / "answer")
        require(rows == rows_of(theirs, folder / "answer"), f"{question}: the two answer differently")
        require(rows[1], f"{question}: no rows")
        rates = turns.take_turns([ours, theirs], rounds)
        seconds[name] = {who: records / rate for who, rate in rates.items()}
        seconds[name]["rows"] = len(rows[1])
        chosen = chosen or rarest_domain(build, logs)
        question = OF_DOMAIN.format(chosen)
    return seconds


def rarest_domain(build, logs):
    command = [build / "querymark", "--quiet", "query", "--store", f"dir:{logs}", "--format", "csv",
               "SELECT registeredDomain FROM route53query WHERE isMatchedDomain = 'Y' GROUP BY registeredDomain "
               "ORDER BY count(*), registeredDomain LIMIT 1"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1]


def fetch(url):
    """Seconds, and the body as it crossed the network."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    begin = time.perf_counter()
    with urllib.request.urlopen(request) as reply:
        body = reply.read()
    return time.perf_counter() - begin, body


def first_paint(url):
    """Milliseconds to the first content in Debian's Chromium; None where it or Playwright is not there."""
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if chromium is None:
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(url)
        page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        weight = page.evaluate("performance.getEntries().reduce((sum, one) => sum + (one.encodedBodySize ?? 0), 0)")
        browser.close()
        return {"first_paint_ms": paint, "page_bytes": weight}


def look(build, folder, store, records):
    """The dashboard of a service that has just started on the store."""
    home = folder / "query-home"
    shutil.rmtree(home, ignore_errors=True)
    service = subprocess.Popen([build / "querymark", "serve", "--home", home, "--table", f"list:{folder}/domains-{DOMAINS}",
                                "--store", f"dir:{store}", "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r"listening on \S*:(\d+)", service.stderr.readline())[1])
        url = f"http://127.0.0.1:{port}"
        result = first_paint(f"{url}/#/?days=0") or {}
        begin = time.perf_counter()
        answer = {"working": True}
        calls = []
        while answer["working"]:
            seconds, body = fetch(f"{url}/api/overview?days=0")
            calls.append(seconds)
            answer = json.loads(body)
            time.sleep(0.02)
        require(answer["overview"]["records"] == records, answer.get("error", "the overview counts differently"))
        result["overview_made_s"] = time.perf_counter() - begin
        calls += [fetch(f"{url}/api/overview?days=0")[0] for _ in range(CALLS)]
        result["overview_p50_ms"] = statistics.median(calls) * 1e3
        result["overview_max_ms"] = max(calls) * 1e3
        return result
    finally:
        service.terminate()
        service.wait()


def compare(build, folder, records, rounds):
    store = make_store(build, folder, records)
    try:
        result = {"records": records, **compact(build, store, records)}
        result["questions"] = ask(build, folder, store, records, rounds)
        result["dashboard"] = look(build, folder, store, records)
        return result
    finally:
        shutil.rmtree(store)
