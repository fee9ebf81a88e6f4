"""Who may import whom: the contracts of pyproject.toml, and what stays out of a light start."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import engine

ROOT = Path(__file__).parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
HEAVY = {"babel", "duckdb", "hypothesis", "narwhals", "pandas", "polars", "pyarrow", "rich"}


def lint(folder: Path) -> str:
    """What lint-imports says of the code in a folder, one contract to a line."""
    finished = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return finished.stdout + finished.stderr


def test_all_contracts_are_kept():
    said = lint(ROOT)
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in said, said


def test_no_contract_has_exceptions():
    assert not [contract["name"] for contract in CONTRACTS if "ignore_imports" in contract]


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("engine/numbers.py", "import engine.target", "Floors: "),
        ("engine/rules/schemas.py", "import engine.rules.load", "Floors of the rules"),
        ("engine/scan/columns.py", "import engine.scan.run", "Floors of the scan"),
        ("engine/evaluate/stretches.py", "import engine.evaluate.verdicts", "Floors of the evaluation"),
        ("engine/report/language.py", "import engine.report.table", "Floors of the report"),
        ("engine/testing/laws.py", "import engine.testing.checks", "Floors of the contract tests"),
        ("engine/report/sentences.py", "import engine.report.explain", "No two modules import each other"),
        ("engine/registry.py", "import plugins.metrics.duration", "The engine does not know the plugins"),
        ("plugins/metrics/duration.py", "import engine.filters", "Plugins use only the public names"),
        ("plugins/metrics/duration.py", "import plugins.metrics.coverage", "Plugins do not know each other"),
    ],
)
def test_a_broken_contract_is_seen(tmp_path, file, line, contract):
    for name in ("engine", "plugins"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / file).open("a", encoding="utf-8") as stream:
        stream.write(f"\n{line}\n")
    said = [found for found in lint(tmp_path).splitlines() if found.startswith(contract)]
    assert any(found.endswith("BROKEN") for found in said), said


def plugin_files() -> list[Path]:
    return [file for file in sorted((ROOT / "plugins").rglob("*.py")) if file.name != "__init__.py"]


@pytest.mark.parametrize("file", plugin_files(), ids=lambda file: file.stem)
def test_a_plugin_imports_only_public_names(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "engine"]
    assert imported
    names = {name.name for node in imported for name in node.names}
    assert names <= set(engine.__all__)


def test_the_public_names_are_sorted_and_there():
    assert engine.__all__ == sorted(engine.__all__)
    assert all(getattr(engine, name) is not None for name in engine.__all__)


@pytest.mark.parametrize("module", ["engine", "engine.cli", "engine.session", "engine.testing"])
def test_a_start_is_light(module):
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"import {module}"], capture_output=True, text=True, check=True
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.stderr.splitlines()}
    assert not imported & HEAVY
