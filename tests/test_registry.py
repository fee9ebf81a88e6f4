"""The registry: plugins are loaded when they are first asked for, and a failed one keeps its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.contracts import KINDS, Metric
from engine.errors import PluginError
from engine.finder import Candidate
from engine.registry import Registry, described, unknown
from tests.cases import Case, load
from tests.packages import loaded, metric, registry, working, write, write_package


def failure(kind: str, name: str, *folders: Path) -> PluginError:
    found = loaded(kind, name, *folders).failure
    assert found is not None
    return found


# What can be wrong with one plugin


@pytest.mark.parametrize("case", load("broken_plugins", "code", "file"))
def test_a_broken_plugin_says_in_which_stage_and_why(case: Case, tmp_path: Path) -> None:
    file = write(tmp_path / "local" / case.get("file", "metrics/mine.py"), case["code"])
    kind = file.parent.name.removesuffix("s")
    error = case.check(lambda: working(kind, "mine", tmp_path / "local"), PluginError)
    assert error is not None
    assert str(tmp_path) not in str(error)


@pytest.mark.parametrize("case", load("broken_plugins", "code", "file"))
def test_a_broken_plugin_keeps_its_name_and_the_others_work(case: Case, tmp_path: Path) -> None:
    file = write(tmp_path / "local" / case.get("file", "metrics/mine.py"), case["code"])
    for name in ("a_before", "z_after"):
        write(tmp_path / "local" / "metrics" / f"{name}.py", metric(name))
    kind = file.parent.name.removesuffix("s")
    plugins = registry(tmp_path / "local")
    assert "mine" in plugins.names(kind)
    failed = plugins.get(kind, "mine")
    assert failed is not None
    assert failed.descriptor is None
    assert failed.schema is None
    assert {plugin.name for plugin in plugins.all() if plugin.failure and plugin.provider != "objective-engine"} == {
        "mine"
    }
    for name in ("a_before", "z_after"):
        assert isinstance(working("metric", name, tmp_path / "local").descriptor, Metric)


def test_every_broken_plugin_has_its_own_reason(tmp_path: Path) -> None:
    hook = "from engine import hookimpl\n\n@hookimpl\ndef {}():\n    pass\n"
    for name in ("engine_one", "engine_two", "engine_metric"):
        write(tmp_path / "local" / "metrics" / f"{name}.py", hook.format(name))
    plugins = registry(tmp_path / "local")
    reasons = {name: str(plugin.failure) for name in plugins.names("metric") if (plugin := plugins.get("metric", name))}
    assert "there is no hook 'engine_one'" in reasons["engine_one"]
    assert "there is no hook 'engine_two'" in reasons["engine_two"]
    assert "returned NoneType" in reasons["engine_metric"]
    assert reasons["percentage_share"] == "None"


# What works


def test_a_local_plugin_works(tmp_path: Path) -> None:
    write(tmp_path / "local" / "metrics" / "row_count.py", metric("row_count"))
    plugin = working("metric", "row_count", tmp_path / "local")
    assert (plugin.kind, plugin.name, plugin.version, plugin.file) == ("metric", "row_count", "", "row_count.py")
    assert plugin.provider == "local/metrics/row_count.py"
    assert plugin.documentation == "Counts rows."
    assert plugin.schema is not None
    assert plugin.schema.names == ()
    assert isinstance(plugin.descriptor, Metric)


def test_a_plugin_of_a_package_works(site: Path) -> None:
    write_package(site, "health", {"metric.waiting": "health"}, {"health.py": metric("waiting")}, version="2.1")
    plugin = working("metric", "waiting")
    assert (plugin.provider, plugin.version, plugin.file) == ("health", "2.1", "health.py")
    assert described(plugin) == "metric 'waiting' of health 2.1"


def test_a_hook_may_have_a_function_of_another_name(tmp_path: Path) -> None:
    text = metric("row_count").replace("@hookimpl", '@hookimpl(specname="engine_metric")')
    write(tmp_path / "local" / "metrics" / "row_count.py", text.replace("def engine_metric", "def mine"))
    assert working("metric", "row_count", tmp_path / "local").descriptor.name == "row_count"


def test_a_plugin_without_a_docstring_works_and_has_no_documentation(tmp_path: Path) -> None:
    write(tmp_path / "local" / "metrics" / "row_count.py", metric("row_count").partition("\n")[2])
    assert working("metric", "row_count", tmp_path / "local").documentation == ""


def test_nothing_is_imported_before_it_is_asked_for_and_then_once(tmp_path: Path) -> None:
    counter = f"with open({str(tmp_path / 'imports')!r}, 'a') as file:\n    file.write(__name__ + '\\n')\n"
    for name in ("one", "two"):
        write(tmp_path / "local" / "metrics" / f"{name}.py", metric(name) + counter)
    plugins = registry(tmp_path / "local")
    assert {"one", "two"} < set(plugins.names("metric"))
    assert not (tmp_path / "imports").exists()
    assert plugins.get("metric", "one") is plugins.get("metric", "one")
    assert (tmp_path / "imports").read_text() == "engine.local.metrics.one\n"


def test_two_registries_do_not_know_each_other(tmp_path: Path) -> None:
    write(tmp_path / "local" / "metrics" / "mine.py", metric("mine"))
    one, other = registry(tmp_path / "local"), registry(tmp_path / "local")
    assert one.get("metric", "mine") != other.get("metric", "mine")
    assert other.get("metric", "mine") is not None
    assert registry().get("metric", "mine") is None


def test_all_plugins_are_given_by_kind_and_name(tmp_path: Path) -> None:
    write(tmp_path / "local" / "metrics" / "a.py", metric("a"))
    keys = [(plugin.kind, plugin.name) for plugin in registry(tmp_path / "local").all()]
    assert keys == sorted(keys)
    assert ("metric", "a") in keys
    assert {kind for kind, _ in keys} == set(KINDS)


# Names


def test_a_name_that_no_plugin_has(tmp_path: Path) -> None:
    plugins = registry()
    assert plugins.get("metric", "percentage_shar") is None
    assert plugins.get("metrik", "percentage_share") is None
    assert plugins.names("metrik") == ()
    assert unknown("metric", "percentage_shar", plugins) == (
        "unknown metric 'percentage_shar'",
        "did you mean 'percentage_share'?",
    )


def test_two_packages_with_one_name_are_refused_and_both_named(site: Path) -> None:
    write_package(site, "one", {"metric.a": "one"}, {"one.py": metric("a")}, version="1.0")
    write_package(site, "two", {"metric.a": "two"}, {"two.py": metric("a")}, version="2.0")
    assert str(failure("metric", "a")) == (
        "metric 'a' of one 1.0 and metric 'a' of two 2.0 failed (find): metric 'a' is provided twice"
    )


def test_a_package_and_a_file_with_one_name_are_refused_and_both_named(tmp_path: Path, site: Path) -> None:
    write_package(site, "one", {"metric.a": "one"}, {"one.py": metric("a")})
    write(tmp_path / "local" / "metrics" / "a.py", metric("a"))
    message = str(failure("metric", "a", tmp_path / "local"))
    assert "metric 'a' of one 1.0" in message
    assert "metric 'a' of local/metrics/a.py" in message


def test_a_file_does_not_replace_a_built_in_plugin(tmp_path: Path) -> None:
    write(tmp_path / "local" / "metrics" / "duration.py", metric("duration"))
    message = str(failure("metric", "duration", tmp_path / "local"))
    assert "objective-engine" in message
    assert "local/metrics/duration.py" in message


def test_one_name_in_two_kinds_is_two_plugins(tmp_path: Path) -> None:
    text = "from engine import Combiner, hookimpl\n\n@hookimpl\ndef engine_combiner():\n"
    write(tmp_path / "local" / "metrics" / "a.py", metric("a"))
    write(tmp_path / "local" / "combiners" / "a.py", text + "    return Combiner(name='a', combine=max)\n")
    plugins = registry(tmp_path / "local")
    for kind in ("metric", "combiner"):
        plugin = plugins.get(kind, "a")
        assert plugin is not None
        assert isinstance(plugin.descriptor, KINDS[kind])


@pytest.mark.parametrize(
    ("entry", "kind", "name", "reason"),
    [
        ("metrik.a", "metrik", "a", "the entry point is named 'metrik.a', not KIND.NAME with a kind of metric, source"),
        ("metric", "metric", "", "the entry point is named 'metric', not KIND.NAME"),
        ("metric.b", "metric", "b", "it is named 'a', but its file or entry point 'b'"),
    ],
)
def test_an_entry_point_of_a_wrong_name_has_failed(site: Path, entry: str, kind: str, name: str, reason: str) -> None:
    write_package(site, "one", {entry: "one"}, {"one.py": metric("a")})
    assert reason in failure(kind, name).reason


def test_an_entry_point_to_no_module_has_failed(site: Path) -> None:
    write_package(site, "one", {"metric.a": "one.absent"}, {"one/__init__.py": ""})
    assert str(failure("metric", "a")) == "metric 'a' of one 1.0 failed (find): there is no module 'one.absent'"


def test_a_package_that_cannot_be_imported_has_failed(site: Path) -> None:
    write_package(
        site, "one", {"metric.a": "one.a"}, {"one/__init__.py": "import sys\nsys.exit()", "one/a.py": metric("a")}
    )
    assert failure("metric", "a").stage == "import"


def test_two_entry_points_to_one_module_are_not_two_plugins(site: Path) -> None:
    write_package(site, "one", {"metric.a": "one", "metric.b": "one"}, {"one.py": metric("a")})
    plugins = registry()
    first, second = plugins.get("metric", "a"), plugins.get("metric", "b")
    assert first is not None
    assert first.failure is None
    assert second is not None
    assert second.failure is not None
    assert second.failure.reason == "its module is already the one of metric.a"


def test_a_plugin_that_failed_in_its_hook_is_no_longer_registered(site: Path) -> None:
    text = metric("a").replace("    return Metric(", "    raise RuntimeError\n    return Metric(")
    write_package(site, "one", {"metric.a": "one", "metric.b": "one"}, {"one.py": text})
    plugins = registry()
    stages = [plugin.failure.stage for name in "ab" if (plugin := plugins.get("metric", name)) and plugin.failure]
    assert stages == ["hook", "hook"]


def test_described_names_provider_and_version() -> None:
    candidate = Candidate("metric", "a", "health", "health.a")
    assert described(candidate) == "metric 'a' of health"
    assert described(candidate._replace(version="2.1")) == "metric 'a' of health 2.1"


def test_a_registry_of_nothing_has_nothing() -> None:
    assert Registry(()).all() == ()
    assert Registry(()).get("metric", "a") is None


def test_a_second_built_in_is_told_what_to_do(tmp_path: Path) -> None:
    write(tmp_path / "plugins/metrics/duration.py", metric("duration"))
    reason = failure("metric", "duration", tmp_path / "plugins").reason
    assert "give yours another name, or, to change a built-in one, install its repository with --editable" in reason
