#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Marks a log in SQL: the member is spliced into the record's text, the table joined by the last two labels of the
name (DuckDB has no suffix list). Prints the seconds of it to standard error, the loading of the table left out.

usage: duckdb_mark.py DOMAINS LOG THREADS
"""

import sys
import time

import duckdb

LOAD = """CREATE TABLE interesting AS
SELECT line AS domain
FROM read_csv(?, header = false, columns = {'line': 'VARCHAR'})
WHERE NOT starts_with(line, '#')"""

MARK = """COPY (
  SELECT rtrim(json, '}') || repeat('}', length(json) - length(rtrim(json, '}')) - 1)
      || CASE WHEN domain IS NULL THEN ',"isMatchedDomain":"N"}' ELSE ',"isMatchedDomain":"Y"}' END
  FROM (
    SELECT json, string_split(lower(rtrim(json_extract_string(json, '$.query_name'), '.')), '.')[-2:] AS labels
    FROM read_ndjson_objects(?))
  LEFT JOIN interesting ON domain = array_to_string(labels, '.')
) TO '/dev/stdout' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"""


def main():
    domains, log, threads = sys.argv[1:]
    connection = duckdb.connect(config={"threads": threads})
    connection.execute(LOAD, [domains])
    begin = time.perf_counter()
    connection.execute(MARK, [log])
    print(time.perf_counter() - begin, file=sys.stderr)


if __name__ == "__main__":
    main()
