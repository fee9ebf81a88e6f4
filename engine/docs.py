"""Pages of the documentation that are written from the objects themselves, so that they cannot grow old.

python -m engine.docs > docs/reference.md
python -m engine.docs commands > docs/cli.md
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from importlib.metadata import entry_points
from inspect import cleandoc
from typing import Any

import click

from engine.config import ENGINE, SOURCE
from engine.contracts import KINDS, Example, Metric, Source
from engine.finder import find
from engine.registry import Plugin, Registry
from engine.rules.schemas import INDICATOR, INHERITED, JUDGEMENT, OBJECTIVE, PART, PLAN, TITLES
from engine.schema import KINDS_IN_WORDS, ROW_TYPES

BUILT_IN = "objective-engine"
KINDS_OF_METRICS = {
    "ratio": "ratio: numerators and denominators add up over months",
    "total": "total: months add up",
    "level": "level: the latest value stands",
}
EVERYWHERE = TITLES | INHERITED
TABLES: dict[str, tuple[str, Mapping[str, Mapping[str, Any]]]] = {
    "[engine]": ("In `config.toml`.", ENGINE.rules),
    "[sources.NAME]": ("In `config.toml`; the options of its type stand beside these keys.", SOURCE.rules),
    "Keys of every level": ("Of a plan, objective, indicator or part.", TITLES),
    "Inherited keys": ("From the plan by objectives, by indicators, by parts, unless they have their own.", INHERITED),
    "[plan]": ("Once in the files of a plan.", PLAN.rules),
    "[objective.ID]": ("The options of its combiner stand beside these keys.", OBJECTIVE.rules),
    "[objective.ID.indicator.ID]": (
        "An indicator with parts; the options of its combiner stand beside these keys. "
        "An indicator without parts has the keys of a part.",
        INDICATOR.rules,
    ),
    "[objective.ID.indicator.ID.part.ID]": (
        "A part, or an indicator without parts; the options of its metric stand beside these keys.",
        PART.rules,
    ),
    "[….judgement]": ("Of an indicator or a part.", JUDGEMENT.rules),
}


def reference(plugins: Iterable[Plugin]) -> str:
    """The reference of plugins by kind, and of the keys of configuration and rules, as Markdown."""
    found = list(plugins)
    lines = ["# Reference", "", "Written by `python -m engine.docs`: change the plugins, not this page.", ""]
    for kind in KINDS:
        lines += [f"## {kind.capitalize()}s", ""]
        for plugin in found:
            if plugin.kind == kind:
                lines += _plugin(plugin)
    lines += ["## Keys of configuration and rules", ""]
    for heading, (where, rules) in TABLES.items():
        own = rules if rules in (TITLES, INHERITED) else _own(rules)
        lines += [f"### {heading}", "", where, "", *_options("key", own), ""]
    return "\n".join(lines).rstrip() + "\n"


def commands(group: click.Group, name: str) -> str:
    """The commands of a command line, with their arguments and options, as Markdown."""
    lines = ["# Command line", "", "Written by `python -m engine.docs commands`: change the commands, not this page."]
    lines += ["", *_help(group), *_arguments(group)]
    for command_name, command in sorted(group.commands.items()):
        arguments = [str(found.metavar or found.name) for found in command.params if isinstance(found, click.Argument)]
        usage = " ".join([name, command_name, *(text.upper() for text in arguments), "[OPTION]..."])
        lines += [f"## {name} {command_name}", "", f"`{usage}`", "", *_help(command), *_arguments(command)]
    return "\n".join(lines).rstrip() + "\n"


def _plugin(plugin: Plugin) -> Iterator[str]:
    """The section of a plugin. Raises PluginError when it failed to load."""
    if plugin.failure:
        raise plugin.failure
    yield from (f"### {plugin.name}", "", plugin.documentation.strip(), "")
    facts = [f"- {fact}" for fact in _facts(plugin.descriptor)]
    yield from (*facts, "") if facts else ()
    yield from (*_options("option", plugin.descriptor.schema), "") if plugin.descriptor.schema else ()
    examples = getattr(plugin.descriptor, "examples", ())
    yield from (*_examples(examples), "") if examples else ()


def _facts(descriptor: object) -> Iterator[str]:
    """What holds of a plugin beside its options."""
    if isinstance(descriptor, Source):
        yield f"content: {' or '.join(f'`{content}`' for content in descriptor.contents)}"
    if isinstance(descriptor, Metric):
        yield f"units: {'any' if '*' in descriptor.units else ', '.join(f'`{unit}`' for unit in descriptor.units)}"
        yield KINDS_OF_METRICS[descriptor.kind]
        for key in ("target", "partly", "forecaster"):
            if value := getattr(descriptor, key):
                yield f"`{key}` is `{_toml(value)}` unless the rules say otherwise"
        if descriptor.date:
            yield f"`date` is the column of `{descriptor.date}` unless the rules say otherwise"
        if descriptor.without_source:
            yield f"needs no source when `{descriptor.without_source}` is given"


def _own(rules: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The keys of a table that are not those of every level."""
    return {key: rule for key, rule in rules.items() if key not in EVERYWHERE}


def _options(heading: str, rules: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The table of options of a schema."""
    yield from _table(
        (heading, "value", "default", "meaning"),
        [(f"`{key}`", _value(rule), _default(rule), rule.get("meta", "")) for key, rule in rules.items()],
    )


def _value(rule: Mapping[str, Any]) -> str:
    """What an option may be, in words."""
    if "allowed" in rule:
        return " or ".join(f"`{_toml(value)}`" for value in rule["allowed"])
    types = [rule["type"]] if isinstance(rule["type"], str) else rule["type"]
    text = " or ".join(KINDS_IN_WORDS[found] for found in types)
    bounds = [f"{word} {rule[key]}" for key, word in (("min", "from"), ("max", "to")) if key in rule]
    return " ".join([text, *bounds])


def _default(rule: Mapping[str, Any]) -> str:
    if rule.get("required"):
        only = rule.get("content") or ("records" if rule.get("type") in ROW_TYPES else "")
        return f"required with {only}" if only else "required"
    return f"`{_toml(rule['default'])}`" if "default" in rule else ""


def _examples(examples: Sequence[Example]) -> Iterator[str]:
    """The table of worked cases of a metric: the period is the first half of 2025, evaluated at its end."""
    yield "Worked cases, for the first half of 2025 at its end:"
    yield ""
    yield from _table(
        ("case", "options", "rows", "target", "result"),
        [
            (
                found.title,
                _code(found.params),
                _rows(found.rows),
                f"`{found.target}`" if found.target else "its own",
                f"`{found.expect}`",
            )
            for found in examples
        ],
    )


def _rows(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows of a worked case; equal ones once, with their number."""
    numbers = Counter(_toml(row) for row in rows)
    return "<br>".join(f"{number} × `{row}`" if number > 1 else f"`{row}`" for row, number in numbers.items())


def _code(params: Mapping[str, Any]) -> str:
    return "<br>".join(f"`{key} = {_toml(value)}`" for key, value in params.items())


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for cells in (headings, ["---"] * len(headings), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _toml(value: object) -> str:
    """A value as rules write it, on one line."""
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{key} = {_toml(member)}" for key, member in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(member) for member in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else f'"{value}"' if isinstance(value, str) else str(value)


def _help(command: click.Command) -> Iterator[str]:
    """The words of a command; a paragraph that keeps its lines is set as it is."""
    for paragraph in cleandoc(command.help or "").replace("\\b\n", "\b\n").split("\n\n"):
        kept = paragraph.startswith("\b")
        yield from ("```text", paragraph[1:].strip("\n"), "```", "") if kept else (" ".join(paragraph.split()), "")


def _arguments(command: click.Command) -> Iterator[str]:
    """The options of a command as a table."""
    options = [found for found in command.params if isinstance(found, click.Option)]
    if options:
        rows = [(_option(found), " ".join((found.help or "").split())) for found in options]
        yield from (*_table(("option", "meaning"), rows), "")


def _option(option: click.Option) -> str:
    choices = getattr(option.type, "choices", ())
    value = "" if option.is_flag else f" {option.metavar or '|'.join(map(str, choices)) or 'TEXT'}"
    return f"`{', '.join(option.opts)}{value}`"


def built_in() -> list[Plugin]:
    """The plugins of this package, by kind and name."""
    return [plugin for plugin in Registry(find(())).all() if plugin.provider == BUILT_IN]


def main(arguments: Sequence[str]) -> str:
    """The page that is asked for: `commands`, or the reference."""
    if list(arguments) != ["commands"]:
        return reference(built_in())
    # the command line stands above this module, so it comes as other programs find it: by its entry point
    command = next(iter(entry_points(group="console_scripts", name="engine")))
    return commands(command.load(), command.name)


if __name__ == "__main__":
    click.echo(main(sys.argv[1:]), nl=False)
