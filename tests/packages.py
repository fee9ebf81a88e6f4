"""Plugins written to disk as users write them: local files, and installed packages with a `.dist-info` folder."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.finder import Candidate, find
from engine.registry import Plugin, Registry

ROOT = Path(__file__).parent.parent

METRIC = '''"""Counts rows."""

from engine import Count, Measurement, Metric, hookimpl


@hookimpl
def engine_metric():
    return Metric(
        name="NAME",
        units=("*",),
        kind="total",
        aggregates=lambda params, at: {"rows": Count()},
        measure=lambda params, counts, at: Measurement(value=counts["rows"]),
    )
'''


def metric(name: str) -> str:
    """The text of a metric that works."""
    return METRIC.replace("NAME", name)


def write(file: Path, text: str) -> Path:
    """Write a file and the folders that it stands in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def write_package(
    site: Path, name: str, entries: Mapping[str, str] | str, modules: Mapping[str, str], version: str = "1.0"
) -> Path:
    """Install a package: its modules (paths and texts), and its entry points, as a table or as text."""
    for path, text in modules.items():
        write(site / path, text)
    if not isinstance(entries, str):
        entries = "[objective_engine]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    write(folder / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    write(folder / "entry_points.txt", entries)
    importlib.invalidate_caches()
    return folder


@contextmanager
def site_folder(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on Python's path, whose modules are forgotten afterwards."""
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    before = set(sys.modules)
    yield site
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "") or "").startswith(str(site)):
            del sys.modules[name]


def registry(*folders: Path) -> Registry:
    """All installed plugins, and those of the folders."""
    return Registry(find(folders))


def loaded(kind: str, name: str, *folders: Path) -> Plugin:
    """A plugin that is there, loaded or failed."""
    plugin = registry(*folders).get(kind, name)
    assert plugin is not None
    return plugin


def working(kind: str, name: str, *folders: Path) -> Plugin:
    """A plugin that has loaded."""
    plugin = loaded(kind, name, *folders)
    if plugin.failure:
        raise plugin.failure
    return plugin


def others(*folders: Path) -> list[Candidate]:
    """What is found beside the built-in plugins."""
    return [candidate for candidate in find(folders) if candidate.provider != "objective-engine"]


def only(*folders: Path) -> Candidate:
    """The one plugin that is found beside the built-in ones."""
    (candidate,) = others(*folders)
    return candidate
