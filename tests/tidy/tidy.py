# SPDX-License-Identifier: Apache-2.0
"""tidy.py CHECK…: keeps the repository as its documents say it is. Each check prints what it finds, one line each.

Exit status 0: nothing found; 1: something; 77: a tool is missing, nothing was looked at.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from tree import RANKS, Tree

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER_LINES_MAX = 400
FILE_SIZE_MAX = 1 << 20

# Headers that our headers may include: the standard library's, the kernel's, the processor's.
SYSTEM_HEADER = re.compile(r"^[a-z_0-9]+$|^(sys|netinet|arpa)/\w+\.h$|^(unistd|fcntl|signal|poll|\w+intrin)\.h$")

# What each folder may hold; None: not looked into.
FOLDERS = {
    "": r"[A-Z]+\.md|LICENSE|CMakeLists\.txt|CMakePresets\.json|\.clang-(format|tidy)|\.gitignore|\.dockerignore|demo|test",
    ".ci": r"run",
    "bench": None,
    "cmake": r"[A-Z]\w*\.cmake|\w+\.in",
    "demo": None,
    "deploy": None,
    "docs": r"(\w+/)?\w+\.(md|svg|png)",
    "fuzz": r"replay_main\.cc|(corpus|past_crashes)/.*",
    "packaging": None,
    "src": r"query/questions/[a-z-]+\.sql|\w+/(\w+(-inl)?\.h|\w+\.cc|component\.cmake|CMakeLists\.txt)",
    "tests": None,
    "web": None,
}

# Put together here so that this file does not hold what it looks for.
LEFT_OPEN = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
MACHINE_PATH = re.compile(r"(?<![\w.$}~-])/(?:wo" + r"rk|ro" + r"ot|far" + r"m)/")
REGISTRY_HOSTS = [
    "deb.debian" + ".org",
    "archive.ubuntu" + ".com",
    "registry.npmjs" + ".org",
    "pypi" + ".org",
    "files.pythonhosted" + ".org",
    "repo.maven.apache" + ".org",
    "repo1.maven" + ".org",
    "proxy.golang" + ".org",
    "crates" + ".io",
]


def arrows_point_down(tree):
    """src/X includes src/Y only where Y is X, or of lower rank and among X's DEPS in CMakeLists.txt. Benches may use
    bench/corpus besides."""
    components = tree.components()
    for name, deps in components.items():
        for dep in deps:
            if name not in RANKS or dep not in RANKS or RANKS[dep] >= RANKS[name]:
                yield f"CMakeLists.txt: {name} may not depend on {dep}"
    reached = {name: _reachable(name, components) for name in components}
    for name, text in tree.sources(".h", ".cc"):
        if not name.startswith("src/"):
            continue
        folder = name.split("/")[1]
        for include in tree.includes(text):
            other = include.split("/")[0]
            if other == "corpus" and name.endswith("_bench.cc"):
                continue
            if folder not in RANKS or other not in RANKS:
                yield f"{name}: {include}: no rank is given to this folder (tests/tidy/tree.py)"
            elif other != folder and RANKS[other] >= RANKS[folder]:
                yield f"{name}: {include}: the arrow points up"
            elif other != folder and folder in reached and other not in reached[folder]:
                yield f"{name}: {include}: {other} is not among the DEPS of {folder}"


def _reachable(name, components):
    seen, rest = set(), list(components.get(name, []))
    while rest:
        dep = rest.pop()
        if dep not in seen:
            seen.add(dep)
            rest += components.get(dep, [])
    return seen


def other_peoples_headers_stay_in_sources(tree):
    """Headers that only tests include are free: they may know GoogleTest; and so is NAME-inl.h, a piece of a source
    (Highway compiles some once for each processor)."""
    texts = dict(tree.sources(".h", ".cc"))
    product = [name for name in texts if name.endswith(".cc") and not re.search(r"_(test|bench|fuzz)\.cc$", name)]
    seen, rest = set(), product
    while rest:
        name = rest.pop()
        if name in seen or name not in texts:
            continue
        seen.add(name)
        rest += ["src/" + include for include in tree.includes(texts[name])]
        if not name.endswith(".h") or name.endswith("-inl.h"):
            continue
        for include in tree.foreign_includes(texts[name]):
            if not SYSTEM_HEADER.match(include):
                yield f"{name}: <{include}> belongs into a .cc file"


def sources_name_their_licence(tree):
    for name, text in tree.sources(".h", ".cc", ".py", ".js", ".ts"):
        if not re.match(r"(#!.*\n)?(//|#|/\*) SPDX-License-Identifier: Apache-2\.0( \*/)?\n", text):
            yield f"{name}: does not begin with the SPDX line"


def headers_are_short(tree):
    for name, text in tree.sources(".h"):
        if (lines := text.count("\n")) > HEADER_LINES_MAX:
            yield f"{name}: {lines} lines, more than {HEADER_LINES_MAX}: is it two things?"
        if "#pragma once" not in text and not name.endswith("-inl.h"):
            yield f"{name}: no #pragma once"


def every_file_has_its_place(tree):
    for name in tree.files:
        top, slash, rest = name.partition("/")
        if not slash:
            top, rest = "", name
        if top not in FOLDERS:
            yield f"{name}: no such folder is foreseen"
        elif FOLDERS[top] is not None and not re.fullmatch(FOLDERS[top], rest):
            yield f"{name}: no such file is foreseen in {top or 'the top folder'}"
        if (tree.root / name).stat().st_size > FILE_SIZE_MAX:
            yield f"{name}: larger than 1 MiB"


def fuzz_targets_have_a_corpus(tree):
    targets = {pathlib.Path(name).stem.removesuffix("_fuzz") for name in tree.files if name.endswith("_fuzz.cc")}
    inputs = {tuple(name.split("/")[1:3]) for name in tree.files if name.startswith(("fuzz/corpus/", "fuzz/past_"))}
    for target in sorted(targets - {target for kind, target in inputs if kind == "corpus"}):
        yield f"fuzz/corpus/{target}: no inputs for the target {target}_fuzz"
    for kind, target in sorted(inputs):
        if target not in targets:
            yield f"fuzz/{kind}/{target}: inputs without a target"


def nothing_is_left_open(tree):
    yield from _found(tree, LEFT_OPEN, "left open")


def nothing_names_this_machine(tree):
    yield from _found(tree, MACHINE_PATH, "a path of the machine it was written on")
    yield from _found(tree, re.compile("|".join(map(re.escape, REGISTRY_HOSTS))), "a package registry by its host")


def _found(tree, pattern, what):
    for name in tree.files:
        if name.startswith(("fuzz/corpus/", "fuzz/past_crashes/")) or (text := tree.text(name)) is None:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if found := pattern.search(line):
                yield f"{name}:{number}: {what}: {found[0]}"


def links_lead_somewhere(tree):
    """Relative links of the documents, and the files and folders they name in backquotes by a path of ours."""
    for name in tree.files:
        if not name.endswith(".md"):
            continue
        text = tree.text(name)
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            if "://" not in target and not (tree.root / name).parent.joinpath(target).exists():
                yield f"{name}: the link to {target} leads nowhere"
        for target in re.findall(r"`((?:src|tests|docs|cmake|packaging|fuzz|bench)/[\w./-]*)`", text):
            if not (tree.root / target).exists():
                yield f"{name}: there is no {target}"


def shell_scripts_parse(tree):
    for name in tree.files:
        text = tree.text(name)
        if text is None or not re.match(r"#!.*\b(ba)?sh\b", text):
            continue
        run = subprocess.run(["bash", "-n", str(tree.root / name)], stderr=subprocess.PIPE, text=True, check=False)
        if run.returncode != 0:
            yield f"{name}: {run.stderr.strip()}"
        if not os.access(tree.root / name, os.X_OK):
            yield f"{name}: not executable"


def sources_are_formatted(tree):
    program = "clang-format-14"
    if shutil.which(program) is None:
        raise FileNotFoundError(program)
    names = [name for name, _ in tree.sources(".h", ".cc")]
    command = [program, "--dry-run", "--ferror-limit=1", *names]
    run = subprocess.run(command, cwd=tree.root, stderr=subprocess.PIPE, text=True, check=False)
    yield from sorted(set(re.findall(r"^\S+?:\d+:\d+: .*", run.stderr, re.MULTILINE)))


CHECKS = [
    arrows_point_down,
    other_peoples_headers_stay_in_sources,
    sources_name_their_licence,
    headers_are_short,
    every_file_has_its_place,
    fuzz_targets_have_a_corpus,
    nothing_is_left_open,
    nothing_names_this_machine,
    links_lead_somewhere,
    shell_scripts_parse,
    sources_are_formatted,
]


def main():
    names = sys.argv[1:]
    tree = Tree(ROOT)
    count = 0
    for check in CHECKS:
        if names and check.__name__ not in names:
            continue
        try:
            for finding in check(tree):
                print(finding)
                count += 1
        except FileNotFoundError as missing:
            print(f"skipped: {missing} is not installed")
            return 77
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
