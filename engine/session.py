"""One run of the command: configuration, plugins, rules, evaluation and report, in this order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from engine import guard
from engine.config import read_config
from engine.errors import PluginError, Problem, RulesError, UsageError, listed
from engine.evaluate import Evaluation, evaluate
from engine.finder import find
from engine.model import Reason, Status
from engine.periods import parse_date
from engine.progress import Progress
from engine.registry import Plugin, Registry, described, unknown
from engine.report import Report
from engine.rules import Plan, load_rules, resolve

UNKNOWN_REASONS = (Reason.MISSING, Reason.STALE, Reason.FAILED)


class Session:
    """The rules of a configuration, and what the commands do with them. Raises RulesError."""

    def __init__(self, config_file: Path, plans: Sequence[str]) -> None:
        self._config = read_config(config_file)
        self._registry = Registry(find(self._config.plugins))
        self._rules = load_rules(self._config, self._registry, plans)

    def reporter(self, name: str) -> Plugin:
        """The reporter of that name. Raises UsageError when there is none, or it failed."""
        plugin = self._registry.get("reporter", name)
        if plugin is None:
            message, hint = unknown("reporter", name, self._registry)
            raise UsageError(Problem(message=message, hint=hint))
        if plugin.failure:
            raise plugin.failure
        return plugin

    def evaluate(
        self, as_of: str | None, only: Sequence[str], by: Sequence[str] = (), queries: bool = False
    ) -> Evaluation:
        """Evaluate the plans, or only what the paths name, at the day given, or the plan's own.

        `by` are columns by which parts with rows are broken down. With `queries`, the reads say what was asked.
        """
        plans = self._rules.plans
        paths = [resolve(path, plans).path for path in only]
        days = {plan.path: self._day(plan, as_of) for plan in plans}
        return evaluate(self._rules, days, paths, by, Progress().watch, queries)

    def evaluate_only(self, as_of: str | None, path: str, by: Sequence[str]) -> tuple[Evaluation, str]:
        """Evaluate what a path names; also gives the path in full."""
        full_path = resolve(path, self._rules.plans).path
        return self.evaluate(as_of, [full_path], by, queries=True), full_path

    def render(self, reporter: Plugin, evaluation: Evaluation, lang: str | None, *, width: int, colour: bool) -> bytes:
        """The report as bytes. Raises PluginError when the reporter fails."""
        report = Report(evaluation, self._language(lang))
        params = {"width": width, "colour": colour}
        provider = described(reporter)

        def rendered() -> bytes:
            pieces = reporter.descriptor.render(params, report)
            return b"".join(piece if isinstance(piece, bytes) else piece.encode() for piece in pieces)

        return guard.call(provider, "render", rendered)

    def explain(self, evaluation: Evaluation, path: str, lang: str | None) -> str:
        """The way from the data to the status at a path, in words."""
        from engine.report.explain import explain
        from engine.report.language import Language

        return explain(evaluation, path, Language(self._language(lang)))

    def reads(self, evaluation: Evaluation, lang: str | None) -> str:
        """How each source was read, a line for each read."""
        from engine.report.language import Language
        from engine.report.sentences import read_line

        language = Language(self._language(lang))
        return "".join(f"{read_line(language, read)}\n" for read in evaluation.reads)

    def resolved(self) -> str:
        """The rules of the one plan as the engine understands them, as TOML."""
        from engine.rules.resolved import resolved

        if len(self._rules.plans) != 1:
            names = listed([plan.path for plan in self._rules.plans])
            raise UsageError(Problem(message="one plan at a time can be printed", hint=f"name one of {names}"))
        return resolved(self._rules.plans[0])

    def read_back(self, lang: str | None) -> str:
        """Every target in words, plan by plan."""
        from engine.report.language import Language
        from engine.report.read_back import read_back

        return read_back(self._rules, Language(self._language(lang)))

    def _language(self, lang: str | None) -> str:
        return lang or self._config.language

    def _day(self, plan: Plan, as_of: str | None) -> date:
        """The day of the evaluation: the command's, the plan's, or today within the period."""
        if as_of is not None:
            try:
                day = parse_date(as_of)
            except ValueError as error:
                raise UsageError(Problem(message=f"--as-of: {error}", hint="write 2025-05-31 or 31.5.2025")) from error
            if not plan.start <= day <= plan.end:
                message = f"--as-of {day} is outside the period of '{plan.path}'"
                raise UsageError(Problem(message=message, expected=f"a day from {plan.start} to {plan.end}"))
            return day
        return plan.as_of or min(max(date.today(), plan.start), plan.end)


def has_unknown(evaluation: Evaluation) -> bool:
    """True when a status is unknown because something is missing, too old, or failed."""
    return any(
        result.outcome.unknown is not None and result.outcome.unknown.reason in UNKNOWN_REASONS
        for plan in evaluation.plans
        for result in plan.indicators()
    )


def worst_status(evaluation: Evaluation) -> Status | None:
    """The worst status of all indicators."""
    statuses = [
        result.outcome.status for plan in evaluation.plans for result in plan.indicators() if result.outcome.status
    ]
    return min(statuses, key=lambda status: status.rank, default=None)


def plugin_lines(config_file: Path) -> Iterator[str]:
    """Every plugin in a line: kind, name, provider and version, file, state and failure.

    Without a configuration these are the plugins of installed packages.
    """
    try:
        folders: Sequence[Path] = read_config(config_file).plugins
    except RulesError:
        if config_file.exists():
            raise
        folders = ()
    rows = [_plugin_row(plugin) for plugin in Registry(find(folders)).all()]
    rows.insert(0, ("kind", "name", "provider", "file", "state"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[4]])


def _plugin_row(plugin: Plugin) -> tuple[str, ...]:
    provider = f"{plugin.provider} {plugin.version}".rstrip()
    failure: PluginError | None = plugin.failure
    state = f"failed ({failure.stage}): {failure.reason}" if failure else "ready"
    return plugin.kind, plugin.name, provider, plugin.file, state
