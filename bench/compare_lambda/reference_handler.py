#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Firehose events, one a line, as the sample stack's function processes them, written anew: base64, json.loads,
tld.get_fld, a GetItem a record, json.dumps, base64. Nothing is logged or published. Responses are on standard output,
one a line; the seconds of it and those of CPU, imports and loading left out, are the last line of standard error.

usage: reference_handler.py SUFFIX_LIST EVENTS table NAME      the table in DynamoDB, where AWS_ENDPOINT_URL says
       reference_handler.py SUFFIX_LIST EVENTS set DOMAINS     its look-up stubbed by a set in memory
"""

import base64
import json
import os
import sys
import time

import boto3
import tld.utils


def parser_of(suffix_list):
    class SameList(tld.utils.MozillaTLDSourceParser):
        uid = "querymark"
        local_path = os.path.abspath(suffix_list)

    return SameList


def handler(event, is_interesting, parser):
    output = []
    for record in event["records"]:
        query = json.loads(base64.b64decode(record["data"]).decode("utf-8"))
        query["isMatchedDomain"] = "N"
        try:
            if is_interesting(tld.get_fld("http://" + query["query_name"], parser_class=parser)):
                query["isMatchedDomain"] = "Y"
        except ValueError:  # of tld too: no domain of its list
            pass
        data = base64.b64encode((json.dumps(query) + "\n").encode("utf-8")).decode("utf-8")
        output.append({"recordId": record["recordId"], "result": "Ok", "data": data})
    return {"records": output}


def lookup(kind, where):
    if kind == "table":
        table = boto3.resource("dynamodb").Table(where)
        return lambda domain: "Item" in table.get_item(Key={"domainName": domain})
    with open(where, encoding="ascii") as lines:
        return {line.strip() for line in lines if not line.startswith("#")}.__contains__


def main():
    suffix_list, events, kind, where = sys.argv[1:]
    parser = parser_of(suffix_list)
    tld.get_fld("http://example.com", parser_class=parser)
    is_interesting = lookup(kind, where)
    with open(events, encoding="utf-8") as lines:
        texts = list(lines)
    begin, cpu_begin = time.perf_counter(), time.process_time()
    responses = [json.dumps(handler(json.loads(text), is_interesting, parser)) for text in texts]
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - cpu_begin
    print("\n".join(responses))
    print(seconds, cpu_seconds, file=sys.stderr)


if __name__ == "__main__":
    main()
