# SPDX-License-Identifier: Apache-2.0
"""`querymark mark --alert URI` on a few records: mark(program, uri, records, …)."""

import json
import os
import pathlib
import subprocess
import tempfile


def record(name, **members):
    return json.dumps({"query_name": name, "srcaddr": "10.0.0.1", "vpc_id": "vpc-1", **members}, separators=(",", ":"))


def mark(program, uri, records, **environment):
    """The finished process; evil.com is on the list."""
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith(("AWS_", "HTTP"))}
    with tempfile.TemporaryDirectory() as home:
        names = pathlib.Path(home, "list.txt")
        names.write_text("evil.com\n", encoding="utf-8")
        return subprocess.run(
            [program, "--home", home, "--table", f"list:{names}", "mark", "--alert", uri, "--stats", "json"],
            input="".join(line + "\n" for line in records), capture_output=True, text=True, timeout=120, check=False,
            env={**inherited, "HOME": home, **environment})


def numbers(done):
    """The statistics of the run; a failure may be told after them."""
    return json.loads(next(line for line in done.stderr.splitlines() if line.startswith("{")))
