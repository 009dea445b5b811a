# SPDX-License-Identifier: Apache-2.0
"""Records as a small fleet would have logged them lately: what the dashboard's tests look at, and its pictures show.
All of it is made up; addresses and names are those for documentation."""

import datetime
import json
import math
import random

LIST = """# what the fleet should not ask for
0.0.0.0 frostbyte-sample.com
0.0.0.0 coinmixer-sample.top
0.0.0.0 telemetry-sample.net
0.0.0.0 exploit-kit-sample.cc
"""
NAMES = ["docs.example.com", "api.example.net", "img.example.org", "mail.example.com", "cdn.example.net",
         "packages.example.org", "metrics.internal.example", "login.example.com"]
HOSTS = [(f"i-0a5d9f9625{i:02x}c5569", f"10.10.{i % 4}.{40 + i}", f"vpc-0975023{i % 2}9a8c570") for i in range(12)]
VERSION = "1.100000"


def record(at, host, name, **members):
    instance, address, vpc = host
    fields = {"version": VERSION, "account_id": "111122223333", "region": "us-east-1", "vpc_id": vpc,
              "query_timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "query_name": name + ".", "query_type": "A",
              "query_class": "IN", "rcode": "NOERROR",
              "answers": [{"Rdata": "192.0.2.7", "Type": "A", "Class": "IN"}], "srcaddr": address,
              "srcport": "45123", "transport": "UDP", "srcids": {"instance": instance}}
    return json.dumps({**fields, **members}, separators=(",", ":"))


def threats(start, hours):
    """A beacon every quarter of an hour, a burst that the firewall blocked, and names that are gone."""
    minute = datetime.timedelta(minutes=1)
    lines = []
    for quarter in range(4 * hours - 30):
        lines.append(record(start + (30 + 15 * quarter) * minute, HOSTS[2], "c2.frostbyte-sample.com"))
    for i in range(70):
        lines.append(record(start + (60 * hours // 2 + i) * minute, HOSTS[5], f"pool{i % 3}.coinmixer-sample.top",
                            answers=[], firewall_rule_action="BLOCK", firewall_rule_group_id="rslvr-frg-1",
                            firewall_domain_list_id="rslvr-fdl-1"))
    for i in range(18):
        lines.append(record(start + (60 * hours - 900 + 37 * i) * minute, HOSTS[7], "x1.exploit-kit-sample.cc",
                            rcode="NXDOMAIN", answers=[]))
    for i in range(9):
        lines.append(record(start + 113 * i * minute, HOSTS[(3 * i) % 12], "beacon.telemetry-sample.net",
                            firewall_rule_action="ALERT"))
    return lines


def fleet(hours=72, now=None):
    """Some hundred queries an hour, more by day, until `now`."""
    rng = random.Random(1)
    now = (now or datetime.datetime.now(datetime.timezone.utc)).replace(minute=0, second=0, microsecond=0)
    start = now - datetime.timedelta(hours=hours)
    lines = threats(start, hours)
    for hour in range(hours):
        at = start + datetime.timedelta(hours=hour)
        for _ in range(int(60 + 50 * math.sin((at.hour - 8) * math.pi / 12) + rng.random() * 20)):
            lines.append(record(at + datetime.timedelta(seconds=rng.randrange(3600)), rng.choice(HOSTS),
                                rng.choice(NAMES)))
    return lines
