# SPDX-License-Identifier: Apache-2.0
"""documents_test.py QUERYMARK: manual page, completions and README against the program.

A ```console block of the README is a session: lines that begin with "$ " are run in a folder that holds the demo's
samples, with a home of its own, and print exactly the lines that follow; there "…" stands for anything.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(sys.argv.pop()).resolve()


def output_of(*arguments):
    return subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, check=True, text=True).stdout


def verbs_and_options(path=()):
    """(verb, its long options) of the program and all below, as --help lists them."""
    text = output_of(*path, "--help")
    yield path, re.findall(r"^  (?:-\w,)?(--[\w-]+)", text, re.MULTILINE)
    below = re.search(r"^Subcommands:\n((?:  .*\n)*)", text, re.MULTILINE)
    for verb in re.findall(r"^  (\w[\w-]*)", below[1], re.MULTILINE) if below else []:
        yield from verbs_and_options((*path, verb))


def complete_in_bash(*words):
    script = (
        'source /dev/stdin; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _querymark; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    command = ["bash", "-c", script, "bash", "querymark", *words]
    run = subprocess.run(command, input=output_of("completion", "bash"), stdout=subprocess.PIPE, check=True, text=True)
    return run.stdout.split()


class Manual(unittest.TestCase):
    def test_names_every_verb_and_option(self):
        page = output_of("manual").replace("\\-", "-")
        for path, options in verbs_and_options():
            section = page if not path else page.partition(".SS querymark " + " ".join(path))[2]
            for option in options:
                self.assertIn(f"\\fB{option}\\fR", section, msg=f"querymark {' '.join(path)}")

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_is_proper_roff(self):
        run = subprocess.run(
            ["groff", "-man", "-ww", "-z"], input=output_of("manual"), stderr=subprocess.PIPE, text=True, check=True
        )
        self.assertEqual(run.stderr, "")


class Completion(unittest.TestCase):
    def test_offers_verbs_options_and_values(self):
        self.assertIn("version", complete_in_bash(""))
        self.assertEqual(complete_in_bash("ver"), ["version"])
        self.assertEqual(complete_in_bash("--psl-section", ""), ["all", "icann"])
        self.assertEqual(complete_in_bash("version", "--psl-s"), ["--psl-section"])

    def test_offers_options_of_verbs_below_verbs(self):
        for path, options in verbs_and_options():
            offered = complete_in_bash(*path, "--")
            for option in options:
                self.assertIn(option, offered, msg=f"querymark {' '.join(path)}")

    def test_scripts_parse(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell=shell):
                if shutil.which(shell) is None:
                    self.skipTest(f"{shell} is not installed")
                command = [shell, "-n"] + ([] if shell == "fish" else ["/dev/stdin"])
                run = subprocess.run(
                    command, input=output_of("completion", shell), stderr=subprocess.PIPE, text=True, check=False
                )
                self.assertEqual((run.returncode, run.stderr), (0, ""))


class Readme(unittest.TestCase):
    def test_sessions_print_what_they_show(self):
        sessions = re.findall(r"^```console\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
        self.assertTrue(sessions)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "tests/data/demo", folder, dirs_exist_ok=True)
            for session in sessions:
                for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE):
                    with self.subTest(command=command):
                        self.check(folder, command, expected)

    def check(self, folder, command, expected):
        environment = dict(
            os.environ, QUERYMARK_HOME=f"{folder}/home", PATH=f"{PROGRAM.parent}:{os.environ['PATH']}", LC_ALL="C.UTF-8"
        )
        run = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        pattern = ".*".join(map(re.escape, expected.split("…")))
        self.assertTrue(re.fullmatch(pattern, run.stdout, re.DOTALL), msg=f"it printed:\n{run.stdout}")


if __name__ == "__main__":
    unittest.main()
