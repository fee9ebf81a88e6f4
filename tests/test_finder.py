"""Finding plugins: entry points of packages and files of folders, sorted, and nothing is imported."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.finder import HIDDEN, Candidate, find
from tests.packages import ROOT, metric, site_folder, write, write_package


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with site_folder(tmp_path / "site", monkeypatch) as folder:
        yield folder


def others(*folders: Path) -> list[Candidate]:
    """What is found beside the built-in plugins."""
    return [candidate for candidate in find(folders) if candidate.provider != "objective-engine"]


def only(*folders: Path) -> Candidate:
    (candidate,) = others(*folders)
    return candidate


# Folders


def test_files_of_a_folder_are_plugins_of_the_kind_of_their_folder(tmp_path: Path) -> None:
    for path in (
        "metrics/b.py",
        "metrics/a.py",
        "sources/a.py",
        "reporters/z.py",
        "combiners/c.py",
        "forecasters/f.py",
    ):
        write(tmp_path / path, "raise RuntimeError('finding imports nothing')")
    (tmp_path / "metrics" / ".#a.py").symlink_to("me@here.1")  # a lock of Emacs
    for path in (
        "metrics/_shared.py",
        "metrics/.hidden.py",
        "metrics/notes.txt",
        "metrics/deep/c.py",
        "metric/d.py",
        "e.py",
        "Metrics.py",
    ):
        write(tmp_path / path, "raise RuntimeError('this is no plugin')")
    names = ["combiner.c", "forecaster.f", "metric.a", "metric.b", "reporter.z", "source.a"]
    assert [f"{found.kind}.{found.name}" for found in others(tmp_path)] == names


def test_a_local_plugin_says_where_it_comes_from(tmp_path: Path) -> None:
    file = write(tmp_path / "ours" / "metrics" / "a.py", "")
    assert only(tmp_path / "ours") == Candidate(
        kind="metric",
        name="a",
        provider="ours/metrics/a.py",
        module="engine.local.metrics.a",
        file=file,
        local=True,
    )


def test_a_folder_that_is_not_there_has_no_plugins(tmp_path: Path) -> None:
    assert others(tmp_path / "nowhere") == []


def test_a_file_that_is_found_in_several_ways_counts_once(tmp_path: Path) -> None:
    write(tmp_path / "plugins" / "metrics" / "a.py", "")
    (tmp_path / "link").symlink_to("plugins")
    assert only(tmp_path / "plugins", tmp_path / "plugins" / ".." / "plugins", tmp_path / "link").name == "a"


def test_two_files_of_one_name_are_both_found(tmp_path: Path) -> None:
    write(tmp_path / "one" / "metrics" / "a.py", "")
    write(tmp_path / "two" / "metrics" / "a.py", "")
    assert [found.provider for found in others(tmp_path / "two", tmp_path / "one")] == [
        "one/metrics/a.py",
        "two/metrics/a.py",
    ]


def test_the_built_in_folder_seen_from_the_repository_counts_once() -> None:
    assert find([ROOT / "plugins"]) == find([])
    assert others(ROOT / "plugins") == []


def test_a_copy_of_the_built_in_folder_counts_once_and_a_changed_file_twice(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "plugins", tmp_path / "plugins")
    assert find([tmp_path / "plugins"]) == find([])
    changed = tmp_path / "plugins" / "metrics" / "duration.py"
    changed.write_text(changed.read_text() + "\n# changed\n")
    assert [found.provider for found in others(tmp_path / "plugins")] == ["plugins/metrics/duration.py"]


def test_a_copy_of_a_file_of_another_package_counts_twice(tmp_path: Path, site: Path) -> None:
    write_package(site, "one", {"metric.a": "one"}, {"one.py": metric("a")})
    write(tmp_path / "local" / "metrics" / "a.py", metric("a"))
    assert [found.provider for found in others(tmp_path / "local")] == ["local/metrics/a.py", "one"]


def test_a_link_to_nowhere_and_a_folder_are_plugins_that_fail(tmp_path: Path) -> None:
    (tmp_path / "metrics" / "duration.py").mkdir(parents=True)
    (tmp_path / "metrics" / "coverage.py").symlink_to("nowhere.py")
    for found in others(tmp_path):
        with pytest.raises(OSError, match=found.name):
            found.load()
    assert [found.name for found in others(tmp_path)] == ["coverage", "duration"]


# Loading local files


def test_a_file_named_after_a_module_of_python_hides_nothing(tmp_path: Path) -> None:
    write(tmp_path / "sources" / "json.py", "import json\ntext = json.dumps({'a': 1})\n")
    module = only(tmp_path).load()
    assert module.text == '{"a": 1}'
    assert module.__name__ == "engine.local.sources.json"
    assert sys.modules["json"] is json
    del sys.modules[module.__name__]


def test_a_file_that_fails_to_import_leaves_no_module_behind(tmp_path: Path) -> None:
    write(tmp_path / "metrics" / "half.py", "value = 1\nraise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        only(tmp_path).load()
    assert "engine.local.metrics.half" not in sys.modules


def test_a_local_file_that_is_no_python_file_is_an_import_error(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", "")
    with pytest.raises(ImportError, match=r"a\.txt is not a Python file"):
        Candidate("metric", "a", "here", "engine.local.metrics.a", file=file, local=True).load()


# Packages


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


# The built-in plugins


def test_the_built_in_plugins_come_in_by_entry_points() -> None:
    built_in = [found for found in find([]) if found.provider == "objective-engine"]
    assert built_in
    assert {found.version for found in built_in} == {importlib.metadata.version("objective-engine")}
    assert not any(found.local for found in built_in)


def started_in(folder: Path) -> str:
    """What `engine plugins` prints when it is started as a module of a folder."""
    write(folder / "run.py", "from engine.cli import main\n\nmain()\n")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    run = subprocess.run(
        [sys.executable, "-m", "run", "plugins"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


def test_a_package_named_plugins_where_python_is_started_is_said_clearly(tmp_path: Path) -> None:
    write(tmp_path / "plugins" / "__init__.py", "")
    write(tmp_path / "plugins" / "metrics" / "percentage_share.py", metric("percentage_share"))
    write(tmp_path / "plugins" / "metrics" / "mine.py", metric("mine"))
    write(tmp_path / "config.toml", "")
    lines = started_in(tmp_path).splitlines()[1:]
    hidden = [line for line in lines if "objective-engine" in line]
    assert len(hidden) == len([found for found in find([]) if found.provider == "objective-engine"])
    assert all(line.endswith(f"failed (find): {HIDDEN}") for line in hidden)
    assert [line.split()[1] for line in lines if line.endswith("ready")] == ["mine"]


def test_a_plain_folder_named_plugins_hides_nothing(tmp_path: Path) -> None:
    write(tmp_path / "plugins" / "metrics" / "mine.py", metric("mine"))
    write(tmp_path / "config.toml", "")
    printed = started_in(tmp_path)
    assert HIDDEN not in printed
    assert [line.split()[:2] for line in printed.splitlines() if "plugins/metrics" in line] == [["metric", "mine"]]
