"""The README does what it says, from top to bottom, and its two commands work on any machine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from tests.blocks import ROOT, Reader, blocks, command

README = ROOT / "README.md"
COMMANDS = {
    "evaluate": "python3 -m venv .venv && .venv/bin/pip install --quiet . && .venv/bin/engine evaluate\n",
    "test": "python3 -m venv .venv-test && .venv-test/bin/pip install --quiet --editable '.[test]'"
    " && .venv-test/bin/pytest\n",
}


def test_the_readme_does_what_it_says(tmp_path):
    shutil.copy(ROOT / "config.toml", tmp_path)
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    reader = Reader(tmp_path)
    reader.follow(README)
    assert len(reader.played) == len(blocks(README))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_two_commands_are_found_by_the_run_of_all_checks(name):
    assert command(README, name) == COMMANDS[name]
    asked = [sys.executable, "-m", "tests.blocks", "README.md", name]
    assert subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout == COMMANDS[name]
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert f'{name}="$("$work/venv/bin/python" -m tests.blocks README.md {name})"' in checks
    assert f'bash -euo pipefail -c "${name}"' in checks


def test_nothing_depends_on_one_machine():
    text = README.read_text(encoding="utf-8")
    assert not re.findall(r"index-url|pypi|/home/|/usr/|/tmp/|/root/|\$HOME|~/", text)
