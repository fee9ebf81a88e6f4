"""The configuration file: where rules and local plugins are, and which sources there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from engine.documents import Document, read_document
from engine.errors import Problem, RulesError, nearest
from engine.schema import Fault, Schema
from engine.target import LANGUAGES

SECTIONS = Schema({"engine": {"type": "dict"}, "sources": {"type": "dict"}})
ENGINE = Schema(
    {
        "rules": {"type": "string", "default": "rules", "meta": "the folder with a folder for each plan"},
        "plugins": {
            "type": "names",
            "default": ["plugins"],
            "meta": "folders with local plugins: metrics/NAME.py, sources/NAME.py and so on",
        },
        "language": {"type": "string", "allowed": list(LANGUAGES), "default": "fi", "meta": "language of reports"},
        "memory_limit": {
            "type": "string",
            "regex": "[1-9][0-9]* ?[MG]B",
            "default": "2 GB",
            "meta": "how much memory a read of files takes before it goes on on the disk",
        },
    }
)
SOURCE = Schema(
    {
        "type": {"type": "string", "required": True, "meta": "the source plugin"},
        "content": {
            "type": "string",
            "allowed": ["records", "figures"],
            "required": True,
            "meta": "records: one row for each case or event; figures: numbers somebody already worked out",
        },
        "plan": {"type": "string", "meta": "the plan that figures belong to"},
        "percent": {
            "type": "string",
            "allowed": ["percent", "fraction"],
            "meta": "how a bare number of a share is meant in figures: 62 or 0.62",
        },
        "persons": {
            "type": "boolean",
            "default": True,
            "meta": "rows are about persons, so that small segments of a breakdown are hidden",
        },
        "id": {"type": "column", "meta": "the column that names a case; a name that comes twice is a data error"},
        "time_limit": {
            "type": "integer",
            "min": 1,
            "default": 3600,
            "meta": "after how many seconds without an answer the source counts as failed",
        },
        "from": {"type": "date", "meta": "first day of the stretch that was extracted"},
        "until": {"type": "date", "meta": "last day of the stretch that was extracted"},
    },
    open_ended=True,
)


class SourceSettings(NamedTuple):
    """A source as the configuration names it; `options` are those of its plugin, not yet checked."""

    name: str
    type: str
    content: str
    plan: str
    percent: str
    persons: bool
    id: str
    time_limit: int
    memory_limit: str
    start: date | None
    until: date | None
    options: Mapping[str, Any]


class Config(NamedTuple):
    """What the configuration file says; paths are complete."""

    document: Document
    folder: Path
    rules: Path
    rules_name: str
    plugins: tuple[Path, ...]
    language: str
    sources: Mapping[str, SourceSettings]

    def problem(self, fault: Fault, path: tuple[str | int, ...] = ()) -> Problem:
        """The fault of a table at `path`, with its place in the file."""
        return placed(fault, path, self.document)


def placed(fault: Fault, path: tuple[str | int, ...], document: Document) -> Problem:
    """A fault in the table at `path` of a document as a problem with file, line and column."""
    return Problem(
        message=fault.message,
        place=document.place((*path, *fault.path)),
        expected=fault.expected,
        hint=fault.hint,
    )


def read_config(file: Path) -> Config:
    """Read the configuration. Raises RulesError with every problem of the file."""
    try:
        document = read_document(file, str(file))
    except RulesError as error:
        if file.exists() or file.is_symlink():
            raise
        hint = "run the command in a folder that has a config.toml, or name one with --config"
        raise RulesError(Problem(message=f"there is no configuration file '{file}'", hint=hint)) from error
    problems = [placed(fault, (), document) for fault in SECTIONS.read(document.data)[1]]
    settings, faults = ENGINE.read(_table(document.data, "engine"))
    problems += [placed(fault, ("engine",), document) for fault in faults]
    sources = _sources(document, settings.get("memory_limit", ""), problems)
    if problems:
        raise RulesError(problems)
    folder = file.parent
    return Config(
        document=document,
        folder=folder,
        rules=folder / settings["rules"],
        rules_name=settings["rules"],
        plugins=tuple(folder / name for name in settings["plugins"]),
        language=settings["language"],
        sources=sources,
    )


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key, {})
    return value if isinstance(value, Mapping) else {}


def _sources(document: Document, memory_limit: str, problems: list[Problem]) -> dict[str, SourceSettings]:
    sources = {}
    for name, table in _table(document.data, "sources").items():
        path = ("sources", name)
        if not isinstance(table, Mapping):
            fault = Fault(path=(), message=f"'{name}' is not a table", hint=f"write [sources.{name}]")
            problems.append(placed(fault, path, document))
            continue
        read, faults = SOURCE.read(table)
        faults += _source_faults(read)
        problems += [placed(fault, path, document) for fault in faults]
        if not faults:
            sources[name] = SourceSettings(
                name=name,
                type=read["type"],
                content=read["content"],
                plan=read.get("plan", ""),
                percent=read.get("percent", ""),
                persons=read["persons"],
                id=read.get("id", ""),
                time_limit=read["time_limit"],
                memory_limit=memory_limit,
                start=read.get("from"),
                until=read.get("until"),
                options={key: value for key, value in table.items() if key not in SOURCE.names},
            )
    return sources


def _source_faults(read: Mapping[str, Any]) -> list[Fault]:
    if read.get("content") == "figures" and "plan" not in read:
        return [Fault(path=(), message="'plan' is missing", expected="the plan that the figures belong to")]
    if "from" in read and "until" in read and read["from"] > read["until"]:
        return [Fault(path=("until",), message=f"{read['until']} is before 'from'", expected="a later date")]
    return []


def unknown_source(name: str, sources: Mapping[str, SourceSettings]) -> Fault:
    """The fault of rules that name a source that the configuration does not have."""
    return Fault(path=("source",), message=f"unknown source '{name}'", hint=nearest(name, sources))
