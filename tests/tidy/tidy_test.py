# SPDX-License-Identifier: Apache-2.0
"""The tidy checks find what they look for: each is shown a small tree with one thing wrong."""

import pathlib
import re
import tempfile
import unittest

import tidy
from tree import Tree

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
HEADER = SPDX + "#pragma once\n"
BUILD = "add_component(base)\nadd_component(dns DEPS base LIBS PkgConfig::idn2)\nadd_component(psl DEPS dns)\n"

# (check, files that pass, files with one thing wrong, what is said of it)
CASES = [
    (
        tidy.arrows_point_down,
        {"CMakeLists.txt": BUILD, "src/psl/a.cc": '#include "base/b.h"\n#include "psl/a.h"\n'},
        {"CMakeLists.txt": BUILD, "src/dns/a.cc": '#include "psl/b.h"\n'},
        "src/dns/a.cc: psl/b.h: the arrow points up",
    ),
    (
        tidy.arrows_point_down,
        {"CMakeLists.txt": BUILD + "add_component(lists DEPS psl)\n", "src/lists/a.cc": '#include "dns/b.h"\n'},
        {"CMakeLists.txt": BUILD + "add_component(lists DEPS dns)\n", "src/lists/a.cc": '#include "psl/b.h"\n'},
        "src/lists/a.cc: psl/b.h: psl is not among the DEPS of lists",
    ),
    (
        tidy.arrows_point_down,
        {"CMakeLists.txt": "add_component(mark THREADS DEPS domains codec)\n"},
        {"CMakeLists.txt": "add_component(dns DEPS base mark LIBS PkgConfig::idn2)\n"},
        "CMakeLists.txt: dns may not depend on mark",
    ),
    (
        tidy.arrows_point_down,
        {"src/base/a.cc": '#include "base/b.h"\n'},
        {"src/util/a.cc": '#include "util/b.h"\n'},
        "src/util/a.cc: util/b.h: no rank is given to this folder (tests/tidy/tree.py)",
    ),
    (
        tidy.other_peoples_headers_stay_in_sources,
        {
            "src/cli/a.h": "#include <string_view>\n#include <sys/stat.h>\n",
            "src/cli/a.cc": '#include <CLI/CLI.hpp>\n#include "cli/a.h"\n',
            "src/cli/a_fixture.h": "#include <gtest/gtest.h>\n",
            "src/cli/a_test.cc": '#include "cli/a_fixture.h"\n',
        },
        {"src/cli/a.h": "#include <CLI/CLI.hpp>\n", "src/cli/b.cc": '#include "cli/a.h"\n'},
        "src/cli/a.h: <CLI/CLI.hpp> belongs into a .cc file",
    ),
    (
        tidy.sources_name_their_licence,
        {"src/base/a.h": HEADER, "tests/a.py": "#!/usr/bin/env python3\n# SPDX-License-Identifier: Apache-2.0\n"},
        {"src/base/a.h": "#pragma once\n"},
        "src/base/a.h: does not begin with the SPDX line",
    ),
    (
        tidy.headers_are_short,
        {"src/base/a.h": HEADER + "\n" * 398},
        {"src/base/a.h": HEADER + "\n" * 399},
        "src/base/a.h: 401 lines, more than 400: is it two things?",
    ),
    (
        tidy.every_file_has_its_place,
        {"README.md": "", "src/base/a.cc": "", "docs/lists.md": "", "test": ""},
        {"src/base/notes.txt": ""},
        "src/base/notes.txt: no such file is foreseen in src",
    ),
    (
        tidy.every_file_has_its_place,
        {".ci/run": ""},
        {"core.1234": ""},
        "core.1234: no such file is foreseen in the top folder",
    ),
    (
        tidy.fuzz_targets_have_a_corpus,
        {"src/codec/gzip_fuzz.cc": "", "fuzz/corpus/gzip/empty": ""},
        {"src/codec/gzip_fuzz.cc": "", "fuzz/corpus/gzip/empty": "", "fuzz/past_crashes/gz/1": ""},
        "fuzz/past_crashes/gz: inputs without a target",
    ),
    (
        tidy.nothing_is_left_open,
        {"src/base/a.h": "// METHODOLOGY\n"},
        {"src/base/a.h": "int a;  // TO" + "DO: more\n"},
        "src/base/a.h:1: left open: TO" + "DO",
    ),
    (
        tidy.nothing_names_this_machine,
        {"docs/a.md": "`/etc/querymark`, `../wo" + "rk/a`, https://a.example/wo" + "rk/\n"},
        {"docs/a.md": "first\nsee /wo" + "rk/main\n"},
        "docs/a.md:2: a path of the machine it was written on: /wo" + "rk/",
    ),
    (
        tidy.links_lead_somewhere,
        {"docs/a.md": "[b](b.md#part), [c](https://a.example/), `docs/b.md`\n", "docs/b.md": ""},
        {"docs/a.md": "[b](b.md)\n"},
        "docs/a.md: the link to b.md leads nowhere",
    ),
]


def findings(check, files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf8")
        return list(check(Tree(root)))


class Tidy(unittest.TestCase):
    def test_each_check_passes_a_good_tree_and_names_what_is_wrong_in_a_bad_one(self):
        for check, good, bad, expected in CASES:
            with self.subTest(check=check.__name__, expected=expected):
                self.assertEqual(findings(check, good), [])
                self.assertEqual(findings(check, bad), [expected])

    def test_ctest_runs_every_check(self):
        listed = pathlib.Path(__file__).with_name("CMakeLists.txt").read_text(encoding="utf8")
        names = re.search(r"set\(checks([^)]*)\)", listed)[1].split()
        self.assertEqual(names, [check.__name__ for check in tidy.CHECKS])


if __name__ == "__main__":
    unittest.main()
