"""The report that reporters are given: all results in one language, as data and as tables."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.report.document import document
from engine.report.language import Language

if TYPE_CHECKING:
    from engine.evaluate import Evaluation
    from engine.report.table import PlanTable, Row


class Report:
    """All results of a run in one language.

    `data` is the document that JSON has, as dicts and lists; `plans` are tables in words, with their
    rows; `rows` are the rows of all plans. Each is made when it is first asked for.
    """

    def __init__(self, evaluation: Evaluation, code: str) -> None:
        self._evaluation = evaluation
        self.language = code

    @cached_property
    def data(self) -> dict[str, Any]:
        return document(self._evaluation, Language(self.language, machine=True))

    @cached_property
    def plans(self) -> tuple[PlanTable, ...]:
        from engine.report.table import plan_table  # JSON needs no tables

        language = Language(self.language)
        return tuple(plan_table(plan, language) for plan in self._evaluation.plans)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for plan in self.plans for row in plan.rows)
