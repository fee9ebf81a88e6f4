"""A plan as it is evaluated: every value inherited, every default filled in, every option read."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from engine.config import SourceSettings
from engine.documents import Document
from engine.errors import Place
from engine.model import Judgement
from engine.registry import Plugin
from engine.target import Target

Text = Mapping[str, str]


def as_text(value: str | Mapping[str, str]) -> Text:
    """Text in languages; text that is the same in all of them stands under the key ''."""
    if isinstance(value, str):
        return {"": value} if value else {}
    return dict(value)


@dataclass(frozen=True, kw_only=True, repr=False)
class Choice:
    """A plugin that rules chose, with its options as written (defaults filled in) and as read."""

    name: str
    written: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict, compare=False)
    plugin: Plugin = field(compare=False)


@dataclass(frozen=True, kw_only=True, repr=False)
class Header:
    """What plan, objective, indicator and part have in common. `key` leads to the table in its file."""

    path: str
    key: tuple[str | int, ...] = field(compare=False)
    title: Text
    note: Text
    owner: str
    documents: tuple[Document, ...] = field(compare=False)

    @property
    def id(self) -> str:
        return self.path.rpartition(".")[2]

    def place(self, *keys: str) -> Place:
        """Where the table, or a key of it, is written."""
        path = (*self.key, *keys)
        document = next((found for found in self.documents if found.has(path)), None)
        if document is None and keys:
            return self.place()
        return (document or self.documents[0]).place(path)


@dataclass(frozen=True, kw_only=True, repr=False)
class Part(Header):
    """The smallest thing that has a target: an indicator without parts, or one part of an indicator.

    `target` and `source` are None only where a plugin failed, or where the metric needs no source.
    """

    metric: Choice
    source: str
    date: str
    target: Target | None
    partly: Target | None
    grading: str
    on_missing: str
    due: datetime.date
    covers: str
    forecaster: Choice
    time_zone: str
    by: tuple[str, ...]
    suppress_below: int
    judgement: Judgement | None
    required: bool
    weight: int


@dataclass(frozen=True, kw_only=True, repr=False)
class Indicator(Header):
    """One measurable aspect; its parts share one status. `single` says that it is its own only part."""

    combine: Choice
    parts: tuple[Part, ...]
    single: bool
    judgement: Judgement | None
    required: bool
    weight: int


@dataclass(frozen=True, kw_only=True, repr=False)
class Objective(Header):
    """What was promised; its status is combined from its indicators."""

    combine: Choice
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class Plan(Header):
    """The objectives of one body for one period. `as_of` is None when the rules do not name a day."""

    start: datetime.date
    end: datetime.date
    as_of: datetime.date | None
    grading: str
    units: Mapping[str, tuple[str, ...]]
    objectives: tuple[Objective, ...]

    def parts(self) -> Iterator[Part]:
        """Every part of every indicator, in the order of the rules."""
        for objective in self.objectives:
            for indicator in objective.indicators:
                yield from indicator.parts


QUOTES = ("'", '"')
"""SQL writes them twice in what they enclose."""


class OpenableSource(NamedTuple):
    """A source that rules use: its settings, its plugin and its options as read.

    `hidden` gives for every secret and complete path in the options what is printed instead; `unset`
    names the variables of the environment that options refer to and that are not set.
    """

    settings: SourceSettings
    plugin: Plugin
    params: Mapping[str, Any]
    hidden: Mapping[str, str] = MappingProxyType({})
    unset: tuple[str, ...] = ()

    def shown(self, text: str) -> str:
        """The text with every secret and complete path replaced by what is printed instead."""
        for value in sorted(self.hidden, key=len, reverse=True):
            for form in (value, *(value.replace(sign, 2 * sign) for sign in QUOTES if sign in value)):
                text = text.replace(form, self.hidden[value]) if form else text
        return text


class Rules(NamedTuple):
    """Everything that was read: the plans, and the sources that they use."""

    plans: tuple[Plan, ...]
    sources: Mapping[str, OpenableSource]
