# SPDX-License-Identifier: Apache-2.0
"""Compares our registrable domains with those of Python's tld package, on the same list.

Every name on which the two differ must be explained by one of KINDS below; any other difference fails the run, and
so does a kind that no name shows any more (with all sections: ICANN's rules do not show every kind). Exit status 77:
the package is not installed, nothing was compared.
"""

import argparse
import collections
import os
import random
import string
import subprocess
import sys
import unicodedata

try:
    import tld.utils
except ImportError:
    print("skipped: the Python package tld is not installed (pip install tld==0.13.2)")
    sys.exit(77)

FULL_STOPS = "\u3002\uff0e\uff61"


class SuffixList:
    """The list's rules, as far as the differences speak of them; all in A-labels."""

    def __init__(self, path, icann_only):
        self.texts = []
        with open(path, encoding="utf8") as lines:
            for line in lines:
                if icann_only and "===BEGIN PRIVATE DOMAINS===" in line:
                    break
                token = line.split()[:1]
                if token and not token[0].startswith("//"):
                    self.texts.append(token[0])
        rules = [to_a_labels(text) for text in self.texts]
        self.normal = {rule for rule in rules if rule[0] not in "*!"}
        self.wildcard_parents = {rule[2:] for rule in rules if rule.startswith("*.")}
        self.exception_parents = {rule.split(".", 1)[1] for rule in rules if rule.startswith("!")}
        # Names on the way to a longer rule.
        self.inner_names = {
            ".".join(labels[i:]) for rule in rules for labels in [rule.lstrip("!").split(".")] for i in range(1, len(labels))
        }
        self.wildcard_siblings = sorted(
            name
            for name in self.inner_names - self.normal
            if parent(name) in self.wildcard_parents
        )


def parent(name):
    return name.partition(".")[2]


def to_a_labels(name):
    """Lower case, composed, without the mapping that UTS 46 has for rarer letters."""
    labels = unicodedata.normalize("NFC", name.lower()).split(".")
    return ".".join(x if x.isascii() else "xn--" + x.encode("punycode").decode() for x in labels)


def to_u_labels(name):
    def to_u_label(label):
        try:
            return label[4:].encode().decode("punycode") if label.startswith("xn--") else label
        except UnicodeError:
            return label

    return ".".join(map(to_u_label, name.split(".")))


class Tld:
    """The package's first-level domain of a name, asked as the reference stack asks it; "" where it raises."""

    def __init__(self, path, icann_only):
        class SameList(tld.utils.MozillaTLDSourceParser):
            uid = "querymark"
            local_path = os.path.abspath(path)
            include_private = not icann_only

        self.parser = SameList

    def first_level_domain(self, name):
        try:
            return tld.get_fld("http://" + name, parser_class=self.parser)
        except ValueError:  # TldBadUrl and TldDomainNotFound are ValueErrors too
            return ""


class Difference:
    def __init__(self, name, ours, theirs, suffixes, package):
        self.name = name
        self.ours = ours
        self.theirs = theirs
        self.suffixes = suffixes
        self.package = package
        self.stripped = name.rstrip("." + FULL_STOPS)


def keeps_trailing_dot(d):
    return d.theirs.rstrip(".") == d.ours and d.theirs.endswith(".") and is_suffix(d)


def is_suffix(d):
    return d.ours in d.suffixes.normal or parent(d.ours) in d.suffixes.wildcard_parents


def answers_in_u_labels(d):
    return not d.theirs.isascii() and to_a_labels(d.theirs.rstrip(".")) == d.ours


def misses_idn_rule_in_punycode(d):
    u_labels = d.package.first_level_domain(to_u_labels(d.stripped.lower()))
    return "xn--" in d.name.lower() and to_a_labels(u_labels) == d.ours != ""


def wildcard_sibling_hides_wildcard(d):
    suffix = d.ours if d.ours in d.suffixes.wildcard_siblings else parent(d.ours)
    return suffix in d.suffixes.wildcard_siblings


def parent_of_exception_is_a_suffix(d):
    return d.ours == "" and d.theirs.rstrip(".") == d.stripped.lower() in d.suffixes.exception_parents


def url_parser_cuts(d):
    return any(c in d.name for c in "/?#@:[]\t ")


def empty_label(d):
    return d.ours == "" and ".." in d.stripped


def leading_dot(d):
    return d.name.startswith(".") and d.theirs.strip(".") == d.ours


def too_long(d):
    labels = d.stripped.split(".")
    return d.ours == "" and (len(d.stripped) > 253 or max(map(len, labels)) > 63)


def escape(d):
    return "\\" in d.name


def full_stop_of_other_scripts(d):
    return any(c in d.name for c in FULL_STOPS)


def compatibility_letters(d):
    return unicodedata.normalize("NFKC", d.name) != d.name and d.ours != ""


# What the two may differ in, in the order in which they are asked; each with what we do and what tld does.
KINDS = [
    ("a bare suffix: we drop its trailing dot, tld keeps it", keeps_trailing_dot),
    ("U-labels: we answer in A-labels, tld as asked", answers_in_u_labels),
    ("a leading dot: we ignore it, tld answers with it", leading_dot),
    ("an exception's parent: we have no rule for it, tld calls it a suffix", parent_of_exception_is_a_suffix),
    ("a wildcard's explicit sibling: the wildcard applies to it, in tld it does not", wildcard_sibling_hides_wildcard),
    ("an IDN rule of several labels in punycode: we match it, tld does not", misses_idn_rule_in_punycode),
    ("an empty label: we answer none, tld looks at the end", empty_label),
    ("a label or name over the DNS's size: we answer none, tld looks at the end", too_long),
    ("URL delimiters: bytes of a label to us, tld parses a URL", url_parser_cuts),
    ("escapes: we read them, tld takes them as they stand", escape),
    ("full stops of other scripts: they separate labels for us, not for tld", full_stop_of_other_scripts),
    ("compatibility letters: we map them as UTS 46 says, tld does not", compatibility_letters),
]

# Names that show each kind, whatever the random ones do.
ODD_NAMES = [
    "com.", "co.uk.", "пример.рф", "食狮.公司.cn.", "www.食狮.公司.cn", ".example.com", ".com", "ck", "ck.", "kobe.jp",
    "a..example.com", "..example.com", "a" * 64 + ".example.com", "a." * 130 + "example.com", "user@evil.com.",
    "a/b.example.com", "a:b.example.com", "[x].example.com", "a?b.example.com", "a#b.example.com", "::1", "10.0.0.1",
    "\\052.example.com.", "a\\056b.example.com", "a.example\\.com", "食狮。中国", "www.example．com", "ｅｖｉｌ.com",
    "www.ＥＸＡＭＰＬＥ.co.uk", "localhost", "localhost.", ".", "", "foo.bar.invalidtldxyz", "mm", "mm.",
    "*.example.com", "_dmarc.example.com", "r3---sn-4g5e.googlevideo.com.", "-a-.example.com", "1.0.0.127.in-addr.arpa.",
]  # fmt: skip


class NameMix:
    def __init__(self, seed, suffixes, real_names):
        self.random = random.Random(seed)
        self.suffixes = suffixes
        self.real_names = real_names

    def names(self, count):
        names = list(ODD_NAMES)
        for sibling in self.suffixes.wildcard_siblings:
            names += [sibling, "x." + sibling, "y.x." + sibling]
        names += self.real_names
        while len(names) < count:
            names.append(self.next())
        return names[:count]

    def next(self):
        share = self.random.random()
        if share < 0.05:
            return ".".join(str(self.random.randrange(256)) for _ in range(4))
        if share < 0.12:
            return self.prefix(1, 3) + self.word() + self.dot()
        name = self.prefix(0, 3) + self.rule()
        if self.random.random() < 0.3:
            name = to_a_labels(name)
        if self.random.random() < 0.2:
            name = "".join(self.random.choice((c.upper(), c)) for c in name)
        return name + self.dot()

    def rule(self):
        text = self.random.choice(self.suffixes.texts)
        return text.lstrip("!").replace("*", self.word())

    def prefix(self, least, most):
        labels = [self.word() for _ in range(self.random.randint(least, most))]
        return "".join(label + "." for label in labels)

    def word(self):
        if self.random.random() < 0.05:
            return self.random.choice(["пример", "食狮", "straße", "café", "www", "_tcp"])
        return "".join(self.random.choices(string.ascii_lowercase + string.digits, k=self.random.randint(1, 14)))

    def dot(self):
        return "." if self.random.random() < 0.5 else ""


def read_names(path):
    try:
        with open(path, encoding="utf8", errors="surrogateescape") as lines:
            names = [line.split("\t")[0] for line in lines if not line.startswith("#")]
    except OSError:
        return []
    return [name for name in names if name.isprintable()]


def ask_tool(tool, path, sections, names):
    text = "".join(name + "\n" for name in names)
    arguments = [tool, path] + (["icann"] if sections == "icann" else [])
    run = subprocess.run(arguments, input=text.encode(), stdout=subprocess.PIPE, check=True)
    return run.stdout.decode().split("\n")[: len(names)]


def explain(difference):
    return next((kind for kind, applies in KINDS if applies(difference)), None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True, help="the program registrable_domains")
    parser.add_argument("--list", required=True, help="public_suffix_list.dat")
    parser.add_argument("--sections", choices=["icann+private", "icann"], default="icann+private")
    parser.add_argument("--names", default="", help="file of real names, first column of a TSV")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    icann_only = options.sections == "icann"
    suffixes = SuffixList(options.list, icann_only)
    package = Tld(options.list, icann_only)
    names = NameMix(options.seed, suffixes, read_names(options.names)).names(options.count)

    counts = collections.Counter()
    unexplained = []
    for name, ours in zip(names, ask_tool(options.tool, options.list, options.sections, names), strict=True):
        theirs = package.first_level_domain(name)
        if ours == theirs:
            counts["equal"] += 1
            continue
        kind = explain(Difference(name, ours, theirs, suffixes, package))
        counts[kind] += 1
        if kind is None:
            unexplained.append(f"{name!r}: ours {ours!r}, tld {theirs!r}")

    print(f"{len(names)} names, {counts['equal']} equal; tld {tld.__version__}, sections {options.sections}")
    for kind, _ in KINDS:
        print(f"{counts[kind]:7} {kind}")
    for line in unexplained[:50]:
        print("UNEXPLAINED", line)
    unseen = [kind for kind, _ in KINDS if counts[kind] == 0 and not icann_only]
    for kind in unseen:
        print("NEVER SEEN", kind)
    return 1 if unexplained or unseen else 0


if __name__ == "__main__":
    sys.exit(main())
