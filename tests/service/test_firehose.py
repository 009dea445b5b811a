#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Firehose API and the HTTP endpoint destination of `querymark serve`, by boto3, the AWS command line, and by hand.

usage: test_firehose.py QUERYMARK [unittest options]
Exit status 77: boto3 is not installed.
"""

import base64
import concurrent.futures
import datetime
import gzip
import json
import os
import shutil
import subprocess
import sys
import time

import serving
from serving import Served, ServiceTest, marked, record

try:
    import boto3
    import botocore.auth
    import botocore.awsrequest
    import botocore.config
    import botocore.credentials
    import botocore.exceptions
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

STREAM = "dns-query-logs"
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def client(service, key=KEY, secret=SECRET, attempts=1):
    config = botocore.config.Config(retries={"total_max_attempts": attempts}, read_timeout=60)
    return boto3.client("firehose", endpoint_url=service.url, region_name="eu-west-1", aws_access_key_id=key,
                        aws_secret_access_key=secret, config=config)


def encoded(*payloads):
    return [{"data": base64.b64encode(p if isinstance(p, bytes) else p.encode()).decode()} for p in payloads]


class FirehoseTest(ServiceTest):
    def keys(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf8")
        path.chmod(0o640)
        return str(path)

    def refused(self, call, *arguments, **named):
        """(error code, status) of a call that fails."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(*arguments, **named)
        response = caught.exception.response
        return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


class Api(FirehoseTest):
    def put(self, firehose, *payloads, stream=STREAM):
        return firehose.put_record_batch(DeliveryStreamName=stream, Records=[{"Data": p} for p in payloads])

    def test_put_record_batch(self):
        service = self.serve()
        lines = [record(f"{i}.evil.com.") for i in range(250)] + [record(f"{i}.example.org.") for i in range(250)]
        answer = self.put(client(service), *lines)
        self.assertEqual(answer["FailedPutCount"], 0)
        self.assertEqual(len({response["RecordId"] for response in answer["RequestResponses"]}), 500)
        service.stop()
        self.assertEqual(self.records(), [marked(line, "Y" if "evil" in line else "N") for line in lines])

    def test_put_record(self):
        service = self.serve()
        line = record("evil.com.")
        self.assertTrue(client(service).put_record(DeliveryStreamName=STREAM, Record={"Data": line})["RecordId"])
        service.stop()
        self.assertEqual(self.records(), [marked(line, "Y")])

    def test_payloads_in_every_form(self):
        service = self.serve()
        a, b = record("evil.com."), record("example.org.")
        logs = json.dumps({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": a}, {"id": "2", "message": b}]})
        control = json.dumps({"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "", "message": "x"}]})
        answer = self.put(client(service), a, a + "\n" + b + "\n", a + b, json.dumps({"message": a}), gzip.compress(logs.encode()),
                          gzip.compress(control.encode()), b"\xef\xbb\xbf" + b.encode(), b"")
        self.assertEqual(answer["FailedPutCount"], 0)
        service.stop()
        self.assertEqual(self.records(), [marked(a, "Y"), marked(a, "Y"), marked(b, "N"), marked(a, "Y"), marked(b, "N"),
                                          marked(a, "Y"), marked(a, "Y"), marked(b, "N"), marked(b, "N")])

    def test_what_cannot_be_marked_is_taken_and_kept(self):
        service = self.serve()
        broken = gzip.compress(b"x" * 1000)[:-4]
        bomb = gzip.compress(b" " * (17 << 20))
        self.assertEqual(self.put(client(service), "no json", '{"a":1', broken, bomb, record("a.org."))["FailedPutCount"], 0)
        service.stop()
        self.assertEqual([base64.b64decode(error["rawData"]) for error in self.errors()], [b"no json", b'{"a":1', broken, bomb])
        self.assertEqual(len(self.records()), 1)

    def test_a_payload_that_ends_inside_a_record_takes_no_other_with_it(self):
        service = self.serve()
        self.put(client(service), '{"query_name":"evil.com.","a":', record("evil.com."), '"x"}')
        service.stop()
        self.assertEqual(self.records(), [marked(record("evil.com."), "Y")])
        self.assertEqual(len(self.errors()), 2)

    def test_limits(self):
        firehose = client(self.serve())
        self.assertEqual(self.put(firehose, b" " * 1024000)["FailedPutCount"], 0)
        self.assertEqual(self.put(firehose, *[b" " * 1024000] * 4)["FailedPutCount"], 0)
        self.assertEqual(self.refused(self.put, firehose, b" " * 1024001), ("ValidationException", 400))
        self.assertEqual(self.refused(self.put, firehose, *[b"x"] * 501), ("ValidationException", 400))
        self.assertEqual(self.refused(self.put, firehose, *[b" " * 1024000] * 5), ("InvalidArgumentException", 400))
        self.assertEqual(self.refused(self.put, firehose, b"x", stream="other"), ("ResourceNotFoundException", 400))
        self.assertEqual(self.refused(self.put, firehose, b"x", stream="a b"), ("ValidationException", 400))

    def test_requests_by_hand(self):
        service = self.serve()
        data = encoded(record("evil.com."))[0]["data"]

        def ask(body, target="PutRecord"):
            headers = {"X-Amz-Target": "Firehose_20150804." + target, "Content-Type": "application/x-amz-json-1.1"}
            status, reply = service.ask("POST", "/", body.encode(), headers)
            return status, json.loads(reply).get("__type")

        good = '{ "Other": [1, {"Data":"x"}, null], "Record": {"Data": "%s", "More": -1.5e3}, "DeliveryStreamName": "%s" }'
        self.assertEqual(ask(good % (data, STREAM)), (200, None))
        self.assertEqual(ask(good % (data.replace("e", "\\u0065"), STREAM)), (200, None))
        for body in ("", "[]", "{", '{"DeliveryStreamName":"x"}', '{"Record":{}}', '{"Record":{"Data":1}}', good[:-1] % (data, STREAM),
                     good % (data[:-1], STREAM), good % ("\\x", STREAM), "[" * 100_000, '{"a":' * 50_000):
            self.assertEqual(ask(body), (400, "SerializationException"), body[:50])
        self.assertEqual(ask("{}", "CreateDeliveryStream"), (400, "UnknownOperationException"))
        self.assertEqual(service.ask("POST", "/", b"{}")[0], 400)
        status, reply = service.ask("POST", "/", b" " * (9 << 20))
        self.assertEqual((status, json.loads(reply)["__type"]), (413, "RequestEntityTooLargeException"))

    def test_describe_and_list(self):
        firehose = client(self.serve("--buffer-interval", "7", "--buffer-size", "3"))
        described = firehose.describe_delivery_stream(DeliveryStreamName=STREAM)["DeliveryStreamDescription"]
        self.assertEqual((described["DeliveryStreamStatus"], described["DeliveryStreamType"]), ("ACTIVE", "DirectPut"))
        destination = described["Destinations"][0]["ExtendedS3DestinationDescription"]
        self.assertEqual(destination["BufferingHints"], {"SizeInMBs": 3, "IntervalInSeconds": 7})
        self.assertEqual(destination["Prefix"], "dns-query-logs/!{timestamp:yyyy/MM/dd/HH}/")
        self.assertEqual(self.refused(firehose.describe_delivery_stream, DeliveryStreamName="x"), ("ResourceNotFoundException", 400))
        self.assertEqual(firehose.list_delivery_streams()["DeliveryStreamNames"], [STREAM])
        self.assertEqual(firehose.list_delivery_streams(ExclusiveStartDeliveryStreamName=STREAM)["DeliveryStreamNames"], [])
        self.assertEqual(firehose.list_delivery_streams(DeliveryStreamType="KinesisStreamAsSource")["DeliveryStreamNames"], [])

    def test_overload_is_service_unavailable_which_clients_try_again(self):
        blocked = self.folder / "blocked"
        blocked.write_text("", encoding="utf8")
        service = self.serve("--store", f"dir:{blocked}/store", "--spool-max", "16", "--buffer-size", "1")
        line = record("example.org.", filler="x" * 900)
        acknowledged = 0
        for _ in range(20):
            try:
                self.put(client(service), *[line * 4] * 250)
                acknowledged += 1000
            except botocore.exceptions.ClientError as error:
                self.assertEqual(error.response["Error"]["Code"], "ServiceUnavailableException")
                self.assertEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], 503)
        self.assertGreater(acknowledged, 0)
        self.assertLess(acknowledged, 20_000)
        blocked.unlink()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            patient = pool.submit(self.put, client(service, attempts=10), line)
            self.assertEqual(patient.result()["FailedPutCount"], 0)
        service.stop()
        self.assertEqual(len(serving.lines_under(blocked / "store", "")), acknowledged + 1)

    def test_records_that_inflate_to_too_much_are_to_be_sent_again(self):
        firehose = client(self.serve())
        payload = gzip.compress("\n".join([record("example.org.", filler="x" * 3000)] * 4000).encode())
        left = [payload] * 4
        rounds = 0
        while left:
            answer = self.put(firehose, *left)
            codes = [response.get("ErrorCode") for response in answer["RequestResponses"]]
            self.assertEqual(answer["FailedPutCount"], sum(code is not None for code in codes))
            self.assertLessEqual(set(codes), {None, "ServiceUnavailableException"})
            left = [data for data, code in zip(left, codes) if code]
            rounds += 1
        self.assertGreater(rounds, 1)

    def test_the_aws_command_line(self):
        aws = shutil.which("aws")
        if aws is None:
            self.skipTest("the AWS command line is not installed")
        service = self.serve("--signing-keys", self.keys("keys", f"{KEY} {SECRET}\n"))
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "eu-west-1",
                       "AWS_DEFAULT_REGION": "eu-west-1"}
        records = self.folder / "records.json"
        records.write_text(json.dumps([{"Data": encoded(record("evil.com."))[0]["data"]}]), encoding="utf8")
        command = [aws, "firehose", "put-record-batch", "--endpoint-url", service.url, "--delivery-stream-name", STREAM,
                   "--records", f"file://{records}"]
        done = subprocess.run(command, capture_output=True, env=environment, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["FailedPutCount"], 0)


class Signatures(FirehoseTest):
    def setUp(self):
        super().setUp()
        self.service = self.serve("--signing-keys", self.keys("keys", f"# senders\n\nOTHER secret\n{KEY}  {SECRET}\n"))

    def signed(self, at=None, body=b"{}", change=None, service="firehose", headers=None):
        """(status, error type) of ListDeliveryStreams, signed as if it were `at`."""
        request = botocore.awsrequest.AWSRequest(
            "POST", self.service.url + "/", data=body,
            headers={"X-Amz-Target": "Firehose_20150804.ListDeliveryStreams", **(headers or {})})
        auth = botocore.auth.SigV4Auth(botocore.credentials.Credentials(KEY, SECRET), service, "eu-west-1")
        auth.add_auth(request)
        if at is not None:
            stamp = at.strftime("%Y%m%dT%H%M%SZ")
            request.headers.replace_header("X-Amz-Date", stamp)
            request.context["timestamp"] = stamp
            del request.headers["Authorization"]
            string = auth.string_to_sign(request, auth.canonical_request(request))
            auth._inject_signature_to_request(request, auth.signature(string, request))
        headers = dict(request.headers.items())
        if change:
            body = change(headers, body) or body
        status, reply = self.service.ask("POST", "/", body, headers)
        return status, json.loads(reply).get("__type")

    def test_right_signatures_are_taken(self):
        self.assertEqual(client(self.service).list_delivery_streams()["DeliveryStreamNames"], [STREAM])
        self.assertEqual(self.signed(), (200, None))
        self.assertEqual(client(self.service, "OTHER", "secret").list_delivery_streams()["DeliveryStreamNames"], [STREAM])

    def test_wrong_and_missing_credentials(self):
        def call(*keys):
            return self.refused(client(self.service, *keys).list_delivery_streams)

        self.assertEqual(call(KEY, "wrong"), ("InvalidSignatureException", 400))
        self.assertEqual(call("AKIDUNKNOWN", SECRET), ("UnrecognizedClientException", 400))
        self.assertEqual(self.service.ask("POST", "/", b"{}")[0], 400)
        status, reply = self.service.ask("POST", "/", b"{}", {"Authorization": "Bearer x"})
        self.assertEqual((status, json.loads(reply)["__type"]), (400, "IncompleteSignatureException"))
        self.assertEqual(self.signed(service="kinesis"), (400, "InvalidSignatureException"))

    def test_a_signature_covers_the_body_and_the_headers(self):
        self.assertEqual(self.signed(change=lambda headers, body: b'{"Limit":1}'), (400, "InvalidSignatureException"))
        self.assertEqual(self.signed(change=lambda headers, body: headers.update({"X-Amz-Target": "Firehose_20150804.PutRecord"})),
                         (400, "InvalidSignatureException"))
        self.assertEqual(self.signed(change=lambda headers, body: headers.update({"Authorization": headers["Authorization"][:-1] + "0"
                         if headers["Authorization"][-1] != "0" else headers["Authorization"][:-1] + "1"})),
                         (400, "InvalidSignatureException"))
        self.assertEqual(self.signed(change=lambda headers, body: headers.update({"Authorization": headers["Authorization"]
                         .replace("host;", "")})), (400, "IncompleteSignatureException"))

    def test_a_signature_outside_the_window_is_refused(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        for minutes, expected in ((-4, (200, None)), (4, (200, None)), (-6, (400, "InvalidSignatureException")),
                                  (6, (400, "InvalidSignatureException"))):
            self.assertEqual(self.signed(at=now + datetime.timedelta(minutes=minutes)), expected, minutes)

    def test_signing_keys_shut_the_other_doors_too(self):
        self.assertEqual(self.service.ask("POST", "/ingest", b"{}")[0], 401)
        self.assertEqual(self.service.ask("GET", "/metrics")[0], 401)
        self.assertEqual(self.service.ask("GET", "/healthz")[0], 200)
        self.assertEqual(self.service.ask("POST", "/firehose", b"{}")[0], 401)

    def test_key_files_that_others_may_read_are_refused(self):
        path = self.folder / "open"
        path.write_text("A B\n", encoding="utf8")
        path.chmod(0o644)
        done = self.querymark("serve", "--check-config", "--signing-keys", str(path), status=1)
        self.assertIn("may be read by everybody", done.stderr.decode())
        for text in ("", "# none\n", "ONE\n", "A B C\n"):
            self.querymark("serve", "--check-config", "--signing-keys", self.keys("wrong", text), status=1)

    def test_addresses_that_others_reach_demand_keys(self):
        done = self.querymark("serve", "--check-config", "--listen", "0.0.0.0:8053", status=1)
        self.assertIn("demands", done.stderr.decode())
        self.querymark("serve", "--check-config", "--listen", "0.0.0.0:8053", "--access-keys", self.keys("access", "secret\n"))


class Endpoint(FirehoseTest):
    def post(self, service, records, request_id="ed4acda5-034f-9f42-bba1-f29aea6d7d8f", compress=False, headers=None, body=None):
        if body is None:
            body = json.dumps({"requestId": request_id, "timestamp": 1578090903599, "records": records}).encode()
        head = {"Content-Type": "application/json", "X-Amz-Firehose-Request-Id": request_id,
                "X-Amz-Firehose-Protocol-Version": "1.0", **(headers or {})}
        if compress:
            body, head["Content-Encoding"] = gzip.compress(body), "gzip"
        connection = service.connect()
        connection.request("POST", "/firehose", body, head)
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        self.assertEqual(reply.headers["Content-Type"], "application/json")
        self.assertEqual(int(reply.headers["Content-Length"]), len(text))
        answer = json.loads(text)
        self.assertLessEqual(abs(answer["timestamp"] / 1000 - time.time()), 60)
        return reply.status, answer["requestId"], answer.get("errorMessage")

    def test_takes_what_firehose_sends(self):
        service = self.serve()
        lines = [record("evil.com."), record("example.org.")]
        self.assertEqual(self.post(service, encoded(*lines), "one"), (200, "one", None))
        self.assertEqual(self.post(service, encoded(*lines), "two", compress=True), (200, "two", None))
        self.assertEqual(self.post(service, encoded(b""), "three"), (200, "three", None))
        service.stop()
        self.assertEqual(self.records(), [marked(lines[0], "Y"), marked(lines[1], "N")] * 2)

    def test_a_request_sent_again_is_answered_and_not_stored_again(self):
        for end in (Served.kill, Served.stop):
            service = self.serve()
            for _ in range(3):
                self.assertEqual(self.post(service, encoded(record("evil.com.")))[0], 200)
            end(service)
        self.assertEqual(len(self.records()), 1)

    def test_the_largest_request_in_bounded_memory(self):
        service = self.serve("--memory-max", "192")
        line = record("example.org.", filler="x" * 4000)
        records = encoded(*[line] * 9000)
        self.assertEqual(self.post(service, records, "large")[0], 200)
        self.assertEqual(self.post(service, records, "large-gz", compress=True)[0], 200)
        self.assertLess(service.resident_max(), 256 << 20)
        service.stop()
        self.assertEqual(len(self.records()), 18000)

    def test_limits(self):
        service = self.serve("--memory-max", "512")
        self.assertEqual(self.post(service, [], "none")[0], 413)
        self.assertEqual(self.post(service, encoded("x") * 10_000, "most")[0], 200)
        self.assertEqual(self.post(service, encoded("x") * 10_001, "more")[0], 413)
        self.assertEqual(self.post(service, [{"data": "A" * 1_365_340}], "long")[0], 413)
        self.assertEqual(self.post(service, None, "huge", body=b" " * ((64 << 20) + 1))[0], 413)
        self.assertEqual(self.post(service, None, "bomb", body=b" " * ((64 << 20) + 1), compress=True)[0], 413)

    def test_faults_are_answered_in_its_form(self):
        service = self.serve()
        for body in (b"", b"{}", b"[]", b'{"requestId":"x"}', b'{"requestId":"x","records":[{}]}', b'{"records":[{"data":""}]}',
                     b'{"requestId":"other","records":[{"data":""}]}', b"\x1f\x8b\x08broken"):
            status, request_id, message = self.post(service, None, "x", body=body)
            self.assertEqual((status, request_id), (400, "x"), body)
            self.assertTrue(message)

    def test_data_that_is_no_base64_is_kept_as_it_came(self):
        service = self.serve()
        self.assertEqual(self.post(service, [{"data": "***"}, *encoded(record("evil.com."))])[0], 200)
        service.stop()
        self.assertEqual([base64.b64decode(error["rawData"]) for error in self.errors()], [b"***"])
        self.assertEqual(len(self.records()), 1)

    def test_access_keys(self):
        service = self.serve("--access-keys", self.keys("access", "first\nsecond key\n"))
        for key, status in (("first", 200), ("second key", 200), ("", 401), ("firs", 401), ("first1", 401), ("x" * 4097, 401)):
            headers = {"X-Amz-Firehose-Access-Key": key} if key else {}
            self.assertEqual(self.post(service, encoded("{}"), key[:20] or "none", headers=headers)[0], status, key[:20])
        self.assertEqual(service.ask("POST", "/ingest", b"{}", {"Authorization": "Bearer first"})[0], 200)
        self.assertEqual(service.ask("GET", "/metrics", None, {"Authorization": "Bearer first"})[0], 200)
        self.assertEqual(service.ask("GET", "/metrics", None, {"Authorization": "Bearer fir"})[0], 401)
        self.assertEqual(service.ask("POST", "/", b"{}")[0], 400)


if __name__ == "__main__":
    serving.main(sys.argv)
