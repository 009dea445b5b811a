# SPDX-License-Identifier: Apache-2.0
"""Makes the .deb, unpacks it into an empty folder and runs the program from there.

Exit status 77: Debian's packaging tools are not installed.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOOLS = ["dpkg-deb", "dpkg-shlibdeps", "file"]
INSTALLED = [
    "bin/querymark",
    "share/man/man1/querymark.1",
    "share/bash-completion/completions/querymark",
    "share/zsh/vendor-completions/_querymark",
    "share/fish/vendor_completions.d/querymark.fish",
    "share/doc/querymark/README.md",
    "share/doc/querymark/copyright",
    "share/doc/querymark/docs/lists.md",
    "share/querymark/demo/resolver.ndjson",
    "share/querymark/demo/put_record_batch.json",
    "lib/systemd/system/querymark.service",
    "lib/sysusers.d/querymark.conf",
]
# Libraries that the program names itself: the tools must have found out their packages.
DEPENDS = ["libc6", "libstdc++6", "libidn2-0"]
# It measures a clock when it is loaded, which would double the time in which the program starts.
NOT_DEPENDS = ["libhwy"]


def output_of(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, **options).stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cpack", required=True)
    parser.add_argument("--config", required=True, help="CPackConfig.cmake")
    options = parser.parse_args()
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        print(f"skipped: {', '.join(missing)} not installed (packages dpkg-dev and file)")
        return 77

    with tempfile.TemporaryDirectory() as folder:
        output_of(options.cpack, "--config", options.config, "-B", folder)
        (package,) = pathlib.Path(folder).glob("querymark_*.deb")
        depends = output_of("dpkg-deb", "--field", str(package), "Depends")
        for name in DEPENDS:
            assert name in depends, f"{name} is not among the dependencies: {depends}"
        for name in NOT_DEPENDS:
            assert name not in depends, f"{name} is among the dependencies: {depends}"

        root = pathlib.Path(folder, "root")
        output_of("dpkg-deb", "--extract", str(package), str(root))
        for name in INSTALLED:
            assert (root / "usr" / name).is_file(), f"/usr/{name} is not in the package"
        program = str(root / "usr/bin/querymark")
        home = dict(os.environ, HOME=folder)
        assert output_of(program, "version", env=home).startswith("querymark ")
        shown = output_of(program, "demo", cwd=folder, env=home)
        assert re.search(r"^query_name,srcaddr,srcids,vpc_id\n\S+,", shown, re.MULTILINE), shown
        assert re.search(r"^ +http://127\.0\.0\.1:\d+/$", shown, re.MULTILINE), shown
    return 0


if __name__ == "__main__":
    sys.exit(main())
