"""Share of the steps of an undertaking that are done, in per cent.

The steps stand in the rules, each with a title, the day by which it is due, and, when it is done, the day, the
evidence and who says so. They may also be the rows of a source, with a column for each of the two days. The
forecaster `planned` takes the steps that still lie ahead as done on time.
"""

from fractions import Fraction

from engine import Count, Example, Measurement, Metric, Note, OnOrBefore, Unknown, hookimpl

SCHEMA = {
    "steps": {
        "type": "list",
        "minlength": 1,
        "schema": {
            "type": "dict",
            "schema": {
                "title": {"type": "text", "required": True},
                "due": {"type": "date"},
                "done": {"type": "date", "dependencies": ["evidence", "by"]},
                "evidence": {"type": "string"},
                "by": {"type": "string"},
            },
        },
        "meta": "the steps: title, due, done, evidence, by",
    },
    "step_due": {"type": "column", "meta": "with a source: the column of the day by which a step is due"},
    "step_done": {"type": "column", "meta": "with a source: the column of the day on which it was done"},
    "where": {"type": "filter", "default": {}, "meta": "with a source: rows that are steps"},
}


def check(params, content):
    lacking = [key for key in ("step_done", "step_due") if key not in params]
    if content == "records" and lacking:
        yield f"'{lacking[0]}' is missing: the steps are rows of a source"


def aggregates(params, at):
    if "steps" in params:
        return {}
    step = params["where"]
    done = OnOrBefore(params["step_done"], at.as_of)
    overdue = OnOrBefore(params["step_due"], at.as_of)
    return {"steps": Count(step), "done": Count(step & done), "ahead": Count(step & ~done & ~overdue)}


def measure(params, counts, at):
    done = []
    if "steps" in params:
        done = [step for step in params["steps"] if "done" in step and step["done"] <= at.as_of]
        ahead = [step for step in params["steps"] if step not in done and step.get("due", at.end) > at.as_of]
        counts = {"steps": len(params["steps"]), "done": len(done), "ahead": len(ahead)}
    if not counts["steps"]:
        return Unknown.missing("there are no steps")
    low = Fraction(100 * counts["done"], counts["steps"])
    high = Fraction(100 * (counts["done"] + counts["ahead"]), counts["steps"])
    notes = tuple(Note("{text}", {"text": f"{step['evidence']} ({step['by']})"}) for step in done)
    return Measurement.share(counts["done"], counts["steps"], low=low, high=high, notes=notes)


def _steps(*days):
    """Steps that are due on the first and done on the second day."""
    steps = []
    for due, done in days:
        step = {"title": "a step", "due": due}
        steps.append(step | {"done": done, "evidence": "minutes", "by": "the board"} if done else step)
    return {"steps": steps}


EXAMPLES = (
    Example(
        title="both steps are done",
        params=_steps(("2025-03-01", "2025-02-20"), ("2025-06-01", "2025-06-01")),
        expect="met",
    ),
    Example(
        title="one step is done, one is late",
        params=_steps(("2025-03-01", "2025-02-20"), ("2025-06-01", "")),
        expect="partly_met",
    ),
    Example(title="the only step is late", params=_steps(("2025-06-01", "")), expect="not_met"),
)


@hookimpl
def engine_metric():
    return Metric(
        name="qualitative_milestone",
        units=("%",),
        kind="level",
        schema=SCHEMA,
        aggregates=aggregates,
        measure=measure,
        check=check,
        target="all",
        partly="> 0 %",
        forecaster="planned",
        without_source="steps",
        examples=EXAMPLES,
    )
