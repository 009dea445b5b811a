# SPDX-License-Identifier: Apache-2.0
"""test_sns.py QUERYMARK: `mark --alert sns:ARN` with moto in place of AWS, and queues that subscribe to the topic.

Exit status 77: moto is not installed.
"""

import json
import logging
import sys
import unittest

try:
    import boto3
    from moto.server import ThreadedMotoServer
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed")
    sys.exit(77)

from alerting import mark, numbers, record

logging.getLogger("werkzeug").setLevel(logging.ERROR)
PROGRAM = sys.argv.pop(1)
REGION = "eu-west-1"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}


def setUpModule():
    global MOTO, URL
    MOTO = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    MOTO.start()
    host, port = MOTO.get_host_and_port()
    URL = f"http://{host}:{port}"


def tearDownModule():
    MOTO.stop()


def client(service):
    return boto3.client(service, endpoint_url=URL, region_name=REGION, aws_access_key_id="testing",
                        aws_secret_access_key="testing")


class Sns(unittest.TestCase):
    def setUp(self):
        self.sqs = client("sqs")
        self.topic = client("sns").create_topic(Name=self._testMethodName[:60])["TopicArn"]

    def subscribe(self, name, **attributes):
        queue = self.sqs.create_queue(QueueName=f"{self._testMethodName[:60]}-{name}")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        client("sns").subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
        return queue

    def received(self, queue):
        bodies = []
        while messages := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def mark(self, records, topic=None):
        return mark(PROGRAM, "sns:" + (topic or self.topic), records, AWS_ENDPOINT_URL=URL, **KEYS)

    def test_every_match_arrives_once_as_it_was_marked(self):
        queue = self.subscribe("all")
        done = self.mark([record(f"h{i}.{'evil.com' if i % 2 else 'good.org'}.") for i in range(50)])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(numbers(done)["alerts_sent"], 25)
        bodies = self.received(queue)
        matched = [line for line in done.stdout.splitlines() if '"isMatchedDomain":"Y"' in line]
        self.assertEqual(sorted(body["Message"] for body in bodies), sorted(matched))
        self.assertEqual({body["Subject"] for body in bodies}, {"Route 53 Query Log Matched"})
        self.assertEqual(bodies[0]["MessageAttributes"]["registered_domain"], {"Type": "String", "Value": "evil.com"})

    def test_filter_policies_choose_by_attributes(self):
        queue = self.subscribe("chosen", FilterPolicy=json.dumps({"rcode": ["NXDOMAIN"], "lists": ["list.txt", "list"]}))
        done = self.mark([record("a.evil.com.", rcode="NXDOMAIN"), record("b.evil.com.", rcode="NOERROR")])
        self.assertEqual(done.returncode, 0, done.stderr)
        chosen = [json.loads(body["Message"])["query_name"] for body in self.received(queue)]
        self.assertEqual(chosen, ["a.evil.com."])

    def test_a_record_that_is_too_long_goes_without_answers(self):
        queue = self.subscribe("all")
        done = self.mark([record("evil.com.", answers=[{"Rdata": "x" * 300000}])])
        self.assertEqual(done.returncode, 0, done.stderr)
        [body] = self.received(queue)
        message = json.loads(body["Message"])
        self.assertEqual((message["answersLeftOut"], "answers" in message), (True, False))

    def test_a_topic_that_is_not_there_is_told(self):
        done = self.mark([record("evil.com.")], topic=self.topic + "-other")
        self.assertEqual(done.returncode, 1)
        self.assertIn("NotFound", done.stderr)
        self.assertIn('"isMatchedDomain":"Y"', done.stdout)


if __name__ == "__main__":
    unittest.main()
