"""References to the environment are replaced in the options of a source, and never printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.environment import fill
from tests.project import PLAN, Project

SECRET = "hunter2-geheim"


def test_references_are_replaced_however_deep_they_stand() -> None:
    options = {"url": "a://${USER}:${WORD}@host", "paths": ["${USER}/x", 3], "settings": {"key": "${WORD}"}, "n": 1}
    found = fill(options, {"USER": "u", "WORD": "w"})
    assert found.options == {"url": "a://u:w@host", "paths": ["u/x", 3], "settings": {"key": "w"}, "n": 1}
    assert found.secrets == {"u": "${USER}", "w": "${WORD}"}
    assert found.unset == ()


def test_what_the_environment_does_not_have_is_named_and_stays() -> None:
    found = fill({"url": "${NO}${NO}-${NEITHER}"}, {})
    assert found.options == {"url": "${NO}${NO}-${NEITHER}"}
    assert found.unset == ("NO", "NEITHER")


@given(st.text(st.characters(exclude_characters="{")))
def test_other_text_stays_as_it_is(text: str) -> None:
    assert fill({"path": text}, {"PATH": "x"}).options == {"path": text}


SOURCE = '''"""Rows of nowhere: it fails and says what it was told."""
from contextlib import contextmanager
from engine import DataError, Problem, Source, hookimpl

SCHEMA = {"url": {"type": "string", "meta": "where"}}

@contextmanager
def open_own(options, at):
    raise KIND(f"cannot connect to {options['url']}")
    yield

@hookimpl
def engine_source():
    return Source(name="own", contents=("records",), open=open_own, schema=SCHEMA)
'''
RULES = """
[objective.o.indicator.own]
metric = "count_threshold"
source = "rows"
date = "day"
target = ">= 4"
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    table = '[sources.rows]\ntype = "own"\ncontent = "records"\nurl = "db://me:${OWN_WORD}@host"\n'
    project.write("config.toml", table)
    project.write("rules/p/plan.toml", PLAN.replace('source = "actuals"', "") + RULES)
    return project


@pytest.mark.parametrize("kind", ["DataError", "ValueError"])
def test_a_secret_is_in_no_output(kind: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("plugins/sources/own.py", SOURCE.replace("KIND", kind))
    monkeypatch.setenv("OWN_WORD", SECRET)
    for arguments in (("evaluate",), ("evaluate", "--verbose", "--format", "json"), ("explain", "p.o.own"), ("check",)):
        run = project.run(*arguments)
        assert SECRET not in run.output + run.errors
        assert run.code == 0 if arguments[0] == "explain" else run.code in (2, 3)
    if kind == "DataError":
        assert "cannot connect to db://me:${OWN_WORD}@host" in project.run("evaluate").errors


def test_a_variable_that_is_not_set_costs_its_own_indicators(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("plugins/sources/own.py", SOURCE.replace("KIND", "ValueError"))
    monkeypatch.delenv("OWN_WORD", raising=False)
    run = project.evaluate()
    assert run.code == 3
    assert run.statuses() == ["failed"]
    assert "the environment has no variable OWN_WORD" in run.errors
