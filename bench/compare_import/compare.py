# SPDX-License-Identifier: Apache-2.0
"""compare.py QUERYMARK [NAMES]: entries a second into a DynamoDB table (moto's server, a process of its own): `querymark
domains import`, which reads each item before it writes it, beside boto3 with as many threads that writes the same items,
with and without reading them first. In turns, in one run; Python with boto3 and moto[server] of tests/requirements.txt
runs it."""

import concurrent.futures
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import boto3
import botocore.config

THREADS = 8  # as kDynamoDbThreads
READ_A_REQUEST = 100
WRITTEN_A_REQUEST = 25
ROUNDS = 3
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
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, batches))
    return time.monotonic() - began


def main():
    program, names = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    server, url = start_server()
    client = boto3.client("dynamodb", endpoint_url=url, region_name=AWS["AWS_REGION"], aws_access_key_id="testing",
                          aws_secret_access_key="testing",
                          config=botocore.config.Config(max_pool_connections=THREADS))
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "list.txt")
            path.write_text("".join(f"domain{i}.com\n" for i in range(names)))
            rates = {"querymark": [], "boto3, writing": [], "boto3, reading and writing": []}
            for turn in range(ROUNDS):
                rates["querymark"].append(names / ours(client, url, program, path, f"ours{turn}"))
                items = items_of(client, f"ours{turn}")
                assert len(items) == names
                rates["boto3, writing"].append(names / theirs(client, items, f"written{turn}", False))
                rates["boto3, reading and writing"].append(names / theirs(client, items, f"read{turn}", True))
    finally:
        server.terminate()
        server.wait()
    mine = statistics.median(rates["querymark"])
    for name, measured in rates.items():
        rate = statistics.median(measured)
        print(f"{name}: {rate:,.0f} entries/s ({', '.join(f'{one:,.0f}' for one in measured)}); "
              f"querymark is {mine / rate:.2f} of it")


if __name__ == "__main__":
    main()
