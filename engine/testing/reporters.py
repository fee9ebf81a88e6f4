"""The contract of reporters: they print every report, the same each time, and end it with a new line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from engine.evaluate import Evaluation
from engine.registry import Plugin, Registry
from engine.report import Report
from engine.target import LANGUAGES
from engine.testing.laws import Named, Options, expect
from engine.testing.plans import evaluated, rules_of

ODD = 'Työ & "tavoite" | <b>*_`[x]\\ =1+1; åäö €'
JUDGEMENT = {"status": "met", "by": "A", "on": "2025-06-01", "reason": "seen"}
FIGURES = [
    {"indicator": "first.share", "as_of": "2025-06-30", "value": "62 %", "numerator": 62, "denominator": 100},
    {"indicator": "first.contacts", "as_of": "2025-05-31", "value": "505", "note": ODD},
    {"indicator": "first.missing", "as_of": "2025-06-30", "note": "the system was renewed"},
    {"indicator": "second.parts.one", "as_of": "2025-06-30", "value": "-0,5"},
    {"indicator": "second.judged", "as_of": "2025-06-30", "value": "10 %"},
]
SHARE = {"metric": "percentage_share", "source": "figures", "target": ">= 75 %"}
NUMBER = {"metric": "count_threshold", "source": "figures", "target": "> 2500 €", "covers": "to_date"}
OBJECTIVES: dict[str, Any] = {
    "first": {
        "title": {"fi": ODD, "sv": ODD, "en": ODD},
        "owner": "A",
        "indicator": {"share": SHARE, "contacts": NUMBER, "missing": SHARE},
    },
    "second": {
        "indicator": {
            "parts": {"part": {"one": NUMBER, "two": {**SHARE, "on_missing": "partly_met"}}},
            "judged": {**SHARE, "judgement": JUDGEMENT},
            "once-judged": {**SHARE, "judgement": {**JUDGEMENT, "until": "2025-06-02"}},
        }
    },
}


def reporter_checks(plugin: Plugin, registry: Registry, options: Sequence[Options]) -> Iterator[Named]:
    """The checks of a reporter, on a report that has all that reports can have."""
    for language in LANGUAGES:
        for width, colour in ((80, False), (200, True)):
            ending = ", in colours" if colour else ""
            params = {"width": width, "colour": colour}
            yield f"prints a report in {language}{ending}", partial(_prints, plugin, registry, language, params)


def _prints(plugin: Plugin, registry: Registry, language: str, params: Options) -> None:
    evaluation = _evaluation(registry)
    printed = _printed(plugin, params, evaluation, language)
    expect(printed.endswith(b"\n"), "the report does not end with a new line")
    printed.decode("utf-8")
    expect(printed == _printed(plugin, params, evaluation, language), "the report is another one the second time")


def _printed(plugin: Plugin, params: Options, evaluation: Evaluation, language: str) -> bytes:
    pieces = list(plugin.descriptor.render(params, Report(evaluation, language)))
    wrong = {type(piece).__name__ for piece in pieces if not isinstance(piece, (str, bytes))}
    expect(not wrong, f"the report has pieces of {', '.join(sorted(wrong))} instead of text or bytes")
    return b"".join(piece if isinstance(piece, bytes) else piece.encode() for piece in pieces)


def _evaluation(registry: Registry) -> Evaluation:
    figures = {"type": "inline", "content": "figures", "plan": "examples", "rows": FIGURES}
    evaluation = evaluated(rules_of(registry, OBJECTIVES, {"figures": figures}))
    expect(not evaluation.problems, "; ".join(map(str, evaluation.problems)))
    return evaluation
