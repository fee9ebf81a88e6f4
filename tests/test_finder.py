"""Finding plugins: entry points of packages and files of folders, sorted, and nothing is imported."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.finder import HIDDEN, Candidate, find
from tests.packages import ROOT, metric, only, others, write, write_package

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
