# SPDX-License-Identifier: Apache-2.0
"""Entries a second into a DynamoDB table (moto's server, a process of its own): `querymark domains import`, which reads
each item before it writes it, so that nothing others wrote there is lost, beside boto3 that writes the same items with as
many threads, and beside boto3 that reads none of them, with as many writes at a time. In turns."""

import concurrent.futures
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import time

import boto3
import botocore.config

THREADS = 10  # as kDynamoDbThreads
WRITERS = 8  # so many of them write at a time
READ_A_REQUEST = 100
WRITTEN_A_REQUEST = 25
AWS = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


def start_server():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = pathlib.Path(sys.executable).with_name("moto_server")
    server = subprocess.Popen([program, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server, f"http://127.0.0.1:{port}"
        time.sleep(0.1)
    raise SystemExit("moto_server does not start")


def make_table(client, name):
    client.create_table(TableName=name, BillingMode="PAY_PER_REQUEST",
                        KeySchema=[{"AttributeName": "domainName", "KeyType": "HASH"}],
                        AttributeDefinitions=[{"AttributeName": "domainName", "AttributeType": "S"}])


def items_of(client, table):
    return [item for page in client.get_paginator("scan").paginate(TableName=table) for item in page["Items"]]


def ours(client, url, program, path, table):
    make_table(client, table)
    began = time.monotonic()
    subprocess.run([program, "domains", "import", path, "--table", "dynamodb:" + table, "--quiet"], check=True,
                   env={**os.environ, **AWS, "AWS_ENDPOINT_URL": url})
    return time.monotonic() - began


def theirs(client, items, table, reads):
    make_table(client, table)

    def write(batch):
        if reads:
            client.batch_get_item(RequestItems={table: {
                "Keys": [{"domainName": item["domainName"]} for item in batch], "ConsistentRead": True}})
        for at in range(0, len(batch), WRITTEN_A_REQUEST):
            left = {table: [{"PutRequest": {"Item": item}} for item in batch[at:at + WRITTEN_A_REQUEST]]}
            while left:
                left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]

    batches = [items[at:at + READ_A_REQUEST] for at in range(0, len(items), READ_A_REQUEST)]
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(THREADS if reads else WRITERS) as pool:
        list(pool.map(write, batches))
    return time.monotonic() - began


def measure(client, url, program, path, names, rounds):
    rates = {"ours": [], "writing": [], "reading_and_writing": []}
    ours(client, url, program, path, "first")
    items = items_of(client, "first")
    if len(items) != names:
        raise SystemExit(f"compare_import: {len(items)} items of {names} names")
    for turn in range(rounds):
        rates["ours"].append(names / ours(client, url, program, path, f"ours{turn}"))
        rates["writing"].append(names / theirs(client, items, f"written{turn}", False))
        rates["reading_and_writing"].append(names / theirs(client, items, f"read{turn}", True))
    return {name: statistics.median(measured) for name, measured in rates.items()}


def compare(build, folder, names, rounds):
    """Entries a second of each, the medians."""
    server, url = start_server()
    client = boto3.client("dynamodb", endpoint_url=url, region_name=AWS["AWS_REGION"], aws_access_key_id="testing",
                          aws_secret_access_key="testing",
                          config=botocore.config.Config(max_pool_connections=THREADS))
    path = folder / "dynamodb-list"
    path.write_text("".join(f"domain{i}.com\n" for i in range(names)), encoding="ascii")
    try:
        return measure(client, url, build / "querymark", path, names, rounds)
    finally:
        server.terminate()
        server.wait()
