"""The read-back of the rules: every target in words, so that its author sees how it is understood."""

from __future__ import annotations

from collections.abc import Iterator

from engine.report.language import Language, _
from engine.report.sentences import partly_words
from engine.rules import Part, Plan, Rules


def read_back(rules: Rules, language: Language) -> str:
    """Every plan with its targets in words."""
    return "".join(f"{line}\n" for plan in rules.plans for line in _plan(plan, language))


def _plan(plan: Plan, language: Language) -> Iterator[str]:
    indicators = [indicator for objective in plan.objectives for indicator in objective.indicators]
    yield language.say(
        _("{plan}: {objectives} objectives, {indicators} indicators, {parts} targets"),
        plan=plan.path,
        objectives=len(plan.objectives),
        indicators=len(indicators),
        parts=len(list(plan.parts())),
    )
    for part in plan.parts():
        yield f"  {part.path.partition('.')[2]}: {_target(part, language)}"


def _target(part: Part, language: Language) -> str:
    if part.target is None:
        return "–"
    words = part.target.words(language.code)
    due = language.say(_("due {date}"), date=part.due)
    return f"{words}; {language.say(_('partly'))}: {partly_words(language, part)}; {due}"
