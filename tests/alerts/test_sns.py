# SPDX-License-Identifier: Apache-2.0
"""test_sns.py QUERYMARK: `mark --alert sns:ARN` with moto in place of AWS, and queues that subscribe to the topic.

Exit status 77: moto is not installed.
"""

import json
import sys
import unittest

from alerting import mark, numbers, record
from moto_aws import MotoAws

PROGRAM = sys.argv.pop(1)


def setUpModule():
    global AWS
    AWS = MotoAws()


def tearDownModule():
    AWS.stop()


class Sns(unittest.TestCase):
    def setUp(self):
        self.name = self._testMethodName[:60]
        self.topic = AWS.client("sns").create_topic(Name=self.name)["TopicArn"]

    def subscribe(self, **attributes):
        return AWS.subscribe(self.topic, self.name, **attributes)

    def mark(self, records, topic=None):
        return mark(PROGRAM, "sns:" + (topic or self.topic), records, **AWS.environment)

    def test_every_match_arrives_once_as_it_was_marked(self):
        queue = self.subscribe()
        done = self.mark([record(f"h{i}.{'evil.com' if i % 2 else 'good.org'}.") for i in range(50)])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(numbers(done)["alerts_sent"], 25)
        bodies = AWS.received(queue)
        matched = [line for line in done.stdout.splitlines() if '"isMatchedDomain":"Y"' in line]
        self.assertEqual(sorted(body["Message"] for body in bodies), sorted(matched))
        self.assertEqual({body["Subject"] for body in bodies}, {"Route 53 Query Log Matched"})
        self.assertEqual(bodies[0]["MessageAttributes"]["registered_domain"], {"Type": "String", "Value": "evil.com"})

    def test_filter_policies_choose_by_attributes(self):
        queue = self.subscribe(FilterPolicy=json.dumps({"rcode": ["NXDOMAIN"], "lists": ["list.txt", "list"]}))
        done = self.mark([record("a.evil.com.", rcode="NXDOMAIN"), record("b.evil.com.", rcode="NOERROR")])
        self.assertEqual(done.returncode, 0, done.stderr)
        chosen = [json.loads(body["Message"])["query_name"] for body in AWS.received(queue)]
        self.assertEqual(chosen, ["a.evil.com."])

    def test_a_record_that_is_too_long_goes_without_answers(self):
        queue = self.subscribe()
        done = self.mark([record("evil.com.", answers=[{"Rdata": "x" * 300000}])])
        self.assertEqual(done.returncode, 0, done.stderr)
        [body] = AWS.received(queue)
        message = json.loads(body["Message"])
        self.assertEqual((message["answersLeftOut"], "answers" in message), (True, False))

    def test_a_topic_that_is_not_there_is_told(self):
        done = self.mark([record("evil.com.")], topic=self.topic + "-other")
        self.assertEqual(done.returncode, 1)
        self.assertIn("NotFound", done.stderr)
        self.assertIn('"isMatchedDomain":"Y"', done.stdout)


if __name__ == "__main__":
    unittest.main()
