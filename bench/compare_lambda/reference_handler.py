#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Firehose events, one a line, as the sample stack's function processes them, written anew: base64, json.loads,
tld.get_fld, a GetItem a record, json.dumps, base64. As that one it logs the event, each record as it came, decoded and
as it goes, and all answers: to /dev/null, in the form that Lambda gives log lines; with --silent it logs nothing. It
publishes nothing. Responses are on standard output, one a line; the seconds of it and those of CPU, imports and loading
left out, are the last line of standard error.

usage: reference_handler.py SUFFIX_LIST EVENTS table NAME [--silent]     the table in DynamoDB, where AWS_ENDPOINT_URL says
       reference_handler.py SUFFIX_LIST EVENTS set DOMAINS [--silent]    its look-up stubbed by a set in memory
"""

import base64
import json
import logging
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


def mark(query, is_interesting, parser, log):
    log("looking up %s of %s", query, type(query))
    query["isMatchedDomain"] = "N"
    try:
        if is_interesting(tld.get_fld("http://" + query["query_name"], parser_class=parser)):
            query["isMatchedDomain"] = "Y"
    except ValueError as error:  # of tld too: no domain of its list
        log("not looked up: %s", error)
    marked = json.dumps(query)
    log("looked up %s", marked)
    return marked


def handler(event, is_interesting, parser, log):
    log("event %s", event)
    output = []
    for record in event["records"]:
        log("record %s", record)
        query = json.loads(base64.b64decode(record["data"]).decode("utf-8"))
        log("decoded %s", query)
        log("of type %s", type(query))
        marked = mark(query, is_interesting, parser, log)
        data = base64.b64encode((marked + "\n").encode("utf-8")).decode("utf-8")
        output.append({"recordId": record["recordId"], "result": "Ok", "data": data})
    log("done %s", output)
    return {"records": output}


def lookup(kind, where):
    if kind == "table":
        dynamodb = boto3.resource("dynamodb")
        return lambda domain: "Item" in dynamodb.Table(where).get_item(Key={"domainName": domain})
    with open(where, encoding="ascii") as lines:
        return {line.strip() for line in lines if not line.startswith("#")}.__contains__


def lambda_log():
    """Writes lines as the logger that Lambda's runtime for Python sets up."""
    to_nowhere = logging.FileHandler(os.devnull)
    to_nowhere.setFormatter(logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)dZ\t%(message)s\n"))
    logger = logging.getLogger("handler")
    logger.setLevel(logging.INFO)
    logger.addHandler(to_nowhere)
    return logger.info


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--silent"]
    suffix_list, events, kind, where = arguments
    log = lambda_log() if len(arguments) == len(sys.argv) - 1 else lambda *line: None
    parser = parser_of(suffix_list)
    tld.get_fld("http://example.com", parser_class=parser)
    is_interesting = lookup(kind, where)
    with open(events, encoding="utf-8") as lines:
        texts = list(lines)
    begin, cpu_begin = time.perf_counter(), time.process_time()
    responses = [json.dumps(handler(json.loads(text), is_interesting, parser, log)) for text in texts]
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - cpu_begin
    print("\n".join(responses))
    print(seconds, cpu_seconds, file=sys.stderr)


if __name__ == "__main__":
    main()
