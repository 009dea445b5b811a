# SPDX-License-Identifier: Apache-2.0
"""compare_with_botocore.py PROBE: signatures and choice of credentials beside botocore's.

Exit status 77: botocore is not installed.
"""

import datetime
import os
import pathlib
import random
import sys
import tempfile
import unittest
from unittest import mock

try:
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
    import botocore.exceptions
    import botocore.session
except ImportError:
    print("skipped: botocore is not installed")
    sys.exit(77)

from probe import Probe

PROGRAM = sys.argv.pop(1)
UNRESERVED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"


def quote(text):
    return "".join(c if c in UNRESERVED else "".join(f"%{byte:02X}" for byte in c.encode()) for c in text)


def random_text(rng, size):
    return "".join(rng.choice("abcXYZ019 -._~/+*=&%:äሴ") for _ in range(rng.randrange(size)))


def random_request(rng):
    """Paths and queries are percent-encoded, as every client sends them."""
    service = rng.choice(["s3", "s3", "dynamodb", "sns", "firehose", "execute-api"])
    segments = [rng.choice(["", ".", "..", quote(random_text(rng, 8)), "a"]) for _ in range(rng.randrange(5))]
    parameters = [quote(random_text(rng, 6)) + rng.choice(["=", "=" + quote(random_text(rng, 6))])
                  for _ in range(rng.randrange(5))]
    headers = [["X-Amz-" + rng.choice("ABCabc") + str(i), rng.choice(["", " "]) + random_text(rng, 9).replace("ä", "")
                .replace("ሴ", "") + rng.choice(["", "  ", "x   y"])] for i in range(rng.randrange(4))]
    if rng.random() < 0.5:
        headers += [["Content-Type", "application/x-amz-json-1.0"], ["User-Agent", "anything"]]
    return {
        "method": rng.choice(["GET", "PUT", "POST", "DELETE"]), "host": rng.choice(["h.example.com", "127.0.0.1:8000"]),
        "path": "/" + "/".join(segments), "query": "&".join(parameters), "headers": headers,
        "body": random_text(rng, 40), "key_id": "AKID" + str(rng.randrange(10)), "secret": random_text(rng, 40),
        "token": rng.choice(["", "token/+=="]), "region": rng.choice(["us-east-1", "cn-north-1"]), "service": service,
        "time": f"20{rng.randrange(10, 99)}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}T0{rng.randrange(10)}:07:09Z",
    }


def botocore_signature(request):
    now = datetime.datetime.strptime(request["time"], "%Y-%m-%dT%H:%M:%SZ")
    url = f"https://{request['host']}{request['path']}" + (f"?{request['query']}" if request["query"] else "")
    aws_request = botocore.awsrequest.AWSRequest(
        method=request["method"], url=url, data=request["body"].encode(), headers=dict(request["headers"]))
    aws_request.context["payload_signing_enabled"] = True
    kind = botocore.auth.S3SigV4Auth if request["service"] == "s3" else botocore.auth.SigV4Auth
    credentials = botocore.credentials.Credentials(request["key_id"], request["secret"], request["token"] or None)
    with mock.patch("botocore.auth.get_current_datetime", return_value=now):
        kind(credentials, request["service"], request["region"]).add_auth(aws_request)
    return aws_request.headers["Authorization"]


class Signatures(unittest.TestCase):
    def test_random_requests_are_signed_alike(self):
        rng = random.Random(20261124)
        with Probe(PROGRAM) as probe:
            for _ in range(3000):
                request = random_request(rng)
                with self.subTest(request):
                    self.assertEqual(probe.ask("sign", **request)["authorization"], botocore_signature(request))


STATIC = "[default]\naws_access_key_id = D\naws_secret_access_key = DS\n" \
         "[p]\naws_access_key_id = P\naws_secret_access_key = PS\naws_session_token = PT\n"
PROCESS = """credential_process = echo '{"Version": 1, "AccessKeyId": "C", "SecretAccessKey": "CS"}'\n"""
KEYS = {"AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "ES"}

# name, environment, config file, credentials file
CHOICES = [
    ("keys of the environment", KEYS, "", STATIC),
    ("AWS_PROFILE beside keys", {**KEYS, "AWS_PROFILE": "p"}, "", STATIC),
    ("AWS_PROFILE", {"AWS_PROFILE": "p"}, "", STATIC),
    ("default", {}, "", STATIC),
    ("credentials file before config file", {}, "[default]\naws_access_key_id = F\naws_secret_access_key = FS\n", STATIC),
    ("config file", {}, "[default]\naws_access_key_id = F\naws_secret_access_key = FS\n", ""),
    ("credentials file before process", {}, "[default]\n" + PROCESS, STATIC),
    ("process", {}, "[default]\n" + PROCESS, ""),
    ("profile of the config file", {"AWS_PROFILE": "q"}, "[profile q]\n" + PROCESS, STATIC),
    ("profile with a quoted name", {"AWS_PROFILE": "a b"}, "[profile 'a b']\n" + PROCESS, ""),
    ("comments and nested settings", {},
     "# c\n[default]\ns3 =\n  max_concurrent_requests = 20\naws_access_key_id = F\naws_secret_access_key = FS\n", ""),
    ("nothing", {}, "", ""),
]


class Choices(unittest.TestCase):
    def test_the_same_credentials_are_chosen(self):
        for name, environment, config, credentials in CHOICES:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                files = {"AWS_CONFIG_FILE": f"{folder}/config", "AWS_SHARED_CREDENTIALS_FILE": f"{folder}/credentials"}
                pathlib.Path(files["AWS_CONFIG_FILE"]).write_text(config, encoding="utf-8")
                pathlib.Path(files["AWS_SHARED_CREDENTIALS_FILE"]).write_text(credentials, encoding="utf-8")
                settings = {**environment, **files, "AWS_EC2_METADATA_DISABLED": "true"}
                with Probe(PROGRAM, **settings) as probe:
                    ours = probe.ask("credentials")
                with mock.patch.dict(os.environ, settings):
                    for variable in set(os.environ) - set(settings):
                        if variable.startswith("AWS_"):
                            del os.environ[variable]
                    theirs = botocore.session.Session().get_credentials()
                expected = {"key_id": theirs.access_key, "secret": theirs.secret_key, "token": theirs.token or ""} \
                    if theirs else None
                self.assertEqual(None if "error" in ours else ours, expected)


if __name__ == "__main__":
    unittest.main()
