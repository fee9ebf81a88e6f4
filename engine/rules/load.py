"""Loading rules: the configuration's sources and the plans, with all problems of all files in one go."""

from __future__ import annotations

from collections.abc import Sequence

from engine.config import Config
from engine.errors import Problem, RulesError, nearest
from engine.registry import Registry
from engine.rules.build import build_plan
from engine.rules.files import check_names, plan_names, read_plan_files
from engine.rules.plan import Plan, Rules
from engine.rules.sources import read_sources
from engine.schema import Fault


def load_rules(config: Config, registry: Registry, plans: Sequence[str] = ()) -> Rules:
    """Read the plans of that name, or all. Raises RulesError with every problem of every file."""
    names = plan_names(config)
    check_names(tuple(plans), names)
    sources, problems = read_sources(config, registry)
    problems += _figures_of_no_plan(config, names)
    built: list[Plan] = []
    for name in names:
        if plans and name not in plans:
            continue
        files = read_plan_files(config, name)
        plan = build_plan(files, registry, config.sources) if files.documents else None
        problems += files.problems
        if plan:
            built.append(plan)
    if problems:
        raise RulesError(problems)
    return Rules(plans=tuple(built), sources=sources)


def _figures_of_no_plan(config: Config, names: Sequence[str]) -> list[Problem]:
    return [
        config.problem(
            Fault(path=("plan",), message=f"there is no plan '{source.plan}'", hint=nearest(source.plan, names)),
            ("sources", source.name),
        )
        for source in config.sources.values()
        if source.plan and source.plan not in names
    ]
