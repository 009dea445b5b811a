# SPDX-License-Identifier: Apache-2.0
"""test_domains.py PROGRAM [SUITE…]: the verbs `domains …` and `explain` of the program, run as a person would."""

import gzip
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = ""
KILL_ROUNDS = 20
NOBODY = 65534


class TestCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="querymark_domains."))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.home = self.folder / "home"
        self.table = self.home / "domains.db"
        self.set = self.home / "domains.set"

    def file(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    def start(self, *arguments, **options):
        environment = dict(os.environ, QUERYMARK_HOME=str(self.home), XDG_CONFIG_HOME=str(self.folder))
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen([PROGRAM, *arguments], env=environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **options)

    def run_program(self, *arguments, status=0, input_text=None, **options):
        """The output (stdout, stderr) of a run that ends with `status`."""
        if input_text is not None:
            options["stdin"] = subprocess.PIPE
        process = self.start(*arguments, **options)
        out, err = process.communicate(input_text.encode() if input_text is not None else None)
        self.assertEqual(process.returncode, status, f"{arguments}: {out.decode()}{err.decode()}")
        return out.decode(), err.decode()

    def names(self, *options):
        return self.run_program("domains", "export", *options)[0].split()

    def by_hand(self, sql):
        with sqlite3.connect(self.table) as connection:
            connection.executescript(sql)
        connection.close()


class Verbs(TestCase):
    def test_import_names_each_list_by_its_file(self):
        a = self.file("a.txt", "evil.com\n")
        b = self.file("b.hosts", "0.0.0.0 bad.net\n0.0.0.0 evil.com\n")
        self.run_program("domains", "import", a, b)
        self.assertEqual(self.names(), ["bad.net", "evil.com"])
        lists = [json.loads(line) for line in self.run_program("domains", "lists", "--format", "json")[0].splitlines()]
        self.assertEqual([(l["list"], l["entries"], l["format"]) for l in lists],
                         [("a.txt", 1, "domains"), ("b.hosts", 2, "hosts")])

    def test_import_tells_what_it_did(self):
        path = self.file("a.txt", "evil.com\nevil.com\nhost.lan\n")
        err = self.run_program("domains", "import", path, "--list", "x")[1]
        self.assertIn("list x: 3 lines, 3 names found: 1 new, 0 already there, "
                      "2 skipped (1 no_valid_tld, 1 duplicate); 0 removed", err)
        self.assertIn("the table holds 1 entries", err)
        self.assertEqual(self.run_program("--quiet", "domains", "import", path)[1], "")
        err = self.run_program("--quiet", "domains", "import", path, "--stats", "json")[1]
        self.assertEqual(json.loads(err)["lists"][0]["already_there"], 1)

    def test_import_reads_standard_input_and_gzip(self):
        self.run_program("domains", "import", "-", input_text="evil.com\n")
        self.run_program("domains", "import", self.file("b.gz", gzip.compress(b"bad.net\n")))
        self.assertEqual(self.names(), ["bad.net", "evil.com"])
        lists = self.run_program("domains", "lists")[0]
        self.assertIn("stdin: 1 entries", lists)
        self.assertIn("b.gz: 1 entries", lists)

    def test_import_dry_run_leaves_no_trace(self):
        err = self.run_program("domains", "import", self.file("a.txt", "evil.com\n"), "--dry-run")[1]
        self.assertIn("dry run", err)
        self.assertIn("1 new", err)
        self.assertFalse(self.home.exists())

    def test_mirror_refuses_to_shrink_by_more_than_half(self):
        path = self.file("a.txt", "a.com\nb.com\nc.com\n")
        self.run_program("domains", "import", path)
        self.file("a.txt", "a.com\n")
        err = self.run_program("domains", "import", path, "--mirror", status=1)[1]
        self.assertIn("would shrink from 3 to 1 entries", err)
        self.assertEqual(len(self.names()), 3)
        self.assertIn("failed: the list a.txt would shrink", self.run_program("domains", "lists")[0])
        self.run_program("domains", "import", path, "--mirror", "--force")
        self.assertEqual(self.names(), ["a.com"])

    def test_one_list_that_fails_does_not_stop_the_others(self):
        page = self.file("page.txt", "<!DOCTYPE html><a href='http://evil.com'>")
        good = self.file("good.txt", "bad.net\n")
        err = self.run_program("domains", "import", page, "/nowhere/x", good, status=1)[1]
        self.assertIn("this is an HTML page, not a list", err)
        self.assertIn("/nowhere/x: No such file", err)
        self.assertEqual(self.names(), ["bad.net"])

    def test_suffixes(self):
        path = self.file("a.txt", "com\nco.uk\ngithub.io\nevil.com\n")
        err = self.run_program("domains", "import", path, "--format", "domains")[1]
        self.assertIn("2 icann_suffix", err)
        self.assertIn("1 names are public suffixes", err)
        self.assertEqual(self.names(), ["evil.com", "github.io"])
        self.run_program("domains", "add", "com", status=1)
        self.run_program("domains", "add", "com", "--force")
        self.assertIn("com", self.names())

    def test_add_and_remove(self):
        self.run_program("domains", "add", "EVIL.com.", "пример.рф", "--note", "seen by me", "--scope", "subtree",
                         "--expires", "30")
        self.assertEqual(self.names(), ["evil.com", "xn--e1afmkfd.xn--p1ai"])
        entry = json.loads(self.run_program("domains", "list", "evil", "--format", "json")[0])
        self.assertEqual((entry["list"], entry["scope"], entry["keep"], entry["note"]),
                         ("manual", "subtree", "registered", "seen by me"))
        self.assertIn("expires", entry)
        self.run_program("domains", "remove", "пример.рф")
        self.assertEqual(self.names(), ["evil.com"])
        err = self.run_program("domains", "remove", "nosuch.com", status=1)[1]
        self.assertIn("nosuch.com: no such entry", err)
        for name in ("a..b", "10.0.0.1", "host.lan"):
            self.run_program("domains", "add", name, status=1)

    def test_allow_entries_live_apart(self):
        self.run_program("domains", "add", "evil.com")
        self.run_program("domains", "add", "evil.com", "--allow")
        self.assertEqual(self.names("--allow"), ["evil.com"])
        explanation = json.loads(self.run_program("explain", "www.evil.com", "--format", "json")[0])
        self.assertEqual(explanation["registered"]["verdict"], "N")
        self.assertTrue(explanation["registered"]["allowed"])
        self.run_program("domains", "remove", "evil.com", "--allow")
        self.assertEqual(self.names(), ["evil.com"])
        self.assertEqual(self.names("--allow"), [])

    def test_exceptions_become_allow_entries_when_asked(self):
        path = self.file("a.txt", "[Adblock Plus]\n||evil.com^\n@@||good.evil.com^\n")
        self.run_program("domains", "import", path)
        self.assertEqual(self.names("--allow"), [])
        self.run_program("domains", "import", path, "--exceptions", "allow")
        self.assertEqual(self.names("--allow"), ["good.evil.com"])

    def test_keep_listed_warns_of_what_registered_matching_does_not_see(self):
        path = self.file("a.txt", "www.evil.com\nbad.net\n")
        err = self.run_program("domains", "import", path, "--keep", "listed")[1]
        self.assertIn("1 entries kept as listed are no first-level domains", err)
        out = self.run_program("domains", "check", "www.evil.com", "bad.net")[0]
        self.assertIn("with --match registered 1 entries and 0 allow entries cannot match", out)
        self.assertIn("www.evil.com: registered N; listed Y, by www.evil.com in a.txt", out)
        self.assertIn("bad.net: registered Y, by bad.net in a.txt", out)

    def test_explain_tells_why(self):
        path = self.file("a.txt", "www.evil.co.uk\n")
        self.run_program("domains", "import", path, "--list", "feed")
        out = self.run_program("explain", "X.evil.co.uk.")[0]
        for line in ("normal form         x.evil.co.uk", "suffix rule         co.uk (ICANN section)",
                     "first-level domain  evil.co.uk", "registered          Y, by evil.co.uk in feed",
                     "listed              N", "entry               www.evil.co.uk  list feed, exact, kept registered"):
            self.assertIn(line + ("," if line.startswith("entry") else "\n"), out)
        self.assertNotIn("listed  ", self.run_program("explain", "x.com", "--match", "registered")[0])
        for name, why in (("localhost", "no rule of the suffix list applies"), ("10.1.2.3", "an IP address"),
                          ("a..b", "empty label"), ("github.io", "is itself a public suffix")):
            self.assertIn(why, self.run_program("explain", name)[0])

    def test_explain_by_a_list_alone(self):
        uri = "list:" + self.file("feed.txt", "0.0.0.0 evil.com\n")
        self.assertIn("Y, by evil.com in feed.txt", self.run_program("--table", uri, "explain", "www.evil.com")[0])
        self.assertFalse(self.home.exists())

    def test_sections_of_the_suffix_list(self):
        self.run_program("domains", "add", "evil.github.io")
        self.assertIn("registered          Y, by evil.github.io", self.run_program("explain", "evil.github.io")[0])
        out = self.run_program("--psl-section", "icann", "explain", "other.github.io")[0]
        self.assertIn("registered          Y, by github.io", out)

    def test_wrong_usage(self):
        for arguments in (["domains"], ["domains", "import"], ["domains", "add"], ["explain"],
                          ["domains", "import", "x", "--keep", "y"], ["domains", "import", "x", "--expires", "0"],
                          ["domains", "nosuch"]):
            self.run_program(*arguments, status=2)

    def test_a_reader_that_goes_away_is_no_failure(self):
        self.run_program("domains", "import", self.file("a.txt", "".join(f"n{i}.com\n" for i in range(50000))))
        process = self.start("domains", "export")
        self.assertTrue(process.stdout.readline())
        process.stdout.close()
        self.assertEqual(process.wait(), 0, process.stderr.read())
        process.stderr.close()


class Receipt(TestCase):
    def test_lists_what_was_left_out_and_why(self):
        path = self.file("a.txt", "evil.com\n10.0.0.1\nhost.lan\ngithub.io\nevil.com\n")
        receipt = self.folder / "receipt"
        self.run_program("domains", "import", path, "--receipt", str(receipt))
        lines = [json.loads(line) for line in receipt.read_text().splitlines()]
        self.assertEqual([(l["line"], l["text"], l.get("reason", l.get("warning"))) for l in lines[:-1]],
                         [(2, "10.0.0.1", "ip_address"), (3, "host.lan", "no_valid_tld"),
                          (4, "github.io", "public_suffix"), (5, "evil.com", "duplicate")])
        summary = lines[-1]["summary"]["lists"][0]
        self.assertEqual((summary["lines"], summary["names_found"], summary["new"]), (5, 5, 2))

    def test_that_cannot_be_written_is_a_failure(self):
        path = self.file("a.txt", "evil.com\n")
        err = self.run_program("domains", "import", path, "--receipt", "/dev/full", status=1)[1]
        self.assertIn("/dev/full", err)


class ByHand(TestCase):
    def setUp(self):
        super().setUp()
        self.run_program("domains", "add", "evil.com")

    def test_a_row_with_just_a_name_works_for_the_next_command(self):
        self.by_hand("INSERT INTO entries(name) VALUES ('WWW.Bad.Net.'), ('пример.рф'), ('no name at..all')")
        self.assertIn("Y, by bad.net in manual", self.run_program("explain", "x.bad.net")[0])
        self.assertIn("Y, by xn--e1afmkfd.xn--p1ai", self.run_program("explain", "пример.рф")[0])
        out = self.run_program("domains", "check")[0]
        self.assertIn("list manual: entry no name at..all: no name: empty label", out)
        self.run_program("domains", "remove", "www.bad.net")

    def test_every_edit_is_noticed(self):
        self.by_hand("DELETE FROM entries WHERE name = 'evil.com'")
        self.assertIn("registered          N", self.run_program("explain", "evil.com")[0])
        self.by_hand("INSERT INTO entries(name) VALUES ('evil.com')")
        self.by_hand("INSERT INTO allow_entries(name) VALUES ('evil.com')")
        self.assertIn("N: allowed by evil.com", self.run_program("explain", "evil.com")[0])

    def test_an_entry_that_has_expired_does_not_match(self):
        self.by_hand("UPDATE entries SET expires = unixepoch() + 2")
        self.assertIn("registered          Y", self.run_program("explain", "evil.com")[0])
        time.sleep(2.5)
        out = self.run_program("explain", "evil.com")[0]
        self.assertIn("registered          N", out)
        self.assertIn("expired", out)
        self.assertIn("1 expired", self.run_program("domains", "check")[0])


class Faults(TestCase):
    def test_no_table_is_an_error(self):
        for arguments in (["explain", "evil.com"], ["domains", "list"], ["domains", "export"], ["domains", "check"],
                          ["domains", "lists"], ["domains", "remove", "evil.com"]):
            self.assertIn("no table of interesting domains at", self.run_program(*arguments, status=1)[1])

    def test_a_damaged_set_is_compiled_anew(self):
        self.run_program("domains", "import", self.file("a.txt", "".join(f"n{i}.com\n" for i in range(5000))))
        whole = self.set.read_bytes()
        for damaged in (b"", b"garbage", whole[:100], whole[:-1], bytes([whole[0] ^ 1]) + whole[1:]):
            self.set.unlink()
            self.set.write_bytes(damaged)
            self.assertIn("registered          Y", self.run_program("explain", "n77.com")[0])
            self.set.unlink()
            self.set.write_bytes(damaged)
            self.assertIn("compiled anew", self.run_program("domains", "check", status=1)[0])
            self.run_program("domains", "check")
        self.set.unlink()
        self.assertIn("registered          Y", self.run_program("explain", "n77.com")[0])

    def test_check_finds_damage_anywhere_in_the_set_and_mends_it(self):
        self.run_program("domains", "import", self.file("a.txt", "".join(f"n{i}.com\n" for i in range(5000))))
        whole = self.set.read_bytes()
        for place in random.Random(1).sample(range(len(whole)), 10):
            self.set.unlink()
            self.set.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1:])
            out = self.run_program("domains", "check", status=1)[0]
            self.assertIn("compiled anew", out, f"byte {place}")
            self.assertNotIn("compiled anew", self.run_program("domains", "check")[0])

    def test_a_damaged_table_is_an_error(self):
        self.run_program("domains", "import", self.file("a.txt", "".join(f"n{i}.com\n" for i in range(5000))))
        content = bytearray(self.table.read_bytes())
        content[8192:12288] = bytes(4096)
        self.table.write_bytes(content)
        self.run_program("domains", "check", status=1)
        self.table.write_bytes(b"not a database" * 1000)
        self.assertIn("domains.db", self.run_program("explain", "n1.com", status=1)[1])

    def test_a_full_disk_changes_nothing(self):
        self.run_program("domains", "add", "evil.com")
        path = self.file("a.txt", "".join(f"name-number-{i}.com\n" for i in range(200000)))

        def limit_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

        self.run_program("domains", "import", path, status=1, preexec_fn=limit_files)
        self.assertEqual(self.names(), ["evil.com"])
        self.run_program("domains", "check", "evil.com")
        self.assertEqual(sorted(p.name for p in self.home.iterdir()), ["domains.db", "domains.db.lock", "domains.set"])

    def test_a_home_that_cannot_be_written_to(self):
        self.run_program("domains", "add", "evil.com")
        program = self.folder / "querymark"
        shutil.copy(PROGRAM, program)
        for path in (self.folder, program):
            path.chmod(0o755)
        for path in (self.table, self.set, self.home / "domains.db.lock"):
            path.chmod(0o444)
        self.home.chmod(0o555)
        self.addCleanup(self.home.chmod, 0o755)
        before = sorted((p.name, p.stat().st_mtime) for p in self.home.iterdir())

        def become_nobody():
            if os.getuid() == 0:
                os.setuid(NOBODY)

        def run(*arguments, status=0):
            process = subprocess.run([program, "--home", self.home, *arguments], capture_output=True, text=True,
                                     preexec_fn=become_nobody, env={"HOME": str(self.folder)}, check=False)
            self.assertEqual(process.returncode, status, process.stdout + process.stderr)
            return process.stdout + process.stderr

        self.assertIn("registered          Y", run("explain", "evil.com"))
        self.assertIn("registered          Y", run("--psl-section", "icann", "explain", "evil.com"))
        self.assertIn("evil.com", run("domains", "list"))
        run("domains", "add", "bad.net", status=1)
        self.assertEqual(sorted((p.name, p.stat().st_mtime) for p in self.home.iterdir()), before)
        self.home.chmod(0o755)
        self.set.unlink()
        self.home.chmod(0o555)
        self.assertIn("registered          Y", run("explain", "evil.com"))


class Interruption(TestCase):
    def test_two_imports_at_once_both_arrive(self):
        paths = [self.file(f"{list_}.txt", "".join(f"{list_}{i}.com\n" for i in range(20000))) for list_ in "abcd"]
        processes = [self.start("domains", "import", path) for path in paths]
        for process in processes:
            out, err = process.communicate()
            self.assertEqual(process.returncode, 0, out + err)
        self.assertEqual(len(self.names()), 80000)
        out = self.run_program("domains", "check", "a1.com", "d19999.com")[0]
        self.assertNotIn("compiled anew", out)
        self.assertEqual(out.count("registered Y"), 2)

    def test_killed_at_any_point_table_and_set_are_old_or_new(self):
        old = self.file("old.txt", "".join(f"old{i}.com\n" for i in range(20000)))
        new = self.file("new.txt", "".join(f"new{i}.com\n" for i in range(40000)))
        imports = (["domains", "import", old, "--list", "x", "--mirror", "--force"],
                   ["domains", "import", new, "--list", "x", "--mirror", "--force"])
        self.run_program(*imports[0])
        begin = time.monotonic()
        self.run_program(*imports[1])
        duration = time.monotonic() - begin
        generator = random.Random(2)
        seen = set()
        for _ in range(KILL_ROUNDS):
            self.run_program(*imports[0])
            process = self.start(*imports[1])
            time.sleep(generator.random() * duration)
            process.kill()
            process.communicate()
            names = self.names()
            self.assertIn(len(names), (20000, 40000))
            self.assertEqual(len({name[:3] for name in names}), 1)
            state = names[0][:3]
            seen.add(state)
            out = self.run_program("domains", "check", "old7.com", "new7.com")[0]
            self.assertIn(f"{state}7.com: registered Y", out)
            self.assertEqual(out.count("registered Y"), 1)
        self.assertIn("old", seen)


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=1)
