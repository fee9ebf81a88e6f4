"""The configuration: what it says, what it says when it says nothing, and every mistake at its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.config import Config, SourceSettings, read_config, unknown_source
from engine.errors import Place, RulesError
from engine.schema import Fault
from tests.cases import Case, load


class WrongError(ValueError):
    """The one problem of a configuration; `hint` is all that follows the message."""

    def __init__(self, error: RulesError) -> None:
        (problem,) = error.problems
        super().__init__(f"{problem.place}: {problem.message}")
        self.hint = f"expected: {problem.expected}; {problem.hint}"


def config_of(folder: Path, text: str) -> Config:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return read_config(folder / "config.toml")


def problems_of(file: Path) -> list[str]:
    with pytest.raises(RulesError) as caught:
        read_config(file)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("case", load("config", "text"))
def test_a_wrong_configuration(case: Case, tmp_path: Path) -> None:
    def outcome() -> None:
        try:
            config_of(tmp_path, case["text"])
        except RulesError as error:
            raise WrongError(error) from error

    error = case.check(outcome, WrongError)
    assert str(error).startswith(f"{tmp_path}/config.toml:")


def test_an_empty_configuration_has_the_defaults(tmp_path: Path) -> None:
    config = config_of(tmp_path, "")
    assert config.folder == tmp_path
    assert (config.rules, config.rules_name) == (tmp_path / "rules", "rules")
    assert config.plugins == (tmp_path / "plugins",)
    assert config.language == "fi"
    assert config.sources == {}


def test_what_a_configuration_says(tmp_path: Path) -> None:
    text = """
    [engine]
    rules = "../plans"
    plugins = ["ours", "/shared"]
    language = "sv"

    [sources.figures]
    type = "csv"
    content = "figures"
    plan = "north-karelia-2025"
    percent = "fraction"
    path = "figures.csv"

    [sources.cases]
    type = "ours"
    content = "records"
    from = 2025-01-01
    until = 2025-01-01
    persons = false
    id = "case"
    time_limit = 60
    tables = ["a", "b"]
    deep = { x = 1 }
    """
    config = config_of(tmp_path, text)
    assert (config.rules, config.rules_name) == (tmp_path / "../plans", "../plans")
    assert config.plugins == (tmp_path / "ours", Path("/shared"))
    assert config.language == "sv"
    assert config.sources == {
        "figures": SourceSettings(
            name="figures",
            type="csv",
            content="figures",
            plan="north-karelia-2025",
            percent="fraction",
            persons=True,
            id="",
            time_limit=3600,
            memory_limit="2 GB",
            start=None,
            until=None,
            options={"path": "figures.csv"},
        ),
        "cases": SourceSettings(
            name="cases",
            type="ours",
            content="records",
            plan="",
            percent="",
            persons=False,
            id="case",
            time_limit=60,
            memory_limit="2 GB",
            start=date(2025, 1, 1),
            until=date(2025, 1, 1),
            options={"tables": ["a", "b"], "deep": {"x": 1}},
        ),
    }


def test_no_folders_of_plugins_are_none(tmp_path: Path) -> None:
    assert config_of(tmp_path, "[engine]\nplugins = []\n").plugins == ()


def test_all_problems_are_found_at_once(tmp_path: Path) -> None:
    text = """\
[engine]
rules = 5
colour = "red"

[sources.a]
type = "csv"

[sources.b]
content = "figures"
from = "2025"

[source.c]
"""
    (tmp_path / "config.toml").write_text(text)
    found = [
        problem.removeprefix(f"{tmp_path}/config.toml:").split("\n")[0]
        for problem in problems_of(tmp_path / "config.toml")
    ]
    assert sorted(found) == [
        '10:1: "2025" is of the wrong type',
        "12:2: unknown key 'source'",
        "2:1: 5 is of the wrong type",
        "3:1: unknown key 'colour'",
        "5:2: 'content' is missing",
        "8:2: 'plan' is missing",
        "8:2: 'type' is missing",
    ]


@pytest.mark.parametrize("name", ["config.toml", "absent/config.toml", "link.toml"])
def test_a_configuration_that_is_not_there_is_missed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.toml").symlink_to("nowhere.toml")
    hint = "run the command in a folder that has a config.toml, or name one with --config"
    expected = f"there is no configuration file '{name}'\n    hint: {hint}"
    if name == "link.toml":
        expected = "link.toml: there is no such file"
    assert problems_of(Path(name)) == [expected]


def test_a_folder_is_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").mkdir()
    assert problems_of(Path("config.toml")) == ["config.toml: this is a folder\n    expected: a file"]


def test_a_fault_of_an_option_is_placed_at_its_key(tmp_path: Path) -> None:
    config = config_of(tmp_path, "[sources.a]\ntype = 'csv'\ncontent = 'records'\npath = 'x'\n")
    problem = config.problem(Fault(path=("path",), message="no", expected="yes", hint="try"), ("sources", "a"))
    assert problem.place == Place(f"{tmp_path}/config.toml", 4, 1)
    assert (problem.message, problem.expected, problem.hint) == ("no", "yes", "try")
    assert config.problem(Fault(path=("other",), message="no"), ("sources", "a")).place == problem.place._replace(
        line=1, column=2
    )


def test_a_source_that_the_configuration_does_not_have(tmp_path: Path) -> None:
    config = config_of(tmp_path, "[sources.contacts]\ntype = 'csv'\ncontent = 'records'\n")
    assert unknown_source("contact", config.sources) == Fault(
        path=("source",), message="unknown source 'contact'", hint="did you mean 'contacts'?"
    )
    assert unknown_source("x", {}).hint == ""
