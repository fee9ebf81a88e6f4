"""A small project on disk, as a user has it, and the command run in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from engine.cli import main

CONFIG = """
[sources.actuals]
type = "csv"
content = "figures"
plan = "p"
path = "actuals.csv"
"""
PLAN = """
[plan]
title = "Plan"
period = { start = 2025-01-01, end = 2025-12-31 }
as_of = 2025-05-31
source = "actuals"
"""
HEADER = "indicator;as_of;value;numerator;denominator;note;by;expected\n"


@dataclass(frozen=True)
class Run:
    """What a run of the command gave."""

    code: int
    output: str
    errors: str

    @property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.output))

    def indicators(self) -> list[dict[str, Any]]:
        """The indicators of all plans, in order."""
        return [
            indicator
            for plan in self.data["plans"]
            for objective in plan["objectives"]
            for indicator in objective["indicators"]
        ]

    def statuses(self) -> list[str]:
        """The status of every indicator, or the reason why it has none."""
        return [found["status"] or found["unknown"]["reason"] for found in self.indicators()]


class Project:
    """A folder with config.toml, one plan `p` and its figures."""

    CONFIG = CONFIG

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("config.toml", CONFIG)
        self.write("rules/p/plan.toml", PLAN)
        self.write("actuals.csv", HEADER)

    def write(self, name: str, content: str | bytes) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def rules(self, text: str) -> None:
        """The plan with these objectives."""
        self.write("rules/p/plan.toml", PLAN + text)

    def figures(self, *lines: str) -> None:
        """Figures, one text for each row, with `;` between the cells."""
        self.write("actuals.csv", HEADER + "".join(f"{line}\n" for line in lines))

    def run(self, *arguments: str) -> Run:
        """The command with its output; an error that the command does not catch fails the test."""
        result = CliRunner().invoke(main, [*arguments, *self._config(arguments)], catch_exceptions=False)
        return Run(result.exit_code, result.stdout, result.stderr)

    def evaluate(self, *arguments: str) -> Run:
        return self.run("evaluate", "--format", "json", "--lang", "en", *arguments)

    def _config(self, arguments: tuple[str, ...]) -> tuple[str, ...]:
        return () if "--config" in arguments else ("--config", str(self.folder / "config.toml"))
