# SPDX-License-Identifier: Apache-2.0
"""The repository as the tidy checks see it: its files, and what their lines say about one another."""

import pathlib
import re
import subprocess

# The arrows: a folder of src/ may lean on folders of lower rank only (ARCHITECTURE.md has the picture).
RANKS = {
    "base": 0,
    "dns": 1,
    "codec": 2,
    "aws": 3,
    "psl": 3,
    "lists": 4,
    "domains": 4,
    "mark": 5,
    "import": 5,
    "delivery": 6,
    "alert": 6,
    "query": 7,
    "service": 8,
    "lambda": 8,
    "cli": 9,
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(<[^>]+>|"[^"]+")', re.MULTILINE)
COMPONENT = re.compile(r"^add_component\((\w+)\s*([^)]*)\)", re.MULTILINE)


class Tree:
    """Files under `root` that git tracks or would track; without git, all but what builds make."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = sorted(self._git_files() or self._walk())

    def _git_files(self):
        command = ["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        except (OSError, subprocess.CalledProcessError):
            return []
        names = run.stdout.decode().split("\0")
        return [name for name in names if name and (self.root / name).is_file()]

    def _walk(self):
        for path in self.root.rglob("*"):
            name = path.relative_to(self.root)
            if path.is_file() and name.parts[0] not in ("build", ".git", ".cache") and "__pycache__" not in name.parts:
                yield name.as_posix()

    def text(self, name):
        """None for a file that is no text."""
        try:
            text = (self.root / name).read_text(encoding="utf8")
        except UnicodeDecodeError:
            return None
        return None if "\0" in text else text

    def sources(self, *suffixes):
        """(name, text) of our C++ files."""
        for name in self.files:
            if name.endswith(suffixes) and (text := self.text(name)) is not None:
                yield name, text

    def includes(self, text):
        return [include[1:-1] for include in INCLUDE.findall(text) if include[0] == '"']

    def foreign_includes(self, text):
        return [include[1:-1] for include in INCLUDE.findall(text) if include[0] == "<"]

    def components(self):
        """What CMakeLists.txt says: folder -> folders it may lean on directly."""
        text = self.text("CMakeLists.txt") if "CMakeLists.txt" in self.files else ""
        return {name: _words_after("DEPS", arguments) for name, arguments in COMPONENT.findall(text)}


def _words_after(keyword, arguments):
    words = arguments.split()
    if keyword not in words:
        return []
    rest = words[words.index(keyword) + 1 :]
    end = next((i for i, word in enumerate(rest) if word.isupper()), len(rest))
    return rest[:end]
