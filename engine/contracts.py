"""The descriptors that plugins return: frozen data that hold functions. One file, one plugin, one descriptor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from engine.aggregates import Aggregate
from engine.errors import DataError, Place
from engine.model import At, Measurement, Note, Status, Unknown

Params = Mapping[str, Any]
Schema = Mapping[str, Any]
Kind = Literal["ratio", "total", "level"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Example:
    """A worked case of a metric: `rows` and `params` as rules write them give the status `expect`.

    Rows are dicts of column to value. Text such as `2025-03-01` stands for a date in rows and params. The
    period is the first half of 2025, evaluated at its end. `expect` is a status, or the reason of an unknown.
    """

    title: str
    params: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()
    target: str = ""
    expect: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Metric:
    """A metric type: what to count, and how the counts become a measurement.

    aggregates(params, at) -> the aggregates by name that `measure` needs, asked of the source at once.
    measure(params, counts, at) -> the measurement of their merged summaries, or why there is none.
    figure(params, measurement, at) -> optional: the measurement that a figure gives, checked or with remarks.
    check(params, content) -> optional: what is wrong with options that each for itself are right, in words;
    `content` is `records`, `figures` or empty.

    `units` it can measure in, `*` for any; `kind` is `ratio` (numerators and denominators add over
    months), `total` (months add) or `level` (the latest month stands). `date` names the option whose
    column dates a row when the rules name no other. `without_source` names the option that holds the
    metric's own data, so that no source is needed. `unit_by` names an option that decides between the units,
    and the unit for each of its values. It never sees target, profile or status.
    """

    name: str
    units: tuple[str, ...]
    kind: Kind
    aggregates: Callable[[Params, At], Mapping[str, Aggregate]]
    measure: Callable[[Params, Mapping[str, Any], At], Measurement | Unknown]
    schema: Schema = field(default_factory=dict)
    figure: Callable[[Params, Measurement, At], Measurement | Unknown] | None = None
    check: Callable[[Params, str], Iterable[str]] | None = None
    target: str = ""
    partly: str = ""
    forecaster: str = ""
    date: str = ""
    without_source: str = ""
    unit_by: tuple[str, Mapping[Any, str]] = ("", {})
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Source:
    """A way to open data: rows (`records`) as a Narwhals lazy frame, or `figures` as Figure objects.

    open(options, at) -> a context manager of the one or the other, as `options["content"]` says. `at` is None,
    since rows are read once for all parts, whatever their days.
    translate(options, error) -> optional: the DataError that an exception of the data's own library
    means, wherever it was raised, or None; Unreachable when it is worth asking the server again. Its
    words may be printed, so they quote no value of a row.
    remarks(options, data) -> optional: Notes on the rows as a whole, such as how many have a value that
    cannot be used; they are printed with every indicator of the source.
    odd_value(options, column) -> optional: the Place of the first value because of which a column holds text,
    where nearly all others are numbers or dates, or None; it is asked when a metric needs them.
    Paths in the options are already complete, and `${NAME}` is replaced by the environment's value. Beside
    those of the schema there are `name`, `content`, `time_zone`, `time_limit` (seconds), `memory_limit` and
    `stop`: `options["stop"].add(function)` has a function called, from another thread, when the read is to
    stop.
    """

    name: str
    contents: tuple[str, ...]
    open: Callable[[Params, At | None], AbstractContextManager[Any]]
    schema: Schema = field(default_factory=dict)
    translate: Callable[[Params, BaseException], DataError | None] | None = None
    remarks: Callable[[Params, Any], Iterable[Note]] | None = None
    odd_value: Callable[[Params, str], Place | None] | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Series:
    """The measurements of one indicator: the one `to_date`, and one for each month and quarter (oldest first)."""

    kind: Kind
    to_date: Measurement
    months: tuple[Measurement, ...] = ()
    quarters: tuple[Measurement, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Forecaster:
    """Takes the measurements so far to the measurement at the due date.

    forecast(params, series, at) -> the measurement at `at.end`, or why there is none.
    """

    name: str
    forecast: Callable[[Params, Series, At], Measurement | Unknown]
    schema: Schema = field(default_factory=dict)


class Member(NamedTuple):
    """The status of one part or indicator, with its weight in the whole."""

    status: Status
    weight: int = 1


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Combiner:
    """Takes the statuses of the members to one status.

    combine(params, members) -> the status; the engine takes care of required and unknown members.
    """

    name: str
    combine: Callable[[Params, Sequence[Member]], Status]
    schema: Schema = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reporter:
    """Writes a report.

    render(params, report) -> an iterable of text or bytes; `params` has `width` and `colour` for
    reporters that print on a terminal.
    """

    name: str
    render: Callable[[Params, Any], Iterable[str | bytes]]
    schema: Schema = field(default_factory=dict)


Descriptor = Metric | Source | Forecaster | Combiner | Reporter
KINDS: dict[str, type[Descriptor]] = {
    "metric": Metric,
    "source": Source,
    "forecaster": Forecaster,
    "combiner": Combiner,
    "reporter": Reporter,
}
