"""Finding plugins of packages: their entry points are read one by one, and a broken package ends nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from engine.finder import Candidate
from tests.packages import metric, only, others, site_folder, write, write_package


def test_entry_points_of_a_package_are_plugins(site: Path) -> None:
    modules = {"health/__init__.py": "raise RuntimeError", "health/waiting.py": "raise RuntimeError"}
    write_package(site, "objective-health", {"metric.waiting": "health.waiting"}, modules, version="2.1")
    assert only() == Candidate(
        kind="metric",
        name="waiting",
        provider="objective-health",
        version="2.1",
        module="health.waiting",
        file=site / "health" / "waiting.py",
    )
    assert "health" not in sys.modules


@pytest.mark.parametrize(
    ("module", "path"),
    [
        ("alone", "alone.py"),
        ("regular.inner", "regular/inner.py"),
        ("regular.sub", "regular/sub/__init__.py"),
        ("spread.deep.inner", "spread/deep/inner.py"),
    ],
    ids=["a module", "a module of a package", "a package in a package", "a module of a namespace"],
)
def test_where_a_module_can_be(site: Path, module: str, path: str) -> None:
    write(site / "regular" / "__init__.py", "")
    write_package(site, "somewhere", {"metric.a": module}, {path: metric("a")})
    assert only().file == site / path
    assert only().problem == ""
    assert only().load().__doc__ == "Counts rows."


@pytest.mark.parametrize(
    ("value", "module"),
    [("real.a:engine_metric", "real.a"), ("real.a [extra]", "real.a"), ("real.a[extra]", "real.a")],
)
def test_only_the_module_of_an_entry_point_counts(site: Path, value: str, module: str) -> None:
    write_package(site, "real", {"metric.a": value}, {"real/__init__.py": "", "real/a.py": ""})
    assert only().module == module
    assert only().problem == ""


@pytest.mark.parametrize(
    "module", ["absent", "real.absent", "real.a.deeper", "namespace", "", "!!", ".a", "__main__.a"]
)
def test_an_entry_point_to_no_module_is_a_plugin_with_a_problem(site: Path, module: str) -> None:
    (site / "namespace").mkdir()
    write_package(site, "real", {"metric.a": module}, {"real/__init__.py": "", "real/a.py": ""})
    assert only().problem == f"there is no module '{module}'"
    assert (only().kind, only().name) == ("metric", "a")


@pytest.mark.parametrize("name", ["metrik.a", "metric", "metric.", ".a", "a", ""])
def test_an_entry_point_of_no_kind_is_a_plugin_with_a_problem(site: Path, name: str) -> None:
    write_package(site, "real", {name: "real.a"}, {"real/__init__.py": "", "real/a.py": ""})
    assert only().problem == (
        f"the entry point is named '{name}', not KIND.NAME "
        "with a kind of metric, source, forecaster, combiner, reporter"
    )


def test_only_our_group_of_entry_points_is_read(site: Path) -> None:
    text = """
    [console_scripts]
    metric.no = real.a

    [objective_engine]
    # a remark
    metric.a = real.a

    [objective_engine.more]
    metric.neither = real.a
    """
    write_package(site, "real", text, {"real/__init__.py": "", "real/a.py": ""})
    assert only().name == "a"


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("[objective_engine]\nmetric.broken\n", ["broken"]),
        ("[objective_engine]\nmetric.broken = not a module!\n", ["broken"]),
        ("[objective_engine]\nmetric.broken =\n", ["broken"]),
        ("metric.stray = absent\n[objective_engine]\nmetric.broken = absent\n", ["broken"]),
        ("[console_scripts]\nnonsense\n[objective_engine]\n", []),
        ("[objective_engine\nmetric.broken = absent\n", []),
        (b"[objective_engine]\nmetric.\xe4 = absent\n", []),
        (b"\xff\xfe\x00", []),
        ("", []),
    ],
)
def test_one_broken_package_does_not_end_everything(site: Path, text: str | bytes, failed: list[str]) -> None:
    write_package(site, "good", {"metric.good": "good.a"}, {"good/__init__.py": "", "good/a.py": ""})
    broken = write_package(site, "broken", "", {})
    (broken / "entry_points.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    found = others()
    assert [candidate.name for candidate in found if not candidate.problem] == ["good"]
    assert [candidate.name for candidate in found if candidate.problem] == failed


@pytest.mark.parametrize("metadata", [None, "", "Metadata-Version: 2.1\n", "Metadata-Version: 2.1\nVersion: 1\n"])
def test_a_package_without_a_name_is_no_package(site: Path, metadata: str | None) -> None:
    folder = write_package(site, "real", {"metric.a": "real.a"}, {"real/__init__.py": "", "real/a.py": ""})
    (folder / "METADATA").unlink()
    if metadata is not None:
        write(folder / "METADATA", metadata)
    assert others() == []


def test_a_package_without_a_version_has_none(site: Path) -> None:
    folder = write_package(site, "real", {"metric.a": "real.a"}, {"real/__init__.py": "", "real/a.py": ""})
    write(folder / "METADATA", "Metadata-Version: 2.1\nName: real\n")
    assert only().version == ""


def test_of_two_versions_of_a_package_the_one_that_python_imports_counts(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_package(site, "Real.Thing", {"metric.a": "real.a"}, {"real/__init__.py": "", "real/a.py": ""}, version="1")
    with site_folder(tmp_path / "first", monkeypatch) as first:
        write_package(
            first, "real-thing", {"metric.a": "real.a"}, {"real/__init__.py": "", "real/a.py": ""}, version="2"
        )
        assert (only().version, only().file) == ("2", first / "real" / "a.py")


def test_the_order_of_packages_and_folders_does_not_matter(tmp_path: Path, site: Path) -> None:
    write_package(site, "z", {"metric.a": "z.a", "combiner.b": "z.a"}, {"z/__init__.py": "", "z/a.py": ""})
    write_package(site, "y", {"metric.c": "y.a"}, {"y/__init__.py": "", "y/a.py": ""})
    write(tmp_path / "p" / "metrics" / "b.py", "")
    assert [(found.kind, found.name, found.provider) for found in others(tmp_path / "p")] == [
        ("combiner", "b", "z"),
        ("metric", "a", "z"),
        ("metric", "b", "p/metrics/b.py"),
        ("metric", "c", "y"),
    ]
