# SPDX-License-Identifier: Apache-2.0
"""The stream processor beside the sample stack's function, on the same events of 500 generated records, with the same
table in moto's server on this machine, in turns.

The comparison is kind to the other: it publishes nothing, its log lines go to /dev/null, and its imports are left out of
all but the start. Before any timing both must decide alike on every record.
"""

import base64
import json
import logging
import os
import pathlib
import statistics
import subprocess
import sys

import boto3
from moto.server import ThreadedMotoServer

import turns

logging.getLogger("werkzeug").setLevel(logging.ERROR)
FOLDER = pathlib.Path(__file__).parent
sys.path.append(str(FOLDER.parents[1] / "tests/lambda_package"))
import packaged_function  # noqa: E402

TABLE = "interesting-domains-table"
RECORDS = 500  # an event
FEW, SOME = 1, 10  # events: for the sample's way with the table, which is slow; for all else
UNASKED = 2_000  # of the listed domains
WARM_ROUNDS = 20
IMPORTS = "import boto3, json, base64, tld; boto3.resource('dynamodb'); tld.get_fld('http://example.com')"


def make_events(generator, path, events):
    log = subprocess.run([generator, "logs", "--records", str(events * RECORDS)], check=True, stdout=subprocess.PIPE)
    records = log.stdout.splitlines()
    with open(path, "w", encoding="ascii") as out:
        for begin in range(0, len(records), RECORDS):
            out.write(json.dumps({
                "invocationId": "i", "deliveryStreamArn": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/s",
                "region": "eu-west-1",
                "records": [{"recordId": f"49608881990386730531720344590303185600216991761728{i:023}",
                             "approximateArrivalTimestamp": 1594747547653, "data": base64.b64encode(record).decode()}
                            for i, record in enumerate(records[begin:begin + RECORDS])]}) + "\n")
    return path


def asked_names(events):
    """The names of the events' records and all their parents."""
    names = set()
    for line in events.read_text(encoding="ascii").splitlines():
        for record in json.loads(line)["records"]:
            labels = json.loads(base64.b64decode(record["data"]))["query_name"].rstrip(".").split(".")
            names.update(".".join(labels[i:]) for i in range(len(labels)))
    return names


def make_list(generator, path, events):
    """As many interesting domains as moto takes in a reasonable time: some that nobody asks for, and of a million those
    that the events do."""
    made = subprocess.run([generator, "list", "--names", "1000000"], check=True, stdout=subprocess.PIPE, text=True)
    domains = [line for line in made.stdout.splitlines() if not line.startswith("#")]
    asked = asked_names(events)
    chosen = domains[:UNASKED] + [domain for domain in domains[UNASKED:] if domain in asked]
    path.write_text("\n".join(chosen) + "\n", encoding="ascii")
    return path


def fill_table(domains):
    dynamodb = boto3.resource("dynamodb")
    table = dynamodb.create_table(
        TableName=TABLE, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "domainName", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "domainName", "AttributeType": "S"}])
    with table.batch_writer() as batch:
        for line in domains.read_text(encoding="ascii").splitlines():
            batch.put_item(Item={"domainName": line})


def flags(responses):
    return [json.loads(base64.b64decode(record["data"]))["isMatchedDomain"]
            for line in responses.splitlines() for record in json.loads(line)["records"]]


def ours(build, events, rounds):
    done = subprocess.run([build / "bench/compare_lambda/process_events", events, str(rounds)], check=True,
                          capture_output=True, text=True)
    return done.stdout, json.loads(done.stderr)


def theirs(build, events, *lookup):
    done = subprocess.run([sys.executable, FOLDER / "reference_handler.py",
                           build / "psl/publicsuffixlist/public_suffix_list.dat", events, *lookup], check=True,
                          capture_output=True, text=True)
    seconds, cpu_seconds = map(float, done.stderr.splitlines()[-1].split())
    return done.stdout, seconds, cpu_seconds


def require(condition, message):
    if not condition:
        raise SystemExit(f"compare_lambda: {message}")


def measure(build, few, some, domains, rounds):
    """Seconds an event, of each the median; of CPU where nobody is waited for."""
    seconds = {name: [] for name in ("warm", "warm_cpu", "cold", "stubbed_cpu", "silent_cpu", "table")}
    for turn in range(rounds):
        responses, figures = ours(build, some, WARM_ROUNDS)
        for name in ("warm", "cold"):
            seconds[name].append(figures[f"{name}_seconds"] / SOME)
        seconds["warm_cpu"].append(figures["warm_cpu_seconds"] / SOME)
        stubbed, _, cpu_seconds = theirs(build, some, "set", domains)
        seconds["stubbed_cpu"].append(cpu_seconds / SOME)
        seconds["silent_cpu"].append(theirs(build, some, "set", domains, "--silent")[2] / SOME)
        if turn == 0:
            require(flags(responses) == flags(stubbed), "the two decide differently")
            require("Y" in flags(responses), "nothing matched")
        asked, table_seconds, _ = theirs(build, few, "table", TABLE)
        seconds["table"].append(table_seconds / FEW)
        require(flags(asked) == flags(responses)[: FEW * RECORDS], "with the table it decides differently")
    return {name: statistics.median(values) for name, values in seconds.items()}


def start(build, rounds):
    """Start to the first request for an event, and the memory then; beside it, the sample's imports."""
    settings = {name: os.environ[name] for name in os.environ if name.startswith("AWS_")}
    times, sizes, imports = [], [], []
    for _ in range(rounds):
        with packaged_function.Function([build / "lambda/stream_processor"],
                                        {**settings, "INTERESTING_DOMAINS_TABLE": TABLE}) as function:
            function.wait_for_first_request()
            times.append(function.start_ms)
            sizes.append(function.peak_kb * 1024)
        imports.append(turns.run([sys.executable, "-c", IMPORTS])[0] * 1e3)
    return {"start_ms": min(times), "start_bytes": max(sizes), "reference_start_ms": min(imports),
            "reference_bytes": turns.peak_memory([sys.executable, "-c", IMPORTS])}


def zip_size(program, folder):
    subprocess.run([FOLDER.parents[1] / "deploy/sam/package", program, folder / "lambda-package", "--zip",
                    folder / "lambda.zip"], check=True)
    return (folder / "lambda.zip").stat().st_size


def compare(build, folder, events, rounds):
    """`events`: how many to count requests on, one after another."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ.update({"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_REGION": "eu-west-1",
                       "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "bench",
                       "AWS_SECRET_ACCESS_KEY": "bench", "INTERESTING_DOMAINS_TABLE": TABLE, "CACHE_SECONDS": "86400"})
    generator = build / "bench/corpus/querymark-corpus"
    few = make_events(generator, folder / "lambda-few", FEW)
    some = make_events(generator, folder / "lambda-some", SOME)
    domains = make_list(generator, folder / "lambda-list", some)
    fill_table(domains)
    many = make_events(generator, folder / "lambda-many", events)
    result = measure(build, few, some, domains, rounds)
    result["requests_per_million"] = ours(build, many, 1)[1]["requests"] / (events * RECORDS) * 1e6
    result |= start(build, max(rounds, 3))
    result["zip_bytes"] = zip_size(build / "lambda/stream_processor", folder)
    server.stop()
    return result
