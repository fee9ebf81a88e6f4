"""Other bodies' published rows, written as rules and figures, get their published status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cases import load
from tests.project import Project


@pytest.mark.parametrize("case", load("published", "metric", "target", "value", "numerator", "denominator", "rules"))
def test_a_published_row_gets_its_published_status(case: Any, tmp_path: Path) -> None:
    project = Project(tmp_path)
    metric = case.get("metric", "percentage_share")
    rules = f'metric = "{metric}"\ntarget = "{case["target"]}"\n{case.get("rules", "")}\n'
    project.rules(f'[objective.o]\ntitle = "O"\n[objective.o.indicator.i]\n{rules}')
    cells = (case.get("value", ""), case.get("numerator", ""), case.get("denominator", ""))
    project.figures(f"o.i;2025-05-31;{';'.join(cells)};;;")

    run = project.evaluate()

    assert run.statuses() == [case.expect], run.errors
    assert run.code == (3 if case.expect in ("missing", "failed") else 0)
