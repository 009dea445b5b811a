# SPDX-License-Identifier: Apache-2.0
"""`querymark query` as a person uses it: the view over a store, what a question may not do, forms of output.

usage: test_query.py QUERYMARK [unittest options]
"""

import csv
import gzip
import io
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import duckdb
except ImportError:
    duckdb = None

QUERYMARK = ""
QUESTIONS = pathlib.Path(__file__).resolve().parents[2] / "src/query/questions"


def record(name="www.evil.com.", **members):
    return {
        "version": "1.100000",
        "account_id": "012345678901",
        "vpc_id": "vpc-1",
        "query_timestamp": "2026-11-24T10:00:00Z",
        "query_name": name,
        "rcode": "NOERROR",
        "answers": [{"Rdata": "192.0.2.1", "Type": "A", "Class": "IN"}],
        "srcaddr": "10.0.0.1",
        "srcport": "4096",
        "srcids": {"instance": "i-1"},
        "isMatchedDomain": "N",
        **members,
    }


class QueryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.store = self.folder / "store"
        self.store.mkdir()

    def put(self, key, *records):
        path = self.store / key
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (line if isinstance(line, str) else json.dumps(line) for line in records)
        path.write_bytes(gzip.compress("".join(line + "\n" for line in lines).encode()))

    def run_query(self, *arguments, status=0):
        done = subprocess.run([QUERYMARK, "query", "--store", f"dir:{self.store}", *arguments], capture_output=True,
                              text=True, timeout=120, cwd=self.folder,
                              env={**os.environ, "QUERYMARK_HOME": str(self.folder / "home"), "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def rows(self, *arguments):
        return list(csv.reader(io.StringIO(self.run_query(*arguments).stdout)))[1:]

    def objects(self, *arguments):
        return [json.loads(line) for line in self.run_query("--format", "json", *arguments).stdout.splitlines()]

    def refused(self, *arguments):
        return self.run_query(*arguments, status=1).stderr


class View(QueryTest):
    def test_reads_objects_of_every_layout(self):
        self.put("2026/11/24/10/dns-1-2026-11-24-10-00-00-x.gz", record("hour."))
        self.put("2026/11/25/dns-1-2026-11-25-10-00-00-x.gz", record("day."))
        self.put("2026/11/26dns-1-2026-11-26-10-00-00-x.gz", record("no-slash."))
        self.put("AWSLogs/1/vpcdnsquerylogs/vpc-1/2026/11/27/vpc-1_vpcdnsquerylogs_1_20261127T1000Z_0.log.gz",
                 record("resolver."))
        self.assertEqual(
            self.rows("SELECT query_name, day, datehour FROM route53query ORDER BY day"),
            [["hour.", "2026/11/24", "2026/11/24/10"], ["day.", "2026/11/25", "2026/11/25"],
             ["no-slash.", "2026/11/26", "2026/11/26"], ["resolver.", "2026/11/27", "2026/11/27"]])

    def test_reads_every_shape_that_members_have_had(self):
        self.put("a.gz",
                 record("1", srcids=["i-2020"], srcport=53),
                 record("2", srcids={"resolver-endpoint": "rslvr-in-1"}, srcport="not a port"),
                 record("3", srcids={"resolver_endpoint": "rslvr-in-2", "resolver_network_interface": "rni-1"}),
                 record("4", srcids=None, answers=None),
                 {"query_name": "5"},
                 record("6", srcids={}, answers=[]))
        found = self.objects("SELECT query_name, srcids, srcport, answers FROM route53query ORDER BY query_name")
        ids = [[row["srcids"][key] for key in ("instance", "resolver_endpoint", "resolver_network_interface")]
               for row in found]
        self.assertEqual(ids, [["i-2020", None, None], [None, "rslvr-in-1", None], [None, "rslvr-in-2", "rni-1"],
                               [None] * 3, [None] * 3, [None] * 3])
        self.assertEqual([row["srcport"] for row in found], [53, None, 4096, 4096, None, 4096])
        answer = [{"Rdata": "192.0.2.1", "Type": "A", "Class": "IN"}]
        self.assertEqual([row["answers"] for row in found], [answer, answer, answer, None, None, []])

    def test_computes_the_first_level_domain_that_a_record_does_not_carry(self):
        self.put("a.gz", record("www.Evil.co.uk."), record("bad.", registeredDomain="as.annotated"),
                 record("localhost."), record("пример.рф."))
        self.assertEqual([row["registeredDomain"] for row in self.objects("FROM route53query")],
                         ["evil.co.uk", "as.annotated", None, "xn--e1afmkfd.xn--p1ai"])
        self.assertEqual(self.rows("SELECT registrable_domain('a.b.github.io'), registrable_domain(NULL)"),
                         [["b.github.io", ""]])

    def test_opens_only_the_objects_of_the_hours_or_days_asked_for(self):
        self.put("2026/11/24/10/good.gz", record())
        (self.store / "2026/11/25/11").mkdir(parents=True)
        (self.store / "2026/11/25/11/damaged.gz").write_bytes(b"\x1f\x8b not gzip")
        for condition in ("datehour = '2026/11/24/10'", "datehour < '2026/11/25/11'", "datehour LIKE '%/10'",
                          "day = '2026/11/24'", "day <= strftime(DATE '2026-11-24', '%Y/%m/%d')"):
            self.assertEqual(self.rows(f"SELECT count(*) FROM route53query WHERE {condition}"), [["1"]], condition)
        self.assertIn("damaged.gz", self.refused("SELECT count(query_name) FROM route53query"))

    def test_has_no_rows_where_the_store_has_no_objects(self):
        self.assertEqual(self.rows("SELECT * FROM route53query"), [])
        self.assertEqual(self.rows("SELECT count(*) FROM route53query"), [["0"]])

    def test_says_where_there_is_no_store(self):
        self.store.rmdir()
        self.assertIn(str(self.store), self.refused("SELECT 1"))

    def test_reads_parquet_of_other_makers_beside_ndjson(self):
        if duckdb is None:
            self.skipTest("Python's duckdb is not installed")
        self.put("2026/11/24/10/a.gz", record("ndjson."))
        duckdb.sql("SELECT 'parquet.' AS query_name, 'Y' AS ismatcheddomain, 1 AS more").write_parquet(
            str(self.store / "2026/11/24/10/b.parquet"))
        self.assertEqual(
            self.rows("SELECT query_name, isMatchedDomain, vpc_id, day FROM route53query ORDER BY query_name"),
            [["ndjson.", "N", "vpc-1", "2026/11/24"], ["parquet.", "Y", "", "2026/11/24"]])

    def test_answers_as_duckdb_itself_does(self):
        if duckdb is None:
            self.skipTest("Python's duckdb is not installed")
        for hour in range(4):
            self.put(f"2026/11/24/{hour:02}/a.gz",
                     *(record(f"n{i % 7}.example{i % 3}.com.", srcaddr=f"10.0.0.{i % 5}",
                              isMatchedDomain="YN"[i % 4 > 0]) for i in range(1000)))
        ours = self.rows("SELECT query_name, srcaddr, count(*) FROM route53query WHERE isMatchedDomain = 'Y' "
                         "GROUP BY ALL ORDER BY ALL")
        theirs = duckdb.sql(f"SELECT query_name, srcaddr, count(*) FROM read_json('{self.store}/**/*.gz') "
                            "WHERE isMatchedDomain = 'Y' GROUP BY ALL ORDER BY ALL").fetchall()
        self.assertEqual(ours, [list(map(str, row)) for row in theirs])


class Confinement(QueryTest):
    def test_a_question_only_reads(self):
        self.put("a.gz", record())
        for statement in ("CREATE TABLE t (a INT)", "INSERT INTO route53query_columns SELECT NULL", "DROP VIEW route53query",
                          f"COPY (SELECT 1) TO '{self.store}/b.csv'", f"EXPLAIN ANALYZE COPY (SELECT 1) TO '{self.store}/b.csv'",
                          f"ATTACH '{self.store}/x.db'", "INSTALL httpfs", "LOAD httpfs", "SET threads = 1", "PRAGMA version",
                          f"EXPORT DATABASE '{self.store}/x'", "SELECT 1; SELECT 2", "", "  -- nothing"):
            self.refused(statement)
        self.assertEqual([path.name for path in self.store.rglob("*")], ["a.gz"])

    def test_a_question_reaches_no_file_outside_the_store(self):
        self.put("a.gz", record())
        outside = self.folder / "secret.csv"
        outside.write_text("secret\n1\n")
        for path in ("/etc/passwd", str(outside), f"{self.store}/../secret.csv"):
            for function in ("read_text", "read_csv", "read_blob", "glob"):
                self.assertIn("Permission Error", self.refused(f"SELECT * FROM {function}('{path}')"))

    def test_an_error_points_to_the_place(self):
        self.assertRegex(self.refused("SELECT query_nme FROM route53query"), r"query_nme(.|\n)*LINE 1: (.|\n)*\^")

    def test_parameters_are_values_never_sql(self):
        self.put("a.gz", record("a'b."), record("other."))
        self.assertEqual(self.rows("SELECT query_name FROM route53query WHERE query_name = $name", "--param", "name=a'b."),
                         [["a'b."]])
        self.assertIn("$name has no value", self.refused("SELECT $name"))
        self.assertIn("does not have", self.refused("SELECT 1", "--param", "name=1"))


class Output(QueryTest):
    def setUp(self):
        super().setUp()
        self.put("a.gz", record('quo"ted, and\nlonger', srcport=None), record("", srcport="7"))

    def test_csv(self):
        self.assertEqual(self.run_query("SELECT query_name, srcport, [1, 2] AS list FROM route53query").stdout,
                         'query_name,srcport,list\n"quo""ted, and\nlonger",,"[1, 2]"\n"",7,"[1, 2]"\n')

    def test_json_is_an_object_a_line_with_its_types(self):
        self.assertEqual(self.objects("SELECT query_name, srcport, {'a': [1, NULL]} AS s FROM route53query"),
                         [{"query_name": 'quo"ted, and\nlonger', "srcport": None, "s": {"a": [1, None]}},
                          {"query_name": "", "srcport": 7, "s": {"a": [1, None]}}])

    def test_table_is_aligned_and_harmless_to_a_terminal(self):
        self.put("a.gz", record("\x1b[31mred"), record("é."))
        self.assertEqual(self.run_query("--format", "table", "SELECT query_name, srcport FROM route53query").stdout,
                         "query_name   srcport\n"
                         "-----------  -------\n"
                         "\\x1b[31mred     4096\n"
                         "é.              4096\n")

    def test_a_plan_is_shown_line_by_line(self):
        plan = self.run_query("--format", "table", "EXPLAIN SELECT 1").stdout.splitlines()
        self.assertEqual(plan[0], "plan")
        self.assertGreater(len(plan), 5)
        self.assertNotIn("\\x0a", "".join(plan))

    def test_a_terminal_gets_a_table_through_the_pager(self):
        ours, theirs = pty.openpty()
        subprocess.run([QUERYMARK, "query", "--store", f"dir:{self.store}", "SELECT 'shown' AS a"], stdout=theirs,
                       check=True, env={**os.environ, "PAGER": "sed s/shown/paged/"}, stderr=subprocess.DEVNULL)
        os.close(theirs)
        self.assertIn(b"paged", os.read(ours, 4096))
        os.close(ours)

    def test_parquet_appears_whole_or_not_at_all(self):
        out = self.folder / "out.parquet"
        self.run_query("--format", "parquet", "--output", str(out), "SELECT * FROM route53query")
        self.assertEqual(out.read_bytes()[:4], b"PAR1")
        if duckdb is not None:
            self.assertEqual(duckdb.sql(f"SELECT count(*), sum(srcport) FROM '{out}'").fetchone(), (2, 7))
        out.unlink()
        self.refused("--format", "parquet", "--output", str(out), "SELECT error('late') FROM route53query")
        self.assertEqual([path.name for path in self.folder.iterdir() if "parquet" in path.name], [])
        self.run_query("--format", "parquet", "SELECT 1", status=2)

    def test_a_reader_that_goes_away_is_no_failure(self):
        command = f"'{QUERYMARK}' query --quiet --store dir:{self.store} 'SELECT * FROM range(10000000)' | head -n 1"
        done = subprocess.run(["bash", "-c", command + "; exit ${PIPESTATUS[0]}"], capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "range\n", ""))

    def test_timing_goes_to_stderr(self):
        self.assertRegex(self.run_query("SELECT 1").stderr, r"^1 row, \d+\.\d\d s\n$")


class SavedQuestions(QueryTest):
    def test_every_one_runs_and_is_listed(self):
        self.put("2026/11/24/10/a.gz", record("a.evil.com.", isMatchedDomain="Y", firewall_rule_action="ALERT"),
                 record("b.evil.com.", rcode="NXDOMAIN"))
        listed = self.run_query("--list").stdout
        for path in QUESTIONS.glob("*.sql"):
            self.assertRegex(listed, rf"(?m)^{re.escape(path.stem)} +\S")
            self.assertEqual(len(self.rows(path.stem)), 2 if path.stem == "top-names" else 1, path.stem)

    def test_matched_is_the_blogs(self):
        self.put("a.gz", record("evil.com.", isMatchedDomain="Y"), record("good.com."))
        self.assertEqual(self.objects("matched"),
                         [{"query_name": "evil.com.", "srcaddr": "10.0.0.1", "vpc_id": "vpc-1",
                           "srcids": {"instance": "i-1", "resolver_endpoint": None, "resolver_network_interface": None}}])


if __name__ == "__main__":
    QUERYMARK = sys.argv.pop(1)
    unittest.main()
