# SPDX-License-Identifier: Apache-2.0
"""unit_test.py QUERYMARK: the systemd unit against systemd's own judgement of it.

Exit status 77: systemd-analyze is not installed.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

UNIT = pathlib.Path(__file__).resolve().parents[2] / "packaging/systemd/querymark.service"
PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
EXPOSURE_MAX = 2.0  # of 10, as `systemd-analyze security` counts


class Unit(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name, UNIT.name)
        self.path.write_text(UNIT.read_text(encoding="utf8").replace("/usr/bin/querymark", str(PROGRAM)), encoding="utf8")

    def analyze(self, *arguments):
        done = subprocess.run(["systemd-analyze", *arguments, str(self.path)], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_means_something_to_systemd(self):
        self.assertEqual(self.analyze("verify", "--man=no"), (0, ""))

    def test_leaves_the_service_little_of_the_system(self):
        status, said = self.analyze("security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE_MAX * 10:.0f}")
        self.assertEqual(status, 0, said)


if __name__ == "__main__":
    if shutil.which("systemd-analyze") is None:
        print("skipped: systemd-analyze is not installed (package systemd)")
        sys.exit(77)
    unittest.main()
