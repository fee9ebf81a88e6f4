"""The blocks of a page of documentation, played through in a folder from top to bottom, as a reader would.

A block may have a mark on the line above it:

<!-- file: NAME -->       the block is that file
<!-- add to: NAME -->     the block goes on at the end of that file
<!-- refused: WORDS -->   these rules are refused, with these words
<!-- exit: NUMBER -->     the commands end with that exit code
<!-- command: NAME -->    commands that `.ci/run` runs, since they install packages from a registry

A `toml` block without a mark is a file of rules of its own beside the others of the plan, which must load and
evaluate without a problem. An `sh` block is run. A `text` block holds lines of the output before it, in their
order; spaces do not matter. Any other block without a mark is an error: nothing would test it.

`python -m tests.blocks PAGE NAME` prints the commands of that name.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import EngineError
from engine.session import Session

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[a-z ]+): (?P<value>.*?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
MARKS = ("file", "add to", "refused", "exit", "command")
INSTALL = "python -m pip install --quiet --no-index --no-build-isolation --no-deps --target packages"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, its mark, and where it stands."""

    place: str
    language: str
    text: str
    mark: str = ""
    value: str = ""


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order. Raises ValueError for a mark that there is not."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in BLOCK.finditer(text):
        place = f"{page.name}:{text[: match.start('text')].count(chr(10)) + 1}"
        mark = match["mark"] or ""
        if mark and mark not in MARKS:
            raise ValueError(f"{place}: there is no mark '{mark}'")
        found.append(Block(place, match["language"], match["text"], mark, match["value"] or ""))
    return found


def command(page: Path, name: str) -> str:
    """The commands that a page marks with a name."""
    (found,) = [block.text for block in blocks(page) if (block.mark, block.value) == ("command", name)]
    return found


@dataclass
class Reader:
    """Somebody who follows a page in a folder of their own."""

    folder: Path
    output: str = ""
    played: list[str] = field(default_factory=list)

    def follow(self, page: Path) -> None:
        """Play every block of the page. Raises AssertionError where the page is wrong."""
        for block in blocks(page):
            self.play(block)
            self.played.append(block.place)

    def play(self, block: Block) -> None:
        """Do what a block says."""
        if block.mark == "file":
            self._write(block.value, block.text)
        elif block.mark == "add to":
            self._write(block.value, (self.folder / block.value).read_text(encoding="utf-8") + block.text)
        elif block.language == "toml":
            self._load(block)
        elif block.language == "sh":
            if block.mark != "command":
                self._run(block)
        elif block.language == "text":
            self._compare(block)
        else:
            raise AssertionError(f"{block.place}: nothing tests this block")

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def _load(self, block: Block) -> None:
        """The block as one more file of the page's only plan."""
        (plan,) = (self.folder / "rules").iterdir()
        file = plan / "block.toml"
        file.write_text(block.text, encoding="utf-8")
        try:
            problems = Session(self.folder / "config.toml", ()).evaluate(None, ()).problems
        except EngineError as error:
            problems = error.problems
        finally:
            file.unlink()
        said = "\n".join(str(problem) for problem in problems)
        if block.mark == "refused":
            assert block.value in said, f"{block.place}: not refused with '{block.value}' but:\n{said}"
        else:
            assert not problems, f"{block.place}:\n{said}"

    def _run(self, block: Block) -> None:
        commands = block.text.replace(".venv/bin/", "").replace("pip install", INSTALL)
        folder = Path(sys.executable).parent
        environment = {
            **{name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{self.folder / 'packages'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        }
        finished = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.output = finished.stdout
        expected = int(block.value) if block.mark == "exit" else 0
        assert finished.returncode == expected, f"{block.place}: exit {finished.returncode}\n{self.output}"

    def _compare(self, block: Block) -> None:
        lines = iter(" ".join(line.split()) for line in self.output.splitlines())
        for line in block.text.splitlines():
            found = " ".join(line.split()) in lines
            assert found, f"{block.place}: '{line}' is not where it should be in\n{self.output}"


if __name__ == "__main__":
    sys.stdout.write(command(ROOT / sys.argv[1], sys.argv[2]))
