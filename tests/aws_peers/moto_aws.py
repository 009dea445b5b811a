# SPDX-License-Identifier: Apache-2.0
"""moto's server in place of AWS, in the test's own process, and boto3 as an independent client of it. Where they are
not installed, importing this ends the program with status 77.

    AWS = MotoAws()
    AWS.create_table("domains")
    subprocess.run(program, env=AWS.environment)      says where AWS is, with keys for it
    AWS.client("dynamodb").scan(TableName="domains")
    AWS.stop()
"""

import json
import logging
import sys

try:
    import boto3
    from moto.server import ThreadedMotoServer
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed")
    sys.exit(77)

logging.getLogger("werkzeug").setLevel(logging.ERROR)
REGION = "eu-west-1"


class MotoAws:
    """What is in it outlives its servers, within a process."""

    def __init__(self, port=0):
        self._server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self.use_keys("testing", "testing")

    def use_keys(self, key_id, secret):
        """moto takes any keys, unless it is told to check them."""
        self.keys = {"aws_access_key_id": key_id, "aws_secret_access_key": secret}
        self.environment = {"AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": key_id,
                            "AWS_SECRET_ACCESS_KEY": secret, "AWS_EC2_METADATA_DISABLED": "true"}

    def client(self, service):
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **self.keys)

    def create_bucket(self, name):
        """S3's client."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return s3

    def objects(self, bucket):
        """key -> bytes"""
        s3 = self.client("s3")
        listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {o["Key"]: s3.get_object(Bucket=bucket, Key=o["Key"])["Body"].read() for o in listed}

    def create_table(self, name):
        """As the SAM template makes it. DynamoDB's client."""
        dynamodb = self.client("dynamodb")
        dynamodb.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "domainName", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "domainName", "AttributeType": "S"}])
        return dynamodb

    def items(self, table):
        """By their keys."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        return {item["domainName"]["S"]: item for page in pages for item in page["Items"]}

    def names(self, table):
        """The items' keys alone, which moto tells far sooner where they are many."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=table, ProjectionExpression="domainName")
        return {item["domainName"]["S"] for page in pages for item in page["Items"]}

    def subscribe(self, topic, name, **attributes):
        """The queue of that name, made and subscribed to the topic."""
        sqs = self.client("sqs")
        queue = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
        return queue

    def received(self, queue):
        """What SNS has put into the queue, which is empty then."""
        sqs = self.client("sqs")
        bodies = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def stop(self):
        self._server.stop()
