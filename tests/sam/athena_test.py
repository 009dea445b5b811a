# SPDX-License-Identifier: Apache-2.0
"""deploy/sam/athena: the tables have the columns of the record's members, the Glue table of the template has the
same, every saved query is SQL over those, and `querymark query` has the same questions. Exit status 77: sqlglot is not
installed."""
import pathlib
import re
import sys
import unittest

try:
    import cfnlint.decode.cfn_yaml
    import sqlglot
    from sqlglot import exp
    from sqlglot.optimizer.qualify import qualify
except ImportError:
    print("skipped: Python's sqlglot and cfn-lint are not both installed")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAM = ROOT / "deploy" / "sam"
ATHENA = SAM / "athena"
DUCKDB_QUESTIONS = ROOT / "src" / "query" / "questions"

# A record's members, in the order of the blog's table, then those that came later; the day is the partition.
MEMBERS = """version account_id region vpc_id query_timestamp query_name query_type query_class rcode answers srcaddr
srcport transport srcids isMatchedDomain firewall_rule_action firewall_rule_group_id firewall_domain_list_id
registeredDomain match""".split()
FAILURE_MEMBERS = """attemptsMade arrivalTimestamp errorCode errorMessage attemptEndingTimestamp rawData
lambdaArn""".split()


def columns(name):
    """Column and type as Athena has them, in lower case."""
    create = sqlglot.parse_one((ATHENA / name).read_text(), dialect="athena")
    assert isinstance(create, exp.Create)
    return {column.name: re.sub(r"\s", "", column.kind.sql("hive")).lower()
            for column in create.this.find_all(exp.ColumnDef)
            if isinstance(column.parent, exp.Schema) and column.parent is create.this}


class Tables(unittest.TestCase):
    def test_columns_are_the_members(self):
        self.assertEqual(list(columns("route53query.sql")), MEMBERS)
        self.assertEqual(list(columns("route53query_failures.sql")), FAILURE_MEMBERS)

    def test_the_unpartitioned_table_has_the_same(self):
        self.assertEqual(columns("route53query_unpartitioned.sql"), columns("route53query.sql"))

    def test_the_glue_table_has_the_same(self):
        table = cfnlint.decode.cfn_yaml.load(str(SAM / "template.yaml"))["Resources"]["GlueTable"]
        description = table["Properties"]["TableInput"]["StorageDescriptor"]
        glue = {column["Name"]: column["Type"].lower() for column in description["Columns"]}
        athena = {name.lower(): kind for name, kind in columns("route53query.sql").items()}
        self.assertEqual(list(glue), list(athena))
        for name, kind in glue.items():
            self.assertEqual(re.sub(r"\s", "", kind), athena[name], name)

    def test_locations_are_the_templates_prefixes(self):
        parameters = cfnlint.decode.cfn_yaml.load(str(SAM / "template.yaml"))["Parameters"]
        prefix = re.sub(r"!\{timestamp:yyyy/MM/dd\}", "${day}", parameters["StreamOutput3Prefix"]["Default"])
        text = (ATHENA / "route53query.sql").read_text()
        self.assertIn(f"'storage.location.template' = 's3://DNS_LOGS_BUCKET/{prefix}'", text)
        self.assertIn(f"LOCATION 's3://DNS_LOGS_BUCKET/{prefix.split('$')[0]}'", text)
        errors = parameters["StreamOutputErrorPrefix"]["Default"].split("!")[0]
        self.assertIn(f"LOCATION 's3://DNS_LOGS_BUCKET/{errors}processing-failed/'",
                      (ATHENA / "route53query_failures.sql").read_text())


class Queries(unittest.TestCase):
    def test_every_query_names_columns_that_are_there(self):
        schema = {"route53query": {**columns("route53query.sql"), "day": "string"},
                  "route53query_failures": columns("route53query_failures.sql")}
        files = sorted((ATHENA / "queries").glob("*.sql"))
        self.assertTrue(files)
        for file in files:
            with self.subTest(file.name):
                query = sqlglot.parse_one(file.read_text(), dialect="athena")
                self.assertIsInstance(query, exp.Select)
                qualify(query, schema=schema, dialect="athena")  # raises where a column is unknown

    def test_a_wrong_column_is_seen(self):
        query = sqlglot.parse_one("SELECT qname FROM route53query", dialect="athena")
        with self.assertRaises(sqlglot.errors.OptimizeError):
            qualify(query, schema={"route53query": columns("route53query.sql")}, dialect="athena")

    def test_every_question_is_there_for_duckdb_and_for_athena_with_the_same_columns(self):
        ours = {file.stem: sqlglot.parse_one(file.read_text(), dialect="duckdb")
                for file in DUCKDB_QUESTIONS.glob("*.sql")}
        athena = {file.stem: sqlglot.parse_one(file.read_text(), dialect="athena")
                  for file in (ATHENA / "queries").glob("*.sql")}
        del athena["failures"]  # of another table, which questions to a store do not read
        self.assertEqual(sorted(ours), sorted(athena))
        schema = {"route53query": {**columns("route53query.sql"), "datehour": "string", "day": "string"}}
        for name, question in ours.items():
            with self.subTest(name):
                qualify(question.copy(), schema=schema, dialect="duckdb")
                self.assertEqual(question.named_selects, athena[name].named_selects)

    def test_the_page_of_questions_shows_each_in_both(self):
        page = (ROOT / "docs" / "questions.md").read_text()
        for file in DUCKDB_QUESTIONS.glob("*.sql"):
            self.assertIn(f"| [{file.stem}](../src/query/questions/{file.name}) "
                          f"| [{file.stem}](../deploy/sam/athena/queries/{file.name}) |", page)

    def test_every_file_says_what_it_is(self):
        for file in ATHENA.rglob("*.sql"):
            self.assertTrue(file.read_text().startswith("-- "), file.name)


if __name__ == "__main__":
    unittest.main()
