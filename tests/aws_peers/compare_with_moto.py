# SPDX-License-Identifier: Apache-2.0
"""compare_with_moto.py PROBE: our clients against moto's server, with boto3 looking at what they did.

moto checks every request's signature and the caller's policies as IAM would. Exit status 77: not installed.
"""

import json
import os
import pathlib
import sys
import tempfile
import unittest

# The first requests make the user, and cannot be signed by it.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "3"
from moto_aws import REGION, MotoAws  # noqa: E402
from probe import Probe

PROGRAM = sys.argv.pop(1)
ALLOW_ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def setUpModule():
    global AWS
    AWS = MotoAws()
    iam = AWS.client("iam")
    iam.create_user(UserName="tester")
    iam.put_user_policy(UserName="tester", PolicyName="all", PolicyDocument=ALLOW_ALL)
    key = iam.create_access_key(UserName="tester")["AccessKey"]
    AWS.use_keys(key["AccessKeyId"], key["SecretAccessKey"])


def tearDownModule():
    AWS.stop()


def probe(**environment):
    settings = {**AWS.environment, **environment}
    return Probe(PROGRAM, **{name: value for name, value in settings.items() if value is not None})


class WithProbe(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.probe = probe()

    @classmethod
    def tearDownClass(cls):
        cls.probe.close()


class Signatures(unittest.TestCase):
    """Were signatures not checked, the other tests would show less than they seem to."""

    def test_a_wrong_secret_is_refused_everywhere(self):
        topic = f"arn:aws:sns:{REGION}:123456789012:t"
        with probe(AWS_SECRET_ACCESS_KEY="wrong") as wrong:
            for answer in (wrong.ask("s3_get", bucket="b", key="k"), wrong.ask("dynamodb_describe", table="t"),
                           wrong.ask("sns_publish", topic=topic, messages=[{"message": "m"}])):
                self.assertIn("HTTP 403", answer["error"])


class S3(WithProbe):
    KEYS_OF_OBJECTS = ["plain", "a b+c%20", "ä/ሴ", "dots/../..//x", "~.-_*'()!&$@=;:,?#", "x" * 500]

    def setUp(self):
        self.bucket = "bucket-" + self._testMethodName.replace("_", "-")[-40:]
        self.s3 = AWS.create_bucket(self.bucket)

    def test_objects_of_any_key_are_put_got_listed_and_deleted(self):
        for key in self.KEYS_OF_OBJECTS:
            etag = self.probe.get("s3_put", bucket=self.bucket, key=key, text="text of " + key)["etag"]
            theirs = self.s3.get_object(Bucket=self.bucket, Key=key)
            self.assertEqual(theirs["Body"].read().decode(), "text of " + key)
            self.assertEqual(theirs["ETag"], etag)
            self.assertEqual(theirs["ContentType"], "text/plain")
            ours = self.probe.get("s3_get", bucket=self.bucket, key=key)
            self.assertEqual(ours["text"], "text of " + key)
            self.assertEqual(ours["size"], len(("text of " + key).encode()))
        listed = self.probe.get("s3_list", bucket=self.bucket)["keys"]
        self.assertEqual(listed, sorted(self.KEYS_OF_OBJECTS, key=str.encode))
        for key in self.KEYS_OF_OBJECTS + ["not there"]:
            self.probe.get("s3_delete", bucket=self.bucket, key=key)
        self.assertEqual(self.probe.get("s3_list", bucket=self.bucket)["keys"], [])

    def test_ranges_and_versions(self):
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        old = self.s3.put_object(Bucket=self.bucket, Key="k", Body=b"0123456789")["VersionId"]
        self.s3.put_object(Bucket=self.bucket, Key="k", Body=b"new")
        self.assertEqual(self.probe.get("s3_get", bucket=self.bucket, key="k")["text"], "new")
        ranged = self.probe.get("s3_get", bucket=self.bucket, key="k", version=old, first=2, last=4)
        self.assertEqual((ranged["text"], ranged["size"], ranged["version"]), ("234", 10, old))

    def test_streamed_bodies_go_unsigned(self):
        self.probe.get("s3_put", bucket=self.bucket, key="k", text="streamed", stream=True)
        self.assertEqual(self.s3.get_object(Bucket=self.bucket, Key="k")["Body"].read(), b"streamed")

    def test_uploads_in_parts(self):
        part = 5 << 20
        self.probe.get("s3_upload", bucket=self.bucket, key="large", sizes=[part, part, 17])
        self.assertEqual(self.s3.head_object(Bucket=self.bucket, Key="large")["ContentLength"], 2 * part + 17)
        self.probe.get("s3_upload", bucket=self.bucket, key="dropped", sizes=[part], abort=True)
        self.assertNotIn("Uploads", self.s3.list_multipart_uploads(Bucket=self.bucket))

    def test_lists_of_several_pages(self):
        for i in range(1005):
            self.s3.put_object(Bucket=self.bucket, Key=f"p/{i:04}", Body=b"")
        self.s3.put_object(Bucket=self.bucket, Key="q", Body=b"")
        listed = self.probe.get("s3_list", bucket=self.bucket, prefix="p/")["keys"]
        self.assertEqual(listed, [f"p/{i:04}" for i in range(1005)])
        after = self.probe.get("s3_list", bucket=self.bucket, prefix="p/", after="p/1002")["keys"]
        self.assertEqual(after, ["p/1003", "p/1004"])

    def test_what_is_not_there_is_named(self):
        self.assertIn("NoSuchKey", self.probe.ask("s3_get", bucket=self.bucket, key="x")["error"])
        self.assertIn("NoSuchBucket", self.probe.ask("s3_list", bucket="nowhere-at-all")["error"])


class DynamoDb(WithProbe):
    def setUp(self):
        self.table = self._testMethodName
        self.dynamodb = AWS.create_table(self.table)

    @staticmethod
    def key(number):
        return {"domainName": {"S": f"d{number}.example"}}

    def all_items(self):
        return self.dynamodb.scan(TableName=self.table)["Items"]

    def test_a_table_is_described(self):
        self.assertEqual(self.probe.get("dynamodb_describe", table=self.table),
                         {"status": "ACTIVE", "key": [["domainName", "S"]]})
        self.assertIn("ResourceNotFoundException", self.probe.ask("dynamodb_describe", table="none")["error"])

    def test_items_of_every_type_pass_both_ways(self):
        item = {**self.key(1), "n": {"N": "-12.5"}, "b": {"BOOL": False}, "z": {"NULL": True},
                "ss": {"SS": ["a", "b"]}, "l": {"L": [{"S": "x"}, {"M": {"y": {"N": "1"}}}]}, "u": {"S": "ä\"\\\n"},
                "raw": {"B": "AAH/"}}
        self.probe.get("dynamodb_put", table=self.table, item=item)
        theirs = self.dynamodb.get_item(TableName=self.table, Key=self.key(1))["Item"]
        self.assertEqual(theirs, {**item, "raw": {"B": b"\x00\x01\xff"}})
        self.assertEqual(self.probe.get("dynamodb_get", table=self.table, key=self.key(1))["item"], item)
        self.assertIsNone(self.probe.get("dynamodb_get", table=self.table, key=self.key(2))["item"])

    def test_updates_conditions_and_deletes(self):
        self.dynamodb.put_item(TableName=self.table, Item={**self.key(1), "hand": {"S": "written"}})
        change = {"update": "SET #s = :s ADD #l :l", "names": {"#s": "size", "#l": "lists"},
                  "values": {":s": {"N": "5"}, ":l": {"SS": ["fake"]}}}
        updated = self.probe.get("dynamodb_update", table=self.table, key=self.key(1), **change)["item"]
        self.assertEqual(updated, {**self.key(1), "hand": {"S": "written"}, "size": {"N": "5"}, "lists": {"SS": ["fake"]}})
        refused = self.probe.ask("dynamodb_put", table=self.table, item=self.key(1),
                                 condition="attribute_not_exists(domainName)")
        self.assertIn("ConditionalCheckFailedException", refused["error"])
        self.assertEqual(self.probe.get("dynamodb_delete", table=self.table, key=self.key(1))["item"], updated)
        self.assertIsNone(self.probe.get("dynamodb_delete", table=self.table, key=self.key(1))["item"])
        self.assertEqual(self.all_items(), [])

    def test_batches_of_any_size(self):
        puts = [{**self.key(i), "n": {"N": str(i)}} for i in range(260)]
        written = self.probe.get("dynamodb_batch_write", table=self.table, puts=puts, deletes=[])
        self.assertEqual(written["requests"], 11)
        self.assertEqual(len(self.all_items()), 260)
        read = self.probe.get("dynamodb_batch_get", table=self.table, keys=[self.key(i) for i in range(200, 420)],
                              attributes=["n"])
        self.assertEqual(read["requests"], 3)
        self.assertEqual(sorted(int(item["n"]["N"]) for item in read["items"]), list(range(200, 260)))
        self.probe.get("dynamodb_batch_write", table=self.table, puts=[], deletes=[self.key(i) for i in range(255)])
        self.assertEqual(len(self.all_items()), 5)

    def test_scans_in_pages(self):
        puts = [self.key(i) for i in range(25)]
        self.probe.get("dynamodb_batch_write", table=self.table, puts=puts, deletes=[])
        scanned = self.probe.get("dynamodb_scan", table=self.table, page=10)
        self.assertEqual(sorted(map(str, scanned["items"])), sorted(map(str, puts)))
        self.assertGreaterEqual(scanned["pages"], 3)


class Sns(WithProbe):
    def setUp(self):
        self.topic = AWS.client("sns").create_topic(Name=self._testMethodName)["TopicArn"]
        self.queue = AWS.subscribe(self.topic, self._testMethodName)

    def test_a_message_arrives_with_subject_and_attributes(self):
        text = json.dumps({"query_name": "evil.com. &=+%ä\"", "isMatchedDomain": "Y"}, ensure_ascii=False)
        message = {"subject": "Route 53 Query Log Matched", "message": text, "attributes": {"rcode": "NOERROR"}}
        message_id = self.probe.get("sns_publish", topic=self.topic, messages=[message])["id"]
        [body] = AWS.received(self.queue)
        self.assertEqual((body["Subject"], body["Message"], body["MessageId"]), (message["subject"], text, message_id))
        self.assertEqual(body["MessageAttributes"], {"rcode": {"Type": "String", "Value": "NOERROR"}})

    def test_many_messages_arrive_once_each(self):
        messages = [{"message": f"message {i}"} for i in range(23)]
        outcome = self.probe.get("sns_publish_all", topic=self.topic, messages=messages)
        self.assertEqual(outcome, {"failures": [], "requests": 3})
        self.assertEqual(sorted(body["Message"] for body in AWS.received(self.queue)), sorted(m["message"] for m in messages))

    def test_a_topic_that_is_not_there_is_named(self):
        answer = self.probe.ask("sns_publish", topic=self.topic + "x", messages=[{"message": "m"}])
        self.assertIn("NotFound", answer["error"])


class Firehose(WithProbe):
    def test_records_arrive_in_the_streams_bucket(self):
        s3 = AWS.create_bucket("delivered")
        AWS.client("firehose").create_delivery_stream(
            DeliveryStreamName="dns-logs", ExtendedS3DestinationConfiguration={
                "RoleARN": "arn:aws:iam::123456789012:role/r", "BucketARN": "arn:aws:s3:::delivered"})
        records = [json.dumps({"query_name": f"d{i}.example."}) + "\n" for i in range(501)]
        outcome = self.probe.get("firehose_put", stream="dns-logs", records=records)
        self.assertEqual(outcome, {"failures": [], "requests": 2})
        delivered = "".join(
            s3.get_object(Bucket="delivered", Key=listed["Key"])["Body"].read().decode()
            for listed in s3.list_objects_v2(Bucket="delivered")["Contents"])
        self.assertEqual(sorted(delivered.splitlines(True)), sorted(records))
        nowhere = self.probe.get("firehose_put", stream="none", records=["r"])
        self.assertIn("ResourceNotFoundException", nowhere["failures"][0][1])


class Sts(unittest.TestCase):
    def test_a_role_is_assumed_and_its_credentials_work(self):
        iam = AWS.client("iam")
        role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=ALLOW_ALL)["Role"]["Arn"]
        policy = iam.create_policy(PolicyName="all", PolicyDocument=ALLOW_ALL)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="reader", PolicyArn=policy)
        s3 = AWS.create_bucket("roles")
        with tempfile.TemporaryDirectory() as folder:
            config = pathlib.Path(folder, "config")
            config.write_text(
                f"[profile reader]\nrole_arn = {role}\nsource_profile = tester\n[profile tester]\n"
                + "".join(f"{name} = {value}\n" for name, value in AWS.keys.items()), encoding="utf-8")
            with probe(AWS_PROFILE="reader", AWS_CONFIG_FILE=str(config), AWS_ACCESS_KEY_ID=None,
                       AWS_SECRET_ACCESS_KEY=None) as assumed:
                credentials = assumed.get("credentials")
                self.assertNotEqual(credentials["key_id"], AWS.keys["aws_access_key_id"])
                self.assertNotEqual(credentials["token"], "")
                assumed.get("s3_put", bucket="roles", key="k", text="by the role")
        self.assertEqual(s3.get_object(Bucket="roles", Key="k")["Body"].read(), b"by the role")


if __name__ == "__main__":
    unittest.main()
