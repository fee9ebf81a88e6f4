"""Small plans that are written to files, and read and evaluated as those of users are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.config import Config, read_config
from engine.evaluate import Evaluation, evaluate
from engine.registry import Registry
from engine.rules import Rules, load_rules
from engine.testing.laws import AT, Options, plain
from engine.toml_writer import write_toml

PLAN = "examples"
TIME_ZONE = "Europe/Helsinki"


def rules_of(registry: Registry, objectives: Mapping[str, Options], sources: Mapping[str, Options]) -> Rules:
    """The rules of a plan with these objectives and sources. Raises RulesError."""
    with configured(sources, objectives) as config:
        return load_rules(config, registry)


@contextmanager
def configured(sources: Mapping[str, Options], objectives: Mapping[str, Options]) -> Iterator[Config]:
    """The configuration of a folder with one plan; the folder is gone afterwards."""
    header = {"period": {"start": AT.start, "end": AT.end}, "grading": "attainment_80"}
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rules" / PLAN).mkdir(parents=True)
        _write(folder / "rules" / PLAN / "plan.toml", {"plan": header, "objective": objectives})
        _write(folder / "config.toml", {"sources": sources})
        yield read_config(folder / "config.toml")


def evaluated(rules: Rules) -> Evaluation:
    """The evaluation of such a plan at the end of its period."""
    return evaluate(rules, {PLAN: AT.as_of})


def _write(file: Path, data: Options) -> None:
    file.write_text(write_toml(plain(data)), encoding="utf-8")
