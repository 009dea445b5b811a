# SPDX-License-Identifier: Apache-2.0
"""stream_processor_test.py PACKAGE PROGRAM WORK: the packaged stream processor in an empty root folder, with moto's
DynamoDB and SNS (a queue subscribed to the topic), and boto3 as the one who writes the table and reads the queue.

Exit status 77: moto is not installed, or not allowed to change the root folder here.
"""

import base64
import gzip
import json
import pathlib
import re
import sys
import unittest

from moto_aws import REGION, MotoAws
from packaged_function import Failed, Package

TABLE = "interesting-domains-table"
START_MS_MAX = 200  # generous: the machine may be busy
START_KB_MAX = 15_000
REJECTS_KB_MAX = 60_000  # of two million records that are none, in 4 MiB
REFERENCE_EVENTS = pathlib.Path(__file__).resolve().parents[2] / "../shared/data/route53/reference_events.txt"


def setUpModule():
    global AWS, TOPIC
    AWS = MotoAws()
    dynamodb = AWS.create_table(TABLE)
    for name in ("evil.com", "akrpublicschool.com", "allowed.com", "allow#allowed.com"):
        dynamodb.put_item(TableName=TABLE, Item={"domainName": {"S": name}})
    dynamodb.put_item(TableName=TABLE, Item={
        "domainName": {"S": "listed.com"}, "lists": {"M": {"ads": {"M": {"scope": {"S": "exact"}}}}}})
    TOPIC = AWS.client("sns").create_topic(Name="dns-logs-match-topic")["TopicArn"]


def tearDownModule():
    AWS.stop()


def query(name, **more):
    return json.dumps({"query_name": name, "srcaddr": "10.0.0.1", "vpc_id": "vpc-1", **more})


def event(*payloads):
    records = [{"recordId": f"4960888199038673053172034459030318560021699176172827443400{i:04}",
                "approximateArrivalTimestamp": 1594747547653,
                "data": base64.b64encode(payload if isinstance(payload, bytes) else payload.encode()).decode()}
               for i, payload in enumerate(payloads)]
    return {"invocationId": "i", "deliveryStreamArn": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/s",
            "region": REGION, "records": records}


class StreamProcessor(unittest.TestCase):
    def setUp(self):
        self.queue = AWS.subscribe(TOPIC, self._testMethodName)

    def start(self, **environment):
        return PACKAGED.start({**AWS.environment, "INTERESTING_DOMAINS_TABLE": TABLE, "SNS_TOPIC": TOPIC,
                               "SNS_ON": "Y", "AWS_LAMBDA_FUNCTION_NAME": "stream-processor", **environment})

    def process(self, function, asked):
        """(result, data) of each record, after the ids have been looked at."""
        answer = function.invoke(asked)
        self.assertEqual(list(answer), ["records"])
        self.assertEqual([record["recordId"] for record in answer["records"]],
                         [record["recordId"] for record in asked["records"]])
        return [(record["result"], base64.b64decode(record.get("data", "")).decode(errors="replace"))
                for record in answer["records"]]

    def test_records_are_marked_and_matches_published(self):
        evil = query("www.evil.com.", rcode="NOERROR")
        with self.start() as function:
            results = self.process(function, event(evil, query("good.com."), query("x.allowed.com."), "nonsense"))
            printed, status = function.end()
        marked = evil[:-1] + ',"isMatchedDomain":"Y"}'
        self.assertEqual(results, [
            ("Ok", marked + "\n"), ("Ok", query("good.com.")[:-1] + ',"isMatchedDomain":"N"}\n'),
            ("Ok", query("x.allowed.com.")[:-1] + ',"isMatchedDomain":"N"}\n'), ("ProcessingFailed", "nonsense")])
        [message] = AWS.received(self.queue)
        self.assertEqual((message["Subject"], message["Message"]), ("Route 53 Query Log Matched", marked))
        self.assertEqual(message["MessageAttributes"]["registered_domain"], {"Type": "String", "Value": "evil.com"})
        self.assertEqual(message["MessageAttributes"]["lists"], {"Type": "String.Array", "Value": '["manual"]'})
        self.assertEqual(status, 1)
        lines = [json.loads(line) for line in printed.splitlines()]
        metrics = [line for line in lines if "_aws" in line]
        self.assertEqual(len(metrics), 1)
        self.assertEqual({name: metrics[0][name] for name in ("Records", "Matched", "Unmatched", "Rejected", "Control",
                                                              "Lookups", "Notifications", "FunctionName")},
                         {"Records": 4, "Matched": 1, "Unmatched": 2, "Rejected": 1, "Control": 0, "Lookups": 2,
                          "Notifications": 1, "FunctionName": "stream-processor"})
        self.assertNotIn("evil", printed)

    def test_annotation_listed_matching_and_digests(self):
        with self.start(MATCH="listed", ANNOTATE="Y", NOTIFY="digest") as function:
            results = self.process(function, event(query("listed.com"), query("www.listed.com"), query("a.evil.com"),
                                                   query("b.evil.com")))
        records = [json.loads(data) for _, data in results]
        self.assertEqual([record["isMatchedDomain"] for record in records], ["Y", "N", "Y", "Y"])
        self.assertEqual(records[0]["match"], {"entry": "listed.com", "scope": "exact", "lists": ["ads"]})
        digests = sorted((json.loads(message["Message"]) for message in AWS.received(self.queue)), key=lambda m: m["count"])
        self.assertEqual([(digest["registered_domain"], digest["count"]) for digest in digests],
                         [("listed.com", 1), ("evil.com", 2)])

    def test_sns_is_off_unless_it_is_on(self):
        with self.start(SNS_ON="N", SNS_TOPIC="") as function:
            self.assertEqual(self.process(function, event(query("evil.com")))[0][0], "Ok")
        self.assertEqual(AWS.received(self.queue), [])

    def test_the_largest_event_is_answered_within_the_limit(self):
        payloads = [query(f"www.d{i % 3000}.com", pad="x" * 400) for i in range(7100)]
        asked = event(*payloads)
        self.assertGreater(len(json.dumps(asked)), 5_500_000)
        with self.start() as function:
            self.assertEqual({result for result, _ in self.process(function, asked)}, {"Ok"})

    def test_a_payload_of_nothing_but_rejects_takes_little_memory(self):
        rejects = gzip.compress(b"7\n" * (2 << 20))
        with self.start() as function:
            results = self.process(function, event(query("evil.com"), rejects, query("good.com")))
            self.assertLess(function.peak_kb, REJECTS_KB_MAX)
        self.assertEqual([result for result, _ in results], ["Ok", "ProcessingFailed", "Ok"])

    def test_cloudwatch_envelopes_are_opened(self):
        envelope = {"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s",
                    "subscriptionFilters": ["f"], "logEvents": [
                        {"id": "1", "timestamp": 1, "message": query("evil.com")},
                        {"id": "2", "timestamp": 2, "message": query("good.com")}]}
        control = {**envelope, "messageType": "CONTROL_MESSAGE", "logEvents": [
            {"id": "", "timestamp": 1, "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}
        with self.start() as function:
            results = self.process(function, event(*(gzip.compress(json.dumps(e).encode()) for e in (envelope, control))))
        self.assertEqual(results[1], ("Dropped", ""))
        self.assertEqual([json.loads(line)["isMatchedDomain"] for line in results[0][1].splitlines()], ["Y", "N"])

    def test_a_table_that_is_not_there_fails_the_invocation(self):
        with self.start(INTERESTING_DOMAINS_TABLE="none") as function:
            with self.assertRaisesRegex(Failed, "the table none gave no answer: .*ResourceNotFoundException"):
                function.invoke(event(query("evil.com")))

    def test_what_is_no_event_fails_and_the_next_is_answered(self):
        with self.start() as function:
            with self.assertRaisesRegex(Failed, "not a Firehose transformation event"):
                function.invoke('{"Records":[')
            self.assertEqual(self.process(function, event(query("good.com")))[0][0], "Ok")

    def test_wrong_settings_are_an_init_error_that_names_them(self):
        for name, value in {"INTERESTING_DOMAINS_TABLE": "", "MATCH": "exact", "ANNOTATE": "yes", "NOTIFY": "all",
                            "CACHE_SECONDS": "1h", "SNS_TOPIC": "dns-logs-match-topic"}.items():
            with self.subTest(name), self.start(**{name: value}) as function:
                path, body = function.next_answer()
                self.assertEqual(path, "init/error")
                self.assertIn(name, body["errorMessage"])
                self.assertEqual(function.end()[1], 1)

    def test_starts_quickly_and_in_little_memory(self):
        times = []
        for _ in range(5):
            with self.start() as function:
                function.wait_for_first_request()
                times.append(function.start_ms)
                start_kb = function.peak_kb
                self.process(function, event(query("good.com")))
                peak_kb = function.peak_kb
        print(f"start to first request {min(times):.1f} ms, {start_kb / 1024:.1f} MB; after an event "
              f"{peak_kb / 1024:.1f} MB", file=sys.stderr)
        self.assertLess(min(times), START_MS_MAX)
        self.assertLess(start_kb, START_KB_MAX)

    @unittest.skipUnless(REFERENCE_EVENTS.exists(), "the sample stack's own test events are not here")
    def test_the_sample_stacks_own_test_events(self):
        text = REFERENCE_EVENTS.read_text(encoding="utf-8")
        events = [json.loads(found) for found in re.findall(r"^\{$.*?^\}$", text, re.MULTILINE | re.DOTALL)]
        verdicts = []
        with self.start() as function:
            for asked in events:
                for (result, data), record in zip(self.process(function, asked), asked["records"]):
                    self.assertEqual(result, "Ok")
                    marked = json.loads(data)
                    verdicts.append(marked.pop("isMatchedDomain"))
                    self.assertEqual(marked, json.loads(json.loads(base64.b64decode(record["data"]))["message"]))
        self.assertEqual(verdicts, ["N", "Y"])
        self.assertEqual([json.loads(message["Message"])["isMatchedDomain"] for message in AWS.received(self.queue)], ["Y"])


if __name__ == "__main__":
    package, program, work = sys.argv[1:4]
    PACKAGED = Package(package, program, pathlib.Path(work))
    if not PACKAGED.can_run:
        print("skipped: neither root nor user namespaces here, so there is no empty root folder")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
