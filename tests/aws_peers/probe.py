# SPDX-License-Identifier: Apache-2.0
"""The probe (aws_probe_main.cc) as an object: probe.ask("s3_get", bucket=…, key=…) gives its answer."""

import json
import os
import subprocess


class Probe:
    def __init__(self, program, **environment):
        """Nothing of the caller's own AWS settings is inherited."""
        inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith("AWS_")}
        inherited.update({"AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent"}, **environment)
        self._process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=inherited, text=True, encoding="utf-8")

    def ask(self, what, **arguments):
        self._process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the probe ended at {what} {arguments}")
        return json.loads(line)

    def get(self, what, **arguments):
        """As ask(), but an error fails the test."""
        answer = self.ask(what, **arguments)
        if "error" in answer:
            raise AssertionError(f"{what}: {answer['error']}")
        return answer

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
