"""The public API of plugin authors: complete, documented, and imported name by name."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import engine
import engine.testing

HEAVY = ("babel", "duckdb", "hypothesis", "narwhals", "rich", "tree_sitter")


def for_type_checkers() -> dict[str, str]:
    """What the module imports for type checkers only: the home of every name."""
    tree = ast.parse(Path(engine.__file__).read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    return {
        name.name: f"{node.module}".removeprefix("engine.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def loaded_by(code: str) -> set[str]:
    """Which of the heavy packages Python has loaded after some code."""
    told = f"{code}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(HEAVY) & set(run.stdout.split())


def test_the_names_are_sorted_and_complete() -> None:
    homes = {name: module for module, names in engine.HOMES.items() for name in names.split()}
    assert engine.__all__ == sorted(engine.__all__)
    assert set(engine.__all__) == set(homes)
    assert homes == for_type_checkers()


@pytest.mark.parametrize("name", engine.__all__)
def test_a_name_is_what_its_home_has(name: str) -> None:
    assert getattr(engine, name) is getattr(import_module(f"engine.{for_type_checkers()[name]}"), name)


@pytest.mark.parametrize("name", engine.__all__)
def test_a_name_is_documented(name: str) -> None:
    documentation = inspect.getdoc(getattr(engine, name)) or ""
    assert documentation
    assert not documentation.startswith(f"{name}(")  # a dataclass documents itself with its signature


@pytest.mark.parametrize("name", engine.testing.__all__)
def test_a_name_for_tests_is_documented(name: str) -> None:
    assert engine.testing.__all__ == sorted(engine.testing.__all__)
    documentation = inspect.getdoc(getattr(engine.testing, name)) or ""
    assert documentation
    assert not documentation.startswith(f"{name}(")


def test_the_methods_of_public_classes_are_documented() -> None:
    classes = [found for name in engine.__all__ if inspect.isclass(found := getattr(engine, name))]
    undocumented = [
        f"{owner.__name__}.{name}"
        for owner in classes
        for name, member in vars(owner).items()
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, (classmethod, property)))
        if not inspect.getdoc(getattr(owner, name)) and f"`{name}`" not in (owner.__doc__ or "")
    ]
    assert undocumented == []


def test_other_names_are_no_attributes() -> None:
    with pytest.raises(AttributeError, match="module 'engine' has no attribute 'Metrik'"):
        _ = engine.Metrik
    with pytest.raises(ImportError):
        from engine import metrik  # noqa: F401
    assert not hasattr(engine, "__wrapped__")


def test_everything_can_be_imported_at_once() -> None:
    names: dict[str, object] = {}
    exec("from engine import *", names)
    assert set(engine.__all__) <= set(names)


def test_no_name_loads_anything_heavy() -> None:
    assert loaded_by("import engine") == set()
    assert loaded_by("from engine import *") == set()
    assert loaded_by("from engine.testing import *") == set()


def test_the_check_of_heavy_packages_sees_them() -> None:
    assert loaded_by("import narwhals") == {"narwhals"}
